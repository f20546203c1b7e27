"""One flag explained: what was said then and now, what changed it, and what it rests on (§2, §6)."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.policy import Action, Rows, decide
from api.questions.queries import ask, ask_one
from api.questions.questions import FindingsQuestion
from api.questions.reading import Reading
from api.questions.visibility import within
from api.questions.withheld import rows_at
from domain.checks import CHECKS
from domain.checks.venue import bounds_on, worst
from domain.flag import FlagReviewed
from domain.terms.clauses import CLAUSES
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_position
from domain.terms.place import Place, Step
from domain.terms.vocabulary import Aspect, Datum, Mode, Verdict
from ledger.codec import legible
from projections.items.disclosure import shower
from projections.items.entries import EntryItem
from projections.items.records import FlagExplainedItem
from projections.places.drawing import surroundings
from projections.views import flags, sessions
from projections.views.basis import Basis
from projections.views.entry_docs import shown
from projections.views.names import names

_UNSEEN = {
    "zh": "记录入账时这项检查没有发现问题",
    "en": "when the record came in, this check found nothing",
}


def flag(
    house: Reading, actor: Actor, key: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return one flag.

    Raises:
        Problem: 404, it was never raised or is not for this caller.
    """
    return ask_one(house, actor, "flags", asked, key)


