"""S7, S1, S2: on the roster, within the confirmed occupations, within their levels (六(三), 七(三))."""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import CLEAR, Outcome, bad_day, breach, undecided, worst
from domain.standing.course import Course, Listing, standing_en, standing_zh
from domain.terms.contents import folded
from domain.terms.reference import Occupation, Reference
from domain.terms.scope import Unit
from domain.terms.vocabulary import CatalogueKind, Level, Standing


def listed(position: int, first: date, last: date, course: Course) -> Outcome:
    """S7: the enterprise is on the roster on every day of the session."""
    for day, listing in course.over(first, last):
        if listing.standing is not Standing.LISTED:
            outcome = breach(
                f"{on_day_zh(day, first, last)}企业{standing_zh(listing.standing)}",
                f"on {on_day_en(day, first, last)} the enterprise {standing_en(listing.standing)}",
                position,
                *listing.because,
                reason=listing.standing.value,
                values=(str(day),),
            )
            return bad_day(outcome, day, first)
    return CLEAR


def on_day_zh(day: date, first: date, last: date) -> str:
    """Return a bad day of a session in words; of several days all are named."""
    return f"认定当日（{day}）" if first == last else f"认定期间（{first} 至 {last}）的 {day} "


def on_day_en(day: date, first: date, last: date) -> str:
    """Return the same in English."""
    if first == last:
        return f"the day of the assessment ({day})"
    return f"{day}, in the course of the assessment ({first} to {last}),"


def occupation_in_scope(  # noqa: PLR0913, PLR0917 - two days, one occupation, and where to look
    position: int,
    occupation: Occupation,
    first: date,
    last: date,
    course: Course,
    reference: Reference,
) -> Outcome:
    """S1: the occupation (edition, name, 工种) is in the confirmed scope on every day."""
    return worst(
        bad_day(_occupation(position, occupation, day, listing, reference), day, first)
        for day, listing in _listings(first, last, course, reference)
    )


def _listings(
    first: date, last: date, course: Course, reference: Reference, also: Iterable[date] = ()
) -> Iterator[tuple[date, Listing]]:
    """Yield the days on which scope or mapping may differ from the day before, with what is listed.

    Of a day off the roster S7 tells, and of no other (§6).
    """
    if first == last:
        days = [first]
    else:
        mapped = reference.days_of_change(first, last, CatalogueKind.MAPPING)
        days = sorted({*mapped, *also, *(day for day, _ in course.over(first, last))})
    listings = ((day, course.on(day)) for day in days)
    yield from ((day, each) for day, each in listings if each.standing is Standing.LISTED)


def level_in_scope(  # noqa: PLR0913, PLR0917 - two days, one unit, and where to look
    position: int,
    occupation: Occupation,
    level: Level,
    first: date,
    last: date,
    course: Course,
    reference: Reference,
) -> Outcome:
    """S2: the occupation is confirmed at this level on every day on which it is confirmed.

    A level that is confirmed and that the national standard of the day does not have is
    undecided: the enterprise kept to what was confirmed.
    """
    days = reference.standard_days(occupation, first, last)
    return worst(
        bad_day(_level(position, occupation, level, day, listing, reference), day, first)
        for day, listing in _listings(first, last, course, reference, days)
    )


def _level(  # noqa: PLR0913, PLR0917 - one unit, one day, and where to look
    position: int,
    occupation: Occupation,
    level: Level,
    day: date,
    listing: Listing,
    reference: Reference,
) -> Outcome:
    units = [unit for unit in listing.scope if _is(unit, occupation, day, reference)]
    if not units:
        return CLEAR  # of that tells S1
    if any(unit.level is level for unit in units):
        because = (position, *listing.because)
        return _by_standard(because, occupation, level, day, reference)
    levels = sorted({unit.level for unit in units}, key=lambda x: x.rank)
    confirmed = "、".join(x.zh for x in levels)
    return breach(
        f"{occupation.label} 在 {day} 已确认的等级为 {confirmed}，不含本次的 {level.zh}",
        f"on {day} {occupation.label} was confirmed, but not at {level.en}",
        position,
        *listing.because,
        reason="level-outside",
        values=(*occupation.parts, level.value, str(day)),
    )


