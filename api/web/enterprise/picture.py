"""The picture of an enterprise's days: listing, scope, sessions, certificates, visits, findings, plans.

Places are per cent of the width, so that marks and letters keep their size on every screen. Every mark
leads to its record; `api.web.enterprise.chronicle` tells the same as a table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from api.words.language import Words
from api.words.last_day import last_day
from api.words.phrasing import occupation
from api.words.words import LEVELS, VERDICTS
from domain.terms.identifiers import flag_parts
from domain.terms.vocabulary import Verdict

MOST_TICKS = 8
HIGHEST = 26
"""Pixels of the month in which most certificates were issued."""
NARROWEST = 6.0
"""Per cent of the width: in less of a year no numbers are written."""


class Bar(NamedTuple):
    """A stretch of days: where it begins and how wide it is."""

    x: float
    width: float


class Mark(NamedTuple):
    """Something on one day: where, its sign, what it is, and where its record is.

    Signs: a session `clear`, `breach`, `undecided`; inspectors `sent`, a spot `check`; a finding `raised`,
    its deadline `due`, its `end`.
    """

    x: float
    sign: str
    label: Words
    path: str


class Column(NamedTuple):
    """The certificates of a month: where, how high in pixels, what it is, and which days it leads to."""

    x: float
    width: float
    height: int
    label: Words
    first: str
    last: str


class Year(NamedTuple):
    """Plan and actual of a year: where its middle lies, what is written there, and where the plan is."""

    x: float
    lines: tuple[Words, Words]
    label: Words
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One row of the picture."""

    title: Words
    """What it is about."""
    words: Words
    """The row in a sentence."""
    path: str | None = None
    """The record that the whole row is about."""
    kind: str = ""
    """`finding-days`, `measure` or `void`, a measure set aside; else what was confirmed."""
    bars: tuple[Bar, ...] = ()
    """Days on which it was confirmed, or listed; on which the finding was open; of effect."""
    hatched: tuple[Bar, ...] = ()
    """Days of suspension, or on which a measure was stayed."""
    late: tuple[Bar, ...] = ()
    """Days on which rectification was overdue."""
    marks: tuple[Mark, ...] = ()
    """Sessions, visits, or the days of a finding."""
    columns: tuple[Column, ...] = ()
    """Certificates a month."""
    years: tuple[Year, ...] = ()
    """Plans beside what was held."""
    height: int = 30
    """In pixels."""


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
    lanes: tuple[Lane, ...] = field(default=())
    """The rows, the listing first."""


class _Axis(NamedTuple):
    first: date
    last: date

    def at(self, day: str) -> float:
        share = (date.fromisoformat(day) - self.first).days / (self.last - self.first).days
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def between(self, start: str, end: str | None) -> Bar:
        x = self.at(start)
        return Bar(x, round(max((self.at(end) if end else 100.0) - x, 0.0), 2))

    def bar(self, stretch: Mapping[str, Any]) -> Bar:
        return self.between(stretch["valid_from"], stretch["valid_to"])

    def effect(self, stretch: Mapping[str, Any]) -> Bar:
        return self.between(stretch["effective_from"], stretch["effective_to"])


def picture(timeline: Mapping[str, Any], day: date) -> Picture:
    """Return the picture of a timeline (`GET /v1/enterprises/{uscc}/timeline`) around `day`."""
    axis = _axis(timeline, day)
    hatched = tuple(
        axis.bar(each) for each in timeline["standings"] if each["standing"] == "suspended"
    )
    return Picture(
        first=axis.first,
        last=axis.last,
        day=axis.at(day.isoformat()),
        ticks=tuple(_years(axis)),
        lanes=(
            _listing(timeline, axis, hatched),
            *(_lane(row, axis, hatched) for row in timeline["occupations"]),
            *_issued(timeline["certificates"], axis, day.isoformat()),
            *_visits(timeline, axis),
            *(_finding(each, axis) for each in timeline["findings"]),
            *(
                _measure(each, finding, axis)
                for finding in timeline["findings"]
                for each in finding["measures"]
            ),
            *_plans(timeline, axis, day.isoformat()),
        ),
    )


