"""Every page for every role: who is shown it, who is refused, and what administrators never see."""

import pytest

from api.questions.policy import BUSINESS
from api.web.frame.navigation import AREAS
from domain.terms.vocabulary import Role
from tests.api.access.house import SEATS, House

pytestmark = pytest.mark.postgres

OWN = {
    "/accounts": Role.SECURITY_ADMIN,
    "/accounts/of?account=none": Role.SECURITY_ADMIN,
    "/access-log": Role.AUDIT_ADMIN,
    "/access-log.csv": Role.AUDIT_ADMIN,
    "/system": Role.SYSTEM_ADMIN,
}
"""The administrators' pages, each for one of them."""
FORMS = {"/accounts": Role.SECURITY_ADMIN, "/accounts/of": Role.SECURITY_ADMIN}
ADMINISTRATORS = (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN)
TWINS = (
    "/v1/flags",
    "/v1/assessments",
    "/v1/applications",
    "/v1/inspections",
    "/v1/findings",
    "/v1/plans",
    "/v1/registers",
    "/v1/complaints",
    "/v1/requests",
    "/v1/saved-questions",
    "/v1/catalogues",
    "/v1/events",
    "/v1/saved-questions",
    "/v1/delays",
    "/v1/stats?by=district",
    "/v1/diff?of=roster&from_valid_at=2025-01-01&to_valid_at=2025-02-01",
    "/v1/enterprises/91110000710939135P",
    "/v1/enterprises/91110000710939135P/history",
)
"""Where business data is read."""


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("role", SEATS)
def test_each_administrators_page_is_for_that_one_alone(
    house: House, role: Role, path: str
) -> None:
    answer = house.inside(role).get(path)
    if role is not OWN[path]:
        assert answer.status_code == 403
        return
    assert answer.status_code == (404 if path.endswith("none") else 200)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("role", SEATS)
def test_nobody_else_sends_their_forms(house: House, role: Role, path: str) -> None:
    status = house.inside(role).post(path, {"act": "disable", "account": "none"}).status_code
    assert status == 403 if role is not FORMS[path] else status in {404, 422}


@pytest.mark.parametrize("path", [*OWN, "/account", "/account/password", "/account/second-factor"])
def test_whoever_has_no_name_is_led_to_the_sign_in(house: House, path: str) -> None:
    answer = house.visitor().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("path", TWINS)
@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_administrator_reads_business_data(house: House, role: Role, path: str) -> None:
    assert house.inside(role).reads(path) == 403


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_administrator_is_shown_an_area_of_the_business(house: House, role: Role) -> None:
    home = {v: k for k, v in OWN.items() if k in {"/accounts", "/access-log", "/system"}}
    page = house.inside(role).get(home[role]).text
    shown = {area.path for area in AREAS if f'href="{area.path}"' in page}
    whole = set() if role is Role.SECURITY_ADMIN else {"/integrity"}
    assert shown == {home[role], "/roster", "/certificates"} | whole


@pytest.mark.parametrize("role", SEATS)
def test_everybody_has_the_own_account(house: House, role: Role) -> None:
    visitor = house.inside(role)
    for path in ("/account", "/account/password", "/account/second-factor"):
        assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("where", ["110105", "110108", "BDA"])
def test_an_inspector_in_a_session_is_held_to_the_own_district(house: House, where: str) -> None:
    visitor = house.inside(Role.DISTRICT_INSPECTOR, where)
    for path in ("/v1/flags", "/v1/assessments", "/v1/inspections"):
        answer = visitor.http.get(path, headers={"Accept": "application/json"})
        assert answer.json()["limited_to"] == {"district": where}, path


def test_the_list_of_twins_leaves_no_kind_of_record_out() -> None:
    named = {path.removeprefix("/v1/").split("?")[0].split("/")[0] for path in TWINS}
    assert BUSINESS - named == {"certificates", "draws"}
