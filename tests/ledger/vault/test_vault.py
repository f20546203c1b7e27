"""Names and numbers stay in the vault, and only there in a form that a key opens."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from psycopg import sql

from ledger.connect import Addresses, app_pool
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from ledger.vault.keys import Keys
from ledger.vault.vault import Person, Spelling, Unknown, Vault
from tests.ledger.drafts import draft

pytestmark = pytest.mark.postgres

ZHANG = Person("张三丰", "id_card", "11010119900307123x")
RECORD = "as-1\0N-1"
KEYS = Keys(bytes(32), bytes(range(32)))


@pytest.fixture
def vault(addresses: Addresses) -> Iterator[Vault]:
    with app_pool(addresses.app) as pool:
        yield Vault(pool, KEYS)


def test_a_person_keeps_one_pseudonym_however_the_number_is_written(vault: Vault):
    spellings = [
        ZHANG,
        ZHANG._replace(id_no="１１０１０１ 19900307 123X"),
        ZHANG._replace(name="张三"),
    ]
    first, *others = vault.pseudonyms(spellings)
    assert others == [first, first]
    assert vault.pseudonyms([ZHANG]) == [first]
    assert vault.reveal(first, "auditor", "complaint 12") == ZHANG


def test_other_numbers_and_other_names_in_another_type_are_other_people(vault: Vault):
    people = [ZHANG, ZHANG._replace(id_type="passport", name="李四"), ZHANG._replace(id_no="1")]
    assert len(set(vault.pseudonyms(people))) == 3


def test_the_same_name_and_number_in_another_kind_of_document_is_the_same_person(vault: Vault):
    """Otherwise another word for the identity card makes another holder, and C2 finds nobody (§6)."""
    other = ZHANG._replace(id_type="passport", name=" 张 三丰", id_no="１１０１０１19900307123X")
    first, second = vault.pseudonyms([ZHANG, other])
    assert first == second
    assert vault.pseudonyms([other, ZHANG]) == [first, first]
    assert vault.reveal(first, "auditor", "complaint 12") == ZHANG
    new = other._replace(id_no="P1")
    assert vault.pseudonyms([new]) == vault.pseudonyms([new._replace(id_type="201")])
    assert vault.erase(first, "auditor", "asked for")
    assert vault.pseudonyms([other]) != [first]


def test_a_number_that_says_nothing_makes_no_two_documents_one_person(vault: Vault):
    people = [ZHANG._replace(id_no="无"), ZHANG._replace(id_no="无", id_type="passport")]
    assert len(set(vault.pseudonyms(people))) == 2


def test_persons_of_an_earlier_release_are_found_across_kinds_too(
    vault: Vault, addresses: Addresses
):
    twice = ZHANG._replace(id_type="passport")
    (first,) = vault.pseudonyms([ZHANG])
    with psycopg.connect(addresses.owner) as connection:
        connection.execute("UPDATE vault.person SET alike = NULL")
    with app_pool(addresses.app) as pool:
        assert Vault(pool, KEYS).pseudonyms([twice]) == [first]


def test_ten_thousand_at_once_and_those_met_before_among_them(vault: Vault):
    people = [ZHANG._replace(id_no=str(number)) for number in range(10_000)]
    before = vault.pseudonyms(people[4_000:6_000])
    everybody = vault.pseudonyms(people)
    assert everybody[4_000:6_000] == before
    assert len(set(everybody)) == 10_000
    assert vault.pseudonyms([]) == []


def test_two_processes_that_meet_a_person_at_once_agree(vault: Vault):
    people = [ZHANG._replace(id_no=str(number)) for number in range(50)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(vault.pseudonyms, [people, people[::-1]] * 4))
    assert all(answer in (answers[0], answers[0][::-1]) for answer in answers)


def test_every_look_is_recorded_with_who_and_why(vault: Vault):
    (subject_id,) = vault.pseudonyms([ZHANG])
    vault.reveal(subject_id, "auditor", "complaint 12")
    with pytest.raises(ValueError, match="reason"):
        vault.reveal(subject_id, "auditor", " ")
    with pytest.raises(Unknown):
        vault.reveal("nobody", "auditor", "curiosity")
    assert [(look.actor, look.reason) for look in vault.accesses(subject_id)] == [
        ("auditor", "complaint 12")
    ]
    assert [look.reason for look in vault.accesses("nobody")] == ["curiosity"]


@pytest.mark.parametrize(
    ("name", "same"), [("张三丰", True), (" 张 三丰", True), ("张三", False), ("", False)]
)
def test_a_name_matches_or_not_and_no_look_is_recorded(vault: Vault, name: str, *, same: bool):
    (subject_id,) = vault.pseudonyms([ZHANG])
    assert vault.matches(subject_id, RECORD, name) is same
    assert vault.matches("nobody", RECORD, name) is False
    assert vault.accesses(subject_id) == []


def test_middle_dots_are_one(vault: Vault):
    (subject_id,) = vault.pseudonyms([ZHANG._replace(name="买买提•艾力")])
    assert vault.matches(subject_id, RECORD, "买买提·艾力")


def test_a_box_moved_to_another_row_does_not_open(vault: Vault, addresses: Addresses):
    one, other = vault.pseudonyms([ZHANG, ZHANG._replace(id_no="2")])
    with psycopg.connect(addresses.owner) as connection:
        connection.execute(
            "UPDATE vault.person SET (wrapped_key, box) = (SELECT wrapped_key, box FROM vault.person"
            " WHERE subject_id = %s) WHERE subject_id = %s",
            (one, other),
        )
    with pytest.raises(InvalidTag):
        vault.matches(other, RECORD, "张三丰")


TABLES = """
SELECT table_schema, table_name FROM information_schema.tables
 WHERE table_schema IN ('ledger', 'vault', 'projections', 'public')
