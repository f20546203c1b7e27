"""Counts of sessions, certificates, breaches and open findings, as known at a basis."""

from typing import Any

from psycopg import Connection

from projections.basis import Basis

BY = ("district", "occupation", "level", "method", "month", "code")


def stats(
    conn: Connection[Any], basis: Basis, by: str, district: str | None = None
) -> list[dict[str, Any]]:
    """Return `{by, sessions, certificates, breaches, open_findings}` for each value of `by`.

    `by` is one of `BY`; `district` narrows everything to one authority. Revoked certificates are
    left out; a count that has no meaning for `by` (sessions by code) is 0.
    """
    raise NotImplementedError
