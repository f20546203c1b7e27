"""The same ledgers as the views are tested on."""

from tests.projections.conftest import conn, desk, fresh, installed_rules, tables

__all__ = ["conn", "desk", "fresh", "installed_rules", "tables"]
