"""Asking witnesses to cosign a checkpoint, and keeping what they answer."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2
from psycopg import Connection

from ledger.log import tiles
from proof import kept
from proof.checkpoints import Checkpoint, decimal, read_checkpoint
from proof.notes import BadNote, Note, read_signatures, verified
from proof.policy import Party, Policy
from proof.witness import Request

logger = logging.getLogger("dudao.signer")
SECONDS = 10.0
"""For which a witness may think."""
AGAIN = 86_400
"""Seconds after which a witness is asked again about a log that does not grow."""

Send = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a body to an address; returns status and body of the answer. OSError: nobody answers."""


class Asked(NamedTuple):
    """What a witness said: None, or why there is no cosignature."""

    name: str
    refusal: str | None


def send(url: str, body: bytes) -> tuple[int, bytes]:
    """Send over HTTP.

    Raises:
        OSError: nobody answers.
    """
    try:
        answer = httpx2.post(url, content=body, timeout=SECONDS)
    except httpx2.HTTPError as error:
        raise OSError(str(error)) from error
    return answer.status_code, answer.content


def ask_all(
    connection: Connection[Any], policy: Policy, note: Note, at: int, through: Send = send
) -> list[Asked]:
    """Ask every witness that has an address and has not said so already on this day.

    One that fails keeps nobody from the others.
    """
    asked: list[Asked] = []
    checkpoint = read_checkpoint(note.text)
    words = kept.last_words(connection, checkpoint.origin)
    for name, party in policy.witnesses.items():
        word = words.get(party.key.vkey)
        if party.url is None or (
            word is not None
            and word.position >= checkpoint.size
            and at - word.at.timestamp() < AGAIN
        ):
            continue
        try:
            refusal = _ask(connection, party, party.url, note, through)
        except (OSError, BadNote, ValueError, KeyError) as error:
            refusal = str(error) or type(error).__name__
        if refusal is not None:
            logger.error("witness %s did not cosign: %s", name, refusal)
        asked.append(Asked(name, refusal))
    return asked


def _ask(
    connection: Connection[Any], party: Party, url: str, note: Note, through: Send
) -> str | None:
    checkpoint = read_checkpoint(note.text)
    old = kept.cosigned_size(connection, party.key, checkpoint.origin)
    address = f"{url.rstrip('/')}/add-checkpoint"
    status, body = through(address, _request(connection, old, checkpoint, note))
    if status == 409:  # it knows more or less than is remembered here
        old = decimal(body.decode().strip())
        if old > checkpoint.size:
            return f"knows {old} entries, more than the ledger's {checkpoint.size}"
        status, body = through(address, _request(connection, old, checkpoint, note))
    if status != 200:
        return f"{status}: {body[:200].decode(errors='replace').strip()}"
    signatures = read_signatures(body.decode())
    for signature in signatures:
        for signed in verified(Note(note.text, (signature,)), [party.key]):
            kept.keep_cosignature(connection, checkpoint, party.key, signature, signed.at or 0)
            return None
    return "answered without a signature by its key"


def _request(connection: Connection[Any], old: int, checkpoint: Checkpoint, note: Note) -> bytes:
    path: list[bytes] = []
    if old:
        path = tiles.consistency_proof(old, checkpoint.size, tiles.stored(connection))
    return Request(old, tuple(path), note).written()
