"""Who the holders are: names and numbers, outside the tree, one key for each person.

Entries carry `subject_id` only. A person is found again by a keyed digest, because a plain digest of
an identity number is guessed in seconds; name and number lie in a box under the person's own key,
so deleting the row forgets the person in every copy of the ledger.
"""

import hmac
import io
import os
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from psycopg import Connection
from psycopg_pool import ConnectionPool

from domain.terms.identifiers import is_placeholder
from ledger.log import pack
from ledger.log.clock import now
from ledger.log.entry import instant_text
from ledger.unready import Unready
from ledger.vault import erasures
from ledger.vault.keys import KEY_BYTES, Keys, fingerprint

NONCE_BYTES = 12
DOMAIN = "idno/v1"
ALIKE = "name-and-number/v1"
COMPLETED_AT_ONCE = 5_000
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


class Person(NamedTuple):
    """A natural person as reported."""

    name: str
    id_type: str
    id_no: str


class Digests(NamedTuple):
    """What a person is found by: the number in its kind of document, else the name with the number."""

    identity: bytes
    alike: bytes
    """Empty where the number says nothing."""

    @property
    def all(self) -> tuple[bytes, ...]:
        """Return every digest that there is."""
        return (self.identity, self.alike) if self.alike else (self.identity,)

    def of(self, subjects: Mapping[bytes, str]) -> str | None:
        """Return the pseudonym that was found under one of them."""
        return subjects.get(self.identity) or (subjects.get(self.alike) if self.alike else None)


class Spelling(NamedTuple):
    """How one record, named by `record`, spelt the name of a person."""

    subject_id: str
    record: str
    name: str


class Access(NamedTuple):
    """One look into a box."""

    subject_id: str
    actor: str
    reason: str
    act: str
    at: datetime


class Unknown(KeyError):  # noqa: N818 - an answer to the caller, not a fault
    """Nobody has this pseudonym, or not any more."""


class Rotated(Unready):
    """The wrapping key was rotated while this process ran; nobody is entered under the old one."""

    def __init__(self) -> None:
        super().__init__(
            "封装密钥已轮换，本进程仍持有旧密钥；请重新启动",
            "the wrapping key was rotated and this process holds the old one: start it again",
        )


