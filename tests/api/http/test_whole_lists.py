"""Whole lists that are made in a process of their own: the same bytes, and never half of them as a whole."""

import multiprocessing
from collections.abc import Iterator
from typing import Any

import pytest

from api.export.files import Origin
from api.export.formats import CSV, MEDIA, NAMED
from api.installation.whole_lists import Broken, Wanted, WholeLists, begun, pieces
from api.installation.wiring import Installation
from api.questions import paging
from api.questions.declared import LISTS
from api.questions.paging import pages
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.desk import Desk
from tests.api.lines import listed, session, uscc

pytestmark = pytest.mark.postgres
ACTOR = Actor(account="supervisor-1", role=Role.QUALITY_SUPERVISOR, organisation="centre")


@pytest.fixture(scope="module")
def code(desk: Desk) -> str:
    made = uscc()
    desk.send(
        *listed(made, "4"), *(session(made, day=f"2025-04-{day:02d}") for day in range(1, 21))
    )
    return made


@pytest.fixture
def made_by(house: Installation) -> Iterator[WholeLists]:
    lists = WholeLists(house, house.settings)
    yield lists
    lists.close()


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions a page: a list of twenty does not end with the pages that are looked at first."""
    monkeypatch.setattr(paging, "LARGEST_PAGE", 2)


def wanted(house: Installation, code: str, media: str = CSV) -> Wanted:
    declared = LISTS["assessments"]
    question: Any = declared.question.model_validate({"uscc": code})
    first = begun(pages(question, lambda asked: declared.ask(house, ACTOR, asked), declared.paging))
    origin = Origin("/v1/assessments", first[0].answer_basis.basis, {"uscc": code})
    return Wanted("assessments", (), ACTOR, question, first, media, origin)


def makers() -> set[int | None]:
    return {each.pid for each in multiprocessing.active_children() if each.name == "whole-lists"}


@pytest.mark.usefixtures("short_pages")
def test_a_long_list_is_the_same_file_wherever_it_is_made(
    house: Installation, made_by: WholeLists, code: str
) -> None:
    before = makers()
    for media in sorted({*NAMED.values(), *MEDIA}):
        asked = wanted(house, code, media)
        assert len(asked.begun) < 10, "pages are left for the other process"
        assert b"".join(made_by.pieces(asked)) == b"".join(pieces(house, asked)), media
    assert len(makers() - before) == 1, "one process made them all, one after the other"


def test_a_short_list_starts_no_process(
    house: Installation, made_by: WholeLists, code: str
) -> None:
    before = makers()
    assert b"".join(made_by.pieces(wanted(house, code))).count(b"\n") == 21
    assert makers() == before


@pytest.mark.usefixtures("short_pages")
def test_a_process_that_is_gone_is_replaced_and_one_that_is_left_is_ended(
    house: Installation, made_by: WholeLists, code: str
) -> None:
    before, asked = makers(), wanted(house, code)
    whole = b"".join(made_by.pieces(asked))
    (gone,) = (each for each in multiprocessing.active_children() if each.pid in makers() - before)
    gone.kill()
    gone.join()
    left = made_by.pieces(asked)
    assert whole.startswith(next(left))
    left.close()  # type: ignore[attr-defined]
    assert makers() == before
    assert b"".join(made_by.pieces(asked)) == whole


@pytest.mark.usefixtures("short_pages")
def test_what_fails_elsewhere_does_not_pass_for_whole(
    house: Installation, made_by: WholeLists, code: str
) -> None:
    asked = wanted(house, code)
    lost = [each._replace(page=each.page._replace(next="no cursor")) for each in asked.begun]
    broken = asked._replace(begun=lost)
    made = made_by.pieces(broken)
    with pytest.raises(Broken):
        list(made)
