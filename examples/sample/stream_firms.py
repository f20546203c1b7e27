"""The enterprises of a stream, and their way onto the roster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import orjson

from examples.sample import occupations as o
from examples.sample.districts import DISTRICTS, District
from examples.sample.lines import CENTRE, CONFIRMER, PUBLISHER, expert, inspector, line, reporter
from examples.sample.listing import MATERIALS
from examples.sample.numbers import digest, serial_of, uscc
from examples.sample.words import KINDS

Json: TypeAlias = dict[str, Any]

LISTED_ON = date(2024, 7, 1)
LISTED_UNTIL = date(2027, 7, 1)
AT_ONCE = 1_000
"""Enterprises of one publication: its line stays well below the 1 MiB that an import takes."""
_SCORES = {
    "basics": 18,
    "hr_system": 17,
    "funding": 18,
    "organisation_quality": 18,
    "premises_it": 17,
}


@dataclass(slots=True, kw_only=True)
class StreamFirm:
    """One enterprise of a stream."""

    number: int
    uscc: str
    kind: str
    district: District
    scope: list[Json]
    actor: str
    """Its reporter, as JSON."""
    serials: dict[str, int] = field(default_factory=dict)
    widened: bool = False

    @property
    def application_id(self) -> str:
        """The id of its one application."""
        return f"app-{self.number:06d}"


def firm(number: int) -> StreamFirm:
    """Return the enterprise `number` (from 1)."""
    district = DISTRICTS[number % len(DISTRICTS)]
    division = "110302" if district.code == "BDA" else district.division
    code = uscc(serial_of(number), division, "MA0EY")
    return StreamFirm(
        number=number,
        uscc=code,
        kind=KINDS[number % len(KINDS)],
        district=district,
        scope=list(o.TRADES[number % len(o.TRADES)][1]),
        actor=orjson.dumps(reporter(code)).decode(),
    )


def text(one: Json) -> bytes:
    """Return a line as it stands in the stream."""
    return orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE)


def listings(firms: Sequence[StreamFirm]) -> Iterator[tuple[list[bytes], int]]:
    """Yield the lines that bring the enterprises onto the roster, and how many entries they make."""
    for start in range(0, len(firms), AT_ONCE):
        some = firms[start : start + AT_ONCE]
        for each in some:
            lines = [text(one) for one in _application(each)]
            yield lines, len(lines)
        yield [text(_published(some, start // AT_ONCE + 1))], 1 + len(some)
        lines = [text(one) for each in some for one in _after(each)]
        yield lines, len(lines)


def _application(each: StreamFirm) -> Iterator[Json]:
    app, code, district = each.application_id, each.uscc, each.district
    about: Json = {"application_id": app}
    yield line(
        "EnterpriseRegistered",
        date(2024, 3, 1),
        reporter(code),
        uscc=code,
        name=f"京示例流水{each.number:06d}号有限公司",
        kind=each.kind,
        district=district.code,
        address=district.address(each.number),
    )
    yield line(
        "ApplicationSubmitted",
        date(2024, 5, 10),
        reporter(code),
        **about,
        uscc=code,
        window="2024-05",
        materials=[
            {"kind": kind, "file_name": f"{kind}.pdf", "sha256": digest(f"{app} {kind}")}
            for kind in MATERIALS
        ],
        scope=each.scope,
        methods=["examination", "process"],
    )
    if each.kind in {"district", "foreign", "private"}:
        actor = inspector(district.code)
        opinion = {"district": district.code, "opinion": "support", "text": "同意"}
        yield line("DistrictOpinionGiven", date(2024, 5, 20), actor, **about, **opinion)
    yield line("ApplicationAccepted", date(2024, 5, 25), CENTRE, **about)
    yield from _evaluated(each, about)
    yield line("ApplicationConfirmed", date(2024, 6, 20), CONFIRMER, **about, scope=each.scope)


def _evaluated(each: StreamFirm, about: Json) -> Iterator[Json]:
    panel = [(f"expert-{n:02d}", f"示例评估单位{n}") for n in (1, 2, 3)]
    experts = [
        {"expert_id": e, "name": f"示例专家{e[-2:]}", "affiliation": a, "recusal_declared": False}
        for e, a in panel
    ]
    yield line("ExpertsAssigned", date(2024, 5, 28), CENTRE, **about, experts=experts)
    for expert_id, affiliation in panel:
        actor = expert(expert_id, affiliation)
        sheet = {"expert_id": expert_id, "scores": _SCORES, "comment": ""}
        yield line("EvaluationScored", date(2024, 6, 10), actor, **about, **sheet)
    yield line(
        "EvaluationConcluded",
        date(2024, 6, 15),
        CENTRE,
        **about,
        recommended=True,
        scope=each.scope,
    )


def _published(some: Sequence[StreamFirm], number: int) -> Json:
    entries = [
        {
            "uscc": each.uscc,
            "application_id": each.application_id,
            "scope": each.scope,
            "valid_from": LISTED_ON.isoformat(),
            "valid_to": LISTED_UNTIL.isoformat(),
        }
        for each in some
    ]
    return line(
        "RosterPublished",
        LISTED_ON,
        PUBLISHER,
        batch=f"stream-{number}",
        published_on=LISTED_ON.isoformat(),
        entries=entries,
    )


def _after(each: StreamFirm) -> Iterator[Json]:
    yield line(
        "ReceiptIssued",
        LISTED_ON,
        CENTRE,
        application_id=each.application_id,
        receipt_no=f"回执{each.number:06d}",
        issued_on=LISTED_ON.isoformat(),
    )
    yield _plan(each, LISTED_ON)


def _plan(each: StreamFirm, day: date) -> Json:
    summary = {"sessions": 0, "candidates": 0, "certificates": 0}
    actor = reporter(each.uscc)
    year = {"uscc": each.uscc, "year": day.year, "summary": summary, "sessions": []}
    return line("AnnualPlanFiled", day, actor, **year)


def plans(firms: Sequence[StreamFirm], year: int) -> list[bytes]:
    """Return the plans that are filed at New Year."""
    return [text(_plan(each, date(year, 1, 1))) for each in firms]
