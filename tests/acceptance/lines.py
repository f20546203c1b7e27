"""Commands as an office would write them, for enterprises of their own: the shapes of the contract."""

from itertools import count
from typing import Any

from domain.terms.guards import FILINGS
from domain.terms.identifiers import uscc_check_character

Json = dict[str, Any]

ELECTRICIAN: Json = {"edition": "2022", "code": "6-31-01-03", "name": "电工", "trade": None}
COOK: Json = {"edition": "2022", "code": "4-03-02-01", "name": "中式烹调师", "trade": None}
LATHE: Json = {"edition": "2022", "code": "6-18-01-01", "name": "车工", "trade": None}
GUARD: Json = {"edition": "2022", "code": "4-07-05-01", "name": "保安员", "trade": None}
WELDER: Json = {"edition": "2022", "code": "6-18-02-04", "name": "焊工", "trade": None}
FIREMAN: Json = {"edition": "2022", "code": "3-02-03-01", "name": "消防员", "trade": None}
GHOST: Json = {"edition": "2022", "code": "9-99-99-99", "name": "不存在的职业", "trade": None}

CENTRE = {"account": "centre-1", "role": "centre_officer", "organisation": "centre"}
BUREAU = {"account": "bureau-1", "role": "bureau_publisher", "organisation": "bureau"}
PUBLISHER = {"account": "bureau-2", "role": "bureau_publisher", "organisation": "bureau"}
SUPERVISOR = {"account": "supervisor-1", "role": "quality_supervisor", "organisation": "centre"}
ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}

FAR = "2099-01-01"
"""A day that has not come yet."""
ALL_PARTS = ("projects", "problems", "innovation", "teaching")
KINDS = ("application_form", "implementation_plan", "incentive_policy", "standards", "premises")
DISTRICT_ROUTE = ("district", "foreign", "private")
POINTS = {
    "basics": 18,
    "hr_system": 17,
    "funding": 18,
    "organisation_quality": 18,
    "premises_it": 17,
}
SUMMARY = {"sessions": 0, "candidates": 0, "certificates": 0}
serial = count(1)


def uscc(division: str = "110108") -> str:
    """A new valid code."""
    head = f"91{division}MB{next(serial):07d}"
    return head + uscc_check_character(head)


def wrong_check(code: str) -> str:
    """The code with a check character that is not its own."""
    return code[:-1] + ("1" if code.endswith("0") else "0")


def identity() -> str:
    """A valid identity number that nobody else in the tests has."""
    number = next(serial)
    head = f"110101{1950 + number // 1000}0101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True))
    return head + "10X98765432"[total % 11]


def item(occupation: Json, *levels: str) -> Json:
    return {**occupation, "levels": list(levels)}


def district(code: str) -> Json:
    return {"account": f"inspector-{code}", "role": "district_inspector", "organisation": code}


def reporter(code: str) -> Json:
    return {"account": f"reporter-{code}", "role": "enterprise_reporter", "organisation": code}


def expert(number: int) -> Json:
    return {"account": f"e{number}", "role": "expert", "organisation": f"单位{number}"}


def line(kind: str, valid_from: str, actor: Json, /, **data: Any) -> Json:
    """One line of an import; the reason and the document stand beside the data."""
    named = (
        "reason",
        "document_no",
        "idempotency_key",
        "received_on",
        "received_by",
        "approved_by",
    )
    beside = {name: data.pop(name) for name in named if name in data}
    stamps = stamps_of(kind, valid_from, actor)
    return {
        "type": kind,
        "valid_from": valid_from,
        "actor": actor,
        "data": data,
        **stamps,
        **beside,
    }


def stamps_of(kind: str, day: str, actor: Json) -> Json:
    """Who received a filing, on its own day, and who approved what two persons do."""
    if kind in FILINGS and actor["role"] == "enterprise_reporter":
        return {"received_on": day, "received_by": CENTRE}
    if kind in ("ScopeChanged", "ListingRemoved", "RecordCorrected", "CatalogueAdopted") and actor[
        "role"
    ] in ("bureau_publisher", "centre_officer"):
        return {"approved_by": PUBLISHER if actor == BUREAU else BUREAU}
    return {}


