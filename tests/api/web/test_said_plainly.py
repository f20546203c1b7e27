"""What pages say of a record that is late, covered, expired, not known yet, or of a unit nobody registered."""

import pytest

from ledger.log.clock import today
from tests.api import lines
from tests.api.web.site import OFFICER, PUBLISHER, SUPERVISOR, Opener, Site, follow, text_of

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    """An enterprise whose session at a level too high is taken in by a finding that is overdue."""
    code = lines.uscc()
    for each in lines.listed(code, "5", "4"):
        site.record(each)
    session = lines.session(code, "3", "2025-03-03")
    site.record(session)
    held = session["data"]["assessment_id"]
    said = {"kind": "超范围认定", "severity": "major", "rule": "七(三)", "statement": "三级未确认"}
    about = {"assessments": [held], "certificates": [], "flags": []}
    number = f"fd-plain-{code[-6:]}"
    raised = {"finding_id": number, "uscc": code, **said, **about}
    site.record(lines.line("FindingRaised", "2025-04-01", lines.SUPERVISOR, **raised))
    order = {"finding_id": number, "requirement": "整改", "due_on": "2025-05-01"}
    site.record(lines.line("RectificationOrdered", "2025-04-02", lines.SUPERVISOR, **order))
    for name, first, last in (
        ("over", "2025-05-02", "2025-06-01"),
        ("now", "2025-05-02", None),
        ("later", f"{today().year + 1}-01-01", None),
    ):
        days = {"effective_from": first} | ({"effective_to": last} if last else {})
        measure = {"finding_id": number, "measure_id": f"ms-{code[-6:]}-{name}", "kind": "通报"}
        site.record(lines.line("MeasureImposed", "2025-05-02", lines.SUPERVISOR, **measure, **days))
    return code


def test_a_flag_shows_the_finding_that_covers_its_session(reader: Opener, site: Site, firm: str):
    flag = site.get(f"/v1/flags?uscc={firm}&code=S2", SUPERVISOR).json()["items"][0]
    page = reader(SUPERVISOR).open(f"/flags/{flag['key']}")
    follow(page.locator("dl.facts").get_by_role("link", name=f"fd-plain-{firm[-6:]}"))
    assert "超范围认定" in page.inner_text("main")


def test_measures_stand_by_the_day(site: Site, firm: str):
    rows = site.get(f"/findings/fd-plain-{firm[-6:]}", SUPERVISOR).text.split("<tr>")
    said = {name: row for name in ("over", "now", "later") for row in rows if f"-{name}<" in row}
    assert "已届满" in said["over"]
    assert "生效中" in said["now"]
    assert "尚未生效" in said["later"]
    before = site.get(f"/findings/fd-plain-{firm[-6:]}?valid_at=2025-05-20", SUPERVISOR).text
    assert "已届满" not in before


def test_overdue_is_marked_in_the_list_and_only_from_the_day_after(site: Site, firm: str):
    path = f"/findings?uscc={firm}"
    assert "已逾期" in site.get(path, SUPERVISOR).text
    assert "已逾期" not in site.get(f"{path}&valid_at=2025-05-01", SUPERVISOR).text
    assert "已逾期" in site.get(f"{path}&valid_at=2025-05-02", SUPERVISOR).text


def test_a_record_that_was_not_known_yet_says_so_and_leads_back_to_now(reader: Opener, firm: str):
    page = reader(SUPERVISOR).open(f"/findings/fd-plain-{firm[-6:]}?position=5")
    assert "在所选的时点还没有这条记录" in page.inner_text("main")
    assert "5" in page.inner_text("main")
    follow(page.get_by_role("link", name="回到现在"))
    assert "超范围认定" in page.inner_text("main")


def test_a_unit_that_nobody_registered_is_told_of(site: Site):
    unit = lines.uscc()
    for actor in (SUPERVISOR, OFFICER, PUBLISHER):
        answer = site.get(f"/enterprises/{unit}", actor)
        assert answer.status_code == 200
        assert "没有登记这家单位" in text_of(answer.text)
    assert site.get("/enterprises/911101", SUPERVISOR).status_code == 404
