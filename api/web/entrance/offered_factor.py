"""A second factor that is offered: as a picture for an authenticator, and as text to be typed."""

from dataclasses import dataclass

from markupsafe import Markup

from api.access import factor


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFactor:
    """What an authenticator is told."""

    picture: Markup
    """The QR code, an SVG element that we made ourselves."""
    text: str
    """The secret in groups of four."""


def offered(secret: bytes, account: str) -> OfferedFactor:
    """Return the factor as a page shows it, labelled with the account."""
    text = factor.text_of(secret)
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    # Our own SVG; the account stands in it as black squares only.
    return OfferedFactor(picture=Markup(factor.picture(secret, account)), text=groups)  # noqa: S704
