"""What is wrong with untrusted input: every fault at once, each with its field, in two languages."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Fault(NamedTuple):
    """One fault. `field` is a path in the command's data (`venue.lon`) or beside it (`actor.role`)."""

    field: str
    zh: str
    en: str

    @property
    def reason(self) -> str:
        """Both sentences, Chinese first."""
        return f"{self.zh} / {self.en}"


class Invalid(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """Input that is no command: `malformed` where it cannot be read, `invalid` where a value is wrong.

    Nothing of the input stands in the message but names of fields.
    """

    def __init__(self, faults: Sequence[Fault], code: str = "invalid") -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults))
        self.faults = tuple(faults)
        self.code = code

    @property
    def zh(self) -> str:
        """All faults in Chinese."""
        return "；".join(_named(fault.field, fault.zh, "：") for fault in self.faults)

    @property
    def en(self) -> str:
        """All faults in English."""
        return "; ".join(_named(fault.field, fault.en, ": ") for fault in self.faults)


def malformed(zh: str, en: str, field: str = "") -> Invalid:
    """Return the error for input that cannot be read."""
    return Invalid([Fault(field, zh, en)], "malformed")


def path_text(path: Iterable[str | int]) -> str:
    """Return a path as text, safe to show: a caller's own names are cut and stripped of tricks."""
    return ".".join(_visible(str(part)) for part in path)[:200]


def _visible(part: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in part[:60])


def _named(field: str, sentence: str, colon: str) -> str:
    return f"{field}{colon}{sentence}" if field else sentence
