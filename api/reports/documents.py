"""Documents 公文: one act of the ledger, laid out as the document that is sent or kept.

A document says what its entry says, and what it speaks of as known right then; of what was learnt later
it says only that the entry was corrected. Whether it is a document its seal says.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from api.installation.wiring import Installation
from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked
from api.questions.entry_context import in_context
from api.questions.problems import Problem, not_found
from api.questions.publications import as_published
from api.questions.queries import ask_one
from api.reports import blocks
from api.reports.blocks import Block, Col
from api.reports.report import Made, qr
from api.reports.typeset import Template, Typesetter
from api.reports.words import Words
from api.words.document_titles import TITLES, issuer
from api.words.last_day import last_day
from domain.terms.envelope import Actor
from ledger import codec
from projections.views.basis import Basis
from projections.views.entry_docs import shown
from projections.views.names import names


class Act(NamedTuple):
    """One entry, and how what it speaks of is looked up as known right then."""

    house: Installation
    actor: Actor
    asked: Asked
    entry: Mapping[str, Any]
    names: Mapping[str, str]
    words: Words

    @property
    def data(self) -> Mapping[str, Any]:
        """What the entry says."""
        data: Mapping[str, Any] = self.entry["data"]
        return data

    @property
    def enterprise(self) -> str:
        """The enterprise as it was called."""
        uscc = self.entry["subject"]
        return self.names.get(uscc, uscc)

    def day(self, day: str) -> str:
        """Return a day as documents write it."""
        read = date.fromisoformat(day)
        return self.words(f"{read.year}年{read.month}月{read.day}日", day)

    def case(self, kind: str, key: str) -> Mapping[str, Any]:
        """Return a record of a kind; nothing of it where it is not for this reader."""
        try:
            _, item = ask_one(self.house, self.actor, kind, self.asked, key)
        except Problem as problem:
            if problem.status not in {403, 404}:
                raise
            return {}
        return item


class Said(NamedTuple):
    """What a document says below its title, and who signs it beside the seal."""

    paragraphs: Sequence[str]
    blocks: Sequence[Block] = ()
    signatures: Sequence[str] = ()
    number: str | None = None
    """Where the act has a number of its own."""


def _receipt(act: Act) -> Said:
    words, data = act.words, act.data
    scope = act.case("applications", data["application_id"]).get("confirmed_scope") or ()
    return Said(
        (
            words(
                f"你单位报送的职业技能等级认定申请（{data['application_id']}）已经评估并确认，现予回执。"
                "请在下列范围内开展认定，并按年度报备计划。",
                f"Your application {data['application_id']} was evaluated and confirmed. "
                "Certify within the scope below, and file a plan for each year.",
            ),
        ),
        [_scope(words, [(None, item) for item in scope])] if scope else (),
        number=data["receipt_no"],
    )


def _order(act: Act) -> Said:
    words, data = act.words, act.data
    finding = act.case("findings", data["finding_id"])
    stated = finding.get("statement") or words("（见问题记录）", "(see the finding)")
    return Said(
        (
            words(
                f"经督导，发现你单位存在以下问题（{data['finding_id']}）：{stated}",
                f"Supervision found the following ({data['finding_id']}): {stated}",
            ),
            words(
                f"现责令整改：{data['requirement']}", f"You are to put right: {data['requirement']}"
            ),
            words(
                f"请于{act.day(data['due_on'])}前（含当日）提交整改报告及证明材料。对本通知有异议的，可以书面陈述申辩。",
                f"Report by {data['due_on']} (that day included), with evidence. You may answer in writing.",
            ),
        ),
    )


def _reinspection(act: Act) -> Said:
    words, data = act.words, act.data
    finding = act.case("findings", data["finding_id"])
    orders = finding.get("orders") or ()
    asked = orders[-1]["requirement"] if orders else words("（见问题记录）", "(see the finding)")
    passed = (
        words("复查合格，整改完成。", "The reinspection was passed.")
        if data["passed"]
        else words(
            "复查不合格，应当继续整改。", "The reinspection was not passed; go on putting it right."
        )
    )
    return Said(
        (
            words(
                f"对你单位问题 {data['finding_id']} 的整改（{asked}）进行了复查，意见如下。",
                f"What was to be put right of {data['finding_id']} ({asked}) was inspected again.",
            ),
            passed,
            words(f"情况说明：{data['note']}", f"Note: {data['note']}"),
        ),
        signatures=(words("复查人员（签字）", "Inspected by (signature)"),),
    )


def _suspension(act: Act) -> Said:
    words, data = act.words, act.data
    start = act.day(act.entry["valid_from"])
    until = data.get("until")
    end = (
        words(
            f"至{act.day(last_day(until))}止（含当日）", f"to {last_day(until)}, that day included"
        )
        if until
        else words("起，至另行通知恢复止", "until reinstated")
    )
    return Said(
        (
            words(
                f"依据：{data['basis']}。根据六（三）名单动态调整的规定，决定自{start}{end}"
                "暂停你单位职业技能等级认定资格。",
                f"Grounds: {data['basis']}. Under the notice, 六(三), your certification is suspended "
                f"from {act.entry['valid_from']} {end}.",
            ),
            words(
                "暂停期间不得开展认定、发放证书。对本决定有异议的，可以书面陈述申辩。",
                "Hold no assessments and issue no certificates meanwhile. You may answer in writing.",
            ),
        ),
    )


def _removal(act: Act) -> Said:
    words, data = act.words, act.data
    return Said(
        (
            words(
                f"依据：{data['basis']}。根据六（三）名单动态调整的规定，决定自"
                f"{act.day(act.entry['valid_from'])}起将你单位移出职业技能等级认定企业名单。",
                f"Grounds: {data['basis']}. Under the notice, 六(三), you are removed from the roster "
                f"from {act.entry['valid_from']} on.",
            ),
            words(
                "自该日起不得再开展认定。此前依法颁发的证书不受影响。",
                "Hold no assessments from that day on. Certificates lawfully issued before stand.",
            ),
        ),
    )


def _announcement(act: Act) -> Said:
    words, data = act.words, act.data
    entries = data.get("entries") or ()
    rows = [
        (
            f"{act.names.get(entry['uscc'], '')} {entry['uscc']} "
            + words.days(entry["valid_from"], entry["valid_to"]),
            item,
        )
        for entry in entries
        for item in entry["scope"]
    ]
    return Said(
        (
            words(
                f"经评估确认，现将第 {data['batch']} 批开展职业技能等级认定的企业名单予以公告，共 {len(entries)} 家。"
                "各企业应在公布的职业和等级内开展认定。",
                f"Evaluated and confirmed: batch {data['batch']} of enterprises that certify skill "
                f"levels, {len(entries)} in all, each within its occupations and levels.",
            ),
        ),
        [_scope(words, rows)],
    )


def _spot_check(act: Act) -> Said:
    words, data = act.words, act.data
    place: Mapping[str, Any] = data.get("place") or {}
    people = words.listed(
        [f"{one['name']}（{one['card_no'] or '-'}）" for one in data.get("inspectors") or ()]
    )
    facts = (
        (words("被检查单位", "Enterprise"), f"{act.enterprise} {data['uscc']}"),
        (words("检查类别", "Kind"), data["kind"]),
        (words("检查日期", "Day"), act.day(act.entry["valid_from"])),
        (words("地点", "Place"), place.get("address") or place.get("name") or "-"),
        (words("认定活动", "Session"), data.get("assessment_id") or "-"),
        (words("督导人员（证号）", "Inspectors (card)"), people or "-"),
        (words("单位意见", "Statement"), data.get("unit_statement") or "-"),
    )
    answers = [
        (answer["item"], answer["value"], answer.get("note") or "")
        for answer in data.get("checklist") or ()
    ]
    columns = (
        Col(words("检查项", "Item"), 5),
        Col(words("结果", "Answer"), 1.4),
        Col(words("说明", "Note"), 5),
    )
    signed = (
        words("被检查单位拒绝签字", "The unit refused to sign")
        if data["signature_refused"]
        else words("被检查单位（签字）", "For the unit (signature)")
    )
    return Said(
        (),
        [
            blocks.pairs(*facts),
            *([blocks.table(columns, answers, words("检查表", "Checklist"))] if answers else ()),
        ],
        signatures=(words("督导人员（签字）", "Inspectors (signature)"), signed),
    )


def _scope(words: Words, rows: Sequence[tuple[str | None, Mapping[str, Any]]]) -> Block:
    whose = any(firm is not None for firm, _ in rows)
    columns = (
        *((Col(words("企业", "Enterprise"), 5),) if whose else ()),
        Col(words("职业编码", "Code"), 2),
        Col(words("职业（工种）", "Occupation"), 4),
        Col(words("等级", "Levels"), 4),
    )
    return blocks.table(
        columns,
        [
            [
                *([firm or ""] if whose else []),
                item["code"] or "-",
                item["name"] + (f"（{item['trade']}）" if item["trade"] else ""),
                words.listed([words.level(level) for level in item["levels"]]),
            ]
            for firm, item in rows
        ],
        words("范围", "Scope"),
    )


SAYS: Mapping[str, Callable[[Act], Said]] = MappingProxyType(
    {
        "ReceiptIssued": _receipt,
        "RectificationOrdered": _order,
        "ReinspectionRecorded": _reinspection,
        "ListingSuspended": _suspension,
        "ListingRemoved": _removal,
        "RosterPublished": _announcement,
        "SpotCheckRecorded": _spot_check,
    }
)
"""Event name → what the document says that such an act is sent or kept as."""
KEPT = frozenset({"RosterPublished", "SpotCheckRecorded"})
"""Documents that are sent to nobody in particular."""


def contents(
    house: Installation, actor: Actor, position: str, words: Words
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return what the document of an entry says, as `document.typ` takes it.

    Raises:
        Problem: 401, 403; 404, there is no such entry for this caller, or none that is a document.
    """
    live, context = in_context(house, actor, position, Asked())
    if context["entry"]["type"] not in SAYS:
        raise not_found("这类记录没有公文", "entries of this kind have no document")
    corrected = [each["position"] for each in context["corrections"]]
    basis = Basis(date.fromisoformat(context["entry"]["valid_from"]), int(position))
    asked = Asked(basis.valid_at, None, basis.position)
    entry, leaf = context["entry"], context["leaf"]["hash"]
    if entry["type"] == "RosterPublished":  # its enterprises stand in the entries behind it
        (stored,) = house.log.at([basis.position])
        published = shown(as_published(house.log, codec.legible(stored)))
        entry = {**entry, "data": published["data"]}
    act = Act(house, actor, asked, entry, _names(house, basis, entry), words)
    said = SAYS[entry["type"]](act)
    organ = issuer(entry["actor"]["organisation"]).speak(words.language)
    address = f"{house.settings.address}/entries/{position}"
    number = said.number or entry["document_no"]
    return live, {
        "lang": words.language,
        "title": TITLES[entry["type"]].speak(words.language),
        "name": act.enterprise if entry["subject"] else str(entry["data"].get("batch", "")),
        "organ": organ,
        "number": number or words("（文号）", "(number)"),
        "addressee": words(
            f"{act.enterprise}（{entry['subject']}）：", f"To {act.enterprise} ({entry['subject']})"
        )
        if entry["type"] not in KEPT
        else "",
        "paragraphs": list(said.paragraphs),
        "blocks": list(said.blocks),
        "signatures": list(said.signatures),
        "seal": words("（盖章）", "(seal)"),
        "day": act.day(entry["valid_from"]),
        "foot": words(
            f"据台账第 {position} 条记录制作，盖章后生效 · 叶散列 {leaf}",
            f"made from entry {position} of the ledger, valid with its seal · leaf hash {leaf}",
        )
        + _corrected(corrected, words),
        "qr": qr(address),
        "qr_alt": words(f"二维码：{address}", f"QR code: {address}"),
        "qr_text": words("扫码核对台账记录", "the entry behind it"),
    }


def _corrected(positions: Sequence[int], words: Words) -> str:
    """Return the warning that the entry was corrected since: an older print cannot say so."""
    if not positions:
        return ""
    listed = words.listed([*map(str, positions)])
    return words(
        f" · 该记录后经更正（第 {listed} 条），本件为当初所记",
        f" · corrected since (entries {listed}): this is as it was recorded",
    )


def _names(house: Installation, basis: Basis, entry: Mapping[str, Any]) -> Mapping[str, str]:
    usccs: Iterator[str] = (each["uscc"] for each in entry["data"].get("entries") or ())
    wanted = [*usccs, *([entry["subject"]] if entry["subject"] else ())]
    with house.reading() as connection:
        return names(connection, basis, wanted)


def document(
    house: Installation, typesetter: Typesetter, actor: Actor, position: str, words: Words
) -> Made:
    """Return the document as PDF; raises what `contents` raises."""
    answer_basis, members = contents(house, actor, position, words)
    pdf = typesetter.pdf(members, house.recorded_at(int(position)), Template.DOCUMENT)
    return Made(answer_basis, pdf, f"{members['title'].replace(' ', '-')}-{position}.pdf")
