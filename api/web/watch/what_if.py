"""`/what-if` 假如: the whole city under other rules, another catalogue, or records that are only supposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from api.http.caller import Caller, Installed
from api.installation import catalogues, what_if_answers
from api.installation.what_if_store import Asked, CatalogueAsked, Job
from api.installation.wiring import Installation
from api.questions.clocks import Asked as Clocks
from api.questions.clocks import parse_day
from api.questions.parameters import unclear
from api.questions.policy import Action, decide
from api.questions.problems import Problem, Unclear, invalid
from api.questions.queries import Found, settle
from api.questions.questions import WhatIfQuestion
from api.web.frame.acting import Form, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import FILES, address, framed
from api.web.frame.lists import ROWS
from api.web.frame.reading import typed_in
from api.web.frame.rendering import render
from api.web.watch.compare import ExplainedTogether, grouped
from api.words.differences import difference
from domain.terms.envelope import Actor

router = APIRouter(include_in_schema=False)
OF = ("flags", "roster", "scope", "standings")
MOST_OCTETS = 1024 * 1024
"""Of a file with suppositions; a longer one is for the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfsPage:
    """The form for a question, and the reader's latest ones."""

    recent: Sequence[Job]
    """The reader's questions, the latest first."""
    catalogues: Choices
    """Stored files that could be adopted."""
    values: Mapping[str, str]
    """What was typed."""
    refusal: Problem | None
    """Why the question was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    """One question: its progress, what flips, and the lines in which the city would differ."""

    job: Job
    """The question."""
    basis: Mapping[str, Any]
    """What it stands on."""
    of: str
    """What is compared: `flags`, `roster`, `scope`, `standings`."""
    kinds: Choices
    """What can be."""
    groups: Sequence[ExplainedTogether]
    """What differs, a page of it, by what explains it."""
    next: str | None
    """Cursor of the page behind this one."""
    forms: Mapping[str, str]
    """Form → address of the same lines in it."""
    tables: Sequence[Mapping[str, str]]
    """The tables as they would be, each with its address."""
    note: tuple[str, str] | None
    """That nothing was supposed, since every line would be refused."""


@router.get("/what-if")
def what_ifs(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form and the reader's questions."""
    return _form(request, house, actor, {}, None)


def _form(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Problem | None,
) -> Response:
    grant = decide(actor, Action.READ, "what-if")
    stored = [
        (each.sha256, f"{each.kind.zh} {catalogues.named_for(each, grant).file_name}")
        for each in catalogues.every(house, house.ends().head)
        if each.file_held
    ]
    page = WhatIfsPage(
        recent=house.what_ifs.store.of(actor)[:20],
        catalogues=stored,
        values=values,
        refusal=refusal,
    )
    frame = framed(request, house, actor, twin="/v1/what-if", formats=FILES, entire=True)
    return render(frame, "what_ifs.html", page, 200 if refusal is None else refusal.status)


@router.post("/what-if")
def ask(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Take the question, and lead to where its progress is seen."""
    decide(actor, Action.READ, "what-if")
    try:
        basis = settle(house, Clocks(_day(form))).basis
        job = house.what_ifs.ask(actor, _asked(form), basis.position, basis.valid_at)
    except Problem as refusal:
        return _form(request, house, actor, typed(form), refusal)
    return Response(status_code=303, headers={"Location": f"/what-if/{job.id}"})


def _day(form: FormData) -> Any:  # noqa: ANN401 - a day, or none
    given = text(form, "valid_at")
    try:
        return None if given is None else parse_day(given)
    except Unclear as error:
        raise invalid("valid_at", error.zh, error.en) from None


def _asked(form: FormData) -> Asked:
    digest = text(form, "catalogue")
    catalogue = None
    if digest is not None:
        catalogue = CatalogueAsked(
            sha256=digest,
            valid_from=text(form, "valid_from") or "",
            valid_to=text(form, "valid_to"),
            edition=text(form, "edition") or "",
        )
    return Asked(rules=text(form, "rules"), catalogue=catalogue, suppositions=_lines(form))


def _lines(form: FormData) -> str | None:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return text(form, "suppositions")
    raw = file.file.read(MOST_OCTETS + 1)
    if len(raw) > MOST_OCTETS:
        raise invalid(
            "suppositions",
            "文件超过 1 MB，请在服务器上用 dudao what-if --suppose",
            "the file is larger than 1 MB: use dudao what-if --suppose",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid("suppositions", "文件不是 UTF-8 编码", "the file is not UTF-8") from None


@router.get("/what-if/{id_}")
def one(request: Request, house: Installed, actor: Caller, id_: str) -> Response:
    """Show how far it is and what it came to."""
    job = what_if_answers.own(house, actor, id_)
    question = _question(request)
    answer = what_if_answers.lines_so_far(house, actor, question, id_)
    frame = framed(request, house, actor, twin=f"/v1/what-if/{id_}")
    language = frame.language
    lines = answer.page.items
    names = names_at(house, answer.answer_basis, {line["uscc"] for line in lines})
    told = [difference(language, question.of, line, names.get(line["uscc"])) for line in lines]
    page = WhatIfPage(
        job=job,
        basis=answer.answer_basis.basis,
        of=question.of,
        kinds=choices(language, "compared", OF),
        groups=grouped(told),
        next=answer.page.next,
        forms=_forms(job, question, answer),
        tables=what_if_answers.shown(job)["tables"],
        note=what_if_answers.nothing_supposed(job),
    )
    return render(frame, "what_if.html", page)


def _question(request: Request) -> WhatIfQuestion:
    given = typed_in(request.query_params)
    given = {n: v for n, v in given.items() if n in {"of", "code", "uscc", "cursor"}}
    try:
        return WhatIfQuestion.model_validate({**given, "limit": ROWS})
    except ValidationError as error:
        raise unclear(error.errors()) from None


def _forms(job: Job, question: WhatIfQuestion, answer: Found) -> dict[str, str]:
    if not answer.page.items:
        return {}
    path, asked = f"/v1/what-if/{job.id}/diff", {"of": question.of}
    files = {form: address(path, {**asked, "format": form, "all": "true"}) for form in FILES}
    return {"json": address(path, asked), **files}


@router.post("/what-if/{id_}/cancellation")
def give_up(house: Installed, actor: Caller, id_: str) -> Response:
    """Cancel it, or forget it where it has ended."""
    house.what_ifs.give_up(what_if_answers.own(house, actor, id_))
    return Response(status_code=303, headers={"Location": "/what-if"})
