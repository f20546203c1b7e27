"""`/digest` 关注摘要: what changed since yesterday in what the reader follows; and following itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation import saved_questions
from api.installation.digest import DigestQuestion, days, digest
from api.installation.one_moment import at_one_moment
from api.questions.problems import Fault
from api.web.frame.acting import Form, text
from api.web.frame.frame import FILES, address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)


class Followed(NamedTuple):
    """One question, and the rows of it that differ."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """What differs between the ends of two days."""

    first: date
    """The day with whose end it is compared."""
    last: date
    """The day up to which it goes."""
    now: bool
    """Whether it goes up to now."""
    earlier: date
    """The day before the first."""
    groups: Sequence[Followed]
    """The changes, by question."""
    number: int
    """How many in all."""
    following: bool
    """Whether the reader follows anything."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""


@router.get("/digest")
def show(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the digest from one day to another."""
    house = at_one_moment(house)
    question, reading = read(request, DigestQuestion)
    answer = digest(house, actor, question)
    compared = days(house, question)
    first, last = compared.before.basis.valid_at, compared.after.basis.valid_at
    items = answer.page.items
    page = DigestPage(
        first=first,
        last=last,
        now=last >= today(),
        earlier=first - timedelta(days=1),
        groups=[
            Followed(rows[0]["question"], rows)
            for _, some in groupby(items, itemgetter("question_id"))
            if (rows := list(some))
        ],
        number=len(items),
        following=bool(items) or bool(saved_questions.any_kept(house, actor)),
        faults=reading.faults,
    )
    frame = framed(request, house, actor, twin="/v1/digest", formats=FILES, entire=True)
    return render(frame, "digest.html", page, reading.status)


@router.post("/following")
def follow(house: Installed, actor: Caller, form: Form) -> Response:
    """Follow an enterprise or an occupation, or follow it no more; lead back to where that was asked."""
    uscc, occupation = text(form, "uscc"), text(form, "occupation")
    act = saved_questions.unfollow if text(form, "stop") == "yes" else saved_questions.follow
    act(house, actor, uscc, occupation)
    where = f"/enterprises/{uscc}" if uscc is not None else "/saved-questions"
    return Response(status_code=303, headers={"Location": address(where, {})})
