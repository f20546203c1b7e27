"""An installation at one moment: who asks many questions for one page looks once where the ledger ends.

Each question settles its basis by that; asked one after another they also stood on different ends.
"""

from typing import Any, cast

from api.installation.wiring import Installation
from api.questions.reading import Ends


class _OneMoment:
    """The installation in everything but its ends, which stay what they were when it was made."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._ends = house.ends()

    def ends(self) -> Ends:
        """Return where ledger and views ended at the moment."""
        return self._ends

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the installation has
        return getattr(self._house, name)


def at_one_moment(house: Installation) -> Installation:
    """Return the installation as it is asked at this moment."""
    return cast("Installation", _OneMoment(house))
