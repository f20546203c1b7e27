"""A server whose readers say by a cookie who they are: the requests of a service worker carry no header of ours."""

from typing import Any

from api.app import create_app
from tests.pages.site import Site


class BridgedSite(Site):
    """The site, with a cookie for each actor."""

    def cookie(self, actor: Any) -> Any:
        """The cookie that speaks for the actor."""
        token = self.headers(actor)["Authorization"].removeprefix("Bearer ")
        return {"name": "test-actor", "value": token, "url": self.base}


class Bridge:
    """The application behind a gate that turns the cookie into the header."""

    def __init__(self, house: Any) -> None:
        self.app = create_app(house)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            cookies = dict(scope["headers"]).get(b"cookie", b"").decode()
            for part in cookies.split("; "):
                if part.startswith("test-actor="):
                    auth = (b"authorization", b"Bearer " + part[11:].encode())
                    scope = {**scope, "headers": [*scope["headers"], auth]}
        await self.app(scope, receive, send)
