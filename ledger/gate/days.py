"""What is said of a text that names no day or no instant, wherever somebody typed it."""

import re

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
WRITTEN = ("日期应写作 2026-03-01", "a day is written 2026-03-01")
NO_SUCH_DAY = ("没有这一天", "there is no such day")
NO_SUCH_INSTANT = ("没有这一时刻", "there is no such instant")


def not_a_day(text: str) -> tuple[str, str]:
    """Return what is wrong with a text that names no day: not written like one, or there is none."""
    return NO_SUCH_DAY if re.fullmatch(DAY, text) else WRITTEN
