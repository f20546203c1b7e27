"""What the enterprises of a page are called: its rows hold codes."""

from collections.abc import Iterable

from api.installation.wiring import Installation
from api.questions.answers import AnswerBasis
from projections.views.basis import Basis
from projections.views.names import names


def names_at(
    house: Installation, answer_basis: AnswerBasis, usccs: Iterable[str]
) -> dict[str, str]:
    """Return the names by USCC on what the page stands on; unknown codes are left out.

    Of codes that the reader may see: whoever asks has read them in rows that are the reader's.
    """
    with house.reading() as connection:
        return names(connection, Basis(answer_basis.day, answer_basis.position), usccs)
