"""What the enterprise does not see yet: visits to come and points before the conclusion (0215)."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from fastapi.routing import APIRoute

from api.installation.wiring import Installation
from api.questions.withheld import WITHHELD
from api.reports.question import ReportQuestion
from api.reports.report import contents
from api.web.app import describe
from domain.registry import EVENTS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, district, line, listed, reporter, uscc

pytestmark = pytest.mark.postgres

WHERE = "110105"
KIND = "专项督导"
SEEING = Role.QUALITY_SUPERVISOR


class Supervised:
    """An enterprise that is visited tomorrow, and whose experts have handed in their sheets."""

    def __init__(self, desk: Desk) -> None:
        self.uscc = uscc(WHERE)
        self.visit = f"ins-kept-{self.uscc[-8:]}"
        self.app = f"app-{self.uscc[-8:]}"
        self.inspector = f"sent-{self.uscc[-8:]}"
        lines = listed(self.uscc, "4", where=WHERE)
        scored = next(i for i, each in enumerate(lines) if each["type"] == "EvaluationScored")
        self.conclusion = next(x for x in lines if x["type"] == "EvaluationConcluded")
        self.sheets = [each for each in lines if each["type"] == "EvaluationScored"]
        for number, sheet in enumerate(self.sheets):
            sheet["data"]["scores"] = {**sheet["data"]["scores"], "funding": 17.125 + number / 8}
            sheet["data"]["comment"] = f"kept-comment-{number}"
        desk.send(*lines[:scored])
        sent = desk.send(*self.sheets, self.complained(), self.dispatched())
        self.positions = [each["position"] for each in sent]

    def dispatched(self) -> Json:
        # Without a card number: Q1 says so at once.
        return line(
            "InspectionDispatched",
            "2025-03-01",
            SUPERVISOR,
            inspection_id=self.visit,
            uscc=self.uscc,
            kind=KIND,
            inspectors=self.inspectors(),
        )

    def complained(self) -> Json:
        return line(
            "ComplaintReceived",
            "2025-03-01",
            district(WHERE),
            complaint_id=f"kept-complaint-{self.uscc[-8:]}",
            uscc=self.uscc,
            complained_on="2025-03-01",
            subject="替考",
            statement="密告有人替考",
            evidence=[],
        )

    def inspectors(self) -> list[Json]:
        return [
            {"account": self.inspector, "name": "秘密甲", "card_no": "", "recusal_declared": False}
        ]

    def recorded(self) -> Json:
        return line(
            "SpotCheckRecorded",
            "2025-03-02",
            SUPERVISOR,
            inspection_id=self.visit,
            uscc=self.uscc,
            district=WHERE,
            kind=KIND,
            inspectors=self.inspectors(),
            captured_at="2025-03-02T09:30:00+08:00",
            place={"name": "厂区"},
            device_id="phone-1",
            offline=False,
            checklist=[{"item": "场地", "value": "合格"}],
            evidence=[],
            signature_refused=False,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no answer to the enterprise may hold."""
        points = ("kept-comment", "17.125", "17.25", "17.375")
        return (self.visit, self.inspector, "秘密甲", "kept-complaint", "密告", *points)


@pytest.fixture(scope="module")
def supervised(desk: Desk) -> Supervised:
    return Supervised(desk)


