"""`dudao erase PERSON`: the key of a person is destroyed, and the ledger says so."""

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure, tell
from api.cli.language import chosen

if TYPE_CHECKING:
    from api.installation.wiring import Installation

PSEUDONYM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def erase(
    person: Annotated[
        str, typer.Argument(help="假名或其证书编号 / pseudonym, or a certificate's number")
    ],
    *,
    basis: Annotated[str, typer.Option(help="依据，如申请文号 / on what basis")],
    account: Annotated[str, typer.Option(help="经办账户 / account that acts")] = "local",
) -> None:
    """销毁一人的密钥并入账；记录与证明不变 / Destroy a person's key; entries and proofs stay as they are."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import Installation  # noqa: PLC0415
    from api.intake.commands import Conditions, perform  # noqa: PLC0415
    from domain.terms.envelope import Actor  # noqa: PLC0415
    from domain.terms.vocabulary import Role  # noqa: PLC0415
    from ledger.connect import Opening  # noqa: PLC0415
    from ledger.log.clock import today  # noqa: PLC0415
    from ledger.vault.erasures import list_path  # noqa: PLC0415

    actor = Actor(account=account, role=Role.CENTRE_OFFICER, organisation="centre")
    with Installation(Settings(), connections=4, opening=Opening.RECORDING) as house:
        subject = _subject(house, person)
        data = {"subject_id": subject, "basis": basis, "valid_from": today().isoformat()}
        # One key for a person: asked for again, what was cut off is carried on with.
        conditions = Conditions(f"erase/{subject}", None)
        positions = perform(house, actor, ["PersonErased"], orjson.dumps(data), conditions)
        acts = house.vault.accesses(subject)
        kept = list_path(house.settings.folder)
    erased = next((each for each in acts if each.act == "erase"), None)
    where = f"{positions.start}"
    sys.stdout.write(
        chosen(
            f"已抹除 {subject}：回执在位置 {where}\n",
            f"erased {subject}: receipt at position {where}\n",
        )
    )
    if erased is None:
        tell(
            "保险库中已没有这个人：此前已抹除，或由另一密钥目录登记",
            "the vault did not hold this person: erased before, or entered under other keys",
        )
        return
    tell(
        "姓名、证件号码、密钥和各种写法均已销毁；记录和视图中只有假名与掩码姓名，证明不受影响；"
        f"恢复旧备份时会按 {kept} 再次抹除，请在另一台机器上也存一份；密钥的旧备份须到期销毁",
        "name, number, key and spellings are destroyed; entries and views hold the pseudonym and the "
        f"masked name, proofs are untouched; a restore of an old backup erases again by {kept}: keep it "
        "on another machine too, and let old backups of the keys go in time",
    )


def _subject(house: "Installation", person: str) -> str:
    """Return the pseudonym that is meant."""
    if PSEUDONYM.fullmatch(person):
        return person
    from domain.certificate.certificate import spellings  # noqa: PLC0415 - start-up time

    entries = house.log.read({f"certificate:{text}" for text in spellings(person)})
    holders = {
        tag.removeprefix("holder:")
        for entry in entries
        for tag in entry.tags
        if tag.startswith("holder:")
    }
    if not holders:
        raise Failure(
            f"没有假名或证书 {person}", f"there is neither a pseudonym nor a certificate {person}"
        )
    if len(holders) > 1:
        raise Failure(
            f"证书 {person} 涉及多人，请给出假名：{'、'.join(sorted(holders))}",
            f"certificate {person} is of several people: name the pseudonym: {', '.join(sorted(holders))}",
        )
    return holders.pop()
