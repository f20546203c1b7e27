"""`/compare` 比较: what differs between two days, or between what was known then and now, and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from api.http.caller import Caller, Installed
from api.questions.answers import pinning
from api.questions.comparing import diff
from api.questions.parameters import unclear
from api.questions.problems import Fault, Problem
from api.questions.queries import Found
from api.questions.questions import DiffQuestion
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import FILES, address, framed
from api.web.frame.lists import ROWS
from api.web.frame.rendering import render
from api.words.differences import Difference, difference
from api.words.instants import instant
from api.words.language import Words
from ledger.gate.days import NO_SUCH_DAY, NO_SUCH_INSTANT
from ledger.log.clock import SHANGHAI, today

router = APIRouter(include_in_schema=False)
OF = ("roster", "scope", "flags", "standings", "counts")
SIDES = ("from", "to")
CHOSEN = ("of", "by", "uscc", "district")


class Preset(NamedTuple):
    """A comparison that is often wanted."""

    title: Words
    address: str


class ExplainedTogether(NamedTuple):
    """Lines that the same entries explain: one change of a scope with the twelve flags that it cleared."""

    because: Sequence[Mapping[str, Any]]
    lines: Sequence[Difference]
    supposed: Sequence[Mapping[str, Any]] = ()
    """What is supposed and explains them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """Two bases and the lines in which they differ."""

    asked: Mapping[str, str]
    """The fields as typed, or as they came about."""
    faults: tuple[Fault, ...]
    """Fields that could not be understood."""
    of: str
    """What is compared: `roster`, `scope`, `flags`."""
    kinds: Choices
    """What can be compared."""
    districts: Choices
    """The 17 authorities."""
    presets: Sequence[Preset]
    """Comparisons that are often wanted."""
    basis: Mapping[str, Any] | None
    """The later basis with the earlier one under `from`; None where nothing could be compared."""
    counted_by: Choices
    """What counts can be by."""
    lines: Sequence[Difference]
    """What differs, a page of it."""
    groups: Sequence[ExplainedTogether]
    """The same, those together that the same entries explain."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""
    permanent: str
    """Address under which the comparison says the same for ever."""
    forms: Mapping[str, str]
    """Form → address of the same lines in it."""


@router.get("/compare")
def compare(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what differs."""
    given, slips = _given(request.query_params)
    question, faults = _question(given)
    faults = (*slips, *faults)
    answer: Found | None = None
    if not faults:
        try:
            answer = diff.diff(house, actor, question)
        except Problem as problem:
            if problem.code != "invalid":
                raise
            faults = tuple(map(_own, problem.errors))
    frame = framed(request, house, actor)
    language = frame.language
    chosen: dict[str, str] = {n: given[n] for n in CHOSEN if n in given}
    pinned = {**chosen, **_pinned(answer)}
    lines = answer.page.items if answer else ()
    usccs = {line["uscc"] for line in lines if line["uscc"]}
    names = names_at(house, answer.answer_basis, usccs) if answer else {}
    told = [difference(language, question.of, line, names.get(line["uscc"])) for line in lines]
    page = ComparePage(
        asked=_asked(request.query_params, given, answer),
        faults=faults,
        of=question.of,
        kinds=choices(language, "compared"),
        districts=choices(language, "district"),
        presets=presets(today(), chosen),
        basis=answer.answer_basis.basis if answer else None,
        counted_by=choices(language, "counted_by"),
        lines=told,
        groups=grouped(told),
        next=answer.page.next if answer else None,
        limited=answer.page.limited if answer else None,
        permanent=address("/compare", pinned),
        forms=_forms(pinned),
    )
    return render(frame, "compare.html", page, 422 if faults else 200)


def grouped(lines: Sequence[Difference]) -> list[ExplainedTogether]:
    """Return the lines by what explains them, in the order in which the first of each stands."""
    groups: dict[tuple[Any, ...], list[Difference]] = {}
    for line in lines:
        supposed = tuple((each["kind"], each["edition"], each["line"]) for each in line.supposed)
        entries = tuple(entry["position"] for entry in line.because)
        groups.setdefault((supposed, entries), []).append(line)
    return [ExplainedTogether(some[0].because, some, some[0].supposed) for some in groups.values()]


