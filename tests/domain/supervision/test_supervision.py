"""The fold of one enterprise: what was known then, what is known now, and what cleared it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import CertificateReissued, CertificateRevoked, Results
from domain.checks.outcome import Context
from domain.correction import resolved
from domain.enterprise import EnterpriseProfileChanged
from domain.flag import FlagAnswered
from domain.inspection.inspection import InspectionDispatched, InspectionDrawn, Inspector
from domain.roster import RosterPublished
from domain.standing import standing
from domain.supervision.supervision import Supervision
from domain.terms.place import Place
from domain.terms.reference import RuleSet
from domain.terms.vocabulary import CatalogueKind, ReviewDecision, Verdict
from ledger.deciding.amending import apply
from projections.views.certificates import rows as certificate_rows
from projections.views.flag_rows import rows
from projections.views.row import item as shown_row
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_events import day_of
from tests.story import (
    COOK,
    ELECTRICIAN,
    GUARD,
    REFERENCE,
    USCC,
    Story,
    issued,
    item,
    locate,
    session,
)


def listed() -> Story:
    return Story().listed(item(ELECTRICIAN, "5", "4"))


def test_a_review_and_an_answer_show_from_their_own_days_on():
    """Nobody had reviewed a flag before they did: on the days between it waits."""
    story = listed()
    key = f"S2-{story.tell(session(level='3'))}"
    said, reviewed = date(2025, 8, 1), date(2025, 9, 2)
    story.tell(FlagAnswered(flag=key, statement="已补批", evidence=()), said)
    story.review(key, ReviewDecision.DISMISSED)
    shown = [
        (row.valid_from, doc["review"], len(doc["answers"]), doc["case"])
        for row in rows(story.fold, key)
        for doc in [shown_row(row.doc)]
    ]
    assert shown == [
        (date(2025, 3, 10), None, 0, "then_and_now"),
        (said, None, 1, "then_and_now"),
        (reviewed, "dismissed", 1, "overturned"),
    ]


def test_points_by_content_are_shown_and_what_was_not_reported_as_such():
    """Ability, performance and ethics (二(二)); nothing is a flag."""
    story = listed()
    story.tell(session())
    told_ = Results(theory=Decimal(80), performance=Decimal(90), ethics=Decimal(85))
    positions = (
        story.tell(issued(results=told_)),
        story.tell(issued(number="Y000011123456254000002")),
    )
    shown = [
        shown_row(certificate_rows(story.fold, str(position))[0].doc)["results"]
        for position in positions
    ]
    parts = [{name: each[name] for name in ("theory", "performance", "ethics")} for each in shown]
    assert [[value is not None for value in each.values()] for each in parts] == [
        [True, True, True],
        [True, False, False],
    ]


def scope(added=(), removed=()):
    return standing.ScopeChanged(uscc=USCC, added=added, removed=removed, basis="依据")


def test_a_breach_that_stays_is_then_and_now():
    story = listed()
    position = story.tell(session(level="3"))
    assert story.case("S2") == "then_and_now"
    assert story.flag("S2").known_from == position
    assert position in story.flag("S2").outcome.because


def test_scope_granted_later_for_an_earlier_day_clears_the_flag_and_says_which_entry_did():
    story = listed()
    raised_at = story.tell(session(level="3"))
    cleared_at = story.tell(scope(added=(item(ELECTRICIAN, "3"),)), date(2025, 3, 1))
    flag = story.flag("S2")
    assert story.case("S2") == "then_not_now"
    assert (flag.known_from, flag.known_to) == (raised_at, cleared_at)
    assert flag.outcome.because[-1] == cleared_at


def test_scope_granted_for_a_later_day_clears_nothing():
    story = listed()
    story.tell(session(level="3"))
    story.tell(scope(added=(item(ELECTRICIAN, "3"),)), date(2025, 3, 11))
    assert story.case("S2") == "then_and_now"


def test_scope_withdrawn_later_for_an_earlier_day_is_seen_only_now():
    story = listed()
    story.tell(session())
    at = story.tell(scope(removed=(item(ELECTRICIAN, "4"),)), date(2025, 3, 1))
    assert story.found() == ["S2"]
    assert story.case("S2") == "now_not_then"
    assert story.flag("S2").known_from == at


def test_a_dismissed_flag_is_overturned_and_an_upheld_one_is_not():
    story = listed()
    story.tell(session(level="3"))
    key = story.flag("S2").key
    story.review(key, ReviewDecision.UPHELD)
    assert story.case("S2") == "then_and_now"
    story.review(key, ReviewDecision.DISMISSED)
    assert story.case("S2") == "overturned"
    assert story.found() == ["S2"], "a review does not change what the rule says"


def test_a_flag_that_comes_back_is_known_from_its_return():
    story = listed()
    story.tell(session(level="3"))
    story.tell(scope(added=(item(ELECTRICIAN, "3"),)), date(2025, 3, 1))
    back = story.tell(scope(removed=(item(ELECTRICIAN, "3"),)), date(2025, 3, 2))
    assert (story.flag("S2").known_from, story.flag("S2").known_to) == (back, None)


def test_undecided_then_and_breach_now_has_become_worse():
    story = listed()
    position = story.tell(session(venue=Place(name="培训点")))
    assert story.found(Verdict.UNDECIDED) == ["G1"]
    story.correct(position, venue__division="131082")
    assert story.case("G1") == "now_not_then"


def test_a_correction_is_read_from_its_own_position_on():
    story = listed()
    position = story.tell(session(venue=Place(division="131082")))
    assert story.found() == ["G1"]
    story.correct(position, venue__division="110105")
    assert story.found() == []
    assert story.case("G1") == "then_not_now"


def test_a_corrected_day_moves_the_flag_to_that_day():
    story = listed()
    position = story.tell(session(COOK))
    story.correct(position, held_from="2025-04-01", held_to="2025-04-01")
    assert story.flag("S1").day == date(2025, 4, 1)


def test_a_corrected_certificate_is_judged_again():
    story = listed()
    story.tell(session())
    position = story.tell(issued(issuer_uscc="911100005858054799"))
    assert story.found() == ["R1"]
    story.correct(position, issuer_uscc=USCC)
    assert story.found() == []


def test_a_correction_of_another_subject_changes_nothing():
    story = listed()
    story.tell(session(level="3"))
    story.correct(9999, level="4")
    assert story.found() == ["S2"]


def test_an_adopted_edition_judges_again_from_its_own_position():
    story = Story().listed(item(GUARD, "4"))
    story.tell(session(GUARD))
    assert story.found() == ["S3"]
    adopted = CatalogueAdopted(
        kind=CatalogueKind.QUALIFICATIONS,
        edition="2017",
        valid_from=date(2025, 1, 1),
        sha256="0" * 64,
    )
    story.tell(adopted)
    assert story.found() == []
    assert story.case("S3") == "then_not_now"


def test_an_adopted_rule_set_judges_inspections_again():
    story = listed()
    story.tell(
        InspectionDispatched(
            inspection_id="i-1",
            kind="现场督导",
            uscc=USCC,
            inspectors=(
                Inspector(account="x", name="甲", card_no="R11200001", recusal_declared=False),
            ),
        )
    )
    assert story.found() == ["Q1"]
    story.fold.context = Context(
        replace(REFERENCE, rule_sets={"one": RuleSet(edition="one", inspectors_minimum=1)}), locate
    )
    story.tell(
        CatalogueAdopted(
            kind=CatalogueKind.RULES,
            edition="one",
            valid_from=date(2021, 1, 1),
            sha256="0" * 64,
        )
    )
    assert story.case("Q1") == "then_not_now"


def test_a_corrected_revocation_shows_on_its_certificate():
    story = listed()
    story.tell(session())
    certificate = story.tell(issued())
    revoked = story.tell(CertificateRevoked(certificate_no=issued().certificate_no, reason="x"))
    story.correct(revoked, valid_from="2025-04-01")
    assert ("certificates", str(certificate)) in story.touched
    (record,) = story.fold.file.by_number[issued().certificate_no]
    assert record.ended == date(2025, 4, 1)


def test_a_corrected_session_shows_on_the_flags_of_what_replaced_its_certificates():
    story = listed()
    held = story.tell(session())
    story.tell(issued())
    body = CertificateReissued(
        certificate_no=issued().certificate_no, new_certificate_no="旧-1", reason="x"
    )
    replaced = story.tell(body)
    story.correct(held, method="own", own_method="师带徒考评")
    assert ("certificates", str(replaced)) in story.touched
    assert ("flags", f"C1-{replaced}") in story.touched


def test_every_record_knows_the_entries_behind_it_with_their_corrections():
    story = listed()
    held = story.tell(session())
    corrected = story.correct(held, level="5")
    assert story.fold.behind["sessions", "a-1"] == [held, corrected]


def test_another_competent_district_is_shown_on_every_flag():
    story = listed()
    story.tell(session(level="3"))
    story.tell(EnterpriseProfileChanged(uscc=USCC, district="110105"), date(2025, 1, 1))
    assert ("flags", story.flag("S2").key) in story.touched


def test_entries_are_touched_where_they_show():
    story = listed()
    story.tell(session(level="3"))
    assert story.touched[0] == ("sessions", "a-1")
    position = story.tell(issued(level="4"))
    assert story.touched == [("certificates", str(position))]


@given(st.permutations(range(8)), st.integers(0, 8))
def test_whatever_was_recorded_in_whatever_order_the_fold_never_raises(order, cut):
    told = [
        (lambda s: s.listed(item(ELECTRICIAN, "4"))),
        (lambda s: s.tell(session(level="3"))),
        (lambda s: s.tell(issued())),
        (lambda s: s.tell(CertificateRevoked(certificate_no=issued().certificate_no, reason="x"))),
        (lambda s: s.tell(scope(added=(item(COOK, "5"),)), date(2024, 1, 1))),
        (lambda s: s.tell(standing.ListingRemoved(uscc=USCC, basis="x"), date(2025, 1, 1))),
        (lambda s: s.tell(EnterpriseProfileChanged(uscc=USCC, name="x"))),
        (lambda s: s.correct(3, level="3")),
    ]
    story = Story()
    for index in order[:cut]:
        if index != 7:
            told[index](story)
    again = Supervision(USCC, Context(REFERENCE, locate), apply)
    for entry in story.entries:
        again.read(entry)
    assert again.flags == story.fold.flags


@given(chronicles())
def test_what_was_corrected_is_judged_like_what_was_reported_right_at_once(steps):
    """A correction reads again only what it bears on; a fold from the start shows that this is all."""
    story = Story()
    for step, entry in told(steps):
        if entry.uscc == USCC and not isinstance(entry.event, (RosterPublished, InspectionDrawn)):
            story.at(entry.position).tell(entry.event, day_of(step))
    once = Supervision(USCC, Context(REFERENCE, locate), apply)
    for entry in resolved(story.entries, apply):
        once.read(entry)
    file, right = story.fold.file, once.file
    for name in ("enterprise", "districts", "applications", "plans", "findings", "requests"):
        assert getattr(file, name) == getattr(right, name), name
    assert _said(file) == _said(right)
    assert list(file.course.timeline.segments()) == list(right.course.timeline.segments())
    assert _records(file) == _records(right)
    assert _raised(story.fold) == _raised(once)


def _said(file):
    """What was said to flags; which outcome a review of schema 1 is about follows from its position."""
    return {
        key: ([replace(r, outcome=None) for r in said.reviews], said.answers)
        for key, said in file.said.items()
    }


def _records(file):
    return [
        (session.entry, [(c.entry, c.state, c.ended) for c in session.certificates])
        for session in file.sessions.values()
    ]


def _raised(of):
    """What is raised; that a correction stands behind its entry is the one difference."""
    corrections = {at for each in of.file.corrections.values() for at in each}

    def uncorrected(outcome):
        return outcome._replace(
            because=tuple(at for at in outcome.because if at not in corrections),
            earlier=tuple(map(uncorrected, outcome.earlier)),
        )

    return {
        key: (flag.day, uncorrected(flag.outcome)) for key, flag in of.flags.items() if flag.raised
    }
