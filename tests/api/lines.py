"""Commands as a client would send them: the shapes of the contract, for enterprises of their own."""

from itertools import count
from typing import Any

from domain.terms.guards import FILINGS
from domain.terms.identifiers import uscc_check_character

Json = dict[str, Any]

ELECTRICIAN: Json = {"edition": "2022", "code": "6-31-01-03", "name": "电工", "trade": None}
COOK: Json = {"edition": "2022", "code": "4-03-02-01", "name": "中式烹调师", "trade": None}
CENTRE = {"account": "centre-1", "role": "centre_officer", "organisation": "centre"}
BUREAU = {"account": "bureau-1", "role": "bureau_publisher", "organisation": "bureau"}
PUBLISHER = {"account": "bureau-2", "role": "bureau_publisher", "organisation": "bureau"}
SUPERVISOR = {"account": "supervisor-1", "role": "quality_supervisor", "organisation": "centre"}
POINTS = {
    "basics": 18,
    "hr_system": 17,
    "funding": 18,
    "organisation_quality": 18,
    "premises_it": 17.5,
}
KINDS = ("application_form", "implementation_plan", "incentive_policy", "standards", "premises")
_serial = count(1)


def uscc(division: str = "110108") -> str:
    """A new valid code."""
    head = f"91{division}MA{next(_serial):07d}"
    return head + uscc_check_character(head)


def district(code: str) -> Json:
    return {"account": f"inspector-{code}", "role": "district_inspector", "organisation": code}


def reporter(code: str) -> Json:
    return {"account": f"reporter-{code}", "role": "enterprise_reporter", "organisation": code}


def line(kind: str, valid_from: str | None, actor: Json, /, **data: Any) -> Json:
    """One command as a line of an import."""
    named = ("reason", "document_no", "received_on", "received_by", "approved_by")
    beside = {name: data.pop(name) for name in named if name in data}
    day = {} if valid_from is None else {"valid_from": valid_from}
    stamps = stamps_of(kind, valid_from, actor)
    return {"type": kind, **day, "actor": actor, "data": data, **stamps, **beside}


def stamps_of(kind: str, day: str | None, actor: Json) -> Json:
    """Who received a filing, on its own day, and who approved what two persons do."""
    if kind in FILINGS and actor["role"] == "enterprise_reporter" and day is not None:
        return {"received_on": day, "received_by": CENTRE}
    if kind in {"ScopeChanged", "ListingRemoved", "RecordCorrected", "CatalogueAdopted"} and actor[
        "role"
    ] in {"bureau_publisher", "centre_officer"}:
        return {"approved_by": PUBLISHER if actor == BUREAU else BUREAU}
    return {}


def registered(code: str, where: str = "110108", kind: str = "private", name: str = "") -> Json:
    return line(
        "EnterpriseRegistered",
        "2024-03-01",
        reporter(code),
        uscc=code,
        name=name or f"虚构企业{code[-6:]}",
        kind=kind,
        district=where,
        address="北京市",
    )


def submitted(code: str, scope: list[Json]) -> Json:
    materials = [
        {"kind": kind, "file_name": f"{kind}.pdf", "sha256": f"{number:064x}"}
        for number, kind in enumerate(KINDS)
    ]
    return line(
        "ApplicationSubmitted",
        "2024-05-10",
        reporter(code),
        application_id=f"app-{code[-8:]}",
        uscc=code,
        window="2024-05",
        materials=materials,
        scope=scope,
        methods=["examination"],
    )


