"""`/v1/tables`: the tables in two times as Parquet, in pieces too, at addresses that never change."""

from collections.abc import Generator
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.access import access_keys, sessions, table_links
from api.access.table_links import BadLink, Bearer, KnownBy, Linked
from api.export.formats import PARQUET
from api.http.answers import document, held, lasting
from api.http.caller import Caller, Installed, credential_of
from api.http.described import a_record, problems
from api.http.downloads import binary, disposition, sent_as
from api.http.lists import Pieces
from api.installation.kept_tables import Set
from api.installation.wiring import Installation
from api.questions.answers import AnswerBasis
from api.questions.parameters import Text
from api.questions.policy import ANYONE, Action, decide, unauthenticated
from api.questions.problems import Problem
from api.questions.queries import missing, settle
from api.questions.questions import TableQuestion, TablesQuestion
from domain.terms.envelope import Actor
from ledger.log.clock import now
from ledger.log.entry import instant_text
from projections.items.tables import TableLinksItem, TablesItem
from replay.lake.manifest import File, TableFiles

router = APIRouter(tags=["tables"])
PIECE = 1 << 18


def _kept(house: Installation, question: TablesQuestion) -> tuple[AnswerBasis, Set]:
    answer_basis = settle(house, question.asked()).answer_basis.without_default()
    return answer_basis, house.tables.at(answer_basis.position)


def _address(name: str, position: int, **beside: str) -> str:
    return f"/v1/tables/{name}.parquet?{urlencode({'position': position, **beside})}"


@router.get(
    "/v1/tables",
    summary="双时间数据表清单 / manifest of the tables in two times",
    operation_id="get_tables",
    responses=a_record(TablesItem),
    response_class=Response,
)
def manifest(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[TablesQuestion, Query()],
) -> Response:
    """Return what the tables hold, with the digest of every file and the root of the ledger."""
    decide(actor, Action.READ, "tables")
    answer_basis, kept = _kept(house, question)
    made = kept.manifest
    members = {
        "schema": made.schema,
        "fold": made.fold,
        "root": made.root,
        "checkpoint": made.checkpoint,
        "tables": [_shown(table, answer_basis.position) for table in made.tables],
    }
    return document(request, answer_basis, members)


def _shown(table: TableFiles, position: int) -> dict[str, Any]:
    file = table.files[0]
    return {
        "name": table.name,
        "zh": table.zh,
        "en": table.en,
        "address": _address(table.name, position),
        "rows": table.rows,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "digest": table.digest,
        "columns": [
            {"name": each.name, "type": each.type, "zh": each.zh, "en": each.en}
            for each in table.columns
        ],
    }


