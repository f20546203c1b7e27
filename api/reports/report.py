"""One report: who may have it, what it stands on, its parts in order, and how it is called."""

import io
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import segno

from api.installation.wiring import Installation
from api.questions.answers import LIMITED, AnswerBasis
from api.questions.policy import Action, Grant, decide
from api.questions.queries import missing, settle
from api.reports import activity, blocks, evidence, issues, timeline
from api.reports import standing as standings
from api.reports.blocks import Block
from api.reports.gathered import Gathered, gather
from api.reports.question import ReportQuestion
from api.reports.typeset import Typesetter
from api.reports.words import Words
from api.words.instants import instant
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_uscc
from ledger.log.tiles import root_at

ROOT_DIGITS = 16
"""Hexadecimal digits of the Merkle root in the foot of every page; the last page has all."""


NAME = 60
"""Half-width characters of the enterprise's name in the head of every page."""


class Made(NamedTuple):
    """A report as PDF, what it stands on, and a name for the file."""

    answer_basis: AnswerBasis
    pdf: bytes
    file_name: str


class Contents(NamedTuple):
    """What a report says, as `report.typ` takes it."""

    answer_basis: AnswerBasis
    members: dict[str, Any]


def contents(
    house: Installation,
    actor: Actor,
    uscc: str,
    question: ReportQuestion,
    digest: str | None = None,
) -> Contents:
    """Return what the report on one enterprise says, within what `actor` may see.

    `digest`: of the content of the bundle that it goes with, to be found on paper.

    Raises:
        Problem: 401, 403; 404 where there is no such enterprise for this caller; 422 for the basis.
    """
    grant = decide(actor, Action.READ, "enterprises")
    if not is_uscc(uscc):
        raise missing()
    settled = settle(house, question.asked())
    gathered = gather(house, settled, uscc, grant)
    words = Words(question.lang)
    with house.reading() as connection:
        root = root_at(connection, settled.basis.position)
    members = _members(house, gathered, words, grant, root)
    if digest is not None:
        members |= _with_bundle(house, words, digest)
        members["basis"].append(
            words(f"证据包内容摘要（SHA-256）{digest}", f"Content of the bundle (SHA-256) {digest}")
        )
    return Contents(settled.answer_basis, members)


def report(  # noqa: PLR0913 - who asks for what, and what it goes with
    house: Installation,
    typesetter: Typesetter,
    actor: Actor,
    uscc: str,
    question: ReportQuestion,
    *,
    digest: str | None = None,
) -> Made:
    """Return the report as PDF, for a bundle with its digest; raises what `contents` raises."""
    answer_basis, members = contents(house, actor, uscc, question, digest)
    pdf = typesetter.pdf(members, house.recorded_at(answer_basis.position))
    title = members["title"].replace(" ", "-")
    name = f"{title}-{uscc}-{answer_basis.basis['valid_at']}-{answer_basis.position}.pdf"
    return Made(answer_basis, pdf, name)


def _members(
    house: Installation, gathered: Gathered, words: Words, grant: Grant, root: bytes
) -> dict[str, Any]:
    basis = gathered.settled.basis
    address = _address(house, gathered, words)
    return {
        "lang": words.language,
        "title": words("督导报告", "Supervision report"),
        "author": words("督导台账", "Dudao ledger"),
        "uscc": gathered.uscc,
        "name": gathered.profile["name"],
        "running": f"{blocks.short(gathered.profile['name'], NAME)} {gathered.uscc}",
        "record": words("工作记录，非正式公文", "working record, not an issued document"),
        "foot": words(
            f"台账位置 {basis.position} · 默克尔根 {root.hex()[:ROOT_DIGITS]}…",
            f"ledger position {basis.position} · Merkle root {root.hex()[:ROOT_DIGITS]}…",
        ),
        "page_words": [words("第 ", "page "), words(" 页 共 ", " of "), words(" 页", "")],
        "basis": [*_basis(house, gathered, words)],
        "sentence": standings.sentence(gathered, words),
        "qr": qr(address),
        "qr_alt": words(f"二维码：{address}", f"QR code: {address}"),
        "qr_text": words("扫码可得同一基准的报告", "the report at the same basis"),
        "blocks": [*_blocks(house, gathered, words, grant, root)],
    }


def _basis(house: Installation, gathered: Gathered, words: Words) -> Iterator[str]:
    """Yield what the report stands on, so that nobody takes the past for the present."""
    basis, rules = gathered.settled.basis, gathered.settled.answer_basis.basis["rules"]
    recorded = instant(house.recorded_at(basis.position))
    yield words(
        f"业务日期 {basis.valid_at}；所知截至台账位置 {basis.position}（北京时间 {recorded} 入账）",
        f"Day {basis.valid_at}; as known at ledger position {basis.position} "
        f"(recorded {recorded}, Beijing time)",
    )
    yield words(f"规则集 {rules or '无'}", f"Rule set {rules or 'none'}")
    yield words(
        "本报告由台账自动生成，是督导工作记录，不是正式公文，不作为行政决定送达。",
        "Made from the ledger. A working record of supervision, not an issued document and "
        "no notice of a decision.",
    )
    if gathered.limited is not None:
        yield words(*LIMITED)


def _blocks(
    house: Installation, gathered: Gathered, words: Words, grant: Grant, root: bytes
) -> Iterator[Block]:
    yield from standings.profile(gathered, words)
    yield from timeline.timeline(gathered, words)
    yield from standings.standing(gathered, words)
    yield from issues.flags(gathered, words)
    yield from issues.findings(gathered, words)
    yield from activity.inspections(gathered, words)
    yield from activity.certificates(gathered, words)
    yield from activity.plans(gathered, words)
    yield from activity.applications(gathered, words)
    yield from evidence.evidence(gathered, words, house.log, grant.rows, root)


def _address(house: Installation, gathered: Gathered, words: Words) -> str:
    """Return where the same report is found again: this installation, this basis."""
    basis = gathered.settled.basis
    query = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "lang": words.language,
    }
    return f"{house.settings.address}/v1/enterprises/{gathered.uscc}/report.pdf?{urlencode(query)}"


def _with_bundle(house: Installation, words: Words, digest: str) -> dict[str, Any]:
    """Return what stands on the report of a bundle instead: where paper and bundle are verified."""
    address = f"{house.settings.address}/verify?content={digest}"
    return {
        "qr": qr(address),
        "qr_alt": words(f"二维码：{address}", f"QR code: {address}"),
        "qr_text": words("扫码核验证据包与本报告", "verify the bundle and this report"),
    }


def qr(address: str) -> str:
    """Return the code that leads to an address, as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()