def addresses(of: Supervised) -> Iterator[str]:
    """Every address that is read, with every name by which what is withheld could be asked for."""
    given = {
        "uscc": [of.uscc],
        "key": [f"Q1-{of.positions[-1]}"],
        "position": [str(position) for position in of.positions],
        "inspection_id": [of.visit],
        "application_id": [of.app],
        "request_id": [f"correction-{of.positions[-1]}"],
        "year": ["2025"],
        "number": ["000.p/1"],
        "level": ["entries"],
    }
    routers = [r.original_router for r in describe().routes if hasattr(r, "original_router")]
    for route in (each for router in routers for each in router.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            names = [*route.param_convertors]
            for values in product(*(given.get(name, ["1"]) for name in names)):
                path = route.path
                for name, value in zip(names, values, strict=True):
                    path = path.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
                yield path


ASKED: dict[str, Json] = {
    "/search": {"q": "{visit}"},
    "/v1/diff": {"of": "flags", "from_position": "0"},
    "/compare": {"of": "flags", "from_position": "0"},
    "/v1/stats": {"by": "code"},
    "/late": {"days": "1"},
    "/v1/late": {"days": "1"},
}
"""What is asked where an address alone asks nothing."""


def says(text: str, secret: str) -> bool:
    """Whether a text says it; the seconds of an instant (`…:17.25…`) are no points."""
    return re.search(rf"(?<![\d:]){re.escape(secret)}", text) is not None


def test_no_address_shows_an_enterprise_what_is_withheld(desk: Desk, supervised: Supervised):
    own = reporter(supervised.uscc)
    told: list[str] = []
    answered: set[str] = set()
    for path in addresses(supervised):
        asked = {n: v.format(visit=supervised.visit) for n, v in ASKED.get(path, {}).items()}
        for accept in ("text/html", "application/json", "text/csv"):
            answer = desk.get(path, own, accept=accept, **asked)
            # A page repeats what was asked of it.
            text = answer.text.replace(path, "").replace(asked.get("q", path), "")
            if answer.status_code == 200:
                answered.add(path)
                told += [f"{path} {accept}: {s}" for s in supervised.secrets if says(text, s)]
            # Proofs wait for a checkpoint, which nobody has signed here.
            assert answer.status_code < 500 or "not-ready" in answer.text, path
    assert told == []
    for path in ("/inspections", f"/v1/enterprises/{supervised.uscc}/timeline", "/v1/events"):
        assert path in answered


def test_a_report_for_the_enterprise_says_nothing_of_it(
    house: Installation, supervised: Supervised
):
    for role, organisation in ((Role.ENTERPRISE_REPORTER, supervised.uscc), (SEEING, "centre")):
        actor = Actor(account="reader-1", role=role, organisation=organisation)
        told = str(contents(house, actor, supervised.uscc, ReportQuestion()).members)
        assert (supervised.visit in told) is (role is SEEING)
        assert ("可见范围之外" in told) is False


def test_the_same_addresses_show_it_to_who_supervises(desk: Desk, supervised: Supervised):
    for who in (SUPERVISOR, district(WHERE)):
        shown = desk.get(f"/v1/inspections/{supervised.visit}", who).text
        assert supervised.inspector in shown
        history = desk.get(f"/v1/enterprises/{supervised.uscc}/history", who).text
        assert supervised.visit in history
        assert "kept-comment" in history


def test_counts_and_lists_leave_it_out(desk: Desk, supervised: Supervised):
    own = reporter(supervised.uscc)
    assert desk.items("/v1/inspections", own) == []
    assert desk.items("/v1/flags", own, code="Q1") == []
    counted = {each["code"] for each in desk.items("/v1/backlog", SUPERVISOR)}
    assert "Q1" in counted
    assert desk.items("/v1/backlog", own) == []
    by_code = desk.get("/v1/stats", own, by="code").json()["items"]
    assert [each["breaches"] for each in by_code if each["code"] == "Q1"] == []
    (application,) = desk.items("/v1/applications", own)
    assert application["scores"] == []
    assert not {*application["because"]} & {*supervised.positions}
    entries = desk.items("/v1/events", own, limit=1000)
    assert not {each["position"] for each in entries} & {*supervised.positions}
    for position in supervised.positions:
        one, other = (desk.get(f"/v1/events/{at}", own) for at in (position, 99_999_999))
        assert (one.status_code, one.json()["detail"]) == (404, other.json()["detail"])
        around = desk.get(f"/v1/events/{position}/context", own)
        assert around.status_code == 404


def test_neighbours_lead_past_it(desk: Desk, supervised: Supervised):
    own = reporter(supervised.uscc)
    last = max(each["position"] for each in desk.items("/v1/events", own, limit=1000))
    assert desk.get(f"/v1/events/{last}/context", own).json()["next"] is None
    assert desk.get(f"/v1/events/{last}/context").json()["next"] == supervised.positions[0]


def test_a_correction_of_what_is_withheld_is_withheld_with_it(desk: Desk):
    kept = Supervised(desk)
    wrong = {"inspectors.0.card_no": "R11240001"}
    fixed = line(
        "RecordCorrected",
        "2025-03-01",
        SUPERVISOR,
        position=kept.positions[-1],
        fields=wrong,
        reason="笔误",
    )
    (sent,) = desk.send(fixed)
    own = reporter(kept.uscc)
    assert sent["position"] not in {
        x["position"] for x in desk.items("/v1/events", own, limit=1000)
    }
    assert desk.get(f"/v1/events/{sent['position']}", own).status_code == 404


def test_what_is_recorded_releases_it(desk: Desk):
    kept = Supervised(desk)
    own = reporter(kept.uscc)
    before = desk.get("/v1/inspections", own).json()["basis"]["position"]
    desk.send(kept.recorded())
    (inspection,) = desk.items("/v1/inspections", own)
    assert [each["account"] for each in inspection["inspectors"]] == [kept.inspector]
    assert desk.get(f"/v1/events/{kept.positions[-1]}", own).status_code == 200
    (application,) = desk.items("/v1/applications", own)
    assert application["scores"] == []
    desk.send(kept.conclusion)
    (application,) = desk.items("/v1/applications", own)
    assert len(application["scores"]) == 3
    # Asked again as it was known before, the answer is what it was.
    assert desk.items("/v1/inspections", own, position=before) == []


def test_the_names_in_the_statement_are_those_of_the_registry():
    begun = (
        "InspectionDispatched",
        "EvaluationScored",
        "EvaluationScoreRevised",
        "ComplaintReceived",
    )
    for name in (*begun, "SpotCheckRecorded", "EvaluationConcluded"):
        for stored in EVENTS[name].ever_stored:
            assert f"'{stored}'" in WITHHELD
