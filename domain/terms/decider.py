"""The shape of a decision: what is asked, the facts it rests on, the events that answer it.

A decider is a module with `boundary(command)` (the facts known to matter from the command
alone) and `decide(facts, command)` (the new events, or `Refused`). The facts of one key are
folded by that key's own `evolve`. Everything that `decide` looks at, named beforehand or
not, belongs to its boundary: if any of it gains company before the append, the command is
decided again.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast

from domain.terms.envelope import UNSTAMPED, Actor, Recorded, Stamps
from domain.terms.place import Location, Place
from domain.terms.reference import Reference
from domain.terms.vocabulary import Verdict

S = TypeVar("S")
B = TypeVar("B")
B_co = TypeVar("B_co", covariant=True)


class Refused(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """The command is not allowed now.

    `code` is stable; `zh` and `en` say what is wrong and what to do; `field` is the path of
    the offending value in the command's data, empty where it is the whole.
    """

    # Not a frozen dataclass: contextlib assigns __traceback__ on its way out.
    def __init__(self, code: str, zh: str, en: str, field: str = "") -> None:
        super().__init__(f"{zh} / {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.field = field
        self.also: tuple[Refused, ...] = ()
        """What else is wrong with the same command: a list is mended in one round."""

    def within(self, path: str) -> "Refused":
        """Return the same refusal of a value that is a part of another one, at `path` of it."""
        field = f"{path}.{self.field}" if self.field else path
        return Refused(self.code, self.zh, self.en, field)


def require_none(refusals: Sequence[Refused]) -> None:
    """Refuse for all that was found, each place once; the first one speaks for them."""
    by_place = {(refusal.field, refusal.zh): refusal for refusal in reversed(refusals)}
    if by_place:
        first, *others = reversed(by_place.values())
        first.also = tuple(others)
        raise first


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[B_co]):
    """Something to be recorded: a report of a fact, or an order to decide.

    `body` has the shape of the event that would record it; `today` is the civil day of the
    ledger (Asia/Shanghai), against which "in the future" is judged.
    """

    body: B_co
    actor: Actor
    valid_from: date
    today: date
    reason: str | None = None
    document_no: str | None = None
    correlation: str | None = None
    causation: str | None = None
    stamps: Stamps = UNSTAMPED
    asking: str | None = None
    """The id of the request that an act becomes where it needs a second person who is not here;
    None: it is refused then."""


class New(NamedTuple):
    """An event to append, with where it belongs. `tags` name the facts that it adds to."""

    stream: str
    event: object
    subject: str | None
    district: str | None
    tags: tuple[str, ...]
    valid_from: date
    under: "Command[Any] | None" = None
    """In whose name, and with which stamps, where that is not as the command was asked."""
    changes: str | None = None
    """The stream that the act would change, where this is only the request of it."""


@dataclass(frozen=True, slots=True)
class FactKind(Generic[S]):
    """One kind of fact: its tag prefix, the state of a key without entries, and its fold."""

    kind: str
    initial: S
    evolve: Callable[[S, Recorded[Any]], S]

    def key(self, name: str) -> "FactKey[S]":
        """Return the key of the facts about `name`."""
        return FactKey(self, f"{self.kind}:{name}")


class FactKey(NamedTuple, Generic[S]):
    """A set of entries that fold into one state: all that carry `tag`."""

    kind: FactKind[S]
    tag: str


class Unread(Exception):  # noqa: N818 - a request to read more, not a fault
    """A decision looked at facts that were not read yet; read `key` and decide again."""

    def __init__(self, key: FactKey[Any]) -> None:
        super().__init__(key.tag)
        self.key = key


Changes: TypeAlias = Sequence[tuple[str, str]]
"""Corrected fields of an event: path (`venue.division`) and value as JSON text."""


class Amended(NamedTuple):
    """An event with fields set, and the same changes with each value in the one form that is stored."""

    event: Any
    changes: tuple[tuple[str, str], ...]


Amend: TypeAlias = Callable[[Any, Changes], Amended]
"""Return an event with fields set and all of it validated again, by the rules of today.

Raises `Refused` where the outcome is not a valid event. It needs the decoder of untrusted
input, which lives outside the domain, so it is handed in.
"""

Apply: TypeAlias = Callable[[Any, Changes], Any]
"""Return an event with fields set as a correction that was accepted says, by shape alone.

Total: rules that were tightened since change nothing, and what fits no shape leaves the event as it is.
"""


ReadAct: TypeAlias = Callable[[str, str], Any]
"""Return what records an act, from its event's name and its data as JSON text; `Refused` where that is none."""

WriteAct: TypeAlias = Callable[[Any], str]
"""Return the data of an act as JSON text, in the shape in which it would be asked for."""

PersonOf: TypeAlias = Callable[[str], str]
"""Return the person who holds an account, folded; the account itself where nobody is known."""


def _no_act(*_: object) -> Any:  # noqa: ANN401 - never returns
    raise NotImplementedError("acts are neither read nor written here")


class Judgement(NamedTuple):
    """What a check says of a record: `outcome` names verdict, reason and judged values (§1)."""

    verdict: Verdict
    outcome: str


class Judged(Protocol):
    """What the checks say of the records of an enterprise, as the facts stand.

    It needs the judge of places, which lives outside the domain, so it is handed in. What it looks
    at is no part of a decision's boundary: an entry that comes between changes what is said of the
    record from its own position on, as if the decision had come before it.
    """

    def flag(self, record: Recorded[Any], key: str, day: date) -> Judgement | None:
        """Return what the check says of the record now; None where no flag was raised up to `day`."""
        ...

    def was_ever(self, record: Recorded[Any], key: str, outcome: str, day: date) -> bool:
        """Return whether the check ever said `outcome` of the record, whatever it says now."""
        ...

    def ends_severe_breach(self, foreseen: Sequence[Recorded[Any]]) -> bool:
        """Return whether a severe breach that nobody dismissed would be none after the entries."""
        ...

    def bears_breach(self, record: Recorded[Any]) -> bool:
        """Return whether a breach, or what a visit saw against it, rests on the record."""
        ...

    def has_finding(self, record: Recorded[Any]) -> bool:
        """Return whether a finding that was not withdrawn names the record or a flag of it."""
        ...

    def has_certificates(self, record: Recorded[Any]) -> bool:
        """Return whether the record is a certificate, or a session on which some were issued."""
        ...

    def lies(self, place: Place, day: date) -> Location:
        """Return where a place lies, by the outline and rules of the day: as the checks judge it."""
        ...


@dataclass(slots=True)
class Facts:
    """The folded states that a decision may look at, by tag, and which of them it did."""

    reference: Reference
    amend: Amend
    judged: Judged
    states: MutableMapping[str, Any] = field(default_factory=dict[str, Any])
    looked_at: set[str] = field(default_factory=set[str])
    read: ReadAct = _no_act
    write: WriteAct = _no_act
    person: PersonOf = str

    def __getitem__(self, key: FactKey[S]) -> S:
        """Return the state of `key`; `Unread` if its entries were not read."""
        self.looked_at.add(key.tag)
        try:
            return cast("S", self.states[key.tag])
        except KeyError:
            raise Unread(key) from None
