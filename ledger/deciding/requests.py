"""Submissions made ready for a decision: holders by pseudonym, a key and a digest for each.

The digest covers what was asked, with the holder's pseudonym in place of name and number: a plain
digest over an identity number is guessed in seconds, and it stands in the entry for ever.
"""

import os
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from domain.certificate.certificate import CertificateIssued, Holder
from domain.terms.decider import Command
from domain.two_persons import is_wish
from ledger.gate.shapes import Clear, Submission
from ledger.log.log import Use
from ledger.vault.vault import Person, Vault, new_subjects


class Newcomer(NamedTuple):
    """A holder whom the vault does not know yet, with the digest by which it will."""

    identity: bytes
    person: Person


class Request(NamedTuple):
    """A command with its idempotency key, and the holder in clear of a certificate.

    `newcomer`: the holder, where the vault does not know them yet.
    """

    name: str
    command: Command[Any]
    key: str
    digest: bytes
    holder: Person | None = None
    newcomer: Newcomer | None = None
    sent_key: str | None = None
    """The key as it was sent; under it stands what an earlier release recorded."""
    earlier: tuple[tuple[str, bytes], ...] = ()
    """Keys and digests under which an earlier release recorded the same."""

    def use_in(self, uses: Mapping[str, Use]) -> Use | None:
        """Return where the same key was used before."""
        use = uses.get(self.key)
        return uses.get(self.sent_key) if use is None and self.sent_key is not None else use

    @property
    def record(self) -> str:
        """What names the certificate in the vault: its session and its number."""
        body: CertificateIssued = self.command.body
        return record_of(body.assessment_id, body.certificate_no)


def record_of(assessment_id: str, certificate_no: str) -> str:
    """Return what names a certificate in the vault."""
    return f"{assessment_id}\0{certificate_no}"


Newcomers: TypeAlias = dict[bytes, str]
"""Digest of a person, each of them → the pseudonym that the person will get."""


def ready(
    submissions: Sequence[Submission],
    vault: Vault,
    today: date,
    newcomers: Newcomers,
    entering: Newcomers,
) -> list[Request]:
    """Return the submissions as requests. Nobody is added to the vault.

    `newcomers` gains everybody new; `entering` are those of a batch that is under way.
    """
    people = [Person(*s.holder) for s in submissions if s.holder is not None]
    keyed = [_with_keys(s, vault) for s in submissions]
    if not people:
        return [
            _request(s, s.body, s.content, today, keys)
            for s, keys in zip(submissions, keyed, strict=True)
        ]
    digests = [vault.digests(person) for person in people]
    known = vault.find(digests)
    subject_ids = [own.of(known) for own in digests]
    names = iter(new_subjects(subject_ids.count(None)))
    pseudonyms: list[tuple[str, Newcomer | None]] = []
    for own, person, subject_id in zip(digests, people, subject_ids, strict=True):
        if subject_id is not None:
            pseudonyms.append((subject_id, None))
            continue
        name = own.of(newcomers) or own.of(entering) or next(names)
        for digest in own.all:
            newcomers[digest] = name
        pseudonyms.append((name, Newcomer(own.identity, person)))
    waiting = iter(pseudonyms)
    return [
        _request(s, s.body, s.content, today, keys)
        if s.holder is None
        else _held(s, s.holder, next(waiting), today, keys)
        for s, keys in zip(submissions, keyed, strict=True)
    ]


_Keys: TypeAlias = tuple[str | None, str | None]
"""What a request is known by, and the key as it was sent; None where it sends none."""


def _with_keys(submission: Submission, vault: Vault) -> _Keys:
    sent = submission.idempotency_key
    return (None, None) if sent is None else (vault.request_key(sent), sent)


def _held(
    submission: Submission,
    clear: Clear,
    pseudonym: tuple[str, Newcomer | None],
    today: date,
    keys: _Keys,
) -> Request:
    body: CertificateIssued = submission.body
    subject_id, newcomer = pseudonym
    holder = Holder(
        subject_id=subject_id,
        masked_name=body.holder.masked_name,
        id_type=clear.id_type,
        category=body.holder.category,
    )
    # Spelled out: dataclasses.replace takes three times as long, and imports do this a million times.
    named = CertificateIssued(
        certificate_no=body.certificate_no,
        assessment_id=body.assessment_id,
        issuer_uscc=body.issuer_uscc,
        occupation=body.occupation,
        level=body.level,
        holder=holder,
        results=body.results,
        issued_on=body.issued_on,
    )
    # The content says nothing of who the holder is; the pseudonym does, to those with the vault.
    digest = _of_holder(submission.content, subject_id)
    request = _request(submission, named, digest, today, keys, people=(Person(*clear), newcomer))
    if not submission.earlier:
        return request
    digests = [_of_holder(content, subject_id) for content in submission.earlier]
    return request._replace(earlier=tuple((derived_key(each), each) for each in digests))


def _of_holder(content: bytes, subject_id: str) -> bytes:
    return sha256(content + subject_id.encode()).digest()


def derived_key(digest: bytes) -> str:
    """Return the key of a command that brings none: 128 bits of its digest name it.

    All 256 are compared.
    """
    return f"content-{digest[:16].hex()}"


def _request(  # noqa: PLR0913 - what a command is made from
    submission: Submission,
    body: Any,  # noqa: ANN401 - any event
    digest: bytes,
    today: date,
    keys: _Keys,
    *,
    people: tuple[Person | None, Newcomer | None] = (None, None),
) -> Request:
    _, _, actor, valid_from, reason, document_no, _, _, earlier, stamps, asks = submission
    command = Command(
        body=body,
        actor=actor,
        valid_from=valid_from,
        today=today,
        reason=reason,
        document_no=document_no,
        stamps=stamps,
        asking=_new_id() if asks or is_wish(actor, body) else None,
    )
    known = tuple((derived_key(each), each) for each in earlier) if earlier else ()
    key, sent = keys
    name = type(body).__name__
    return Request(name, command, key or derived_key(digest), digest, *people, sent, known)


def _new_id() -> str:
    """Return a UUIDv7: ids that the ledger makes stand in the order in which they were made."""
    number = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    return str(uuid.UUID(int=number))
