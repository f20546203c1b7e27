"""What a demonstration does for whoever tries it: an inspector has something to visit today."""

import httpx2
import pytest

from api.access import demo_accounts
from api.cli import demonstration
from api.installation.wiring import Installation
from api.questions.visits import visits
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api import lines
from tests.api.web.field.phone import as_json
from tests.api.web.site import SUPERVISOR, Site

pytestmark = pytest.mark.postgres

INSPECTOR = next(a for a in demo_accounts.SAMPLE if a.role is Role.DISTRICT_INSPECTOR)


def test_the_inspector_has_something_to_visit_today_and_no_more_of_it_at_every_start(
    shown: Installation, site: Site
):
    demonstration.send_inspectors(shown)
    shown.wait_for(shown.log.head().position)
    before = shown.log.head().position
    sent = visits(shown, INSPECTOR)
    assert len(sent) == demonstration.VISITS
    for one in sent:
        assert one["dispatched_on"] == today().isoformat()
        assert one["enterprise"]["standing"] == "listed"
        assert one["enterprise"]["district"] == INSPECTOR.organisation
    demonstration.send_inspectors(shown)
    assert shown.log.head().position == before
    page = site.get("/field/record", INSPECTOR).text
    assert all(one["inspection_id"] in page for one in sent)


def test_what_it_sends_is_in_order_and_so_is_a_record_of_it(shown: Installation, site: Site):
    demonstration.send_inspectors(shown)
    shown.wait_for(shown.log.head().position)
    one = visits(shown, INSPECTOR)[0]
    day = today().isoformat()
    names = ("inspection_id", "uscc", "district", "kind", "inspectors")
    check = lines.line(
        "SpotCheckRecorded",
        day,
        as_json(INSPECTOR),
        **{name: one[name] for name in names},
        captured_at=f"{day}T00:00:01+08:00",
        device_id="d-1",
        offline=False,
        checklist=[],
        evidence=[],
        signature_refused=False,
    )
    position = site.record(check)
    flags = httpx2.get(
        f"{site.base}/v1/flags?record={position}&min_position={position}",
        headers=site.headers(SUPERVISOR),
        timeout=30,
    ).json()
    assert flags["items"] == []
    assert one["inspection_id"] not in {v["inspection_id"] for v in visits(shown, INSPECTOR)}
