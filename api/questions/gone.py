"""Flags behind a finding that do not carry it any more: a finding whose ground is gone says so (§7a)."""

from collections.abc import Mapping
from typing import Any

from api.questions.clocks import Asked
from api.questions.problems import Problem
from api.questions.queries import ask_one
from api.questions.reading import Reading
from domain.checks import DERIVED
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Case, ReviewDecision, Verdict


def gone(
    house: Reading, actor: Actor, finding: Mapping[str, Any], asked: Asked
) -> dict[str, dict[str, Any]]:
    """Return, by key, those flags of a finding that were cleared or dismissed, as known at the basis."""
    by_key: dict[str, dict[str, Any]] = {}
    for key in finding["flags"]:
        try:
            _, flag = ask_one(house, actor, "flags", asked, key)
        except Problem:  # none, or not for this reader
            continue
        if _is_gone(flag):
            by_key[key] = flag
    return by_key


def _is_gone(flag: Mapping[str, Any]) -> bool:
    if flag["review"] == ReviewDecision.DISMISSED and not flag["review_stale"]:
        return True
    # What was late and is over was late all the same (0200).
    over = flag["code"] in DERIVED and flag["case"] != Case.THEN_NOT_NOW.label
    return flag["verdict"] == Verdict.CLEAR and not over