def explained(
    house: Reading, actor: Actor, key: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return a flag with everything that explains it.

    Beside the members of the flag: `check`, `clause_text`, `history` (what was said, since which
    entry), `then_said` and `now_said`, `rests_on` (entries), `reviews`, `place` (of what tells about it),
    `covered_by` (findings that name the flag or its record), `same_record` (other flags of it). Of
    an entry that the caller may not see there is the position alone.

    Raises:
        Problem: 404, the flag was never raised or is not for this caller.
    """
    answer_basis, item = flag(house, actor, key, asked)
    basis = Basis(answer_basis.day, answer_basis.position)
    grant = decide(actor, Action.READ, "flags")
    with house.reading() as connection:
        rows = rows_at(connection, grant.rows, basis.position)
        versions = flags.versions(connection, basis, key)
        others = flags.of_record(connection, basis, flag_position(key))
        called = names(connection, basis, _bodies(item))
        place = _place(house, connection, basis, item)
    reviews = _reviews(house, key, basis.position)
    entries = _entries(
        house, actor, rows, {*item["because"], *(at for at, _ in versions), flag_position(key)}
    )
    history = _history(entries, versions)
    check, clause = CHECKS[item["code"]], CLAUSES[item["clause"]]
    explanation = {
        **item,
        "name": called.get(item["subject"]),
        "responsible": [{**body, "name": called.get(body["uscc"])} for body in item["responsible"]],
        "check": {"zh": check.zh, "en": check.en, "version": check.version},
        "clause_text": {
            "number": clause.number,
            "document": clause.document,
            "zh": clause.zh,
            "en": clause.en,
            "in_force_from": clause.in_force_from.isoformat(),
        },
        "then_said": _then(entries, item, history),
        "now_said": history[-1],
        "history": history,
        "rests_on": [entries[at] for at in item["because"]],
        "reviews": reviews,
        "place": place,
        "covered_by": _covering(house, actor, item, answer_basis.asked),
        "same_record": [o for o in others if o["key"] != key and within(o, rows) is not None],
    }
    return answer_basis, shower(FlagExplainedItem, grant.audience)(explanation)


def _covering(
    house: Reading, actor: Actor, flag: Mapping[str, Any], asked: Asked
) -> list[dict[str, Any]]:
    """Return the findings, as of what the answer stands on, that name the flag or its record."""
    question = FindingsQuestion.model_construct(
        uscc=flag["subject"], valid_at=asked.valid_at, position=asked.position, limit=1000
    )
    named = {flag["key"], flag["assessment_id"], flag["certificate_no"]} - {None, ""}
    return [
        dict(finding)
        for finding in ask(house, actor, VIEWS["findings"], question).page.items
        if finding["stage"] != "withdrawn"
        and named & {*finding["flags"], *finding["assessments"], *finding["certificates"]}
    ]


def _bodies(flag: Mapping[str, Any]) -> set[str]:
    named = (flag["subject"], *(body["uscc"] for body in flag["responsible"]))
    return {uscc for uscc in named if uscc is not None}


def _entries(
    house: Reading, actor: Actor, rows: Rows, positions: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """Return the entries at these positions; of one that the caller may not see, its position."""
    grant = decide(actor, Action.READ, "events")
    wanted = set(positions)
    entries: dict[int, dict[str, Any]] = {at: {"position": at} for at in wanted}
    for entry in house.log.at(wanted):
        item = shown(legible(entry))
        if within(item, rows) is not None:
            entries[entry.position] = shower(EntryItem, grant.audience)(item)
    return entries


def _history(
    entries: Mapping[int, Mapping[str, Any]], versions: Iterable[tuple[int, Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Return what was said, one line for each time that it was something else."""
    lines: list[dict[str, Any]] = []
    for at, version in versions:
        line = _said(entries, at, version)
        if not lines or any(lines[-1][n] != line[n] for n in ("verdict", "message", "review")):
            lines.append(line)
    return lines


def _said(
    entries: Mapping[int, Mapping[str, Any]], at: int, version: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was said of the record since the entry `at`, and that entry."""
    entry = entries[at]
    return {
        "position": at,
        "type": entry.get("type"),
        "recorded_at": entry.get("recorded_at"),
        "valid_from": entry.get("valid_from"),
        "verdict": version["verdict"],
        "message": version["message"],
        "review": None if version["review_stale"] else version["review"],
        "case": version["case"],
    }


def _then(
    entries: Mapping[int, Mapping[str, Any]], flag: Mapping[str, Any], history: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what was said when the record itself had just come in: the first of the four cases' two sides."""
    first = history[0]
    if flag["then"] == first["verdict"]:
        return first
    record = flag_position(flag["key"])
    entry = entries[record]
    return {
        "position": record,
        "type": entry.get("type"),
        "recorded_at": entry.get("recorded_at"),
        "valid_from": entry.get("valid_from"),
        "verdict": flag["then"],
        "message": _UNSEEN if flag["then"] == Verdict.CLEAR else first["message"],
        "review": None,
        "case": first["case"],
    }


def _reviews(house: Reading, key: str, upto: int) -> list[dict[str, Any]]:
    """Return every review of the flag, newest first; they are about what the caller sees already."""
    entries = [legible(entry) for entry in house.log.read({f"flag:{key}"}, upto)]
    return [
        {
            "position": entry.position,
            "recorded_at": shown(entry)["recorded_at"],
            "decision": entry.event.decision,
            "finding_id": entry.event.finding_id,
            "outcome": entry.event.outcome,
            "reason": entry.reason,
            "account": entry.actor.account,
        }
        for entry in reversed(entries)
        if isinstance(entry.event, FlagReviewed) and entry.event.flag == key
    ]


def _place(
    house: Reading, connection: Connection[Any], basis: Basis, flag: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return every piece of evidence of where the session was held; None where that is not judged."""
    if CHECKS[flag["code"]].about is not Aspect.PLACE:
        return None
    session = sessions.one(connection, basis, flag["assessment_id"])
    if session is None:
        return None
    bounds = bounds_on(
        date.fromisoformat(str(session["held_from"])), house.reference_at(basis.position)
    )
    reported = (session["venue"], *(session["venues"] or ()))
    venues = [venue for venue in reported if venue is not None] or [None]
    judge = house.folding.context.locate
    locations = [judge(Mode(session["mode"]), _venue(venue), bounds) for venue in venues]
    location = worst(locations)
    decides = next(n for n, each in enumerate(locations) if each.side is location.side)
    venue = _venue(venues[decides])
    drawn = None if venue is None or location.step is Step.MODE else surroundings(venue, bounds)
    return {
        "side": location.side,
        "step": location.step,
        "contradiction": location.contradiction,
        "clues": [
            {"step": clue.step, "side": clue.side, "zh": clue.zh, "en": clue.en}
            for clue in location.clues
        ],
        "outline": location.outline,
        "parsers": location.parsers,
        "venue": venues[decides],
        "map": None if drawn is None else drawn._asdict(),
    }


def _venue(venue: Mapping[str, Any] | None) -> Place | None:
    """Return the place as it was reported; its numbers with the digits that were written."""
    if venue is None:
        return None
    numbers = {
        name: None if venue[name] is None else Decimal(str(venue[name]))
        for name in ("lon", "lat", "accuracy_m")
    }
    return Place(
        name=venue["name"],
        address=venue["address"],
        division=venue["division"],
        datum=None if venue["datum"] is None else Datum(venue["datum"]),
        **numbers,
    )
