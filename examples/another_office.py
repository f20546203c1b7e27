"""Another office on the same ledger: an application of the `eventsourcing` library.

The licensing office watches which enterprises are registered for certification, and records that it revoked
the licence of one of them. It reads by subscription and appends on a condition, both by the library's own
names; order, proofs and the feed of the ledger (`/v1/events`) hold for its events like for all others.

    DUDAO_DATABASE_URL=postgresql://… python -m examples.another_office watch --after 0
    DUDAO_DATABASE_URL=postgresql://… python -m examples.another_office revoke 91110108MA0000000B 2026-11-02

Its types begin with `x-`: the ledger's own views pass over such entries, whatever they hold. Its tags have a
kind of their own, so no decision of the ledger rests on them.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.application import DCBApplication

REGISTERED = "enterprise.enterprise-registered/1"
"""What the ledger calls the registration of an enterprise (docs/events.md)."""
REVOKED = "x-licensing.licence-revoked/1"


class Told(NamedTuple):
    """Something that happened to an enterprise, at a position of the ledger."""

    position: int
    type: str
    uscc: str


class LicensingOffice(DCBApplication):
    """Who revokes licences of enterprises, once each."""

    env = {"PERSISTENCE_MODULE": "ledger.log.library"}  # noqa: RUF012 - as the library has it

    def revoke(self, uscc: str, day: date) -> int | None:
        """Record that the licence was revoked; None where that was recorded before.

        Nothing is locked meanwhile: if somebody else records the same first, the append fails with
        `IntegrityError`, and whoever asks again is told that it is known.
        """
        tag = f"licence:{uscc}"
        before = DCBQuery([DCBQueryItem([REVOKED], [tag])])
        known = self.recorder.read(before)
        if list(known):
            return None
        payload = json.dumps({"revoked_on": day.isoformat(), "uscc": uscc}, sort_keys=True)
        event = DCBEvent(REVOKED, payload.encode(), [tag])
        return self.recorder.append([event], DCBAppendCondition(before, known.head))

    def watch(self, after: int = 0) -> Iterator[Told]:
        """Yield registrations and revocations behind a position, then those still to come."""
        wanted = DCBQuery([DCBQueryItem([REGISTERED], []), DCBQueryItem([REVOKED], [])])
        with self.recorder.subscribe(wanted, after=after) as entries:
            for each in entries:
                told = json.loads(each.event.data)
                about = told["data"] if each.event.type == REGISTERED else told
                yield Told(each.position, each.event.type, about["uscc"])


def main() -> None:
    """Watch, or revoke."""
    asked = argparse.ArgumentParser(description="another office on the same ledger")
    does = asked.add_subparsers(dest="does", required=True)
    watch = does.add_parser("watch")
    watch.add_argument("--after", type=int, default=0)
    revoke = does.add_parser("revoke")
    revoke.add_argument("uscc")
    revoke.add_argument("day", type=date.fromisoformat)
    given = asked.parse_args()
    with LicensingOffice() as office:
        if given.does == "revoke":
            print(office.revoke(given.uscc, given.day) or "known")
            return
        for told in office.watch(given.after):
            print(*told, flush=True)


if __name__ == "__main__":
    main()
