"""The people whom a form sends or assigns: those with an account, with what is known of each.

Name, affiliation and card follow from the person: nobody types them, and nobody is sent who is not there.
"""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.datastructures import FormData

from api.access.accounts import listed
from api.installation.wiring import Installation
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.questions.queries import ask
from api.questions.questions import InspectionsQuestion
from api.web.frame.acting import text
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

LOOKED_AT = 1000
"""Inspections in which names and cards are looked for."""
NO_GROUND, GROUND, SILENT = "none", "ground", "silent"
"""What somebody said of recusal; nothing of it is ever said for them."""


class Person(NamedTuple):
    """Somebody with an account."""

    account: str
    name: str
    organisation: str
    card_no: str | None = None


def experts(house: Installation) -> list[Person]:
    """Return everybody who may be assigned as an expert."""
    with house.reading() as connection:
        return [
            Person(one.account, one.person or one.account, one.organisation)
            for one in listed(connection)
            if one.role == Role.EXPERT and one.disabled_at is None
        ]


def reviewers(house: Installation) -> list[Person]:
    """Return everybody who reviews flags."""
    with house.reading() as connection:
        return [
            Person(one.account, one.person or one.account, one.organisation)
            for one in listed(connection)
            if one.role in MAY["FlagReviewed"] and one.disabled_at is None
        ]


def inspectors(house: Installation, actor: Actor) -> list[Person]:
    """Return everybody whom `actor` may send: of a district, its own people alone."""
    district = decide(actor, Action.RECORD, "InspectionDispatched").rows.district
    question = InspectionsQuestion.model_validate({"limit": LOOKED_AT})
    last: dict[str, tuple[str, str | None]] = {}
    for inspection in ask(house, actor, VIEWS["inspections"], question).page.items:
        for one in inspection["inspectors"]:
            if one.get("name"):
                last[one["account"]] = (one["name"], one["card_no"])
    with house.reading() as connection:
        return [
            Person(
                one.account,
                last.get(one.account, (one.person or one.account, None))[0],
                one.organisation,
                last.get(one.account, ("", None))[1],
            )
            for one in listed(connection)
            if one.role in MAY["SpotCheckRecorded"]
            and one.disabled_at is None
            and (district is None or one.organisation == district)
        ]


def picked(people: Sequence[Person], account: str, field: str) -> Person:
    """Return the person of that account.

    Raises:
        Problem: 422, there is none who may be sent.
    """
    for one in people:
        if one.account == account:
            return one
    raise invalid(
        field,
        f"没有可以派出的账户 {account[:40]}；请从名单中选择",
        f"there is nobody with the account {account[:40]} who may be sent; choose from the list",
    )


def recusal(form: FormData, field: str, who: str) -> bool | None:
    """Return whether somebody declared a ground; None: they made no statement, and that is recorded.

    Raises:
        Problem: 422, the form does not say.
    """
    said = text(form, field)
    if said in {NO_GROUND, GROUND, SILENT}:
        return {NO_GROUND: False, GROUND: True, SILENT: None}[said]
    raise invalid(
        f"{field}_declared",
        f"请按 {who} 本人的声明选择",
        f"choose what {who} has declared",
    )
