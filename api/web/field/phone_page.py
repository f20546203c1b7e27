"""What the page 现场 is made of: questions, words, choices; and what stands for all of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.questions.policy import ANYONE
from api.web.field import checklist
from api.web.field.phone_words import words
from api.web.field.record import ROWS
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import Frame
from api.web.frame.rendering import render
from api.words.language import Language, Words
from domain.inspection.asked import RAISING

SIGNATURES = {
    "drawn": Words("在屏幕上手写", "Drawn on the screen"),
    "paper": Words("在纸上签字", "Signed on paper"),
    "refused": Words("拒绝签字", "Refused to sign"),
}


def spoken(language: Language, names: Mapping[str, Words]) -> Choices:
    """Return what can be chosen, in the reader's language."""
    return [(value, name.speak(language)) for value, name in names.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPage:
    """The page that a phone keeps: the questions and every word; nothing of a reader."""

    districts: Choices
    """The 17 authorities."""
    kinds: Choices
    """Kinds of inspections."""
    sessions: Choices
    """Sessions to choose from; the phone fills them in."""
    questions: Sequence[checklist.Question]
    """The checklist."""
    answers: Choices
    """What can be answered."""
    signatures: Choices
    """How the unit signs or does not."""
    rows: int
    """Inspectors of one record at most."""
    words: Mapping[str, str]
    """What the scripts say."""
    release: str
    """Which page this is; a record says by which it was made."""
    version: str = checklist.VERSION
    """Version of the checklist."""
    scale: str = checklist.SCALE
    """Which answers could be given."""
    no: str = checklist.NO
    """The answer that asks for a note and a photo."""
    remaining: str = checklist.REMAINING
    """What one touch answers to all questions that are still open; empty: nothing does."""
    raising: str = RAISING
    """Scale of an answer that asks for a finding."""
    locating: str = checklist.LOCATING
    """The question why there is no position …"""
    located: tuple[str, str, str, str] = checklist.LOCATED
    """… with its answers and scale."""
    signing: str = checklist.SIGNING
    """The question how it was signed …"""
    signed: tuple[str, str] = checklist.SIGNED
    """… with its answer and scale."""


def field_page(language: Language, release: str) -> FieldPage:
    """Return the page in a language; `release` is what its records say they were made with."""
    return FieldPage(
        districts=choices(language, "district"),
        kinds=choices(language, "inspection"),
        sessions=[],
        questions=checklist.QUESTIONS,
        answers=spoken(language, checklist.ANSWERS),
        signatures=spoken(language, SIGNATURES),
        rows=ROWS,
        words=words(language),
        release=release,
    )


LANGUAGES: tuple[Language, ...] = ("zh", "en")


def fingerprint() -> str:
    """Return what changes with anything that the page says, in either language.

    A worker that kept to the templates alone would go on with the questions of an earlier list.
    """
    hashed = hashlib.sha256()
    for language in LANGUAGES:
        frame = Frame(
            path="/field",
            query={},
            actor=ANYONE,
            language=language,
            large=False,
            areas=(),
            clocks=None,
            twin=None,
            beside={},
            own=frozenset(),
            formats=(),
            apart=None,
            entire=False,
            demonstration=False,
        )
        hashed.update(render(frame, "field.html", field_page(language, "")).body)
    return hashed.hexdigest()
