"""Follows the ledger: folds what is new and writes the rows that follow from it."""

from typing import Any

from psycopg import Connection


def position(conn: Connection[Any]) -> int:
    """Return the entry that the live tables rest on last."""
    raise NotImplementedError


def wait_for(conn: Connection[Any], wanted: int, timeout: float) -> int:
    """Wait until the live tables rest on `wanted` or `timeout` seconds have passed; return where they are."""
    raise NotImplementedError
