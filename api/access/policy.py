"""What the way in demands of a holder: one of two profiles, and what is still due in a session.

`asvs` (OWASP ASVS 6.2): length and no common words, no composition, no periodic change; a second
factor for administrators. `mlps3` (GB/T 22239 8.1.4.1 a and d): composition and periodic change as
well, and a second factor for everybody who comes with a password.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from api.access.exclusions import ADMINISTRATORS
from api.access.settings import AccessSettings
from domain.terms.vocabulary import Role


class Demand(StrEnum):
    """What the holder of an account has to do before anything else."""

    FACTOR = "second-factor-due"
    PASSWORD = "password-due"  # noqa: S105 - the name of a rule


class Proofs(NamedTuple):
    """What an account has of its own to prove its holder by; `changed_at`: the password's day."""

    factor: bool
    changed_at: datetime


class Policy(NamedTuple):
    """What is demanded. `lasts`: how long a password is good; None: until it is changed."""

    factor_for: frozenset[Role]
    composed: bool
    lasts: timedelta | None

    def demand(self, role: Role, proofs: Proofs, began: datetime) -> Demand | None:
        """Return what is due in a session that began then.

        A password that ends during a session is asked for at the next one: no work is broken off.
        """
        if role in self.factor_for and not proofs.factor:
            return Demand.FACTOR
        if self.lasts is not None and proofs.changed_at + self.lasts <= began:
            return Demand.PASSWORD
        return None


def policy_of(settings: AccessSettings) -> Policy:
    """Return what these settings demand."""
    if settings.sign_in_profile == "asvs":
        return Policy(ADMINISTRATORS, composed=False, lasts=None)
    return Policy(frozenset(Role), composed=True, lasts=timedelta(days=settings.password_days))
