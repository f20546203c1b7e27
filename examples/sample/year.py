"""What happens when: acts ordered by the day on which the ledger learns of them, and what they write."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from domain.terms.decider import Refused
from examples.sample.firms import Firm, all_firms
from examples.sample.lines import line, written
from examples.sample.trial import Entry, Trial
from ledger.gate.faults import Invalid

Json: TypeAlias = dict[str, Any]
Act: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A planted problem: on which record, which verdict the check must reach, and which of the four cases."""

    firm: int
    code: str
    verdict: str
    case: str
    mark: str
    why: str
    year: int | None = None
    """Of a late plan."""


@dataclass(slots=True)
class Year:
    """Files, positions and specimens so far, and what is still to come."""

    seed: int = 20200421
    firms: dict[int, Firm] = field(default_factory=all_firms)
    trial: Trial = field(default_factory=Trial)
    files: dict[str, bytes] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    """Position by the name of a record."""
    learnt: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """File → from which line on the ledger learns of it on which day."""
    today: date = date.min
    specimens: list[Specimen] = field(default_factory=list)
    upload: list[Json] = field(default_factory=list)
    """Certificates that wait for the next upload sheet."""
    people: int = 0
    sessions: dict[int, int] = field(default_factory=dict)
    agenda: list[tuple[date, int, int, Act]] = field(default_factory=list)
    chance: random.Random = field(init=False)
    _open: str = ""
    _turn: int = 0

    def __post_init__(self) -> None:
        """Start the sequence of chances."""
        self.chance = random.Random(self.seed)  # noqa: S311 - a sample, no secret

    def on(self, day: date, act: Act, *, order: int = 5) -> None:
        """Let `act` happen on `day`; on one day in the order of `order`, then of asking."""
        self._turn += 1
        heapq.heappush(self.agenda, (day, order, self._turn, act))

    def say(self, day: date, told: date, type_: str, actor: Json, **data: Any) -> None:  # noqa: ANN401 - JSON
        """Let a line be written on the day `told` about the day `day`."""

        def act() -> None:
            self.tell(day, type_, actor, **data)

        self.on(told, act)

    def tell(
        self,
        day: date,
        type_: str,
        actor: Json,
        *,
        mark: str | None = None,
        **data: Any,  # noqa: ANN401 - JSON
    ) -> list[Entry]:
        """Write one line into the open file; the ledger must take it and something must come of it."""
        one = line(type_, day, actor, **data)
        entries = self.taken(one)
        self._learn(self._open, self.files[self._open].count(b"\n") + 1)
        self.files[self._open] += written(one)
        if mark is not None:
            self.marks[mark] = entries[0].position
        return entries

    def taken(self, one: Json) -> list[Entry]:
        """Return the entries of `one`; say which line it was where the ledger refuses it."""
        try:
            entries = self.trial.take(written(one))
        except (Refused, Invalid) as refused:
            raise ValueError(f"{refused}\n{one}") from refused
        if not entries:
            raise ValueError(f"nothing came of {one}")
        return entries

    def begin(self, name: str) -> None:
        """Write what follows into another file."""
        self._open = f"{len(self.files) + 1:02d}-{name}"
        self.files[self._open] = b""

    def keep(self, name: str, content: bytes) -> None:
        """Add a finished file."""
        numbered = f"{len(self.files) + 1:02d}-{name}"
        self.files[numbered] = content
        self._learn(numbered, 1)

    def _learn(self, name: str, number: int) -> None:
        days = self.learnt.setdefault(name, [])
        if not days or days[-1][1] != self.today.isoformat():
            days.append((number, self.today.isoformat()))

    def plant(  # noqa: PLR0913 - one argument a column of the manifest
        self,
        firm: int,
        code: str,
        mark: str,
        why: str,
        *,
        verdict: str = "breach",
        case: str = "then_and_now",
        year: int | None = None,
    ) -> None:
        """Note a problem that was planted."""
        self.specimens.append(
            Specimen(
                firm=firm, code=code, verdict=verdict, case=case, mark=mark, why=why, year=year
            )
        )

    def key(self, specimen: Specimen) -> str:
        """Return the key of the flag that was planted."""
        key = f"{specimen.code}-{self.marks[specimen.mark]}"
        return key if specimen.year is None else f"{key}-{specimen.year}"

    def person(self) -> int:
        """Return a person who has not been seen yet."""
        self.people += 7  # so that neighbours in a list do not share a birthday and a name
        return self.people

    def session_id(self, year: int) -> str:
        """Return the id of the next session."""
        self.sessions[year] = self.sessions.get(year, 0) + 1
        return f"as-{year}-{self.sessions[year]:04d}"

    def run(self) -> None:
        """Let everything happen, in order."""
        while self.agenda:
            self.today, _, _, act = heapq.heappop(self.agenda)
            act()


def days(number: int) -> timedelta:
    """Return a span of days."""
    return timedelta(days=number)
