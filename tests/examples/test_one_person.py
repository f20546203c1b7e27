"""No person of an authority ends a severe flag alone (§1): a search, role by role.

Every enterprise of the sample year with a severe breach, and what one centre officer, supervisor, bureau
publisher or inspector of its district can send over HTTP, one thing after another: findings raised and
ended, flags reviewed, records corrected in every field, standing changed, for earlier days too. What
waits for a second person has no effect. After each step every severe breach must be one still, and no
review may stand that dismisses it. `./run long` walks further (DUDAO_TEST_OWN).
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from domain.certificate.certificate import CertificateIssued
from domain.flag import Said, shown
from domain.permissions import MAY
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_position
from domain.terms.vocabulary import ReviewDecision, Role, Severity, Verdict
from examples.sample.trial import TODAY, Trial
from ledger.deciding.acts import read_act
from ledger.gate.output import contract
from tests.attempts import correction, early, of_kind, trial
from tests.verdicts import verdicts

STEPS = int(os.environ.get("DUDAO_TEST_OWN", "60"))
SEED = int(os.environ.get("DUDAO_TEST_SEED", "1"))
ENTERPRISES = 4
"""How many of them, where not all."""
ROLES = (
    Role.CENTRE_OFFICER,
    Role.QUALITY_SUPERVISOR,
    Role.BUREAU_PUBLISHER,
    Role.DISTRICT_INSPECTOR,
)
NEVER = {"ActRequested", "CatalogueAdopted", "PersonErased", "RosterPublished", "EnterpriseListed"}
"""What is asked for anyway, takes two, or says nothing about one enterprise."""
OFTEN = ("FindingRaised", "FlagReviewed", "FindingWithdrawn", "FindingClosed", "RecordCorrected")


@cache
def severe() -> Mapping[str, tuple[str, ...]]:
    """Enterprise → the keys of its severe breaches that nobody has dismissed."""
    found: dict[str, list[str]] = {}
    for key, judged in verdicts(trial().entries, TODAY).items():
        subject = trial().entries[flag_position(key) - 1].subject
        grave = (judged.verdict, judged.severity) == (Verdict.BREACH, Severity.SEVERE)
        if grave and judged.case != "overturned" and subject:
            found.setdefault(subject, []).append(key)
    return {uscc: tuple(sorted(keys)) for uscc, keys in sorted(found.items())}


def chosen() -> list[str]:
    wide = "DUDAO_TEST_OWN" in os.environ
    everybody = sorted(severe())
    return everybody if wide else random.Random(SEED).sample(everybody, ENTERPRISES)  # noqa: S311


class Walk:
    """One person goes on and on about one enterprise, on a ledger of their own."""

    def __init__(self, uscc: str, role: Role) -> None:
        self.trial: Trial = trial().copy()
        self.uscc, self.keys = uscc, severe()[uscc]
        self.chance = random.Random(f"{SEED}-{uscc}-{role}")  # noqa: S311 - a search, no secret
        districts = {e.district for e in self.about() if e.district}
        organisation = {
            Role.BUREAU_PUBLISHER: "bureau",
            Role.DISTRICT_INSPECTOR: max(districts),
        }.get(role, "centre")
        self.me = Actor(account="alone", role=role, organisation=organisation)
        self.names = sorted(n for n, roles in MAY.items() if role in roles and n not in NEVER)
        self.number = 0

    def about(self) -> list[Any]:
        return [e for e in self.trial.entries if e.subject == self.uscc]

    def steps(self) -> Iterator[Command[Any]]:
        while True:
            self.number += 1
            name = self.chance.choice(self.names)
            if self.chance.random() < 0.5:
                name = self.chance.choice([n for n in OFTEN if n in self.names] or [name])
            day = TODAY if self.chance.random() < 0.6 else early(self.chance)
            body = self._correction() if name == "RecordCorrected" else self._like(name)
            if body is not None:
                yield Command(
                    body=body,
                    actor=self.me,
                    valid_from=day,
                    today=TODAY,
                    reason="办理",
                    document_no="文〔2026〕1号",
                    asking=f"r-{self.number}",
                )

    def _correction(self) -> Any:
        told = [e for e in self.about() if not type(e.event).__name__.startswith("Correction")]
        judged = [e for e in told if e.position in set(map(flag_position, self.keys))]
        standing = [e for e in told if e.type.startswith(("standing.", "flag.", "finding."))]
        entry = self.chance.choice(self.chance.choice([told, judged, standing or told]))
        return correction(entry, of_kind(type(entry.event).__name__) or (entry,), self.chance)

    def _like(self, name: str) -> Any:
        """An event as one of the sample year, about this enterprise and what is known of it."""
        templates = [e for e in self.about() if type(e.event).__name__ == name]
        templates += self.chance.choices(of_kind(name), k=1) if of_kind(name) else []
        if not templates:
            return None
        event = self.chance.choice(templates).event
        if isinstance(event, CertificateIssued):
            return replace(event, certificate_no=f"{event.certificate_no[:-1]}X")
        data = contract(event)
        for field in data.keys() & self._known().keys():
            data[field] = self._known()[field]
        self._own(name, data)
        try:
            return read_act(name, json.dumps(data, ensure_ascii=False))
        except Refused:
            return None

    def _known(self) -> dict[str, Any]:
        """For a field that names something: one of what is known of the enterprise."""
        named: dict[str, set[str]] = {"uscc": {self.uscc}, "flag": set(self.keys)}
        for entry in self.about():
            for field in ("finding_id", "application_id", "assessment_id", "certificate_no"):
                value = getattr(entry.event, field, None)
                if value is not None:
                    named.setdefault(field, set()).add(value)
        return {field: self.chance.choice(sorted(values)) for field, values in named.items()}

    def _own(self, name: str, data: dict[str, Any]) -> None:
        if name == "FindingRaised":
            grounds = {"assessments": [], "certificates": [], "complaints": None}
            data |= {"finding_id": f"f-{self.number}", "inspection_id": None, **grounds}
            data["flags"] = [self.chance.choice(self.keys)]
        if name == "FlagReviewed":
            decision = self.chance.choice(list(ReviewDecision))
            data |= {"decision": decision, "outcome": None}
            if decision is not ReviewDecision.CONVERTED:
                data.pop("finding_id", None)
            else:
                data["finding_id"] = self._known().get("finding_id")
        if name == "MeasureImposed":
            data["measure_id"] = f"m-{self.number}"
        if name == "RectificationOrdered":
            data["due_on"] = str(date(2027, 1, 1))
        if self.me.role is Role.DISTRICT_INSPECTOR and "district" in data:
            data["district"] = self.me.organisation
        for field in ("inspection_id", "complaint_id", "assessment_id"):
            if name in {"InspectionDispatched", "SpotCheckRecorded", "AssessmentHeld"}:
                data |= {field: f"x-{self.number}"} if data.get(field) else {}

    def ended(self) -> list[str]:
        """Which of the severe flags are none any more, or have a dismissal that stands."""
        return [key for key in self.keys if self._is_ended(key)]

    def _is_ended(self, key: str) -> bool:
        record = self.trial.entries[flag_position(key) - 1]
        judged = self.trial.judged.flag(record, key, TODAY)
        if judged is None or judged.verdict is not Verdict.BREACH:
            return True
        file = self.trial.judged.file(self.uscc)
        said = file.said.get(key, Said())
        review = shown(said, judged.verdict, judged.outcome, file.findings).holding
        if review is None:
            return False
        finding = file.findings.get(review.finding_id or "")
        withdrawn = finding is not None and finding.ended == "withdrawn"
        return review.decision is ReviewDecision.DISMISSED or withdrawn


@pytest.mark.parametrize("uscc", chosen())
@pytest.mark.parametrize("role", ROLES)
def test_one_person_ends_no_severe_flag(role: Role, uscc: str):
    walk, done = Walk(uscc, role), Counter[str]()
    assert walk.ended() == []
    steps = walk.steps()
    for _ in range(STEPS):
        command = next(steps)
        try:
            entries = walk.trial.record(command)
        except Refused:
            continue
        done.update(type(entry.event).__name__ for entry in entries)
        assert walk.ended() == [], (command, entries)
    print(f"{role} {uscc}: {dict(done)}")  # noqa: T201 - the figures of a long run
    assert done  # it is no search that is refused everything
