"""Forms that record something: read once, carried out by the one command path, shown again if refused.

A form carries a key made when it was shown: sent twice, it is recorded once. After success the
reader is sent on (303) to a page that waits for what was recorded. After a refusal the same form
comes back with the reasons on top and everything that was typed.
"""

import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

import orjson
from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, UploadFile

from api.http.handlers import WRITTEN
from api.installation.wiring import Installation
from api.intake.commands import Conditions, perform
from api.questions.problems import Fault, Problem, from_refusal
from api.web.frame.frame import address
from domain.terms.decider import Refused
from domain.terms.envelope import Actor

T = TypeVar("T")

KEY = "key"
"""The field that carries the form's key."""


async def _form(request: Request) -> AsyncGenerator[FormData]:
    async with request.form(max_files=40, max_fields=2000) as form:
        setattr(request.state, WRITTEN, form.multi_items())
        _require_text(form)
        yield form


def _require_text(form: FormData) -> None:
    """Refuse what no keyboard types and no column of text takes, before anything is looked up by it.

    Raises:
        Problem: 422, a field holds a NUL character.
    """
    wrong = [name for name, value in form.multi_items() if isinstance(value, str) and "\0" in value]
    if wrong:
        reason = "不能含有空字符 / a NUL character cannot be part of it"
        errors = [Fault(name[:40], reason) for name in wrong[:10]]
        raise Problem("invalid", "表单含有空字符", "the form holds NUL characters", errors=errors)


Form = Annotated[FormData, Depends(_form)]
"""The fields of a form that was sent."""


class Refusal(NamedTuple):
    """Why nothing was recorded: a sentence, the fields at fault, the status of the page."""

    zh: str
    en: str
    errors: tuple[Fault, ...]
    status: int
    retry_after: str | None = None
    """Seconds after which it may be tried again, where that is known."""


def new_key() -> str:
    """Return a key for a form that is shown for the first time."""
    return str(uuid.uuid4())


def new_id(kind: str) -> str:
    """Return an id for a case that is begun, `kind` with six random digits behind it."""
    return f"{kind}-{uuid.uuid4().hex[:6]}"


def text(form: FormData, name: str) -> str | None:
    """Return what was typed into a field, without blanks around it; None if nothing."""
    value = form.get(name)
    if value is None or isinstance(value, UploadFile):
        return None
    # A browser sends line ends as CR LF; in an entry a line ends as everywhere else.
    return value.replace("\r\n", "\n").strip() or None


def typed(form: FormData) -> dict[str, str]:
    """Return all fields as they were typed, to be shown again."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def ticked(form: FormData) -> dict[str, frozenset[str]]:
    """Return the boxes that were ticked, by field, to be shown again."""
    return {name: frozenset(map(str, form.getlist(name))) for name in form}


def without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: a field left empty is absent, not null."""
    return {name: value for name, value in data.items() if value is not None}


def act(  # noqa: PLR0913, PLR0917 - who, which form, which command
    house: Installation,
    actor: Actor,
    form: FormData,
    name: str,
    body: Mapping[str, Any],
    part: str = "",
) -> int | None:
    """Carry out one command; return the last position recorded, None if nothing would change.

    `body` is what the API takes for `name`: its data with `valid_from`, `reason`, `document_no`.
    `part` tells apart the commands of one name that one form carries out.

    Raises:
        Problem, Refused: nothing was recorded.
    """
    key = text(form, KEY) or new_key()
    raw = orjson.dumps(without_empty(body))
    recorded = perform(house, actor, (name,), raw, Conditions(f"{name}/{key}{part}"[:100], None))
    if not recorded:
        return None
    if name in TAKES_TWO and _is_request(house, recorded[0]):
        return Requested(recorded[-1])
    return recorded[-1]


class Requested(int):
    """Where an act was recorded that waits for a second person and has no effect yet."""


TAKES_TWO = frozenset(
    {"ScopeChanged", "ListingRemoved", "CatalogueAdopted", "RecordCorrected", "FlagReviewed"}
)
"""Acts that may take two persons."""


def _is_request(house: Installation, position: int) -> bool:
    (entry,) = house.log.at([position])
    return entry.type.startswith("request.")


def attempt(work: Callable[[], T]) -> T | Refusal:
    """Return what `work` returned, or why it was refused."""
    try:
        return work()
    except Refused as refused:
        return _refusal(from_refusal(refused))
    except Problem as problem:
        if problem.status >= 500 or problem.code == "unauthenticated":
            raise
        return _refusal(problem)


def _refusal(problem: Problem) -> Refusal:
    after = problem.headers.get("Retry-After")
    return Refusal(problem.zh, problem.en, problem.errors, problem.status, after)


def sent_on(path: str, position: int | None, **parameters: str) -> Response:
    """Return the answer that leads to `path`, where the effect is seen: that page waits for it.

    What waits for a second person has none: it leads to where that is said, 待批准.
    """
    if isinstance(position, Requested):
        path, parameters = "/approvals", {"state": "waiting"}
    waiting = {} if position is None else {"min_position": str(position)}
    return Response(status_code=303, headers={"Location": address(path, {**parameters, **waiting})})
