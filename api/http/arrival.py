"""How a request came in: over what, from where, and whether a page of ours sent it."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import Request

from api.access.access_log import Visit
from api.installation.settings import LOCAL, Settings
from api.questions.problems import Problem
from ledger.log.clock import now

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SECURE_COOKIE = "__Host-dudao"
"""The browser sends it back to this host alone, and over https alone."""
LOCAL_COOKIE = "dudao-session"
"""On this machine, where there is no https."""


class Arrival(NamedTuple):
    """The address as the browser sees it: scheme and host. `local`: nobody else hears it."""

    scheme: str
    host: str
    local: bool

    @property
    def secure(self) -> bool:
        """Whether the browser speaks https, at least as far as the proxy."""
        return self.scheme == "https"

    @property
    def origin(self) -> str:
        """The origin of our pages."""
        return f"{self.scheme}://{self.host}"

    @property
    def cookie(self) -> str:
        """Name of the session cookie."""
        return SECURE_COOKIE if self.secure else LOCAL_COOKIE


def arrival(request: Request, settings: Settings) -> Arrival:
    """Return how the request came in. The server believes the headers of trusted proxies only."""
    host = request.headers.get("host", "").lower()
    public = urlsplit(settings.public_url or "")
    # A proxy that ends TLS but does not say so: the host tells that the request came through it.
    behind = public.scheme == "https" and host == public.netloc.lower()
    scheme = "https" if behind else str(request.scope["scheme"])
    return Arrival(scheme, host, (urlsplit(f"//{host}").hostname or "") in LOCAL)


def published_origin(request: Request, settings: Settings) -> str:
    """Return the origin for addresses that are handed to others: links, the provider's way back.

    The head of a request is written by whoever sends it: without a public address only this
    machine's own is believed, or somebody's link would lead its holder to another's server.

    Raises:
        Problem: 409, there is no public address and the request came from another machine.
    """
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    came = arrival(request, settings)
    if not came.local:
        raise Problem(
            "refused",
            "没有设置对外网址，无法给出链接；请系统管理员设置 DUDAO_PUBLIC_URL 后重启服务",
            "no public address is set, so no link can be given: the system administrator sets "
            "DUDAO_PUBLIC_URL and starts the server again",
            rule="public-url-missing",
        )
    return came.origin


def visit(request: Request) -> Visit:
    """Return where the request came from, and its number."""
    address = address_of(request.client.host if request.client else "")
    number = str(request.scope["state"]["instance"]).rpartition(":")[2]
    agent = "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())
    return Visit(now(), address, number, agent)


_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.%\w]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


def address_of(written: str) -> str:
    """Return an address as it is counted and kept; `unknown` for what is none.

    A trusted proxy says whom it speaks for, some with a port behind it: counted with its port,
    everybody would be somebody else at each connection.
    """
    match = _WITH_PORT.fullmatch(written.strip())
    text = (match[1] or match[2]) if match else written.strip()
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "" if not written else "unknown"


def require_own(request: Request, settings: Settings) -> None:
    """Refuse an unsafe request that another site made the browser send.

    Raises:
        Problem: 403. A browser says where a request comes from (`Sec-Fetch-Site`, older ones
            `Origin`); what says neither comes from no page of ours.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        own = site == "same-origin"
    else:
        own = request.headers.get("origin", "").lower() == arrival(request, settings).origin
    if not own:
        raise Problem(
            "forbidden",
            "此请求不是从本系统的页面发出的，未予办理；请在页面上操作，程序请用令牌",
            "this request was not sent by a page of ours: use the pages, or a token for programs",
            rule="foreign-origin",
        )


def require_private(request: Request, settings: Settings) -> Arrival:
    """Return how the request came in, if a password may be sent that way.

    Raises:
        Problem: 403, it came over plain http from another machine.
    """
    arrived = arrival(request, settings)
    if not (arrived.secure or arrived.local):
        raise Problem(
            "forbidden",
            "登录须经 https；只有在本机上才可用 http://127.0.0.1",
            "signing in needs https, except on this machine at http://127.0.0.1",
            rule="https-needed",
        )
    return arrived
