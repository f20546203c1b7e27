"""Signing in through an identity provider: an honest one, and everything that a false one may say."""

import base64
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from api.access import accounts, administration, credentials
from api.access.provider import Client, Provider
from api.installation.settings import Settings
from api.questions.problems import Problem
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import ANOTHER, MAKER, PASSWORD, House, Visitor, code
from tests.api.access.identities import KEY, STRANGE, Identities, Json, part, signed

pytestmark = pytest.mark.postgres


def leave(visitor: Visitor, following: str = "") -> str:
    """Go to the provider; return its address with everything that it is asked."""
    answer = visitor.get(f"/sign-in/provider?next={following}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back_from(location: str) -> str:
    """Sign in at the provider; return the address on our side that one is sent back to."""
    sent = httpx2.get(location).headers["location"]
    parts = urlsplit(sent)
    return f"{parts.path}?{parts.query}"


def through(visitor: Visitor, following: str = "") -> httpx2.Response:
    """Go there and come back."""
    return visitor.get(back_from(leave(visitor, following)))


def binding(visitor: Visitor, account: str, digits: str = "") -> httpx2.Response:
    """Show, on the page that one came back to, which account here is one's own."""
    fields = {"account": account, "password": PASSWORD, "code": digits, "binding": "somebody"}
    answer: httpx2.Response = visitor.post("/sign-in", fields)
    return answer


def known(branch: House, identities: Identities, account: str) -> None:
    """Let the identity that the provider vouches for belong to an account already."""
    subject = f"{identities.issuer} {identities.subject}"
    with branch.gate.connection() as connection:
        assert accounts.bind(connection, account, subject)


def test_the_first_time_one_shows_whose_account_it_is_and_then_never_again(
    branch: House, identities: Identities
) -> None:
    account = branch.account(Role.DISTRICT_INSPECTOR, "110105")
    identities.account, identities.subject = "any name", f"s-{account}"
    visitor = branch.visitor()
    page = through(visitor, "/roster")
    assert page.status_code == 200
    assert "any name" in page.text
    assert visitor.reads() == 401
    assert binding(visitor, account).status_code == 303
    again = branch.visitor()
    answer = through(again, "/roster")
    assert answer.headers["location"] == "/account"  # what was bound is told once
    answer = through(branch.visitor(), "/roster")
    assert (answer.status_code, answer.headers["location"]) == (303, "/roster")
    read = again.http.get("/v1/flags", headers={"Accept": "application/json"})
    assert read.json()["limited_to"] == {"district": "110105"}
    assert [deed for deed, _, _ in branch.entries(account)] == [
        "sign-in",
        "identity-bound",
        "sign-in",
        "sign-in",
    ]


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.ANALYST])
def test_a_name_at_the_provider_leads_to_no_account(
    branch: House, identities: Identities, role: Role
) -> None:
    account = branch.account(role)
    identities.account, identities.subject = account, f"not the holder of {account}"
    visitor = branch.visitor()
    through(visitor)
    assert visitor.reads() == 401
    fields = {"account": account, "password": ANOTHER, "binding": account}
    assert visitor.post("/sign-in", fields).status_code == 403
    assert branch.rows("SELECT subject FROM office.account WHERE account = %s", account) == [
        (None,)
    ]


def test_who_needs_a_second_factor_binds_with_it(branch: House, identities: Identities) -> None:
    account = branch.account(Role.AUDIT_ADMIN)
    secret = branch.set_factor(account)
    identities.account, identities.subject = account, f"s-{account}"
    visitor = branch.visitor()
    through(visitor)
    assert binding(visitor, account).status_code == 403
    assert binding(visitor, account, code(secret, now())).status_code == 303
    assert through(branch.visitor()).status_code == 303


def test_nobody_is_bound_who_did_not_come_back_in_this_browser(
    branch: House, identities: Identities
) -> None:
    account = branch.account()
    identities.account, identities.subject = account, f"s-{account}"
    assert binding(branch.visitor(), account).status_code == 403
    # Nor with the cookie of a sign-in that is still under way.
    visitor = branch.visitor()
    leave(visitor)
    assert binding(visitor, account).status_code == 403
    assert branch.rows("SELECT subject FROM office.account WHERE account = %s", account) == [
        (None,)
    ]


