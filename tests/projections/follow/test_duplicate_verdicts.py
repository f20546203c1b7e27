"""C2 on the live tables: whose certificates are read for one, and on whose behalf it was held."""

from itertools import chain

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from projections.follow import duplicate_verdicts
from replay.audit import check
from replay.engines import InProcess
from tests.api.lines import (
    SUPERVISOR,
    certificate,
    line,
    listed,
    reporter,
    session,
    uscc,
)
from tests.projections.chronicle import BEGINNING, SUBJECTS, Step, tell
from tests.projections.conftest import RULES
from tests.projections.desk import Desk
from tests.story import OTHER, USCC

pytestmark = pytest.mark.postgres

# Two holders under one number, three numbers, whoever issues: a number changes hands quickly.
KINDS = (
    *("CertificateIssued",) * 5,
    *("CertificateReissued",) * 3,
    "CertificateRevoked",
    "RecordCorrected",
)
crowded = st.lists(
    st.builds(
        Step,
        uscc=st.sampled_from(SUBJECTS[:2]),
        kind=st.sampled_from(KINDS),
        day=st.integers(0, 400),
        a=st.integers(0, 5),
        b=st.integers(0, 3),
    ),
    min_size=4,
    max_size=30,
)
# The number passes from one holder's certificate to another's; the reissue replaces the later one.
ANOTHERS = [
    Step(USCC, "CertificateIssued", 72, 0, 1),
    Step(USCC, "CertificateIssued", 75, 0, 1),
    Step(USCC, "CertificateIssued", 78, 0, 0),
    Step(USCC, "CertificateReissued", 90, 0, 0),
]
# A number that came by a reissue changes hands again, to a number that another enterprise gave.
TWICE_REISSUED = [
    Step(OTHER, "CertificateIssued", 72, 0, 0),
    Step(USCC, "CertificateIssued", 75, 0, 0),
    Step(USCC, "CertificateReissued", 90, 0, 0),
    Step(USCC, "CertificateReissued", 91, 1, 0),
]


@example(ANOTHERS)
@example(TWICE_REISSUED)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(crowded)
def test_one_certificate_alone_is_judged_as_among_all(fresh, steps):
    story, conn, _ = fresh()
    tell(story, [*BEGINNING, *steps])
    upto = story.position
    certificates = list(chain(*duplicate_verdicts.sharing(conn, 0, upto).values()))
    together = duplicate_verdicts.of_certificates(conn, RULES.apply, 0, upto, certificates)
    alone = [
        duplicate_verdicts.of_certificates(conn, RULES.apply, 0, upto, [certificate])
        for certificate in certificates
    ]
    found = [judged for verdicts in alone for judged in chain(*verdicts.values())]
    assert sorted(map(_told, found)) == sorted(map(_told, chain(*together.values()))), steps


def _told(judged):
    return judged.event.certificate, judged.position, judged.event.outcome


def _bodies(desk: Desk, code: str, position: int | None = None) -> set[tuple[str | None, str]]:
    (flag,) = desk.flags(code, position=position, code="C2")
    return {(body["uscc"], body["role"]) for body in flag["responsible"]}


def test_a_covered_unit_and_its_applicant_are_responsible_as_the_session_says_now(desk: Desk):
    one, other, unit = uscc(), uscc(), uscc()
    cover = line(
        "UnitCovered", "2024-08-01", reporter(other), uscc=other, unit_uscc=unit, unit_name="分公司"
    )
    first, again = session(one), session(other, unit_uscc=unit)
    given, twice = (
        certificate(code, held["data"]["assessment_id"])
        for code, held in ((one, first), (other, again))
    )
    twice["data"]["certificate_no"] = given["data"]["certificate_no"]
    held = desk.load(*listed(one, "4"), *listed(other, "4"), cover, first, again)
    known = desk.load(given, twice)
    both = {(unit, "implementing"), (other, "applicant")}
    assert both < _bodies(desk, other)
    correction = line(
        "RecordCorrected",
        "2025-03-10",
        SUPERVISOR,
        position=held,
        fields={"unit_uscc": other},
        reason="录入错误",
    )
    upto = desk.load(correction)
    assert not both & _bodies(desk, other)
    assert both < _bodies(desk, other, known)
    assert check(desk.conninfo, desk.rules, InProcess(desk.rules), upto) == []
