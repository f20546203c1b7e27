"""The units for which an enterprise applies and answers (六(一))."""

from typing import Any

from api.questions import enterprises
from api.questions.answers import ListPage
from api.questions.policy import Action, decide
from api.questions.queries import Found, settle
from api.questions.questions import AsOf
from api.questions.reading import Reading
from domain import enterprise
from domain.correction import resolved
from domain.enterprise import Enterprise
from domain.terms.envelope import Actor
from ledger.codec import Illegible, legible
from projections.views.basis import Basis


def units(house: Reading, actor: Actor, uscc: str, question: AsOf) -> Found:
    """Return the units that are covered on the day, in order of their codes.

    Each: `unit_uscc, unit_name, covered_from, because`. They are few and stand in no list, so they
    are folded from the entries about the enterprise itself.

    Raises:
        Problem: 404, nobody has registered the enterprise. Who sees only a part gets none instead.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, question.asked())
    with house.reading() as connection:
        is_visible = enterprises.ever_seen(connection, settled.basis, uscc, grant.rows)
    items = _covered(house, settled.basis, uscc) if is_visible else []
    return Found(settled.answer_basis, ListPage(items, None, grant.rows.limits), grant.audience)


def _covered(house: Reading, basis: Basis, uscc: str) -> list[dict[str, Any]]:
    stored = house.log.read((f"enterprise:{uscc}",), basis.position)
    state = enterprise.initial
    told = [each for each in map(legible, stored) if type(each.event) is not Illegible]
    for entry in resolved(told, house.folding.apply):
        state = enterprise.evolve(state, entry)
    return [] if state is None else _on_the_day(state, basis)


def _on_the_day(state: Enterprise, basis: Basis) -> list[dict[str, Any]]:
    names = sorted({change.unit for change in state.unit_changes})
    changes = [state.unit_on(name, basis.valid_at) for name in names]
    return [
        {
            "unit_uscc": change.unit,
            "unit_name": change.name,
            "covered_from": change.day.isoformat(),
            "because": [change.position],
        }
        for change in changes
        if change is not None and change.covered
    ]
