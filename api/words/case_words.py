"""What a flag was then and is now, in words: the four cases of domain.md §2, undecided told apart."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.words.language import Words
from api.words.words import CASES, VERDICTS
from domain.checks import DERIVED
from domain.terms.vocabulary import Case, ReviewDecision, Verdict

_OVERTURNED = Words(
    "督导员复核后改变了结论，理由见复核记录。",
    "A supervisor's review changed the outcome; the reason stands with the review.",
)
_IN_BETWEEN = Words(
    "记录入账时没有问题，按所看的依据也没有；其间入账的事实曾使它成为疑点，其后入账的事实又澄清了。",
    "Nothing was wrong when the record came in, nor is it by what is looked at; something learnt in between"
    " raised it, and something learnt later cleared it again.",
)
_B, _U, _C = Verdict.BREACH.value, Verdict.UNDECIDED.value, Verdict.CLEAR.value

_SENTENCES: Mapping[tuple[str, str], Words] = MappingProxyType(
    {
        (_B, _B): Words(
            "记录入账时就是违规，按所看的依据仍是违规。",
            "It was a breach when the record came in, and still is by what is looked at.",
        ),
        (_C, _B): Words(
            "记录入账时没有问题；后来入账的事实使它成为违规。当时没有人能看出。",
            (
                "Nothing was wrong when the record came in; something learnt later made it a breach. "
                "Nobody could have seen it at the time."
            ),
        ),
        (_B, _C): Words(
            "记录入账时是违规；后来入账的事实（如追溯的范围变更、更正）使它不再违规。当时的判断仍可查。",
            (
                "It was a breach when the record came in; something learnt later (a back-dated change, a "
                "correction) has cleared it. What was said then can still be seen."
            ),
        ),
        (_U, _U): Words(
            "记录入账时就无法判定，按所看的依据仍无法判定，需要人来核实。",
            "It could not be decided when the record came in, nor by what is looked at: a person must look.",
        ),
        (_C, _U): Words(
            "记录入账时没有问题；后来入账的事实使它无法判定。",
            "Nothing was wrong when the record came in; something learnt later left it undecided.",
        ),
        (_U, _C): Words(
            "记录入账时无法判定；后来入账的事实已澄清。当时的判断仍可查。",
            (
                "It could not be decided when the record came in; something learnt later has cleared "
                "it. What was said then can still be seen."
            ),
        ),
        (_U, _B): Words(
            "记录入账时无法判定；后来入账的事实使它成为违规。",
            "It could not be decided when the record came in; something learnt later made it a breach.",
        ),
        (_B, _U): Words(
            "记录入账时是违规；后来入账的事实使它不再能判定。",
            (
                "It was a breach when the record came in; by something learnt later it can no longer "
                "be decided."
            ),
        ),
    }
)
"""Verdict then, verdict now → what that means."""


_OVER = {
    Case.THEN_AND_NOW.label: (
        Words("逾期属实，所看之日已结束", "late then and by what is looked at, and over"),
        Words(
            "期限过后确有逾期，当时与所看的依据都这样认定；在所看的业务日期不逾期。",
            "It was late, by what was known then and by what is looked at; on its day it is not.",
        ),
    ),
    Case.NOW_NOT_THEN.label: (
        Words(
            "当时看不出逾期，按所看依据曾逾期，已结束", "late by what is looked at alone, and over"
        ),
        Words(
            "按所看的依据确有逾期，当时的台账看不出；在所看的业务日期不逾期。",
            "By what is looked at it was late, which nobody could see at the time; on the day looked at it"
            " is not.",
        ),
    ),
}
"""What time brought about and ended: late on its own days, and no longer."""
_ENDED = {
    Case.THEN_AND_NOW.label: (
        Words("确有其事，所看之日已结束", "so then and by what is looked at, and over"),
        Words(
            "撤销之前的日子里确有其事，当时与所看的依据都这样认定；在所看的业务日期已因撤销而结束。",
            "On the days before the revocation it was so, by what was known then and by what is looked at;"
            " on the day looked at an authority had made an end of it.",
        ),
    ),
    Case.NOW_NOT_THEN.label: (
        Words("当时看不出，按所看依据确有其事，已结束", "so by what is looked at alone, and over"),
        Words(
            "按所看的依据，撤销之前的日子里确有其事，当时的台账看不出；在所看的业务日期已因撤销而结束。",
            "By what is looked at it was so on the days before the revocation, which nobody could see at the"
            " time; on the day looked at an authority had made an end of it.",
        ),
    ),
}
"""What an authority made an end of: so on its own days, and no longer (0280)."""


_LATE = Words(
    "期限已过而未完成：当时看是逾期，按所看的依据仍是逾期。",
    "The deadline passed and nothing was done: it was late by what was known then, and is by what is looked at.",
)


def _over(flag: Mapping[str, Any]) -> tuple[Words, Words] | None:
    if flag["verdict"] != _C:
        return None
    if flag["code"] in DERIVED:
        return _OVER.get(flag["case"])
    was = flag["then"] != _C or flag["case"] == Case.NOW_NOT_THEN.label
    return _ENDED.get(flag["case"]) if was else None


def case_in_short(flag: Mapping[str, Any]) -> Words:
    """Return the two sides of a flag in a few words: true of whatever basis is looked at, today or not."""
    if flag["case"] == Case.OVERTURNED.label:
        return CASES[flag["case"]]
    if (over := _over(flag)) is not None:
        return over[0]
    then, now = VERDICTS[flag["then"]], VERDICTS[flag["verdict"]]
    if then == now:
        return Words(f"当时、按所看依据都{now.zh}", f"{now.en} then and by what is looked at")
    return Words(
        f"当时{then.zh}，按所看依据{now.zh}",
        f"{then.en} then, {now.en} by what is looked at",
    )


def case_in_a_sentence(flag: Mapping[str, Any]) -> Words:
    """Return what the two sides of a flag mean."""
    if flag["case"] == Case.OVERTURNED.label:
        reviewed = flag["review"] == ReviewDecision.DISMISSED and not flag["review_stale"]
        return _OVERTURNED if reviewed else _IN_BETWEEN
    if (over := _over(flag)) is not None:
        return over[1]
    if flag["code"] in DERIVED and (flag["then"], flag["verdict"]) == (_B, _B):
        return _LATE
    return _SENTENCES.get((flag["then"], flag["verdict"]), CASES[flag["case"]])
