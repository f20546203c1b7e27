"""The tour of docs/tour.md: who opens which address finds the words that it promises."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from api.access.demo_accounts import SAMPLE
from tests.api.web.site import Site, text_of

pytestmark = pytest.mark.postgres
PICTURE = re.compile(r"\[图\]\((tour/[a-z-]+\.webp)\)")
TOUR = Path(__file__).parents[3] / "docs" / "tour.md"


class Stop(NamedTuple):
    who: str
    address: str
    words: tuple[str, ...]
    picture: str | None
    """Where its picture lies, beside the page; None: it has none."""


def stops() -> list[Stop]:
    rows = [
        line.split(" | ")
        for line in TOUR.read_text("utf-8").splitlines()
        if "` | `" in line or "| anybody" in line
    ]
    return [
        Stop(
            who.strip("| `"),
            address.strip("` "),
            tuple(re.findall(r"\*\*(.+?)\*\*", told)),
            next(iter(PICTURE.findall(told)), None),
        )
        for who, address, told in rows
    ]


def test_the_tour_visits_every_role_that_has_business_there():
    visited = {stop.who for stop in stops()}
    business = {actor.account for actor in SAMPLE if not actor.role.value.endswith("_admin")}
    assert visited == business | {"anybody"}


def test_every_stop_of_the_tour_is_as_it_says(site: Site):
    accounts = {actor.account: actor for actor in SAMPLE}
    wrong = []
    for stop in stops():
        answer = site.get(stop.address, accounts.get(stop.who))
        said = text_of(answer.text)
        missing = [word for word in stop.words if word not in said]
        if answer.status_code != 200 or missing or not stop.words:
            wrong.append((stop.who, stop.address, answer.status_code, missing))
    assert wrong == []


def test_every_picture_is_shown_and_belongs_to_a_stop():
    """`./run long tour` takes them, where there is type for Chinese."""
    text = TOUR.read_text("utf-8")
    named = [stop.picture for stop in stops() if stop.picture is not None]
    assert len(named) == len(set(named)) >= 10
    shown = re.findall(r"^!\[[^\]]+\]\((tour/[a-z-]+\.webp)\)$", text, re.MULTILINE)
    assert shown == named
    there = {f"tour/{path.name}" for path in (TOUR.parent / "tour").iterdir()}
    assert there == set(named)
