"""核验: the ledger's integrity in words, and a verification that a reader starts."""

import uuid
from datetime import timedelta
from pathlib import Path

import httpx2
import psycopg
import pytest

from api.installation.wiring import Installation
from domain.day import DayClosed
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from proof import kept
from proof.checkpoints import read_checkpoint
from proof.closing import Closing
from proof.notes import Kind, new_key
from proof.signer import open_signer, sign_now
from tests.api.web.site import ANALYST, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres

AT = 1_764_000_000
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


def test_it_says_what_was_signed_and_who_cosigned(
    site: Site, shown: Installation, tmp_path: Path
) -> None:
    before = site.get("/v1/integrity", SUPERVISOR).json()
    signer = open_signer(tmp_path / "signer", f"ledger.example/{uuid.uuid4()}")
    keys = [new_key(f"w{n}.example/1", Kind.ED25519_COSIGNATURE) for n in (1, 2)]
    logs = "".join(f"log {key.vkey}\n" for key in signer.public)
    lines = "".join(f"witness w{n} {key.public.vkey}\n" for n, key in enumerate(keys, 1))
    with shown.pool.connection() as connection:
        note = sign_now(signer, connection, AT)
        alone = site.get("/v1/integrity", SUPERVISOR).json()
        kept.keep_policy(connection, f"{logs}{lines}group g 1 w1 w2\nquorum g\n")
        checkpoint = read_checkpoint(note.text)
        signature = keys[0].sign(note.text, AT)
        kept.keep_cosignature(connection, checkpoint, keys[0].public, signature, AT)
    if before["checkpoint"] is None:
        assert "dudao signer" in before["alarms"][0]["zh"]
    assert alone["checkpoint"]["met"] is None or alone["alarms"]
    found = site.get("/v1/integrity", SUPERVISOR).json()
    assert found["checkpoint"]["origin"] == signer.origin
    assert found["checkpoint"]["met"] is True
    assert found["alarms"] == []
    first, second = found["witnesses"]
    assert (first["name"], first["position"]) == ("w1", checkpoint.size)
    assert second["at"] is None
    html = site.get("/integrity", SUPERVISOR).text
    for text in (signer.origin, "w1.example/1", "从未", found["checkpoint"]["root"]):
        assert text in html


def test_a_signature_that_does_not_hold_is_an_alarm(
    site: Site, shown: Installation, tmp_path: Path
) -> None:
    signer = open_signer(tmp_path / "signer", f"ledger.example/{uuid.uuid4()}")
    key = new_key("w1.example/1", Kind.ED25519_COSIGNATURE)
    logs = "".join(f"log {each.vkey}\n" for each in signer.public)
    with shown.pool.connection() as connection:
        note = sign_now(signer, connection, AT)
        kept.keep_policy(connection, f"{logs}witness w {key.public.vkey}\nquorum w\n")
        false = key.sign("another\n", AT)
        kept.keep_cosignature(connection, read_checkpoint(note.text), key.public, false, AT)
    found = site.get("/v1/integrity", SUPERVISOR).json()
    assert found["checkpoint"]["met"] is False
    assert "不成立" in found["alarms"][0]["zh"]
    assert "不成立" in site.get("/integrity", SUPERVISOR).text


def test_a_log_that_began_again_after_a_loss_says_so(
    site: Site, shown: Installation, tmp_path: Path
) -> None:
    signer = open_signer(tmp_path / "signer", f"ledger.example/{uuid.uuid4()}")
    begun = kept.Begun("从周一的备份恢复", "ledger.example/before", 1_000_000)
    with shown.pool.connection() as connection:
        size = read_checkpoint(sign_now(signer, connection, AT, begun).text).size
    found = site.get("/v1/integrity", SUPERVISOR).json()["beginnings"][-1]
    assert (found["origin"], found["position"]) == (signer.origin, size)
    assert (found["former"], found["lost"]) == ("ledger.example/before", 1_000_000 - size)
    html = site.get("/integrity", SUPERVISOR).text
    for text in ("ledger.example/before", "1000000", "从周一的备份恢复"):
        assert text in html


def test_days_that_are_no_longer_closed_are_an_alarm(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.get("/v1/integrity", SUPERVISOR).json()["alarms"]
    assert not any("日终封账" in alarm["zh"] for alarm in before)
    for ago, is_alarm in ((1, False), (3, True)):
        day = today() - timedelta(days=ago)
        last = Closing(1, DayClosed(day=day, upto=1, subjects=1, root="0" * 64))
        monkeypatch.setattr(
            "api.questions.assurance.witnessed.closings", lambda _, last=last: [last]
        )
        found = site.get("/v1/integrity", SUPERVISOR).json()["alarms"]
        assert any(f"日终封账停在 {day}" in alarm["zh"] for alarm in found) is is_alarm
