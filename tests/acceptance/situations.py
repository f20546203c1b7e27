"""For every event a situation in which whoever may record it can: what came before, and the command."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from itertools import count
from types import MappingProxyType

from domain.application.submission import window_of
from ledger.log.clock import today
from ledger.reference import SHIPPED
from tests.acceptance.lines import (
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    PUBLISHER,
    SUMMARY,
    SUPERVISOR,
    Json,
    certificate,
    closed,
    dispatched,
    ended,
    expert,
    finding,
    granted,
    item,
    line,
    listed,
    ordered,
    planned,
    rectified,
    registered,
    reinspected,
    renewed,
    reporter,
    session,
    spot_check,
    steps_until,
    suspended,
    uscc,
    way_of,
)
from tests.acceptance.office import Office

Situation = Callable[[Office, str], Json]
"""Load what must have come before for one enterprise; return the command with its usual actor."""
_number = count(1)


def situation(office: Office, event: str) -> tuple[str, Json]:
    """Return a new enterprise and the command of `event` that may be given for it now."""
    code = uscc()
    command = SITUATIONS[event](office, code)
    assert command["type"] == event
    return code, command


def _step(event: str, before: str) -> Situation:
    """A step on the way onto the roster, once everything up to and with `before` was done."""

    def prepare(office: Office, code: str) -> Json:
        way = way_of(code)
        if before:
            office.load(*steps_until(way, before))
        return way[event][0]

    return prepare


def applied(code: str) -> Json:
    """An application as it is handed in today: for the window that is open."""
    filed = way_of(code)["ApplicationSubmitted"][0]
    return {
        **filed,
        "valid_from": today().isoformat(),
        "data": {**filed["data"], "window": window_of(today())},
    }


def _applied(office: Office, code: str) -> Json:
    office.load(*steps_until(way_of(code), "EnterpriseRegistered"))
    return applied(code)


def _instead(event: str, before: str, actor: Json) -> Situation:
    """A step that ends the way instead."""

    def prepare(office: Office, code: str) -> Json:
        way = way_of(code)
        office.load(*steps_until(way, before))
        app = way["ApplicationSubmitted"][0]["data"]["application_id"]
        return line(event, "2024-06-20", actor, application_id=app, reason="材料不实")

    return prepare


def _after_listing(make: Callable[[str], Json], *before: Callable[[str], Json]) -> Situation:
    def prepare(office: Office, code: str) -> Json:
        office.load(*listed(code, item(ELECTRICIAN, "4")), *(each(code) for each in before))
        return make(code)

    return prepare


def _revised_score(office: Office, code: str) -> Json:
    way = way_of(code)
    office.load(*steps_until(way, "EvaluationScored"))
    sheet = {**way["EvaluationScored"][0]["data"], "comment": "更正笔误"}
    return line("EvaluationScoreRevised", "2024-06-12", expert(1), **sheet, reason="笔误")


def _listed_alone(office: Office, code: str) -> Json:
    way = way_of(code)
    office.load(*steps_until(way, "ApplicationConfirmed"))
    entry = way["RosterPublished"][0]["data"]["entries"][0]
    return line("EnterpriseListed", "2024-07-01", BUREAU, **entry, batch="批次")


def _covered(code: str) -> Json:
    data = {"uscc": code, "unit_uscc": uscc(), "unit_name": "第一分公司"}
    return line("UnitCovered", "2024-08-01", reporter(code), **data)


def _hired(code: str) -> Json:
    data = {"uscc": code, "staff_id": "st-1", "name": "考评员甲", "duty": "assessor"}
    return line("StaffRegistered", "2025-01-10", reporter(code), **data)


def _results(code: str) -> Json:
    held = session(code, ELECTRICIAN, "4", "2025-03-10")["data"]["assessment_id"]
    data = {"assessment_id": held, "published_on": "2025-03-15", "until": "2025-03-20"}
    return line("ResultsPublished", "2025-03-15", reporter(code), where="网站", **data)


def _taken_back(office: Office, code: str) -> Json:
    way = way_of(code)
    office.load(*steps_until(way, "ApplicationSubmitted"))
    app = way["ApplicationSubmitted"][0]["data"]["application_id"]
    return line(
        "ApplicationWithdrawn", "2024-05-12", reporter(code), application_id=app, reason="另行申报"
    )


def _released(office: Office, code: str) -> Json:
    covered = _covered(code)
    office.load(registered(code), covered)
    unit = covered["data"]["unit_uscc"]
    return line("UnitReleased", "2024-09-01", reporter(code), uscc=code, unit_uscc=unit)


def _held(code: str) -> Json:
    return session(code, ELECTRICIAN, "4", "2025-03-10")


def _paper(make: Callable[[str, str], Json]) -> Situation:
    def prepare(office: Office, code: str) -> Json:
        held = _held(code)
        paper = certificate(held)
        office.load(*listed(code, item(ELECTRICIAN, "4")), held, paper)
        return make(paper["data"]["certificate_no"], code)

    return prepare


def _drawn(_office: Office, code: str) -> Json:
    promised = hashlib.sha256(b"seed").hexdigest()
    data = {"draw_id": f"d-{code}", "pool": [code], "sample": 1, "seed_commitment": promised}
    return line("InspectionDrawn", "2025-03-01", SUPERVISOR, **data)


def _measured(kind: str, *before: str) -> Situation:
    def of(kind: str, code: str) -> Json:
        named = {"kind": "约谈"} if kind == "MeasureImposed" else {}
        data = {"finding_id": f"f-{code[-8:]}", "measure_id": "m-1", **named}
        day = "2025-05-01" if kind == "MeasureImposed" else "2025-06-01"
        return line(kind, "2025-04-01", SUPERVISOR, **data, effective_from=day)

    def prepare(office: Office, code: str) -> Json:
        office.load(registered(code), finding(code), *(of(each, code) for each in before))
        return of(kind, code)

    return prepare


def _of_finding(make: Callable[[str], Json], *before: Callable[[str], Json]) -> Situation:
    def prepare(office: Office, code: str) -> Json:
        office.load(registered(code), finding(code), *(each(code) for each in before))
        return make(code)

    return prepare


def _withdrawn(code: str) -> Json:
    return line(
        "FindingWithdrawn", "2025-04-01", SUPERVISOR, finding_id=f"f-{code[-8:]}", reason="有误"
    )


def of_own_finding(
    make: Callable[[str], Json], *before: Callable[[str], Json]
) -> Callable[[Office, Json], Json]:
    """A finding is seen to by the authority that raised it, and withdrawn by that one alone."""

    def prepare(office: Office, actor: Json) -> Json:
        code = uscc()
        told = [{**each(code), "actor": actor} for each in before]
        office.load(registered(code), finding(code, actor), *told)
        return {**make(code), "actor": actor}

    return prepare


withdrawn_by = of_own_finding(_withdrawn)
closed_by = of_own_finding(lambda c: closed(c, "2025-04-01"))
ordered_by = of_own_finding(lambda c: ordered(c, "2025-04-30"))
reinspected_by = of_own_finding(
    lambda c: reinspected(c, "2025-04-02"), lambda c: ordered(c, "2025-04-30")
)


def _disputed(code: str) -> Json:
    data = {"finding_id": f"f-{code[-8:]}", "statement": "不认可"}
    return line("FindingDisputed", "2025-04-01", reporter(code), **data)


def _reviewed(office: Office, code: str) -> Json:
    office.load(*listed(code, item(ELECTRICIAN, "4")), session(code, COOK, "4", "2025-03-10"))
    (flag,) = office.flags(code)
    data = {"flag": flag["key"], "decision": "upheld", "reason": "属实"}
    return line("FlagReviewed", "2025-04-01", SUPERVISOR, **data)


def _corrected(office: Office, code: str) -> Json:
    """A correction by the centre of what an enterprise reported."""
    office.load(registered(code))
    return _another_address(office, code, SUPERVISOR)


def _another_address(office: Office, code: str, actor: Json) -> Json:
    (entry,) = office.history(code, "EnterpriseRegistered")
    data = {"position": entry["position"], "fields": {"address": "北京市海淀区"}}
    return line("RecordCorrected", "2025-04-01", actor, **data, reason="录入错误")


def corrected_by(office: Office, actor: Json) -> Json:
    """A correction of the actor's own record: what another body recorded is not theirs to correct."""
    code = actor["organisation"] if actor["role"] == "enterprise_reporter" else uscc()
    by = CENTRE if actor["organisation"] == "centre" else actor
    office.load({**registered(code), "actor": by})
    return _another_address(office, code, actor)


