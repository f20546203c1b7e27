"""From submission to acceptance: what an application holds, who looks at it first (五, 六(一)).

Recorded in the stream of the application (`domain.application.application`).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.application.progress import Application, profile_on, require_open, require_reason
from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, Facts, Refused
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future
from domain.terms.scope import ScopeItem, units
from domain.terms.vocabulary import MaterialKind, Method, Opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A document of the application, kept by its digest."""

    kind: MaterialKind
    file_name: str
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


_WINDOW = re.compile(r"[0-9]{4}-(05|10)")


def window_of(day: date) -> str:
    """Return the application window that `day` belongs to: it closes at the end of May or October."""
    if day.month <= 5:
        return f"{day.year}-05"
    return f"{day.year}-10" if day.month <= 10 else f"{day.year + 1}-05"


def require_submittable(
    facts: Facts, command: Command[Any], body: ApplicationSubmitted, known: Application | None
) -> None:
    """Refuse an application of nobody, with a used identifier, too late or incomplete (五)."""
    must_be_uscc(body.uscc, "uscc")
    not_in_the_future(command)
    existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    if known is not None:
        raise Refused(
            "application-exists",
            f"申报编号 {body.application_id} 已使用",
            f"application id {body.application_id} is taken",
            "application_id",
        )
    _require_window(body.window, command.valid_from)
    _require_complete(body)


def _require_window(window: str, day: date) -> None:
    if _WINDOW.fullmatch(window) is None:
        raise Refused(
            "unknown-window",
            f"申报窗口“{window[:20]}”不存在;写作 2026-05 或 2026-10",
            f"there is no window {window[:20]!r}; write 2026-05 or 2026-10",
            "window",
        )
    belongs = window_of(day)
    if window < belongs:
        raise Refused(
            "window-closed",
            f"{window} 申报窗口已截止;{day} 的申报属于 {belongs} 窗口",
            f"the window {window} is closed; an application of {day} belongs to {belongs}",
            "window",
        )


def _require_complete(body: ApplicationSubmitted) -> None:
    missing = [kind.value for kind in MaterialKind if kind not in {m.kind for m in body.materials}]
    if missing:
        raise Refused(
            "material-missing",
            f"缺少申报材料:{'、'.join(missing)}(五)",
            f"materials missing: {', '.join(missing)} (五)",
            "materials",
        )
    if not units(body.scope):
        raise Refused("scope-empty", "申报范围为空", "the scope is empty", "scope")
    if not body.methods:
        raise Refused("methods-empty", "未申报认定方式", "no method of assessment", "methods")
    if Method.OWN in body.methods and not (body.own_method or "").strip():
        raise Refused(
            "own-method-missing",
            "申报了本企业认定方式,但未写明内容(own_method)",
            "the own method is not described (own_method)",
            "own_method",
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
            "市属企业和央企直接向市中心申报,不经区级初步意见(六(一))",
            "municipal and central enterprises apply to the centre directly (六(一))",
            "application_id",
        )
    if body.district != profile.district:
        raise Refused(
            "other-district",
            f"该企业的主管区是 {profile.district},不是 {body.district}",
            f"the competent district is {profile.district}, not {body.district}",
            "district",
        )
    if state.accepted is not None:
        raise Refused(
            "already-accepted",
            "申报已受理,不能再出具初步意见",
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
            "缺少主管区的初步意见(六(一))",
            "the opinion of the competent district is missing (六(一))",
            "application_id",
        )


def require_returnable(state: Application, body: ApplicationReturned) -> None:
    """Refuse to give back what the bureau has confirmed."""
    require_open(state)
    if state.confirmed is not None:
        raise Refused(
            "already-confirmed",
            "申报已确认,不能退回",
            "already confirmed; it cannot be returned",
            "application_id",
        )
    require_reason(body.reason)
