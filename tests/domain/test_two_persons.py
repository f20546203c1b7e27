"""Acts that take two persons: what each does, who counts as another, what waits has no effect (§1, §3)."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest

from domain.assessment import Candidates
from domain.catalogue import CatalogueAdopted
from domain.correction import CorrectionDecided, FieldCorrection, RecordCorrected
from domain.enterprise import EnterpriseProfileChanged
from domain.flag import FlagReviewed
from domain.request import ActDecided, ActRequested
from domain.standing.standing import (
    ListingReinstated,
    ListingRemoved,
    ListingSuspended,
    ScopeChanged,
)
from domain.terms.decider import Refused
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from domain.terms.place import Place
from domain.terms.vocabulary import CatalogueKind, ReviewDecision, Role
from domain.two_persons import LOOKED_AT, needs_two, require_other_person
from ledger.deciding.acts import write_act
from tests.facts import GUARD, LATHE, held, issue, item, listed, register
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    PUBLISHER,
    SUPERVISOR,
    TODAY,
    USCC,
    entry,
    facts_of,
    given,
    order,
    recorded,
    reporter,
)

DAY = date(2025, 6, 1)
MORE = ScopeChanged(uscc=USCC, added=(item(LATHE, "4"),), removed=(), basis="扩项")
GONE = ListingRemoved(uscc=USCC, basis="撤销")
SECOND = Actor(account="sup-2", role=Role.QUALITY_SUPERVISOR, organisation="centre")


def alone(body, by=BUREAU, **stamps):
    return order(body, DAY, by=by, stamps=Stamps(**stamps) if stamps else UNSTAMPED)


def asked(body, by=BUREAU):
    """The act over HTTP, where nobody can speak for a second person."""
    return replace(alone(body, by), asking="r-1")


def decided(*, taken=True, by=PUBLISHER, reason=None):
    body = ActDecided(request_id="r-1", taken=taken, reason=reason)
    return order(body, TODAY, by=by, stamps=UNSTAMPED)


@pytest.mark.parametrize("body", [MORE, GONE])
def test_an_act_that_takes_two_is_not_done_by_one(body):
    given(*listed()).when(alone(body)).then_refused("second-person-missing", "approved_by")
    given(*listed()).when(alone(body, approved_by=PUBLISHER)).then(body)


def test_an_act_that_takes_one_is_done_by_one():
    body = ListingSuspended(uscc=USCC, basis="督导")
    given(*listed()).when(alone(body)).then(body)


def test_who_approves_must_be_one_who_may_do_it():
    given(*listed()).when(alone(MORE, approved_by=CENTRE)).then_refused(
        "role-not-allowed", "approved_by.role"
    )
    given(*listed()).when(alone(MORE, approved_by=BUREAU)).then_refused("same-person")


def test_two_accounts_of_one_person_are_one_person():
    facts = facts_of([])
    require_other_person(facts, "bureau-1", "bureau-2")
    facts.person = {"bureau-1": "zhang-san", "bureau-2": "zhang-san"}.__getitem__
    with pytest.raises(Refused, match="one person"):
        require_other_person(facts, "bureau-1", "bureau-2")


def test_history_may_lack_the_second_person_and_rests_on_its_paper():
    history = alone(MORE, backfill=True)
    given(*listed()).when(history).then_refused("document-missing", "document_no")
    given(*listed()).when(replace(history, document_no="京人社〔2021〕1号")).then(MORE)


def test_only_a_severe_breach_takes_two_to_dismiss():
    history = (*listed(), held(venue=Place(division="130633"), candidates=Candidates(other=1)))
    at = recorded(*history)[-1].position
    mild = FlagReviewed(flag=f"S5-{at}", decision=ReviewDecision.DISMISSED)
    severe = FlagReviewed(flag=f"G1-{at}", decision=ReviewDecision.DISMISSED)
    upheld = FlagReviewed(flag=f"G1-{at}", decision=ReviewDecision.UPHELD)
    assert len(given(*history).when(alone(mild, SUPERVISOR)).new) == 1
    assert len(given(*history).when(alone(upheld, SUPERVISOR)).new) == 1
    given(*history).when(alone(severe, SUPERVISOR)).then_refused("second-person-missing")
    assert len(given(*history).when(alone(severe, SUPERVISOR, approved_by=SECOND)).new) == 1
    pretended = replace(severe, outcome="undecided.place-unknown")
    given(*history).when(alone(pretended, SUPERVISOR)).then_refused("unknown-outcome")
    told = (*history, alone(upheld, SUPERVISOR))
    field = FieldCorrection(path="decision", value='"dismissed"')
    turned = RecordCorrected(position=recorded(*told)[-1].position, fields=(field,))
    given(*told).when(alone(turned, SUPERVISOR)).then_refused("second-person-missing")


def test_a_correction_of_what_took_two_takes_two():
    history = (*listed(), alone(MORE, approved_by=PUBLISHER))
    at = recorded(*history)[-1].position
    fix = RecordCorrected(position=at, fields=(FieldCorrection(path="basis", value='"更正"'),))
    given(*history).when(alone(fix)).then_refused("second-person-missing")
    given(*history).when(alone(fix, approved_by=PUBLISHER)).then(fix)
    days = RecordCorrected(
        position=at - 1, fields=(FieldCorrection(path="valid_to", value='"2027-01-01"'),)
    )
    given(*history).when(alone(days)).then_refused("second-person-missing")


# What ends a severe breach is a dismissal in effect

OUTSIDE = Place(division="130633")
INSIDE = (FieldCorrection(path="venue.division", value='"110108"'),)


def outside(*more):
    """A listed enterprise with a session outside Beijing: its position is the last one."""
    return (*listed(), held(venue=OUTSIDE), *more)


def inside(position, by=CENTRE, **stamps):
    return alone(RecordCorrected(position=position, fields=INSIDE), by, **stamps)


def test_a_correction_that_ends_a_severe_breach_takes_two_persons_or_names_its_paper():
    at = len(recorded(*outside()))
    for who, second in ((CENTRE, SUPERVISOR), (SUPERVISOR, CENTRE)):
        given(*outside()).when(inside(at, who)).then_refused("second-person-missing", "approved_by")
        given(*outside()).when(inside(at, who, approved_by=second)).then_as_ordered()
        given(*outside()).when(inside(at, who, approved_by=who)).then_refused("same-person")
        by_the_enterprise = inside(at, who, approved_by=reporter())
        given(*outside()).when(by_the_enterprise).then_refused("role-not-allowed")
        on_paper = replace(inside(at, who), document_no="更正〔2025〕1号")
        given(*outside()).when(on_paper).then_as_ordered()


def test_a_correction_that_ends_no_severe_breach_is_one_persons():
    at = len(recorded(*outside()))
    level = RecordCorrected(position=at, fields=(FieldCorrection(path="level", value='"3"'),))
    given(*outside()).when(alone(level, CENTRE)).then_as_ordered()
    unknown = (*listed(), held(venue=None))  # G1 is undecided there
    placed = (FieldCorrection(path="mode", value='"online"'),)
    given(*unknown).when(
        alone(RecordCorrected(position=at, fields=placed), CENTRE)
    ).then_as_ordered()
    flag = FlagReviewed(flag=f"G1-{at}", decision=ReviewDecision.DISMISSED)
    dismissed = outside(alone(flag, SUPERVISOR, approved_by=SECOND))
    given(*dismissed).when(inside(at)).then_as_ordered()


def test_over_http_such_a_correction_waits_for_the_second_person():
    at = len(recorded(*outside()))
    body = RecordCorrected(position=at, fields=INSIDE)
    waiting = replace(asked(body, SUPERVISOR), document_no="更正〔2025〕1号")
    (new,) = given(*outside()).when(waiting).new
    assert type(new.event) is ActRequested
    taken = decided(by=CENTRE)
    (_, act) = given(*outside(waiting)).when(taken).then(taken.body, body)
    assert (act.under.actor, act.under.stamps.approved_by) == (SUPERVISOR, CENTRE)
    given(*outside(waiting)).when(decided(by=SUPERVISOR)).then_refused("same-person")


def test_the_centre_takes_a_correction_that_ends_a_severe_breach_with_two_persons():
    """Who asks is the enterprise; of the authority it were one person alone."""
    at = len(recorded(*outside()))
    wish = alone(RecordCorrected(position=at, fields=INSIDE), OWN)
    answer = CorrectionDecided(position=at, taken=True, reason="属实")
    given(*outside(wish)).when(alone(answer, CENTRE)).then_refused("second-person-missing")
    assert len(given(*outside(wish)).when(alone(answer, CENTRE, approved_by=SUPERVISOR)).new) == 2
    (request,) = given(*outside(wish)).when(asked(answer, CENTRE)).new
    assert type(request.event) is ActRequested
    waiting = asked(answer, CENTRE)
    taken = given(*outside(wish, waiting)).when(decided(by=SUPERVISOR)).new
    assert [type(each.event) for each in taken] == [ActDecided, CorrectionDecided, RecordCorrected]
    refused = CorrectionDecided(position=at, taken=False, reason="不属实")
    assert len(given(*outside(wish)).when(alone(refused, CENTRE)).new) == 1


OF_NO_MATTER = {
    "unit_uscc": OTHER,
    "method": "process",
    "candidates.other": 3,
    "assessors": ["丁某"],
    "quality_staff": ["丁某"],
    "holder.category": "dispatched",
    "results.theory": 61,
}
"""Fields of a session and of a certificate at which no severe check looks, with other values."""


def test_what_no_severe_check_looks_at_ends_no_severe_breach():
    """It is left out before anything is folded: a field that begins to matter has to be named."""
    unlisted = (register(), held(occupation=GUARD, venue=OUTSIDE))
    history = (*unlisted, order(issue(occupation=GUARD, issuer_uscc=OTHER), DAY))
    told = recorded(*history)
    facts = facts_of(told)
    for entry_ in told[1:]:
        named = {field.name for field in fields(entry_.event)}
        others = {
            path: value for path, value in OF_NO_MATTER.items() if path.split(".")[0] in named
        }
        kept = {path.split(".")[0] for path in others} | LOOKED_AT[type(entry_.event)]
        assert named == kept | ({"assessment_id", "certificate_no"} & named)
        for path, value in others.items():
            changed = (FieldCorrection(path=path, value=json.dumps(value)),)
            fix = alone(RecordCorrected(position=entry_.position, fields=changed), CENTRE)
            (new,) = given(*history).when(fix).new
            assert not facts.judged.ends_severe_breach([entry(new, 99, fix)]), path
    inside_ = inside(told[1].position, approved_by=SUPERVISOR)
    (new,) = given(*history).when(inside_).new
    assert facts.judged.ends_severe_breach([entry(new, 99, inside_)])


def test_a_reinstatement_for_days_that_have_passed_waits_where_it_ends_a_severe_breach():
    suspended = alone(ListingSuspended(uscc=USCC, basis="督导"))
    history = (*listed(), replace(suspended, valid_from=date(2025, 3, 1)), held())
    back = ListingReinstated(uscc=USCC, basis="整改合格")
    before = replace(asked(back), valid_from=date(2025, 3, 5))
    (new,) = given(*history).when(before).new
    assert type(new.event) is ActRequested
    given(*history).when(replace(before, asking=None)).then_as_ordered()  # its basis is its paper
    given(*history).when(asked(back)).then_as_ordered()  # for days to come


def test_qualifications_are_adopted_by_two_and_a_dictionary_by_one():
    def adopt(kind):
        return CatalogueAdopted(kind=kind, edition="x", valid_from=DAY, sha256="ab" * 32)

    two, one = adopt(CatalogueKind.QUALIFICATIONS), adopt(CatalogueKind.DICTIONARY)
    given().when(alone(two)).then_refused("second-person-missing")
    given().when(alone(two, approved_by=CENTRE)).then(two)
    assert not needs_two(facts_of([]), alone(one))
    assert needs_two(facts_of([]), alone(adopt(CatalogueKind.RULES)))


RENAMED = EnterpriseProfileChanged(uscc=USCC, name="新名称")
OWN = reporter()


def test_another_name_of_its_own_is_an_enterprise_s_to_ask_for_and_the_centre_s_to_take():
    """A name may be somebody else's: the authority looks before it shows (§1)."""
    given(register()).when(alone(RENAMED, OWN)).then_refused("second-person-missing")
    given(register()).when(alone(RENAMED, CENTRE)).then(RENAMED)
    moved = EnterpriseProfileChanged(uscc=USCC, address="北京市海淀区")
    given(register()).when(alone(moved, OWN)).then(moved)
    waiting = asked(RENAMED, OWN)
    (request,) = given(register()).when(waiting).new
    assert type(request.event) is ActRequested
    taken = order(ActDecided(request_id="r-1", taken=True), TODAY, by=CENTRE)
    (_, changed) = given(register(), waiting).when(taken).new
    assert changed.event == RENAMED
    assert changed.under is not None
    assert (changed.under.actor, changed.valid_from) == (OWN, request.event.valid_from)
    by_itself = alone(RENAMED, OWN, approved_by=reporter(OTHER))
    given(register()).when(by_itself).then_refused("role-not-allowed", "approved_by.role")


