"""What is wrong, or may be: flags, findings, measures and deadlines."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from api.questions.answers import pinning
from api.reports import blocks
from api.reports.blocks import Block, Col
from api.reports.gathered import Gathered
from api.reports.words import Words
from api.words.case_words import case_in_a_sentence
from api.words.words import (
    CLAUSE_NUMBERS,
    MEASURE_STATES,
    RESPONSIBLE,
    REVIEW_LAPSES,
    REVIEWS,
    SEVERITIES,
    STAGES,
    VERDICTS,
)
from domain.checks import CHECKS
from domain.terms.clauses import CLAUSES
from domain.terms.vocabulary import ReviewDecision, Verdict

NAMED = 6
"""Keys that are named of a longer row of them."""


def flags(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield counts by check, then the gravest flags one by one, then the clauses they cite."""
    yield blocks.head(words("疑点", "Flags"))
    if not gathered.flag_counts:
        yield blocks.note(words("没有疑点。", "No flags."))
        return
    yield _counts(gathered, words)
    if not gathered.flags:
        return
    columns = [
        Col(words("检查", "Check"), 2.4),
        Col(words("业务日期与对象", "Day and record"), 2.7),
        Col(words("说明", "What was found"), 6),
    ]
    rows = [
        [_check(each, words), _about(each, words), _said(each, words)] for each in gathered.flags
    ]
    yield blocks.table(columns, rows, words("疑点明细", "Flags one by one"))
    there = sum(each.number for each in gathered.flag_counts if each.verdict != Verdict.CLEAR)
    if there > len(gathered.flags):
        address = _address(gathered, "flags")
        left = words.number(there - len(gathered.flags))
        yield blocks.note(
            words(f"另有 {left} 项，见 {address}。", f"And {left} more, see {address}.")
        )
    cited = dict.fromkeys(each["clause"] for each in gathered.flags)
    yield blocks.note(
        words("所引条款：", "Clauses: ")
        + words("；", "; ").join(
            f"{clause.document if clause.number != clause.document else ''} "
            f"{words(clause.printed, clause.number)} {words(clause.zh, clause.en)}".strip()
            for clause in (CLAUSES[number] for number in cited)
        )
        + words("。", ".")
    )


def _counts(gathered: Gathered, words: Words) -> Block:
    by_code: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for count in gathered.flag_counts:
        dismissed = count.review == ReviewDecision.DISMISSED and count.verdict != Verdict.CLEAR
        by_code[count.code]["dismissed" if dismissed else count.verdict] += count.number
    columns = [
        Col(words("检查", "Check"), 5),
        Col(words("条款", "Clause"), 2.4),
        Col(words("违规", "Breach"), 1.4, "right"),
        Col(words("无法判定", "Undecided"), 1.6, "right"),
        Col(words("已澄清", "Cleared"), 1.4, "right"),
        Col(words("复核不成立", "Dismissed"), 1.8, "right"),
    ]
    rows = [
        [
            f"{code} {words(CHECKS[code].zh, CHECKS[code].en)}",
            words.of(CLAUSE_NUMBERS, CHECKS[code].clause.number),
            *(words.number(counts[name]) for name in ("breach", "undecided", "clear", "dismissed")),
        ]
        for code, counts in sorted(by_code.items())
    ]
    return blocks.table(columns, rows, words("各项检查的疑点数", "Flags by check"))


def _check(flag: dict[str, Any], words: Words) -> list[str]:
    check = CHECKS[flag["code"]]
    return [
        f"{flag['code']} {words(check.zh, check.en)}",
        f"{words.of(VERDICTS, flag['verdict'])} · {words.of(SEVERITIES, flag['severity'])}",
        words("条款 ", "clause ") + words.of(CLAUSE_NUMBERS, flag["clause"]),
        words(f"规则 {flag['rule']}", f"rule {flag['rule']}"),
    ]


def _about(flag: dict[str, Any], words: Words) -> list[str]:
    session, certificate = flag["assessment_id"], flag["certificate_no"]
    return [
        flag["valid_at"],
        words(f"活动 {session}", f"session {session}") if session else "",
        words(f"证书 {certificate}", f"certificate {certificate}") if certificate else "",
        words(f"问题 {flag['finding_id']}", f"finding {flag['finding_id']}")
        if flag["finding_id"]
        else "",
        words(f"疑点 {flag['key']}", f"flag {flag['key']}"),
    ]


