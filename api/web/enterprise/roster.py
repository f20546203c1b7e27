"""`/roster` 名单: which enterprises may certify, on which day, as known when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions.enterprises import warning
from api.questions.lists import VIEWS
from api.questions.policy import READS
from api.questions.queries import ask
from api.questions.questions import RosterQuestion
from api.web.frame.choices import Choices
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, arranged, asked_columns, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.language import Words
from projections.items.listed import RosterItem

router = APIRouter(include_in_schema=False)
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """The published roster."""

    list: Shown
    """Enterprises as `GET /v1/roster` gives them."""
    soon: Choices
    """Within how many days a listing may end: the bounds of the early warning."""
    left: Mapping[str, int]
    """USCC → days left, for listings of which a warning is due."""
    earlier: str
    """A day half a year before, to compare with."""
    compares: bool
    """Whether the reader may compare two days."""


@router.get("/roster")
def roster(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the roster on the day."""
    moved = asked_columns(request)
    if moved is not None:
        return moved
    question, reading = read(request, RosterQuestion)
    answer = ask(house, actor, VIEWS["roster"], at_most(question))
    reading, columns = arranged(reading, question, answer, RosterItem, VIEWS["roster"].sorted)
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/roster", formats=FILES)
    day = answer.answer_basis.day
    ahead = house.rule_set(day, answer.answer_basis.position).early_warning_days
    page = RosterPage(
        list=shown(
            frame,
            house,
            reading,
            answer,
            offers={"standing": "standing", "level": "level"},
            arranged=columns,
        ),
        soon=[
            (str(days), Words(f"{days} 天内", f"within {days} days").speak(frame.language))
            for days in sorted(ahead, reverse=True)
        ],
        left=_left(answer.page.items, day, ahead),
        earlier=(day - HALF_A_YEAR).isoformat(),
        compares="diff" in READS.get(actor.role, frozenset()),
    )
    return render(frame, "roster.html", page, reading.status)


def _left(items: Sequence[Row], day: date, ahead: Sequence[int]) -> dict[str, int]:
    warnings = {item["uscc"]: warning(item, day, ahead) for item in items}
    return {uscc: soon["days_left"] for uscc, soon in warnings.items() if soon is not None}
