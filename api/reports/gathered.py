"""Everything that a report says of one enterprise, read at one basis within what the caller sees."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from api.installation.wiring import Installation
from api.questions import enterprises
from api.questions.policy import Grant
from api.questions.queries import Settled, missing
from api.questions.visibility import released, within
from api.questions.withheld import rows_at
from domain.checks import BOUNDS, CHECKS
from domain.terms.vocabulary import Severity
from projections.counts import dossier
from projections.counts.dossier import Cases, CertificateCount, FlagCount, Held, Whose
from projections.items.disclosure import shower
from projections.items.shape import Audience
from projections.items.tables import KINDS
from projections.views import roster, scope

FLAGS_SHOWN = 40
CASES_SHOWN = 25

_GRAVITY = {severity: rank for rank, severity in enumerate(reversed(Severity))}
_BY_GRAVITY = sorted(CHECKS, key=lambda code: (_GRAVITY[CHECKS[code].severity], code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The rows behind a report; `limited`: what they are narrowed to, None where nothing is hidden."""

    settled: Settled
    limited: dict[str, str] | None
    profile: dict[str, Any]
    warning: dict[str, Any] | None
    standings: list[dict[str, Any]]
    scopes: list[dict[str, Any]]
    flag_counts: list[FlagCount]
    flags: list[dict[str, Any]]
    overdue: frozenset[str]
    """Keys of the flags that say of an order to rectify that it is overdue."""
    certificates: list[CertificateCount]
    sessions: list[Held]
    breaches: list[Held]
    findings: Cases
    inspections: Cases
    plans: Cases
    applications: Cases

    @property
    def uscc(self) -> str:
        """Whom the report is about."""
        return str(self.profile["uscc"])


def gather(house: Installation, settled: Settled, uscc: str, grant: Grant) -> Gathered:
    """Return what there is to say.

    Raises:
        Problem: 404, nobody has registered the enterprise, or the caller does not see it.
    """
    with house.reading() as connection:
        row = roster.one(connection, settled.basis, uscc)
        profile = None if row is None else within(row, grant.rows)
        if profile is None:
            raise missing()
        return _gathered(connection, house, settled, profile, grant)


def _gathered(
    conn: Connection[Any],
    house: Installation,
    settled: Settled,
    profile: dict[str, Any],
    grant: Grant,
) -> Gathered:
    basis, uscc = settled.basis, profile["uscc"]
    rows = rows_at(conn, grant.rows, basis.position)
    whose = Whose(uscc, rows.district, rows.withheld.visits)
    ahead = house.rule_set(basis.valid_at, basis.position).early_warning_days

    def cases(kind: str) -> Cases:
        there = dossier.cases(conn, basis, whose, kind, CASES_SHOWN)
        items = [item for each in there.items if (item := released(each, rows)) is not None]
        return there._replace(items=items if grant.persons else _nameless(kind, items))

    findings = cases("findings")
    orders = [order["position"] for one in findings.items for order in one["orders"]]
    return Gathered(
        settled=settled,
        limited=grant.rows.limits,
        profile=profile,
        warning=enterprises.warning(profile, basis.valid_at, ahead),
        standings=roster.standings(conn, basis, uscc),
        scopes=scope.intervals(conn, basis, uscc),
        flag_counts=dossier.flag_counts(conn, basis, whose),
        flags=dossier.gravest_flags(conn, basis, whose, _BY_GRAVITY, FLAGS_SHOWN),
        overdue=dossier.in_breach(conn, basis, [f"Q2-{position}" for position in orders]),
        certificates=dossier.certificate_counts(conn, basis, whose),
        sessions=dossier.session_days(conn, basis, whose),
        breaches=dossier.breach_days(conn, basis, whose, list(BOUNDS)),
        findings=findings,
        inspections=cases("inspections"),
        plans=cases("plans"),
        applications=cases("applications"),
    )


def _nameless(kind: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*map(shower(KINDS[kind][1], Audience.READERS), items)]
