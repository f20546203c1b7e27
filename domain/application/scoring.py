"""The course of the expert evaluation: who scores, their sheets, the conclusion (六(二)).

Recorded in the stream of the application (`domain.application.application`); the arithmetic is
`domain.application.evaluation`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.application.evaluation import (
    Arithmetic,
    Expert,
    HeadingScores,
    arithmetic,
    mean_of,
    two_places,
)
from domain.application.progress import (
    Application,
    require_accepted,
    require_not_scored,
    require_open,
    require_within,
)
from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, Facts, Refused
from domain.terms.folding import folded
from domain.terms.guards import existing_enterprise, not_before
from domain.terms.reference import Reference, RuleSet
from domain.terms.scope import ScopeItem, require_published, units
from domain.terms.vocabulary import Role


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


def require_assignable(
    facts: Facts, command: Command[Any], state: Application, body: ExpertsAssigned
) -> None:
    """Refuse too few experts, and one who must recuse themselves.

    Sent again before the conclusion it replaces whom it leaves out; a sheet that was given stays.
    """
    require_open(state)
    require_accepted(state)
    _require_unconcluded(state)
    require_independent(facts, state, body, command.valid_from)


def require_panel(body: ExpertsAssigned, rules: RuleSet) -> None:
    """Refuse too few experts, or one who declared a ground for recusal."""
    needed = rules.experts_minimum
    if not len({expert.expert_id for expert in body.experts}) == len(body.experts) >= needed:
        raise Refused(
            "too-few-experts",
            f"至少需要 {needed} 名不同的专家",
            f"at least {needed} different experts are needed",
            "experts",
        )
    for index, expert in enumerate(body.experts):
        if expert.recusal_declared:
            raise _recused(expert, f"experts.{index}")


def require_independent(facts: Facts, state: Application, body: ExpertsAssigned, day: date) -> None:
    """Refuse an expert who belongs to the applicant or a unit of it."""
    close = _close_to(facts, state, day)
    for index, expert in enumerate(body.experts):
        if _belongs(expert.affiliation, close):
            raise _recused(expert, f"experts.{index}")


def _close_to(facts: Facts, state: Application, day: date) -> frozenset[str]:
    """Return the affiliations of an expert that speak against them: the applicant and its units."""
    enterprise = existing_enterprise(facts[ENTERPRISE.key(state.uscc)], state.uscc)
    names = {state.uscc, enterprise.profile_on(day).name, *enterprise.units_on(day)}
    return frozenset(map(folded, names))


def _belongs(affiliation: str, close: frozenset[str]) -> bool:
    """Whether somebody belongs to one of the organisations: a part of one counts as the whole."""
    return any(name and folded(affiliation).startswith(name) for name in close)


def _recused(expert: Expert, field: str) -> Refused:
    return Refused(
        "expert-recused",
        f"专家 {expert.name} 应当回避，请另行指定",
        f"expert {expert.name} has a ground for recusal; assign another",
        field,
    )


def _require_unconcluded(state: Application) -> None:
    if state.recommended is not None:
        raise Refused(
            "already-concluded",
            "评估已结束",
            "the evaluation is already concluded",
            "application_id",
        )


def require_scorable(
    facts: Facts,
    command: Command[Any],
    state: Application,
    body: EvaluationScored | EvaluationScoreRevised,
) -> None:
    """Refuse a sheet of somebody else, after the end, or by somebody who must stay away."""
    require_open(state)
    _require_own_sheet(command, state, body.expert_id)
    _require_disinterested(facts, command, state, body.expert_id)
    if state.recommended is not None:
        raise Refused(
            "already-concluded",
            "评估已结束，不能再评分",
            "the evaluation is already concluded",
            "application_id",
        )
    has_sheet = body.expert_id in {expert for expert, _ in state.sheets}
    if isinstance(body, EvaluationScored):
        if has_sheet:
            raise Refused(
                "already-scored",
                "该专家已评分；请改用“修改评分”",
                "already scored; revise the score instead",
                "expert_id",
            )
    elif not has_sheet:
        raise Refused(
            "not-scored",
            "该专家尚未评分，没有可修改的评分表",
            "there is no sheet to revise",
            "expert_id",
        )
    else:
        first = dict(state.sheet_days).get(body.expert_id, command.valid_from)
        not_before(command.valid_from, first, "修改早于评分", "revised before the sheet was given")


def _require_own_sheet(command: Command[Any], state: Application, expert_id: str) -> None:
    if expert_id not in {expert.expert_id for expert in state.experts}:
        raise Refused(
            "expert-not-assigned",
            "该专家未被指定评估这份申报",
            "the expert is not assigned to this application",
            "expert_id",
        )
    if command.actor.role is not Role.EXPERT or command.actor.account != expert_id:
        raise Refused(
            "not-own-sheet",
            "专家只能填写本人的评分表",
            "an expert fills in their own sheet only",
            "expert_id",
        )


def _require_disinterested(
    facts: Facts, command: Command[Any], state: Application, expert_id: str
) -> None:
    """Refuse a sheet of an expert with a declared ground, or who belongs to the applicant by now."""
    expert = next(e for e in state.experts if e.expert_id == expert_id)
    close = _close_to(facts, state, command.valid_from)
    affiliations = (expert.affiliation, command.actor.organisation)
    if expert.recusal_declared or any(_belongs(affiliation, close) for affiliation in affiliations):
        raise _recused(expert, "expert_id")


def concluded(
    facts: Facts, command: Command[Any], state: Application, body: EvaluationConcluded
) -> Arithmetic:
    """Return what the conclusion rests on; refuse one that comes too early or that it does not bear."""
    require_open(state)
    _require_unconcluded(state)
    _require_all_scored(state)
    require_not_scored(facts, state, command.actor.account)
    rules = facts.reference.rules(command.valid_from)
    assigned = {expert.expert_id for expert in state.experts}
    sheets = [sheet for expert, sheet in state.sheets if expert in assigned]
    result = arithmetic(sheets, rules.pass_mark)
    if not body.recommended:
        return result
    require_passed(result)
    require_within(body.scope, units(state.scope), "申报范围", "the scope applied for")
    require_known(facts.reference, body, command.valid_from)
    return result


def require_known(reference: Reference, body: EvaluationConcluded, day: date) -> None:
    """Refuse to recommend what no dictionary can mean.

    Experts recommend; whether a paper published what no catalogue holds is the bureau's to say.
    """
    require_published(reference, body.scope, day, "scope", body.application_id)


def require_passed(result: Arithmetic) -> None:
    """Refuse to recommend what stays below the mark."""
    if not result.passed:
        raise Refused(
            "below-pass-mark",
            f"平均分 {two_places(mean_of(result))} 低于合格线 {result.pass_mark}，不能推荐",
            f"the mean {two_places(mean_of(result))} is below the pass mark {result.pass_mark}",
            "recommended",
        )


def _require_all_scored(state: Application) -> None:
    if not state.experts:
        raise Refused(
            "no-experts", "尚未指定评估专家", "no experts were assigned", "application_id"
        )
    scored = {expert for expert, _ in state.sheets}
    waiting = [e.name for e in state.experts if e.expert_id not in scored]
    if waiting:
        raise Refused(
            "scores-missing",
            f"专家尚未评分：{'、'.join(waiting)}",
            f"scores are missing from: {', '.join(waiting)}",
            "application_id",
        )
