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
from domain.terms.vocabulary import Role

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


_HOLDERS = re.compile(r"/v1/(?:certificates|registers)")
"""Lists of people as JSON: on a page one reads them, a program takes them away."""
_RECORD = re.compile(
    r"/(?:v1/)?(?:enterprises|flags|assessments|applications|inspections|findings|plans|events"
    r"|entries|certificates|evidence|requests|draws|listings)/.+"
)
"""Addresses of single records."""
NARROWED = frozenset({Role.DISTRICT_INSPECTOR, Role.ENTERPRISE_REPORTER, Role.EXPERT})
"""Roles that see some records of many: where they find nothing, there may be somebody else's."""


def deed(status: int, headers: Headers, path: str, role: Role) -> Deed | None:
    """Return what an answer is, if it is remembered."""
    if status == 403:
        return Deed.REFUSAL
    if status == 404 and role in NARROWED and _RECORD.fullmatch(path):
        return Deed.LOOK_UP
    if status == 200 and _HOLDERS.fullmatch(path):
        return Deed.REVEAL
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
        # What anybody may have without a name is no secret, and would let anybody fill the log.
        if actor is None or actor == ANYONE:
            return
        done = deed(status, headers, path, actor.role)
        if done is None:
            return
        await run_in_threadpool(self._record, actor, visit, done, f"{method} {named(path)}")

    def _record(self, actor: Actor, visit: Visit, done: Deed, about: str) -> None:
        with self._gate.connection() as connection:
            record(
                connection, visit, actor, done, about, done=done not in {Deed.REFUSAL, Deed.LOOK_UP}
            )
