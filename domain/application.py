"""The way of an application from submission to receipt: stream `application/{id}` (五, 六(一)–六(四)).

A submission, an opinion and a sheet of scores are reported; acceptance, conclusion,
confirmation and receipt are decided by the centre and the bureau.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.enterprise import ENTERPRISE
from domain.envelope import Recorded
from domain.evaluation import Arithmetic, HeadingScores, arithmetic, require_points
from domain.guards import (
    existing,
    existing_enterprise,
    must_be_uscc,
    not_in_the_future,
)
from domain.scope import ScopeItem, Unit, named, require_certifiable, units
from domain.vocabulary import MaterialKind, Method, Opinion, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A document of the application, kept by its digest."""

    kind: MaterialKind
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """An expert as assigned; `recusal_declared`: a ground for recusal was declared."""

    expert_id: str
    name: str
    affiliation: str
    recusal_declared: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsAssigned:
    """The centre named the experts who score."""

    application_id: str
    experts: tuple[Expert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationScored:
    """One expert scored all headings."""

    application_id: str
    expert_id: str
    scores: HeadingScores
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationScoreRevised:
    """One expert replaced their sheet; `reason` says why."""

    application_id: str
    expert_id: str
    scores: HeadingScores
    comment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationConcluded:
    """The centre concluded the expert evaluation; `arithmetic` is filled in by the ledger."""

    application_id: str
    recommended: bool
    scope: tuple[ScopeItem, ...]
    arithmetic: Arithmetic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationConfirmed:
    """The bureau confirmed the result."""

    application_id: str
    scope: tuple[ScopeItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRejected:
    """The bureau did not confirm."""

    application_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued:
    """The centre issued the 确认回执."""

    application_id: str
    receipt_no: str
    issued_on: date


Event: TypeAlias = (
    ApplicationSubmitted
    | DistrictOpinionGiven
    | ApplicationAccepted
    | ApplicationReturned
    | ExpertsAssigned
    | EvaluationScored
    | EvaluationScoreRevised
    | EvaluationConcluded
    | ApplicationConfirmed
    | ApplicationRejected
    | ReceiptIssued
)


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
    accepted: date | None = None
    ended: str | None = None
    """`returned` or `rejected`."""
    experts: tuple[Expert, ...] = ()
    sheets: tuple[tuple[str, HeadingScores], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    recommended: bool | None = None
    recommended_units: frozenset[Unit] = frozenset()
    mean: str | None = None
    confirmed: date | None = None
    confirmed_by: str | None = None
    confirmed_units: frozenset[Unit] = frozenset()
    published: bool = False
    receipt_no: str | None = None
    receipt_on: date | None = None
    receipt_position: int = 0

    @property
    def stage(self) -> str:
        """How far the application has come."""
        reached = (
            (self.ended is not None, self.ended or ""),
            (self.receipt_no is not None, "receipt_issued"),
            (self.published, "published"),
            (self.confirmed is not None, "confirmed"),
            (self.recommended is not None, "concluded"),
            (bool(self.sheets), "scoring"),
            (bool(self.experts), "experts_assigned"),
            (self.accepted is not None, "accepted"),
            (self.opinion is not None, "opinion_given"),
        )
        return next((name for so, name in reached if so), "submitted")


State: TypeAlias = Application | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return where the application stands after `entry` (its own events, and its publication)."""
    event = entry.event
    if isinstance(event, ApplicationSubmitted):
        return Application(
            application_id=event.application_id,
            uscc=event.uscc,
            window=event.window,
            submitted=entry.valid_from,
            position=entry.position,
            scope=event.scope,
            methods=event.methods,
            own_method=event.own_method,
        )
    if state is None:
        return None
    return _advance(state, entry, event)


def _advance(state: Application, entry: Recorded[Any], event: Any) -> Application:  # noqa: ANN401, PLR0911 - one line per event
    match event:
        case DistrictOpinionGiven():
            return replace(state, opinion=event.opinion, opinion_text=event.text)
        case ApplicationAccepted():
            return replace(state, accepted=entry.valid_from)
        case ApplicationReturned():
            return replace(state, ended="returned")
        case ExpertsAssigned():
            return replace(state, experts=event.experts)
        case EvaluationScored() | EvaluationScoreRevised():
            sheets = tuple(sheet for sheet in state.sheets if sheet[0] != event.expert_id)
            comments = tuple(said for said in state.comments if said[0] != event.expert_id)
            return replace(
                state,
                sheets=(*sheets, (event.expert_id, event.scores)),
                comments=(*comments, (event.expert_id, event.comment)),
            )
        case EvaluationConcluded():
            return replace(
                state,
                recommended=event.recommended,
                recommended_units=units(event.scope),
                mean=event.arithmetic.mean if event.arithmetic else None,
            )
        case ApplicationConfirmed():
            return replace(
                state,
                confirmed=entry.valid_from,
                confirmed_by=entry.actor.account,
                confirmed_units=units(event.scope),
            )
        case ApplicationRejected():
            return replace(state, ended="rejected")
        case ReceiptIssued():
            return replace(
                state,
                receipt_no=event.receipt_no,
                receipt_on=event.issued_on,
                receipt_position=entry.position,
            )
        case _:  # EnterpriseListed carries this tag too: the publication of this application
            return replace(state, published=True)


APPLICATION: FactKind[State] = FactKind("application", initial, evolve)
FACTS = MappingProxyType({"application": APPLICATION})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The application itself, and the enterprise where the command names it."""
    body = command.body
    if isinstance(body, ApplicationSubmitted):
        return APPLICATION.key(body.application_id), ENTERPRISE.key(body.uscc)
    return (APPLICATION.key(body.application_id),)


_WINDOW = re.compile(r"[0-9]{4}-(05|10)")


def window_of(day: date) -> str:
    """Return the application window that `day` belongs to: it closes at the end of May or October."""
    if day.month <= 5:
        return f"{day.year}-05"
    return f"{day.year}-10" if day.month <= 10 else f"{day.year + 1}-05"


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the event that carries out `command`, or raise `Refused`."""
    body = command.body
    if isinstance(body, ApplicationSubmitted):
        return _submit(facts, command, body)
    found = facts[APPLICATION.key(body.application_id)]
    state = existing(
        found,
        "unknown-application",
        f"申报 {body.application_id} 不存在",
        f"application {body.application_id} does not exist",
        "application_id",
    )
    not_in_the_future(command)
    return _continue(facts, command, state)


def _continue(facts: Facts, command: Command[Event], state: Application) -> Sequence[New]:  # noqa: C901 - one line per event
    body = command.body
    match body:
        case ApplicationSubmitted():
            return []
        case DistrictOpinionGiven():
            _opinion(facts, command, state, body)
        case ApplicationAccepted():
            _accept(facts, command, state)
        case ApplicationReturned():
            _return(state, body)
        case ExpertsAssigned():
            _assign(facts, command, state, body)
        case EvaluationScored() | EvaluationScoreRevised():
            _score(facts, command, state, body)
        case EvaluationConcluded():
            return _recorded(facts, command, state, _conclude(facts, command, state, body))
        case ApplicationConfirmed():
            _confirm(facts, command, state, body)
        case ApplicationRejected():
            _reject(state, body)
        case ReceiptIssued():
            _receipt(command, state, body)
    return [] if _holds_already(state, body) else _recorded(facts, command, state, body)


def _holds_already(state: Application, body: Event) -> bool:
    """Whether recording `body` would change nothing."""
    match body:
        case DistrictOpinionGiven():
            return (state.opinion, state.opinion_text) == (body.opinion, body.text)
        case ExpertsAssigned():
            return state.experts == body.experts
        case EvaluationScoreRevised():
            return (body.expert_id, body.scores) in state.sheets and (
                body.expert_id,
                body.comment,
            ) in state.comments
        case ReceiptIssued():
            return state.receipt_no is not None
        case _:
            return False


def _recorded(facts: Facts, command: Command[Event], state: Application, event: Event) -> list[New]:
    enterprise = facts[ENTERPRISE.key(state.uscc)]
    day = event.issued_on if isinstance(event, ReceiptIssued) else command.valid_from
    return [
        New(
            f"application/{state.application_id}",
            event,
            state.uscc,
            enterprise.district_on(day) if enterprise else None,
            (f"application:{state.application_id}",),
            day,
        )
    ]


def _stage(holds: bool, code: str, zh: str, en: str, field: str = "application_id") -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise Refused(code, zh, en, field)


def _must_be_open(state: Application) -> None:
    _stage(
        state.ended is None,
        "application-ended",
        f"申报 {state.application_id} 已{'退回' if state.ended == 'returned' else '不予确认'},请重新申报",
        f"application {state.application_id} was {state.ended}; a new application is needed",
    )


def _submit(facts: Facts, command: Command[Event], body: ApplicationSubmitted) -> Sequence[New]:
    must_be_uscc(body.uscc, "uscc")
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    _stage(
        facts[APPLICATION.key(body.application_id)] is None,
        "application-exists",
        f"申报编号 {body.application_id} 已使用",
        f"application id {body.application_id} is taken",
    )
    _stage(
        _WINDOW.fullmatch(body.window) is not None,
        "unknown-window",
        f"申报窗口“{body.window[:20]}”不存在;写作 2026-05 或 2026-10",
        f"there is no window {body.window[:20]!r}; write 2026-05 or 2026-10",
        "window",
    )
    belongs = window_of(command.valid_from)
    if body.window < belongs:
        raise Refused(
            "window-closed",
            f"{body.window} 申报窗口已截止;{command.valid_from} 的申报属于 {belongs} 窗口",
            f"the window {body.window} is closed; an application of {command.valid_from} belongs to {belongs}",
            "window",
        )
    missing = [kind.value for kind in MaterialKind if kind not in {m.kind for m in body.materials}]
    if missing:
        raise Refused(
            "material-missing",
            f"缺少申报材料:{'、'.join(missing)}(五)",
            f"materials missing: {', '.join(missing)} (五)",
            "materials",
        )
    _stage(bool(units(body.scope)), "scope-empty", "申报范围为空", "the scope is empty", "scope")
    _stage(
        bool(body.methods), "methods-empty", "未申报认定方式", "no method of assessment", "methods"
    )
    if Method.OWN in body.methods and not (body.own_method or "").strip():
        raise Refused(
            "own-method-missing",
            "申报了本企业认定方式,但未写明内容(own_method)",
            "the own method is not described (own_method)",
            "own_method",
        )
    return [
        New(
            f"application/{body.application_id}",
            body,
            body.uscc,
            enterprise.district_on(command.valid_from),
            (f"application:{body.application_id}",),
            command.valid_from,
        )
    ]


def _opinion(
    facts: Facts, command: Command[Event], state: Application, body: DistrictOpinionGiven
) -> None:
    _must_be_open(state)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(state.uscc)], state.uscc)
    profile = enterprise.profile_on(command.valid_from)
    _stage(
        profile.kind.takes_district_route,
        "not-district-route",
        "市属企业和央企直接向市中心申报,不经区级初步意见(六(一))",
        "municipal and central enterprises apply to the centre directly (六(一))",
    )
    _stage(
        body.district == profile.district,
        "other-district",
        f"该企业的主管区是 {profile.district},不是 {body.district}",
        f"the competent district is {profile.district}, not {body.district}",
        "district",
    )
    _stage(
        state.accepted is None,
        "already-accepted",
        "申报已受理,不能再出具初步意见",
        "the application is already accepted",
    )


def _return(state: Application, body: ApplicationReturned) -> None:
    _must_be_open(state)
    _stage(
        state.confirmed is None,
        "already-confirmed",
        "申报已确认,不能退回",
        "already confirmed; it cannot be returned",
    )
    _must_give_reason(body.reason)


def _reject(state: Application, body: ApplicationRejected) -> None:
    _must_be_open(state)
    _stage(
        state.accepted is not None,
        "not-accepted",
        "申报尚未受理",
        "the application was not accepted yet",
    )
    _stage(
        state.confirmed is None,
        "already-confirmed",
        "申报已确认,不能再作不予确认",
        "already confirmed; it cannot be rejected",
    )
    _must_give_reason(body.reason)


def _must_give_reason(reason: str) -> None:
    _stage(
        bool(reason.strip()), "reason-missing", "必须写明理由", "a reason must be given", "reason"
    )


def _accept(facts: Facts, command: Command[Event], state: Application) -> None:
    _must_be_open(state)
    _stage(
        state.accepted is None,
        "already-accepted",
        "申报已受理",
        "the application is already accepted",
    )
    enterprise = existing_enterprise(facts[ENTERPRISE.key(state.uscc)], state.uscc)
    _stage(
        state.opinion is not None
        or not enterprise.profile_on(command.valid_from).kind.takes_district_route,
        "opinion-missing",
        "缺少主管区的初步意见(六(一))",
        "the opinion of the competent district is missing (六(一))",
    )


def _assign(
    facts: Facts, command: Command[Event], state: Application, body: ExpertsAssigned
) -> None:
    _must_be_open(state)
    _stage(
        state.accepted is not None,
        "not-accepted",
        "申报尚未受理",
        "the application was not accepted yet",
    )
    _stage(
        state.recommended is None,
        "already-concluded",
        "评估已结束",
        "the evaluation is already concluded",
    )
    _stage(
        not state.sheets or state.experts == body.experts,
        "already-scored",
        "已有专家评分,不能更换专家",
        "scores were given; experts cannot be replaced",
        "experts",
    )
    needed = facts.reference.rules(command.valid_from).experts_minimum
    _stage(
        len({expert.expert_id for expert in body.experts}) == len(body.experts) >= needed,
        "too-few-experts",
        f"至少需要 {needed} 名不同的专家",
        f"at least {needed} different experts are needed",
        "experts",
    )
    enterprise = existing_enterprise(facts[ENTERPRISE.key(state.uscc)], state.uscc)
    for index, expert in enumerate(body.experts):
        conflict = expert.recusal_declared or expert.affiliation in {
            state.uscc,
            enterprise.profile_on(command.valid_from).name,
        }
        _stage(
            not conflict,
            "expert-recused",
            f"专家 {expert.expert_id} 应当回避,请另行指定",
            f"expert {expert.expert_id} has a ground for recusal; assign another",
            f"experts.{index}",
        )


def _score(
    facts: Facts,
    command: Command[Event],
    state: Application,
    body: EvaluationScored | EvaluationScoreRevised,
) -> None:
    _must_be_open(state)
    _stage(
        body.expert_id in {expert.expert_id for expert in state.experts},
        "expert-not-assigned",
        f"专家 {body.expert_id} 未被指定评估该申报",
        f"expert {body.expert_id} is not assigned to this application",
        "expert_id",
    )
    _stage(
        command.actor.role is Role.EXPERT and command.actor.account == body.expert_id,
        "not-own-sheet",
        "专家只能填写本人的评分表",
        "an expert fills in their own sheet only",
        "expert_id",
    )
    _stage(
        state.recommended is None,
        "already-concluded",
        "评估已结束,不能再评分",
        "the evaluation is already concluded",
    )
    has_sheet = body.expert_id in {expert for expert, _ in state.sheets}
    if isinstance(body, EvaluationScored):
        _stage(
            not has_sheet,
            "already-scored",
            "该专家已评分;修改请用 EvaluationScoreRevised",
            "already scored; use EvaluationScoreRevised",
            "expert_id",
        )
    else:
        _stage(
            has_sheet,
            "not-scored",
            "该专家尚未评分,没有可修改的评分表",
            "there is no sheet to revise",
            "expert_id",
        )
        _must_give_reason(body.reason)
    require_points(body.scores, facts.reference.rules(command.valid_from).points_per_heading)


def _conclude(
    facts: Facts, command: Command[Event], state: Application, body: EvaluationConcluded
) -> EvaluationConcluded:
    _must_be_open(state)
    _stage(
        state.recommended is None,
        "already-concluded",
        "评估已结束",
        "the evaluation is already concluded",
    )
    _stage(bool(state.experts), "no-experts", "尚未指定评估专家", "no experts were assigned")
    scored = {expert for expert, _ in state.sheets}
    waiting = [e.expert_id for e in state.experts if e.expert_id not in scored]
    _stage(
        not waiting,
        "scores-missing",
        f"专家尚未评分:{'、'.join(waiting)}",
        f"scores are missing from: {', '.join(waiting)}",
    )
    rules = facts.reference.rules(command.valid_from)
    result = arithmetic([sheet for _, sheet in state.sheets], rules.pass_mark)
    if body.recommended:
        _stage(
            result.passed,
            "below-pass-mark",
            f"平均分 {result.mean} 低于合格线 {rules.pass_mark},不能推荐",
            f"the mean {result.mean} is below the pass mark {rules.pass_mark}",
            "recommended",
        )
        _stage(
            bool(units(body.scope)),
            "scope-empty",
            "推荐范围为空",
            "the recommended scope is empty",
            "scope",
        )
        _within(body.scope, units(state.scope), "申报范围", "the scope applied for")
        require_certifiable(facts.reference, body.scope, command.valid_from, "scope")
    return replace(body, arithmetic=result)


def _within(scope: tuple[ScopeItem, ...], limit: frozenset[Unit], zh: str, en: str) -> None:
    beyond = units(scope) - limit
    if beyond:
        raise Refused(
            "scope-beyond",
            f"{named(beyond)} 不在{zh}内",
            f"{named(beyond)} is not within {en}",
            "scope",
        )


def _confirm(
    facts: Facts, command: Command[Event], state: Application, body: ApplicationConfirmed
) -> None:
    _must_be_open(state)
    _stage(
        state.confirmed is None,
        "already-confirmed",
        "申报已确认",
        "the application is already confirmed",
    )
    _stage(
        state.recommended is not None,
        "not-concluded",
        "专家评估尚未结束",
        "the expert evaluation is not concluded",
    )
    _stage(
        state.recommended is True,
        "not-recommended",
        "专家评估未推荐,不能确认",
        "the evaluation did not recommend it",
    )
    _stage(
        bool(units(body.scope)),
        "scope-empty",
        "确认范围为空",
        "the confirmed scope is empty",
        "scope",
    )
    _within(body.scope, state.recommended_units, "推荐范围", "the recommended scope")
    require_certifiable(facts.reference, body.scope, command.valid_from, "scope")


def _receipt(command: Command[Event], state: Application, body: ReceiptIssued) -> None:
    _must_be_open(state)
    not_in_the_future(command, body.issued_on, "issued_on")
    _stage(
        state.confirmed is not None,
        "not-confirmed",
        "申报尚未确认,不能发确认回执(六(四))",
        "the application is not confirmed; no receipt can be issued (六(四))",
    )
    _stage(
        state.receipt_no is None
        or (state.receipt_no, state.receipt_on) == (body.receipt_no, body.issued_on),
        "receipt-exists",
        f"确认回执 {state.receipt_no} 已发",
        f"receipt {state.receipt_no} was already issued",
        "receipt_no",
    )
