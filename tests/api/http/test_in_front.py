"""nginx and Caddy before a server, with the very files of `deploy/`: TLS, who asks, what is large."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.installation.wiring import Installation
from api.web.app import create_app
from ledger.log.clock import now
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR
from tests.serving import serving

DEPLOY = Path(__file__).parents[3] / "deploy"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/dudao.conf;
}}
"""


FOREIGN = "不是从本系统的页面发出的"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of `localhost` and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def behind(house: Installation) -> Iterator[str]:
    """The address of a server that also says, at `/echo`, what it was told of a request."""
    app = create_app(house)

    async def echoing(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/echo":
            await app(scope, receive, send)
            return
        body = json.dumps({"from": scope["client"][0], "scheme": scope["scheme"]}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with serving(echoing) as base:
        yield base


@contextmanager
def running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[None]:
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - the program that is tried
            command, stdout=said, stderr=said, cwd=folder, env={**os.environ, **environment}
        )
        try:
            while process.poll() is None:
                with socket.socket() as trying:
                    if trying.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            assert process.poll() is None, (folder / "said").read_text()
            yield
        finally:
            process.terminate()
            process.wait()


@contextmanager
def nginx(behind: str, certificate: tuple[Path, Path], folder: Path) -> Iterator[tuple[int, int]]:
    program = shutil.which("nginx", path=PATH)
    if program is None:
        pytest.skip("needs nginx: apt-get install nginx")
    plain, secure = free_port(), free_port()
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for here, there in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{secure} ",
        "dudao.example": "localhost",
        "127.0.0.1:8000": behind.removeprefix("http://"),
        "/etc/ssl/dudao/fullchain.pem": str(certificate[0]),
        "/etc/ssl/dudao/key.pem": str(certificate[1]),
        "/var/log/nginx/dudao.log": str(folder / "access.log"),
    }.items():
        assert here in text
        text = text.replace(here, there)
    (folder / "dudao.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    with running([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], secure, folder):
        yield plain, secure


@contextmanager
def caddy(behind: str, certificate: tuple[Path, Path], folder: Path) -> Iterator[tuple[int, int]]:
    program = shutil.which("caddy", path=PATH)
    if program is None:
        pytest.skip("needs caddy: apt-get install caddy")
    secure = free_port()
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert "dudao.example {" in text
    own = f"https://localhost:{secure} {{\n\ttls {certificate[0]} {certificate[1]}"
    text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text.replace(
        "dudao.example {", own
    )
    (folder / "Caddyfile").write_text(text)
    command = [program, "run", "--config", str(folder / "Caddyfile")]
    at = behind.removeprefix("http://")
    with running(command, secure, folder, HOME=str(folder), UPSTREAM=at):
        yield 0, secure


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest,
    behind: str,
    certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx2.Client, int]]:
    """A client of what stands in front, and the port there without TLS, if it has one."""
    folder = tmp_path_factory.mktemp("front")
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    with (
        request.param(behind, certificate, folder) as (plain, secure),
        httpx2.Client(
            base_url=f"https://localhost:{secure}", verify=trusting, timeout=60, trust_env=False
        ) as client,
    ):
        yield client, plain


def test_pages_come_over_tls_and_say_that_they_do(front: tuple[httpx2.Client, int]):
    answer = front[0].get("/")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert answer.headers["X-Request-Id"]


def test_who_asks_is_who_connects_and_not_who_they_say_they_are(front: tuple[httpx2.Client, int]):
    lies = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    answer = front[0].get("/echo", headers=lies).json()
    assert answer["scheme"] == "https"
    assert answer["from"] in {"127.0.0.1", "::1"}


def test_a_form_of_ours_is_known_as_ours(front: tuple[httpx2.Client, int]):
    client = front[0]
    typed = {"account": "nobody-1", "password": "wrong"}
    origin = str(client.base_url).rstrip("/")
    own = client.post("/sign-in", data=typed, headers={"Origin": origin})
    foreign = client.post("/sign-in", data=typed, headers={"Origin": "https://evil.example"})
    assert [FOREIGN in answer.text for answer in (own, foreign)] == [False, True]


def test_a_large_file_gets_through(front: tuple[httpx2.Client, int], desk: Desk):
    lines = b'{"type": "nonsense"}\n' * 200_000
    answer = front[0].post(
        "/v1/imports",
        files={"file": ("in.ndjson", lines, "application/x-ndjson")},
        headers={**desk.auth(SUPERVISOR), "Idempotency-Key": "in-front"},
    )
    assert answer.status_code in {202, 403}, answer.text
    assert answer.headers["X-Request-Id"]


def test_figures_are_not_for_everybody(front: tuple[httpx2.Client, int]):
    assert front[0].get("/metrics").status_code in {401, 404}


@pytest.mark.parametrize("front", [nginx], indirect=True, ids=["nginx"])
def test_without_tls_one_is_sent_on(front: tuple[httpx2.Client, int]):
    answer = httpx2.get(f"http://localhost:{front[1]}/roster?q=x", trust_env=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://localhost/roster?q=x"