def _wished(office: Office, code: str) -> Json:
    """An enterprise asks for a correction of its session, on which a breach rests."""
    office.load(*listed(code, item(ELECTRICIAN, "4")), session(code, COOK, "4", "2025-03-10"))
    (entry,) = office.history(code, "AssessmentHeld")
    data = {"position": entry["position"], "fields": {"candidates.employee": 9}}
    return line("CorrectionRequested", "2025-04-01", reporter(code), **data, reason="录入错误")


def _wish_decided(office: Office, code: str) -> Json:
    office.load(_wished(office, code))
    (entry,) = office.history(code, "CorrectionRequested")
    data = {"position": entry["position"], "taken": True, "reason": "属实"}
    return line("CorrectionDecided", "2025-04-08", CENTRE, **data)


def _answered(office: Office, code: str) -> Json:
    said = _reviewed(office, code)
    data = {"flag": said["data"]["flag"], "statement": "已停止", "evidence": []}
    return line("FlagAnswered", "2025-04-01", reporter(code), **data)


def _erased(_office: Office, _code: str) -> Json:
    """Of somebody whom nobody knows: the receipt of an erasure is one all the same."""
    subject = str(uuid.uuid4())
    return line("PersonErased", "2025-06-01", CENTRE, subject_id=subject, basis="本人申请")


