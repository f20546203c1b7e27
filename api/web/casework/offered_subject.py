"""The enterprise that a form is about, and what it has on file that the form can offer."""

from typing import Any

from api.export.formats import Row
from api.installation.wiring import Installation
from api.questions import enterprises
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.problems import Fault, Problem
from api.questions.queries import ask, ask_one
from api.questions.questions import RosterQuestion
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_uscc

MANY = 5
"""Enterprises that are named where what was typed fits several."""


def subject_of(
    house: Installation, actor: Actor, own: str | None, said: str
) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """Return the enterprise of a reporter, or the one that is named by code or part of its name.

    With none: nothing was named, or why what was named is no enterprise, or not one alone.
    """
    uscc = own or said.strip()
    if not uscc:
        return None, ()
    if not is_uscc(uscc):
        return _by_name(house, actor, uscc)
    try:
        return enterprises.one(house, actor, uscc, Asked())[1], ()
    except Problem as problem:
        if problem.code != "not-found":
            raise
        reason = (
            "台账中没有这家企业，请先登记 / the ledger has no such enterprise; register it first"
        )
        return None, (Fault("uscc", reason),)


def _by_name(
    house: Installation, actor: Actor, said: str
) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    question = RosterQuestion.model_construct(q=said, limit=MANY + 1)
    rows = ask(house, actor, VIEWS["roster"], question).page.items
    exact = [firm for firm in rows if firm["name"] == said]
    if len(exact or rows) == 1:
        return enterprises.one(house, actor, (exact or rows)[0]["uscc"], Asked())[1], ()
    listed = "、".join(f"{firm['name']} {firm['uscc']}" for firm in rows[:MANY])
    zh = f"不止一家：{listed}" if rows else "没有找到：请填统一社会信用代码或名称"
    en = f"several fit: {listed}" if rows else "nothing found: give the code or the name"
    return None, (Fault("uscc", f"{zh} / {en}"),)


def one_in_lists(house: Installation, actor: Actor, name: str, key: str) -> Row | None:
    """Return one record of a list as it stands now; None where there is none for this reader."""
    try:
        return ask_one(house, actor, name, Asked(), key)[1]
    except Problem as problem:
        if problem.code != "not-found":
            raise
        return None


def registered(house: Installation, actor: Actor, uscc: str) -> list[Row]:
    """Return the assessors and quality staff on an enterprise's register today."""
    register = one_in_lists(house, actor, "registers", uscc)
    return list(register["staff"]) if register else []
