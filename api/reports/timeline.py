"""The picture of a report: for each occupation the days on which it was confirmed, and the sessions held.

Places on the picture are shares of its width, 0 at the left; `report.typ` draws it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from api.reports import blocks
from api.reports.blocks import Block
from api.reports.gathered import Gathered
from api.reports.words import Words
from api.words.words import STANDINGS
from projections.counts.dossier import Held

ROWS_SHOWN = 10
PLACES = 400
"""Marks closer than this share of the width fall on one place: so a picture has a bounded size."""
MOST_TICKS = 9
LABEL = 22
"""Half-width characters of the name beside a row."""


class Axis(NamedTuple):
    """The days that are shown, from `first` to `last`."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """Return the place of a day."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0.0), 1.0), 4)

    def bar(self, start: str, end: str | None) -> list[float]:
        """Return the places where a stretch begins and ends."""
        return [self.at(date.fromisoformat(start)), self.at(_day(end) or self.last)]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def timeline(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield the picture with its legend; nothing where there is nothing to draw."""
    yield blocks.head(words("时间轴", "Timeline"))
    stretches = [each for each in gathered.standings if each["standing"] != "unlisted"]
    if not stretches and not gathered.sessions:
        yield blocks.note(words("没有名单状态，也没有认定活动。", "No standing and no sessions."))
        return
    axis = _axis(gathered, stretches)
    rows, left = _rows(gathered, axis, words)
    today = gathered.settled.basis.valid_at
    yield {
        "kind": "timeline",
        "standing": {
            "label": words("名单状态", "Standing"),
            "bars": [
                {
                    "span": axis.bar(each["valid_from"], each["valid_to"]),
                    "standing": each["standing"],
                    "text": words.of(STANDINGS, each["standing"]),
                }
                for each in stretches
            ],
        },
        "rows": rows,
        "ticks": [{"at": axis.at(day), "text": str(day.year)} for day in _years(axis)],
        "today": axis.at(today),
        "today_text": today.isoformat(),
        "legend": {
            "confirmed": words("确认范围有效", "scope in force"),
            "paused": words("暂停、移出或届满", "suspended, removed, expired"),
            "session": words("认定活动", "session"),
            "breach": words("范围、名单、职业或地域违规", "breach of scope, roster or area"),
            "today": words("业务日期", "the day of this report"),
        },
        "alt": _described(gathered, rows, words),
    }
    if left:
        yield blocks.note(
            words(
                f"图中未画出另外 {left} 个职业；全部见表与 /v1/enterprises/{gathered.uscc}/scope。",
                f"{left} more occupations are not drawn; see /v1/enterprises/{gathered.uscc}/scope.",
            )
        )


def _axis(gathered: Gathered, stretches: list[dict[str, Any]]) -> Axis:
    days = [each.day for each in gathered.sessions]
    today = gathered.settled.basis.valid_at
    starts = [date.fromisoformat(each["valid_from"]) for each in stretches]
    ends = [day for each in stretches if (day := _day(each["valid_to"])) is not None]
    first, last = min([*starts, *days, today]), max([*ends, *days, today])
    margin = timedelta(days=max((last - first).days // 40, 15))
    return Axis(first - margin, last + margin)


def _years(axis: Axis) -> list[date]:
    years = range(axis.first.year + 1, axis.last.year + 1)
    step = max(1, -(-len(years) // MOST_TICKS))
    return [date(year, 1, 1) for year in years[::step]]


def _rows(gathered: Gathered, axis: Axis, words: Words) -> tuple[list[Block], int]:
    """Return a row for each occupation in scope at any time, then one for all others held."""
    confirmed: dict[str, list[Block]] = defaultdict(list)
    for stretch in gathered.scopes:
        span = axis.bar(stretch["valid_from"], stretch["valid_to"])
        for name in dict.fromkeys(item["name"] for item in stretch["scope"]):
            _extend(confirmed[name], span, paused=stretch["standing"] != "listed")
    sessions, breaches = _places(gathered.sessions, axis), _places(gathered.breaches, axis)
    busy = sorted(confirmed, key=lambda name: (-len(sessions.get(name, ())), name))
    shown = busy[:ROWS_SHOWN]
    rows: list[Block] = [
        {
            "label": blocks.short(name, LABEL),
            "bars": confirmed[name],
            "sessions": sorted(sessions.get(name, ())),
            "breaches": sorted(breaches.get(name, ())),
        }
        for name in shown
    ]
    others = {name for name in (*sessions, *breaches) if name not in confirmed}
    if others:
        rows.append(
            {
                "label": words("范围外的职业", "Never in scope"),
                "bars": [],
                "sessions": _all(sessions, others),
                "breaches": _all(breaches, others),
            }
        )
    return rows, len(busy) - len(shown)


def _all(places: Mapping[str, set[float]], names: Iterable[str]) -> list[float]:
    return sorted({place for name in names for place in places.get(name, ())})


def _extend(bars: list[Block], span: list[float], *, paused: bool) -> None:
    """Add a bar, or make the last one longer where nothing lies between."""
    if bars and bars[-1]["span"][1] == span[0] and bars[-1]["paused"] == paused:
        bars[-1]["span"] = [bars[-1]["span"][0], span[1]]
    else:
        bars.append({"span": span, "paused": paused})


def _places(sessions: Iterable[Held], axis: Axis) -> dict[str, set[float]]:
    places: dict[str, set[float]] = defaultdict(set)
    for session in sessions:
        places[session.occupation].add(round(axis.at(session.day) * PLACES) / PLACES)
    return places


def _described(gathered: Gathered, rows: list[Block], words: Words) -> str:
    """Return what the picture shows, for who cannot see it."""
    sessions = sum(each.number for each in gathered.sessions)
    breaches = sum(each.number for each in gathered.breaches)
    return words(
        f"时间轴：{len(rows)} 行职业，认定活动 {sessions} 次，其中范围、名单、职业或地域方面的违规 {breaches} 项；"
        "各行数据见名单状态、确认范围与疑点各表。",
        f"Timeline: {len(rows)} rows of occupations, {sessions} sessions, {breaches} breaches of scope, "
        "roster or area; the tables of standing, scope and flags hold the data.",
    )
