"""The devices on which records are made, as each was last heard of: a list of now, in no ledger."""

from api.intake import device_records
from api.questions.answers import ListPage
from api.questions.clocks import Asked
from api.questions.declared import DeclaredList
from api.questions.policy import Action, decide
from api.questions.queries import Found, settle
from api.questions.questions import AllAtOnce
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from ledger.log.entry import instant_text
from projections.items.on_site import FieldDevice


def devices(house: Reading, actor: Actor) -> list[device_records.Device]:
    """Return the devices that `actor` supervises.

    Raises:
        Problem: 401 or 403, the caller records no spot checks.
    """
    rows = decide(actor, Action.RECORD, "SpotCheckRecorded").rows
    with house.reading() as connection:
        return device_records.devices(connection, rows.district)


def _listed(house: Reading, actor: Actor, _: AllAtOnce) -> Found:
    grant = decide(actor, Action.RECORD, "SpotCheckRecorded")
    items = [
        {**each._asdict(), "missing": list(each.missing), "told_at": instant_text(each.told_at)}
        for each in devices(house, actor)
    ]
    return Found(
        settle(house, Asked()).answer_basis,
        ListPage(items, None, grant.rows.limits),
        grant.audience,
    )


DEVICES = DeclaredList(
    "field-devices",
    "/v1/field/devices",
    FieldDevice,
    ("account", "device_id"),
    AllAtOnce,
    _listed,
    ("account", "device_id", "unsent", "missing", "told_at"),
    "/field/devices",
    "on-site",
    operation="list_field_devices",
)
"""The devices, declared as every other list is."""
