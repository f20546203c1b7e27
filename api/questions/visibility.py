"""Which rows a caller sees: their own limits laid over what they ask for, and over single records."""

from typing import Any, NamedTuple, cast

from psycopg import Connection

from api.questions.policy import Rows
from api.questions.questions import Question, RosterQuestion
from api.questions.withheld import rows_at
from domain.terms.identifiers import flag_parts
from domain.terms.vocabulary import Standing
from projections.counts.tallies import Where


class Narrowed(NamedTuple):
    """What a question comes down to for this caller."""

    uscc: str | None
    district: str | None
    rows: Rows
    nothing: bool
    """The question asks for what the caller may not see: nothing is found, and it is said so."""
    limited: dict[str, str] | None
    """What the answer is limited to, None if nothing is hidden."""

    @property
    def where(self) -> Where:
        """What is counted."""
        return Where(self.district, self.uscc, self.rows.withheld.positions)

    def at(self, connection: Connection[Any], position: int) -> "Narrowed":
        """Return the same with what is withheld from the caller, as known at `position`."""
        return self._replace(rows=rows_at(connection, self.rows, position))


def narrowed(question: Question, rows: Rows) -> Narrowed:
    """Return the question with the caller's own limits as filters."""
    uscc = cast("str | None", getattr(question, "uscc", None))
    district = cast("str | None", getattr(question, "district", None))
    nothing = rows.none or (
        (rows.uscc is not None and uscc not in {None, rows.uscc})
        or (rows.district is not None and district not in {None, rows.district})
    )
    return Narrowed(rows.uscc or uscc, rows.district or district, rows, nothing, rows.limits)


def published(question: RosterQuestion, rows: Rows) -> Narrowed:
    """Return the question to the roster: what was published is for all, the rest as elsewhere."""
    if question.standing is Standing.UNLISTED:
        return narrowed(question, rows)
    return Narrowed(question.uscc, question.district, rows, nothing=False, limited=None)


def within(item: dict[str, Any], rows: Rows) -> dict[str, Any] | None:
    """Return the item as far as it lies within `rows`."""
    if rows.expert is not None:
        return for_expert(item, rows.expert)
    subject = item.get("uscc") or item.get("subject")
    if rows.none or rows.uscc not in {None, subject}:
        return None
    return released(item, rows) if rows.district in {None, item.get("district")} else None


def released(item: dict[str, Any], rows: Rows) -> dict[str, Any] | None:
    """Return an entry, a flag or a case as far as nothing of it is withheld."""
    positions, streams = rows.withheld
    if not positions:
        return item
    flag = flag_parts(item["key"]) if "verdict" in item else None
    record = item.get("position") if flag is None else flag[1]
    if record in positions:
        return None
    if "spot_checks" in item and f"inspection/{item['inspection_id']}" in streams:
        return None
    if "scores" in item and f"application/{item['application_id']}" in streams:
        because = [position for position in item["because"] if position not in positions]
        return {**item, "scores": [], "because": because}
    return item


def visible(item: dict[str, Any], rows: Rows) -> bool:
    """Return whether the caller sees the enterprise: published, or among their own."""
    return item["standing"] != Standing.UNLISTED or within(item, rows) is not None


def for_expert(item: dict[str, Any], expert: str) -> dict[str, Any] | None:
    """Return an application as its expert sees it: others' sheets only after the conclusion."""
    if expert not in {each["expert_id"] for each in item["experts"]}:
        return None
    if item["recommended"] is not None:
        return item
    own = [sheet for sheet in item["scores"] if sheet["expert_id"] == expert]
    return {**item, "scores": own}