def _by_standard(
    because: tuple[int, ...], occupation: Occupation, level: Level, day: date, reference: Reference
) -> Outcome:
    standard = reference.standard(occupation, day)
    if standard is None or standard.has(level) or standard.levels is None:
        return CLEAR
    known = "、".join(x.zh for x in sorted(standard.levels, key=lambda x: x.rank))
    papers = "、".join(standard.documents)
    return undecided(
        f"{occupation.label} 的 {level.zh} 在确认范围内，但 {day} 施行的国家职业标准"
        f"（{papers or '国家职业标准目录'}）只有 {known}，请核实",
        f"{occupation.label} is confirmed at {level.en}, but the national standard in force on"
        f" {day} ({papers or 'catalogue standards'}) has no such level",
        *because,
        *reference.adoptions(day, CatalogueKind.STANDARDS),
        reason="level-not-in-standard",
        values=(*occupation.parts, level.value),
    )


def is_named_in_scope(
    occupation: Occupation, level: Level, listings: Iterable[tuple[date, Listing]]
) -> bool:
    """Say of nearly every record that all scopes of its days name just what it names.

    Neither S1 finds anything then, nor what S2 holds against the scope.
    """
    unit = Unit(occupation.edition, occupation.code, occupation.name, occupation.trade, level)
    return all(unit in listing.scope for _, listing in listings)


def confirms(
    unit: Unit, record: AssessmentHeld | CertificateIssued, day: date, reference: Reference
) -> bool:
    """Return whether the unit of a scope confirms what was assessed."""
    return unit.level is record.level and _is(unit, record.occupation, day, reference)


def _is(unit: Unit, occupation: Occupation, day: date, reference: Reference) -> bool:
    """A unit without 工种 covers the occupation as a whole."""
    if unit.edition != occupation.edition:
        return reference.are_mapped(unit.occupation, occupation, day)
    return (unit.name == occupation.name or folded(unit.name) == folded(occupation.name)) and (
        unit.trade is None
        or unit.trade == occupation.trade
        or (occupation.trade is not None and folded(unit.trade) == folded(occupation.trade))
    )


def _occupation(
    position: int, occupation: Occupation, day: date, listing: Listing, reference: Reference
) -> Outcome:
    if any(_is(unit, occupation, day, reference) for unit in listing.scope):
        return CLEAR
    because = (position, *listing.because)
    doubt = _doubt(occupation, listing.scope)
    if doubt is not None:
        return undecided(
            *doubt[1:], *because, reason=doubt[0], values=(*occupation.parts, str(day))
        )
    return breach(
        f"{occupation.label} 在 {day} 不在已确认的范围内",
        f"{occupation.label} was not in the confirmed scope on {day}",
        *because,
        reason="occupation-outside",
        values=(*occupation.parts, str(day)),
    )


def _doubt(occupation: Occupation, scope: Iterable[Unit]) -> tuple[str, str, str] | None:
    """Say in a code and in words why the record may still mean something confirmed; None where it cannot."""
    # A scope is a set: which doubt is named must not hang on how a process goes through it.
    for unit in sorted(scope, key=_in_order):
        if unit.edition == occupation.edition:
            if folded(unit.name) == folded(occupation.name) and occupation.trade is None:
                return (
                    "trade-not-named",
                    f"确认范围限于工种“{unit.trade}”，记录未写明工种",
                    f"the scope is limited to trade {unit.trade}; the record names none",
                )
            if unit.code == occupation.code and folded(unit.name) != folded(occupation.name):
                return (
                    "name-differs",
                    f"编码 {occupation.code} 在确认范围内为“{unit.name}”，记录写作“{occupation.name}”",
                    f"code {occupation.code} is {unit.name} in the scope, the record says {occupation.name}",
                )
        elif unit.name == occupation.name or unit.code == occupation.code:
            return (
                "other-edition",
                (
                    f"确认范围按{unit.edition}年版大典，记录按{occupation.edition}年版；"
                    f"缺少目录：两版之间“{occupation.name}”的对应关系尚未采用"
                ),
                (
                    f"the scope names the {unit.edition} dictionary, the record the"
                    f" {occupation.edition} one; the catalogue mapping of {occupation.name} is missing"
                ),
            )
    return None


def _in_order(unit: Unit) -> tuple[str, str, str, str, int]:
    return unit.edition, unit.code, unit.name, unit.trade or "", unit.level.rank
