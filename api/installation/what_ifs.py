"""Questions what-if: taken into the database, carried out one after another, looked up by id.

One server at a time carries them out, in the order in which they were asked; when it is gone another one
goes on behind the last part that was written. Nothing of it is recorded in the ledger.
"""

import logging
import os
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from datetime import date, timedelta
from threading import Event, Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from psycopg import Connection

from api.installation import as_if, supposing
from api.installation.what_if_store import CHANNEL, Asked, Job, Stage, WhatIfStore
from api.questions.clocks import parse_day
from api.questions.problems import Problem, Unclear, invalid
from domain.terms.envelope import Actor
from domain.terms.intervals import Days
from ledger.log.clock import now
from ledger.log.entry import instant_text
from ledger.pool import is_temporary
from projections.follow.lease import NAME, Lease
from projections.views.basis import Basis
from replay.suppositions import FoldedPart, Whole, plan

if TYPE_CHECKING:
    from api.installation.wiring import Installation

logger = logging.getLogger("dudao.api")

KEPT = timedelta(days=7)
"""How long a question and its answer are kept."""
MOST_WAITING = 5
"""Questions of one account that may wait at a time."""
AGAIN = 1.0
"""Seconds after which a server looks again whether it is its turn, and tries again what failed."""
LISTEN = f"LISTEN {CHANNEL}"


