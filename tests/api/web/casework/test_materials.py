"""申报材料: read beside the score sheet by those whose business it is, in a frame that runs nothing."""

import hashlib
import uuid
from typing import NamedTuple

import httpx2
import pytest

from api.access import access_log
from api.access.access_log import EntriesWanted
from api.installation.wiring import Installation
from domain.application.submission import window_of
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, OFFICER, PUBLISHER, SUPERVISOR, Opener, Site

pytestmark = pytest.mark.postgres

HAIDIAN = Actor(account="inspector-110108", role=Role.DISTRICT_INSPECTOR, organisation="110108")
EXPERT = Actor(account="e-material-1", role=Role.EXPERT, organisation="大学甲")
OTHER = Actor(account="e-material-2", role=Role.EXPERT, organisation="大学乙")


class Filed(NamedTuple):
    """An application whose plan is a real file; its other materials were named and never sent."""

    code: str
    number: str
    sha256: str
    octets: bytes

    @property
    def path(self) -> str:
        return f"/applications/{self.number}/materials/{self.sha256}"

    @property
    def reporter(self) -> Actor:
        account = f"reporter-{self.code}"
        return Actor(account=account, role=Role.ENTERPRISE_REPORTER, organisation=self.code)


def file(site: Site, octets: bytes, media: str = "application/pdf") -> Filed:
    """File an application; its reporter has sent the first material."""
    code = lines.uscc()
    one = Filed(code, f"app-m-{code[-6:]}", hashlib.sha256(octets).hexdigest(), octets)
    site.record(lines.registered(code))
    sent = httpx2.put(
        f"{site.base}/v1/evidence/{one.sha256}",
        content=octets,
        headers={**site.headers(one.reporter), "Content-Type": media},
    )
    assert sent.status_code in {200, 201}, sent.text
    by = lines.reporter(code)
    site.record(lines.line("ApplicationSubmitted", "2024-05-10", by, **application(one, "2024-05")))
    return one


def application(one: Filed, window: str) -> lines.Json:
    digests = [one.sha256, *(f"{n:064d}" for n in range(1, len(lines.KINDS)))]
    return {
        "application_id": one.number,
        "uscc": one.code,
        "window": window,
        "materials": [
            {"kind": kind, "file_name": f"{kind}.pdf", "sha256": sha256}
            for kind, sha256 in zip(lines.KINDS, digests, strict=True)
        ],
        "scope": [{**lines.ELECTRICIAN, "levels": ["5", "4"]}],
        "methods": ["examination"],
    }


def assign(site: Site, one: Filed) -> None:
    """Have the application accepted and given to one expert."""
    number = one.number
    district = {"account": HAIDIAN.account, "role": HAIDIAN.role, "organisation": "110108"}
    opinion = {"district": "110108", "opinion": "support", "text": "同意"}
    site.record(
        lines.line("DistrictOpinionGiven", "2024-05-20", district, application_id=number, **opinion)
    )
    site.record(
        lines.line("ApplicationAccepted", "2024-05-21", lines.CENTRE, application_id=number)
    )
    named = {"expert_id": EXPERT.account, "name": "专家甲", "affiliation": EXPERT.organisation}
    experts = [{**named, "recusal_declared": False}]
    site.record(
        lines.line(
            "ExpertsAssigned", "2024-05-22", lines.CENTRE, application_id=number, experts=experts
        )
    )


@pytest.fixture
def filed(site: Site) -> Filed:
    one = file(site, b"%PDF-1.7 " + uuid.uuid4().bytes)
    assign(site, one)
    return one


def test_centre_bureau_district_assigned_expert_and_applicant_open_a_material(
    site: Site, filed: Filed
):
    for actor in (SUPERVISOR, OFFICER, PUBLISHER, HAIDIAN, EXPERT, filed.reporter):
        answer = site.get(filed.path, actor)
        assert (actor.account, answer.status_code) == (actor.account, 200)
        assert answer.content == filed.octets