# Requests


def test_without_a_second_person_at_hand_an_act_becomes_a_request_without_effect():
    (new,) = (
        given(*listed())
        .when(asked(MORE))
        .then(
            ActRequested(
                request_id="r-1",
                type="ScopeChanged",
                valid_from=DAY,
                data=write_act(MORE),
                reason="理由",
            )
        )
    )
    assert (new.stream, new.subject, new.district) == ("request/r-1", USCC, "110108")


def test_what_would_be_refused_is_not_asked_for():
    given(register()).when(asked(MORE)).then_refused("not-listed")


def test_a_request_that_is_taken_carries_the_act_out_in_the_name_of_who_asked():
    told = (*listed(), asked(MORE))
    decision, act = given(*told).when(decided()).then(decided().body, MORE)
    assert decision.under is None
    assert (act.under.actor, act.under.stamps.approved_by) == (BUREAU, PUBLISHER)
    assert (act.under.reason, act.valid_from) == ("理由", DAY)


def test_a_request_is_not_taken_by_who_made_it_or_by_who_may_not_do_the_act():
    told = (*listed(), asked(MORE))
    given(*told).when(decided(by=BUREAU)).then_refused("same-person")
    given(*told).when(decided(by=CENTRE)).then_refused("role-not-allowed")


def test_a_request_that_the_rules_refuse_by_now_is_not_taken():
    told = (*listed(), asked(MORE), alone(GONE, approved_by=PUBLISHER))
    gone_since = replace(told[-1], valid_from=date(2025, 1, 1))
    given(*told[:-1], gone_since).when(decided()).then_refused("listing-removed")


