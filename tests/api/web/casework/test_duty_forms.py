"""登记与备案: the papers of the notice's duties as forms, with the day on which they came in."""

import re
import uuid
from typing import Any

import httpx2
import pytest

from api.web.casework.duty_forms import PAPERS
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, OFFICER, SUPERVISOR, Site

pytestmark = pytest.mark.postgres
PDF = ("规范.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")


def posted(
    site: Site, path: str, actor: Actor, files: Any = None, **fields: str
) -> httpx2.Response:
    headers = {**site.headers(actor), "Accept": "text/html", "Accept-Language": "zh"}
    data = {"key": str(uuid.uuid4()), **fields}
    sent = files or {"none": ("", b"")}
    return httpx2.post(site.base + path, data=data, files=sent, headers=headers, timeout=30)


def done(site: Site, path: str, actor: Actor, files: Any = None, **fields: str) -> str:
    """Send a form that is taken; return the page that it leads to."""
    answer = posted(site, path, actor, files, **fields)
    assert answer.status_code == 303, re.findall(r'class="fault">[^<]*', answer.text)
    return site.get(answer.headers["location"], actor).text


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    code = lines.uscc()
    site.record(lines.registered(code))
    return code


@pytest.fixture(scope="module")
def reporter(firm: str) -> Actor:
    return Actor(account=f"reporter-{firm}", role=Role.ENTERPRISE_REPORTER, organisation=firm)


def test_staff_are_registered_and_released(site: Site, firm: str, reporter: Actor):
    form = site.get("/registers/staff/new", reporter).text
    (number,) = re.findall(r'name="staff_id"[^>]*value="([^"]+)"', form)
    assert firm in form
    assert 'name="uscc"' not in form
    assert 'name="received_on"' not in form
    day = {"valid_from": "2026-11-30"}
    registered = {"staff_id": number, "name": "考评甲", "duty": "assessor", **day}
    said = done(site, "/registers/staff/new", reporter, **registered)
    assert "考评甲" in said
    assert f"staff_id={number}" in said
    said = done(site, "/registers/staff/release", reporter, staff_id=number, **day)
    assert "考评甲" not in said


def test_a_paper_is_stamped_by_who_receives_it_and_by_nobody_else(site: Site, firm: str, reporter):
    fields = {"kind": "school", "partner": "某技师学院", "valid_from": "2025-09-01"}
    assert 'name="received_on"' in site.get("/registers/partnerships/new", OFFICER).text
    done(
        site,
        "/registers/partnerships/new",
        OFFICER,
        uscc=firm,
        **fields,
        received_on="2025-09-03",
    )
    history = site.get(f"/v1/enterprises/{firm}/history", SUPERVISOR).json()["items"]
    (filed,) = [each for each in history if each["type"] == "PartnershipFiled"]
    assert (filed["valid_from"], filed["received_on"]) == ("2025-09-03", "2025-09-03")
    assert filed["claimed_on"] == "2025-09-01"
    again = {**fields, "partner": "另一所学校"}
    done(site, "/registers/partnerships/new", reporter, **again, received_on="2025-09-01")
    history = site.get(f"/v1/enterprises/{firm}/history", SUPERVISOR).json()["items"]
    (own, _) = [each for each in history if each["type"] == "PartnershipFiled"]
    assert own["received_by"] is None
    assert own["valid_from"] > "2025-09-03"


def test_a_specification_is_filed_with_its_file(site: Site, firm: str, reporter: Actor):
    fields = {"occupation": "电工", "title": "电工评价规范", "filed_with": "人社部"}
    day = {"valid_from": "2026-11-30"}
    answer = posted(site, "/registers/specifications/new", reporter, **fields, **day)
    assert answer.status_code == 422
    assert "请选择评价规范的文件" in answer.text
    said = done(
        site,
        "/registers/specifications/new",
        reporter,
        {"file": PDF},
        **fields,
        filing_no="人社评规备〔2025〕1号",
        **day,
    )
    assert "电工评价规范" in said
    assert "人社评规备〔2025〕1号" in said


def test_a_complaint_is_recorded_by_an_authority(site: Site, firm: str, reporter: Actor):
    assert site.get("/complaints/new", reporter).status_code == 403
    form = site.get("/complaints/new", SUPERVISOR).text
    (number,) = re.findall(r'name="complaint_id"[^>]*value="([^"]+)"', form)
    fields = {"complained_on": "2026-11-01", "subject": "替考", "statement": "考场有人替考"}
    said = done(
        site,
        "/complaints/new",
        SUPERVISOR,
        {"evidence": PDF},
        complaint_id=number,
        uscc=firm,
        valid_from="2026-11-02",
        **fields,
    )
    assert number in said
    numbered = {**fields, "statement": "举报人身份证 11010519491231002X"}
    answer = posted(
        site,
        "/complaints/new",
        SUPERVISOR,
        complaint_id=f"{number}-b",
        uscc=firm,
        valid_from="2026-11-02",
        **numbered,
    )
    assert answer.status_code == 422
    assert "身份证号码" in answer.text


def test_results_are_made_public_from_the_session(site: Site, firm: str, reporter: Actor):
    held = lines.session(firm)
    site.record(held)
    number = held["data"]["assessment_id"]
    assert (
        f"/results/new?assessment_id={number}" in site.get(f"/assessments/{number}", reporter).text
    )
    said = done(
        site,
        "/results/new",
        reporter,
        assessment_id=number,
        valid_from="2025-03-12",
        until="2025-03-19",
        where="公司公告栏",
    )
    assert "2025-03-12" in said
    assert "公司公告栏" in said


