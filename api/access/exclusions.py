"""Which roles one person may not hold together, and how accounts of one person are found.

An account has one role; a person with two accounts has two. Separation of duties (三权分立) is
therefore kept by `person`, the staff number or name that stands with every account.
"""

from typing import Any

from psycopg import Connection

from api.access.persons import folded
from domain.terms.decider import Refused
from domain.terms.vocabulary import Role

R = Role
ADMINISTRATORS = frozenset({R.SECURITY_ADMIN, R.AUDIT_ADMIN, R.SYSTEM_ADMIN})
"""Three people, three roles; none of them has to do with the business."""
AUTHORITIES = frozenset(
    {
        R.QUALITY_SUPERVISOR,
        R.CENTRE_OFFICER,
        R.BUREAU_PUBLISHER,
        R.DISTRICT_INSPECTOR,
        R.ANALYST,
    }
)
"""Roles of those who supervise."""


def excluded(one: Role, other: Role) -> bool:
    """Return whether one person may not hold both roles."""
    both = {one, other}
    if len(both) == 1:
        return False
    return (
        bool(both & ADMINISTRATORS)
        or both == {R.BUREAU_PUBLISHER, R.EXPERT}
        or (R.ENTERPRISE_REPORTER in both and bool(both & AUTHORITIES))
    )


# Two changes at once could each be right alone and wrong together.
LOCK = "SELECT pg_advisory_xact_lock(6077002111)"
OTHERS = """
SELECT account, role, person FROM office.account
 WHERE person IS NOT NULL AND account <> %(account)s AND disabled_at IS NULL ORDER BY account
"""


def lock(connection: Connection[Any]) -> None:
    """Let one change of accounts go on at a time, until the end of the transaction."""
    connection.execute(LOCK)


def require_separate(connection: Connection[Any], person: str, account: str, role: Role) -> None:
    """Refuse a role that the person may not hold beside that of another account of theirs."""
    same = folded(person)
    for other, other_role, whose in connection.execute(OTHERS, {"account": account}).fetchall():
        if folded(whose) == same and excluded(role, Role(other_role)):
            raise Refused(
                "roles-excluded",
                f"{person} 已有账户 {other}（{other_role}），同一人不能兼任 {role.value}",
                f"{person} holds account {other} ({other_role}); one person cannot be {role.value} as well",
                "role",
            )
