"""The judge of places of this installation, made when the first place is judged.

Geometry takes as long to load as a list takes to be answered, and few commands judge a place.
"""

from functools import cache
from typing import TYPE_CHECKING

from domain.checks.outcome import Context
from domain.terms.place import USUAL, Bounds, Location, Place
from domain.terms.vocabulary import Mode
from ledger import reference

if TYPE_CHECKING:
    from projections.places.places import Places


def installed_context() -> Context:
    """Return what checks need of this installation: its reference data and its judge of places."""
    places = InstalledPlaces()
    return Context(reference.installed(), places, places.apart)


class InstalledPlaces:
    """Judges with the outline and the place names of the installation. Safe to share and to send."""

    def __call__(self, mode: Mode, place: Place | None, bounds: Bounds = USUAL, /) -> Location:
        """Return on which side of the boundary a session of `mode` at `place` was held."""
        return _places()(mode, place, bounds)

    def apart(self, one: Place, other: Place, /) -> float | None:
        """Return how far apart two places are at least, in metres; None where it cannot be told."""
        return _places().apart(one, other)


@cache
def _places() -> "Places":
    from projections.places.places import installed_places  # noqa: PLC0415 - see above

    return installed_places()
