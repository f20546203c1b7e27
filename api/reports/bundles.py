"""Evidence bundles: what goes into one, and who may have it."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from api.installation.wiring import Installation
from api.intake import device_records, evidence
from api.questions.assurance.transparency import unsigned
from api.questions.policy import Action, Grant, decide
from api.questions.problems import Problem
from api.questions.publications import as_published
from api.questions.queries import missing
from api.questions.visibility import within
from api.questions.withheld import rows_at
from api.reports.question import ReportQuestion
from api.reports.report import report
from api.reports.typeset import Typesetter
from api.words.event_words import EVENT_NAMES
from domain.catalogue import ALL, CatalogueAdopted
from domain.inspection.inspection import SpotCheckRecorded
from domain.roster import ROSTER
from domain.standing.standing import EnterpriseListed
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_uscc
from ledger import catalogues, codec
from ledger.log import tiles
from ledger.log.entry import Entry, instant_text
from projections.views.entry_docs import name_of
from projections.views.entry_docs import shown as shown_item
from proof import bundle as bundles
from proof import kept
from proof.bundle import Attachment, Bundle, content_digest
from proof.files import read_key, write_whole
from proof.notes import Kind, new_key

SUMMARY, REPORT = "README.txt", "report.pdf"
VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify.py"


def file_name(uscc: str, size: int) -> str:
    """Return how a bundle is called."""
    return f"dudao-{uscc}-{size}.zip"


def write(
    house: Installation, typesetter: Typesetter, actor: Actor, uscc: str, file: IO[bytes]
) -> str:
    """Write everything about an enterprise up to the latest checkpoint; return a name for it.

    Raises:
        Problem: 401; 403 for who may not see all of every entry; 404, there is no such enterprise for
            this caller; 503, nothing was signed yet.
    """
    grant = decide(actor, Action.READ, "events")
    with house.reading() as connection:
        latest = kept.latest(connection)
    # Whether there is such an enterprise for this caller comes before what is to be done about it.
    size = house.ends().head if latest is None else latest.checkpoint.size
    closing = None
    if (
        grant.rows.everything and grant.persons
    ):  # who does not see every entry learns nothing of the rest
        with house.reading() as connection:
            closing = house.closings.last(connection, size)
    entries = _entries(house, grant, uscc, size, known_of=closing is not None)
    if latest is None:
        raise unsigned()
    with house.reading() as connection:
        policy = kept.stated_policy(connection, latest.checkpoint.origin)
        shown = None if closing is None else house.closings.show(connection, closing, uscc)
    closed = None if closing is None else house.log.at([closing.position])[0]
    context = _context(house, grant, entries, size)
    named = [digest for entry in entries for digest in _digests(entry)]
    lost = evidence.missing_of(house, named)
    made = Bundle(uscc, latest, entries, lost, policy, context, closed, shown)
    attached = dict.fromkeys(digest for digest in named if digest not in lost)
    with house.reading() as connection:
        bundles.write(
            file,
            made,
            _attachments(house, typesetter, actor, made, [*attached]),
            tiles.stored(connection),
            _seed(house.settings.folder),
        )
    return file_name(uscc, latest.checkpoint.size)


def _context(house: Installation, grant: Grant, entries: list[Entry], size: int) -> list[Entry]:
    """Return what the entries rest on and is about nobody: publications that list it, catalogues."""
    events = (codec.legible(entry).event for entry in entries)
    batches = {event.batch for event in events if isinstance(event, EnterpriseListed)}
    tags = {ALL.tag, *(ROSTER.key(batch).tag for batch in batches)} if entries else set[str]()
    context: list[Entry] = []
    for entry in house.log.read(tags, size):
        if entry.subject is None and entry.type.startswith(AROUND):
            item = shown_item(as_published(house.log, codec.recorded(entry)))
            if within(item, grant.rows) == item:
                context.append(entry)
    return context


AROUND = ("roster.roster-published/", "catalogue.catalogue-adopted/")


def _entries(
    house: Installation, grant: Grant, uscc: str, size: int, *, known_of: bool
) -> list[Entry]:
    """Return the entries about an enterprise that the caller may see; none only if that can be shown."""
    entries = [*house.log.history(uscc, upto=size)] if is_uscc(uscc) else []
    if not entries and known_of and is_uscc(uscc):
        return []
    with house.reading() as connection:
        withheld = rows_at(connection, grant.rows, house.ends().head).withheld.positions
    entries = [entry for entry in entries if entry.position not in withheld]
    items = [shown_item(as_published(house.log, codec.recorded(entry))) for entry in entries]
    visible = [within(item, grant.rows) for item in items]
    if all(each is None for each in visible):
        raise missing()
    if visible != items or not grant.persons:
        raise _not_whole()
    return entries


def _not_whole() -> Problem:
    return Problem(
        "forbidden",
        "证据包含有全部记录的原文，只提供给可见其中每一条的角色",
        "a bundle holds every entry as it is hashed: it goes to those who may see each of them",
        rule="role-not-allowed",
    )


TAG = "evidence:"


def _digests(entry: Entry) -> list[str]:
    return [tag.removeprefix(TAG) for tag in entry.tags if tag.startswith(TAG)]


def _attachments(
    house: Installation,
    typesetter: Typesetter,
    actor: Actor,
    made: Bundle,
    digests: list[str],
) -> Iterator[Attachment]:
    proved = {f"entries/{each.position}": _sha256(each) for each in made.entries}
    proved |= {f"context/{each.position}": _sha256(each) for each in made.context}
    for digest in digests:
        stored = evidence.find(house, actor, digest)
        extension = evidence.EXTENSIONS[stored.media]
        proved[f"evidence/{digest}.{extension}"] = digest
        yield Attachment(f"evidence/{digest}.{extension}", evidence.octets(house, stored))
    for entry in made.context:
        event = codec.legible(entry).event
        if isinstance(event, CatalogueAdopted):
            with house.reading() as connection:
                file = catalogues.octets(connection, event.sha256)
            if file is not None and hashlib.sha256(file).hexdigest() == event.sha256:
                yield Attachment(f"catalogues/{event.sha256}", [file])
    if not made.entries:
        yield Attachment(SUMMARY, [_summary(made, content_digest(proved), 0, None, ()).encode()])
        return
    content = content_digest(proved)
    question = ReportQuestion.model_validate({"position": str(made.kept.checkpoint.size)})
    pdf = report(house, typesetter, actor, made.subject, question, digest=content).pdf
    yield Attachment(REPORT, [pdf])
    summary = _summary(made, content, len(digests), pdf, _devices(house, made))
    yield Attachment(SUMMARY, [summary.encode()])
    if VERIFIER.exists():
        yield Attachment("verify.py", [VERIFIER.read_bytes()])


def _devices(house: Installation, made: Bundle) -> list[str]:
    """Say of each device that recorded a spot check here whether its records are all there."""
    events = [codec.recorded(entry).event for entry in made.entries]
    named = {event.device_id for event in events if isinstance(event, SpotCheckRecorded)}
    with house.reading() as connection:
        chains = device_records.chains(connection, named - {""})
    lines: list[str] = []
    for device, chain in sorted(chains.items()):
        said = device_records.statements(device, chain)
        lines += [f"{each.zh} / {each.en}" for each in said]
        if not said and chain.last:
            lines.append(
                f"设备 {device}：第 1 至 {chain.last} 号记录相接，无缺 / device {device}:"
                f" nos. 1 to {chain.last} are linked, none is missing"
            )
    return lines


def _summary(
    made: Bundle, content: str, files: int, pdf: bytes | None, devices: Iterable[str]
) -> str:
    """Say in plain words what the bundle holds; each entry in one line."""
    checkpoint = made.kept.checkpoint
    entries = list(made.entries)
    lines = [
        f"督导台账证据包 / evidence bundle · {made.subject}",
        "",
        f"日志 / log: {checkpoint.origin}",
        f"检查点 / checkpoint: {checkpoint.size} 条 / entries, 根 / root {checkpoint.root.hex()}",
        f"记录 / entries: {len(entries)}",
        f"内容摘要 / digest of the content: {content}",
        f"证据 / evidence files: {files}; 未到 / never arrived: {len(made.missing)}",
        *([] if pdf is None else [f"报告 / report.pdf SHA-256: {hashlib.sha256(pdf).hexdigest()}"]),
        *_complete(made),
        *devices,
        "企业取得的证据包不含尚未到场记录的检查、结论作出之前的评分和投诉举报。",
        "What an enterprise is given holds no visit before its record, no points before a conclusion, no complaint.",
        "",
        "核验 / verify: python verify.py BUNDLE.zip --policy POLICY --maker KEY",
        "（只需 Python 3.11 与 cryptography；公钥与策略须另行取得，不取自本包）",
        "(Python 3.11 and cryptography; take keys and policy from elsewhere, not from here)",
        "",
        "能证明：每条记录自检查点起未改一字，次序不变，证据即当时所报的字节。",
        "不能证明：所报内容属实；检查点之后的记录；报告与本说明由台账生成，以制作者签名为准。",
        "Proves: since the checkpoint no letter of an entry was changed, nor the order of entries;",
        "evidence is what was named. Does not prove: that what was reported is true; anything later.",
        "Report and summary are made from the ledger and rest on their maker's signature.",
        "",
    ]
    for entry in entries:
        recorded = codec.recorded(entry)
        at = instant_text(entry.recorded_at)
        who = (
            f"{recorded.actor.account} ({recorded.actor.role.value}, {recorded.actor.organisation})"
        )
        names = EVENT_NAMES[name_of(entry.type)]
        title = f"{names.zh} / {names.en}"
        lines.append(f"{entry.position}\t{at}\t{entry.valid_from}\t{title}\t{who}")
    return "\n".join([*lines, ""])


def _complete(made: Bundle) -> list[str]:
    if made.closing is None:
        return [
            "本包不证明没有缺漏（尚未封账，或取得者不可见全部记录）。",
            "Nothing here shows that no entry is missing: no day was closed, or who takes it may not see all.",
        ]
    event = codec.recorded(made.closing).event
    number = sum(entry.position <= event.upto for entry in made.entries)
    return [
        f"无缺漏：{event.day} 日终封账，至位置 {event.upto} 共 {number} 条，再无其他。",
        f"Nothing is missing: by the close of {event.day}, up to position {event.upto}, these {number} were all.",
    ]


def _sha256(entry: Entry) -> str:
    return hashlib.sha256(entry.hashed_bytes()).hexdigest()


def _seed(folder: Path) -> bytes:
    """Return the key that bundles are signed with; make it at the first one."""
    path = folder / "keys" / "bundle.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, f"{new_key('bundle', Kind.ED25519).written()}\n".encode())
    return read_key(path).seed
