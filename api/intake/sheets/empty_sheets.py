"""The sheets that may be fetched empty: a list that a release fixes, and no ledger."""

from api.intake.sheets.forms import FORMS
from api.questions.answers import ListPage
from api.questions.clocks import Asked
from api.questions.declared import DeclaredList
from api.questions.policy import Action, decide
from api.questions.queries import Found, settle
from api.questions.questions import AllAtOnce
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from projections.items.operation import SheetTemplate


def _listed(house: Reading, actor: Actor, _: AllAtOnce) -> Found:
    audience = decide(actor, Action.IMPORT, "imports").audience
    items = [
        {
            "name": form.name,
            "title": {"zh": form.zh, "en": form.en},
            "columns": list(form.heads),
            "further": list(form.further),
            "address": f"/v1/templates/{form.name}.xlsx",
        }
        for form in FORMS
    ]
    return Found(settle(house, Asked()).answer_basis, ListPage(items, None), audience)


TEMPLATES = DeclaredList(
    "templates",
    "/v1/templates",
    SheetTemplate,
    ("name",),
    AllAtOnce,
    _listed,
    ("name", "title", "columns", "further"),
    "/imports",
    "imports",
    operation="get_templates",
)
"""The sheets, declared as every other list is."""