class WhatIfs:
    """The questions of an installation, and the thread that carries them out: one server's at a time."""

    def __init__(self, house: "Installation", store: WhatIfStore) -> None:
        self._house = house
        self.store = store
        self._conninfo = house.database.addresses.app
        self._closing = Event()
        self.thread = Thread(target=self._work, name="what-if", daemon=True)

    def start(self) -> None:
        """Begin with what was left unfinished, whichever server it was asked of."""
        self.thread.start()

    def stop(self) -> None:
        """Take nothing more on; what runs goes on in another server, or when the next one starts."""
        self._closing.set()

    def ask(self, actor: Actor, asked: Asked, position: int, day: date) -> Job:
        """Have a question carried out.

        Raises:
            Problem: 422, what is supposed cannot be; 404, no such catalogue; 429, too many wait.
        """
        _read(self._house, asked, Basis(day, position))
        if sum(job.working for job in self.store.of(actor)) >= MOST_WAITING:
            raise Problem(
                "quota-exceeded",
                f"您已有 {MOST_WAITING} 项推演在等待；请先取消或等待其完成",
                f"{MOST_WAITING} of your questions wait already; cancel one or let them end",
                headers={"Retry-After": "60"},
            )
        about = [name for name in ("rules", "catalogue", "suppositions") if getattr(asked, name)]
        job = Job(
            id=str(uuid.uuid4()),
            actor=actor,
            asked_at=instant_text(now()),
            position=position,
            valid_at=day.isoformat(),
            about=about,
        )
        self.store.add(job, asked)
        return job

    def give_up(self, job: Job) -> Job:
        """Cancel a question that is still to be carried out; forget one that is not."""
        if job.working:
            job.stage = Stage.CANCELLED
            if self.store.save(job):
                return job
        self.store.drop(job)
        return job

    def _work(self) -> None:
        """Carry out what waits while this server is the one that does; whatever fails is tried again."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, application_name=f"{NAME}-what-if"
                ) as session:
                    self._stand_by(session, Lease(self._conninfo, "what-if"))
            except Exception as error:
                if is_temporary(error) or isinstance(error, OSError):
                    logger.warning("what-if waits: %s", " ".join(str(error).split()))
                else:
                    logger.exception("what-if waits")
                self._closing.wait(AGAIN)

    def _stand_by(self, session: Connection[Any], lease: Lease) -> None:
        session.execute(LISTEN)
        while not self._closing.is_set():
            if not lease.try_take(session):
                self._closing.wait(AGAIN)
                continue
            with lease.held():
                self.store.forget(now(), KEPT)
                while not (self._closing.is_set() or lease.lost):
                    job = self.store.next()
                    if job is None:
                        deque(session.notifies(timeout=AGAIN, stop_after=1), maxlen=0)
                    else:
                        self._carry_out(job, lease)

    def _carry_out(self, job: Job, lease: Lease) -> None:
        """Carry a question out to an end of its own; what is the server's is raised."""
        try:
            whole = self._whole(job)
            if whole is not None and self._answer(job, whole, lease):
                job.stage = Stage.DONE
        except Problem as problem:
            job.stage = Stage.FAILED
            job.errors = [{"field": f.field, "reason": f.reason} for f in problem.errors] or [
                {"field": "", "reason": f"{problem.zh} / {problem.en}"}
            ]
        except Exception as error:
            if is_temporary(error) or isinstance(error, OSError):
                raise  # nothing is lost, and nothing is over: it is tried again
            logger.exception("what-if %s failed", job.id)
            job.stage = Stage.FAILED
            job.errors = [{"field": "", "reason": "系统内部错误 / internal error"}]
        if job.stage is not Stage.RUNNING:
            self.store.save(job)

    def _whole(self, job: Job) -> Whole | None:
        asked = self.store.asked(job)
        if asked is None:
            raise invalid(
                "suppositions", "由另一密钥加密，请重新提交", "sealed with another key: ask again"
            )
        basis = Basis(date.fromisoformat(job.valid_at), job.position)
        rules, adoption = _read(self._house, asked, basis)
        supposed = supposing.supposed(
            self._house,
            job.actor,
            job.position,
            rules=rules,
            adoption=adoption,
            lines=(asked.suppositions or "").encode().split(b"\n"),
        )
        job.stage = Stage.RUNNING
        job.lines, job.taken, job.refused = supposed.lines, supposed.taken, supposed.refused
        job.refusals = [each.shown() for each in supposed.refusals]
        return Whole(
            self._conninfo, job.position, basis.valid_at, supposed.suppositions, tables=True
        )

    def _answer(self, job: Job, whole: Whole, lease: Lease) -> bool:
        """Go on behind the last part that was written; return whether it came to the end."""
        house = self._house
        workers = max(1, (os.cpu_count() or 1) // 2)
        # The parts are cut alike whoever cuts them, so that another server goes on where they end.
        planned = plan(whole, 1)
        job.whole = planned.entries
        if not self.store.save(job):
            return False
        rest = planned._replace(parts=planned.parts[job.parts :])
        numbers: Counter[tuple[str, str, str]] = Counter(
            {(each["code"], each["before"], each["after"]): each["number"] for each in job.flips}
        )
        with as_if.executor(house.folding, rest.entries, workers) as running:
            for entries, part, lines in as_if.asked(house, whole, rest, running):
                if self._closing.is_set() or lease.lost:
                    return False
                numbers.update(part.flips())
                _count(job, entries, part, lines)
                job.flips = as_if.Flips(numbers).shown()
                if not self.store.save(job, _pieces(part, lines)):
                    return False
        return True


def _count(job: Job, entries: int, part: FoldedPart, lines: list[dict[str, Any]]) -> None:
    job.parts, job.last = job.parts + 1, part.last or job.last
    job.done += entries
    job.enterprises += part.subjects
    by_kind = Counter(str(line["of"]) for line in lines)
    job.differences = dict(Counter(job.differences) + by_kind)


def _pieces(part: FoldedPart, lines: list[dict[str, Any]]) -> Mapping[str, list[bytes]]:
    pieces: dict[str, list[bytes]] = {}
    for line in lines:
        pieces.setdefault(f"diff-{line['of']}", []).append(orjson.dumps(line))
    for table, docs in part.rows.items():
        pieces.setdefault(f"rows-{table}", []).extend(doc.encode() for doc in docs)
    return MappingProxyType(pieces)


def _read(house: "Installation", asked: Asked, basis: Basis) -> tuple[Any, Any]:
    """Return the rule set and the adoption that are supposed at a basis.

    Raises:
        Problem: one of them cannot be, or nothing is supposed.
    """
    if not (asked.rules or asked.catalogue or (asked.suppositions or "").strip()):
        raise invalid(
            "suppositions",
            "请给出 rules、catalogue 或 suppositions",
            "give rules, catalogue or suppositions",
        )
    rules = None if asked.rules is None else supposing.rules_in(house, asked.rules.encode(), basis)
    adoption = None
    if asked.catalogue is not None:
        catalogue = asked.catalogue
        start = _day("catalogue.valid_from", catalogue.valid_from)
        end = None if catalogue.valid_to is None else _day("catalogue.valid_to", catalogue.valid_to)
        adoption = supposing.stored_adoption(
            house, catalogue.sha256, catalogue.edition, Days(start, end)
        )
    return rules, adoption


def _day(field: str, text: str) -> date:
    try:
        return parse_day(text)
    except Unclear as error:
        raise invalid(field, error.zh, error.en) from None
