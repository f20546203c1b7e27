"""One enterprise over all days: listing, scope, sessions, certificates, visits, findings, measures, plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions import enterprises
from api.questions.answers import AnswerBasis
from api.questions.clocks import LAST_DAY, Asked
from api.questions.policy import Action, Rows, decide
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from api.questions.withheld import rows_at
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_position
from domain.terms.vocabulary import ReviewDecision, Verdict
from projections.counts import calendar, dossier
from projections.counts.dossier import Whose
from projections.items.disclosure import shower
from projections.items.records import TimelineItem
from projections.views import cases, flags, roster, scope, sessions
from projections.views.basis import Basis

SESSIONS_SHOWN = 100
INSPECTIONS_SHOWN = 100
FINDINGS_SHOWN = 20
PLANS_SHOWN = 40

_Key = tuple[str, str, str | None]


class _Asked(NamedTuple):
    """What is read: as known at a position, of the rows that the caller sees; every day of it."""

    conn: Connection[Any]
    position: int
    uscc: str
    rows: Rows

    def newest(self, kind: str, limit: int) -> list[dict[str, Any]]:
        """Return the cases of one kind that moved last, as they stand in the end."""
        basis = Basis(LAST_DAY, self.position)
        whose = Whose(self.uscc, self.rows.district, self.rows.withheld.visits)
        return dossier.cases(self.conn, basis, whose, kind, limit).items


def timeline(
    house: Reading, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return the days of an enterprise as known at the basis' position: all of them, and which lie behind the day.

    What is told of a record up to the day is what is so on that day: its verdicts, the stage of a finding.
    What lies behind the day is marked (`later`), or counted apart (`certificates_later`, `held_later`), and
    told as it stands in the end.

    `standings`: stretches of days; `occupations`: each with the stretches of its confirmed `scope`
    and its `sessions`, newest first, `within` being `inside`, `outside` or `undecided` and `verdict`
    the worst of all flags on them and their certificates; `certificates` a month; `inspections`,
    `spot_checks`; `findings` with orders, the days on which they were overdue, and measures; `plans`
    beside what was held; `earlier`: whether there are sessions before those given.

    Raises:
        Problem: 404, there is no such enterprise, or the caller may not see it.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, asked)
    with house.reading() as connection:
        if not enterprises.ever_seen(connection, settled.basis, uscc, grant.rows):
            raise missing()
        rows = rows_at(connection, grant.rows, settled.basis.position)
        members = _read(_Asked(connection, settled.basis.position, uscc, rows), settled.basis)
    return settled.answer_basis, shower(TimelineItem, grant.audience)(members)


def _read(asked: _Asked, basis: Basis) -> dict[str, Any]:
    conn, position, uscc, district = asked.conn, asked.position, asked.uscc, asked.rows.district
    newest = sessions.newest(conn, position, uscc, district, SESSIONS_SHOWN + 1)
    shown = newest[:SESSIONS_SHOWN]
    day = basis.valid_at.isoformat()
    judged = _judged(conn, basis, uscc, shown)
    standings = [
        {name: each[name] for name in ("standing", "valid_from", "valid_to", "listed_to")}
        for each in roster.standings(conn, basis, uscc)
    ]
    occupations = _occupations(scope.intervals(conn, basis, uscc))
    for session in shown:
        flagged = judged.get(session["assessment_id"], [])
        _row_of(occupations, session["occupation"])["sessions"].append(_mark(session, flagged, day))
    inspections = asked.newest("inspections", INSPECTIONS_SHOWN)
    return {
        "uscc": uscc,
        "standings": standings,
        "occupations": list(occupations.values()),
        "certificates": [
            {
                "month": each.month,
                "certificates": each.number,
                "certificates_later": each.later,
            }
            for each in calendar.issued(conn, basis, uscc, district)
        ],
        "inspections": _sent(inspections, day),
        "spot_checks": _spot_checks(inspections, day),
        "findings": _findings(asked, basis),
        "plans": _plans(asked, basis),
        "earlier": len(newest) > len(shown),
    }


def _judged(
    conn: Connection[Any], basis: Basis, uscc: str, shown: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return what every check says of these sessions and their certificates, but what was dismissed.

    On the day; of a session behind it on any.
    """
    day = basis.valid_at.isoformat()
    until = [each["assessment_id"] for each in shown if each["held_from"] <= day]
    later = [each["assessment_id"] for each in shown if each["held_from"] > day]
    position = basis.position
    said = flags.of_sessions(conn, position, uscc, until, basis.valid_at)
    if later:
        said += flags.of_sessions(conn, position, uscc, later)
    by_session: dict[str, list[dict[str, Any]]] = {}
    for flag in said:
        if flag["review"] != ReviewDecision.DISMISSED or flag["review_stale"]:
            by_session.setdefault(flag["assessment_id"], []).append(flag)
    return by_session


