"""The HTTP application: every route, behind one shell."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI

from api.http import handlers
from api.http.answer_log import Watch
from api.http.caller import single_valued
from api.http.compressing import Compressing
from api.http.described import AREAS, components
from api.http.described_commands import RECORDED, given
from api.http.metrics import Metrics
from api.http.rights import judged_first
from api.http.routes import (
    catalogues,
    changes,
    commands,
    draws,
    enterprises,
    evidence,
    field,
    imports,
    integrity,
    lists,
    public,
    reports,
    requests,
    saved_questions,
    system,
    tables,
    templates,
    transparency,
    watch,
    what_if,
)
from api.http.shell import App, Shell
from api.installation.every_list import EVERY_LIST
from api.installation.wiring import Installation
from api.questions.answered import ANSWERS, OF_NOW
from api.web import routes as pages
from api.web.frame import problems
from api.web.page_rights import page_judged_first
from api.words.address_parts import PARTS
from api.words.labels import LABELS

if TYPE_CHECKING:
    from api.reports.typeset import Typesetter

VERSION = "1"
DESCRIPTION = (
    "Dudao 督导：职业技能等级认定监督与审计台账。读取可给业务日期 valid_at 与入账时间 known_at 或位置 position；"
    "回答附 basis，以之再问得到相同的字节。没有的参数、写错的取值和留空的参数一律 422，不会当作没有筛选。\n\n"
    "Supervision and audit ledger for skill-level certification. Reads take a day (valid_at) and what "
    "was known when (known_at or position); every answer carries its basis, and asking again with it "
    "gives the same bytes. A parameter that is not there, mistyped or left blank is 422, never as if not asked."
)


def create_app(house: Installation, figures: Path | None = None) -> App:
    """Return the application that answers for `house`; `figures`: where several processes count."""
    app = describe()
    app.state.installation = house
    app.state.metrics = Metrics(figures)
    app.state.typesetter = lru_cache(maxsize=1)(_typesetter)
    return Shell(Compressing(app), app.state.metrics, Watch(house.gate), house.settings)


def _typesetter() -> "Typesetter":
    """Return what sets reports; its compiler takes 0.2 s to load, at the first report."""
    from api.reports.typeset import Typesetter  # noqa: PLC0415 - see above

    return Typesetter()


def _say_each_name_once(operation: dict[str, Any]) -> None:
    """Leave out a clock called as a part of the address is: of two arguments of one name clients make none.

    `GET /v1/events/{position}/context` takes `position` as a clock too; `known_at` says the same.
    """
    parameters: list[dict[str, Any]] = operation.get("parameters", [])
    of_address = {each["name"] for each in parameters if each["in"] == "path"}
    if of_address:
        operation["parameters"] = [
            each for each in parameters if each["in"] == "path" or each["name"] not in of_address
        ]


def _say_what_each_is(operation: dict[str, Any]) -> None:
    """Describe the parameters that say nothing themselves: as the field or the part of an address is called."""
    for parameter in operation.get("parameters", ()):
        words = (PARTS if parameter["in"] == "path" else LABELS).get(parameter["name"])
        if words is not None:
            parameter.setdefault("description", f"{words.zh} / {words.en}")


class Described(FastAPI):
    """FastAPI with the bearer token in its description: dependencies of ours read the header."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description."""
        described = super().openapi()
        for operations in described["paths"].values():
            for operation in operations.values():
                _say_each_name_once(operation)
                _say_what_each_is(operation)
        every = described.setdefault("components", {})
        every["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "dudao token"}
        }
        every["schemas"] = {
            **every.get("schemas", {}),
            **components(
                EVERY_LIST.values(),
                ANSWERS.values(),
                OF_NOW.values(),
            ),
            **given(),
            "Recorded": RECORDED,
        }
        described["tags"] = [
            {"name": name, "description": f"{words.zh} / {words.en}"}
            for name, words in AREAS.items()
        ]
        described["servers"] = [{"url": "/", "description": "此处 / here"}]
        # Some answers are public: a request without a token is described too.
        described["security"] = [{"token": []}, {}]
        return described


def describe() -> FastAPI:
    """Return the application without an installation: enough for its description."""
    app = Described(
        title="Dudao",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        # The pages that FastAPI offers load scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[
            Depends(judged_first),
            Depends(page_judged_first),
            Depends(single_valued),
        ],
    )
    handlers.install(app, problems.page)
    # In this order they are asked whether they know an address: what is asked most stands first.
    for module in (
        commands,
        enterprises,
        lists,
        public,
        system,
        templates,
        transparency,
        reports,
        changes,
        draws,
        field,
        catalogues,
        imports,
        evidence,
        integrity,
        requests,
        saved_questions,
        tables,
        watch,
        what_if,
    ):
        app.include_router(module.router)
    for router in pages.ROUTERS:
        app.include_router(router)
    return app