def _forms(pinned: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the same lines as JSON and as downloads."""
    forms = {"json": address("/v1/diff", pinned)}
    return forms | {
        form: address("/v1/diff", {**pinned, "format": form, "all": "true"}) for form in FILES
    }


_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::(\d{2}))?)?")


def _given(query: Mapping[str, str]) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """Return the parameters of the API, and what could not be understood.

    What is known may be typed as a day (its end is meant), a time in Beijing, or a position. The
    clocks that other pages carry along set the later side.
    """
    given = {n: v.strip() for n, v in query.items() if v.strip() and n != "min_position"}
    for clock in ("valid_at", "known_at", "position", "rules"):
        value = given.pop(clock, None)
        if value is not None:
            given.setdefault(f"to_{clock}", value)
    if given.get("of") != "counts":
        given.pop("by", None)  # the form always has the choice
    faults: list[Fault] = []
    for side in SIDES:
        typed = given.pop(f"{side}_known", None)
        if typed is None:
            continue
        if typed.isascii() and typed.isdecimal():
            given[f"{side}_position"] = typed
        elif (known := _moment(typed)) is not None:
            given[f"{side}_known_at"] = known
        else:
            reason = "应为日期、时刻（2026-03-01 18:00）或入账位置 / a day, a time (2026-03-01 18:00) or a position"
            if _MOMENT.fullmatch(typed):
                reason = " / ".join(NO_SUCH_INSTANT if ":" in typed else NO_SUCH_DAY)
            faults.append(Fault(f"{side}_known", reason))
    if "from_valid_at" not in given and "of" not in given:
        given["from_valid_at"] = (today().replace(day=1) - timedelta(days=1)).isoformat()
        given.setdefault("to_valid_at", today().isoformat())
    given.setdefault("of", OF[0])
    return given, tuple(faults)


def _moment(typed: str) -> str | None:
    """Return a moment in Beijing as an instant; a bare day means its end."""
    match = _MOMENT.fullmatch(typed)
    if match is None:
        return None
    clock = f"{match[2]}:{match[3] or '00'}" if match[2] else "23:59:59"
    try:
        return datetime.fromisoformat(f"{match[1]}T{clock}+08:00").isoformat()
    except ValueError:
        return None


def _question(given: Mapping[str, str]) -> tuple[DiffQuestion, tuple[Fault, ...]]:
    try:
        return DiffQuestion.model_validate({**given, "limit": ROWS}), ()
    except ValidationError as error:
        faults = tuple(_own(fault) for fault in unclear(error.errors()).errors)
        return DiffQuestion.model_validate({"of": OF[0], "limit": ROWS}), faults


def _own(fault: Fault) -> Fault:
    """Return the fault at the page's own field: instant and position share one."""
    for side in SIDES:
        if fault.field in {f"{side}_known_at", f"{side}_position"}:
            return fault._replace(field=f"{side}_known")
    return fault


def _asked(
    query: Mapping[str, str], given: Mapping[str, str], answer: Found | None
) -> dict[str, str]:
    """Return what the fields show: what was typed, else the day that was compared."""
    shown = {**given, **{n: v for n, v in query.items() if n.endswith("_known")}}
    for side in SIDES:
        if f"{side}_known_at" in given:
            shown.setdefault(f"{side}_known", _clock(given[f"{side}_known_at"]))
        elif f"{side}_position" in given:
            shown.setdefault(f"{side}_known", given[f"{side}_position"])
    if answer is not None:
        shown["from_valid_at"] = answer.answer_basis.basis["from"]["valid_at"]
        shown["to_valid_at"] = answer.answer_basis.basis["valid_at"]
    return shown


def _clock(text: str) -> str:
    try:
        return instant(text)
    except ValueError:
        return text


def _pinned(answer: Found | None) -> dict[str, str]:
    if answer is None:
        return {}
    basis = answer.answer_basis.basis
    sides = {"from": basis["from"], "to": basis}
    return {
        f"{side}_{name}": value
        for side, shown in sides.items()
        for name, value in pinning(shown).items()
    }


def presets(day: date, chosen: Mapping[str, str]) -> list[Preset]:
    """Return the comparisons that are often wanted on `day`, of what is compared now."""
    month_end = (day.replace(day=1) - timedelta(days=1)).isoformat()
    midnight = datetime.fromisoformat(f"{month_end}T23:59:59").replace(tzinfo=SHANGHAI)
    kept = {"of": OF[0], **chosen}
    to = {"to_valid_at": day.isoformat()}
    return [
        Preset(
            Words("上月末与今天", "end of last month and today"),
            address("/compare", {**kept, "from_valid_at": month_end, **to}),
        ),
        Preset(
            Words(
                "当时与现在（上月末那天，当时所知与现在所知）",
                "then and now (the end of last month, as known then and as known now)",
            ),
            address(
                "/compare",
                {
                    **kept,
                    "from_valid_at": month_end,
                    "from_known_at": midnight.isoformat(),
                    "to_valid_at": month_end,
                },
            ),
        ),
        Preset(
            Words("年初与今天", "start of the year and today"),
            address(
                "/compare", {**kept, "from_valid_at": day.replace(month=1, day=1).isoformat(), **to}
            ),
        ),
    ]
