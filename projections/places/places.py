"""Inside or outside Beijing: the one implementation of `domain.terms.place.Locate`.

The first decisive step wins: mode, division code, coordinates, address. Every clue is kept, also
those after the one that decided, because two that disagree are a finding of their own (G2).
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from domain.terms.contents import Outline as OutlineContent
from domain.terms.place import USUAL, Bounds, Clue, Location, Place, Side, Step
from domain.terms.vocabulary import Datum, Mode
from ledger import reference
from projections.places.address import PARSERS, address_clue
from projections.places.coordinates import coordinates_clue, metres_apart
from projections.places.division import division_clue
from projections.places.gazetteer import Gazetteer
from projections.places.outline import Outline

REMEMBERED = 65_536
"""Judged places that are kept; the one asked for longest ago makes room."""

_PLACELESS = {
    Mode.ONLINE: ("线上开展，没有考核地点", "held online: there is no place"),
    Mode.NO_SESSION: ("直接认定，没有考核活动", "direct certification: there is no session"),
}


class _Written(NamedTuple):
    """Everything of a place that is judged, as it was written."""

    address: str | None
    division: str | None
    lon: str | None
    lat: str | None
    datum: Datum | None
    accuracy_m: str | None


class Places:
    """Judges places against one outline with one gazetteer. Safe to share and to send."""

    __slots__ = ("_gazetteer", "_judge", "_outline", "_outlines")

    def __init__(self, outline: Outline, gazetteer: Gazetteer) -> None:
        self._outline = outline
        self._gazetteer = gazetteer
        self._outlines: dict[str, Outline] = {}
        """Outlines that the ledger adopted, by digest."""
        self._judge = lru_cache(maxsize=REMEMBERED)(self._judged)

    def __reduce__(self) -> tuple[type["Places"], tuple[Outline, Gazetteer]]:
        return Places, (self._outline, self._gazetteer)

    def __call__(self, mode: Mode, place: Place | None, bounds: Bounds = USUAL, /) -> Location:
        """Return on which side of the boundary a session of `mode` at `place` was held."""
        outline = self._outline if bounds.outline is None else self._adopted(bounds.outline)
        if mode in _PLACELESS:
            zh, en = _PLACELESS[mode]
            return _location((Clue(step=Step.MODE, side=Side.INSIDE, zh=zh, en=en),), outline)
        if place is None:
            return _location((_NO_PLACE,), outline)
        # Numbers by their text: 116.40 and 116.4 are equal but not written to the same digit,
        # and a signalling NaN has no hash.
        return self._judge(
            _Written(
                place.address,
                place.division,
                _text(place.lon),
                _text(place.lat),
                place.datum,
                _text(place.accuracy_m),
            ),
            outline,
            bounds.error_m,
        )

    def _adopted(self, content: OutlineContent) -> Outline:
        """Return an outline that the ledger adopted, read once."""
        outline = self._outlines.get(content.sha256)
        if outline is None:
            outline = Outline(content.edition, content.content)
            self._outlines[content.sha256] = outline
        return outline

    def apart(self, one: Place, other: Place, /) -> float | None:
        """Return how far apart two places are at least, in metres; None where it cannot be told."""
        return metres_apart(one, other)

    def _judged(self, written: _Written, outline: Outline, error_m: int) -> Location:
        place = Place(
            lon=_number(written.lon),
            lat=_number(written.lat),
            datum=written.datum,
            accuracy_m=_number(written.accuracy_m),
        )
        division, address = written.division, written.address
        clues = (
            division_clue(division) if division and division.strip() else None,
            coordinates_clue(outline, place, error_m),
            address_clue(self._gazetteer, address) if address else None,
        )
        return _location(tuple(clue for clue in clues if clue) or (_NO_PLACE,), outline)


def _location(clues: tuple[Clue, ...], outline: Outline) -> Location:
    decisive = [clue for clue in clues if clue.side is not Side.UNDECIDED]
    first = decisive[0] if decisive else None
    return Location(
        side=first.side if first else Side.UNDECIDED,
        step=first.step if first else None,
        contradiction=len({clue.side for clue in decisive}) > 1,
        clues=clues,
        outline=outline.name,
        parsers=PARSERS,
    )


_NO_PLACE = Clue(step=Step.MODE, side=Side.UNDECIDED, zh="未报告地点", en="no place reported")


def installed_places() -> Places:
    """Return the judge that uses the outline and the place names of the installation."""
    outline = Outline(reference.OUTLINE, reference.packaged(reference.OUTLINE_FILE))
    return Places(outline, Gazetteer(reference.rows(reference.DIVISIONS_FILE)))


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
