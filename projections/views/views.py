"""Every view by the name under which the fold touches it, and where its rows are kept."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from domain.terms.identifiers import flag_parts
from projections.views.cases import CASES
from projections.views.certificates import CERTIFICATES
from projections.views.flags import FLAGS
from projections.views.roster import ROSTER
from projections.views.row import Rows, View
from projections.views.scope import SCOPE
from projections.views.sessions import SESSIONS

VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "roster": ROSTER,
        "scope": SCOPE,
        "flags": FLAGS,
        "sessions": SESSIONS,
        "certificates": CERTIFICATES,
        **CASES,
    }
)
"""Name in a `Touch` → view."""

TABLES: Mapping[str, View] = MappingProxyType({view.name: view for view in VIEWS.values()})
"""Name of a table → a view that is kept in it."""


class Version(NamedTuple):
    """What one record shows since the entry at `position`, until its next version.

    `began` is the first entry behind the record: it has no rows that are older.
    """

    table: str
    key: str
    subject: str
    began: int
    position: int
    rows: Rows


version_of: Callable[[tuple[str, str, str, int, int, Rows]], Version] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType] - of its own columns
    Version,
)
"""The same of a tuple of all its parts, without a Python call for each of ten million."""


def version(supervision: Supervision, touch: Touch, position: int) -> Version:
    """Return what the touched record shows after the entry at `position`."""
    name, key = touch
    table, _, rows = VIEWS[name]
    shown = f"{name}/{key}" if table == "cases" else key
    return Version(
        table,
        shown,
        supervision.file.uscc,
        _began(supervision, touch),
        position,
        rows(supervision, key),
    )


def _began(supervision: Supervision, touch: Touch) -> int:
    if touch.view == "certificates":
        return int(touch.key)
    behind = supervision.behind.get(touch)
    if behind:
        return behind[0]
    parts = flag_parts(touch.key)
    return parts[1] if parts else 0