def evaluated(code: str, scope: list[Json], where: str = "110108") -> list[Json]:
    """From the opinion of the district to the confirmation by the bureau."""
    app = f"app-{code[-8:]}"
    experts = [
        {
            "expert_id": f"{app}-e{n}",
            "name": f"专家{n}",
            "affiliation": f"单位{n}",
            "recusal_declared": False,
        }
        for n in (1, 2, 3)
    ]
    sheets = [
        line(
            "EvaluationScored",
            "2024-06-10",
            {"account": e["expert_id"], "role": "expert", "organisation": e["affiliation"]},
            application_id=app,
            expert_id=e["expert_id"],
            scores=POINTS,
            comment="",
        )
        for e in experts
    ]
    opinion = {"district": where, "opinion": "support", "text": "同意"}
    return [
        line("DistrictOpinionGiven", "2024-05-20", district(where), application_id=app, **opinion),
        line("ApplicationAccepted", "2024-05-25", CENTRE, application_id=app),
        line("ExpertsAssigned", "2024-05-28", CENTRE, application_id=app, experts=experts),
        *sheets,
        line(
            "EvaluationConcluded",
            "2024-06-15",
            CENTRE,
            application_id=app,
            recommended=True,
            scope=scope,
        ),
        line("ApplicationConfirmed", "2024-06-20", BUREAU, application_id=app, scope=scope),
    ]


def published(code: str, scope: list[Json], until: str = "2027-07-01") -> Json:
    entry = {
        "uscc": code,
        "application_id": f"app-{code[-8:]}",
        "scope": scope,
        "valid_from": "2024-07-01",
        "valid_to": until,
    }
    return line(
        "RosterPublished",
        "2024-07-01",
        PUBLISHER,
        batch=f"batch-{code[-8:]}",
        published_on="2024-07-01",
        entries=[entry],
    )


def listed(code: str, *levels: str, where: str = "110108") -> list[Json]:
    """The whole way onto the roster, with receipt and plans."""
    scope = [{**ELECTRICIAN, "levels": list(levels)}]
    receipt = {"receipt_no": f"R-{code[-8:]}", "issued_on": "2024-07-01"}
    plans = [
        line(
            "AnnualPlanFiled",
            f"{year}-01-10" if year > 2024 else "2024-07-01",
            reporter(code),
            uscc=code,
            year=year,
            summary={"sessions": 0, "candidates": 0, "certificates": 0},
            sessions=[],
        )
        for year in (2024, 2025, 2026)
    ]
    return [
        registered(code, where),
        submitted(code, scope),
        *evaluated(code, scope, where),
        published(code, scope),
        line("ReceiptIssued", None, CENTRE, application_id=f"app-{code[-8:]}", **receipt),
        *plans,
    ]


def session(code: str, level: str = "4", day: str = "2025-03-10", **changes: Any) -> Json:
    """One session; in scope where the level is."""
    data: Json = {
        "assessment_id": f"as-{code[-8:]}-{level}-{day}",
        "uscc": code,
        "occupation": ELECTRICIAN,
        "level": level,
        "method": "examination",
        "mode": "on_site",
        "held_from": day,
        "held_to": day,
        "venue": {"name": "培训中心", "address": "北京市海淀区上地十街10号", "division": "110108"},
        "candidates": {"employee": 10},
        "assessors": ["甲某", "乙某"],
        "quality_staff": ["丙某"],
        **changes,
    }
    return line("AssessmentHeld", None, reporter(code), **data)


def identity(serial: int) -> str:
    """A valid resident identity number that belongs to nobody else in the tests."""
    head = f"110105{1950 + serial // 900}1231{serial % 900:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True))
    return head + "10X98765432"[total % 11]


def certificate(
    code: str, assessment_id: str, serial: int | None = None, name: str = "张三丰"
) -> Json:
    """One certificate of a session at level 4, to a person who has no other."""
    serial = next(_serial) if serial is None else serial
    return line(
        "CertificateIssued",
        None,
        reporter(code),
        certificate_no=f"Y000011{int(code[-7:-1]):06d}254{serial:06d}",
        assessment_id=assessment_id,
        issuer_uscc=code,
        occupation=ELECTRICIAN,
        level="4",
        holder={
            "name": name,
            "id_type": "201",
            "id_no": identity(serial),
            "category": "employee",
        },
        results={"theory": 80, "practice": 82.5},
        issued_on="2025-03-20",
    )
