"""The ledger as a recorder of the `eventsourcing` library (dynamic consistency boundaries).

Its events go through the same append as everything else. They have no stream and no valid day of
their own: they are valid from the day they are recorded.
"""

from collections.abc import Sequence
from threading import Thread
from typing import Any

from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBListenNotifySubscription
from eventsourcing.persistence import IntegrityError, ProgrammingError
from psycopg import Connection

from ledger.log import append as appending
from ledger.log import clock, pack
from ledger.log.entry import Draft
from ledger.log.follow import Follower
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import LAST, PostgresLog


class Response(DCBReadResponse):
    """Events read, and the position they were read up to."""

    def __init__(self, events: Sequence[DCBSequencedEvent], head: int | None) -> None:
        self._events = iter(events)
        self._head = head

    @property
    def head(self) -> int | None:
        """Return the last position the reader has seen all of."""
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        """Return the next event."""
        return next(self._events)


class Subscription(DCBListenNotifySubscription["Recorder"]):
    """The library's subscription, woken by the ledger instead of once a second."""

    def __init__(
        self, recorder: "Recorder", query: DCBQuery | None = None, after: int | None = None
    ) -> None:
        super().__init__(recorder=recorder, query=query, after=after)
        self._follower = Follower(recorder.conninfo)
        self._listener = Thread(target=self._listen, name="ledger-subscription", daemon=True)
        self._listener.start()

    def stop(self) -> None:
        """End the iteration, also in a thread that waits."""
        super().stop()
        self._follower.stop()

    def __exit__(self, *args: object, **kwargs: Any) -> None:  # noqa: ANN401 - the library's signature
        """Stop and let go of the connection."""
        super().__exit__(*args, **kwargs)
        self._listener.join()
        self._follower.close()

    def _listen(self) -> None:
        head = 0
        while not self._has_been_stopped:
            head = self._follower.wait(head)
            self._has_been_notified.set()


class Recorder(DCBRecorder):
    """`DCBRecorder` on the ledger's tables. `conninfo` is for listening."""

    def __init__(self, log: PostgresLog, conninfo: str) -> None:
        self._log = log
        self.conninfo = conninfo

    # Each condition is one array: a type of '' stands for any type, and tags come one a line.
    MATCHES = """
    SELECT e.position, e.type, e.payload, e.tags FROM ledger.entry e
     WHERE e.position > %(after)s AND e.position <= %(upto)s
       AND (%(any)s OR EXISTS (
           SELECT FROM unnest(%(types)s::text[], %(tags)s::text[]) AS q(types, tags)
            WHERE (q.types = '' OR e.type = ANY (string_to_array(q.types, E'\\n')))
              AND e.tags @> string_to_array(q.tags, E'\\n')))
     ORDER BY e.position LIMIT %(limit)s
    """
    HEAD = "SELECT size FROM ledger.log_state"

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> Response:
        """Return the events behind `after` that match any item of the query."""
        with self._log.pool.connection() as connection:
            # The head first: whatever comes later is left for the next reading.
            row: Any = connection.execute(self.HEAD).fetchone()
            events = self._matches(connection, query, after or 0, row[0], limit)
        if limit is None:
            return Response(events, row[0] or None)
        return Response(events, events[-1].position if events else None)

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None
    ) -> int:
        """Append the events unless any matches the condition; return the last position.

        Raises:
            IntegrityError: there is a matching event.
        """
        if not events:
            raise ProgrammingError("at least one event")

        def guard(connection: Connection[Any]) -> None:
            if condition is None:
                return
            query, after = condition.fail_if_events_match, condition.after or 0
            if self._matches(connection, query, after, LAST, 1):
                raise IntegrityError(condition)

        drafts = tuple(_draft(event) for event in events)
        with self._log.pool.connection() as connection:
            (result,) = appending.append(connection, [Append(drafts)], self._log.clock, guard=guard)
        if not isinstance(result, Appended):
            raise IntegrityError(result)
        return result.first + result.count - 1

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> Subscription:
        """Return the matching events behind `after`, and then those still to come."""
        return Subscription(self, query=query, after=after)

    def _matches(
        self,
        connection: Connection[Any],
        query: DCBQuery | None,
        after: int,
        upto: int,
        limit: int | None,
    ) -> list[DCBSequencedEvent]:
        items = query.items if query is not None else []
        values = {
            "after": after,
            "upto": upto,
            "any": not items,
            "types": pack.texts(["\n".join(item.types) for item in items]),
            "tags": pack.texts(["\n".join(item.tags) for item in items]),
            "limit": limit,
        }
        rows = connection.execute(self.MATCHES, values, binary=True)
        return [
            DCBSequencedEvent(DCBEvent(type_, payload, tags), position)
            for position, type_, payload, tags in rows
        ]


def _draft(event: DCBEvent) -> Draft:
    tags = tuple(dict.fromkeys(event.tags))
    return Draft("", event.type, clock.today(), None, None, tags, event.data)