def changed(of: Json, **data: Any) -> Json:
    """The line with other data."""
    return {**of, "data": {**of["data"], **data}}


def acted_by(of: Json, actor: Json) -> Json:
    """The line as somebody else's."""
    return {**of, "actor": actor}


def without_day(of: Json) -> Json:
    """The line without its business day."""
    return {name: value for name, value in of.items() if name != "valid_from"}


def registered(code: str, *, on: str = "2024-03-01", kind: str = "private", where: str = "110108"):
    return line(
        "EnterpriseRegistered",
        on,
        reporter(code),
        uscc=code,
        name=f"虚构企业{code[-6:]}",
        kind=kind,
        district=where,
        address="北京市",
    )


def _applied(code: str, app: str, scope: list[Json], methods: Any, own_method: str | None) -> Json:
    own = {} if own_method is None else {"own_method": own_method}
    materials = [
        {"kind": kind, "file_name": f"{kind}.pdf", "sha256": f"{number:064x}"}
        for number, kind in enumerate(KINDS)
    ]
    return line(
        "ApplicationSubmitted",
        "2024-05-10",
        reporter(code),
        application_id=app,
        uscc=code,
        window="2024-05",
        materials=materials,
        scope=scope,
        methods=list(methods),
        **own,
    )


def _evaluated(app: str, scope: list[Json]) -> list[Json]:
    numbers = (1, 2, 3)
    experts = [
        {
            "expert_id": f"e{number}",
            "name": f"专家{number}",
            "affiliation": f"单位{number}",
            "recusal_declared": False,
        }
        for number in numbers
    ]
    sheet = {"application_id": app, "scores": POINTS, "comment": ""}
    concluded = {"application_id": app, "recommended": True, "scope": scope}
    return [
        line("ApplicationAccepted", "2024-05-25", CENTRE, application_id=app),
        line("ExpertsAssigned", "2024-05-28", CENTRE, application_id=app, experts=experts),
        *(
            line("EvaluationScored", "2024-06-10", expert(n), **sheet, expert_id=f"e{n}")
            for n in numbers
        ),
        line("EvaluationConcluded", "2024-06-15", CENTRE, **concluded),
        line("ApplicationConfirmed", "2024-06-20", BUREAU, application_id=app, scope=scope),
    ]


def planned(code: str, year: int, on: str | None = None) -> Json:
    day = on or ("2024-07-01" if year == 2024 else f"{year}-01-10")
    return line(
        "AnnualPlanFiled", day, reporter(code), uscc=code, year=year, summary=SUMMARY, sessions=[]
    )


def received(code: str, on: str = "2024-07-01") -> Json:
    app, number = f"app-{code[-8:]}", f"R-{code[-8:]}"
    return line("ReceiptIssued", on, CENTRE, application_id=app, receipt_no=number, issued_on=on)


def listed(  # noqa: PLR0913 - one argument for each thing a test turns
    code: str,
    *scope: Json,
    until: str = "2027-07-01",
    kind: str = "private",
    where: str = "110108",
    plans: tuple[int, ...] = (2024, 2025, 2026),
    methods: tuple[str, ...] = ("examination",),
    own_method: str | None = None,
    receipt: bool = True,
) -> list[Json]:
    """The whole way of one enterprise onto the roster from 1 July 2024 on."""
    app, on, items = f"app-{code[-8:]}", "2024-07-01", list(scope)
    opinion = {"application_id": app, "district": where, "opinion": "support", "text": "同意"}
    entry = {"uscc": code, "application_id": app, "scope": items, "valid_from": on}
    batch = {"batch": f"batch-{code[-8:]}", "published_on": on}
    return [
        registered(code, kind=kind, where=where),
        _applied(code, app, items, methods, own_method),
        *(
            [line("DistrictOpinionGiven", "2024-05-20", district(where), **opinion)]
            if kind in DISTRICT_ROUTE
            else []
        ),
        *_evaluated(app, items),
        line("RosterPublished", on, PUBLISHER, **batch, entries=[{**entry, "valid_to": until}]),
        *([received(code)] if receipt else []),
        *(planned(code, year) for year in plans),
    ]


