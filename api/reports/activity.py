"""What was done: sessions and certificates in numbers, spot checks, annual plans, applications."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from api.reports import blocks
from api.reports.blocks import Block, Col
from api.reports.gathered import Gathered
from api.reports.issues import rest
from api.reports.words import Words
from api.words.words import CERTIFICATE_STATES, STAGES
from domain.terms.vocabulary import Level

NOTES_SHOWN = 4


def certificates(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield how many sessions and certificates there are; holders are never named."""
    yield blocks.head(words("认定活动与证书", "Sessions and certificates"))
    sessions = sum(certificate.number for certificate in gathered.sessions)
    occupations = len({certificate.occupation for certificate in gathered.sessions})
    yield blocks.text(
        words(
            f"截至当日共登记认定活动 {words.number(sessions)} 次，涉及职业 {occupations} 个。",
            f"{words.number(sessions)} sessions in {occupations} occupations up to the day.",
        )
    )
    if not gathered.certificates:
        yield blocks.note(words("没有证书。", "No certificates."))
        return
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for certificate in gathered.certificates:
        counts[certificate.level][certificate.state] += certificate.number
    columns = [
        Col(words("等级", "Level"), 4),
        *(Col(words.of(CERTIFICATE_STATES, state), 2, "right") for state in CERTIFICATE_STATES),
        Col(words("合计", "Total"), 2, "right"),
    ]
    levels = sorted(counts, key=lambda level: Level(level).rank)
    rows = [_row(words.level(level), counts[level], words) for level in levels]
    whole = {state: sum(counts[level][state] for level in levels) for state in CERTIFICATE_STATES}
    rows.append(_row(words("合计", "Total"), whole, words))
    yield blocks.table(columns, rows, words("证书数", "Certificates"))
    yield blocks.note(
        words(
            "本报告只列证书数量，不列持证人姓名。",
            "This report counts certificates and names no holder.",
        )
    )


def _row(name: str, counts: dict[str, int], words: Words) -> list[str]:
    numbers = [counts.get(state, 0) for state in CERTIFICATE_STATES]
    return [name, *map(words.number, numbers), words.number(sum(numbers))]


def inspections(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield inspections with what was seen."""
    yield blocks.head(words("督导与现场检查", "Inspections and spot checks"))
    if not gathered.inspections.items:
        yield blocks.note(words("没有督导记录。", "No inspections."))
        return
    columns = [
        Col(words("督导", "Inspection"), 2.8),
        Col(words("人员", "Inspectors"), 2.4),
        Col(words("现场记录", "What was seen"), 6),
    ]
    rows = [
        [_inspection(each, words), _inspectors(each), [*_seen(each, words)]]
        for each in gathered.inspections.items
    ]
    yield blocks.table(columns, rows, words("督导与现场检查", "Inspections"))
    yield from rest(
        gathered, words, "inspections", gathered.inspections.total - len(gathered.inspections.items)
    )


def _inspection(inspection: dict[str, Any], words: Words) -> list[str]:
    sent = inspection["dispatched_on"]
    return [
        inspection["inspection_id"],
        f"{inspection['kind']} · {words.of(STAGES, inspection['stage'])}",
        words(f"派出 {sent}", f"dispatched {sent}") if sent else "",
    ]


def _inspectors(inspection: dict[str, Any]) -> list[str]:
    # The first line of a cell is its head; none of the inspectors is.
    return ["、".join(each["name"] for each in inspection["inspectors"])]


def _seen(inspection: dict[str, Any], words: Words) -> Iterator[str]:
    if not inspection["spot_checks"]:
        yield words("尚无现场记录", "nothing recorded yet")
    for visit in inspection["spot_checks"]:
        place: dict[str, Any] = visit["place"] or {}
        where = place.get("name") or place.get("address") or words("地点未填", "no place given")
        yield f"{visit['seen_on']} {where}"
        answers, evidence = len(visit["checklist"]), len(visit["evidence"])
        facts = [words(f"检查项 {answers} 项", f"{answers} answers")]
        facts.append(words(f"取证 {evidence} 件", f"{evidence} pieces of evidence"))
        if visit["offline"]:
            facts.append(words("离线采集", "captured offline"))
        if visit["signature_refused"]:
            facts.append(words("被检查单位拒签", "signature refused"))
        yield words.listed(facts)
        noted = [answer for answer in visit["checklist"] if answer["note"]]
        for answer in noted[:NOTES_SHOWN]:
            item, value, note = answer["item"], answer["value"], answer["note"]
            yield words(f"{item}：{value}（{note}）", f"{item}: {value} ({note})")
        if len(noted) > NOTES_SHOWN:
            left = len(noted) - NOTES_SHOWN
            yield words(f"另有 {left} 项备注", f"and {left} more remarks")
        if visit["unit_statement"]:
            yield words("单位陈述：", "The unit says: ") + visit["unit_statement"]


def plans(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield the annual plans."""
    yield blocks.head(words("年度计划", "Annual plans"))
    if not gathered.plans.items:
        yield blocks.note(words("没有报备的年度计划。", "No annual plan on file."))
        return
    columns = [
        Col(words("年度", "Year"), 1.3),
        Col(words("报备 / 修订", "Filed / revised"), 3),
        Col(words("计划场次", "Sessions planned"), 1.8, "right"),
        Col(words("计划人数", "Headcount"), 1.8, "right"),
        Col(words("上年场次", "Sessions before"), 1.8, "right"),
        Col(words("上年人数", "Candidates before"), 1.8, "right"),
        Col(words("上年发证", "Certificates before"), 1.8, "right"),
    ]
    ordered = sorted(gathered.plans.items, key=lambda plan: -plan["year"])
    rows = [
        [
            str(plan["year"]),
            " / ".join(day for day in (plan["filed_on"], plan["revised_on"]) if day),
            words.number(len(plan["sessions"])),
            words.number(sum(each["headcount"] for each in plan["sessions"])),
            *(
                words.number(plan["summary"][name])
                for name in ("sessions", "candidates", "certificates")
            ),
        ]
        for plan in ordered
    ]
    yield blocks.table(columns, rows, words("年度计划", "Annual plans"))
    yield from rest(gathered, words, "plans", gathered.plans.total - len(ordered))


def applications(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield the applications behind the listing."""
    yield blocks.head(words("申报与回执", "Applications and receipts"))
    if not gathered.applications.items:
        yield blocks.note(words("没有申报记录。", "No applications."))
        return
    columns = [
        Col(words("申报编号", "Application"), 3.4),
        Col(words("窗口期", "Window"), 1.6),
        Col(words("阶段", "Stage"), 2),
        Col(words("提交", "Submitted"), 2),
        Col(words("确认", "Confirmed"), 2),
        Col(words("确认回执", "Receipt"), 3),
    ]
    rows = [
        [
            each["application_id"],
            each["window"],
            words.of(STAGES, each["stage"]),
            each["submitted_on"],
            each["confirmed_on"] or "",
            " ".join(part for part in (each["receipt_no"], each["receipt_on"]) if part),
        ]
        for each in gathered.applications.items
    ]
    yield blocks.table(columns, rows, words("申报与回执", "Applications"))
    yield from rest(gathered, words, "applications", gathered.applications.total - len(rows))
