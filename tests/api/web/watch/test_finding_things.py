"""查找: every number that a page prints, names by their first letters, occupations while typing."""

import pytest
from playwright.sync_api import expect

from api.words.initials import initials
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, OFFICER, SUPERVISOR, Opener, Site

pytestmark = pytest.mark.postgres


def leads(site: Site, q: str, actor: Actor | None = SUPERVISOR) -> str:
    answer = site.get(f"/search?q={q}", actor)
    return answer.headers.get("location", "").partition("?")[0]


def test_every_number_that_a_page_prints_leads_to_its_page(site: Site):
    session = site.get("/v1/assessments?limit=1", SUPERVISOR).json()["items"][0]
    application = site.get("/v1/applications?stage=receipt_issued&limit=1", SUPERVISOR).json()
    application = application["items"][0]
    finding = site.get("/v1/findings?limit=1", SUPERVISOR).json()["items"][0]
    inspection = site.get("/v1/inspections?limit=1", SUPERVISOR).json()["items"][0]
    flag = site.get("/v1/flags?limit=1", SUPERVISOR).json()["items"][0]
    for number, path in (
        (session["assessment_id"], f"/assessments/{session['assessment_id']}"),
        (application["application_id"], f"/applications/{application['application_id']}"),
        (application["receipt_no"], f"/applications/{application['application_id']}"),
        (finding["finding_id"], f"/findings/{finding['finding_id']}"),
        (inspection["inspection_id"], f"/inspections/{inspection['inspection_id']}"),
        (flag["key"], f"/flags/{flag['key']}"),
        (str(session["position"]), f"/entries/{session['position']}"),
        (f"%23{session['position']}", f"/entries/{session['position']}"),
        (session["uscc"], f"/enterprises/{session['uscc']}"),
    ):
        assert leads(site, number) == path


def test_a_number_of_another_district_leads_nowhere(site: Site):
    code = lines.uscc()
    site.record(lines.registered(code))
    held = lines.session(code, "4", "2025-05-05")
    site.record(held)
    number = held["data"]["assessment_id"]
    assert leads(site, number, OFFICER) == f"/assessments/{number}"
    assert leads(site, number, INSPECTOR) == ""
    assert leads(site, number, None) == ""


def test_an_enterprise_is_found_by_the_first_letters_of_its_name(site: Site):
    assert initials("京示例六号机床集团有限公司") == "jsllhjcjtyxgs"
    assert initials("首钢(2022)A公司") == "sg2022ags"
    assert initials("龘") == ""
    firm = site.get("/v1/roster?limit=1", SUPERVISOR).json()["items"][0]
    letters = initials(firm["name"])
    assert firm["uscc"] in site.get(f"/search?q={letters}", SUPERVISOR).text
    offers = site.get(f"/suggestions/enterprises?q={letters}", SUPERVISOR).json()
    assert firm["uscc"] in [offer["value"] for offer in offers]


def test_occupations_are_offered_while_typing(reader: Opener, site: Site):
    reporter = Actor(
        account="reporter-91110101MA0EX0018K",
        role=Role.ENTERPRISE_REPORTER,
        organisation="91110101MA0EX0018K",
    )
    page = reader(reporter).open("/plans/new")
    page.locator('[name="sessions.0.occupation"]').press_sequentially("电工")
    offered = page.locator('datalist[id="offers-field-sessions.0.occupation"] option')
    expect(offered.first).to_have_attribute("value", "电工")
    by_letters = site.get("/suggestions/occupations?q=dg", ANALYST).json()
    assert by_letters
    assert site.get("/suggestions/occupations?q=dg").status_code == 303