def test_a_refusal_says_why_and_carries_nothing_out():
    told = (*listed(), asked(MORE))
    given(*told).when(decided(taken=False)).then_refused("reason-missing", "reason")
    no = decided(taken=False, reason="缺少专家意见")
    given(*told).when(no).then(no.body)
    given(*told).when(decided(taken=False, by=BUREAU, reason="撤回")).then_as_ordered()


def test_a_request_is_decided_once():
    told = (*listed(), asked(MORE), decided())
    given(*told).when(decided()).then_nothing()
    given(*told).when(decided(taken=False, reason="否")).then_refused("already-decided")
    given().when(decided()).then_refused("unknown-request", "request_id")


def test_a_request_may_be_made_by_its_name():
    body = ActRequested(request_id="r-1", type="ScopeChanged", valid_from=DAY, data=write_act(MORE))
    given(*listed()).when(alone(body)).then(body)
    told = (*listed(), alone(body))
    given(*told).when(alone(body)).then_nothing()
    given(*told).when(alone(replace(body, valid_from=TODAY))).then_refused("request-exists")
    given(*listed()).when(alone(replace(body, type="Nothing"))).then_refused("unknown-type")
    given(*listed()).when(alone(replace(body, data='{"uscc":1}'))).then_refused("invalid")
    one = write_act(ListingSuspended(uscc=USCC, basis="督导"))
    given(*listed()).when(alone(replace(body, type="ListingSuspended", data=one))).then_refused(
        "needs-no-second-person"
    )