def test_an_expert_reads_the_materials_of_the_assigned_application_over_the_api_too(
    site: Site, filed: Filed
):
    """One policy: what the page shows beside the score sheet, a program of the expert's reads."""
    other = file(site, b"%PDF-1.7 " + uuid.uuid4().bytes)
    answered = {
        (actor.account, one.number): site.get(f"/v1/evidence/{one.sha256}", actor).status_code
        for actor in (EXPERT, OTHER)
        for one in (filed, other)
    }
    assert answered == {
        (EXPERT.account, filed.number): 200,
        (EXPERT.account, other.number): 404,
        (OTHER.account, filed.number): 404,
        (OTHER.account, other.number): 404,
    }


def test_nobody_else_opens_it(site: Site, filed: Filed):
    assert site.get(filed.path, OTHER).status_code == 404
    assert site.get(filed.path, INSPECTOR).status_code == 404
    assert site.get(filed.path, ANALYST).status_code == 403
    assert site.get(filed.path).status_code == 303
    stranger = filed._replace(code="91110000710939135P").reporter
    assert site.get(filed.path, stranger).status_code == 404


def test_it_runs_nothing_belongs_to_no_site_and_is_kept_by_no_browser(site: Site, filed: Filed):
    headers = site.get(filed.path, EXPERT).headers
    policy = headers["content-security-policy"]
    assert "sandbox" in policy.split("; ")
    assert "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("inline")
    assert headers["cache-control"] == "no-store"


def test_what_browsers_do_not_show_by_themselves_is_saved(site: Site):
    one = file(site, b"\0\0\0\x18ftypheic" + uuid.uuid4().bytes + b"\0" * 16, "image/heic")
    assert site.get(one.path, OFFICER).headers["content-disposition"].startswith("attachment")


def test_naming_the_digest_of_another_enterprises_material_shows_nothing(site: Site, filed: Filed):
    code = lines.uscc()
    site.record(lines.registered(code))
    thief = filed._replace(code=code, number=f"app-m-{code[-6:]}")
    # By its own hand: what the centre takes in from a counter it has looked at.
    answer = httpx2.post(
        f"{site.base}/v1/commands/ApplicationSubmitted",
        json={**application(thief, window_of(today())), "valid_from": today().isoformat()},
        headers={**site.headers(thief.reporter), "Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201, answer.text
    assert site.get(thief.path, thief.reporter).status_code == 404
    assert site.get(thief.path, HAIDIAN).status_code == 404


def test_every_reading_is_remembered(site: Site, shown: Installation, filed: Filed):
    site.get(filed.path, EXPERT)
    site.get(filed.path, EXPERT)
    with shown.gate.connection() as connection:
        asked = EntriesWanted(account=EXPERT.account, action="material")
        entries = access_log.page(connection, asked, 10)
    assert [one.object for one in entries if filed.sha256 in one.object] == [
        f"GET {filed.path}",
        f"GET {filed.path}",
    ]


def test_an_expert_reads_beside_the_sheet_and_keeps_what_is_typed(
    reader: Opener, site: Site, filed: Filed
):
    one = reader(EXPERT)
    one.page.set_viewport_size({"width": 1440, "height": 900})
    page = one.open(f"/applications/{filed.number}")
    sheet = page.locator("#sheet")
    sheet.get_by_label("评语").fill("第 3 页缺少台账")
    with page.expect_response(lambda answer: filed.sha256 in answer.url) as answered:
        page.locator(".reading a[target=material]").first.click()
    assert answered.value.status == 200
    assert sheet.get_by_label("评语").input_value() == "第 3 页缺少台账"
    paper, beside = page.locator("iframe.paper").bounding_box(), sheet.bounding_box()
    assert paper is not None
    assert beside is not None
    assert paper["x"] + paper["width"] <= beside["x"]
    assert page.locator(".reading a[target=material]").count() == 1


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_room_is_accessible_and_fits(
    reader: Opener, filed: Filed, language: str, *, phone: bool
):
    one = reader(EXPERT, language=language, phone=phone)
    one.open(f"/applications/{filed.number}")
    assert one.violations() == []
    assert not one.wide()