@router.get(
    "/v1/tables/links",
    summary="各表的签名链接 / signed links to the tables, for readers that send no header",
    operation_id="get_table_links",
    responses=a_record(TableLinksItem),
    response_class=Response,
)
def links(
    request: Request,
    house: Installed,
    actor: Caller,
    question: Annotated[TablesQuestion, Query()],
) -> Response:
    """Return an address for each table that holds for an hour without a token, and no longer than yours."""
    decide(actor, Action.READ, "tables")
    answer_basis, kept = _kept(house, question)
    by = credential_of(request)
    if by is None:
        raise unauthenticated("请先登录", "sign in first")
    expires_at = min(filter(None, (now() + table_links.HOLDS, by.ends_at)))
    bearer = Bearer(actor, by)
    position = answer_basis.position
    members = {
        "expires_at": instant_text(expires_at),
        "links": [
            {
                "name": name,
                "address": _address(
                    name,
                    position,
                    link=table_links.issue(house.key, bearer, Linked(name, position), expires_at),
                ),
            }
            for name in (table.name for table in kept.manifest.tables)
        ],
    }
    answer = document(request, answer_basis, members)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/v1/tables/{name}.parquet",
    summary="一张表 / one table (Parquet)",
    operation_id="get_table",
    responses={
        200: {"description": "整张表 / the whole table", "content": binary(PARQUET)},
        206: {"description": "其中一段 / a part of it", "content": binary(PARQUET)},
        304: {"description": "未变 / not modified"},
        **problems(401, 403, 404, 416, 422, 503),
    },
    response_class=Response,
)
def table(
    request: Request,
    house: Installed,
    actor: Caller,
    name: Text,
    question: Annotated[TableQuestion, Query()],
) -> Response:
    """Return a table or a part of it; with `position` the address never changes what it gives."""
    who = actor if question.link is None else _linked(house, actor, name, question)
    decide(who, Action.READ, "tables")
    answer_basis, kept = _kept(house, question)
    kept_file = kept.file(name)
    if kept_file is None:
        raise missing()
    _, file = kept_file
    tag = f'"{file.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": lasting(answer_basis, public=False),
        "Content-Disposition": disposition(f"{name}-{answer_basis.position}.parquet"),
        "Content-Location": _address(name, answer_basis.position),
        "ETag": tag,
        "Ledger-Position": str(answer_basis.position),
        "Vary": "Authorization, Cookie",
    }
    if held(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    part = _part(request, file, tag)
    headers["Content-Length"] = str(part.last - part.first + 1)
    if part.partial:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{file.bytes}"
    status = 206 if part.partial else 200
    media = sent_as(request, PARQUET)
    if request.state.head:
        return Response(status_code=status, headers=headers, media_type=media)
    made = _pieces(kept.folder / file.path, part)
    answer = Pieces(next(made, b""), made, media, headers)
    answer.status_code = status
    return answer


def _linked(house: Installation, actor: Actor, name: str, question: TableQuestion) -> Actor:
    """Return who a signed link speaks for; whoever comes with a name of their own needs none.

    Raises:
        Problem: 401, the link proves nothing for this table, or no longer does.
    """
    if actor != ANYONE:
        return actor
    try:
        linked = Linked(name, -1 if question.position is None else question.position)
        who, by = table_links.verify(house.key, question.link or "", linked, now())
    except (BadLink, ValueError, KeyError):
        raise unauthenticated(
            "链接无效或已过期；请重新取得链接",
            "the link is not valid or has expired: ask for another at /v1/tables/links",
        ) from None
    if house.accounts.stale:
        house.accounts.refresh()
    if not house.accounts.admits(who, by.name) or not _holds(house, by):
        raise unauthenticated(
            "账户已停用或已变更，或取得链接所用的登录、密钥、令牌已结束",
            "the account is disabled or was changed, or the session, key or token is over by which the "
            "link was asked for",
        )
    return who


def _holds(house: Installation, by: KnownBy) -> bool:
    if by.kind == "token":
        return True  # its end is the link's, and whether it was taken back the register knows
    with house.gate.connection() as connection:
        if by.kind == "key":
            return access_keys.holds(connection, by.name, now())
        return sessions.holds(connection, bytes.fromhex(by.name), house.gate.limits, now())


class _Part(NamedTuple):
    """The bytes that are sent, both ends included."""

    first: int
    last: int
    partial: bool


def _part(request: Request, file: File, tag: str) -> _Part:
    """Return which bytes are asked for (RFC 9110 §14): one range, or all of them.

    Raises:
        Problem: 416, the range lies behind the end.
    """
    whole = _Part(0, file.bytes - 1, partial=False)
    unit, _, asked = request.headers.get("range", "").strip().partition("=")
    if unit.strip().lower() != "bytes" or request.headers.get("if-range", tag) != tag:
        return whole
    first, dash, last = (part.strip() for part in asked.partition("-"))
    numbers = [part for part in (first, last) if part]
    if not dash or not numbers or not all(p.isascii() and p.isdecimal() for p in numbers):
        return whole  # not understood, or several: then all of it is a right answer
    if len(asked) > 40:
        raise _beyond(file)
    if not first:
        begins, ends = max(0, file.bytes - int(last)), file.bytes - 1
    else:
        begins, ends = int(first), min(int(last) if last else file.bytes - 1, file.bytes - 1)
        if last and int(last) < int(first):
            return whole
    if begins >= file.bytes or begins > ends:
        raise _beyond(file)
    return _Part(begins, ends, partial=True)


def _beyond(file: File) -> Problem:
    return Problem(
        "range-not-satisfiable",
        f"文件只有 {file.bytes} 字节",
        f"the file has {file.bytes} bytes",
        headers={"Content-Range": f"bytes */{file.bytes}"},
    )


def _pieces(path: Path, part: _Part) -> Generator[bytes]:
    left = part.last - part.first + 1
    with path.open("rb") as file:
        file.seek(part.first)
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
