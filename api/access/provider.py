"""Signing in through the city's identity provider: OpenID Connect, authorization code with PKCE.

Everything secret stays on the server. What must be remembered between leaving and coming back
(state, nonce, the verifier of PKCE) travels in a sealed cookie of ten minutes, so an answer is
only taken from the browser that asked. The provider says who somebody is; which account that is
and what it may do is decided here, by the security administrator.
"""

import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple, cast

import httpx2
import orjson
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.access.sealing import seal, unseal
from api.questions.problems import Problem

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with the provider's key pair. Not `none`, and no HMAC: its key would be the client's."""
SCOPE = "openid profile"
AWAY = timedelta(minutes=10)
"""How long somebody may take at the provider."""
LEEWAY = 30
"""Seconds by which the provider's clock may differ."""
FRESH = 3600.0
"""Seconds for which what the provider says of itself is taken as known."""
TIMEOUT = 8.0
_ABOUT, _UNBOUND = "provider", "provider unbound"


class Client(NamedTuple):
    """What this installation is to the provider. `claim` names the account in the ID token."""

    issuer: str
    client_id: str
    client_secret: str | None
    claim: str


class Leaving(NamedTuple):
    """Where the browser is sent, and the cookie that it brings back."""

    location: str
    cookie: str


class Identity(NamedTuple):
    """Who came back: the subject, whom the provider never reuses, and the name that it goes by there."""

    account: str
    subject: str
    following: str


class Provider:
    """The identity provider of one installation."""

    def __init__(self, client: Client, cookie_key: bytes) -> None:
        self._client = client
        self._key = cookie_key
        self._lock = Lock()
        self._known: tuple[float, Mapping[str, Any]] | None = None

    def leave(self, redirect_uri: str, following: str, at: datetime) -> Leaving:
        """Return where to send a browser that wants to sign in and go on to `following`.

        Raises:
            Problem: 502, the provider does not answer as it should.
        """
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48)
        kept = {
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "following": following,
            "ends": int((at + AWAY).timestamp()),
        }
        with self._speaking(redirect_uri) as speaking:
            location, _ = speaking.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
        sealed = seal(self._key, orjson.dumps(kept), _ABOUT)
        return Leaving(str(location), sealed.hex())

    def come_back(
        self, redirect_uri: str, cookie: str, answer: Mapping[str, str], at: datetime
    ) -> Identity:
        """Return who the provider says came back.

        Raises:
            Problem: 403 for an answer that is not to be trusted, or a refusal of the provider;
                502, the provider does not answer as it should.
        """
        kept = self._kept(cookie, at)
        if not secrets.compare_digest(
            str(kept["state"]).encode(), answer.get("state", "").encode()
        ):
            raise _untrusted("state")
        if answer.get("iss", self._client.issuer) != self._client.issuer:
            raise _untrusted("iss")
        if "error" in answer:
            raise _declined(answer["error"])
        token = self._exchange(redirect_uri, answer.get("code", ""), str(kept["verifier"]))
        claims = self._verified(token, str(kept["nonce"]), at)
        account = claims.get(self._client.claim)
        if not isinstance(account, str) or not account:
            raise _untrusted(self._client.claim)
        subject = f"{self._client.issuer} {claims['sub']}"
        return Identity(account, subject, str(kept["following"]))

    def unbound(self, identity: Identity, at: datetime) -> str:
        """Return what the browser keeps while its reader shows which account is theirs."""
        kept = {"subject": identity.subject, "ends": int((at + AWAY).timestamp())}
        return seal(self._key, orjson.dumps(kept), _UNBOUND).hex()

    def vouched(self, cookie: str, at: datetime) -> str:
        """Return the subject that came back in this browser and is to be bound.

        Raises:
            Problem: 403, it took too long, or nobody came back here.
        """
        return str(self._kept(cookie, at, _UNBOUND)["subject"])

    def _speaking(self, redirect_uri: str) -> Any:  # noqa: ANN401 - the library has no types
        secret = self._client.client_secret
        client: Any = OAuth2Client
        return client(
            self._client.client_id,
            secret,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )

    def _kept(self, cookie: str, at: datetime, about: str = _ABOUT) -> Mapping[str, Any]:
        try:
            plain = unseal(self._key, bytes.fromhex(cookie), about)
        except ValueError:
            plain = None
        kept: dict[str, Any] = orjson.loads(plain) if plain else {}
        if not kept or int(kept["ends"]) <= int(at.timestamp()):
            raise Problem(
                "sign-in-failed",
                "本次登录已超时，或不是在这个浏览器里开始的；请重新登录",
                "this sign-in took too long, or was not begun in this browser: begin again",
            )
        return kept

    def _metadata(self) -> Mapping[str, Any]:
        with self._lock:
            if self._known is not None and time.monotonic() - self._known[0] < FRESH:
                return self._known[1]
            issuer = self._client.issuer
            metadata = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != issuer:
                raise _untrusted("issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(metadata.get(name), str):
                    raise _silent()
            self._known = time.monotonic(), metadata
            return metadata

    def _exchange(self, redirect_uri: str, code: str, verifier: str) -> Mapping[str, Any]:
        """Return the provider's answer to the code."""
        try:
            with self._speaking(redirect_uri) as speaking:
                token: Mapping[str, Any] = speaking.fetch_token(
                    self._metadata()["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
        except AuthlibBaseError as error:
            raise _declined(str(error.error)) from None
        except (httpx2.HTTPError, ValueError):
            raise _silent() from None
        return token

    def _verified(self, token: Mapping[str, Any], nonce: str, at: datetime) -> Mapping[str, Any]:
        """Return the claims of the ID token.

        Raises:
            Problem: it is not signed by the provider, not for us, not for this sign-in, or over.
        """
        given = token.get("id_token")
        if not isinstance(given, str):
            raise _untrusted("id_token")
        keys = _fetched(self._metadata()["jwks_uri"])
        client_id = self._client.client_id
        try:
            read = jwt.decode(given, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type] # what it is, import_key_set finds out
            claims: Any = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": client_id},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                },
                {
                    "nonce": nonce,
                    "client_id": client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise _untrusted(getattr(error, "claim", None) or type(error).__name__) from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _untrusted("sub")
        verified: Mapping[str, Any] = claims
        return verified


def _fetched(url: str) -> Mapping[str, Any]:
    try:
        answer = httpx2.get(url, timeout=TIMEOUT)
        answer.raise_for_status()
        document: Any = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise _silent() from None
    if not isinstance(document, dict):
        raise _silent()
    return cast("dict[str, Any]", document)


def _silent() -> Problem:
    return Problem(
        "provider-unavailable",
        "统一身份认证没有正常应答；请稍后再试，或用本地账户登录",
        "the identity provider did not answer as it should: try again later, or use a local account",
        headers={"Retry-After": "30"},
    )


def _declined(error: str) -> Problem:
    code = error[:40] if error.isascii() and error.isprintable() else "?"
    return Problem(
        "sign-in-failed",
        f"统一身份认证没有让您登录（{code}）；请重新登录，或联系其管理员",
        f"the identity provider did not sign you in ({code}): begin again, or ask its administrator",
    )


def _untrusted(what: str) -> Problem:
    return Problem(
        "sign-in-failed",
        f"统一身份认证的应答不可信（{what}），未予登录；请重新登录，仍不行请联系系统管理员",
        f"the identity provider's answer cannot be trusted ({what}): begin again, and if it stays so "
        "tell the system administrator",
    )