def _adopted(_office: Office, _code: str) -> Json:
    """The shipped suggestion of a mapping, from a day on which nothing is judged."""
    (suggested,) = (each for each in SHIPPED if each.suggested)
    data = {"kind": "mapping", "edition": f"trial-{next(_number)}", "sha256": suggested.sha256}
    return line("CatalogueAdopted", "2025-04-01", BUREAU, **data, valid_from="2098-01-01")


def _widened(code: str) -> Json:
    return granted(code, "2025-06-01", added=(item(COOK, "4"),))


def _asked(office: Office, code: str) -> Json:
    """A change of scope, asked for under an id of the asker's own."""
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    act = _widened(code)
    data = {
        "request_id": f"rq-{code}-{next(_number)}",
        "type": act["type"],
        "valid_from": act["valid_from"],
        "data": act["data"],
    }
    return line("ActRequested", "2025-06-01", BUREAU, **data)


def _decided(office: Office, code: str) -> Json:
    """The decision on a change of scope that another publisher has asked for."""
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    waiting = office.post("/v1/scope-changes", _widened(code), BUREAU)
    assert waiting.status_code == 202, waiting.text
    asked = waiting.json()["request_id"]
    return line("ActDecided", today().isoformat(), PUBLISHER, request_id=asked, taken=True)


