"""The same reports through `ledger.deciding.transact`: facts read, decided, appended, under an own key."""

import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from benchmarks import sessions
from benchmarks.rounds import Act
from domain.terms.decider import Command
from ledger.deciding.transact import Accepted, Transactor
from ledger.gate.json import canonical
from ledger.gate.shapes import Submission
from ledger.log.postgres_log import PostgresLog
from ledger.log.writer import Writer
from ledger.reference import installed
from ledger.vault.keys import KEY_BYTES, Keys
from ledger.vault.vault import Vault


def desk(log: PostgresLog, writer: Writer, clients: int) -> Transactor:
    """Return the way in, with an enterprise registered for each client."""
    keys = Keys(os.urandom(KEY_BYTES), os.urandom(KEY_BYTES))
    vault = Vault(log.pool, keys)
    transactor = Transactor(log, writer, vault, installed(), today=lambda: sessions.TODAY)
    for client in range(clients):
        _accepted(transactor, _submission(sessions.registration(client), f"register-{client}"))
    return transactor


def typed(transactor: Transactor, number: int) -> Sequence[Act]:
    """Return clients that report sessions of their own enterprises."""
    return [_reporting(transactor, client) for client in range(number)]


def _reporting(transactor: Transactor, client: int) -> Act:
    reports = sessions.reports(client)

    def act() -> None:
        report = next(reports)
        _accepted(transactor, _submission(report, f"typed-{report.body.assessment_id}"))

    return act


def _accepted(transactor: Transactor, submission: Submission) -> None:
    outcome = transactor.execute(submission)
    if not isinstance(outcome, Accepted):
        raise TypeError(f"not accepted: {outcome}")


def _submission(command: Command[Any], key: str) -> Submission:
    """Return what the gate makes of a request: a body of its type, and the digest of the members."""
    members = {
        "type": type(command.body).__name__,
        "valid_from": command.valid_from.isoformat(),
        "actor": msgspec.to_builtins(command.actor),
        "data": msgspec.to_builtins(command.body),
    }
    return Submission(
        body=command.body,
        holder=None,
        actor=command.actor,
        valid_from=command.valid_from,
        reason=None,
        document_no=None,
        idempotency_key=key,
        content=sha256(canonical(members)).digest(),
    )