ORDER = (
    "EnterpriseRegistered",
    "ApplicationSubmitted",
    "DistrictOpinionGiven",
    "ApplicationAccepted",
    "ExpertsAssigned",
    "EvaluationScored",
    "EvaluationConcluded",
    "ApplicationConfirmed",
    "RosterPublished",
    "ReceiptIssued",
)


def way_of(code: str, *scope: Json, **more: Any) -> dict[str, list[Json]]:
    """The lines of `listed` by their type."""
    found: dict[str, list[Json]] = {}
    for each in listed(code, *(scope or (item(ELECTRICIAN, "4"),)), **more):
        found.setdefault(each["type"], []).append(each)
    return found


def steps_until(way: dict[str, list[Json]], last: str) -> list[Json]:
    """The lines of a way up to and with the step `last`."""
    return [each for step in ORDER[: ORDER.index(last) + 1] for each in way.get(step, [])]


def entry_of(way: dict[str, list[Json]], **entry: Any) -> Json:
    """The publication of a way with another entry."""
    published = way["RosterPublished"][0]
    return changed(published, entries=[{**published["data"]["entries"][0], **entry}])


def municipal(code: str, unit: str) -> list[Json]:
    """A municipal enterprise on the roster that covers a unit from 1 August 2024 on."""
    return [
        *listed(code, item(ELECTRICIAN, "4"), kind="municipal"),
        line(
            "UnitCovered",
            "2024-08-01",
            reporter(code),
            uscc=code,
            unit_uscc=unit,
            unit_name="第一分公司",
        ),
    ]


def granted(code: str, on: str, *, added: tuple[Json, ...] = (), removed: tuple[Json, ...] = ()):
    return line(
        "ScopeChanged",
        on,
        BUREAU,
        uscc=code,
        added=list(added),
        removed=list(removed),
        basis="调整范围",
    )


def suspended(code: str, on: str, **more: Any) -> Json:
    return line("ListingSuspended", on, BUREAU, uscc=code, basis="督导发现", **more)


def renewed(code: str, on: str, start: str, end: str, **more: Any) -> Json:
    found = line("ListingRenewed", on, BUREAU, uscc=code, basis="续期评估合格", **more)
    return changed(found, valid_from=start, valid_to=end)


PLACE = {"name": "培训中心", "address": "北京市海淀区上地十街10号", "division": "110108"}
HEBEI = {"name": "培训中心", "division": "131082"}


def session(  # noqa: PLR0913 - one argument for each thing a test turns
    code: str,
    occupation: Json,
    level: str,
    day: str,
    *,
    mode: str = "on_site",
    method: str = "examination",
    unit: str | None = None,
    candidates: Json | None = None,
    venue: Json | None = PLACE,
) -> Json:
    nobody = {"dispatched": 0, "student": 0, "apprentice": 0, "other": 0}
    return line(
        "AssessmentHeld",
        day,
        reporter(code),
        assessment_id=f"as-{code[-8:]}-{occupation['code']}-{level}-{day}",
        uscc=code,
        **({} if unit is None else {"unit_uscc": unit}),
        occupation=occupation,
        level=level,
        method=method,
        mode=mode,
        held_from=day,
        held_to=day,
        venue=None if venue is PLACE and mode != "on_site" else venue,
        candidates={"employee": 10, **nobody, **(candidates or {})},
        assessors=["甲某", "乙某"],
        quality_staff=["丙某"],
    )


def certificate(  # noqa: PLR0913 - one argument for each thing a test turns
    held: Json,
    *,
    day: str = "2025-03-20",
    issuer: str | None = None,
    number: str | None = None,
    name: str = "张三",
    id_no: str | None = None,
    content: tuple[str, ...] = (),
) -> Json:
    """A certificate of a session, to somebody who has no other."""
    data = held["data"]
    given = f"Y000011{next(serial):06d}{day[2:4]}{data['level']}{next(serial):06d}"
    holder = {"name": name, "id_type": "201", "id_no": id_no or identity(), "category": "employee"}
    return line(
        "CertificateIssued",
        day,
        reporter(data["uscc"]),
        certificate_no=number or given,
        assessment_id=data["assessment_id"],
        issuer_uscc=issuer or data["uscc"],
        occupation=data["occupation"],
        level=data["level"],
        holder=holder,
        results={"theory": 80, "practice": 82, "content": list(content)},
        issued_on=day,
    )


