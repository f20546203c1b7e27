"""Saved questions: any list with its filters under a name, answered anew with the rights of whoever looks.

Nobody else's rights are lent: a question is its owner's alone, and is asked when the owner looks what
waits for them (待我办理). Then it is told whether the answer differs from the one they saw last.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
from psycopg.errors import QueryCanceled
from pydantic import ValidationError

from api.access import saved_questions as kept
from api.access.saved_questions import MOST, AnswerSeen, NameTaken, SavedQuestion, TooMany
from api.installation.catalogues import CATALOGUES
from api.installation.wiring import Installation
from api.questions import enterprises
from api.questions.answers import ListPage
from api.questions.clocks import Asked as Clocks
from api.questions.declared import LISTS, DeclaredList, parts_in
from api.questions.parameters import unclear
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem, from_invalid, invalid
from api.questions.queries import Found, missing, settle
from api.questions.questions import AllAtOnce, Formatted, Paged
from api.words.followed_names import PARTS
from domain.terms.envelope import Actor
from ledger.gate.faults import Invalid
from ledger.gate.text import require_plain
from ledger.log.clock import now
from projections.items.operation import SavedQuestionItem

ROWS = 1000
"""Rows of an answer that are compared: the first page of so many."""
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_ADDRESS = 60, 500, 2000
_OF_A_PAGE = frozenset(
    {"cursor", "limit", "format", "all", "min_position", "rules", "exact", "from_rules", "to_rules"}
)
"""Parameters that say which part of an answer is sent, how, and by which rules: it is asked anew each time."""


KEPT = tuple(each for each in (*LISTS.values(), CATALOGUES) if not each.grows)
"""Lists that may be kept under a name: those whose answer is given at once, and is no one account's own."""


class SavedList(NamedTuple):
    """A list, and how it is asked for."""

    listed: DeclaredList
    parts: tuple[str, ...]
    filters: Mapping[str, str]
    question: Formatted

    @property
    def pinned(self) -> bool:
        """Whether the answer is of one state of the ledger, and never another one."""
        return not {"position", "known_at", "to_position", "to_known_at"}.isdisjoint(self.filters)

    @property
    def address(self) -> str:
        """Where it is asked over HTTP."""
        return _with(self._path(self.listed.path), self.filters)

    @property
    def page(self) -> str:
        """Where people read it."""
        return _with(self._path(self.listed.page), self.filters)

    def _path(self, pattern: str) -> str:
        for name, value in zip(self.listed.parts, self.parts, strict=True):
            pattern = pattern.replace(f"{{{name}}}", quote(value, safe=""))
        return pattern


def _with(path: str, filters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(filters)}" if filters else path


def asked(address: str) -> SavedList:
    """Return what an address asks: of a list under `/v1`, or of the page that shows one.

    Raises:
        Problem: 422, it leads to no list, or asks what the list does not know.
    """
    split = urlsplit(address)
    given = dict(parse_qsl(split.query, keep_blank_values=True))
    for listed in KEPT:
        for pattern in (listed.path, listed.page):
            parts = parts_in(pattern, split.path)
            if parts is None or len(parts) != len(listed.parts):
                continue
            filters = {n: v for n, v in given.items() if n not in _OF_A_PAGE}
            if pattern == listed.page:
                # What a page alone knows, its picture say, is no part of the question.
                # Neither is a field of its form that was left empty.
                filters = {n: v for n, v in filters.items() if n in _known(listed) and v.strip()}
            return SavedList(listed, parts, filters, _question(listed, filters))
    raise invalid(
        "address",
        "应为某个列表的地址，如 /v1/flags?code=S1 或 /flags?code=S1",
        "must be the address of a list, like /v1/flags?code=S1 or /flags?code=S1",
    )


def _known(listed: DeclaredList) -> set[str]:
    return {info.alias or name for name, info in listed.question.model_fields.items()}


def _question(listed: DeclaredList, filters: Mapping[str, str]) -> Formatted:
    whole = {"limit": ROWS} if issubclass(listed.question, Paged) else {}
    try:
        return listed.question.model_validate({**filters, **whole})
    except ValidationError as error:
        faults = unclear(error.errors()).errors
        reasons = [Fault("address", f"{fault.field}: {fault.reason}") for fault in faults]
        raise Problem(
            "invalid",
            "这个列表不能这样问，详见 errors",
            "the list cannot be asked so, see errors",
            errors=reasons,
        ) from None


