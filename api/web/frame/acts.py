"""What may be done with a case, by whom and when: one shape for the tables of all areas."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from api.words.language import Words
from domain.permissions import MAY
from domain.terms.envelope import Actor

Item = Mapping[str, Any]
"""A case as the API gives it."""
Body = Callable[[FormData, Item, Actor], dict[str, Any]]
"""From the fields of a form to the members of its command that are its own."""


class Act(NamedTuple):
    """One act: its event, its place in the address, what it is called, the stages at which it is due."""

    event: str
    slug: str
    title: Words
    stages: frozenset[str]
    body: Body


def act(
    event: str,
    slug: str,
    title: tuple[str, str],
    taken_at: Mapping[type, frozenset[str]],
    body: Body,
) -> Act:
    """Return an act, due at the stages at which its decider takes it."""
    stages = {kind.__name__: stages for kind, stages in taken_at.items()}
    return Act(event, slug, Words(*title), stages[event], body)


def nothing(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    """Return no members: the act says all by itself."""
    return {}


def offered(acts: Iterable[Act], item: Item, actor: Actor) -> list[Act]:
    """Return the acts that the actor's role may do at the stage of the case.

    The decider has the last word; here nothing is offered that it is known to refuse.
    """
    return [each for each in acts if actor.role in MAY[each.event] and item["stage"] in each.stages]


def recordable(actor: Actor, events: Iterable[str]) -> frozenset[str]:
    """Return those of `events` that the actor's role may record."""
    return frozenset(name for name in events if actor.role in MAY[name])
