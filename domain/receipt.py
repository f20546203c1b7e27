"""The day of receipt: what an enterprise files is valid from the day on which it was received (§1).

An earlier day that the enterprise gives is kept and decides nothing; otherwise a plan that is written
today would have been there a year ago. A later day that it names is the day from which it is meant.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from domain.permissions import require_fitting
from domain.terms.decider import Command, New, Refused
from domain.terms.envelope import Actor
from domain.terms.guards import FILINGS
from domain.terms.naming import body_of, event_of, role_of
from domain.terms.vocabulary import Role

RECEIVING = (Role.CENTRE_OFFICER, Role.QUALITY_SUPERVISOR, Role.DISTRICT_INSPECTOR)
"""Who may state on which day a paper came in."""


def received(command: Command[Any]) -> Command[Any]:
    """Return the command as of the day from which it is valid, with the stamp of its receipt."""
    stated = command.stamps
    name = type(command.body).__name__
    if name not in FILINGS:
        if stated.received_on is not None or stated.received_by is not None:
            raise Refused(
                "not-a-filing",
                f"“{event_of(name).zh}”不是企业报送的材料，没有收件日",
                f"“{event_of(name).en}” is not filed with an authority: it has no day of receipt",
                "received_on",
            )
        return command
    day, by = _receipt(command)
    stamps = replace(
        stated,
        received_on=day,
        received_by=by,
        claimed_on=command.valid_from if command.valid_from < day else None,
    )
    return replace(command, valid_from=max(day, command.valid_from), stamps=stamps)


def _receipt(command: Command[Any]) -> tuple[date, Actor | None]:
    """Return the day of receipt, and who states it; nobody where it is the day of the entry."""
    stated, actor = command.stamps, command.actor
    reported = actor.role is Role.ENTERPRISE_REPORTER
    if stated.received_on is None:
        if stated.received_by is not None:
            raise Refused(
                "stamp-incomplete",
                "写明了收件人，但没有收件日",
                "there is somebody who received it (received_by), but no day (received_on)",
                "received_on",
            )
        if reported:
            return command.today, None
        return min(command.valid_from, command.today), actor
    by = stated.received_by or actor
    if by.role is Role.ENTERPRISE_REPORTER:
        raise Refused(
            "stamp-by-reporter",
            "收件日由收件的机关（市中心或主管区）写明，企业不能自己写",
            "the day of receipt is stated by the authority that received it (received_by), "
            "never by the enterprise",
            "received_on",
        )
    if stated.received_by is not None or reported:
        _require_receiving(by)
    if stated.received_on > command.today:
        raise Refused(
            "day-in-the-future",
            f"收件日 {stated.received_on} 晚于今天 {command.today}",
            f"the day of receipt {stated.received_on} is after today ({command.today})",
            "received_on",
        )
    return stated.received_on, by


def _require_receiving(by: Actor) -> None:
    if by.role not in RECEIVING:
        raise Refused(
            "stamp-role",
            f"{role_of(by.role).zh}不收取企业报送的材料；收件人须为市中心或主管区",
            f"the role {role_of(by.role).en} receives no filings; the centre does, or the competent district",
            "received_by.role",
        )
    require_fitting(by, "received_by.organisation")


def require_received_here(command: Command[Any], new: Iterable[New]) -> None:
    """Refuse a stamp of a district that is not the competent one."""
    by = command.stamps.received_by
    if by is None or by == command.actor or by.role is not Role.DISTRICT_INSPECTOR:
        return
    for event in new:
        if event.district is not None and event.district != by.organisation:
            raise Refused(
                "other-district",
                f"收件人属于{body_of(by.organisation).zh}，该企业由{body_of(event.district).zh}主管",
                f"it was received by {body_of(by.organisation).en}; competent is {body_of(event.district).en}",
                "received_by.organisation",
            )