def test_an_application_is_withdrawn_on_its_page(site: Site, firm: str, reporter: Actor):
    scope = [{**lines.ELECTRICIAN, "levels": ["5"]}]
    filed = lines.submitted(firm, scope)
    site.record(filed)
    path = f"/applications/{filed['data']['application_id']}"
    before = site.get(path, reporter).text
    assert "收件" in before
    assert f'action="{path}/withdrawal"' in before
    said = done(site, f"{path}/withdrawal", reporter, valid_from="2026-11-30", reason="材料有误")
    assert "撤回" in said
    assert f'action="{path}/withdrawal"' not in said


def test_a_hearing_is_recorded_on_the_finding(site: Site, firm: str):
    number = f"fd-{uuid.uuid4().hex[:8]}"
    site.record(
        lines.line(
            "FindingRaised",
            "2025-04-01",
            lines.SUPERVISOR,
            finding_id=number,
            uscc=firm,
            kind="超范围开展认定",
            severity="major",
            rule="七(三)",
            statement="在确认范围外开展认定。",
            assessments=[],
            certificates=[],
            flags=[],
        )
    )
    said = done(
        site,
        f"/findings/{number}/hearing",
        SUPERVISOR,
        valid_from="2025-04-10",
        outcome="企业无异议",
        document_no="听〔2025〕1号",
    )
    assert "企业无异议" in said
    assert "2025-04-10" in said


def test_a_plan_says_when_it_came_in_and_what_the_enterprise_claims(site: Site):
    code = lines.uscc()
    site.record(lines.registered(code))
    counts = {f"summary.{name}": "0" for name in ("sessions", "candidates", "certificates")}
    said = done(
        site,
        "/plans/new",
        OFFICER,
        uscc=code,
        year="2026",
        received_on="2026-01-20",
        **counts,
    )
    assert "收件 2026-01-20" in said
    assert "centre-1" in said


@pytest.mark.parametrize("path", PAPERS)
def test_a_form_is_shown_to_who_may_record_it_and_to_nobody_else(site: Site, path: str):
    for actor in (OFFICER, SUPERVISOR, INSPECTOR, ANALYST):
        may = actor.role in MAY[PAPERS[path].event]
        assert site.get(path, actor).status_code == (200 if may else 403)


def test_no_other_paper_has_a_form(site: Site):
    assert site.get("/registers/staff/none", OFFICER).status_code == 404


def test_a_finding_says_that_its_ground_is_gone(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4"):
        site.record(each)
    position = site.record(lines.session(code, "3"))
    key, number = f"S2-{position}", f"fd-{uuid.uuid4().hex[:8]}"
    raised = {"kind": "超等级", "severity": "major", "rule": "七(三)", "statement": "超出等级。"}
    site.record(
        lines.line(
            "FindingRaised",
            "2025-04-01",
            lines.SUPERVISOR,
            finding_id=number,
            uscc=code,
            assessments=[],
            certificates=[],
            flags=[key],
            **raised,
        )
    )
    assert "依据已不存在" not in site.get(f"/findings/{number}", SUPERVISOR).text
    review = {"flag": key, "decision": "dismissed", "reason": "核实"}
    at = site.record(lines.line("FlagReviewed", "2026-11-30", lines.SUPERVISOR, **review))
    said = site.get(f"/findings/{number}?min_position={at}", SUPERVISOR).text
    assert "依据已不存在" in said
    assert "请核实后销号或撤回" in said
    told = site.get(f"/v1/findings/{number}?min_position={at}", SUPERVISOR).json()
    assert told["grounds_gone"] == [key], "the page's JSON twin says it too"


def test_a_suspension_and_a_removal_show_the_finding_that_they_name(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4"):
        site.record(each)
    number = f"fd-{uuid.uuid4().hex[:8]}"
    raised = {"kind": "超等级", "severity": "major", "rule": "七(三)", "statement": "超出等级。"}
    named = {"assessments": [], "certificates": [], "flags": []}
    site.record(
        lines.line(
            "FindingRaised",
            "2025-04-01",
            lines.SUPERVISOR,
            finding_id=number,
            uscc=code,
            **named,
            **raised,
        )
    )
    suspended = {"uscc": code, "basis": "停办", "finding_id": number}
    at = site.record(lines.line("ListingSuspended", "2025-05-01", lines.BUREAU, **suspended))
    pinned = f"valid_at=2025-05-02&min_position={at}"
    assert f"/findings/{number}" in site.get(f"/enterprises/{code}?{pinned}", SUPERVISOR).text
    shown = site.get(f"/v1/enterprises/{code}?{pinned}", SUPERVISOR).json()
    assert (shown["standing"], shown["findings"]) == ("suspended", [number])
    stretches = site.get(f"/v1/enterprises/{code}/standing?{pinned}", SUPERVISOR).json()["items"]
    assert [s["findings"] for s in stretches if s["standing"] == "suspended"] == [[number]]


def test_the_supervisors_own_fault_is_a_remark_on_their_inspection_and_no_flag_of_the_enterprise(
    site: Site,
):
    code = lines.uscc()
    site.record(lines.registered(code))
    at = site.record(
        lines.line(
            "InspectionDispatched",
            "2025-04-01",
            lines.district("110108"),
            inspection_id=f"ins-{code[-6:]}",
            kind="现场督导",
            uscc=code,
            inspectors=[{"account": "i-1", "name": "甲", "recusal_declared": False}],
        )
    )
    flags = site.get(f"/enterprises/{code}/flags?min_position={at}", SUPERVISOR).text
    assert f"Q1-{at}" not in flags
    assert f"Q1-{at}" not in site.get(f"/enterprises/{code}", SUPERVISOR).text
    supervision = site.get(f"/enterprises/{code}/supervision", SUPERVISOR).text
    assert f"/flags/Q1-{at}" in supervision
    assert "督导程序" in supervision
