"""One enterprise over all days: its listing, what it might certify when, what it held, who looked in."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection

from api.questions import enterprises
from api.questions.answers import AnswerBasis
from api.questions.clocks import LAST_DAY, Asked
from api.questions.policy import Action, Rows, decide
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_position
from domain.terms.vocabulary import ReviewDecision, Verdict
from projections.items.disclosure import shower
from projections.items.records import TimelineItem
from projections.views import cases, flags, roster, scope, sessions
from projections.views.basis import Basis

SESSIONS_SHOWN = 100
INSPECTIONS_SHOWN = 100

_Key = tuple[str, str, str | None]


def timeline(
    house: Reading, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return the days of an enterprise as known at the basis' position.

    `standings`: stretches of days; `occupations`: each with the stretches of its confirmed `scope`
    and its `sessions`, newest first, `within` being `inside`, `outside` or `undecided`;
    `spot_checks`; `earlier`: whether there are sessions before those given.

    Raises:
        Problem: 404, there is no such enterprise, or the caller may not see it.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, asked)
    with house.reading() as connection:
        if not enterprises.ever_seen(connection, settled.basis, uscc, grant.rows):
            raise missing()
        found = _read(connection, settled.basis, uscc, grant.rows)
    return settled.answer_basis, shower(TimelineItem, grant.audience)(found)


def _read(conn: Connection[Any], basis: Basis, uscc: str, rows: Rows) -> dict[str, Any]:
    held = sessions.newest(conn, basis.position, uscc, rows.district, SESSIONS_SHOWN + 1)
    shown = held[:SESSIONS_SHOWN]
    judged = _judged(conn, basis.position, [session["position"] for session in shown])
    standings = [
        {name: each[name] for name in ("standing", "valid_from", "valid_to", "listed_to")}
        for each in roster.standings(conn, basis, uscc)
    ]
    occupations = _occupations(scope.intervals(conn, basis, uscc))
    for session in shown:
        flagged = judged.get(session["position"], [])
        _row_of(occupations, session["occupation"])["sessions"].append(_mark(session, flagged))
    return {
        "uscc": uscc,
        "standings": standings,
        "occupations": list(occupations.values()),
        "spot_checks": _spot_checks(conn, basis.position, uscc, rows),
        "earlier": len(held) > len(shown),
    }


def _judged(
    conn: Connection[Any], position: int, records: list[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return what the checks of scope and roster say of these sessions, but what was dismissed."""
    found: dict[int, list[dict[str, Any]]] = {}
    for flag in flags.on_any_day(conn, records, position):
        dismissed = flag["review"] == ReviewDecision.DISMISSED and not flag["review_stale"]
        if CHECKS[flag["code"]].bounds and not dismissed:
            found.setdefault(flag_position(flag["key"]), []).append(flag)
    return found


def _mark(session: Mapping[str, Any], flagged: list[dict[str, Any]]) -> dict[str, Any]:
    verdicts = {flag["verdict"] for flag in flagged}
    within = "outside" if Verdict.BREACH in verdicts else "undecided" if verdicts else "inside"
    return {
        "assessment_id": session["assessment_id"],
        "level": session["level"],
        "held_from": session["held_from"],
        "within": within,
        "flags": [flag["key"] for flag in flagged],
        "position": session["position"],
    }


def _key(occupation: Mapping[str, Any]) -> _Key:
    return occupation["edition"], occupation["name"], occupation["trade"]


def _occupations(stretches: list[dict[str, Any]]) -> dict[_Key, dict[str, Any]]:
    """Return a row for each occupation of the scope; stretches with the same levels are joined."""
    rows: dict[_Key, dict[str, Any]] = {}
    for stretch in stretches:
        for item in stretch["scope"]:
            bars = _new_row(rows, item)["scope"]
            bar = {name: stretch[name] for name in ("valid_from", "valid_to")}
            bar["levels"] = item["levels"]
            last = bars[-1] if bars else None
            if last and last["valid_to"] == bar["valid_from"] and last["levels"] == bar["levels"]:
                last["valid_to"] = bar["valid_to"]
            else:
                bars.append(bar)
    return rows


def _new_row(rows: dict[_Key, dict[str, Any]], occupation: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: occupation[name] for name in ("edition", "code", "name", "trade")}
    empty: dict[str, Any] = {"occupation": named, "scope": [], "sessions": []}
    return rows.setdefault(_key(occupation), empty)


def _row_of(rows: dict[_Key, dict[str, Any]], occupation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row in which a session is shown: that of its 工种, of its occupation, or a new one."""
    edition, name, _ = key = _key(occupation)
    whole = (edition, name, None)
    return rows[whole] if key not in rows and whole in rows else _new_row(rows, occupation)


def _spot_checks(
    conn: Connection[Any], position: int, uscc: str, rows: Rows
) -> list[dict[str, Any]]:
    wanted = cases.Filters(kind="inspections", uscc=uscc, district=rows.district)
    found = cases.page(conn, Basis(LAST_DAY, position), wanted, None, INSPECTIONS_SHOWN)
    seen = [
        {
            "inspection_id": check["inspection_id"],
            "assessment_id": check["assessment_id"],
            "seen_on": check["seen_on"],
            "position": check["position"],
        }
        for inspection in found.items
        for check in inspection["spot_checks"]
    ]
    return sorted(seen, key=lambda check: (check["seen_on"], check["position"]))
