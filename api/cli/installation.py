"""`dudao migrate`: the tables, brought up to this release by their owner."""

import sys

from api.cli.language import chosen


def migrate() -> None:
    """将账本升级到本版本，并补齐角色与权限 / Bring the ledger up to this release, with roles and grants."""
    from api.installation.opening import open_ledger  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from ledger.connect import Opening  # noqa: PLC0415

    with open_ledger(Settings(), Opening.OWNING) as database:
        place = database.place
    sys.stdout.write(f"{chosen('账本已就绪：', 'the ledger is ready: ')}{place}\n")