def normalised(number: str) -> str:
    """Return an identity number as it is compared: NFKC, no spaces, capital letters."""
    if number.isascii() and number.isalnum():  # nearly every number, at a fifth of the time
        return number.upper()
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def same_name(name: str) -> str:
    """Return a name as it is compared: NFKC, no spaces, one kind of middle dot, case folded."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    return plain.translate(_DOTS).casefold()


_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・․"), "·")


def new_subjects(count: int) -> list[str]:
    """Return as many new pseudonyms: random UUIDs (version 4)."""
    # Written out: uuid.uuid4 asks the system for chance each time and takes ten times as long.
    chance = os.urandom(16 * count).hex()
    return [
        f"{x[:8]}-{x[8:12]}-4{x[13:16]}-{_VARIANT[x[16]]}{x[17:20]}-{x[20:]}"
        for x in (chance[start : start + 32] for start in range(0, len(chance), 32))
    ]


class Vault:
    """Pseudonyms and the people behind them."""

    def __init__(
        self, pool: ConnectionPool[Connection[Any]], keys: Keys, erased: Path | None = None
    ) -> None:
        """`erased`: the list of erasures that is kept outside the database."""
        self._pool = pool
        self._keys = keys
        self._erased = erased
        self._fingerprint = fingerprint("wrapping", keys.wrapping)
        self._completed = False
        self._completing = Lock()

    ADD = """
    INSERT INTO vault.person (identity, subject_id, wrapped_key, box, alike)
    SELECT identity, subject_id, wrapped_key, box, nullif(alike, ''::bytea)
      FROM unnest(%(identities)s, %(subjects)s, %(wrapped)s, %(boxes)s, %(alike)s)
           AS new(identity, subject_id, wrapped_key, box, alike)
     WHERE coalesce((SELECT fingerprint = %(fingerprint)s FROM vault.key_fingerprint
                      WHERE name = 'wrapping' ORDER BY number DESC LIMIT 1), true)
     ORDER BY 1
    ON CONFLICT DO NOTHING
    """
    FIND = """
    SELECT identity, subject_id FROM vault.person WHERE identity = ANY (%(identities)s)
     UNION ALL
    SELECT alike, subject_id FROM vault.person WHERE alike = ANY (%(alike)s)
    """

    def pseudonyms(self, people: Sequence[Person]) -> list[str]:
        """Return everybody's `subject_id`, in order; people who are new get one.

        A person is an identity number of one type, or the same name with that number in another
        type. The name first reported stays in the box, and how other records spell it is kept beside
        (`spell`).
        """
        digests = [self.digests(person) for person in people]
        known = self.find(digests)
        new: dict[bytes, tuple[Person, str]] = {}
        proposed: dict[bytes, str] = {}
        names = new_subjects(len(people))
        for own, person, name in zip(digests, people, names, strict=True):
            if own.of(known) is None:
                subject_id = own.of(proposed) or name
                proposed |= dict.fromkeys(own.all, subject_id)
                new.setdefault(own.identity, (person, subject_id))
        entered = self.enter(new)
        return [own.of(known) or entered[own.identity] for own in digests]

    def digests(self, person: Person) -> Digests:
        """Return the keyed digests by which a person is found again."""
        return Digests(digest_of(self._keys, person), alike_of(self._keys, person))

    def request_key(self, key: str) -> str:
        """Return what a request is known by that was sent under `key`: what stood in it, nobody reads."""
        digest = hmac.digest(self._keys.identity, f"request-key/v1\0{key}".encode(), "sha256")
        return f"keyed-{digest[:16].hex()}"

    def find(self, people: Sequence[Digests]) -> dict[bytes, str]:
        """Return the `subject_id` of everybody who has one, by each digest that found it."""
        self._complete()
        with self._pool.connection() as connection:
            return self._find(connection, people)

    def enter(self, missing: Mapping[bytes, tuple[Person, str]]) -> dict[bytes, str]:
        """Add people who were not found, each with a proposed `subject_id`; return what they have.

        It is the proposed one, unless somebody else has added the same person meanwhile.

        Raises:
            Rotated: this process holds a wrapping key of before.
        """
        if not missing:
            return {}
        # With another kind of document somebody is proposed once more, under the same pseudonym.
        first: dict[str, bytes] = {}
        for identity, (_, subject_id) in missing.items():
            first.setdefault(subject_id, identity)
        rows = {identity: missing[identity] for identity in first.values()}
        with self._pool.connection() as connection:
            if self._add(connection, rows) == len(rows):
                return {identity: subject_id for identity, (_, subject_id) in missing.items()}
            digests = {identity: self.digests(person) for identity, (person, _) in missing.items()}
            subjects = self._find(connection, list(digests.values()))
            entered = {identity: own.of(subjects) for identity, own in digests.items()}
            if None in entered.values():
                raise Rotated
            return {identity: subject_id or "" for identity, subject_id in entered.items()}

    def _find(self, connection: Connection[Any], people: Sequence[Digests]) -> dict[bytes, str]:
        values = {
            "identities": pack.byteas([own.identity for own in people]),
            "alike": pack.byteas([own.alike for own in people if own.alike]),
        }
        return dict(connection.execute(self.FIND, values, prepare=True, binary=True).fetchall())

    def _complete(self) -> None:
        """Give rows of before the digest of name and number that they lack, once in a process."""
        if self._completed:
            return
        with self._completing:
            after = ""
            while not self._completed:
                with self._pool.connection() as connection:
                    after = self._complete_some(connection, after)
                self._completed = not after

    INCOMPLETE = """
    SELECT subject_id, identity, wrapped_key, box FROM vault.person
     WHERE alike IS NULL AND subject_id > %(after)s ORDER BY subject_id LIMIT %(limit)s
    """
    # One at a time: two that were one person all along must not both get it.
    ALONE = "SELECT pg_advisory_xact_lock(hashtext('vault.person.alike'))"
    COMPLETE = """
    UPDATE vault.person p SET alike = new.alike
      FROM unnest(%(subjects)s, %(alike)s) AS new(subject_id, alike)
     WHERE p.subject_id = new.subject_id
       AND NOT EXISTS (SELECT FROM vault.person q WHERE q.alike = new.alike)
    """

    def _complete_some(self, connection: Connection[Any], after: str) -> str:
        """Complete some of the rows behind `after`; return the last of them, '' where none was left."""
        connection.execute(self.ALONE)
        values: dict[str, Any] = {"after": after, "limit": COMPLETED_AT_ONCE}
        rows = connection.execute(self.INCOMPLETE, values).fetchall()
        digests: dict[bytes, str] = {}
        for subject_id, *row in rows:
            try:
                digest = alike_of(self._keys, opened(self._keys, subject_id, *row))
            except (InvalidUnwrap, InvalidTag):
                continue  # a row of other keys: `doctor` tells of it
            if digest:
                digests.setdefault(digest, subject_id)
        if digests:
            values = {
                "subjects": pack.texts(list(digests.values())),
                "alike": pack.byteas(list(digests)),
            }
            connection.execute(self.COMPLETE, values)
        return rows[-1][0] if rows else ""

    def _add(self, connection: Connection[Any], missing: Mapping[bytes, tuple[Person, str]]) -> int:
        """Add who is not there; return how many that was."""
        subjects: list[str] = []
        wrapped: list[bytes] = []
        boxes: list[bytes] = []
        alike: list[bytes] = []
        chance = io.BytesIO(os.urandom((KEY_BYTES + NONCE_BYTES) * len(missing)))
        for identity, (person, subject_id) in missing.items():
            key, nonce = chance.read(KEY_BYTES), chance.read(NONCE_BYTES)
            subjects.append(subject_id)
            wrapped.append(aes_key_wrap(self._keys.wrapping, key))
            boxes.append(_seal(key, nonce, subject_id, identity, person))
            alike.append(alike_of(self._keys, person))
        values = {
            "identities": pack.byteas(list(missing)),
            "subjects": pack.texts(subjects),
            "wrapped": pack.byteas(wrapped),
            "boxes": pack.byteas(boxes),
            "alike": pack.byteas(alike),
            "fingerprint": self._fingerprint,
        }
        return connection.execute(self.ADD, values, prepare=True).rowcount

    LOG = """
    INSERT INTO vault.access (subject_id, actor, reason, act)
    VALUES (%(subject_id)s, %(actor)s, %(reason)s, 'reveal')
    """

    def reveal(self, subject_id: str, actor: str, reason: str) -> Person:
        """Return who it is, after the look has been recorded for good.

        Raises:
            Unknown: nobody has this pseudonym, or not any more.
            ValueError: no actor or no reason given.
        """
        if not actor.strip() or not reason.strip():
            raise ValueError("a look into the vault needs an actor and a reason")
        with self._pool.connection() as connection:
            values = {"subject_id": subject_id, "actor": actor, "reason": reason}
            connection.execute(self.LOG, values)
        return self._open(subject_id)

    def matches(self, subject_id: str, record: str, name: str) -> bool:
        """Tell whether the record has this name, in a time that says nothing about the name."""
        try:
            known = self._spelt(subject_id, record)
        except Unknown:
            # The same work as for somebody who exists.
            hmac.compare_digest(self._name_digest(name), self._name_digest(""))
            return False
        return hmac.compare_digest(self._name_digest(name), self._name_digest(known))

    FIRST = """
    SELECT subject_id, identity, wrapped_key, box FROM vault.person
     WHERE subject_id = ANY (%(subjects)s)
    """
    SPELL = """
    INSERT INTO vault.spelling (subject_id, record, box)
    SELECT * FROM unnest(%(subjects)s::text[], %(records)s::bytea[], %(boxes)s::bytea[]) ORDER BY 1, 2
    ON CONFLICT DO NOTHING
    """

    def spell(self, spellings: Sequence[Spelling]) -> None:
        """Keep how records spell names of people who were first reported otherwise.

        The number says who it is; the name of each record is that record's own.
        """
        if not spellings:
            return
        wanted = list({each.subject_id for each in spellings})
        with self._pool.connection() as connection:
            rows = connection.execute(self.FIRST, {"subjects": wanted}).fetchall()
            keys = {row[0]: aes_key_unwrap(self._keys.wrapping, row[2]) for row in rows}
            names = {
                subject: _unseal(keys[subject], subject, identity, box).name
                for subject, identity, _, box in rows
            }
            others = [s for s in spellings if names.get(s.subject_id, s.name) != s.name]
            if not others:
                return
            records = [self._record_digest(each.record) for each in others]
            values = {
                "subjects": [each.subject_id for each in others],
                "records": records,
                "boxes": [
                    _close(keys[each.subject_id], each.subject_id, record, each.name.encode())
                    for each, record in zip(others, records, strict=True)
                ],
            }
            connection.execute(self.SPELL, values)

    SPELT = """
    SELECT p.wrapped_key, s.box FROM vault.spelling s JOIN vault.person p USING (subject_id)
     WHERE s.subject_id = %(subject_id)s AND s.record = %(record)s
    """

    def _spelt(self, subject_id: str, record: str) -> str:
        """Return the name in a record: its own spelling, else the first one."""
        digest = self._record_digest(record)
        values = {"subject_id": subject_id, "record": digest}
        with self._pool.connection() as connection:
            row = connection.execute(self.SPELT, values).fetchone()
        if row is None:
            return self._open(subject_id).name
        key = aes_key_unwrap(self._keys.wrapping, row[0])
        return _disclose(key, subject_id, digest, row[1]).decode()

    def _record_digest(self, record: str) -> bytes:
        return hmac.digest(self._keys.identity, f"record/v1\0{record}".encode(), "sha256")

    def erase(self, subject_id: str, actor: str, reason: str) -> bool:
        """Destroy the key, the box and all spellings of a person, and remember that it was done.

        Return whether there was anything to destroy. Entries, and every proof of them, stay as they are.
        """
        with self._pool.connection() as connection, connection.transaction():
            gone = erasures.carry_out(connection, [subject_id], actor, reason) > 0
            if gone and self._erased is not None:
                # Before it is committed: what a restore does not know of, it brings back.
                erasures.note(self._erased, [subject_id], instant_text(now()))
        return gone

    ACCESSES = """
    SELECT subject_id, actor, reason, act, at FROM vault.access
     WHERE subject_id = %(subject_id)s ORDER BY id
    """

    def accesses(self, subject_id: str) -> list[Access]:
        """Return who looked, and why, in order."""
        with self._pool.connection() as connection:
            rows = connection.execute(self.ACCESSES, {"subject_id": subject_id}).fetchall()
        return [Access(*row) for row in rows]

    BOX = "SELECT identity, wrapped_key, box FROM vault.person WHERE subject_id = %(subject_id)s"

    def _open(self, subject_id: str) -> Person:
        with self._pool.connection() as connection:
            row = connection.execute(self.BOX, {"subject_id": subject_id}).fetchone()
        if row is None:
            raise Unknown(subject_id)
        return opened(self._keys, subject_id, *row)

    def _name_digest(self, name: str) -> bytes:
        return hmac.digest(self._keys.identity, f"name/v1\0{same_name(name)}".encode(), "sha256")


def digest_of(keys: Keys, person: Person) -> bytes:
    """Return the keyed digest by which a person is found again."""
    text = f"{DOMAIN}\0{person.id_type}\0{normalised(person.id_no)}"
    return hmac.digest(keys.identity, text.encode(), "sha256")


def alike_of(keys: Keys, person: Person) -> bytes:
    """Return the keyed digest of folded name and number, whatever kind of document it is (§6).

    Empty where the number says nothing: two people of one name are not one by a dash.
    """
    number = normalised(person.id_no)
    if is_placeholder(number):
        return b""
    text = f"{ALIKE}\0{same_name(person.name)}\0{number}"
    return hmac.digest(keys.identity, text.encode(), "sha256")


def opened(keys: Keys, subject_id: str, identity: bytes, wrapped: bytes, box: bytes) -> Person:
    """Return who is in a box.

    Raises:
        InvalidUnwrap, InvalidTag: other keys, or a box of another row.
    """
    return _unseal(aes_key_unwrap(keys.wrapping, wrapped), subject_id, identity, box)


def _close(key: bytes, subject_id: str, about: bytes, clear: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, _bound(key, subject_id, about))


def _disclose(key: bytes, subject_id: str, about: bytes, box: bytes) -> bytes:
    nonce, sealed = box[:NONCE_BYTES], box[NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, sealed, _bound(key, subject_id, about))


def _seal(key: bytes, nonce: bytes, subject_id: str, identity: bytes, person: Person) -> bytes:
    clear = orjson.dumps({"id_no": person.id_no, "id_type": person.id_type, "name": person.name})
    return nonce + AESGCM(key).encrypt(nonce, clear, _bound(key, subject_id, identity))


def _unseal(key: bytes, subject_id: str, identity: bytes, box: bytes) -> Person:
    return Person(**orjson.loads(_disclose(key, subject_id, identity, box)))


def _bound(key: bytes, subject_id: str, identity: bytes) -> bytes:
    """Bind the box to its row, and to its key: GCM alone lets one box open under two keys."""
    return b"dudao/person/v1\0" + subject_id.encode() + identity + sha256(key).digest()
