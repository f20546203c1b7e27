"""What a new ledger begins with: the adoption of every catalogue that the product ships.

An existing ledger is not touched: there a catalogue changes verdicts only when an authority adopts
it. The files go into the store too, so that a later release need not ship them any more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from api.installation.bench import Bench
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import catalogues
from ledger.deciding.outcome import Accepted, Already, Nothing, Rejected
from ledger.gate.output import members
from ledger.gate.shapes import Submission, from_members
from ledger.reference import SHIPPED, Shipped

FOUNDER = Actor(account="init", role=Role.CENTRE_OFFICER, organisation="centre")
"""Under whom a new ledger adopts what is shipped: nobody of the centre, and pages say so."""
RELEASE = Actor(account="release", role=Role.BUREAU_PUBLISHER, organisation="bureau")
"""Who stands for the second person: whoever checked what is shipped, when it was released."""
MOST_BEGINNINGS = 50
"""Entries up to which a ledger is looked at for whether it is new."""
REASON = "新账本启用随产品提供的目录 / catalogues shipped with the product, adopted by a new ledger"


class Unfounded(RuntimeError):  # noqa: N818 - reads as what it says
    """A new ledger could not adopt what is shipped."""


def found(bench: Bench) -> int:
    """Let a new ledger adopt what is shipped; return how many entries that made."""
    return adopt(bench) if is_new(bench) else 0


def is_new(bench: Bench) -> bool:
    """Return whether the ledger holds nothing but what ledgers begin with: adoptions."""
    head = bench.log.head().position
    if head > MOST_BEGINNINGS:
        return False
    return all(e.type.startswith("catalogue.") for e in bench.log.at(range(1, head + 1)))


def adopt(bench: Bench) -> int:
    """Store and adopt what is shipped, all but suggestions; return how many entries that made.

    Several processes that start at once record it once: every adoption has a key.
    """
    adopted = [shipped for shipped in SHIPPED if not shipped.suggested]
    with bench.pool.connection() as connection:
        for shipped in SHIPPED:
            name = shipped.file.rpartition("/")[2]
            arrived = catalogues.Arrived(shipped.kind, name, shipped.content())
            catalogues.add(connection, arrived, FOUNDER.account)
    made = 0
    for outcome in bench.transactor.stream([list(adoptions(adopted))]):
        match outcome:
            case Accepted():
                made += outcome.count
            case Already() | Nothing():
                pass
            case Rejected():
                raise Unfounded(f"{outcome.code}: {outcome.zh} / {outcome.en}")
    return made


def adoptions(shipped: Iterable[Shipped]) -> Iterator[Submission]:
    """Yield the commands that adopt them."""
    for catalogue in shipped:
        data: dict[str, str] = {
            "kind": catalogue.kind.value,
            "edition": catalogue.edition,
            "valid_from": catalogue.days.start.isoformat(),
            "sha256": catalogue.sha256,
        }
        if catalogue.days.end is not None:
            data["valid_to"] = catalogue.days.end.isoformat()
        line: dict[str, Any] = {
            "type": "CatalogueAdopted",
            "valid_from": data["valid_from"],
            "actor": {
                "account": FOUNDER.account,
                "role": FOUNDER.role.value,
                "organisation": FOUNDER.organisation,
            },
            "data": data,
            "reason": REASON,
            "approved_by": members(RELEASE),
            "idempotency_key": f"init/{catalogue.kind.value}/{catalogue.edition}/{catalogue.sha256[:16]}",
        }
        if catalogue.document is not None:
            line["document_no"] = catalogue.document
        submission = from_members(line)
        # Nobody was late: the product brought them, as history is brought in. No part of the key.
        yield submission._replace(stamps=replace(submission.stamps, backfill=True))