def _axis(timeline: Mapping[str, Any], day: date) -> _Axis:
    """Return days that hold everything, with a margin; they do not move while a day inside is shown."""
    days = sorted(_days(timeline)) or [day.isoformat()]
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    margin = timedelta(days=max((last - first).days // 50, 10))
    return _Axis(min(first - margin, day), max(last + margin, day))


def _days(timeline: Mapping[str, Any]) -> Iterator[str]:
    for stretch in timeline["standings"]:
        if stretch["standing"] != "unlisted":
            yield from _ends(stretch, "valid_from", "valid_to")
    for row in timeline["occupations"]:
        for stretch in row["scope"]:
            yield from _ends(stretch, "valid_from", "valid_to")
        yield from (session["held_from"] for session in row["sessions"])
    for month in timeline["certificates"]:
        yield _first_of(month["month"])
    yield from (each["dispatched_on"] for each in timeline["inspections"])
    yield from (each["seen_on"] for each in timeline["spot_checks"])
    for finding in timeline["findings"]:
        yield from _ends(finding, "raised_on", "ended_on")
        yield from (order["due_on"] for order in finding["orders"])
        for measure in finding["measures"]:
            yield from _ends(measure, "effective_from", "effective_to")


def _ends(row: Mapping[str, Any], *names: str) -> Iterator[str]:
    return (row[name] for name in names if row[name])


def _years(axis: _Axis) -> Iterator[tuple[float, str]]:
    years = range(axis.first.year + 1, axis.last.year + 1)
    for year in years[:: max(1, -(-len(years) // MOST_TICKS))]:
        yield axis.at(f"{year:04}-01-01"), str(year)


def _listing(timeline: Mapping[str, Any], axis: _Axis, hatched: tuple[Bar, ...]) -> Lane:
    listed = [each for each in timeline["standings"] if each["standing"] in {"listed", "suspended"}]
    return Lane(
        title=Words("名单", "Roster"),
        bars=tuple(axis.bar(each) for each in listed),
        hatched=hatched,
        words=Words(
            f"名单：{_stretches(listed)}暂停 {len(hatched)} 次。",
            f"Roster: {_stretches_en(listed)}{len(hatched)} suspensions.",
        ),
    )


def _lane(row: Mapping[str, Any], axis: _Axis, hatched: tuple[Bar, ...]) -> Lane:
    scope, sessions, title = row["scope"], row["sessions"], occupation(row["occupation"])
    until = [session for session in sessions if not session["later"]]
    number = dict.fromkeys(Verdict, 0) | _counted(until)
    breaches, undecided = number[Verdict.BREACH], number[Verdict.UNDECIDED]
    behind = _behind(len(sessions) - len(until), Words("场", "sessions"))
    sessions_in_words = Words(
        f"认定 {len(until)} 场，其中有违规的 {breaches} 场、无法判定的 {undecided} 场{behind.zh}",
        f"{len(until)} sessions, {breaches} of them in breach, {undecided} undecided{behind.en}",
    )
    return Lane(
        title=Words(title, title),
        bars=tuple(axis.bar(bar) for bar in scope),
        hatched=hatched if scope else (),
        marks=tuple(
            Mark(
                axis.at(each["held_from"]),
                each["verdict"],
                session_in_words(each, title),
                f"/assessments/{each['assessment_id']}",
            )
            for each in sessions
        ),
        words=Words(
            f"{title}：{_stretches(scope) or '从未在确认范围内，'}{sessions_in_words.zh}。",
            f"{title}: {_stretches_en(scope) or 'never in the scope, '}{sessions_in_words.en}.",
        ),
    )


def _behind(number: int, what: Words) -> Words:
    """Return what lies behind the day, as it is added to a number up to it; nothing where there is none."""
    if not number:
        return Words("", "")
    return Words(
        f"；所看之日以后另有 {number} {what.zh}", f"; {number} more {what.en} after the day shown"
    )


_LATER = Words("（在所看之日以后）", " (after the day shown)")


def _counted(sessions: Sequence[Mapping[str, Any]]) -> dict[Verdict, int]:
    verdicts = [Verdict(session["verdict"]) for session in sessions]
    return {verdict: verdicts.count(verdict) for verdict in verdicts}


def session_in_words(session: Mapping[str, Any], title: str) -> Words:
    """Return a session as one mark says it: day, occupation, level, and the checks with a flag."""
    codes = sorted({parts[0] for key in session["flags"] if (parts := flag_parts(key))})
    level, verdict = LEVELS[session["level"]], VERDICTS[session["verdict"]]
    later = _LATER if session["later"] else Words("", "")
    said = (f" {'、'.join(codes)}" if codes else "") + later.zh
    said_en = (f" {', '.join(codes)}" if codes else "") + later.en
    return Words(
        f"{session['held_from']} {title} {level.zh}：{verdict.zh}{said}",
        f"{session['held_from']} {title} {level.en}: {verdict.en}{said_en}",
    )


def _issued(months: Sequence[Mapping[str, Any]], axis: _Axis, day: str) -> Iterator[Lane]:
    if not months:
        return
    until = [m["certificates"] for m in months if m["certificates"]]
    later = [m["certificates_later"] for m in months if m["certificates_later"]]
    behind = _behind(sum(later), Words("本", "certificates"))
    most = max(until, default=0)
    yield Lane(
        title=Words("每月发证", "Certificates a month"),
        columns=tuple(
            column
            for month in months
            for column in _columns(month, max([*until, *later]), axis, day)
        ),
        height=HIGHEST + 4,
        words=Words(
            f"发证 {sum(until)} 本，分在 {len(until)} 个月，最多的一个月 {most} 本{behind.zh}。",
            f"{sum(until)} certificates in {len(until)} months, {most} in the month with most{behind.en}.",
        ),
    )


def _columns(month: Mapping[str, Any], most: int, axis: _Axis, day: str) -> Iterator[Column]:
    """Yield the column of a month; of the month of the day one up to it, and one behind it."""
    first, after = _first_of(month["month"]), _next_month(month["month"])
    number, later = month["certificates"], month["certificates_later"]
    cut = max(first, min(_day_after(day), after))
    if number:
        told = issued_in_words(month, day)
        yield _column(axis.between(first, cut), number, most, told, (first, last_day(cut)))
    if later:
        told = Words(
            f"{month['month']} 所看之日以后发证 {later} 本",
            f"{month['month']}: {later} certificates issued after the day shown",
        )
        yield _column(axis.between(cut, after), later, most, told, (cut, last_day(after)))


def issued_in_words(month: Mapping[str, Any], day: str) -> Words:
    """Return how many certificates were issued in a month up to the day."""
    number = month["certificates"]
    if day < last_day(_next_month(month["month"])):
        return Words(
            f"{month['month']} 到 {day} 发证 {number} 本",
            f"{month['month']}: {number} certificates issued up to {day}",
        )
    return Words(
        f"{month['month']} 发证 {number} 本", f"{month['month']}: {number} certificates issued"
    )


def _column(bar: Bar, number: int, most: int, label: Words, days: tuple[str, str]) -> Column:
    height = max(round(HIGHEST * number / most), 2)
    return Column(bar.x, max(bar.width - 0.1, 0.3), height, label, *days)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _first_of(month: str) -> str:
    return f"{month}-01"


def _next_month(month: str) -> str:
    return (date.fromisoformat(_first_of(month)) + timedelta(days=31)).replace(day=1).isoformat()


def _visits(timeline: Mapping[str, Any], axis: _Axis) -> Iterator[Lane]:
    sent, spot_checks = timeline["inspections"], timeline["spot_checks"]
    if not sent and not spot_checks:
        return
    until = sum(not each["later"] for each in sent)
    seen_until = sum(not each["later"] for each in spot_checks)
    behind = _behind(
        len(sent) + len(spot_checks) - until - seen_until, Words("次", "visits or dispatches")
    )
    yield Lane(
        title=Words("督导", "Inspections"),
        marks=(
            *(
                Mark(
                    axis.at(each["dispatched_on"]),
                    "sent",
                    Words(
                        f"{each['dispatched_on']} 派出督导 {each['inspection_id']}",
                        f"{each['dispatched_on']} inspectors sent, {each['inspection_id']}",
                    ),
                    f"/inspections/{each['inspection_id']}",
                )
                for each in sent
            ),
            *(
                Mark(
                    axis.at(each["seen_on"]),
                    "check",
                    Words(
                        f"{each['seen_on']} 现场督导 {each['inspection_id']}",
                        f"{each['seen_on']} spot check, {each['inspection_id']}",
                    ),
                    f"/inspections/{each['inspection_id']}",
                )
                for each in spot_checks
            ),
        ),
        words=Words(
            f"派出督导 {until} 次，现场督导 {seen_until} 次{behind.zh}。",
            f"Inspectors were sent {until} times; {seen_until} spot checks{behind.en}.",
        ),
    )


def _finding(finding: Mapping[str, Any], axis: _Axis) -> Lane:
    """Return a finding from raised to ended; an open one goes on, as what is valid without end does."""
    path, name = f"/findings/{finding['finding_id']}", finding["finding_id"]
    dues = [order["due_on"] for order in finding["orders"]]
    ended = (
        [(finding["ended_on"], "end", Words("终止", "ended"))]
        if finding["ended_on"] is not None
        else []
    )
    days = [
        (finding["raised_on"], "raised", Words("提出", "raised")),
        *((due, "due", Words("整改期限", "rectification due")) for due in dues),
        *ended,
    ]
    said = Words(
        "，".join(f"{day} {what.zh}" for day, _, what in days),
        ", ".join(f"{what.en} {day}" for day, _, what in days),
    )
    late = [bar for order in finding["orders"] for bar in order["overdue"]]
    return Lane(
        title=Words(f"问题 {name}", f"Finding {name}"),
        path=path,
        kind="finding-days",
        bars=(axis.between(finding["raised_on"], finding["ended_on"]),),
        late=tuple(axis.effect(bar) for bar in late),
        marks=tuple(
            Mark(
                axis.at(day),
                sign,
                Words(f"{day} 问题 {name} {what.zh}", f"{day} finding {name}: {what.en}"),
                path,
            )
            for day, sign, what in days
        ),
        height=24,
        words=Words(
            f"问题 {name}：{said.zh}{'，曾经逾期' if late else ''}。",
            f"Finding {name}: {said.en}{', was overdue' if late else ''}.",
        ),
    )


def _measure(measure: Mapping[str, Any], finding: Mapping[str, Any], axis: _Axis) -> Lane:
    void = measure["set_aside"]
    return Lane(
        title=Words(f"措施 {measure['kind']}", f"Measure {measure['kind']}"),
        path=f"/findings/{finding['finding_id']}",
        kind="void" if void else "measure",
        bars=(axis.effect(measure),),
        hatched=tuple(axis.effect(stay) for stay in measure["stays"]),
        height=24,
        words=measure_in_words(measure, finding),
    )


def measure_in_words(measure: Mapping[str, Any], finding: Mapping[str, Any]) -> Words:
    """Return a measure with its days of effect, in a sentence."""
    start, end = measure["effective_from"], last_day(measure["effective_to"])
    void, stays = measure["set_aside"], len(measure["stays"])
    return Words(
        f"措施 {measure['kind']}（{finding['finding_id']}）：自 {start} {f'至 {end}' if end else '起'}"
        f"{f'，暂缓 {stays} 次' if stays else ''}{'，已撤销' if void else ''}。",
        f"Measure {measure['kind']} ({finding['finding_id']}): from {start}{f' to {end}' if end else ''}"
        f"{f', stayed {stays} times' if stays else ''}{', set aside' if void else ''}.",
    )


def _plans(timeline: Mapping[str, Any], axis: _Axis, day: str) -> Iterator[Lane]:
    if not timeline["plans"]:
        return
    years = [_year(timeline["uscc"], each, axis, day) for each in timeline["plans"]]
    told = [plan_in_words(each, day) for each in timeline["plans"]]
    yield Lane(
        title=Words("计划与实际（场）", "Planned and held"),
        years=tuple(year for year in years if year is not None),
        height=40,
        words=Words(
            "".join(f"{each.zh}。" for each in told), " ".join(f"{each.en}." for each in told)
        ),
    )


def plan_in_words(plan: Mapping[str, Any], day: str) -> Words:
    """Return what was planned for a year and what was held, and by how much they differ.

    Of a year up to the day what was held up to it; what was held or filed behind it is told apart.
    """
    year = plan["year"]
    if f"{year:04}" > day[:4]:
        planned, sessions = plan["planned"], plan["held_later"]
        none = Words("没有报备计划", "no plan on file")
        filed = (
            none if planned is None else Words(f"计划 {planned} 场", f"{planned} sessions planned")
        )
        return Words(
            f"{year} 年（所看之日以后）：{filed.zh}，实际 {sessions} 场",
            f"{year} (after the day shown): {filed.en}, {sessions} held",
        )
    planned = None if plan["later"] else plan["planned"]
    sessions = plan["held"]
    over = day >= f"{year:04}-12-31"
    upto = Words("", "") if over else Words(f"到 {day} ", f" up to {day}")
    behind = _behind(plan["held_later"], Words("场", "held"))
    if plan["later"]:
        behind = Words(
            f"{behind.zh}；其后于 {plan['filed_on']} 报备计划",
            f"{behind.en}; a plan was filed later, on {plan['filed_on']}",
        )
    if planned is None:
        return Words(
            f"{year} 年：没有报备计划，{upto.zh}实际 {sessions} 场{behind.zh}",
            f"{year}: no plan on file, {sessions} sessions held{upto.en}{behind.en}",
        )
    more = sessions - planned
    if more > 0:
        differing = Words(f"，多 {more} 场", f", {more} more")
    elif more < 0 and over:
        differing = Words(f"，少 {-more} 场", f", {-more} fewer")
    else:  # before the year is over nothing is missing
        differing = Words("", "")
    return Words(
        f"{year} 年：计划 {planned} 场，{upto.zh}实际 {sessions} 场{differing.zh}{behind.zh}",
        f"{year}: {planned} sessions planned, {sessions} held{upto.en}{differing.en}{behind.en}",
    )


def _year(uscc: str, plan: Mapping[str, Any], axis: _Axis, day: str) -> Year | None:
    bar = axis.between(f"{plan['year']}-01-01", f"{plan['year'] + 1}-01-01")
    if bar.width < NARROWEST:
        return None
    behind = f"{plan['year']:04}" > day[:4]
    planned = plan["planned"] if behind or not plan["later"] else None
    sessions = plan["held_later"] if behind else plan["held"]
    return Year(
        round(bar.x + bar.width / 2, 2),
        (
            Words("无计划", "no plan")
            if planned is None
            else Words(f"计划 {planned}", f"plan {planned}"),
            Words(f"实际 {sessions}", f"held {sessions}")
            if behind or day >= f"{plan['year']:04}-12-31"
            else Words(f"到此日 {sessions}", f"so far {sessions}"),
        ),
        plan_in_words(plan, day),
        plan_path(uscc, plan),
    )


def plan_path(uscc: str, plan: Mapping[str, Any]) -> str:
    """Return where the plan of a year is; without one, where plans are."""
    at = f"/plans/{uscc}/{plan['year']}"
    return f"/enterprises/{uscc}/plans" if plan["planned"] is None else at


def _stretches(bars: Sequence[Mapping[str, Any]]) -> str:
    return "".join(f"{b['valid_from']} 至 {last_day(b['valid_to']) or '未定'} 有效，" for b in bars)


def _stretches_en(bars: Sequence[Mapping[str, Any]]) -> str:
    return "".join(
        f"valid {b['valid_from']} to {last_day(b['valid_to']) or 'open'}, " for b in bars
    )


SIGNS: Mapping[str, Words] = MappingProxyType(
    {
        "clear": Words("无疑点的认定", "session without a flag"),
        "breach": Words("有违规的认定（含其证书）", "session in breach, its certificates included"),
        "undecided": Words("无法判定的认定", "undecided session"),
        "sent": Words("派出督导", "inspectors sent"),
        "check": Words("现场督导", "spot check"),
        "raised": Words("提出问题", "finding raised"),
        "due": Words("整改期限", "rectification due"),
        "end": Words("问题终止", "finding ended"),
    }
)
"""What each sign means."""
