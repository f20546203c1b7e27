"""One finding as it is written, step by step."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample.firms import Firm
from examples.sample.lines import CENTRE, CONFIRMER, inspector, reporter, supervisor
from examples.sample.numbers import digest
from examples.sample.year import Year

Json: TypeAlias = dict[str, Any]


class Case:
    """One finding as it is written, step by step."""

    def __init__(self, year: Year, finding_id: str, firm: Firm, *, city: bool = True) -> None:
        self.year, self.finding_id, self.firm = year, finding_id, firm
        self.office = supervisor() if city else inspector(firm.district.code)

    def _say(self, day: date, type_: str, actor: Json, **data: Any) -> None:  # noqa: ANN401 - JSON
        self.year.say(day, day, type_, actor, finding_id=self.finding_id, **data)

    def raised(self, day: date, statement: str, **told: Any) -> None:  # noqa: ANN401 - JSON
        """Raise it; `flags` are given as (code, name of the record)."""
        flags: list[tuple[str, str]] = told.pop("flags", [])

        def act() -> None:
            self.year.tell(
                day,
                "FindingRaised",
                self.office,
                finding_id=self.finding_id,
                uscc=self.firm.uscc,
                statement=statement,
                flags=[f"{code}-{self.year.marks[mark]}" for code, mark in flags],
                **told,
            )

        self.year.on(day, act)

    def ordered(self, day: date, due: date, requirement: str) -> None:
        """Order rectification."""
        mark = f"{self.finding_id}/order-{due}"
        self._say(
            day,
            "RectificationOrdered",
            self.office,
            mark=mark,
            requirement=requirement,
            due_on=due.isoformat(),
        )

    def reported(self, day: date, statement: str) -> None:
        """Let the enterprise report."""
        paper = {
            "sha256": digest(f"{self.finding_id} {day}"),
            "media_type": "application/pdf",
            "file_name": f"{self.finding_id}-整改报告.pdf",
        }
        actor = reporter(self.firm.uscc)
        self._say(day, "RectificationReported", actor, statement=statement, evidence=[paper])

    def reinspected(self, day: date, *, passed: bool, note: str) -> None:
        """Look again."""
        self._say(day, "ReinspectionRecorded", self.office, passed=passed, note=note)

    def measure(self, day: date, change: str, measure_id: str, **data: Any) -> None:  # noqa: ANN401 - JSON
        """Impose a measure or change one."""
        start = data.pop("start", day)
        self._say(
            day,
            f"Measure{change}",
            CONFIRMER if change in {"SetAside", "Stayed"} else CENTRE,
            measure_id=measure_id,
            effective_from=start.isoformat(),
            **data,
        )

    def disputed(self, day: date, statement: str) -> None:
        """Let the enterprise object."""
        self._say(day, "FindingDisputed", reporter(self.firm.uscc), statement=statement)

    def ended(self, day: date, type_: str, **data: str) -> None:
        """Close it or withdraw it."""
        self._say(day, type_, self.office, **data)
