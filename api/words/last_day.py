"""A day on paper: 至 includes it (民法典 203), while what is recorded ends on the day after."""

from datetime import date, timedelta


def last_day(end: str | date | None) -> str:
    """Return the last day that still counts of an interval that ends before `end`; "" without end."""
    if not end:
        return ""
    day = end if isinstance(end, date) else date.fromisoformat(end)
    return (day - timedelta(1)).isoformat()
