"""Findings that are asked for on the spot: an answer 否 with the day by which it is to be put right."""

from collections.abc import Iterable, Mapping
from typing import Any

RAISING = "提出问题:整改期限"
"""Scale of an answer that asks for a finding: its value is the day by which it is to be put right."""


def asks(answer: Mapping[str, Any], item: str | None = None) -> bool:
    """Return whether an answer asks for a finding, about this question where one is named."""
    return answer["scale"] == RAISING and item in {None, answer["item"]}


def unraised(
    answers: Iterable[Mapping[str, Any]], raised: Iterable[str]
) -> list[Mapping[str, Any]]:
    """Return the answers that ask for a finding which nobody raised; `raised`: kinds of those of the inspection.

    The form is filled in with the question as its kind, so a finding of that kind is the one that was
    asked for. Who raised one of another kind had the whole record before them and meant it by that.
    """
    wanted = [answer for answer in answers if asks(answer)]
    kinds = set(raised)
    if kinds - {answer["item"] for answer in wanted}:
        return []
    return [answer for answer in wanted if answer["item"] not in kinds]
