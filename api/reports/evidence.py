"""The last page: every entry that the report rests on, with its leaf hash, and the tree over them all."""

from collections.abc import Iterator
from typing import Any

from api.questions.policy import Rows
from api.questions.visibility import within
from api.reports import blocks
from api.reports.blocks import Block, Col
from api.reports.gathered import Gathered
from api.reports.words import Words
from api.words.event_words import EVENT_NAMES
from api.words.instants import instant
from ledger.log.entry import Entry
from ledger.log.log import Log
from projections.views.entry_docs import name_of

ENTRIES_SHOWN = 300


def rests_on(gathered: Gathered) -> list[int]:
    """Return the positions that the rows of the report name, in order."""
    shown = (
        gathered.profile,
        *gathered.standings,
        *gathered.scopes,
        *gathered.flags,
        *gathered.findings.items,
        *gathered.inspections.items,
        *gathered.plans.items,
        *gathered.applications.items,
    )
    return sorted({int(position) for row in shown for position in row["because"]})


def evidence(
    gathered: Gathered, words: Words, log: Log, rows: Rows, root: bytes
) -> Iterator[Block]:
    """Yield the entries that the caller may see, and the root of the tree at the basis."""
    yield blocks.new_page()
    yield blocks.head(words("依据与核验", "Evidence and proof"))
    basis = gathered.settled.basis
    yield blocks.pairs(
        (words("台账位置", "Ledger position"), str(basis.position)),
        (
            words("该位置入账时间（UTC）", "Recorded at (UTC)"),
            str(gathered.settled.answer_basis.basis["known_at"]),
        ),
        (words("默克尔根（RFC 9162, SHA-256）", "Merkle root (RFC 9162, SHA-256)"), root.hex()),
    )
    yield blocks.note(
        words(
            "每条记录的叶哈希与上述默克尔根可用 dudao verify 独立核验；记录本身不可更改，更正另行入账。",
            "Leaf hashes and root can be checked with dudao verify. Entries never change; "
            "a correction is an entry of its own.",
        )
    )

    positions = rests_on(gathered)
    newest = positions[-ENTRIES_SHOWN:]
    entries = [entry for entry in log.at(newest) if within(_as_item(entry), rows) is not None]
    columns = [
        Col(words("位置", "Position"), 1.3, "right"),
        Col(words("记录类型", "Type"), 3.2),
        Col(words("入账时间（北京时间）", "Recorded at (Beijing time)"), 2.7),
        Col(words("业务日期", "Valid from"), 1.6),
        Col(words("叶哈希 SHA-256", "Leaf hash, SHA-256"), 4.4, mono=True),
    ]
    lines = [_entry(entry, words) for entry in entries]
    yield blocks.table(
        columns, lines, words("报告所依据的记录", "Entries that the report rests on")
    )
    hidden, older = len(newest) - len(entries), len(positions) - len(newest)
    if older:
        yield blocks.note(
            words(
                f"另有更早的 {words.number(older)} 条，见 /v1/enterprises/{gathered.uscc}/history。",
                f"And {words.number(older)} earlier entries, see /v1/enterprises/{gathered.uscc}/history.",
            )
        )
    if hidden:
        yield blocks.note(
            words(
                f"另有 {hidden} 条在您的可见范围之外。",
                f"{hidden} more entries lie outside what you may see.",
            )
        )


def _as_item(entry: Entry) -> dict[str, Any]:
    return {"subject": entry.subject, "district": entry.district}


def _entry(entry: Entry, words: Words) -> list[str]:
    recorded = instant(entry.recorded_at)
    return [
        str(entry.position),
        words.of(EVENT_NAMES, name_of(entry.type)),
        recorded,
        entry.valid_from.isoformat(),
        entry.leaf_hash().hex(),
    ]
