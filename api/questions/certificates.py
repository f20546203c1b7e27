"""The public look-up of certificates: what the paper says, and whether it holds."""

from typing import Any

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked
from api.questions.policy import Action, decide
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from ledger.deciding.requests import record_of
from projections.items.disclosure import shower
from projections.items.records import CertificateLookupItem
from projections.items.shape import Audience
from projections.views import certificates, roster
from projections.views.basis import Basis


def by_number(
    house: Reading, actor: Actor, number: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return what anyone may know of a certificate; further records under its number beside it."""
    decide(actor, Action.READ, "certificate")
    settled = settle(house, asked)
    with house.reading() as connection:
        rows = certificates.by_number(connection, settled.basis, number, house.reference_at)
        names = {
            each["issuer_uscc"]: _name(connection, settled.basis, each["issuer_uscc"])
            for each in rows
        }
    if not rows:
        raise missing()
    shown = [_published(each, names[each["issuer_uscc"]]) for each in rows]
    shown.sort(key=lambda each: each["state"] != "valid")
    paper = {**shown[0], "others": shown[1:]}
    return settled.answer_basis, shower(CertificateLookupItem, Audience.ANYONE)(paper)


def _name(connection: Connection[Any], basis: Basis, uscc: str) -> str | None:
    row = roster.one(connection, basis, uscc)
    return None if row is None else str(row["name"])


def _published(record: dict[str, Any], issuer: str | None) -> dict[str, Any]:
    return {
        "certificate_no": record["certificate_no"],
        "occupation": record["occupation"],
        "level": record["level"],
        "issuer": {"uscc": record["issuer_uscc"], "name": issuer},
        "issued_on": record["issued_on"],
        "masked_name": record["holder"]["masked_name"],
        "assessed_on": record["assessed_on"],
        "assessed_to": record["assessed_to"],
        "issuer_in_scope": record["issuer_in_scope"],
        "state": record["state"],
        "revoked": record["state"] == "revoked",
        "ended_on": record["ended_on"],
        "replaced_by": record["replaced_by"],
        "replaces": record.get("replaces"),
        "reissued_on": record.get("reissued_on"),
    }


def _with_first(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with the number under which it was first issued: what its name is kept with."""
    return {"issued_as": record["certificate_no"], **record}


def matches(house: Reading, actor: Actor, number: str, name: str) -> tuple[AnswerBasis, bool]:
    """Return whether a certificate of that number holds and was issued to somebody of that name.

    The clear name stays in the vault, which answers yes or no in the same time.
    """
    decide(actor, Action.READ, "certificate-lookup")
    settled = settle(house, Asked())
    with house.reading() as connection:
        rows = certificates.by_number(connection, settled.basis, number, house.reference_at)
    holding = [each for each in rows if each["state"] == "valid"]
    spelt = sorted(
        {
            (each["holder"]["subject_id"], record_of(each["assessment_id"], each["issued_as"]))
            for each in (_with_first(each) for each in holding)
        }
    )
    answers = [house.vault.matches(subject, record, name) for subject, record in spelt]
    return settled.answer_basis, any(answers)
