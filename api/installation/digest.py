"""What changed in what somebody follows, from one day to another: the daily digest (每日摘要), derived anew.

Whatever is followed is a saved question, a list with its filters: this digest asks each as it stood at the end of
one day and at the end of another, with the rights that its owner has now, and tells the rows that differ. Nothing
of it is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from psycopg.errors import QueryCanceled
from pydantic import AfterValidator, Field

from api.access import saved_questions as kept
from api.access.saved_questions import SavedQuestion
from api.export.readable import cell
from api.installation.one_moment import at_one_moment
from api.installation.saved_questions import SavedList, asked
from api.installation.wiring import Installation
from api.questions.answers import ListPage
from api.questions.clocks import Asked as Clocks
from api.questions.comparing import differing
from api.questions.declared import DeclaredList
from api.questions.parameters import Day, not_before
from api.questions.policy import Action, decide
from api.questions.problems import Problem, Unclear
from api.questions.queries import Found, Settled, settle
from api.questions.questions import AllAtOnce, AsOf
from api.words.language import Language
from domain.terms.envelope import Actor
from ledger.log.clock import SHANGHAI, today
from projections.items.operation import DigestItem
from projections.items.shape import Field as Shown
from projections.items.shape import Shape

Row = Mapping[str, Any]


def _has_come(day: date | None) -> date | None:
    """Refuse a day that is still to come: nothing has changed up to it, and that would look like an answer."""
    if day is not None and day > today():
        raise Unclear(f"不得晚于今天 {today()}", f"must not lie after today, {today()}")
    return day


class DigestQuestion(AllAtOnce):
    """From which day to which."""

    from_: Annotated[Day | None, AfterValidator(_has_come)] = Field(
        None,
        alias="from",
        description="与哪天日终比较，默认昨天 / compared with the end of this day, by default yesterday",
    )
    to: Annotated[Day | None, AfterValidator(_has_come), not_before("from_")] = Field(
        None, description="到哪天日终，默认现在 / up to the end of this day, by default now"
    )


class Days(NamedTuple):
    """The two days that are compared, as known at their ends."""

    before: Settled
    after: Settled


def days(house: Installation, question: DigestQuestion) -> Days:
    """Return both bases: the end of yesterday, and now, where no other days are asked for."""
    last = question.to if question.to is not None and question.to < today() else None
    first = question.from_ or (last or today()) - timedelta(days=1)
    after = settle(house, Clocks() if last is None else _end_of(last))
    before = settle(house, _end_of(min(first, after.basis.valid_at)))
    return Days(before, after)


def _end_of(day: date) -> Clocks:
    if day >= today():
        return Clocks(valid_at=day)
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)
    return Clocks(valid_at=day, known_at=midnight - timedelta(microseconds=1))


def digest(house: Installation, actor: Actor, question: DigestQuestion) -> Found:
    """Return every row that differs between the two days, in order of the questions' age."""
    grant = decide(actor, Action.READ, "saved-questions")
    house = at_one_moment(house)
    compared = days(house, question)
    with house.pool.connection() as connection:
        followed = kept.of(connection, actor.account)
    items = [item for each in followed for item in changes(house, actor, each, compared)]
    return Found(compared.after.answer_basis, ListPage(items, None), grant.audience)


def changes(
    house: Installation, actor: Actor, saved: SavedQuestion, compared: Days
) -> list[dict[str, Any]]:
    """Return the rows of one question that came, went or changed; none where it cannot be asked so."""
    try:
        question = asked(saved.address)
        if question.pinned or not isinstance(question.question, AsOf):
            return []
        before = _rows(house, actor, question, compared.before)
        after = _rows(house, actor, question, compared.after)
    except Problem as problem:
        # What the owner may not read any more: the page of their questions says so.
        if problem.code not in {"invalid", "forbidden"}:
            raise
        return []
    except QueryCanceled:
        return []
    return [
        _told(saved, question, key, before.by_key.get(key), after.by_key.get(key))
        for key in _differing(before, after, newest_first=question.listed.name == "history")
    ]


class _Rows(NamedTuple):
    by_key: Mapping[str, Row]
    cut: bool
    """Whether there were more rows than are compared."""


