"""Refusals that every stream shares, each worded once."""

from datetime import date
from typing import Any, TypeVar

from domain.terms.decider import Command, Refused
from domain.terms.identifiers import is_uscc

T = TypeVar("T")

FILINGS = frozenset(
    {
        "ApplicationSubmitted",
        "ApplicationWithdrawn",
        "AnnualPlanFiled",
        "AnnualPlanRevised",
        "UnitCovered",
        "UnitReleased",
        "RectificationReported",
        "EnterpriseProfileChanged",
        "StaffRegistered",
        "StaffReleased",
        "PartnershipFiled",
        "SpecificationFiled",
        "CertificateRevoked",
        "CertificateReissued",
    }
)
"""What an enterprise files with an authority: valid from its receipt, or a later day that it names."""


def must_be_uscc(text: str, field: str) -> None:
    """Refuse a USCC of wrong form or with a wrong check character (GB 32100-2015)."""
    if not is_uscc(text):
        raise Refused(
            "invalid-uscc",
            f"“{text[:40]}”不是有效的统一社会信用代码（18 位，校验位不符或含非法字符）；请核对营业执照",
            f"{text[:40]!r} is not a valid unified social credit code; check it against the licence",
            field,
        )


def not_in_the_future(
    command: Command[Any], day: date | None = None, field: str = "valid_from"
) -> None:
    """Refuse a fact on a day that has not come yet (§3); a filing may name a later day as its own."""
    if day is None and type(command.body).__name__ in FILINGS:
        return
    claimed = command.valid_from if day is None else day
    if claimed > command.today:
        raise Refused(
            "day-in-the-future",
            f"日期 {claimed} 晚于今天 {command.today}；事实只能在发生之后上报",
            f"{claimed} is after today ({command.today}); a fact can only be reported once it happened",
            field,
        )


def not_negative(number: int, field: str) -> None:
    """Refuse a number of people, sessions or certificates below zero."""
    if number < 0:
        raise Refused(
            "negative-number",
            f"数量不能小于 0，这里写的是 {number}",
            f"this is {number}; a number of people, sessions or certificates is not below 0",
            field,
        )


def existing_enterprise(state: T | None, uscc: str, field: str = "uscc") -> T:
    """Return the enterprise, or refuse a reference to one that is not registered."""
    return existing(
        state,
        "unknown-enterprise",
        f"企业 {uscc} 未登记",
        f"enterprise {uscc} is not registered",
        field,
    )


def existing(state: T | None, code: str, zh: str, en: str, field: str) -> T:
    """Return `state`, or refuse a reference to nothing."""
    if state is None:
        raise Refused(
            code,
            f"{zh}；请先登记或核对编号",
            f"{en}; record it first or check the identifier",
            field,
        )
    return state


def reason_given(command: Command[Any]) -> str:
    """Return the reason, or refuse an act that must state one."""
    must_say_why(command.reason or "")
    return command.reason or ""


def must_say_why(text: str) -> None:
    """Refuse an act without its reason."""
    if not text.strip():
        raise Refused("reason-missing", "必须写明理由", "a reason must be given", "reason")


def must_name_basis(text: str) -> None:
    """Refuse an act without its basis."""
    if not text.strip():
        raise Refused("basis-missing", "必须写明依据", "the basis must be given", "basis")


def must_state_outcome(text: str) -> None:
    """Refuse an end without what came of it."""
    if not text.strip():
        raise Refused("outcome-missing", "必须写明处理结果", "the outcome must be given", "outcome")


def not_before(day: date, ground: date, zh: str, en: str, field: str = "valid_from") -> None:
    """Refuse an act dated before what it rests on (§3); `zh` and `en` name the two."""
    if day < ground:
        raise Refused(
            "before-its-ground",
            f"{zh}：{day} 早于 {ground}",
            f"{en}: {day} lies before {ground}",
            field,
        )


def belongs(owner: str | None, uscc: str, zh: str, en: str, field: str) -> None:
    """Refuse a reference to what is another enterprise's (§3); `zh` and `en` name it."""
    if owner != uscc:
        raise Refused(
            "other-enterprise",
            f"{zh} 不属于企业 {uscc}",
            f"{en} does not belong to {uscc}",
            field,
        )