SITUATIONS: Mapping[str, Situation] = MappingProxyType(
    {
        "EnterpriseRegistered": _step("EnterpriseRegistered", ""),
        "EnterpriseProfileChanged": _after_listing(
            lambda c: line(
                "EnterpriseProfileChanged", "2025-01-01", reporter(c), uscc=c, address="北京市"
            )
        ),
        "UnitCovered": _after_listing(_covered),
        "UnitReleased": _released,
        "StaffRegistered": _after_listing(_hired),
        "StaffReleased": _after_listing(
            lambda c: line("StaffReleased", "2025-06-01", reporter(c), uscc=c, staff_id="st-1"),
            _hired,
        ),
        "PartnershipFiled": _after_listing(
            lambda c: line(
                "PartnershipFiled", "2025-01-10", reporter(c), uscc=c, kind="school", partner="某校"
            )
        ),
        "SpecificationFiled": _after_listing(
            lambda c: line(
                "SpecificationFiled",
                "2025-01-10",
                reporter(c),
                uscc=c,
                occupation=ELECTRICIAN,
                title="电工评价规范",
                sha256="0" * 64,
                filed_with="人力资源社会保障部",
                filing_no="B-1",
            )
        ),
        "ComplaintReceived": _after_listing(
            lambda c: line(
                "ComplaintReceived",
                "2025-06-01",
                CENTRE,
                complaint_id=f"c-{c}",
                uscc=c,
                complained_on="2025-05-30",
                subject="考场纪律",
                statement="反映提前交卷",
                evidence=[],
            )
        ),
        "ResultsPublished": _after_listing(
            _results, lambda c: session(c, ELECTRICIAN, "4", "2025-03-10")
        ),
        "ApplicationWithdrawn": _taken_back,
        "HearingHeld": _of_finding(
            lambda c: line(
                "HearingHeld",
                "2025-08-01",
                SUPERVISOR,
                finding_id=f"f-{c[-8:]}",
                held_on="2025-08-01",
                outcome="维持",
            )
        ),
        "ActRequested": _asked,
        "ActDecided": _decided,
        "ApplicationSubmitted": _applied,
        "DistrictOpinionGiven": _step("DistrictOpinionGiven", "ApplicationSubmitted"),
        "ApplicationAccepted": _step("ApplicationAccepted", "DistrictOpinionGiven"),
        "ApplicationReturned": _instead("ApplicationReturned", "DistrictOpinionGiven", CENTRE),
        "ExpertsAssigned": _step("ExpertsAssigned", "ApplicationAccepted"),
        "EvaluationScored": _step("EvaluationScored", "ExpertsAssigned"),
        "EvaluationScoreRevised": _revised_score,
        "EvaluationConcluded": _step("EvaluationConcluded", "EvaluationScored"),
        "ApplicationConfirmed": _step("ApplicationConfirmed", "EvaluationConcluded"),
        "ApplicationRejected": _instead("ApplicationRejected", "EvaluationConcluded", BUREAU),
        "ReceiptIssued": _step("ReceiptIssued", "RosterPublished"),
        "RosterPublished": _step("RosterPublished", "ApplicationConfirmed"),
        "EnterpriseListed": _listed_alone,
        "ScopeChanged": _after_listing(
            lambda c: granted(c, "2025-01-01", added=(item(COOK, "4"),))
        ),
        "ListingSuspended": _after_listing(lambda c: suspended(c, "2025-01-01")),
        "ListingReinstated": _after_listing(
            lambda c: line("ListingReinstated", "2025-02-01", BUREAU, uscc=c, basis="整改合格"),
            lambda c: suspended(c, "2025-01-01"),
        ),
        "ListingRemoved": _after_listing(
            lambda c: line("ListingRemoved", "2025-02-01", BUREAU, uscc=c, basis="严重违规")
        ),
        "ListingRenewed": _after_listing(
            lambda c: renewed(c, "2026-06-01", "2027-07-01", "2030-07-01")
        ),
        "AnnualPlanFiled": _after_listing(lambda c: planned(c, 2023, "2024-07-02")),
        "AnnualPlanRevised": _after_listing(
            lambda c: line(
                "AnnualPlanRevised",
                "2025-02-01",
                reporter(c),
                uscc=c,
                year=2025,
                summary={**SUMMARY, "sessions": 1},
                sessions=[],
            )
        ),
        "AssessmentHeld": _after_listing(_held),
        "CertificateIssued": _after_listing(lambda c: certificate(_held(c)), _held),
        "CertificateReissued": _paper(
            lambda number, c: ended(
                "CertificateReissued", number, c, new_certificate_no=f"{number}新", reason="损毁"
            )
        ),
        "CertificateRevoked": _paper(
            lambda number, c: ended("CertificateRevoked", number, c, reason="误发")
        ),
        "InspectionDrawn": _drawn,
        "InspectionDispatched": _after_listing(dispatched),
        "SpotCheckRecorded": _after_listing(spot_check),
        "FindingRaised": _after_listing(finding),
        "RectificationOrdered": _of_finding(lambda c: ordered(c, "2025-04-30")),
        "RectificationReported": _of_finding(
            lambda c: rectified(c, "2025-04-01"), lambda c: ordered(c, "2025-04-30")
        ),
        "ReinspectionRecorded": _of_finding(
            lambda c: reinspected(c, "2025-04-02"),
            lambda c: ordered(c, "2025-04-30"),
            lambda c: rectified(c, "2025-04-01"),
        ),
        "MeasureImposed": _measured("MeasureImposed"),
        "MeasureStayed": _measured("MeasureStayed", "MeasureImposed"),
        "MeasureVaried": _measured("MeasureVaried", "MeasureImposed"),
        "MeasureSetAside": _measured("MeasureSetAside", "MeasureImposed"),
        "MeasureLifted": _measured("MeasureLifted", "MeasureImposed"),
        "FindingClosed": _of_finding(lambda c: closed(c, "2025-04-01")),
        "FindingWithdrawn": _of_finding(_withdrawn),
        "FindingDisputed": _of_finding(_disputed),
        "FlagReviewed": _reviewed,
        "FlagAnswered": _answered,
        "RecordCorrected": _corrected,
        "CorrectionRequested": _wished,
        "CorrectionDecided": _wish_decided,
        "CatalogueAdopted": _adopted,
        "PersonErased": _erased,
    }
)
"""Event → its situation."""
