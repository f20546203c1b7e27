"""The first page: where the enterprise stands, in one sentence and in a table; its scope."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from api.questions.enterprises import open_findings
from api.reports import blocks
from api.reports.blocks import Block, Col
from api.reports.gathered import Gathered
from api.reports.words import Words
from api.words.last_day import last_day
from api.words.words import KINDS, STANDINGS
from domain.terms.vocabulary import ReviewDecision, Verdict

STRETCHES_SHOWN = 12
ITEMS_SHOWN = 200


def sentence(gathered: Gathered, words: Words) -> str:
    """Return where the enterprise stands on the day, in one sentence."""
    day = gathered.settled.basis.valid_at.isoformat()
    name = gathered.profile["name"]
    listing, scope, pending = (part(gathered, words) for part in (_listing, _scope, _open))
    return words(
        f"{day}，{name}名单状态为{listing}；{scope}；{pending}。",
        f"On {day}, {name} was {listing}; {scope}; {pending}.",
    )


def _listing(gathered: Gathered, words: Words) -> str:
    name = words.of(STANDINGS, gathered.profile["standing"])
    standing = words(f"“{name}”", name)
    until = gathered.profile["valid_to"]
    if until is None:
        return standing
    left = gathered.warning["days_left"] if gathered.warning else None
    soon = "" if left is None else words(f"，距届满 {left} 天", f", {left} days left")
    return standing + words(
        f"（有效期至 {last_day(until)}{soon}）", f" (valid to {last_day(until)}{soon})"
    )


def _scope(gathered: Gathered, words: Words) -> str:
    items = gathered.profile["scope"]
    if not items:
        return words("无确认范围", "no confirmed scope")
    occupations, levels = len(items), sum(len(item["levels"]) for item in items)
    return words(
        f"确认范围 {occupations} 个职业（工种）、共 {levels} 个等级",
        f"{occupations} occupations with {levels} levels confirmed",
    )


def _open(gathered: Gathered, words: Words) -> str:
    counts: Counter[str] = Counter()
    for count in gathered.flag_counts:
        if count.review != ReviewDecision.DISMISSED:
            counts[count.verdict] += count.number
    findings = open_findings(gathered.findings.stages)
    breach, undecided = counts[Verdict.BREACH], counts[Verdict.UNDECIDED]
    late, n = len(gathered.overdue), words.number
    if not (breach or undecided or findings):
        return words("无疑点，无未结问题", "no flags and no open findings")
    overdue = words(f"（其中整改逾期 {late} 项）", f" ({late} overdue)") if late else ""
    return words(
        f"疑点：违规 {n(breach)} 项、无法判定 {n(undecided)} 项；未结问题 {n(findings)} 个{overdue}",
        f"flags: {n(breach)} breaches, {n(undecided)} undecided; {n(findings)} open findings{overdue}",
    )


def profile(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield who the enterprise is."""
    known = gathered.profile
    yield blocks.head(words("企业概况", "Profile"))
    yield blocks.pairs(
        (words("企业名称", "Name"), known["name"]),
        (words("统一社会信用代码", "USCC"), known["uscc"]),
        (words("企业类别", "Kind"), words.of(KINDS, known["kind"])),
        (words("主管区", "District"), words.district(known["district"])),
        (words("注册地址", "Address"), known["address"] or words("未填", "not given")),
        (words("公布批次", "Batch"), known["batch"] or words("无", "none")),
    )


def standing(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield where it stood over all days, and what it may certify on the day."""
    yield blocks.head(words("名单状态", "Standing"))
    # The stretch before the first publication says nothing.
    stretches = [each for each in gathered.standings if each["standing"] != "unlisted"]
    if not stretches:
        yield blocks.note(words("从未列入公布名单。", "Never listed."))
    else:
        shown = stretches[-STRETCHES_SHOWN:]
        rows = [_stretch(each, words) for each in shown]
        columns = [
            Col(words("状态", "Standing"), 2),
            Col(words("自 – 至（均含）", "From – to (both included)"), 4),
            Col(words("批次", "Batch"), 2),
            Col(words("依据（记录位置）", "Entries"), 3),
        ]
        yield blocks.table(columns, rows, words("名单状态的各个区间", "Standing over the days"))
        if len(stretches) > len(shown):
            left = len(stretches) - len(shown)
            yield blocks.note(
                words(
                    f"另有更早的 {left} 段，见 /v1/enterprises/{gathered.uscc}/standing。",
                    f"And {left} earlier stretches, see /v1/enterprises/{gathered.uscc}/standing.",
                )
            )
    yield from _items(gathered, words)


def _stretch(stretch: dict[str, Any], words: Words) -> list[str]:
    return [
        words.of(STANDINGS, stretch["standing"]) + _by(stretch["findings"], words),
        words.days(stretch["valid_from"], stretch["valid_to"]),
        stretch["batch"] or "",
        positions(stretch["because"], words),
    ]


def _by(findings: list[str], words: Words) -> str:
    """Return the findings that a suspension or removal names."""
    named = "、".join(findings)
    return words(f"（依据问题 {named}）", f" (by finding {named})") if findings else ""


POSITIONS_SHOWN = 8


def positions(because: list[int], words: Words) -> str:
    """Return positions of entries in a row, the last ones where there are many."""
    if len(because) <= POSITIONS_SHOWN:
        return words.listed([*map(str, because)])
    shown = words.listed([*map(str, because[-POSITIONS_SHOWN:])])
    return words(
        f"{shown} 等 {len(because)} 条", f"{shown} and {len(because) - POSITIONS_SHOWN} more"
    )


def _items(gathered: Gathered, words: Words) -> Iterator[Block]:
    day = gathered.settled.basis.valid_at.isoformat()
    yield blocks.head(words(f"确认范围（{day}）", f"Confirmed scope on {day}"))
    items = gathered.profile["scope"]
    if not items:
        yield blocks.note(words("当日没有确认范围。", "No confirmed scope on the day."))
        return
    columns = [
        Col(words("职业编码", "Code"), 2.2),
        Col(words("职业（工种）", "Occupation (trade)"), 4),
        Col(words("等级", "Levels"), 5),
        Col(words("大典版次", "Edition"), 1.4),
    ]
    rows = [
        [
            item["code"],
            _occupation(item, words),
            words.listed([words.level(level) for level in item["levels"]]),
            item["edition"],
        ]
        for item in items[:ITEMS_SHOWN]
    ]
    yield blocks.table(columns, rows, words("确认范围", "Confirmed scope"))
    if len(items) > ITEMS_SHOWN:
        left = len(items) - ITEMS_SHOWN
        address = f"/v1/enterprises/{gathered.uscc}/scope"
        yield blocks.note(
            words(f"另有 {left} 项，见 {address}。", f"And {left} more, see {address}.")
        )


def _occupation(item: dict[str, Any], words: Words) -> str:
    trade = item["trade"]
    return (
        item["name"]
        if trade is None
        else words(f"{item['name']}（{trade}）", f"{item['name']} ({trade})")
    )
