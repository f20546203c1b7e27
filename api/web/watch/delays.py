"""`/delays` 时滞: how long it takes from a breach until something follows, in all and breach by breach."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions import late
from api.questions.questions import DelayDistributionQuestion, DelaysQuestion
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.definitions import DEFINITIONS, NAMES, Definition
from api.words.language import Words
from projections.counts.rates import FEW
from projections.items.flags import STEPS

router = APIRouter(include_in_schema=False)
WITHIN = ("days_7", "days_30", "days_90", "days_365", "older")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelaysPage:
    """Delays, in all and breach by breach."""

    distribution: Sequence[Row]
    """As `GET /v1/delay-distribution` gives it."""
    within: Sequence[str]
    """Members of its lines that count delays of some length, the shortest first."""
    steps: Sequence[str]
    """What follows a breach, in order."""
    few: int
    """Below so many a line is marked."""
    list: Shown
    """The breaches, a page of them."""
    definitions: Sequence[tuple[Words, Definition]]
    """What is counted, in words."""


@router.get("/delays")
def delays(request: Request, house: Installed, actor: Caller) -> Response:
    """Show delays."""
    question, reading = read(request, DelaysQuestion)
    answer = late.delays(house, actor, at_most(question))
    asked = answer.answer_basis.asked
    whole = DelayDistributionQuestion.model_construct(
        by=None,
        code=question.code,
        uscc=question.uscc,
        district=question.district,
        from_=question.from_,
        to=question.to,
        valid_at=asked.valid_at,
        position=asked.position,
    )
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/delays", formats=FILES)
    page = DelaysPage(
        distribution=late.distribution(house, actor, whole).page.items,
        within=WITHIN,
        steps=STEPS,
        few=FEW,
        list=shown(frame, house, reading, answer, offers={"code": "check"}, whose="subject"),
        definitions=[(NAMES[step], DEFINITIONS[step]) for step in STEPS],
    )
    return render(frame, "delays.html", page, reading.status)
