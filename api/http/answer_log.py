"""What is remembered of answers: that something was refused, and that data was taken away.

The entry is written before the answer is sent: what cannot be remembered is not given out.
"""

import re

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from api.access.access_log import Deed, Visit, record
from api.access.gate import Gate
from api.questions.policy import ANYONE
from domain.terms.envelope import Actor

EXPORTS = frozenset(
    {
        "text/csv",
        "text/event-stream",
        "application/x-ndjson",
        "application/pdf",
        "application/zip",
        "application/vnd.apache.parquet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
"""Kinds of content that people take away; JSON is how pages and programs read."""


_MATERIAL = re.compile(r"/applications/[^/]+/materials/[^/]+")


def deed(status: int, headers: Headers, path: str) -> Deed | None:
    """Return what an answer is, if it is remembered."""
    if status == 403:
        return Deed.REFUSAL
    if status in {200, 206} and _MATERIAL.fullmatch(path):
        return Deed.MATERIAL
    media = headers.get("content-type", "").partition(";")[0]
    attached = headers.get("content-disposition", "").startswith("attachment")
    if status in {200, 206} and (media in EXPORTS or attached):
        return Deed.EXPORT
    return None


SECRET_PATHS = ("/invitations/",)
"""Whoever knows such an address gets in: it is remembered without its end."""


def named(path: str) -> str:
    """Return an address as it is remembered."""
    for start in SECRET_PATHS:
        if path.startswith(start):
            return f"{start}…"
    return path


class Watch:
    """Sees every answer on its way out."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def see(
        self,
        actor: Actor | None,
        visit: Visit,
        asked: tuple[str, str],
        status: int,
        headers: Headers,
    ) -> None:
        """Remember the answer, if it is one to be remembered and somebody asked in their own name.

        `asked` is the method and the path without its query.
        """
        method, path = asked
        done = deed(status, headers, path)
        # What anybody may have without a name is no secret, and would let anybody fill the log.
        if done is None or actor is None or actor == ANYONE:
            return
        await run_in_threadpool(self._record, actor, visit, done, f"{method} {named(path)}")

    def _record(self, actor: Actor, visit: Visit, done: Deed, about: str) -> None:
        with self._gate.connection() as connection:
            record(connection, visit, actor, done, about, done=done is not Deed.REFUSAL)
