"""Every list of the house: those that a reading answers, and those that rest on more of the installation.

Routes, commands, description and documents are made from it; a list that is not here is none.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.installation.catalogues import CATALOGUES
from api.installation.digest import DIGEST
from api.installation.saved_questions import SAVED
from api.installation.what_if_answers import WHAT_IF_LISTS
from api.intake.field_devices import DEVICES
from api.intake.sheets.empty_sheets import TEMPLATES
from api.questions.declared import LISTS, DeclaredList

EVERY_LIST: Mapping[str, DeclaredList] = MappingProxyType(
    {
        each.name: each
        for each in (
            *LISTS.values(),
            CATALOGUES,
            SAVED,
            DIGEST,
            *WHAT_IF_LISTS,
            DEVICES,
            TEMPLATES,
        )
    }
)
"""Name → list."""


def list_at(path: str) -> tuple[DeclaredList, tuple[str, ...]] | None:
    """Return the list at an address, with what stands there in place of the parts of its path."""
    for listed in EVERY_LIST.values():
        parts = listed.parts_in(path)
        if parts is not None:
            return listed, parts
    return None