class Answered(NamedTuple):
    """How a question is answered now."""

    answer: AnswerSeen
    more: bool
    """Whether there are further rows, which nobody compares."""


def answered(house: Installation, actor: Actor, question: SavedList) -> Answered:
    """Ask, with the rights of `actor`, and return what is compared of the answer."""
    answer_now = question.listed.ask(house, actor, question.question, *question.parts)
    octets = orjson.dumps(answer_now.page.items, option=orjson.OPT_SORT_KEYS)
    answer = AnswerSeen(
        now(),
        answer_now.answer_basis.position,
        len(answer_now.page.items),
        hashlib.sha256(octets).digest(),
    )
    return Answered(answer, answer_now.page.next is not None)


def save(
    house: Installation, actor: Actor, name: str, description: str, address: str
) -> dict[str, Any]:
    """Keep a question under a name, with its present answer as seen.

    Raises:
        Problem: 401 or 403, who asks reads no such list; 409, the name is taken or there are too many;
            422, it is no question, or a text cannot stand.
    """
    decide(actor, Action.READ, "saved-questions")
    named = _text("name", name, LONGEST_NAME, least=1)
    said = _text("description", description, LONGEST_DESCRIPTION)
    question = asked(_text("address", address, LONGEST_ADDRESS, least=1))
    answered_now = answered(house, actor, question)
    saved = SavedQuestion(
        kept.new_id(), named, said, question.address, answered_now.answer.at, answered_now.answer
    )
    try:
        with house.pool.connection() as connection:
            kept.add(connection, actor.account, saved)
    except NameTaken:
        raise Problem(
            "conflict", f"已有名为“{named}”的问题", f"there is a question named {named}"
        ) from None
    except TooMany:
        raise Problem(
            "conflict",
            f"每个账户最多保存 {MOST} 个问题，请先删除不用的",
            f"an account keeps {MOST} questions at most: forget one first",
        ) from None
    return shown(house, actor, saved)


def _text(field: str, given: str, longest: int, least: int = 0) -> str:
    try:
        plain = require_plain(given.strip(), field)
    except Invalid as error:
        raise from_invalid(error) from None
    if least <= len(plain) <= longest:
        return plain
    raise invalid(
        field,
        f"应为 {least} 至 {longest} 个字符",
        f"a text of {least} to {longest} characters is expected",
    )


def every(house: Installation, actor: Actor) -> list[dict[str, Any]]:
    """Return the questions of the caller's own, each with whether its answer has changed."""
    decide(actor, Action.READ, "saved-questions")
    with house.pool.connection() as connection:
        saved = kept.of(connection, actor.account)
    return [shown(house, actor, each) for each in saved]


