"""What a question what-if came to: how far it is, its lines page by page, the tables as they would be."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

import orjson

from api.export.files import Origin
from api.installation import as_if
from api.installation.what_if_store import Job, Stage
from api.installation.wiring import LOCAL, Installation
from api.questions import cursors
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import Asked
from api.questions.cursors import AskedList, Cursor
from api.questions.declared import LISTS, DeclaredList
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.questions.queries import Found, missing, settle
from api.questions.questions import (
    AllAtOnce,
    WhatIfFlagsQuestion,
    WhatIfQuestion,
    WhatIfRowsQuestion,
)
from domain.terms.envelope import Actor
from projections.items.changes import DIFFERENCES
from projections.items.disclosure import shower
from projections.items.records import WhatIfItem
from projections.items.shape import Audience, Shape, shape_of
from projections.views.basis import BadCursor
from projections.views.row import item
from replay import suppositions


def own(house: Installation, actor: Actor, id_: str) -> Job:
    """Return a question of the caller's.

    Raises:
        Problem: 403 for who asks no such questions, 404 for what is not theirs.
    """
    decide(actor, Action.READ, "what-if")
    job = house.what_ifs.store.find(id_)
    if job is None or not (job.actor == actor or _at_the_terminal(actor)):
        raise missing()
    return job


def _at_the_terminal(actor: Actor) -> bool:
    """Return whether whoever asks holds database and keys, and with them every question there is.

    The very actor and not an equal one: an account may be called `local` too.
    """
    return actor is LOCAL


def every(house: Installation, actor: Actor) -> list[Job]:
    """Return the questions of the caller's own, the latest first; at the terminal those of all.

    Raises:
        Problem: 401 or 403, who asks may ask no such questions.
    """
    decide(actor, Action.READ, "what-if")
    store = house.what_ifs.store
    return store.every() if _at_the_terminal(actor) else store.of(actor)


def _listed(house: Installation, actor: Actor, _: AllAtOnce) -> Found:
    audience = decide(actor, Action.READ, "what-if").audience
    items = [shown(job) for job in every(house, actor)]
    return Found(settle(house, Asked()).answer_basis, ListPage(items, None), audience)


def basis_of(house: Installation, job: Job) -> AnswerBasis:
    """Return what the answer stands on."""
    asked = Asked(date.fromisoformat(job.valid_at), None, job.position)
    return settle(house, asked).answer_basis._replace(pinned=False)


def shown(job: Job) -> dict[str, Any]:
    """Return how far a question is, and what it came to so far."""
    note = nothing_supposed(job)
    return {
        "id": job.id,
        "stage": job.stage.value,
        "asked_at": job.asked_at,
        "about": job.about,
        "done": job.done,
        "whole": job.whole,
        "enterprises": job.enterprises,
        "flips": job.flipped,
        "by_check": job.flips,
        "differences": {kind: job.differences.get(kind, 0) for kind in suppositions.KINDS},
        "lines": job.lines,
        "taken": job.taken,
        "refused": job.refused,
        "refusals": job.refusals,
        "errors": job.errors,
        "note": None if note is None else {"zh": note[0], "en": note[1]},
        "tables": [
            {"name": name, "address": f"/v1/what-if/{job.id}/tables/{name}.parquet"}
            for name in as_if.LISTED.values()
            if job.stage is Stage.DONE
        ],
    }


def nothing_supposed(job: Job) -> tuple[str, str] | None:
    """Return what is to be said where every supposed line would be refused, and nothing else was supposed."""
    if job.working or job.taken or not job.refused or job.about != ["suppositions"]:
        return None
    return (
        f"所假设的 {job.refused} 行都不予办理：等于什么也没有假设",
        f"all {job.refused} supposed lines would be refused: nothing was supposed",
    )


def _require_done(job: Job) -> None:
    """Raise 409 where a question has not come to its end: half of it would be taken for the whole."""
    if job.stage is Stage.DONE:
        return
    if job.working:
        zh, en = "推演尚未完成，结果还不完整", "the question has not come to its end yet"
        raise Problem("conflict", zh, en, headers={"Retry-After": "2"})
    zh, en = (
        "推演没有完成：已取消或未能进行",
        "the question came to no end: it was cancelled, or failed",
    )
    raise Problem("conflict", zh, en)


def lines(house: Installation, actor: Actor, question: WhatIfQuestion, id_: str) -> Found:
    """Return a page of what differs.

    Raises:
        Problem: 409, the question has not come to its end.
    """
    _require_done(own(house, actor, id_))
    return lines_so_far(house, actor, question, id_)


def lines_so_far(house: Installation, actor: Actor, question: WhatIfQuestion, id_: str) -> Found:
    """Return a page of what differs, as far as it is known."""
    job = own(house, actor, id_)
    audience = decide(actor, Action.READ, "what-if").audience

    def show(row: bytes) -> dict[str, Any] | None:
        line: dict[str, Any] = orjson.loads(row)
        asked_for = _is_asked_for(line, question)
        return as_if.line_shown({**line, "of": question.of}, audience) if asked_for else None

    selected = {"of": question.of, "code": question.code, "uscc": question.uscc}
    return _page(house, job, question, _Kept(f"diff-{question.of}", selected, show), audience)


def _rows_of(kept: str, listed: str) -> Callable[..., Found]:
    """Return how a page of a table as it would be is asked for."""

    def rows(house: Installation, actor: Actor, question: WhatIfRowsQuestion, id_: str) -> Found:
        job = own(house, actor, id_)
        _require_done(job)
        audience = decide(actor, Action.READ, "what-if").audience
        shower_of_row = shower(LISTS[listed].item, audience)
        filters = question.model_dump(include=_FILTERS, exclude_none=True)

        def show(row: bytes) -> dict[str, Any] | None:
            whole = item(row.decode())
            # Whose a flag is, is called its subject.
            said = {"uscc": whole.get("subject"), **whole}
            if any(said.get(name) != value for name, value in filters.items()):
                return None
            return shower_of_row(whole)

        return _page(house, job, question, _Kept(f"rows-{kept}", filters, show), audience)

    return rows


_FILTERS = {"uscc", "district", "code", "verdict"}


class _Kept(NamedTuple):
    """Which rows of a question's answer are asked for."""

    kind: str
    filters: Mapping[str, Any]
    show: Callable[[bytes], dict[str, Any] | None]
    """A row as it is kept → the row as it is shown; None where it is not asked for."""


