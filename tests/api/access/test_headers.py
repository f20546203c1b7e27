"""What stands on every answer."""

import pytest

from domain.terms.vocabulary import Role
from tests.api.access.house import House

pytestmark = pytest.mark.postgres

PATHS = ("/sign-in", "/account", "/v1/roster", "/v1/nothing", "/healthz", "/static/x/dudao.css")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_safe(house: House, path: str) -> None:
    headers = house.inside().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert "microphone=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/accounts"])
def test_pages_load_nothing_from_elsewhere_and_are_not_kept(house: House, path: str) -> None:
    headers = house.inside(Role.SECURITY_ADMIN).get(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert headers["cache-control"] == "no-store"
    # A form of ours says where it comes from, to browsers without Sec-Fetch-Site too.
    assert headers["referrer-policy"] == "same-origin"


def test_https_is_remembered_and_plain_http_is_not(house: House) -> None:
    secure = house.visitor(X_Forwarded_Proto="https")
    assert secure.get("/v1/roster").headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in house.visitor().get("/v1/roster").headers


def test_what_is_kept_by_a_browser_is_kept_for_one_session(house: House) -> None:
    answer = house.inside().http.get("/v1/roster", headers={"Accept": "application/json"})
    assert "Cookie" in answer.headers["vary"]
