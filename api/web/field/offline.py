"""What lets 现场 be installed and open without a network: the worker and the manifest.

The worker keeps one page and its files. Its version is made from their bytes, so that whatever
changes, the worker changes with it, and a browser takes page and files of one version together.
"""

import hashlib
from functools import cache

import orjson
from fastapi import APIRouter, Response

from api.web.field.phone_page import fingerprint
from api.web.frame.static import content, folder, static

router = APIRouter(include_in_schema=False)

SHELL = "/field"
VERSION_HEADER = "Dudao-Field"
"""The page says by it which version it is of."""
WORKER = "field/sw.js"
POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""A worker has a policy of its own: it asks this server, and runs nothing else."""


@cache
def kept() -> tuple[str, ...]:
    """Return the addresses of the files that the page is made of."""
    own = (n for n in folder("field") if n != WORKER and not n.endswith(".png"))
    return tuple(static(name) for name in ("dudao.css", "dudao.js", "icon.svg", *own))


@cache
def version() -> str:
    """Return what stands for page and files, and so for everything that the form is made of."""
    whole = [*kept(), static(WORKER), fingerprint()]
    return hashlib.sha256(orjson.dumps(whole)).hexdigest()[:16]


@router.get("/sw.js")
def worker() -> Response:
    """Return the worker, with what it keeps written in front."""
    code = (content(WORKER) or b"").decode()
    constants = {"VERSION": version(), "SHELL": SHELL, "FILES": kept()}
    head = "".join(f"const {n} = {orjson.dumps(v).decode()};\n" for n, v in constants.items())
    headers = {
        "Service-Worker-Allowed": "/",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
    }
    return Response(head + code, media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """Return what a phone needs to put 现场 on its home screen."""
    sizes = (("field/icon-192.png", "192x192"), ("field/icon-512.png", "512x512"))
    icons = [
        {"src": static(n), "sizes": s, "type": "image/png", "purpose": "any"} for n, s in sizes
    ]
    whole = {
        "id": SHELL,
        "name": "督导现场 Dudao on site",
        "short_name": "督导现场",
        "lang": "zh-CN",
        "start_url": SHELL,
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#ffffff",
        "theme_color": "#0b4f9e",
        "icons": [
            *icons,
            {"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {**icons[1], "src": static("field/icon-maskable.png"), "purpose": "maskable"},
        ],
    }
    return Response(
        orjson.dumps(whole),
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )
