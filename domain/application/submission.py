"""From submission to acceptance: what an application holds, who looks at it first (五, 六(一)).

Recorded in the stream of the application (`domain.application.application`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.application.progress import Application, profile_on, require_open
from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, Facts, Refused
from domain.terms.guards import existing, existing_enterprise, must_be_uscc, not_in_the_future
from domain.terms.naming import body_of, material_of
from domain.terms.place import Place, Side
from domain.terms.reference import Occupation
from domain.terms.scope import ScopeItem, require_some
from domain.terms.vocabulary import MaterialKind, Method, Opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A document of the application, kept by its digest."""

    kind: MaterialKind
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedUnit:
    """A subsidiary or branch in Beijing for which the enterprise applies (六(一))."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNumber:
    """How many people work in an occupation (一(三))."""

    occupation: Occupation
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedStandard:
    """The standard or 评价规范 of one occupation, kept by its digest (五, 六(一))."""

    occupation: Occupation
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSubmitted:
    """An enterprise applied for `scope` in the window (`2026-05`, `2026-10`)."""

    application_id: str
    uscc: str
    window: str
    materials: tuple[Material, ...]
    scope: tuple[ScopeItem, ...]
    methods: tuple[Method, ...]
    own_method: str | None = None
    units: tuple[AppliedUnit, ...] | None = None
    """Covered from the first day of the grant."""
    premises: tuple[Place, ...] | None = None
    main_business: str | None = None
    staff: tuple[StaffNumber, ...] | None = None
    standards: tuple[AppliedStandard, ...] | None = None
    """One for each occupation."""
    resubmits: str | None = None
    """The application that was returned and is handed in again (补正)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictOpinionGiven:
    """初步意见 of the competent district; only on the district route."""

    application_id: str
    district: str
    opinion: Opinion
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAccepted:
    """The centre took the application in."""

    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationReturned:
    """The centre gave the application back."""

    application_id: str
    reason: str
    until: date | None = None
    """The last day on which it may be handed in again and keeps its window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationWithdrawn:
    """The enterprise took its application back before it was confirmed."""

    application_id: str
    reason: str


_WINDOW = re.compile(r"[0-9]{4}-(05|10)")


def window_of(day: date) -> str:
    """Return the application window that `day` belongs to: it closes at the end of May or October."""
    if day.month <= 5:
        return f"{day.year}-05"
    return f"{day.year}-10" if day.month <= 10 else f"{day.year + 1}-05"


def require_submittable(
    facts: Facts,
    command: Command[Any],
    body: ApplicationSubmitted,
    known: Application | None,
    returned: Application | None,
) -> None:
    """Refuse an application of nobody, or with a used identifier."""
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    if known is not None:
        raise Refused(
            "application-exists",
            f"申报编号 {body.application_id} 已使用",
            f"application id {body.application_id} is taken",
            "application_id",
        )
    require_in_window(body, returned, command.valid_from)
    address = enterprise.profile_on(command.valid_from).address
    _require_in_beijing(facts, address, command.valid_from)


def _require_in_beijing(facts: Facts, address: str, day: date) -> None:
    """Refuse an applicant that is registered elsewhere, decidedly so (一(一)); a doubt is for the centre."""
    location = facts.judged.lies(Place(address=address), day)
    if location.side is Side.OUTSIDE:
        raise Refused(
            "address-outside",
            f"企业登记地址“{address[:80]}”在本市行政区域外，不能申报（一（一））；如登记有误请先更正企业信息",
            f"the registered address {address[:80]!r} lies outside Beijing: no application (一(一)); if"
            " it is wrong, correct the profile first",
            "uscc",
        )


def require_in_window(body: ApplicationSubmitted, returned: Application | None, day: date) -> None:
    """Refuse a window that is closed, unless it was in time, was returned, and keeps it."""
    if body.resubmits is None or not _keeps_window(body, returned, day):
        _require_window(body.window, day)


def require_complete(body: ApplicationSubmitted) -> None:
    """Refuse an application of nobody, or that lacks something (五)."""
    must_be_uscc(body.uscc, "uscc")
    _require_complete(body)


def require_alone(body: ApplicationSubmitted, pending: Iterable[tuple[str, str]]) -> None:
    """Refuse a second application in a window while another one is open; `pending`: ids and windows."""
    for application_id, window in sorted(pending):
        if window == body.window:
            raise Refused(
                "application-open",
                f"{window} 窗口已有在办的申报 {application_id}；请先撤回或等待办结",
                f"application {application_id} of the window {window} is open; withdraw it or wait",
                "window",
            )


def _keeps_window(body: ApplicationSubmitted, before: Application | None, day: date) -> bool:
    """Return whether it was in time, was returned for 补正 and comes within the term of the return."""
    field = "resubmits"
    returned = existing(
        before,
        "unknown-application",
        f"申报 {body.resubmits} 不存在",
        f"application {body.resubmits} does not exist",
        field,
    )
    if returned.uscc != body.uscc or returned.ended != "returned":
        raise Refused(
            "not-returned",
            f"申报 {body.resubmits} 不是本企业被退回补正的申报",
            f"application {body.resubmits} is not one of this enterprise that was returned",
            field,
        )
    term = returned.return_until
    return returned.window == body.window and term is not None and day <= term


def _require_window(window: str, day: date) -> None:
    if _WINDOW.fullmatch(window) is None:
        raise Refused(
            "unknown-window",
            f"申报窗口“{window[:20]}”不存在；写作 2026-05 或 2026-10",
            f"there is no window {window[:20]!r}; write 2026-05 or 2026-10",
            "window",
        )
    belongs = window_of(day)
    if window < belongs:
        raise Refused(
            "window-closed",
            f"{window} 申报窗口已截止；{day} 的申报属于 {belongs} 窗口",
            f"the window {window} is closed; an application of {day} belongs to {belongs}",
            "window",
        )


def _require_complete(body: ApplicationSubmitted) -> None:
    there = {material.kind for material in body.materials}
    missing = [material_of(kind) for kind in MaterialKind if kind not in there]
    if missing:
        raise Refused(
            "material-missing",
            f"缺少申报材料：{'、'.join(name.zh for name in missing)}（五）",
            f"materials missing: {', '.join(name.en for name in missing)} (五)",
            "materials",
        )
    require_some(body.scope, "申报范围为空", "the scope is empty")
    if not body.methods:
        raise Refused("methods-empty", "未申报认定方式", "no method of assessment", "methods")
    if Method.OWN in body.methods and not (body.own_method or "").strip():
        raise Refused(
            "own-method-missing",
            "申报了本企业认定方式，但未写明内容",
            "the own method is not described",
            "own_method",
        )
    for index, unit in enumerate(body.units or ()):
        must_be_uscc(unit.uscc, f"units.{index}.uscc")
    occupations = [standard.occupation for standard in body.standards or ()]
    doubled = [o for o in occupations if occupations.count(o) > 1]
    if doubled:
        raise Refused(
            "standard-twice",
            f"{doubled[0].label} 有多份标准或评价规范；一个职业一份",
            f"{doubled[0].label} has several standards; one for each occupation",
            "standards",
        )


def require_opinion_due(
    facts: Facts, command: Command[Any], state: Application, body: DistrictOpinionGiven
) -> None:
    """Refuse an opinion that nobody asks for, of another district, or too late."""
    require_open(state)
    profile = profile_on(facts, state, command.valid_from)
    if not profile.kind.takes_district_route:
        raise Refused(
            "not-district-route",
            "按六（一），市属企业和央企直接向市中心申报，不经区级初步意见",
            "municipal and central enterprises apply to the centre directly (六(一))",
            "application_id",
        )
    if body.district != profile.district:
        raise Refused(
            "other-district",
            f"该企业的主管区是{body_of(profile.district).zh}，不是{body_of(body.district).zh}",
            f"the competent district is {body_of(profile.district).en}, not {body_of(body.district).en}",
            "district",
        )
    if state.accepted is not None:
        raise Refused(
            "already-accepted",
            "申报已受理，不能再出具初步意见",
            "the application is already accepted",
            "application_id",
        )


def require_acceptable(facts: Facts, command: Command[Any], state: Application) -> None:
    """Refuse to take in an application twice, or without the opinion that it needs."""
    require_open(state)
    if state.accepted is not None:
        raise Refused(
            "already-accepted",
            "申报已受理",
            "the application is already accepted",
            "application_id",
        )
    profile = profile_on(facts, state, command.valid_from)
    if state.opinion is None and profile.kind.takes_district_route:
        raise Refused(
            "opinion-missing",
            "缺少六（一）所要求的主管区初步意见",
            "the opinion of the competent district is missing (六(一))",
            "application_id",
        )


def require_withdrawable(state: Application) -> None:
    """Refuse to take back what the bureau has confirmed."""
    require_open(state)
    if state.confirmed is not None:
        raise Refused(
            "already-confirmed",
            "申报已确认，不能撤回",
            "already confirmed; it cannot be withdrawn",
            "application_id",
        )


def require_returnable(state: Application) -> None:
    """Refuse to give back what the bureau has confirmed."""
    require_open(state)
    if state.confirmed is not None:
        raise Refused(
            "already-confirmed",
            "申报已确认，不能退回",
            "already confirmed; it cannot be returned",
            "application_id",
        )
