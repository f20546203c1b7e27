"""INTERIM: a cookie that speaks for an actor, until sign-in is in main."""

from typing import Any

from api.app import create_app
from tests.pages.site import Site


class BridgedSite(Site):
    def cookie(self, actor: Any) -> Any:
        token = self.headers(actor)["Authorization"].removeprefix("Bearer ")
        return {"name": "interim", "value": token, "url": self.base}


class Bridge:
    def __init__(self, house: Any) -> None:
        self.app = create_app(house)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            cookies = dict(scope["headers"]).get(b"cookie", b"").decode()
            for part in cookies.split("; "):
                if part.startswith("interim="):
                    auth = (b"authorization", b"Bearer " + part[8:].encode())
                    scope = {**scope, "headers": [*scope["headers"], auth]}
        await self.app(scope, receive, send)
