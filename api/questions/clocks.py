"""The two clocks of a question: which day, and what was known when (domain.md §2).

What a caller asks for is `Asked`; what the answer stands on is the basis: always a day and a
position. A pinned position without a day means the day on which that position was recorded, not
today: so the same address gives the same bytes, as long as the rules are the ones that it names.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from api.questions.problems import OTHER_RULES, Problem, Unclear, invalid
from ledger.gate.days import NO_SUCH_INSTANT, not_a_day
from ledger.log.clock import SHANGHAI

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
CLOCK_SKEW = timedelta(minutes=1)
"""How far ahead of ours the caller's clock may be before `known_at` counts as the future."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_POSITION = re.compile(r"0|[1-9][0-9]{0,14}")
_FOLD = re.compile(r"[1-9][0-9]{0,5}")
LONGEST_RULES = 200


class Asked(NamedTuple):
    """What a caller asks to be answered by; nothing set: today, all that is known."""

    valid_at: date | None = None
    known_at: datetime | None = None
    position: int | None = None
    min_position: int | None = None
    rules: str | None = None
    """The rule set and version of the fold (`2020-3/7`) under which the address was answered once."""
    exact: bool = False
    """Whether an answer under other `rules` is worse than none."""

    def from_cursor(self, valid_at: date, position: int) -> "Asked":
        """Return what a further page is asked by: the basis of the first page, under the same condition."""
        return Asked(valid_at, None, position, None, self.rules, self.exact)

    @property
    def pinned(self) -> bool:
        """Whether the answer can never change."""
        return self.position is not None


def parse_day(text: str) -> date:
    """Return the civil day that `text` names: YYYY-MM-DD between 1900 and 2199, nothing else."""
    if not _DAY.fullmatch(text):
        raise Unclear(*not_a_day(text))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unclear(*not_a_day(text)) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unclear(
            f"日期须在 {FIRST_DAY} 至 {LAST_DAY} 之间",
            f"a day between {FIRST_DAY} and {LAST_DAY}",
        )
    return day


def parse_instant(text: str) -> datetime:
    """Return the instant that `text` names (RFC 3339, with its zone) in UTC."""
    if not _INSTANT.fullmatch(text):
        raise Unclear(
            "时刻格式应为 2024-06-30T08:00:00+08:00（须带时区；网址中的 + 写作 %2B）",
            "an instant is written like 2024-06-30T08:00:00+08:00, with its zone; "
            "in an address + is written %2B",
        )
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unclear(*NO_SUCH_INSTANT) from None


def parse_position(text: str) -> int:
    """Return the position that `text` names: decimal digits, 0 for the empty ledger."""
    if not _POSITION.fullmatch(text):
        raise Unclear("位置应为不小于 0 的整数", "a position is a whole number, 0 or more")
    return int(text)


def parse_rules(text: str) -> str:
    """Return the rules that `text` names: the edition of a rule set, `/`, the version of the fold."""
    edition, _, fold = text.rpartition("/")
    if not (
        edition and len(text) <= LONGEST_RULES and _FOLD.fullmatch(fold) and text.isprintable()
    ):
        raise Unclear(
            "规则及判定程序版本写作 2020-3/7，即答复 basis 中的 rules",
            "rules are written like 2020-3/7, as `rules` in the basis of an answer",
        )
    return text


def require_rules(asked_for: Asked, rules: str | None) -> str | None:
    """Return the rules that were asked for where the answer stands on others: it has to say so.

    Raises:
        Problem: 409, it should rather not be answered; 422, `exact` without saying which rules.
    """
    if asked_for.rules is None:
        if asked_for.exact:
            raise invalid(
                "exact",
                "exact 与 rules 同用：须写明是哪个版本",
                "exact goes with rules, which say which version is meant",
            )
        return None
    if asked_for.rules == rules:
        return None
    if asked_for.exact:
        raise Problem(
            OTHER_RULES,
            f"所求为规则及判定程序 {asked_for.rules} 下的答案，现在该日按 {rules or '无规则'} 作答；"
            "去掉 exact 即得现在的答案",
            f"an answer under the rules {asked_for.rules} is asked for; that day is answered under "
            f"{rules or 'none'} today: leave out exact for that answer",
        )
    return asked_for.rules


def refuse_future(asked_for: Asked, head: int, now: datetime) -> None:
    """Refuse a position that does not exist yet, and an instant that has not come.

    Answering by the end of the ledger instead would look like an answer that holds for ever, and
    waiting for a position that nobody has written would hold a thread for nothing.
    """
    for field in ("position", "min_position"):
        wanted: int | None = getattr(asked_for, field)
        if wanted is not None and wanted > head:
            raise invalid(
                field,
                f"账本目前到位置 {head}，所求位置尚不存在",
                f"the ledger ends at position {head}; the position asked for does not exist yet",
            )
    if asked_for.known_at is not None and asked_for.known_at > now + CLOCK_SKEW:
        raise invalid(
            "known_at",
            "known_at 晚于现在；不给 known_at 即为“截至目前所知”",
            "known_at lies in the future; leave it out to ask what is known now",
        )


def default_day(recorded_at: datetime | None, today: date, *, pinned: bool) -> date:
    """Return the day of an answer whose caller named none."""
    if pinned and recorded_at is not None:
        return recorded_at.astimezone(SHANGHAI).date()
    return today
