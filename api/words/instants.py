"""An instant for people: the day and the time of Shanghai. Machines are given UTC with its `Z`."""

from datetime import datetime

from ledger.log.clock import SHANGHAI


def instant(at: str | datetime | None) -> str:
    """Return an instant, or its RFC 3339 text, as people of Beijing read it; "" without one."""
    if not at:
        return ""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