class _PagedOn(Protocol):
    limit: int
    cursor: str | None


def _page(
    house: Installation, job: Job, question: _PagedOn, kept: _Kept, audience: Audience
) -> Found:
    place = AskedList("what-if", {"id": job.id, "kind": kept.kind, **kept.filters})
    cursor = None if question.cursor is None else cursors.decode(question.cursor, place)
    rows: list[dict[str, Any]] = []
    more: str | None = None
    with cursors.fitting():
        for key, row in _from(house, job, kept, *_place(cursor)):
            if len(rows) == question.limit:
                more = key
                break
            rows.append(row)
    at = basis_of(house, job)
    further = None if more is None else _encoded(at, more, place)
    return Found(at, ListPage(rows, further, note=nothing_supposed(job)), audience)


def _from(
    house: Installation, job: Job, kept: _Kept, part: int, offset: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows that are asked for, each with the place at which it stands."""
    for at, rows in house.what_ifs.store.pieces(job, kept.kind, part):
        for number, row in enumerate(rows):
            if at == part and number < offset:
                continue
            shown_row = kept.show(row)
            if shown_row is not None:
                yield f"{at}/{number}", shown_row


def _is_asked_for(line: Mapping[str, Any], question: WhatIfQuestion) -> bool:
    if question.uscc not in {None, line["uscc"]}:
        return False
    side = line["after"] or line["before"]
    return question.code is None or side.get("code") == question.code


def _place(cursor: Cursor | None) -> tuple[int, int]:
    """Return the part and the row at which a page begins."""
    if cursor is None:
        return 0, 0
    part, _, offset = cursor.after.partition("/")
    if not all(each.isascii() and each.isdecimal() and len(each) < 9 for each in (part, offset)):
        raise BadCursor(cursor.after)
    return int(part), int(offset)


def _encoded(at: AnswerBasis, key: str, place: AskedList) -> str:
    return cursors.encode(Cursor(at.position, at.day, key, place.digest))


def table(house: Installation, job: Job, name: str, audience: Audience) -> Iterator[bytes]:
    """Yield a table as it would be, as a Parquet file.

    Raises:
        Problem: 404, there is none of that name; 409, the question has not come to its end.
    """
    kept = next((kept for kept, listed in as_if.LISTED.items() if listed == name), None)
    if kept is None:
        raise missing()
    _require_done(job)
    pieces = house.what_ifs.store.pieces(job, f"rows-{kept}")
    batches = ([row.decode() for row in rows] for _, rows in pieces)
    origin = Origin(f"what-if {job.id} {name}", basis_of(house, job).basis, {})
    return as_if.parquet(kept, batches, origin, audience)


def _differing(question: WhatIfQuestion) -> Shape:
    return shape_of(DIFFERENCES[question.of])


_DIFF = DeclaredList(
    "what-if-diff",
    "/v1/what-if/{id}/diff",
    DIFFERENCES["flags"],
    ("key",),
    WhatIfQuestion,
    lines,
    ("change", "key", "message", "supposed", "because"),
    "/what-if/{id}",
    "changes",
    operation="get_what_if_diff",
    items=tuple(DIFFERENCES[of] for of in ("flags", "roster", "scope", "standings")),
    fields=_differing,
    also=(404, 409),
)


def _table_of(kept: str, listed: str) -> DeclaredList:
    """Return a table as it would be as a list: its rows are those of the list that shows them as they are."""
    real = LISTS[listed]
    return DeclaredList(
        f"what-if-{listed}",
        f"/v1/what-if/{{id}}/tables/{listed}",
        real.item,
        real.key,
        WhatIfFlagsQuestion if listed == "flags" else WhatIfRowsQuestion,
        _rows_of(kept, listed),
        real.brief,
        "/what-if/{id}",
        "changes",
        operation=f"get_what_if_{listed}",
        also=(404, 409),
    )


WHAT_IF_LISTS = (
    DeclaredList(
        "what-ifs",
        "/v1/what-if",
        WhatIfItem,
        ("id",),
        AllAtOnce,
        _listed,
        ("id", "asked_at", "about", "stage", "flips"),
        "/what-if",
        "changes",
        operation="list_what_if",
    ),
    _DIFF,
    *(_table_of(kept, listed) for kept, listed in as_if.LISTED.items()),
)
"""Questions what-if, what differs under one, and the tables as they would be: declared as every other list is."""
