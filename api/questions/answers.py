"""What an answer stands on, and one page of a list: as every outside shape shows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.export.formats import Row
from api.questions.clocks import Asked


class AnswerBasis(NamedTuple):
    """What an answer stands on: its basis as shown, and whether it can change."""

    basis: Mapping[str, Any]
    pinned: bool

    @property
    def position(self) -> int:
        """Position of the basis."""
        return int(self.basis["position"])

    @property
    def day(self) -> date:
        """Day of the basis."""
        return date.fromisoformat(self.basis["valid_at"])

    def without_default(self) -> "AnswerBasis":
        """Return the same where no day could have been asked for: then none was filled in."""
        basis = {name: value for name, value in self.basis.items() if name != "defaulted"}
        return self._replace(basis=basis)

    @property
    def asked(self) -> Asked:
        """What to ask further questions by, so that they stand on the same."""
        return Asked(self.day, None, self.position)


def pinning(basis: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of the address under which a basis is asked for again: day, position, rules."""
    named = ("valid_at", "position", "rules")
    return {name: str(basis[name]) for name in named if basis[name] is not None}


class ListPage(NamedTuple):
    """One page of a list. `limited`: what the caller sees is narrowed to this, honestly said."""

    items: Sequence[Row]
    next: str | None
    limited: Mapping[str, Any] | None = None
    note: tuple[str, str] | None = None
    """What its reader should know of it, in Chinese and English."""


LIMITED = (
    "仅含您可见的记录；您的查询超出或限于此范围",
    "only what you may see; your question reaches beyond it or was narrowed to it",
)