def _said(flag: dict[str, Any], words: Words) -> list[str]:
    said = flag["message"][words.language]
    bodies = words.listed([_body(body, words) for body in flag["responsible"]])
    review = (
        words.of(REVIEWS, flag["review"]) if flag["review"] else words("未复核", "not reviewed")
    )
    if flag["review_lapse"]:
        lapse = words.of(REVIEW_LAPSES, flag["review_lapse"])
        review += words(f"（{lapse}）", f" ({lapse})")
    reason = flag["review_reason"]
    return [
        said,
        words("责任主体：", "Responsible: ") + bodies,
        words("时间情形：", "In time: ") + case_in_a_sentence(flag).speak(words.language),
        words("复核：", "Review: ")
        + review
        + (words(f"（{reason}）", f" ({reason})") if reason else ""),
    ]


def _body(body: dict[str, Any], words: Words) -> str:
    who = body["uscc"] or words.district(body.get("district"))
    return f"{words.of(RESPONSIBLE, body['role'])} {who}"


def findings(gathered: Gathered, words: Words) -> Iterator[Block]:
    """Yield findings with their orders, deadlines and measures."""
    yield blocks.head(words("问题、整改与措施", "Findings, rectification and measures"))
    if not gathered.findings.items:
        yield blocks.note(words("没有问题。", "No findings."))
        return
    columns = [
        Col(words("问题", "Finding"), 2.6),
        Col(words("内容", "Statement"), 4),
        Col(words("整改与措施", "Rectification and measures"), 4.6),
    ]
    rows = [
        [_finding(each, words), _statement(each, words), [*_steps(each, gathered, words)]]
        for each in gathered.findings.items
    ]
    yield blocks.table(columns, rows, words("问题、整改与措施", "Findings"))
    yield from rest(
        gathered, words, "findings", gathered.findings.total - len(gathered.findings.items)
    )


def _address(gathered: Gathered, path: str) -> str:
    """Return where all of it is answered, as the report has it."""
    at = pinning(gathered.settled.answer_basis.basis)
    return f"/v1/{path}?{urlencode({'uscc': gathered.uscc, **at}, safe='/')}"


def rest(gathered: Gathered, words: Words, path: str, left: int) -> Iterator[Block]:
    """Yield how many more there are, and where."""
    if left > 0:
        address = _address(gathered, path)
        yield blocks.note(
            words(
                f"另有 {words.number(left)} 条，见 {address}。",
                f"And {words.number(left)} more, see {address}.",
            )
        )


def _finding(finding: dict[str, Any], words: Words) -> list[str]:
    return [
        finding["finding_id"],
        f"{words.of(SEVERITIES, finding['severity'])} · {words.of(STAGES, finding['stage'])}",
        words(f"提出 {finding['raised_on']}", f"raised {finding['raised_on']}"),
        words(f"终结 {finding['ended_on']}", f"ended {finding['ended_on']}")
        if finding["ended_on"]
        else "",
        words("企业有异议", "disputed by the enterprise") if finding["disputed"] else "",
    ]


def _statement(finding: dict[str, Any], words: Words) -> list[str]:
    concerned = [*finding["assessments"], *finding["certificates"], *finding["flags"]]
    named = words.listed(concerned[:NAMED])
    if len(concerned) > NAMED:
        named = words(
            f"{named} 等 {len(concerned)} 项", f"{named} and {len(concerned) - NAMED} more"
        )
    return [
        finding["statement"],
        words(
            f"类型 {finding['kind']} · 规则 {finding['rule']}",
            f"{finding['kind']} · rule {finding['rule']}",
        ),
        words("涉及：", "Concerns: ") + named if concerned else "",
    ]


def _steps(finding: dict[str, Any], gathered: Gathered, words: Words) -> Iterator[str]:
    for order in finding["orders"]:
        late = f"Q2-{order['position']}" in gathered.overdue
        mark = words("，已逾期", ", overdue") if late else ""
        yield words(
            f"整改期限 {order['due_on']}{mark}：{order['requirement']}",
            f"Due {order['due_on']}{mark}: {order['requirement']}",
        )
        if order["reported"]:
            yield words(f"整改报告 {order['reported']}", f"reported {order['reported']}")
        if order["passed"] is not None:
            passed = words("通过", "passed") if order["passed"] else words("未通过", "failed")
            yield words(f"复查：{passed}", f"reinspection: {passed}")
    for measure in finding["measures"]:
        days = words.days(measure["effective_from"], measure["effective_to"])
        stands = words.of(MEASURE_STATES, measure["stands"])
        yield words(f"{measure['kind']}（{stands}）{days}", f"{measure['kind']} ({stands}){days}")
    if finding["outcome"]:
        yield words(f"结果：{finding['outcome']}", f"Outcome: {finding['outcome']}")