def test_the_provider_is_asked_with_pkce_state_and_nonce(
    branch: House, identities: Identities
) -> None:
    first, second = leave(branch.visitor()), leave(branch.visitor())
    asked = [{k: v[0] for k, v in parse_qs(urlsplit(x).query).items()} for x in (first, second)]
    for query in asked:
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == identities.client_id
        assert query["redirect_uri"] == f"{branch.base}/sign-in/return"
        assert "openid" in query["scope"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 43


def test_the_cookie_of_the_way_there_tells_nothing_and_is_short_lived(
    branch: House, identities: Identities
) -> None:
    visitor = branch.visitor()
    answer = visitor.get("/sign-in/provider")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600"} <= set(cookie.split("; "))
    state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    assert state not in cookie


def minus(name: str) -> Any:
    return lambda claims: {k: v for k, v in claims.items() if k != name}


def plus(**changed: Any) -> Any:
    return lambda claims: {**claims, **changed}


HOSTILE: dict[str, Any] = {
    "another audience": plus(aud="another-client"),
    "several audiences without saying for which": plus(aud=["dudao", "another-client"]),
    "authorized for another": plus(azp="another-client"),
    "another issuer": plus(iss="http://127.0.0.1:1"),
    "another nonce": plus(nonce="of another sign-in"),
    "no nonce": minus("nonce"),
    "no subject": minus("sub"),
    "empty subject": plus(sub=""),
    "a subject that is no text": plus(sub=17),
    "no audience": minus("aud"),
    "no issuer": minus("iss"),
    "no end": minus("exp"),
    "over": lambda claims: {**claims, "exp": int(time.time()) - 60},
    "not yet": lambda claims: {**claims, "nbf": int(time.time()) + 3600},
    "no account": minus("preferred_username"),
    "an account that is no text": plus(preferred_username=["supervisor-1"]),
    "another hash of the access token": plus(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("lie", HOSTILE)
def test_claims_that_do_not_fit_let_nobody_in(
    branch: House, identities: Identities, lie: str
) -> None:
    identities.account = branch.account()
    identities.claims = HOSTILE[lie]
    visitor = branch.visitor()
    refused(through(visitor))
    assert visitor.reads() == 401


def refused(answer: httpx2.Response) -> None:
    assert answer.status_code == 403
    assert "dudao-session" not in answer.headers.get("set-cookie", "")
    assert "统一身份认证" in answer.text


def unsigned(header: Json, claims: Json) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def by_the_client_secret(header: Json, claims: Json) -> str:
    secret = OctKey.import_key("a secret between the two")
    return jwt.encode({"alg": "HS256"}, claims, secret)


def by_the_public_key_as_a_secret(header: Json, claims: Json) -> str:
    text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    mac = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_a_key_that_it_brings_along(header: Json, claims: Json) -> str:
    return jwt.encode({**header, "jwk": STRANGE.as_dict(private=False)}, claims, STRANGE)


FORGED: dict[str, Any] = {
    "alg none": unsigned,
    "alg none in capitals": lambda header, claims: f"{part({'alg': 'NONE'})}.{part(claims)}.",
    "HMAC with the client's secret": by_the_client_secret,
    "HMAC with the public key": by_the_public_key_as_a_secret,
    "a key of its own": lambda header, claims: jwt.encode(header, claims, STRANGE),
    "a key that it brings along": by_a_key_that_it_brings_along,
    "an unknown key": lambda header, claims: jwt.encode({**header, "kid": "two"}, claims, STRANGE),
    "changed after signing": lambda header, claims: _changed(signed(header, claims)),
    "no token": lambda header, claims: "",
    "no token at all": lambda header, claims: "a.b",
}


def _changed(token: str) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{payload[:-4]}AAAA.{signature}"


@pytest.mark.parametrize("forgery", FORGED)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    branch: House, identities: Identities, forgery: str
) -> None:
    identities.account = branch.account()
    identities.sign = FORGED[forgery]
    visitor = branch.visitor()
    refused(through(visitor))
    assert visitor.reads() == 401


def test_an_account_belongs_to_one_identity_until_it_is_reset(
    branch: House, identities: Identities
) -> None:
    account = branch.account()
    identities.account, identities.subject = account, "the first holder"
    known(branch, identities, account)
    assert through(branch.visitor()).status_code == 303
    identities.subject = "another holder of the name"
    visitor = branch.visitor()
    assert through(visitor).status_code == 200
    assert visitor.reads() == 401
    assert binding(visitor, account).status_code == 409
    with branch.gate.connection() as connection:
        administration.reset(connection, MAKER, account, branch.visit)
        credentials.put_password(connection, account, PASSWORD)
    visitor = branch.visitor()
    through(visitor)
    assert binding(visitor, account).status_code == 303


def test_one_subject_does_not_become_two_accounts(branch: House, identities: Identities) -> None:
    identities.account, identities.subject = branch.account(), "one person"
    known(branch, identities, identities.account)
    other = branch.account()
    subject = f"{identities.issuer} one person"
    with branch.gate.connection() as connection:
        assert not accounts.bind(connection, other, subject)


def test_whose_account_was_disabled_is_told_so(branch: House, identities: Identities) -> None:
    disabled = branch.account()
    identities.account, identities.subject = disabled, f"s-{disabled}"
    known(branch, identities, disabled)
    branch.owner.execute(
        "UPDATE office.account SET disabled_at = now() WHERE account = %s", (disabled,)
    )
    answer = through(branch.visitor())
    assert answer.status_code == 403
    assert "安全管理员" in answer.text
    assert branch.entries(disabled)[-1] == ("sign-in", "provider", "refused")


def test_an_answer_is_taken_from_the_browser_that_asked_alone(
    branch: House, identities: Identities
) -> None:
    identities.account = branch.account()
    address = back_from(leave(branch.visitor()))
    victim = branch.visitor()
    assert victim.get(address).status_code == 403
    # Nor from a browser that asked for itself: this would sign it in as the attacker.
    leave(victim)
    assert victim.get(address).status_code == 403
    assert identities.tokens == 0


def test_an_answer_is_good_once(branch: House, identities: Identities) -> None:
    identities.account = branch.account()
    identities.subject = f"s-{identities.account}"
    known(branch, identities, identities.account)
    visitor = branch.visitor()
    address = back_from(leave(visitor))
    cookie = visitor.http.cookies.get("dudao-provider") or ""
    assert visitor.get(address).status_code == 303
    assert visitor.http.cookies.get("dudao-provider") is None
    again = branch.visitor()
    again.http.cookies.set("dudao-provider", cookie, domain="127.0.0.1")
    assert again.get(address).status_code == 403


@pytest.mark.parametrize("cookie", ["", "zz", "00" * 40, "x" * 5000])
def test_a_cookie_that_is_not_ours_is_none(branch: House, cookie: str) -> None:
    visitor = branch.visitor()
    visitor.http.cookies.set("dudao-provider", cookie, domain="127.0.0.1")
    refused_without_word = visitor.get("/sign-in/return?code=a&state=b")
    assert refused_without_word.status_code == 403


ANSWERS: dict[str, Any] = {
    "refused": lambda a: {"error": "access_denied", "state": a["state"]},
    "another state": lambda a: {**a, "state": "of another"},
    "no state": lambda a: {"code": a["code"]},
    "no code": lambda a: {"state": a["state"]},
    "another code": lambda a: {**a, "code": "invented"},
    "mixed up with another provider": lambda a: {**a, "iss": "https://other.example"},
    "an error that is no word": lambda a: {"error": "<script>督导", "state": a["state"]},
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_does_not_fit_has_a_clear_page(
    branch: House, identities: Identities, answer: str
) -> None:
    identities.account = branch.account()
    identities.answer = ANSWERS[answer]
    visitor = branch.visitor()
    page = through(visitor)
    refused(page)
    assert "<script>督导" not in page.text


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (200, b"no json"), (200, b"[]"), (429, b"slow down"), (200, b'{"x": 1}')],
)
def test_a_provider_that_does_not_answer_as_it_should_is_no_fault_of_ours(
    branch: House, identities: Identities, status: int, body: bytes
) -> None:
    identities.account = branch.account()
    identities.token_status, identities.token_body = status, body
    visitor = branch.visitor()
    assert through(visitor).status_code in {403, 502}
    assert visitor.reads() == 401


def test_a_provider_that_is_not_there_is_said_to_be_so(
    open_house: House, identities: Identities
) -> None:
    for issuer in ("http://127.0.0.1:9", f"{identities.issuer}/other"):
        provider = Provider(Client(issuer, "dudao", None, "sub"), bytes(32))
        with pytest.raises(Problem) as raised:
            provider.leave("http://127.0.0.1/sign-in/return", "", now())
        assert raised.value.code in {"provider-unavailable", "sign-in-failed"}


def test_without_a_provider_there_is_no_way_to_one(house: House) -> None:
    assert house.visitor().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in house.visitor().get("/sign-in").text


def test_the_sign_in_page_offers_it_where_there_is_one(branch: House) -> None:
    page = branch.visitor().get("/sign-in?next=%2Froster%3Fq%3D1").text
    assert 'href="/sign-in/provider?next=/roster%3Fq%3D1"' in page


def test_one_is_led_on_within_the_site_alone(branch: House, identities: Identities) -> None:
    identities.account = branch.account()
    identities.subject = f"s-{identities.account}"
    known(branch, identities, identities.account)
    answer = through(branch.visitor(), "https://evil.example/")
    assert answer.headers["location"] == "/"


def test_a_password_is_no_way_in_for_an_account_of_the_provider(
    branch: House, identities: Identities
) -> None:
    identities.account = branch.new_account(Role.ANALYST)
    identities.subject = f"s-{identities.account}"
    known(branch, identities, identities.account)
    assert through(branch.visitor()).status_code == 303
    assert branch.visitor().sign_in(identities.account, ANOTHER).status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_issuer": "http://id.example", "oidc_client_id": "x"},
        {"oidc_issuer": "https://id.example"},
        {"oidc_issuer": "https://id.example?x=1", "oidc_client_id": "x"},
        {"oidc_issuer": "id.example", "oidc_client_id": "x"},
    ],
)
def test_settings_that_are_not_safe_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"https|DUDAO_OIDC_CLIENT_ID"):
        Settings.model_validate(given)


def test_the_client_secret_shows_itself_nowhere(branch: House, identities: Identities) -> None:
    assert identities.client_secret not in repr(branch.made.settings)
    assert identities.client_secret not in json.dumps(
        branch.made.settings.model_dump(mode="json", exclude_none=True)
    )