def shown(house: Installation, actor: Actor, saved: SavedQuestion) -> dict[str, Any]:
    """Return a question as it is shown: with what its answer was, and whether it is another one now."""
    page, rows_now, more, state = None, None, None, "unanswerable"
    try:
        question = asked(saved.address)
        page = question.page
        if question.pinned:
            rows_now, state = saved.answer.rows, "pinned"
        else:
            answered_now = answered(house, actor, question)
            rows_now, more = answered_now.answer.rows, answered_now.more
            state = "unchanged" if answered_now.answer.digest == saved.answer.digest else "changed"
    except Problem as problem:
        # What the owner may not read any more, or what no list knows any more: said, and not hidden.
        if problem.code not in {"invalid", "forbidden", "not-found"}:
            raise
    except QueryCanceled:
        # One that has become too slow must not keep its owner from all the others, and from forgetting it.
        rows_now, more, state = None, None, "unanswerable"
    return {
        "id": saved.id,
        "name": saved.name,
        "description": saved.description,
        "address": saved.address,
        "page": page,
        "state": state,
        "rows": saved.answer.rows,
        "rows_now": rows_now,
        "more_rows": more,
        "saved_at": _instant(saved.saved_at),
        "seen_at": _instant(saved.answer.at),
        "seen_position": saved.answer.position,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def one(house: Installation, actor: Actor, id_: str) -> SavedQuestion:
    """Return a question of the caller's own.

    Raises:
        Problem: 404, there is none of that id, or it is somebody else's.
    """
    decide(actor, Action.READ, "saved-questions")
    with house.pool.connection() as connection:
        saved = kept.find(connection, actor.account, id_)
    if saved is None:
        raise missing()
    return saved


def looked(house: Installation, actor: Actor, id_: str) -> dict[str, Any]:
    """Take the present answer as seen: it is told again when it changes from this one."""
    saved = one(house, actor, id_)
    answered_now = answered(house, actor, asked(saved.address))
    with house.pool.connection() as connection:
        kept.looked(connection, actor.account, saved.id, answered_now.answer)
    return shown(house, actor, saved._replace(answer=answered_now.answer))


def forget(house: Installation, actor: Actor, id_: str) -> dict[str, Any]:
    """Forget a question; return it as it was."""
    saved = one(house, actor, id_)
    last = shown(house, actor, saved)
    with house.pool.connection() as connection:
        kept.forget(connection, actor.account, saved.id)
    return last


def _listed(house: Installation, actor: Actor, _: AllAtOnce) -> Found:
    items = every(house, actor)
    grant = decide(actor, Action.READ, "saved-questions")
    answer_basis = settle(house, Clocks()).answer_basis
    return Found(answer_basis, ListPage(items, None), grant.audience)


class Part(NamedTuple):
    """A list that is followed of a thing: what it is called beside the thing, and its address."""

    name: str
    address: str


def parts_of(uscc: str | None, occupation: str | None) -> tuple[Part, ...]:
    """Return the lists that make up what there is of an enterprise, or of an occupation.

    Raises:
        Problem: 422, neither is named, or both.
    """
    if (uscc is None) == (occupation is None):
        raise invalid(
            "uscc",
            "请给出统一社会信用代码或职业名称之一",
            "name an enterprise (uscc) or an occupation, one of them",
        )
    if uscc is not None:
        return (
            Part(PARTS["history"].zh, f"/v1/enterprises/{quote(uscc, safe='')}/history"),
            Part(PARTS["flags"].zh, f"/v1/flags?{urlencode({'uscc': uscc})}"),
        )
    named = urlencode({"occupation": occupation})
    return (
        Part(PARTS["assessments"].zh, f"/v1/assessments?{named}"),
        Part(PARTS["flags"].zh, f"/v1/flags?{named}"),
        Part(PARTS["roster"].zh, f"/v1/roster?{named}"),
    )


def follow(
    house: Installation, actor: Actor, uscc: str | None, occupation: str | None
) -> list[dict[str, Any]]:
    """Keep what there is of an enterprise or an occupation as questions; those kept before stay.

    Raises:
        Problem: 404, there is no such enterprise for the caller; 409, there are too many questions.
    """
    parts = parts_of(uscc, occupation)
    name = occupation or ""
    if uscc is not None:
        name = str(enterprises.one(house, actor, uscc, Clocks())[1]["name"])
    there = _addresses(house, actor)
    return [
        save(house, actor, f"{name[:_NAME]} {part.name}", "", part.address)
        for part in parts
        if part.address not in there
    ]


_NAME = LONGEST_NAME - 3


def follows(house: Installation, actor: Actor, uscc: str | None, occupation: str | None) -> bool:
    """Return whether the caller follows all that there is of an enterprise or an occupation."""
    there = _addresses(house, actor)
    return all(part.address in there for part in parts_of(uscc, occupation))


def unfollow(house: Installation, actor: Actor, uscc: str | None, occupation: str | None) -> None:
    """Forget the questions that following one of them has kept."""
    there = _addresses(house, actor)
    with house.pool.connection() as connection:
        for part in parts_of(uscc, occupation):
            for id_ in there.get(part.address, ()):
                kept.forget(connection, actor.account, id_)


def any_kept(house: Installation, actor: Actor) -> bool:
    """Return whether the caller has any question."""
    return bool(_addresses(house, actor))


def _addresses(house: Installation, actor: Actor) -> Mapping[str, Sequence[str]]:
    """Return the ids of the caller's questions by address."""
    decide(actor, Action.READ, "saved-questions")
    by_address: dict[str, list[str]] = {}
    with house.pool.connection() as connection:
        for saved in kept.of(connection, actor.account):
            by_address.setdefault(saved.address, []).append(saved.id)
    return by_address


SAVED = DeclaredList(
    "saved-questions",
    "/v1/saved-questions",
    SavedQuestionItem,
    ("id",),
    AllAtOnce,
    _listed,
    ("id", "name", "state", "rows", "rows_now", "seen_at", "address"),
    "/saved-questions",
    "watching",
)
"""The caller's own questions, as every other list is declared."""
