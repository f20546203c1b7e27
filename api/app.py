"""The HTTP application: every route, behind one shell."""

from typing import Any

from fastapi import Depends, FastAPI

from api import (
    handlers,
    routes_changes,
    routes_commands,
    routes_draws,
    routes_enterprises,
    routes_evidence,
    routes_field,
    routes_imports,
    routes_integrity,
    routes_lists,
    routes_public,
    routes_reports,
    routes_system,
    routes_watch,
)
from api.caller import single_valued
from api.compressing import Compressing
from api.metrics import Metrics
from api.office.watch import Watch
from api.pages import routes as pages
from api.shell import App, Shell
from api.wiring import Installation

VERSION = "1"
DESCRIPTION = (
    "职业技能等级认定监督与审计台账。读取可给业务日期 valid_at 与入账时间 known_at 或位置 position;"
    "回答附 basis,以之再问得到相同的字节。\n\n"
    "Supervision and audit ledger for skill-level certification. Reads take a day (valid_at) and what "
    "was known when (known_at or position); every answer carries its basis, and asking again with it "
    "gives the same bytes."
)


def create_app(house: Installation) -> App:
    """Return the application that answers for `house`."""
    app = describe()
    app.state.installation = house
    app.state.metrics = Metrics()
    return Shell(Compressing(app), app.state.metrics, Watch(house.gate), house.settings)


class Described(FastAPI):
    """FastAPI with the bearer token in its description: dependencies of ours read the header."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description."""
        described = super().openapi()
        described.setdefault("components", {})["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "dudao token"}
        }
        # Some answers are public: a request without a token is described too.
        described["security"] = [{"token": []}, {}]
        return described


def describe() -> FastAPI:
    """Return the application without an installation: enough for its description."""
    app = Described(
        title="Dudao 督导",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        # The pages that FastAPI offers load scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(single_valued)],
    )
    handlers.install(app)
    for module in (
        routes_system,
        routes_public,
        routes_lists,
        routes_enterprises,
        routes_reports,
        routes_changes,
        routes_draws,
        routes_field,
        routes_commands,
        routes_imports,
        routes_evidence,
        routes_integrity,
        routes_watch,
    ):
        app.include_router(module.router)
    for router in pages.ROUTERS:
        app.include_router(router)
    return app