def _rows(house: Installation, actor: Actor, asked_for: SavedList, at: Settled) -> _Rows:
    """Ask the question at one end; a day that it names itself stays."""
    question: Any = asked_for.question
    clocks = {
        "valid_at": question.valid_at or at.basis.valid_at,
        "known_at": None,
        "position": at.basis.position,
    }
    listed = asked_for.listed
    try:
        answer = listed.ask(house, actor, question.model_copy(update=clocks), *asked_for.parts)
    except Problem as problem:
        # What was not there yet has no rows there; what is not there at all has none at either end.
        if problem.code != "not-found":
            raise
        return _Rows({}, cut=False)
    by_key = {
        "/".join(str(row.get(name, "")) for name in listed.key): row for row in answer.page.items
    }
    return _Rows(by_key, answer.page.next is not None)


def _differing(before: _Rows, after: _Rows, *, newest_first: bool) -> Iterator[str]:
    """Yield keys of rows that differ; of what was cut off nobody can tell whether it came or went."""
    for key, row in after.by_key.items():
        old = before.by_key.get(key)
        if old is None:
            if newest_first or not before.cut:
                yield key
        elif any(row[name] != old.get(name) for name in row if name not in differing.EXPLAINING):
            yield key
    if not after.cut:
        yield from (key for key in before.by_key if key not in after.by_key)


_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "flags": "/flags/{key}",
        "assessments": "/assessments/{assessment_id}",
        "applications": "/applications/{application_id}",
        "inspections": "/inspections/{inspection_id}",
        "findings": "/findings/{finding_id}",
        "plans": "/plans/{uscc}/{year}",
        "roster": "/enterprises/{uscc}",
        "unvisited": "/enterprises/{uscc}",
        "plan-comparisons": "/enterprises/{uscc}",
        "certificates": "/entries/{position}",
        "history": "/entries/{position}",
        "late": "/entries/{position}",
    }
)
"""List → where one of its rows is shown; of the others the list itself is."""


_SAID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "flags": ("code", "verdict", "message"),
        "history": ("type", "data", "valid_from"),
        "assessments": ("occupation", "level", "held_from", "uscc"),
    }
)
"""List → the fields that say which row it is; of the others those of a table on a terminal."""


def _told(
    saved: SavedQuestion, question: SavedList, key: str, before: Row | None, after: Row | None
) -> dict[str, Any]:
    row = after or before or {}
    change = "added" if before is None else "removed" if after is None else "changed"
    pattern = _PAGES.get(question.listed.name)
    shape = question.listed.shape(question.question)
    brief = _SAID.get(question.listed.name, question.listed.brief)
    return {
        "question_id": saved.id,
        "question": saved.name,
        "list": question.listed.name,
        "change": change,
        "key": key,
        "page": pattern.format_map(row) if pattern else question.page,
        "message": {
            language: _sentence(language, shape, brief, before, after) for language in ("zh", "en")
        },
        "fields": differing.fields(before, after),
    }


def _sentence(
    language: Language, shape: Shape, brief: Sequence[str], before: Row | None, after: Row | None
) -> str:
    """Say which row it is, and what of it is another; words of the row's own vocabulary."""
    row = after or before or {}
    by_name = {field.name: field for field in shape.fields}
    said = [cell(row, by_name[name], language) for name in brief if name in by_name]
    about = " · ".join(each for each in said if each)
    differs = (
        []
        if before is None or after is None
        else list(_differences(language, shape, before, after))
    )
    told = ("；" if language == "zh" else "; ").join(differs)
    return f"{about}{' — ' if told else ''}{told}"


def _differences(language: Language, shape: Shape, before: Row, after: Row) -> Iterator[str]:
    for field in shape.fields:
        if _plain(field) and before.get(field.name) != after.get(field.name):
            old, new = cell(before, field, language) or "–", cell(after, field, language) or "–"
            yield f"{field.head.en if language == 'en' else field.head.zh} {old} → {new}"


def _plain(field: Shown) -> bool:
    """Whether both sides of a field are few words: no record, no list, and no place in the ledger."""
    return not (
        field.many
        or field.shape is not None
        or field.kind in {"json", "any"}
        or field.name == "outcome"
        or field.name.startswith("known_")
        or field.name.endswith(("position", "lapsed_by"))
    )


DIGEST = DeclaredList(
    "digest",
    "/v1/digest",
    DigestItem,
    ("question_id", "key"),
    DigestQuestion,
    digest,
    ("question", "change", "message"),
    "/digest",
    "watching",
)
"""What changed in what the caller follows, as every other list is declared."""
