"""S3, S4: not access-controlled, and existing in the dictionary (三)."""

from datetime import date

from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.terms.reference import Control, Occupation
from domain.terms.vocabulary import CatalogueKind


def not_access_controlled(
    position: int, occupation: Occupation, first: date, last: date, context: Context
) -> Outcome:
    """S3: the occupation is not 准入类 in the catalogue in force on the first day or on the last."""
    days = (first,) if first == last else (first, last)
    outcomes = [_free_on(position, occupation, day, context) for day in days]
    return max(outcomes, key=lambda outcome: outcome.verdict.gravity)


def _free_on(position: int, occupation: Occupation, day: date, context: Context) -> Outcome:
    control, edition = context.reference.control(occupation, day)
    if control is Control.FREE:
        return CLEAR
    if control is Control.CONTROLLED:
        return breach(
            f"{occupation.label} 在{edition}年国家职业资格目录中为准入类",
            f"{occupation.label} is access-controlled in the {edition} catalogue",
            position,
        )
    if control is Control.PARTLY:
        return undecided(
            f"{occupation.label} 在{edition}年目录中仅部分为准入类,记录未写明工种",
            f"only part of {occupation.label} is access-controlled ({edition}); the record names no trade",
            position,
        )
    return undecided(
        f"{day} 适用的国家职业资格目录{edition or ''}未收录,无法判断是否准入类",
        f"the qualification catalogue {edition} in force on {day} is not held",
        position,
    )


def occupation_published(
    position: int, occupation: Occupation, day: date, context: Context
) -> Outcome:
    """S4: the occupation exists in the edition that the record names, and that was in force."""
    reference = context.reference
    dictionary = reference.dictionaries.get(occupation.edition)
    if dictionary is None:
        return undecided(
            f"{occupation.edition}年版大典未收录,无法核对“{occupation.label}”",
            f"the {occupation.edition} dictionary is not held; {occupation.label} cannot be looked up",
            position,
        )
    known = dictionary.names.get(occupation.code)
    if known == occupation.name:
        return _in_force(position, occupation, day, context)
    if known is None and occupation.name not in dictionary.codes:
        return breach(
            f"{occupation.edition}年版大典及已收录的新职业中没有“{occupation.name}”({occupation.code})",
            f"{occupation.name} ({occupation.code}) is not in the {occupation.edition} dictionary",
            position,
        )
    right = known or dictionary.codes[occupation.name]
    return undecided(
        f"编码与名称不符:{occupation.code} 与“{occupation.name}”(大典:{right})",
        f"code and name disagree: {occupation.code} and {occupation.name} (dictionary: {right})",
        position,
    )


def _in_force(position: int, occupation: Occupation, day: date, context: Context) -> Outcome:
    editions = [
        e
        for e in context.reference.adopted
        if e.kind is CatalogueKind.DICTIONARY and e.edition == occupation.edition
    ]
    if any(e.days.start <= day for e in editions):
        return CLEAR
    return undecided(
        f"{day} 时{occupation.edition}年版大典尚未施行,当时的版本未收录",
        f"the {occupation.edition} dictionary was not in force on {day}; its predecessor is not held",
        position,
    )
