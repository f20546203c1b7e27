"""The life of a certificate: the stream says when it ends and how, for decisions and for the file alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import event, example, given
from hypothesis import strategies as st

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
    Issue,
    evolve,
    initial,
    those_ended,
)
from domain.supervision.streams import add
from domain.supervision.subject_file import SubjectFile
from domain.terms.envelope import Actor, Recorded
from tests.given import reporter
from tests.story import BUREAU, OTHER, USCC, Story, issued

NUMBERS = tuple(f"Y00001112345625400000{digit}" for digit in range(1, 4))
FIRST_DAY = date(2025, 3, 20)

_NUMBER = st.integers(0, len(NUMBERS) - 1)
_DAY = st.integers(0, 3)
_ISSUE = st.tuples(st.just("issued"), _NUMBER, st.integers(0, 1), _DAY, st.booleans())
_END = st.tuples(
    st.sampled_from(["revoked", "reissued", "revoked-one", "reissued-one"]),
    _NUMBER,
    st.integers(1, len(NUMBERS) - 1),
    _DAY,
    st.booleans(),
)
LIVES = st.lists(st.one_of(_ISSUE, _END, _END), min_size=2, max_size=12)


def entries_of(lives: Sequence[tuple[str, int, int, int, bool]]) -> list[Recorded[Any]]:
    """Two enterprises issue, replace and revoke under three numbers, in whatever order.

    An end that would end nothing is left out: no decider lets it in.
    """
    story, state = Story(), initial
    for kind, number, choice, days, ours in lives:
        no, day = NUMBERS[number], FIRST_DAY + timedelta(days=days)
        uscc = USCC if ours or kind != "issued" else OTHER
        if kind == "issued":
            base = issued(number=no, issued_on=day)
            holder = replace(base.holder, subject_id=f"h-{choice}")
            story.tell(replace(base, holder=holder), day, uscc=uscc)
            state = evolve(state, story.entries[-1])
            continue
        by: Actor = reporter(USCC) if ours else BUREAU
        named = kind.endswith("-one") and bool(story.entries)
        position = story.entries[-1].position if named else None
        end = (
            CertificateRevoked(certificate_no=no, reason="理由", position=position)
            if kind.startswith("revoked")
            else CertificateReissued(
                certificate_no=no,
                new_certificate_no=NUMBERS[(number + choice) % len(NUMBERS)],
                reason="理由",
                position=position,
            )
        )
        story.tell(end, day, uscc=uscc, by=by)
        entry = story.entries.pop()
        ended = those_ended(state, entry)
        if ended:
            story.entries.append(entry._replace(tags=(f"holder:{ended[-1].holder}",)))
            state = evolve(state, story.entries[-1])
    return story.entries


def numbers_of(entry: Recorded[Any]) -> set[str]:
    return {entry.event.certificate_no, getattr(entry.event, "new_certificate_no", "")}


def decided_on(entries: Sequence[Recorded[Any]], number: str) -> dict[int, Issue]:
    """What a decision about the number rests on, by position."""
    state = initial
    for entry in entries:
        if number in numbers_of(entry):
            state = evolve(state, entry)
    return {issue.position: issue for issue in state if issue.number == number}


@given(LIVES)
@example([("issued", 0, 0, 0, True), ("reissued", 0, 1, 3, True), ("revoked", 0, 1, 1, False)])
def test_the_file_says_of_every_certificate_what_decisions_rest_on(lives):
    entries = entries_of(lives)
    file = SubjectFile(USCC)
    for entry in entries:
        if entry.subject == USCC:
            add(file, entry)
    ended = 0
    for record in file.certificates:
        issue = decided_on(entries, record.number)[record.position]
        assert (record.end, record.uscc, record.holder) == (issue.end, issue.uscc, issue.holder)
        ended += record.end is not None
    event(f"certificates that ended: {min(ended, 3)}")


def test_an_authority_ends_before_the_later_day_of_the_enterprise_and_nobody_ends_twice():
    lives = [("issued", 0, 0, 0, True), ("revoked", 0, 1, 3, True)]
    ends = {}
    for by_authority, day in ((False, 1), (True, 1), (True, 3)):
        file = SubjectFile(USCC)
        for entry in entries_of([*lives, ("revoked", 0, 1, day, not by_authority)]):
            add(file, entry)
        (record,) = file.certificates
        ends[by_authority, day] = record.end.position
        assert record.state == record.end.state == "revoked"
    assert ends == {(False, 1): 2, (True, 1): 3, (True, 3): 2}


def test_what_an_authority_revoked_is_told_from_what_it_gave_another_number():
    freed = []
    for kind in ("revoked", "reissued"):
        file = SubjectFile(USCC)
        for entry in entries_of([("issued", 0, 0, 0, True), (kind, 0, 1, 1, False)]):
            add(file, entry)
        first = file.certificates[0]
        assert isinstance(first.entry.event, CertificateIssued)
        freed.append((first.ended_by_authority, first.revoked_by_authority, first.end.state))
    assert freed == [(True, True, "revoked"), (True, False, "reissued")]