def ended(kind: str, number: str, code: str, **more: Any) -> Json:
    """A certificate replaced or revoked by its enterprise on 1 May 2025."""
    return line(kind, "2025-05-01", reporter(code), certificate_no=number, **more)


def inspector(number: int, **more: Any) -> Json:
    name = {"account": f"insp-{number}", "name": f"督导{number}"}
    return {**name, "card_no": f"R1125{number:04d}", "recusal_declared": False, **more}


TWO = [inspector(1), inspector(2)]


def dispatched(code: str, inspectors: list[Json] = TWO, actor: Json = SUPERVISOR, **more: Any):
    sent = {"inspection_id": f"in-{code[-8:]}", "kind": "现场督导", "district": "110108"}
    return line(
        "InspectionDispatched",
        "2025-03-09",
        actor,
        **{**sent, "uscc": code, "inspectors": inspectors, **more},
    )


def spot_check(
    code: str,
    inspectors: list[Json] = TWO,
    where: str = "110108",
    actor: Json | None = None,
    day: str = "2025-03-10",
    **more: Any,
) -> Json:
    photo = {"sha256": "a" * 64, "media_type": "image/jpeg", "file_name": "1.jpg"}
    seen = {
        "inspection_id": f"in-{code[-8:]}",
        "uscc": code,
        "district": where,
        "kind": "现场督导",
        "inspectors": inspectors,
        "captured_at": "2025-03-10T10:00:00+08:00",
        "place": {"lon": 116.3, "lat": 39.99, "datum": "WGS-84", "accuracy_m": 10},
        "device_id": "phone-1",
        "offline": True,
        "checklist": [{"item": "视频监控", "value": "合格"}],
        "evidence": [photo],
        "signature_refused": False,
    }
    return line("SpotCheckRecorded", day, actor or district(where), **{**seen, **more})


def finding(code: str, actor: Json = SUPERVISOR, day: str = "2025-03-15", **more: Any) -> Json:
    raised = {
        "finding_id": f"f-{code[-8:]}",
        "uscc": code,
        "kind": "超范围",
        "severity": "major",
        "rule": "S1",
        "statement": "超范围开展认定",
        "assessments": [],
        "certificates": [],
        "flags": [],
    }
    return line("FindingRaised", day, actor, **{**raised, **more})


def _of_finding(kind: str, code: str, day: str, actor: Json, /, **data: Any) -> Json:
    return line(kind, day, actor, finding_id=f"f-{code[-8:]}", **data)


def ordered(code: str, due: str, *, day: str = "2025-03-16", actor: Json = SUPERVISOR) -> Json:
    data = {"requirement": "限期整改", "due_on": due}
    return _of_finding("RectificationOrdered", code, day, actor, **data)


def rectified(code: str, day: str, actor: Json | None = None) -> Json:
    paper = {"sha256": "b" * 64, "media_type": "application/pdf", "file_name": "整改.pdf"}
    data = {"statement": "已整改", "evidence": [paper]}
    return _of_finding("RectificationReported", code, day, actor or reporter(code), **data)


def reinspected(code: str, day: str, *, passed: bool = True, actor: Json = SUPERVISOR) -> Json:
    return _of_finding("ReinspectionRecorded", code, day, actor, passed=passed, note="复查")


def closed(code: str, day: str) -> Json:
    return _of_finding("FindingClosed", code, day, SUPERVISOR, outcome="整改完成")


def corrected(position: int, actor: Json = SUPERVISOR, /, **fields: Any) -> Json:
    """A correction with its reason; a double underscore in a name is a dot in the path."""
    paths = {name.replace("__", "."): value for name, value in fields.items()}
    return line(
        "RecordCorrected",
        "2025-03-10",
        actor,
        position=position,
        fields=paths,
        reason="录入错误",
        document_no="更正〔2025〕1号",
    )
