"""The picture of an enterprise's days: what was confirmed as bars, what was held as marks.

Places are per cent of the width, so that marks and letters keep their size on every screen.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from api.words.language import Words
from api.words.last_day import last_day

MOST_TICKS = 8


class Bar(NamedTuple):
    """A stretch of days: where it begins and how wide it is."""

    x: float
    width: float


class Mark(NamedTuple):
    """Something on one day: where, and its sign (`inside`, `outside`, `undecided`, `check`)."""

    x: float
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One row of the picture."""

    title: Words
    """What it is about."""
    bars: tuple[Bar, ...]
    """Days on which it was confirmed, or listed."""
    hatched: tuple[Bar, ...]
    """Days of suspension."""
    marks: tuple[Mark, ...]
    """Sessions or spot checks."""
    words: Words
    """The row in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All rows over the same days."""

    first: date
    """First day shown."""
    last: date
    """Last day shown."""
    day: float
    """Where the day of the page lies."""
    ticks: tuple[tuple[float, str], ...]
    """Where years begin."""
    lanes: tuple[Lane, ...]
    """The rows, the listing first."""


class _Axis(NamedTuple):
    first: date
    last: date

    def at(self, day: str) -> float:
        share = (date.fromisoformat(day) - self.first).days / (self.last - self.first).days
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def bar(self, stretch: Mapping[str, Any]) -> Bar:
        start = self.at(stretch["valid_from"])
        end = self.at(stretch["valid_to"]) if stretch["valid_to"] else 100.0
        return Bar(start, round(max(end - start, 0.0), 2))


def picture(of: Mapping[str, Any], day: date) -> Picture:
    """Return the picture of a timeline (`GET /v1/enterprises/{uscc}/timeline`) around `day`."""
    axis = _axis(of, day)
    hatched = tuple(axis.bar(each) for each in of["standings"] if each["standing"] == "suspended")
    lanes = (_listing(of, axis, hatched), *(_lane(row, axis, hatched) for row in of["occupations"]))
    return Picture(
        first=axis.first,
        last=axis.last,
        day=axis.at(day.isoformat()),
        ticks=tuple(_years(axis)),
        lanes=lanes,
    )


def _axis(of: Mapping[str, Any], day: date) -> _Axis:
    """Return days that hold everything, with a margin; they do not move while a day inside is shown."""
    bars = [bar for row in of["occupations"] for bar in row["scope"]]
    bars += [each for each in of["standings"] if each["standing"] != "unlisted"]
    days = [
        *(bar["valid_from"] for bar in bars),
        *(bar["valid_to"] for bar in bars if bar["valid_to"]),
        *(session["held_from"] for row in of["occupations"] for session in row["sessions"]),
        *(check["seen_on"] for check in of["spot_checks"]),
    ] or [day.isoformat()]
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    margin = timedelta(days=max((last - first).days // 50, 10))
    return _Axis(min(first - margin, day), max(last + margin, day))


def _years(axis: _Axis) -> Iterator[tuple[float, str]]:
    years = range(axis.first.year + 1, axis.last.year + 1)
    for year in years[:: max(1, -(-len(years) // MOST_TICKS))]:
        yield axis.at(f"{year:04}-01-01"), str(year)


def _listing(of: Mapping[str, Any], axis: _Axis, hatched: tuple[Bar, ...]) -> Lane:
    listed = [each for each in of["standings"] if each["standing"] in {"listed", "suspended"}]
    checks = of["spot_checks"]
    return Lane(
        title=Words("名单", "Roster"),
        bars=tuple(axis.bar(each) for each in listed),
        hatched=hatched,
        marks=tuple(Mark(axis.at(check["seen_on"]), "check") for check in checks),
        words=Words(
            f"名单:{_stretches(listed)}暂停 {len(hatched)} 次,现场督导 {len(checks)} 次。",
            f"Roster: {_stretches_en(listed)}{len(hatched)} suspensions, {len(checks)} spot checks.",
        ),
    )


def _lane(row: Mapping[str, Any], axis: _Axis, hatched: tuple[Bar, ...]) -> Lane:
    scope, sessions = row["scope"], row["sessions"]
    counts = Counter(session["within"] for session in sessions)
    title = row["occupation"]["name"]
    if row["occupation"]["trade"]:
        title = f"{title}({row['occupation']['trade']})"
    outside, undecided = counts["outside"], counts["undecided"]
    held = Words(
        f"认定 {len(sessions)} 场,其中超范围 {outside} 场、无法判定 {undecided} 场",
        f"{len(sessions)} sessions, {outside} of them outside the scope, {undecided} undecided",
    )
    return Lane(
        title=Words(title, title),
        bars=tuple(axis.bar(bar) for bar in scope),
        hatched=hatched if scope else (),
        marks=tuple(Mark(axis.at(each["held_from"]), each["within"]) for each in sessions),
        words=Words(
            f"{title}:{_stretches(scope) or '从未在确认范围内,'}{held.zh}。",
            f"{title}: {_stretches_en(scope) or 'never in the scope, '}{held.en}.",
        ),
    )


def _stretches(bars: Sequence[Mapping[str, Any]]) -> str:
    return "".join(f"{b['valid_from']} 至 {last_day(b['valid_to']) or '未定'} 有效," for b in bars)


def _stretches_en(bars: Sequence[Mapping[str, Any]]) -> str:
    return "".join(
        f"valid {b['valid_from']} to {last_day(b['valid_to']) or 'open'}, " for b in bars
    )
