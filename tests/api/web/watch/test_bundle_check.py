"""Whoever holds a bundle has their own browser verify it; the code on the report leads there."""

import io
import re
import uuid
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.installation.wiring import Installation
from domain.day import DayClosed, closed
from domain.terms.decider import Command
from ledger import codec
from ledger.log.entry import Draft, Entry
from ledger.log.merkle import root_of
from proof import bundle as bundles
from proof.bundle import Attachment, Bundle
from proof.checkpoints import Checkpoint
from proof.closing import LEDGER
from proof.kept import Kept
from proof.notes import sign
from proof.signer import open_signer, sign_now
from proof.subjects import SubjectMap, Value, blind, leaf, positions_digest
from tests.api.web.site import Opener
from tests.ledger.drafts import draft

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


FIRM, OTHER = "91110000000000001A", "91110000000000002B"
DAY = date(2026, 3, 1)
SCAN = b"scan"


def entries() -> list[Entry]:
    """A small ledger: two firms, evidence, a publication, and the close of the day."""
    evidence = (f"evidence:{sha256(SCAN).hexdigest()}",)
    drafts = [
        draft("plan/1", *evidence, subject=FIRM),
        draft("plan/2", subject=OTHER),
        draft("roster/1")._replace(type="roster.roster-published/2"),
        draft("plan/3", subject=FIRM),
    ]
    made = [entry_of(one, number) for number, one in enumerate(drafts, 1)]
    event = DayClosed(day=DAY, upto=4, subjects=2, root=day_map(made).root)
    command = Command(body=event, actor=LEDGER, valid_from=DAY, today=DAY)
    return [*made, entry_of(codec.draft(closed(event), command), 5)]


def entry_of(one: Draft, position: int) -> Entry:
    about = (one.stream, 1, one.type, datetime(2026, 3, 1, 4, tzinfo=UTC), one.valid_from)
    salt = bytes([position] * 16)
    return Entry(
        *(position, *about, one.subject, one.district, one.tags, None, one.payload, salt),
        *(None, 0, False, 2),
    )


def day_map(made: list[Entry]) -> SubjectMap:
    values: list[Value] = []
    for firm in (FIRM, OTHER):
        own = [each for each in made if each.subject == firm]
        listed = positions_digest([each.position for each in own])
        last = own[-1]
        values.append(Value(len(own), last.position, listed, "unlisted", blind(last.salt)))
    digests = [sha256(each.written()).hexdigest() for each in values]
    leaves = [leaf(firm, digest) for firm, digest in zip((FIRM, OTHER), digests, strict=True)]
    return SubjectMap((FIRM, OTHER), values, leaves)


@pytest.fixture
def bundle(shown: Installation, tmp_path: Path) -> bytes:
    """A bundle whose checkpoint has the signature of the log that the page knows."""
    signer = open_signer(tmp_path / "signer", f"ledger.example/{uuid.uuid4()}")
    with shown.pool.connection() as connection:
        sign_now(signer, connection, 1_764_000_000)
    made = entries()
    leaves = [each.leaf_hash() for each in made]
    checkpoint = Checkpoint(signer.origin, len(leaves), root_of(leaves))
    note = sign(checkpoint, signer.keys, 1_764_000_000)
    policy = "".join(f"log {key.vkey}\n" for key in signer.public) + "quorum none\n"
    file = io.BytesIO()
    bundles.write(
        file,
        Bundle(
            subject=FIRM,
            kept=Kept(checkpoint, note, datetime(2026, 3, 2, tzinfo=UTC)),
            entries=[made[0], made[3]],
            missing=[],
            policy=policy,
            context=[made[2]],
            closing=made[4],
            shown=day_map(made[:4]).show(FIRM),
        ),
        [
            Attachment(f"evidence/{sha256(SCAN).hexdigest()}.bin", [SCAN]),
            Attachment("report.pdf", [b"%PDF-1.7 report"]),
        ],
        lambda tiles: {each: b"".join(leaves[: each.width]) for each in tiles},
        bytes(32),
    )
    assert bundles.check(io.BytesIO(file.getvalue())).complete is not None
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def verified(page: Page, content: bytes, paper: bytes | None = None) -> str:
    page.get_by_label("证据包").set_input_files(
        {"name": "bundle.zip", "mimeType": "application/zip", "buffer": content}
    )
    if paper is not None:
        page.get_by_label("报告 PDF").set_input_files(
            {"name": "r.pdf", "mimeType": "application/pdf", "buffer": paper}
        )
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("#verified")).to_contain_text("成立")
    return page.locator("main").inner_text()


def test_the_browser_verifies_a_bundle_and_sends_it_nowhere(reader: Opener, bundle: bytes) -> None:
    members = unpacked(bundle)
    one = reader()
    page = one.open("/verify")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    said = verified(page, bundle, members["report.pdf"])
    assert "条记录均在日志" in said
    assert "由本机构日志的密钥签署" in said
    assert "没有缺漏" in said
    assert "就是证据包内的报告" in said
    assert all(url.endswith("/icon.svg") for url in sent), "the file stays where it is"
    assert one.violations() == []
    (digest,) = re.findall(r"内容摘要\W([0-9a-f]{64})", said)
    # The code on the report leads here with the digest that it states.
    page = one.open(f"/verify?content={digest}")
    assert "与报告所载一致" in verified(page, bundle)
    page = one.open(f"/verify?content={'0' * 64}")
    assert "不是同一证据包" in verified(page, bundle)
    assert "不是证据包内的报告" in verified(one.open("/verify"), bundle, b"%PDF-other")


def test_what_was_changed_does_not_hold_in_the_browser(reader: Opener, bundle: bytes) -> None:
    members = unpacked(bundle)
    page = reader().open("/verify")
    for name, content in members.items():
        changed = bytearray(content)
        changed[len(content) // 2] ^= 1
        assert "不成立" in verified(page, packed({**members, name: bytes(changed)})), name
    for name in members:
        rest = {each: content for each, content in members.items() if each != name}
        assert "不成立" in verified(page, packed(rest)), name
    assert "不成立" in verified(page, b"not a bundle")
