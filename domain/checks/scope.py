"""S7, S1, S2: on the roster, within the confirmed occupations, within their levels (六(三), 七(三))."""

from collections.abc import Iterable
from datetime import date

from domain.checks.outcome import CLEAR, Outcome, breach, undecided
from domain.standing.course import Listing, standing_zh
from domain.supervision.subject_file import SubjectFile
from domain.terms.reference import Occupation
from domain.terms.scope import Unit
from domain.terms.vocabulary import Level, Standing


def listed(position: int, first: date, last: date, file: SubjectFile) -> Outcome:
    """S7: the enterprise is on the roster on every day of the session."""
    for listing in file.course.over(first, last):
        if listing.standing is not Standing.LISTED:
            return breach(
                f"认定当日({first}{'' if first == last else f' 至 {last}'})企业{standing_zh(listing.standing)}",
                f"on the day of the assessment ({first}) the enterprise was {listing.standing.value}",
                position,
                *listing.because,
            )
    return CLEAR


def occupation_in_scope(
    position: int, occupation: Occupation, first: date, last: date, file: SubjectFile
) -> Outcome:
    """S1: the occupation (edition, name, 工种) is in the confirmed scope on every day."""
    worst = CLEAR
    for listing in file.course.over(first, last):
        found = _occupation(position, occupation, first, listing)
        if found.verdict.gravity > worst.verdict.gravity:
            worst = found
    return worst


def level_in_scope(  # noqa: PLR0913, PLR0917 - two days, one unit, and where to look
    position: int, occupation: Occupation, level: Level, first: date, last: date, file: SubjectFile
) -> Outcome:
    """S2: the occupation is confirmed at this level on every day."""
    for listing in file.course.over(first, last):
        units = [u for u in listing.scope if _is(u, occupation)]
        if units and level not in {u.level for u in units}:
            confirmed = "、".join(
                x.zh for x in sorted({u.level for u in units}, key=lambda x: x.rank)
            )
            return breach(
                f"{occupation.label} 已确认的等级为 {confirmed},不含本次的 {level.zh}",
                f"{occupation.label} is confirmed, but not at {level.en}",
                position,
                *listing.because,
            )
    return CLEAR


def _is(unit: Unit, occupation: Occupation) -> bool:
    """A unit without 工种 covers the occupation as a whole."""
    return (
        unit.name == occupation.name
        and unit.edition == occupation.edition
        and (unit.trade is None or unit.trade == occupation.trade)
    )


def _occupation(position: int, occupation: Occupation, day: date, listing: Listing) -> Outcome:
    if any(_is(unit, occupation) for unit in listing.scope):
        return CLEAR
    because = (position, *listing.because)
    doubt = _doubt(occupation, listing.scope)
    if doubt is not None:
        return undecided(*doubt, *because)
    return breach(
        f"{occupation.label} 在 {day} 不在已确认的范围内",
        f"{occupation.label} was not in the confirmed scope on {day}",
        *because,
    )


def _doubt(occupation: Occupation, scope: Iterable[Unit]) -> tuple[str, str] | None:
    """Say why the record may still mean something confirmed; None where it cannot."""
    for unit in scope:
        if unit.edition == occupation.edition:
            if unit.name == occupation.name and occupation.trade is None:
                return (
                    f"确认范围限于工种“{unit.trade}”,记录未写明工种",
                    f"the scope is limited to trade {unit.trade}; the record names none",
                )
            if unit.code == occupation.code and unit.name != occupation.name:
                return (
                    f"编码 {occupation.code} 在确认范围内为“{unit.name}”,记录写作“{occupation.name}”",
                    f"code {occupation.code} is {unit.name} in the scope, the record says {occupation.name}",
                )
        elif unit.name == occupation.name or unit.code == occupation.code:
            return (
                f"确认范围按{unit.edition}年版大典,记录按{occupation.edition}年版,两版之间没有对应关系可用",
                (
                    f"the scope names the {unit.edition} dictionary, the record the {occupation.edition} one;"
                    " no mapping is held"
                ),
            )
    return None
