"""Which form of an answer a caller takes (RFC 9110, 12.5.1)."""

from collections.abc import Iterable, Sequence

from api.export.formats import TABULAR
from api.questions.problems import Problem


def negotiate(accept: str, offered: Sequence[str] = TABULAR) -> str:
    """Return the offered media type that the header prefers; the first offered where it does not care.

    Raises:
        Problem: 406, nothing of what is offered is accepted.
    """
    if not accept.strip():
        return offered[0]
    ranges = [_range(part) for part in accept.split(",")]
    best = max(offered, key=lambda media: _quality(media, ranges))
    if _quality(best, ranges) <= 0:
        raise Problem(
            "not-acceptable",
            f"可提供的格式：{'、'.join(offered)}",
            f"available: {', '.join(offered)}",
        )
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return media, _weight(value.strip())
    return media, 1.0


def _weight(text: str) -> float:
    whole, _, fraction = text.partition(".")
    digits = whole + fraction
    if (
        not digits.isascii()
        or not digits.isdecimal()
        or len(fraction) > 3
        or whole not in {"0", "1"}
    ):
        return 0.0
    return min(float(text), 1.0)


def _quality(media: str, ranges: Iterable[tuple[str, float]]) -> float:
    """Return the weight of the most specific range that covers `media`."""
    group = media.split("/", maxsplit=1)[0]
    specific = {media: 2, f"{group}/*": 1, "*/*": 0}
    matching = [(specific[name], weight) for name, weight in ranges if name in specific]
    return max(matching, default=(0, 0.0))[1]
