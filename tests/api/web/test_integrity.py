"""核验: the ledger's integrity in words, and a verification that a reader starts."""

import httpx2
import psycopg
import pytest

from api.installation.wiring import Installation
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.web.site import ANALYST, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres

AUDITOR = Actor(account="auditor-1", role=Role.AUDIT_ADMIN, organisation="centre")
SECURITY = Actor(account="security-1", role=Role.SECURITY_ADMIN, organisation="centre")


def _verified(site: Site, reader: Opener) -> None:
    page = reader(SUPERVISOR).open("/integrity")
    before = page.get_by_text("尚未做过").count()
    follow(page.get_by_role("button", name="现在全面核验"))
    for _ in range(200):
        if before == 0 or page.get_by_text("尚未做过").count() == 0:
            break
        page.reload()


def test_a_supervisor_has_the_ledger_verified_and_reads_the_outcome(
    site: Site, reader: Opener, shown: Installation
):
    _verified(site, reader)
    html = site.get("/integrity", SUPERVISOR).text
    twin = site.get("/v1/integrity", SUPERVISOR).json()
    assert "全部一致" in html
    assert twin["verifications"][0]["differs_at"] is None
    assert twin["head"]["root"] in html
    assert twin["head"]["root"] == shown.log.head().root.hex()


def test_the_audit_administrator_may_and_the_analyst_only_looks(site: Site):
    def post(actor: Actor) -> int:
        return httpx2.post(f"{site.base}/integrity", headers=site.headers(actor)).status_code

    assert site.get("/integrity", AUDITOR).status_code == 200
    assert "现在全面核验" not in site.get("/integrity", ANALYST).text
    assert post(ANALYST) == 403
    assert post(AUDITOR) == 303


def test_who_has_no_business_with_the_ledger_is_not_shown_it(site: Site):
    assert site.get("/integrity", SECURITY).status_code == 403
    assert site.get("/integrity").status_code == 303


def test_outcomes_cannot_be_changed_by_the_application(shown: Installation):
    with shown.pool.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM office.verification")


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_page_is_accessible_and_fits(reader: Opener, language: str, *, phone: bool):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open("/integrity")
    assert one.violations() == []
    assert not one.wide()
