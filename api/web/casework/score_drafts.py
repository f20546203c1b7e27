"""The score sheet of an expert before it is handed in: what a form begins with, kept and let go.

A draft passes the gate that every text passes: it holds no identity number and no control character.
"""

from starlette.datastructures import FormData

from api.access import score_drafts
from api.access.score_drafts import Draft
from api.export.formats import Row
from api.installation.wiring import Installation
from api.questions.problems import from_invalid, invalid
from api.web.casework.application_acts import HEADINGS
from api.web.frame.acting import text
from domain.permissions import MAY
from domain.terms.envelope import Actor
from ledger.gate.faults import Invalid
from ledger.gate.text import require_plain
from ledger.log.clock import now

SHEETS = frozenset({"sheet", "revision"})
"""Acts that hand in a sheet."""
DRAFT = "draft"
"""What the button says that keeps one."""
LONGEST = 4_000
FIELDS = (*(f"scores.{heading}" for heading in HEADINGS), "comment", "reason")


def keep_draft(house: Installation, actor: Actor, application_id: str, form: FormData) -> None:
    """Keep what was typed, unfinished as it is.

    Raises:
        Problem: 422, a text that could not be handed in either.
    """
    fields = {name: said for name in FIELDS if (said := text(form, name)) is not None}
    for name, said in fields.items():
        if len(said) > LONGEST:
            raise invalid(name, f"最长 {LONGEST} 个字符", f"a text of {LONGEST} characters at most")
        try:
            require_plain(said, name)
        except Invalid as error:
            raise from_invalid(error) from None
    with house.pool.connection() as connection:
        score_drafts.keep(connection, actor.account, application_id, fields, now())


def draft_of(house: Installation, actor: Actor, application_id: str) -> Draft | None:
    """Return the reader's draft; None: there is none."""
    if actor.role not in MAY["EvaluationScored"]:
        return None
    with house.reading() as connection:
        return score_drafts.of(connection, actor.account, application_id)


def forget_draft(house: Installation, actor: Actor, application_id: str) -> None:
    """Let go of the draft: the sheet was handed in."""
    with house.pool.connection() as connection:
        score_drafts.forget(connection, actor.account, application_id)


def own_sheet(item: Row, actor: Actor) -> dict[str, str]:
    """Return the fields of the reader's own sheet, with which a revision begins; none before it was given."""
    own = next((each for each in item["scores"] if each["expert_id"] == actor.account), None)
    if own is None:
        return {}
    return {f"scores.{heading}": str(own[heading]) for heading in HEADINGS}