"""


def test_nothing_of_a_person_stands_in_clear_in_any_table(
    vault: Vault, log: PostgresLog, addresses: Addresses
):
    """The canary test."""
    canary = Person("金丝雀甲", "id_card", "110101199003079999")
    (subject_id,) = vault.pseudonyms([canary])
    log.append([Append((draft("certificate/1", f"holder:{subject_id}"),))])
    vault.reveal(subject_id, "auditor", "test")
    needles = [needle for text in canary for needle in (text, text.encode().hex())]
    with psycopg.connect(addresses.owner) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            rows = connection.execute(
                sql.SQL("SELECT t::text FROM {}.{} t").format(
                    sql.Identifier(schema), sql.Identifier(table)
                )
            )
            for (row,) in rows:
                assert not any(needle in row for needle in needles), (schema, table)


def test_each_record_keeps_its_own_spelling_of_a_name(vault: Vault):
    (who,) = vault.pseudonyms([ZHANG])
    first, second = "as-1\0N-1", "as-2\0N-2"
    vault.spell([Spelling(who, first, ZHANG.name), Spelling(who, second, "张三峰")])
    vault.spell([Spelling(who, second, "张三峰"), Spelling("nobody", first, "李四")])
    vault.spell([])
    told = {(r, n): vault.matches(who, r, n) for r in (first, second) for n in ("张三丰", "张三峰")}
    assert told == {
        (first, "张三丰"): True,
        (first, "张三峰"): False,
        (second, "张三丰"): False,
        (second, "张三峰"): True,
    }
    assert vault.reveal(who, "auditor", "complaint 12") == ZHANG


def test_whoever_is_erased_is_gone_with_every_spelling_and_that_is_remembered(
    vault: Vault, addresses: Addresses
):
    other = ZHANG._replace(id_no="1")
    erased, kept = vault.pseudonyms([ZHANG, other])
    vault.spell([Spelling(erased, RECORD, "张叁丰"), Spelling(kept, RECORD, "张三 丰")])
    assert vault.erase(erased, "centre-1", "本人申请")
    with pytest.raises(Unknown):
        vault.reveal(erased, "auditor", "x")
    assert not vault.matches(erased, RECORD, "张叁丰")
    assert vault.find([vault.digests(ZHANG)]) == {}
    assert vault.reveal(kept, "auditor", "x") == other
    acts = [(each.actor, each.reason, each.act) for each in vault.accesses(erased)]
    assert ("centre-1", "本人申请", "erase") in acts
    with psycopg.connect(addresses.app) as connection:
        left = connection.execute(
            "SELECT (SELECT count(*) FROM vault.person WHERE subject_id = %(s)s),"
            " (SELECT count(*) FROM vault.spelling WHERE subject_id = %(s)s)",
            {"s": erased},
        ).fetchone()
    assert left == (0, 0)
    assert not vault.erase(erased, "centre-1", "again"), "there is nothing left to destroy"
    assert vault.pseudonyms([ZHANG]) != [erased], "who comes again is somebody new"
