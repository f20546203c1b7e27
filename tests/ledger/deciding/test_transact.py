"""Commands carried out on a real ledger: one by one, in batches, and against each other."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.certificate.certificate import CertificateIssued
from ledger.codec import recorded
from ledger.connect import Addresses
from ledger.deciding.commands import Asked
from ledger.deciding.expected import Expected
from ledger.deciding.transact import Accepted, Already, Nothing, Outcome, Rejected, Transactor
from ledger.gate.shapes import Submission, from_line
from ledger.log.log import Append, Look, Result
from ledger.log.postgres_log import PostgresLog
from ledger.log.writer import Writer
from ledger.reference import SHIPPED, installed
from ledger.vault.keys import Keys
from ledger.vault.vault import Person, Vault
from tests.api.lines import (
    BUREAU,
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    district,
    line,
    listed,
    registered,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

TODAY = date(2026, 11, 2)


@dataclass
class House:
    """A ledger with everything that commands need."""

    log: PostgresLog
    writer: Writer
    vault: Vault
    transactor: Transactor

    def another(self) -> Transactor:
        """A second process, as far as the ledger can tell."""
        return Transactor(self.log, self.writer, self.vault, installed(), today=lambda: TODAY)

    def one(self, given_: Json, version: int | None = None, **top: Any) -> Outcome:
        expected = None if version is None else Expected((version,))
        return self.transactor.execute(command(given_, **top), expected)

    def many(self, *lines: Json) -> list[Outcome]:
        return list(self.transactor.stream([[command(each) for each in lines]]))


def command(given_: Json, **top: Any) -> Submission:
    return from_line(json.dumps({**given_, **top}, ensure_ascii=False).encode())


def commands(lines: Sequence[Json]) -> list[Submission]:
    return [command(each) for each in lines]


@pytest.fixture
def house(log: PostgresLog) -> House:
    vault = Vault(log.pool, Keys(bytes(32), bytes(range(32))))
    writer = Writer(log)
    transactor = Transactor(log, writer, vault, installed(), today=lambda: TODAY)
    return House(log, writer, vault, transactor)


def correction(position: int, fields: Json, **top: Any) -> Json:
    return (
        line(
            "RecordCorrected",
            "2025-04-01",
            SUPERVISOR,
            position=position,
            fields=fields,
            reason="笔误",
        )
        | top
    )


def identity(serial: int) -> str:
    """A valid identity number."""
    head = f"110105{1950 + serial % 50}0101{serial // 50 % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return head + "10X98765432"[sum(int(c) * w for c, w in zip(head, weights, strict=True)) % 11]


def of_person(given_: Json, serial: int) -> Json:
    holder = {**given_["data"]["holder"], "id_no": identity(serial), "name": f"李{serial}"}
    return {**given_, "data": {**given_["data"], "holder": holder}}


def test_an_enterprise_goes_the_whole_way_in_either_manner(house: House) -> None:
    one, many = uscc(), uscc()
    assert all(type(house.one(each)) is Accepted for each in listed(one, "4"))
    outcomes = house.many(*listed(many, "4"))
    assert all(type(each) is Accepted for each in outcomes)
    names = [
        [type(recorded(entry).event).__name__ for entry in house.log.history(code)]
        for code in (one, many)
    ]
    assert names[0] == names[1]


def test_a_later_line_rests_on_an_earlier_one_of_the_same_batch(house: House) -> None:
    code = uscc()
    held = session(code)
    first = certificate(code, held["data"]["assessment_id"], 1)
    outcomes = house.many(certificate(code, "as-unknown", 1), registered(code), held, first)
    assert isinstance(outcomes[0], Rejected)
    assert outcomes[0].code == "other-enterprise"
    assert outcomes[1:] == [Accepted(1, 1), Accepted(2, 1), Accepted(3, 1)]


def test_what_is_refused_leaves_no_trace_not_even_in_the_vault(
    house: House, addresses: Addresses
) -> None:
    code = uscc()
    house.many(registered(code), session(code))
    before = house.log.head()
    stray = of_person(certificate(code, "as-unknown", 1), 7)
    assert type(house.one(stray)) is Rejected
    assert [type(each) for each in house.many(stray)] == [Rejected]
    assert house.log.head() == before
    with psycopg.connect(addresses.owner) as connection:
        assert connection.execute("SELECT count(*) FROM vault.person").fetchone() == (0,)


def test_repeating_a_command_gives_the_first_answer_and_adds_nothing(house: House) -> None:
    code = uscc()
    lines = [*listed(code, "4"), held := session(code)]
    lines.append(certificate(code, held["data"]["assessment_id"], 1))
    first = house.many(*lines)
    head = house.log.head()
    again = [Already(o.position, o.count) for o in first if isinstance(o, Accepted)]
    assert house.many(*lines) == again
    assert [house.one(each) for each in lines] == again
    assert list(house.another().stream([[command(each) for each in lines]])) == again
    assert house.log.head() == head


def test_a_line_that_stands_twice_in_a_batch_is_taken_once(house: House) -> None:
    code = uscc()
    assert house.many(registered(code), registered(code)) == [Accepted(1, 1), Already(1, 1)]


@pytest.mark.parametrize("together", [True, False])
def test_a_key_belongs_to_one_request(house: House, *, together: bool) -> None:
    lines = [{**registered(uscc()), "idempotency_key": "k-1"} for _ in range(2)]
    outcomes = house.many(*lines) if together else [house.one(each) for each in lines]
    assert outcomes[0] == Accepted(1, 1)
    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].code == "idempotency-key-reused"


def test_a_command_that_changes_nothing_is_allowed_and_recorded_nowhere(house: House) -> None:
    code = uscc()
    house.one(registered(code), idempotency_key="a")
    assert house.one(registered(code), idempotency_key="b") == Nothing()
    assert house.many({**registered(code), "idempotency_key": "c"}) == [Nothing()]
    assert house.log.head().position == 1


def test_a_decision_is_held_against_the_version_that_the_caller_saw(house: House) -> None:
    code = uscc()
    house.many(*listed(code, "4"))
    change = line("ListingSuspended", "2025-01-01", BUREAU, uscc=code, basis="依据")
    late = house.one(change, 0)
    assert isinstance(late, Rejected)
    assert late.code == "version-conflict"
    assert type(house.one(change, 1)) is Accepted


def test_a_refusal_names_code_field_and_both_languages(house: House) -> None:
    outcome = house.one(session("91110000710939135P"))
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.field) == ("unknown-enterprise", "uscc")
    assert outcome.errors[0].reason.count(" / ") == 1


def test_who_may_not_is_refused_in_both_manners(house: House) -> None:
    code = uscc()
    act = {**registered(code), "actor": reporter(uscc())}
    assert [o.code for o in (house.one(act), *house.many(act)) if isinstance(o, Rejected)] == [
        "other-enterprise"
    ] * 2


def test_too_much_for_one_entry_is_refused_and_its_neighbours_are_taken(house: House) -> None:
    code = uscc()
    house.one(registered(code))
    large = session(code, assessors=["甲" * 200] * 200)
    outcomes = house.many(session(code, "5"), large, session(code, "3"))
    assert [type(each) for each in outcomes] == [Accepted, Rejected, Accepted]
    alone = house.one(large)
    assert isinstance(alone, Rejected)
    assert alone.code == "too-large"


def test_corrections_and_what_rests_on_them_share_a_file(house: House) -> None:
    code = uscc()
    held = session(code)
    house.many(registered(code), held)
    outcomes = house.many(
        correction(2, {"venue.division": "131082"}),
        correction(2, {"venue.division": "131082"}, idempotency_key="again"),
        correction(2, {"venue.division": "110108"}),
        correction(2, {"level": "9"}),
        correction(99, {"level": "4"}),
        session(code, "5"),
    )
    assert [type(each) for each in outcomes] == [
        Accepted,
        Nothing,
        Accepted,
        Rejected,
        Rejected,
        Accepted,
    ]


def test_a_position_of_the_same_file_is_no_position_yet(house: House) -> None:
    """A later line may name an entry of an earlier one only by the position that it really got."""
    code = uscc()
    outcomes = house.many(registered(code), session(code), correction(2, {"method": "process"}))
    assert [type(each) for each in outcomes] == [Accepted] * 3
    assert recorded(house.log.at([3])[0]).event.position == 2


def test_a_finding_may_name_a_flag_on_a_record_of_the_same_file(house: House) -> None:
    code = uscc()
    finding = line(
        "FindingRaised",
        "2025-04-01",
        SUPERVISOR,
        finding_id=f"fd-{code[-8:]}",
        uscc=code,
        kind="超范围",
        severity="major",
        rule="S1",
        statement="超范围开展认定",
        assessments=[],
        certificates=[],
        flags=["S1-2"],
    )
    outcomes = house.many(registered(code), session(code), finding)
    assert [type(each) for each in outcomes] == [Accepted] * 3


def test_an_adopted_rule_set_holds_for_the_lines_behind_it(house: House) -> None:
    code = uscc()
    lines = listed(code, "4")
    adoption = line(
        "CatalogueAdopted",
        "2024-01-01",
        CENTRE,
        kind="qualifications",
        edition="2021-again",
        valid_from="2024-01-01",
        sha256=next(e.sha256 for e in SHIPPED if e.edition == "2021"),
    )
    outcomes = house.many(adoption, *lines)
    assert all(type(each) is Accepted for each in outcomes)


class Meddling(Writer):
    """Lets somebody else in right before the first append of a batch."""

    def __init__(self, log: PostgresLog, meddle: Callable[[], object]) -> None:
        super().__init__(log)
        self._meddle: Callable[[], object] | None = meddle

    def append_chain(self, items: Sequence[Append], look: Look | None = None) -> list[Result]:
        meddle, self._meddle = self._meddle, None
        if meddle is not None:
            meddle()
        return super().append_chain(items, look)


def meddled(house: House, meddle: Callable[[], object]) -> Transactor:
    writer = Meddling(house.log, meddle)
    return Transactor(house.log, writer, house.vault, installed(), today=lambda: TODAY)


def test_a_batch_whose_facts_changed_meanwhile_is_decided_again(house: House) -> None:
    code, other = uscc(), uscc()
    transactor = meddled(house, lambda: house.one(registered(code), idempotency_key="other"))
    lines = [{**registered(code), "idempotency_key": "mine"}, registered(other)]
    assert list(transactor.stream([[command(each) for each in lines]])) == [
        Nothing(),
        Accepted(2, 1),
    ]


def test_a_batch_goes_on_where_others_append_what_it_does_not_rest_on(house: House) -> None:
    code, other = uscc(), uscc()
    transactor = meddled(house, lambda: house.one(registered(other)))
    lines = [registered(code), session(code)]
    assert list(transactor.stream([[command(each) for each in lines]])) == [
        Accepted(2, 1),
        Accepted(3, 1),
    ]
    assert list(transactor.stream([[command(session(code, "5"))]])) == [Accepted(4, 1)]


def test_what_was_decided_on_a_batch_that_failed_is_decided_again_too(house: House) -> None:
    code, other = uscc(), uscc()
    transactor = meddled(house, lambda: house.one(registered(code, where="110105")))
    batches = [[registered(code)], [session(code), registered(other)], [session(other)]]
    outcomes = list(transactor.stream(map(commands, batches)))
    assert isinstance(outcomes[0], Rejected)
    assert outcomes[0].code == "already-registered"
    assert outcomes[1:] == [Accepted(2, 1), Accepted(3, 1), Accepted(4, 1)]
    assert [e.district for e in house.log.entries()] == ["110105", "110105", "110108", "110108"]


def test_what_rests_on_positions_that_moved_is_decided_again(house: House) -> None:
    code, other = uscc(), uscc()
    transactor = meddled(house, lambda: house.one(registered(other)))
    batches = [[registered(code)], [session(code)], [registered(code), session(code, "5")]]
    assert list(transactor.stream(map(commands, batches))) == [
        Accepted(2, 1),
        Accepted(3, 1),
        Already(2, 1),
        Accepted(4, 1),
    ]


def test_a_stream_that_breaks_off_leaves_whole_commands_and_is_run_again(house: House) -> None:
    code = uscc()
    lines = listed(code, "4")
    at = next(n for n, line in enumerate(lines) if line["type"] == "RosterPublished")
    before, publication = lines[:at], lines[at]
    lines = [*before, publication, session(code)]
    batches = [[each] for each in lines]
    stream = house.transactor.stream(map(commands, batches))
    first = [next(stream) for _ in range(3)]
    stream.close()  # type: ignore[attr-defined]
    reached = house.log.head().position
    assert reached >= 3
    again = list(house.another().stream(map(commands, batches)))
    assert again[:3] == [Already(o.position, o.count) for o in first if isinstance(o, Accepted)]
    assert sum(isinstance(o, Accepted) for o in again) == len(lines) - reached
    assert house.log.head().position == len(lines) + 1


def test_a_stream_that_fails_says_first_what_is_in_the_log_already(house: House) -> None:
    code, other = uscc(), uscc()

    def batches() -> Iterator[list[Submission]]:
        yield commands([registered(code)])
        yield commands([registered(other), session(code)])
        raise OSError("the file cannot be read any further")

    outcomes: list[Outcome] = []
    with pytest.raises(OSError, match="any further"):
        outcomes.extend(house.transactor.stream(batches()))
    assert outcomes == [Accepted(1, 1), Accepted(2, 1), Accepted(3, 1)]
    assert house.log.head().position == 3


def test_facts_kept_from_the_last_batch_refuse_nothing_that_others_made_possible(
    house: House,
) -> None:
    code, new = uscc(), uscc()
    house.many(registered(code))
    assert isinstance(house.many(session(new))[0], Rejected)
    list(house.another().stream([[command(registered(new))]]))
    assert isinstance(house.many(session(new))[0], Accepted)


def test_commands_that_arrive_together_have_each_their_own_outcome(house: House) -> None:
    codes = [uscc() for _ in range(24)]
    house.many(*(registered(code) for code in codes[::2]))
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(house.one, (session(code) for code in codes)))
    assert [type(each) for each in outcomes] == [Accepted, Rejected] * 12
    positions = [each.position for each in outcomes if isinstance(each, Accepted)]
    assert sorted(positions) == list(range(13, 25))
    told = [recorded(entry).event.uscc for entry in house.log.at(positions)]
    assert sorted(told) == sorted(codes[::2])


def together(transactor: Transactor, *lines: Json, version: int | None = None) -> list[Outcome]:
    """What becomes of commands that happen to wait at the same time; the last one may name a version."""
    expected = None if version is None else Expected((version,))
    asked = [Asked(command(each), expected if each is lines[-1] else None) for each in lines]
    return transactor._commands._carry_out(asked)


def test_commands_that_wait_together_rest_on_each_other(house: House) -> None:
    code = uscc()
    held = session(code)
    outcomes = together(
        house.transactor,
        session(uscc()),
        registered(code),
        held,
        {**registered(code), "idempotency_key": "again"},
        certificate(code, held["data"]["assessment_id"], 1),
        registered(code),
        correction(2, {"method": "process"}),
    )
    assert isinstance(outcomes[0], Rejected)
    accepted = [Accepted(1, 1), Accepted(2, 1), Nothing(), Accepted(3, 1), Already(1, 1)]
    assert outcomes[1:] == [*accepted, Accepted(4, 1)]
    assert house.log.head().position == 4


def test_one_that_waits_may_name_a_version_and_fails_alone(house: House) -> None:
    code = uscc()
    house.many(*listed(code, "4"))
    change = line("ListingSuspended", "2025-01-01", BUREAU, uscc=code, basis="依据")
    late = together(house.transactor, session(code), change, version=7)
    assert isinstance(late[0], Accepted)
    assert isinstance(late[1], Rejected)
    assert late[1].code == "version-conflict"
    again = together(house.transactor, session(code, "5"), change, version=1)
    assert [type(each) for each in again] == [Accepted, Accepted]


def test_commands_together_whose_facts_changed_meanwhile_are_decided_again(house: House) -> None:
    code, other = uscc(), uscc()
    transactor = meddled(house, lambda: house.one(registered(code), idempotency_key="other"))
    lines = [{**registered(code), "idempotency_key": "mine"}, registered(other)]
    assert together(transactor, *lines) == [Nothing(), Accepted(2, 1)]
    assert together(transactor, session(other)) == [Accepted(3, 1)]


def test_two_imports_of_one_file_at_once_give_every_person_one_pseudonym(house: House) -> None:
    code = uscc()
    held = session(code)
    house.many(registered(code), held)
    lines = [
        of_person(certificate(code, held["data"]["assessment_id"], n), n) for n in range(1, 40)
    ]
    submissions = [command(each) for each in lines]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: list(house.another().stream([submissions])), range(4)))
    assert sum(type(each) is Accepted for outcomes in found for each in outcomes) == len(lines)
    assert house.log.head().position == 2 + len(lines)
    holders = [
        recorded(entry).event.holder.subject_id
        for entry in house.log.history(code)
        if entry.type.startswith("certificate.")
    ]
    people = [Person(*s.holder) for s in submissions if s.holder]
    assert house.vault.pseudonyms(people) == holders


def test_a_holder_with_another_kind_of_document_is_the_same_holder(house: House) -> None:
    """In one file, in the next one, and in a file that arrives at the same time as another."""
    code = uscc()
    held = session(code)
    house.many(registered(code), held)

    def paper(serial: int, kind: str) -> Json:
        line_ = of_person(certificate(code, held["data"]["assessment_id"], serial), 7)
        holder = {**line_["data"]["holder"], "id_type": kind}
        return {**line_, "data": {**line_["data"], "holder": holder}}

    house.many(paper(1, "护照"), paper(2, "201"))
    house.many(paper(3, "军官证"))
    later = [command(paper(n, f"证件{n}")) for n in range(4, 12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: house.another().execute(each), later))
    entries = [e for e in house.log.history(code) if e.type.startswith("certificate.")]
    assert len(entries) == 11
    assert len({recorded(entry).event.holder.subject_id for entry in entries}) == 1


def test_of_many_who_publish_one_application_exactly_one_wins(house: House) -> None:
    code = uscc()
    lines = listed(code, "4")
    at = next(n for n, line in enumerate(lines) if line["type"] == "RosterPublished")
    before, publication = lines[:at], lines[at]
    house.many(*before)
    attempts = [
        {**publication, "data": {**publication["data"], "batch": f"b-{n}"}} for n in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda each: house.another().execute(command(each)), attempts))
    assert sum(type(each) is Accepted for each in outcomes) == 1
    assert {each.code for each in outcomes if isinstance(each, Rejected)} <= {
        "already-published",
        "conflict",
    }


def test_a_stale_view_never_refuses_what_has_become_possible(house: House) -> None:
    """A process that remembers an older end of the ledger looks again before it says no."""
    code = uscc()
    other = house.another()
    assert type(other.execute(command(registered(uscc())))) is Accepted
    house.many(registered(code))
    assert type(other.execute(command(session(code)))) is Accepted


def test_nothing_of_a_holder_stands_in_an_entry_not_even_as_a_digest(house: House) -> None:
    code = uscc()
    held = session(code)
    house.many(registered(code), held)
    issued = certificate(code, held["data"]["assessment_id"], 1, name="欧阳小红")
    submission = command(issued)
    house.transactor.execute(submission)
    entry = house.log.at([3])[0]
    assert "小红".encode() not in entry.payload
    assert b"11010519491231002X" not in entry.payload
    event = recorded(entry).event
    assert type(event) is CertificateIssued
    assert event.holder.masked_name == "欧阳**"
    clear = [
        json.dumps(issued, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "11010519491231002X",
    ]
    assert entry.request_digest not in [sha256(text.encode()).digest() for text in clear]


def life(codes: tuple[str, str]) -> list[Json]:
    """A file about two enterprises, with lines that rest on others and lines that are wrong."""
    one, two = codes
    held, held_two = session(one), session(two, "5")
    in_question = held["data"]["assessment_id"]
    return [
        *listed(one, "4"),
        registered(two),
        held,
        held_two,
        {**held, "data": {**held["data"], "method": "process"}},
        certificate(one, in_question, 1),
        certificate(one, in_question, 1),
        certificate(two, in_question, 2),
        {**certificate(one, in_question, 1), "actor": CENTRE},
        line("ListingSuspended", "2025-05-01", BUREAU, uscc=one, basis="依据", until="2025-06-01"),
        line("ListingReinstated", "2025-05-10", BUREAU, uscc=one, basis="依据"),
        line("UnitCovered", "2025-01-01", reporter(one), uscc=one, unit_uscc=two, unit_name="乙"),
        line(
            "DistrictOpinionGiven",
            "2024-05-21",
            district("110108"),
            application_id=f"app-{one[-8:]}",
            district="110108",
            opinion="oppose",
            text="不同意",
        ),
        line("ListingRemoved", "2025-07-01", BUREAU, uscc=two, basis="依据"),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_batches_decide_as_one_command_after_the_other_would(house: House, data: Any) -> None:
    """Law: however lines are ordered and cut into batches, what becomes of them is the same."""
    size = len(life((uscc(), uscc())))
    order = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=size + 5))
    cuts = data.draw(st.sets(st.integers(1, len(order)), max_size=4))
    manners: list[Callable[[list[list[Json]]], list[Outcome]]] = [
        lambda batches: [house.one(each) for batch in batches for each in batch],
        lambda batches: [o for batch in batches for o in house.many(*batch)],
        lambda batches: list(house.transactor.stream(map(commands, batches))),
        lambda batches: [o for batch in batches for o in together(house.transactor, *batch)],
    ]
    found: list[list[tuple[Any, ...]]] = []
    for manner in manners:
        lines = life((uscc(), uscc()))
        told = [lines[index] for index in order]
        batches = [told[a:b] for a, b in pairwise([0, *sorted(cuts), len(told)])]
        outcomes = manner(batches)
        base = min((o.position for o in outcomes if isinstance(o, Accepted)), default=0)
        found.append([_told(outcome, base) for outcome in outcomes])
    assert found[0] == found[1] == found[2] == found[3]


def later_life(code: str, at: dict[str, int]) -> list[Json]:
    """What may come to an enterprise whose entries stand at `at`: corrections, and what rests on them."""
    held, issued, paused = (
        at[name] for name in ("AssessmentHeld", "CertificateIssued", "ListingSuspended")
    )
    in_question = session(code)["data"]["assessment_id"]
    return [
        correction(held, {"method": "process"}),
        correction(held, {"method": "process"}, idempotency_key=f"again-{code}"),
        correction(held, {"method": "examination"}),
        correction(held, {"level": "9"}),
        correction(issued, {"issued_on": "2025-03-21"}),
        correction(issued, {"results.theory": 81}),
        correction(paused, {"until": "2025-05-20"}),
        correction(paused, {"valid_from": "2025-05-05"}),
        {**session(code), "idempotency_key": f"held-{code}"},
        session(code, "5"),
        certificate(code, in_question, 1),
        {**certificate(code, in_question, 1), "idempotency_key": f"issued-{code}"},
        certificate(code, in_question, 2),
        line("ListingReinstated", "2025-05-10", BUREAU, uscc=code, basis="依据"),
        line("ListingSuspended", "2025-05-15", BUREAU, uscc=code, basis="依据"),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_corrections_share_a_batch_as_one_after_the_other_would(house: House, data: Any) -> None:
    """Law: what was read before a correction in the same batch is read anew behind it."""
    order = data.draw(st.lists(st.integers(0, 14), min_size=2, max_size=20))
    cuts = data.draw(st.sets(st.integers(1, len(order)), max_size=3))
    found: list[list[tuple[Any, ...]]] = []
    for is_streamed in (False, True):
        code = uscc()
        lines = [*listed(code, "4"), session(code)]
        lines.append(certificate(code, lines[-1]["data"]["assessment_id"], 1))
        lines.append(
            line(
                "ListingSuspended",
                "2025-05-01",
                BUREAU,
                uscc=code,
                basis="依据",
                until="2025-06-01",
            )
        )
        before = house.many(*lines)
        at = {
            each["type"]: outcome.position
            for each, outcome in zip(lines, before, strict=True)
            if isinstance(outcome, Accepted)
        }
        told = [later_life(code, at)[index] for index in order]
        batches = [told[a:b] for a, b in pairwise([0, *sorted(cuts), len(told)])]
        base = house.log.head().position + 1
        if is_streamed:
            outcomes = list(house.transactor.stream(map(commands, batches)))
        else:
            outcomes = [house.another().execute(command(each)) for each in told]
        found.append([_told(outcome, base) for outcome in outcomes])
    assert found[0] == found[1]


def test_corrections_of_what_has_landed_share_the_append_of_their_neighbours(house: House) -> None:
    code, other = uscc(), uscc()
    house.many(registered(code), session(code))
    appends: list[int] = []

    class Counting(Writer):
        def append_chain(self, items: Sequence[Append], look: Look | None = None) -> list[Result]:
            appends.append(len(items))
            return super().append_chain(items, look)

    parts = (Counting(house.log), house.vault, installed())
    transactor = Transactor(house.log, *parts, today=lambda: TODAY)
    list(transactor.stream([[command(registered(uscc()))]]))
    lines = [registered(other), correction(2, {"method": "process"}), session(code, "5")]
    outcomes = list(transactor.stream([commands(lines)]))
    assert [type(each) for each in outcomes] == [Accepted] * 3
    assert appends == [1, 3]


def _told(outcome: Outcome, base: int) -> tuple[Any, ...]:
    match outcome:
        case Accepted(position, count_) | Already(position, count_):
            return type(outcome).__name__, position - base, count_
        case Rejected():
            return "Rejected", outcome.code, outcome.field
        case Nothing():
            return ("Nothing",)
