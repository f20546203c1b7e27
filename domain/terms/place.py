"""Places: what was reported of a venue, and on which side of the city's boundary it lies.

The libraries that judge a place (geometry, datum conversion, address parsing) stay outside
the domain. They are handed to the fold as a `Locate`, and answer with every piece of evidence.
Clause 七(三).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.terms.contents import Outline
from domain.terms.vocabulary import Datum, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A venue as reported. `lon`, `lat` in degrees of `datum`; `accuracy_m` in metres."""

    name: str | None = None
    address: str | None = None
    division: str | None = None
    lon: Decimal | None = None
    lat: Decimal | None = None
    datum: Datum | None = None
    accuracy_m: Decimal | None = None


class Side(StrEnum):
    """Which side of Beijing's administrative boundary."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


class Step(StrEnum):
    """The kinds of evidence, in the order in which they decide (the first decisive one wins)."""

    MODE = "mode"
    DIVISION = "division"
    COORDINATES = "coordinates"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """What one kind of evidence says, and why, in Chinese and English."""

    step: Step
    side: Side
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The verdict on a place with all its evidence and the versions that judged it.

    `side` is the answer for G1, `step` the evidence that decided (None when undecided).
    `contradiction` is the answer for G2: two decisive clues disagree about inside or outside.
    """

    side: Side
    step: Step | None
    contradiction: bool
    clues: tuple[Clue, ...]
    outline: str
    parsers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The line that a place is held against, and how far it may be wrong, in metres."""

    error_m: int = 150
    outline: Outline | None = None
    """None: the installation's own."""


USUAL = Bounds()


class Locate(Protocol):
    """Judge a place; pure for its arguments, never raises on a recorded fact."""

    def __call__(self, mode: Mode, place: Place | None, bounds: Bounds = USUAL, /) -> Location:
        """Return on which side of the boundary a session of `mode` at `place` was held."""
        ...


class Apart(Protocol):
    """Measure how far apart two places are at least; pure, never raises on a recorded fact."""

    def __call__(self, one: Place, other: Place, /) -> float | None:
        """Return metres, with the accuracy of both taken off; None where it cannot be told."""
        ...


def nowhere_apart(one: Place, other: Place, /) -> float | None:  # noqa: ARG001 - of any places
    """Say of no two places how far apart they are: without a judge of places nothing is known."""
    return None


class Survey(NamedTuple):
    """Who says where a place lies and how far two are apart."""

    locate: Locate
    apart: Apart = nowhere_apart


def unplaced(mode: Mode, place: Place | None, bounds: Bounds = USUAL, /) -> Location:  # noqa: ARG001 - the shape of `Locate`
    """Say of every place that it cannot be decided: where nobody was handed in who can."""
    return Location(
        side=Side.UNDECIDED, step=None, contradiction=False, clues=(), outline="", parsers=""
    )


UNSURVEYED = Survey(unplaced)
"""Where nobody was handed in who can tell of places."""
