"""An identity provider that runs in the tests, and lies when it is told to."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

Json = dict[str, Any]
_number = count(1)
KEY = RSAKey.generate_key(2048, {"kid": "one"})
STRANGE = RSAKey.generate_key(2048, {"kid": "one"})


def part(value: Json) -> str:
    """One part of a token as it is written."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(header: Json, claims: Json) -> str:
    """A token as an honest provider signs it."""
    return jwt.encode(header, claims, KEY)


class Identities:
    """Speaks OpenID Connect: discovery, authorization, token, keys."""

    client_id = "dudao"
    client_secret = "a secret between the two"  # noqa: S105 - of an invented provider

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.behave()

    def behave(self) -> None:
        """Do what the standard says."""
        self.asked: dict[str, Json] = {}
        self.account, self.subject = "nobody", f"subject {next(_number)}"
        self.claims: Callable[[Json], Json] = lambda claims: claims
        self.sign: Callable[[Json, Json], str] = signed
        self.answer: Callable[[Json], Json] = lambda answer: answer
        self.token_status = 200
        self.token_body: bytes | None = None
        self.tokens = 0

    def authorize(self, query: Json) -> str:
        """Return where the browser is sent back to."""
        code = secrets.token_urlsafe(8)
        self.asked[code] = query
        back = self.answer({"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: Json, authorization: str) -> tuple[int, Json]:
        """Return the answer of the token endpoint; a code is good once, and for its own verifier."""
        self.tokens += 1
        asked = self.asked.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or asked["code_challenge"] != proved
            or asked["code_challenge_method"] != "S256"
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": self.subject,
            "exp": now + 60,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": self.account,
        }
        made = self.sign({"alg": "RS256", "kid": "one"}, self.claims(claims))
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": made}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(provider: Identities) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif parts.path == "/jwks":
                self.say(200, {"keys": [KEY.as_dict(private=False)]})
            else:
                base = provider.issuer
                known = {"authorization": "authorize", "token": "token"}
                ends = {f"{name}_endpoint": f"{base}/{path}" for name, path in known.items()}
                self.say(200, {"issuer": base, "jwks_uri": f"{base}/jwks", **ends})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = provider.token(form, self.headers.get("Authorization", ""))
            if provider.token_body is not None:
                self.raw(provider.token_status, provider.token_body)
            else:
                self.say(status, answer)

        def say(self, status: int, answer: Json) -> None:
            self.raw(status, json.dumps(answer).encode())

        def raw(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
