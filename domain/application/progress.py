"""How far one application has come, and what any further step presupposes (六(一)–六(四))."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from domain.application.evaluation import Expert, HeadingScores
from domain.enterprise import ENTERPRISE, Profile
from domain.terms.decider import Facts, Refused
from domain.terms.guards import existing_enterprise, not_before
from domain.terms.scope import ScopeItem, Unit, named, units
from domain.terms.vocabulary import Method, Opinion

ApplicationStage: TypeAlias = Literal[
    "submitted",
    "opinion_given",
    "accepted",
    "experts_assigned",
    "scoring",
    "concluded",
    "confirmed",
    "published",
    "receipt_issued",
    "returned",
    "rejected",
    "withdrawn",
]
"""How far an application has come, in the order of its way."""
End: TypeAlias = Literal["returned", "rejected", "withdrawn"]
STAGES: tuple[ApplicationStage, ...] = get_args(ApplicationStage)
ENDED: frozenset[ApplicationStage] = frozenset(get_args(End))
"""How it may end on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where one application stands. The tuples of positions say which entries made it so."""

    application_id: str
    uscc: str
    window: str
    submitted: date
    position: int
    scope: tuple[ScopeItem, ...]
    methods: tuple[Method, ...]
    own_method: str | None
    opinion: Opinion | None = None
    opinion_text: str | None = None
    opinion_on: date | None = None
    accepted: date | None = None
    ended: End | None = None
    ended_on: date | None = None
    return_until: date | None = None
    """The last day on which what was returned may be handed in again and keeps its window."""
    covering: tuple[tuple[str, str], ...] = ()
    """Code and name of the units that it names."""
    assigned: date | None = None
    """The day of the first assignment."""
    scored: date | None = None
    """The day of the last sheet."""
    concluded: date | None = None
    experts: tuple[Expert, ...] = ()
    left_out: tuple[str, ...] = ()
    """Experts whom a later assignment replaced; a sheet that they gave stays."""
    sheets: tuple[tuple[str, HeadingScores], ...] = ()
    sheet_days: tuple[tuple[str, date], ...] = ()
    """Expert and the day of their first sheet, which a revision rests on."""
    comments: tuple[tuple[str, str], ...] = ()
    recommended: bool | None = None
    recommended_units: frozenset[Unit] = frozenset()
    mean: Decimal | None = None
    concluded_by: str | None = None
    confirmed: date | None = None
    confirmed_by: str | None = None
    confirmed_units: frozenset[Unit] = frozenset()
    published: bool = False
    listed: date | None = None
    """The first day of the listing that was published."""
    receipt_no: str | None = None
    receipt_on: date | None = None
    receipt_position: int = 0

    @property
    def stage(self) -> ApplicationStage:
        """How far the application has come; a receipt ahead of the publication does not end its way."""
        if self.ended is not None:
            return self.ended
        reached: tuple[tuple[bool, ApplicationStage], ...] = (
            (self.published and self.receipt_no is not None, "receipt_issued"),
            (self.published, "published"),
            (self.confirmed is not None, "confirmed"),
            (self.recommended is not None, "concluded"),
            (bool(self.sheets), "scoring"),
            (bool(self.experts), "experts_assigned"),
            (self.accepted is not None, "accepted"),
            (self.opinion is not None, "opinion_given"),
        )
        for so, name in reached:
            if so:
                return name
        return "submitted"


_ENDED_ZH: Mapping[End, str] = MappingProxyType(
    {"returned": "退回", "rejected": "不予确认", "withdrawn": "撤回"}
)


def profile_on(facts: Facts, state: Application, day: date) -> Profile:
    """Return the applicant as it was on `day`."""
    return existing_enterprise(facts[ENTERPRISE.key(state.uscc)], state.uscc).profile_on(day)


class _Steps(NamedTuple):
    """Two steps of which the second rests on the first, by their days in `Application`, in words."""

    first: str
    second: str
    zh: str
    en: str


_ORDER = (
    _Steps("submitted", "opinion_on", "初步意见早于申报", "an opinion before the submission"),
    _Steps("submitted", "accepted", "受理早于申报", "accepted before the submission"),
    _Steps("opinion_on", "accepted", "受理早于初步意见", "accepted before the opinion"),
    _Steps("submitted", "ended_on", "办结早于申报", "ended before the submission"),
    _Steps("accepted", "ended_on", "办结早于受理", "ended before the acceptance"),
    _Steps("accepted", "assigned", "指定专家早于受理", "experts named before the acceptance"),
    _Steps("assigned", "scored", "评分早于指定专家", "scored before the experts were named"),
    _Steps("scored", "concluded", "评估结论早于评分", "concluded before the last sheet"),
    _Steps("concluded", "confirmed", "确认早于评估结论", "confirmed before the conclusion"),
    _Steps("concluded", "ended_on", "不予确认早于评估结论", "rejected before the conclusion"),
    _Steps("confirmed", "listed", "公布早于确认", "published before the confirmation"),
    _Steps("confirmed", "receipt_on", "回执早于确认", "a receipt before the confirmation"),
)
"""六(一)–六(四): 申报, 初步意见, 受理, 评估, 确认, 公布 and 回执."""


def require_in_order(before: Application, after: Application, field: str = "valid_from") -> None:
    """Refuse a step dated before what it rests on, or moved behind what rests on it (§3).

    Only the steps that `after` dates otherwise than `before` are looked at: what was recorded
    by an older rule stays what it is.
    """
    for steps in _ORDER:
        first, second = getattr(after, steps.first), getattr(after, steps.second)
        known = getattr(before, steps.first), getattr(before, steps.second)
        if first is not None and second is not None and known != (first, second):
            not_before(second, first, steps.zh, steps.en, field)


def require_open(state: Application) -> None:
    """Refuse to go on with an application that was returned or rejected."""
    if state.ended is not None:
        raise Refused(
            "application-ended",
            f"申报 {state.application_id} 已{_ENDED_ZH[state.ended]}，请重新申报",
            f"application {state.application_id} was {state.ended}; a new application is needed",
            "application_id",
        )


def require_accepted(state: Application) -> None:
    """Refuse what comes before the centre has taken the application in."""
    if state.accepted is None:
        raise Refused(
            "not-accepted",
            "申报尚未受理",
            "the application was not accepted yet",
            "application_id",
        )


def require_not_scored(facts: Facts, state: Application, account: str) -> None:
    """Refuse an expert who goes on to decide on what they scored (六(二))."""
    if facts.person(account) in {facts.person(expert) for expert, _ in state.sheets}:
        raise Refused(
            "scored-it",
            "办理人参加了该申报的专家评分，不能再办理评估结论、确认或公布",
            "who scored this application may not conclude, confirm or publish it",
            "actor",
        )


def require_another(facts: Facts, account: str, before: str | None, zh: str, en: str) -> None:
    """Refuse two steps of one application by one person; `zh` and `en` name the two."""
    if before is not None and facts.person(account) == facts.person(before):
        raise Refused(
            "same-person",
            f"{zh}须由不同的人办理，前一步也由同一人办理",
            f"{en} need two people; the same person did the first",
            "actor",
        )


def require_within(scope: Iterable[ScopeItem], limit: frozenset[Unit], zh: str, en: str) -> None:
    """Refuse a scope that goes beyond `limit`, which `zh` and `en` name."""
    beyond = units(scope) - limit
    if beyond:
        raise Refused(
            "scope-beyond",
            f"{named(beyond)} 不在{zh}内",
            f"{named(beyond)} is not within {en}",
            "scope",
        )
