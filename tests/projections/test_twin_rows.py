"""C2 on the live tables: what is said of a certificate does not depend on what is read with it."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from projections import twin_rows
from tests.projections.chronicle import BEGINNING, SUBJECTS, Step, tell
from tests.projections.conftest import RULES
from tests.story import USCC

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


@example(ANOTHERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(crowded)
def test_one_certificate_alone_is_judged_as_among_all(fresh, steps):
    story, conn, _ = fresh()
    tell(story, [*BEGINNING, *steps])
    upto = story.position
    certificates = twin_rows.sharing(conn, 0, upto)
    together = list(twin_rows.versions(conn, RULES, 0, upto, certificates))
    alone = [
        version
        for certificate in certificates
        for version in twin_rows.versions(conn, RULES, 0, upto, [certificate])
    ]
    assert sorted(alone, key=_order) == sorted(together, key=_order), steps


def _order(version):
    return version.key, version.position