def _worst(flagged: list[dict[str, Any]]) -> Verdict:
    verdicts = {flag["verdict"] for flag in flagged}
    if Verdict.BREACH in verdicts:
        return Verdict.BREACH
    return Verdict.UNDECIDED if verdicts else Verdict.CLEAR


_WITHIN: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.BREACH: "outside", Verdict.UNDECIDED: "undecided", Verdict.CLEAR: "inside"}
)


def _mark(session: Mapping[str, Any], flagged: list[dict[str, Any]], day: str) -> dict[str, Any]:
    record = session["position"]
    bounding = [
        flag
        for flag in flagged
        if CHECKS[flag["code"]].bounds and flag_position(flag["key"]) == record
    ]
    return {
        "assessment_id": session["assessment_id"],
        "level": session["level"],
        "held_from": session["held_from"],
        "within": _WITHIN[_worst(bounding)],
        "verdict": _worst(flagged).value,
        "flags": [flag["key"] for flag in flagged],
        "position": record,
        "later": session["held_from"] > day,
    }


def _sent(inspections: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    """Return the inspections by the day on which inspectors were sent; without a dispatch there is none."""
    sent = [
        {
            **{name: each[name] for name in ("inspection_id", "kind", "dispatched_on")},
            "later": each["dispatched_on"] > day,
        }
        for each in inspections
        if each["dispatched_on"] is not None
    ]
    return sorted(sent, key=lambda each: (each["dispatched_on"], each["inspection_id"]))


def _findings(asked: _Asked, basis: Basis) -> list[dict[str, Any]]:
    """Return the findings that moved last, the oldest first, with the days on which they were overdue.

    Overdue is what time brings: after the day nothing is, unless it was before.
    """
    day = basis.valid_at
    newest = asked.newest("findings", FINDINGS_SHOWN)
    then = cases.some(asked.conn, basis, "findings", (each["finding_id"] for each in newest))
    overdue: dict[int, list[dict[str, Any]]] = {}
    orders = [order["position"] for each in newest for order in each["orders"]]
    for order, first, end in flags.overdue(asked.conn, asked.position, orders):
        if first <= day:
            days = {"effective_from": first.isoformat(), "effective_to": end and end.isoformat()}
            overdue.setdefault(order, []).append(days)
    shown = [
        {
            **{name: each[name] for name in _OF_FINDING},
            "stage": then.get(each["finding_id"], each)["stage"],
            "later": each["finding_id"] not in then,
            "orders": [
                {
                    **{name: order[name] for name in _OF_ORDER},
                    "overdue": overdue.get(order["position"], []),
                }
                for order in each["orders"]
            ],
            "measures": [
                {
                    **{name: measure[name] for name in _OF_MEASURE},
                    "set_aside": _stands(measure, then.get(each["finding_id"])) == "set_aside",
                }
                for measure in each["measures"]
            ],
        }
        for each in newest
    ]
    return sorted(shown, key=lambda each: (each["raised_on"], each["finding_id"]))


def _stands(measure: Mapping[str, Any], then: Mapping[str, Any] | None) -> str:
    """Return how a measure stands on the day; one that is behind it, as it does in the end."""
    measures: list[dict[str, Any]] = [] if then is None else then["measures"]
    on_day: dict[str, str] = {each["measure_id"]: each["stands"] for each in measures}
    in_the_end: str = measure["stands"]
    return on_day.get(measure["measure_id"], in_the_end)


_OF_FINDING = ("finding_id", "kind", "severity", "raised_on", "ended_on")
_OF_ORDER = ("ordered", "due_on", "reported", "replaced")
_OF_MEASURE = ("measure_id", "kind", "effective_from", "effective_to", "stays")


def _plans(asked: _Asked, basis: Basis) -> list[dict[str, Any]]:
    """Return each year for which something was planned, or in which something was held.

    The plan is that of the day; where it was filed behind the day alone, as it stands in the end.
    """
    newest = {each["year"]: each for each in asked.newest("plans", PLANS_SHOWN)}
    then = cases.some(asked.conn, basis, "plans", (each["key"] for each in newest.values()))
    on_day = {each["year"]: each for each in then.values()}
    planned = {**newest, **on_day}
    none = calendar.Number(0, 0)
    sessions_in = calendar.held(asked.conn, basis, asked.uscc, asked.rows.district)
    return [
        {
            "year": year,
            "filed_on": planned[year]["filed_on"] if year in planned else None,
            "planned": len(planned[year]["sessions"]) if year in planned else None,
            "held": sessions_in.get(year, none).number,
            "held_later": sessions_in.get(year, none).later,
            "later": year in planned and year not in on_day,
        }
        for year in sorted(planned.keys() | sessions_in.keys())
    ]


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


def _spot_checks(inspections: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    names = ("inspection_id", "assessment_id", "seen_on", "position")
    spot_checks = [
        {**{name: check[name] for name in names}, "later": check["seen_on"] > day}
        for inspection in inspections
        for check in inspection["spot_checks"]
    ]
    return sorted(spot_checks, key=lambda check: (check["seen_on"], check["position"]))
