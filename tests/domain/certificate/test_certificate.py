"""Certificates: recorded when they break rules, refused when they cannot be facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.certificate.certificate import (
    CERTIFICATE,
    CertificateReissued,
    CertificateRevoked,
    Issue,
    evolve,
)
from domain.flag import FlagReviewed
from domain.terms.decider import Command
from domain.terms.envelope import UNSTAMPED
from domain.terms.vocabulary import Level, ReviewDecision
from tests.facts import GUARD, NUMBER, certified, held, issue, register
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    TODAY,
    USCC,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)

ISSUED = date(2025, 3, 20)
NEW_NUMBER = "Y000011123456254000009"
LATER = date(2025, 5, 1)


def issued(**changes: Any) -> Command[Any]:
    body = issue(**changes)
    return order(body, body.issued_on)


def reissue(by: Any = None, **changes: Any) -> Command[Any]:
    body = CertificateReissued(
        certificate_no=NUMBER, new_certificate_no=NEW_NUMBER, reason="姓名有误"
    )
    return order(replace(body, **changes), LATER, by=by)


def revoke(by: Any = None, on: date = LATER, **changes: Any) -> Command[Any]:
    body = CertificateRevoked(certificate_no=NUMBER, reason="弄虚作假")
    return order(replace(body, **changes), on, by=by)


def shared_number() -> list[Command[Any]]:
    """Two enterprises used one number: C2, not a refusal."""
    theirs = issue(assessment_id="a-2", issuer_uscc=OTHER)
    return [
        *certified(),
        register(uscc=OTHER, name="另一企业"),
        held(assessment_id="a-2", uscc=OTHER),
        order(
            replace(theirs, holder=replace(theirs.holder, subject_id="h-2")),
            ISSUED,
            by=reporter(OTHER),
        ),
    ]


def under(number: str, *history: Command[Any]) -> tuple[Issue, ...]:
    state: tuple[Issue, ...] = state_of(recorded(*history), CERTIFICATE.key(number))
    return state


# Issued


def test_a_certificate_is_recorded_in_the_stream_of_its_session_on_its_day():
    command = order(issue(), LATER)
    (new,) = given(register(), held()).when(command).then(issue())
    assert (new.stream, new.subject, new.valid_from) == ("assessment/a-1", USCC, ISSUED)
    assert new.tags == (f"certificate:{NUMBER}", "holder:h-1")
    assert new.district == "110108"


def test_the_same_certificate_again_is_a_duplicate():
    given(*certified()).when(issued()).then_refused("duplicate", "certificate_no")


@pytest.mark.parametrize(
    "changes",
    [
        {"occupation": GUARD},
        {"level": Level.CHIEF},
        {"issuer_uscc": OTHER},
        {"certificate_no": "not a number that anyone knows"},
    ],
)
def test_a_certificate_that_breaks_a_rule_is_recorded(changes: dict[str, Any]):
    given(register(), held()).when(issued(**changes)).then_as_ordered()


def test_the_same_number_for_another_holder_is_recorded():
    other = replace(issue().holder, subject_id="h-2")
    given(*certified()).when(issued(holder=other)).then_as_ordered()


def test_a_certificate_of_an_unknown_session_is_refused():
    given(register()).when(issued()).then_refused("other-enterprise", "actor.organisation")


def test_a_certificate_is_not_issued_tomorrow():
    given(register(), held()).when(issued(issued_on=TODAY)).then_as_ordered()
    given(register(), held()).when(issued(issued_on=TODAY + timedelta(days=1))).then_refused(
        "day-in-the-future", "issued_on"
    )


def test_an_issuing_body_has_a_valid_code():
    given(register(), held()).when(issued(issuer_uscc="91110302MA222LU88A")).then_refused(
        "invalid-uscc", "issuer_uscc"
    )


def test_a_reporter_reports_certificates_of_their_own_sessions_alone():
    given(register(), held()).when(order(issue(), ISSUED, by=reporter(OTHER))).then_refused(
        "other-enterprise"
    )


# Reissued


def test_a_certificate_is_replaced_under_a_new_number():
    (new,) = given(*certified()).when(reissue()).then_as_ordered()
    assert new.tags == (f"certificate:{NUMBER}", f"certificate:{NEW_NUMBER}", "holder:h-1")
    issue_after, successor = under(NUMBER, *certified(), reissue())
    end = issue_after.end
    assert (end.day, end.replaced_by, end.position) == (LATER, NEW_NUMBER, successor.position)
    assert (successor.number, successor.replaces, successor.holder) == (NEW_NUMBER, NUMBER, "h-1")


def test_the_new_number_is_replaced_and_revoked_like_any_other():
    third = reissue(certificate_no=NEW_NUMBER, new_certificate_no="Y000011000001254000003")
    (new,) = given(*certified(), reissue()).when(third).then_as_ordered()
    assert new.stream == "assessment/a-1"
    assert new.tags[-1] == "holder:h-1"
    given(*certified(), reissue(), third).when(third).then_refused(
        "certificate-ended", "certificate_no"
    )


def twice() -> tuple[list[Command[Any]], int, int]:
    """One enterprise put one number on two holders."""
    way = [*certified(), issued(holder=replace(issue().holder, subject_id="h-2"))]
    first, second = under(NUMBER, *way)
    return way, first.position, second.position


@pytest.mark.parametrize("end", [revoke, reissue])
def test_of_two_certificates_under_one_number_nobody_ends_one_without_saying_which(end: Any):
    way, first, second = twice()
    refused = given(*way).when(end()).then_refused("ambiguous-certificate", "position")
    assert f"位置 {first}（企业 {USCC}，认定活动 a-1）" in refused.zh
    assert f"position {second}" in refused.en
    given(*way).when(end(position=second + 1)).then_refused("other-enterprise")
    given(*way).when(end(CENTRE, position=first - 1)).then_refused(
        "unknown-certificate", "position"
    )


@pytest.mark.parametrize("end", [revoke, reissue])
def test_of_two_certificates_under_one_number_the_named_one_ends_and_no_other(end: Any):
    way, *positions = twice()
    for at, holder in zip(positions, ("h-1", "h-2"), strict=True):
        (new,) = given(*way).when(end(position=at)).then_as_ordered()
        assert new.tags[-1] == f"holder:{holder}"
        ended = [i.position for i in under(NUMBER, *way, end(position=at)) if i.end is not None]
        assert ended == [at]


def test_what_is_left_of_two_under_one_number_is_certain_and_says_which_it_was():
    way, first, second = twice()
    left = [*way, revoke(position=first)]
    (new,) = (
        given(*left)
        .when(revoke())
        .then(CertificateRevoked(certificate_no=NUMBER, reason="弄虚作假", position=second))
    )
    assert new.subject == USCC


def test_what_was_ended_before_certificates_were_named_stays_as_it_was_read():
    """An entry without a position: a revocation of both, a reissue for the holder recorded last."""
    way, _, second = twice()
    entries = recorded(*way)
    for body, expected in (
        (CertificateRevoked(certificate_no=NUMBER, reason="x"), [LATER, LATER]),
        (
            CertificateReissued(
                certificate_no=NUMBER, new_certificate_no=NEW_NUMBER, reason="姓名有误"
            ),
            [None, LATER],
        ),
    ):
        end = entries[-1]._replace(
            position=second + 1, event=body, valid_from=LATER, actor=reporter()
        )
        state = evolve(under(NUMBER, *way), end)
        assert [i.end.day if i.end else None for i in state[:2]] == expected


def test_of_two_under_one_number_the_same_replacement_is_made_once():
    way, first, second = twice()
    once = [*way, reissue(position=second)]
    given(*once).when(reissue()).then_refused("certificate-ended", "certificate_no")
    another = reissue(new_certificate_no="Y000011123456254000017", position=first)
    given(*once).when(another).then_as_ordered()


def test_a_replaced_certificate_is_not_replaced_again():
    given(*certified(), reissue()).when(reissue()).then_refused(
        "certificate-ended", "certificate_no"
    )


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"certificate_no": NEW_NUMBER, "new_certificate_no": NUMBER}, "other-enterprise", None),
        ({"new_certificate_no": NUMBER}, "same-number", "new_certificate_no"),
        ({"reason": " "}, "reason-missing", "reason"),
    ],
)
def test_a_replacement_needs_a_certificate_another_number_and_a_reason(
    changes: dict[str, Any], code: str, field: str | None
):
    given(*certified()).when(reissue(**changes)).then_refused(code, field)


# Revoked


def test_a_certificate_is_revoked():
    given(*certified()).when(revoke(BUREAU)).then_as_ordered()
    (issue_after,) = under(NUMBER, *certified(), revoke())
    assert (issue_after.end.day, issue_after.end.state) == (LATER, "revoked")


def test_a_revoked_certificate_is_not_revoked_again():
    given(*certified(), revoke()).when(revoke()).then_refused("certificate-ended")


def test_a_certificate_that_nobody_recorded_is_not_revoked():
    given(register()).when(revoke()).then_refused("other-enterprise", "actor.organisation")
    given(register()).when(revoke(BUREAU)).then_refused("unknown-certificate", "certificate_no")


def test_a_certificate_is_not_revoked_without_a_reason():
    given(*certified()).when(revoke(reason="")).then_refused("reason-missing", "reason")


def test_a_certificate_may_be_revoked_from_tomorrow_on():
    tomorrow = TODAY + timedelta(days=1)
    (new,) = given(*certified()).when(revoke(on=tomorrow)).then_as_ordered()
    assert new.valid_from == tomorrow


def test_of_two_certificates_with_one_number_a_reporter_revokes_their_own():
    for who, theirs, other in ((USCC, "h-1", "h-2"), (OTHER, "h-2", "h-1")):
        command = revoke(reporter(who))
        (new,) = given(*shared_number()).when(command).then_as_ordered()
        assert new.subject == who
        assert f"holder:{theirs}" in new.tags
        assert f"holder:{other}" not in new.tags
        ends = {i.uscc: i.end for i in under(NUMBER, *shared_number(), command)}
        assert ends.pop(who).day == LATER
        assert set(ends.values()) == {None}


def test_the_centre_says_which_certificate_of_two_enterprises_under_one_number_it_revokes():
    way = shared_number()
    first, second = under(NUMBER, *way)
    refused = given(*way).when(revoke(CENTRE)).then_refused("ambiguous-certificate", "position")
    assert f"企业 {USCC}" in refused.zh
    assert f"企业 {OTHER}" in refused.zh
    once = [*way, revoke(CENTRE, position=first.position)]
    (new,) = given(*once).when(revoke(CENTRE)).then_as_ordered()
    assert new.subject == second.uscc
    given(*once, revoke(CENTRE)).when(revoke(CENTRE)).then_refused("certificate-ended")


def test_a_reporter_does_not_revoke_the_certificate_of_another_enterprise():
    given(*certified()).when(revoke(reporter(OTHER))).then_refused("other-enterprise")


def test_an_inspector_revokes_nothing():
    given(*certified()).when(revoke(inspector())).then_refused("role-not-allowed")


def test_a_number_whose_double_use_was_reviewed_is_issued_and_revoked_like_any_other():
    history = shared_number()
    last = recorded(*history)[-1].position
    review = order(FlagReviewed(flag=f"C2-{last}", decision=ReviewDecision.UPHELD), LATER)
    given(*history, review).when(revoke()).then_as_ordered()
    again = issued(results=replace(issue().results, theory=None))
    given(*history, review).when(again).then_as_ordered()


AHEAD = TODAY + timedelta(days=900)


def ahead(command: Command[Any]) -> Command[Any]:
    """What the enterprise files for a day that is years away."""
    return replace(command, actor=reporter(), valid_from=AHEAD, stamps=UNSTAMPED)


@pytest.mark.parametrize("meant", [ahead(revoke()), ahead(reissue())])
def test_what_an_enterprise_means_to_end_years_ahead_an_authority_revokes_today(
    meant: Command[Any],
):
    """Otherwise a filing for a later day keeps everybody from revoking (§1)."""
    way = [*certified(), meant]
    for by in (CENTRE, BUREAU):
        given(*way).when(revoke(by)).then_as_ordered()
    given(*way).when(revoke(reporter())).then_refused("certificate-ended")
    (issue_,) = (i for i in under(NUMBER, *way, revoke(CENTRE)) if i.number == NUMBER)
    assert (issue_.end.day, issue_.end.replaced_by, issue_.end.by_authority) == (LATER, None, True)
    given(*way, revoke(CENTRE)).when(revoke(BUREAU)).then_refused("certificate-ended")


def test_what_was_to_be_revoked_later_gets_another_number_today_and_no_second_one_later():
    given(*certified(), ahead(revoke())).when(reissue(CENTRE)).then_as_ordered()
    other = replace(ahead(reissue()), actor=CENTRE)
    given(*certified(), ahead(reissue())).when(
        reissue(CENTRE, new_certificate_no="Y000011123456254000008")
    ).then_refused("certificate-ended")
    given(*certified(), reissue(CENTRE)).when(other).then_refused("certificate-ended")


def test_what_the_number_was_to_become_can_be_revoked_too():
    way = [*certified(), ahead(reissue()), revoke(CENTRE)]
    new = revoke(CENTRE, on=AHEAD, certificate_no=NEW_NUMBER)
    given(*way).when(new).then_as_ordered()


@pytest.mark.parametrize("end", [revoke(by=CENTRE), revoke(), reissue()])
@pytest.mark.parametrize(
    ("again", "ends"), [(ISSUED - timedelta(days=1), True), (LATER + timedelta(days=1), False)]
)
def test_what_is_reported_again_behind_its_end_for_a_day_before_it_has_ended_too(end, again, ends):
    """Else whoever lost a certificate would report it once more, and it would hold again (§1)."""
    second = issued(issued_on=again)

    def ended(*history: Command[Any]) -> set[Any]:
        issues = under(NUMBER, *certified(), *history)
        return {(i.day, i.end.day if i.end else None, i.replaced_by) for i in issues if i.event}

    behind = ended(end, second)
    assert {each[:2] for each in behind} == {(ISSUED, LATER), (again, LATER if ends else None)}
    if ends:
        assert ended(second, end) == behind


def test_a_revoked_certificate_that_is_reported_again_for_somebody_else_is_another_one():
    theirs = issue(issued_on=ISSUED - timedelta(days=1))
    other = replace(theirs, holder=replace(theirs.holder, subject_id="h-2"))
    entry = order(other, other.issued_on)
    (_, second) = under(NUMBER, *certified(), revoke(by=CENTRE), entry)
    assert second.end is None
