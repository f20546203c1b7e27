"""With nothing but its own token an enterprise turns no verdict about itself (§1): a search.

Every flag of the sample year that is a breach or undecided, and what its enterprise can send: each of
its records corrected in every field, each kind of report and filing again, for earlier days, under
other numbers. What is decided is folded: every breach must stand, and what is undecided must not go
clear. `./run long` searches wider (DUDAO_TEST_OWN).
"""

import json
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import Context
from domain.correction import CorrectionRequested
from domain.flag import FlagAnswered
from domain.permissions import MAY
from domain.request import ActRequested
from domain.supervision.verdicts import Verdicts
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.identifiers import flag_position
from domain.terms.vocabulary import Role, Verdict
from examples.sample.trial import TODAY, held
from ledger.deciding.acts import read_act
from ledger.deciding.amending import apply
from ledger.gate.output import contract
from tests.attempts import about_of, correction, early, installed_places_once, of_kind, trial
from tests.verdicts import verdicts

COMMANDS = int(os.environ.get("DUDAO_TEST_OWN", "60"))
"""How many commands each enterprise sends."""
SEED = int(os.environ.get("DUDAO_TEST_SEED", "1"))
ENTERPRISES = 8
"""How many of them, where not all."""
YESTERDAY = TODAY - timedelta(days=1)
"""What was late is late up to the day before something comes in: that is time passing."""
BY_TIME = ("Q2-", "P1-")
WITHOUT_EFFECT = (CorrectionRequested, ActRequested, FlagAnswered)
REPORTS = sorted(
    name
    for name, roles in MAY.items()
    if Role.ENTERPRISE_REPORTER in roles and name not in {"RecordCorrected", "CorrectionRequested"}
)


@cache
def flagged() -> Mapping[str, tuple[str, ...]]:
    """Enterprise → the keys of its flags that are breaches or undecided."""
    found: dict[str, list[str]] = {}
    for key, judged in verdicts(trial().entries, TODAY).items():
        subject = trial().entries[flag_position(key) - 1].subject
        raised = judged.verdict != Verdict.CLEAR.value
        if raised and subject and not key.startswith("Q1-"):
            found.setdefault(subject, []).append(key)
    return {uscc: tuple(sorted(keys)) for uscc, keys in sorted(found.items())}


def chosen() -> list[str]:
    everybody = sorted(flagged())
    wide = "DUDAO_TEST_OWN" in os.environ
    return everybody if wide else random.Random(SEED).sample(everybody, ENTERPRISES)  # noqa: S311


def gravity(
    uscc: str, keys: tuple[str, ...], extra: tuple[Recorded[Any], ...] = ()
) -> dict[str, int]:
    """How grave each of the flags is, with what was appended besides."""
    places, told = installed_places_once(), trial()
    about = [*about_of(uscc), *(e for e in extra if e.subject == uscc)]
    judged = Verdicts(
        lambda: Context(told.reference, places, places.apart),
        apply,
        lambda: len(told.entries) + len(extra),
        lambda _, after: [e for e in about if e.position > after],
        lambda tags: [
            *told.tagged(*tags),
            *(e for e in extra if not set(tags).isdisjoint(e.tags)),
        ],
        first=lambda: Context(held(), places, places.apart),
    )
    found: dict[str, int] = {}
    for key in keys:
        day = YESTERDAY if key.startswith(BY_TIME) else TODAY
        verdict = judged.flag(told.entries[flag_position(key) - 1], key, day)
        found[key] = (verdict.verdict if verdict is not None else Verdict.CLEAR).gravity
    return found


def attempts(uscc: str, chance: random.Random) -> Iterator[Command[Any]]:
    """What the enterprise sends: corrections and reports in turn, for ever."""
    me = Actor(account=f"reporter-{uscc}", role=Role.ENTERPRISE_REPORTER, organisation=uscc)
    own = [e for e in about_of(uscc) if type(e.event).__name__ in REPORTS]
    rests_on = {flag_position(key) for key in flagged()[uscc]}
    judged = [e for e in own if e.position in rests_on]
    while True:
        entry = chance.choice(judged or own) if chance.random() < 0.5 else chance.choice(own)
        wish = correction(entry, of_kind(type(entry.event).__name__), chance)
        yield _command(wish, me, TODAY)
        yield _report(uscc, me, chance)


def _command(body: Any, me: Actor, day: date) -> Command[Any]:
    return Command(body=body, actor=me, valid_from=day, today=TODAY, reason="更正", asking="r-own")


def _report(uscc: str, me: Actor, chance: random.Random) -> Command[Any]:
    name = chance.choice(REPORTS)
    templates = of_kind(name)
    own = [e for e in templates if e.subject == uscc]
    entry = chance.choice(own or templates)
    day, event = early(chance), entry.event
    if isinstance(event, CertificateIssued):
        number = event.certificate_no if chance.random() < 0.5 else f"{event.certificate_no[:-1]}X"
        return _command(replace(event, certificate_no=number), me, event.issued_on)
    data = contract(event)
    if "uscc" in data:
        data["uscc"] = uscc
    _about_oneself(data, uscc, chance)
    if name == "AssessmentHeld":
        data |= {"assessment_id": f"again-{chance.randrange(10**9)}"}
    if "filed_on" in data:
        data["filed_on"] = str(day)
    return _command(read_act(name, json.dumps(data, ensure_ascii=False)), me, day)


def _about_oneself(data: dict[str, Any], uscc: str, chance: random.Random) -> None:
    """Let a report name what the enterprise's own records name."""
    held = [e.event for e in about_of(uscc) if isinstance(e.event, AssessmentHeld)]
    papers = [e.event for e in about_of(uscc) if isinstance(e.event, CertificateIssued)]
    if papers and "certificate_no" in data:
        data["certificate_no"] = chance.choice(papers).certificate_no
    if "new_certificate_no" in data:
        taken = chance.choice(papers).certificate_no if papers else "N"
        data["new_certificate_no"] = taken if chance.random() < 0.5 else f"{taken[:-1]}9"
    if held:
        session = chance.choice(held)
        if "unit_uscc" in data and session.unit_uscc is not None:
            data["unit_uscc"] = session.unit_uscc
        if "occupation" in data:
            data["occupation"] = contract(session)["occupation"]
        if "year" in data:
            data["year"] = session.held_from.year


@pytest.mark.parametrize("uscc", chosen())
def test_an_enterprise_turns_no_verdict_about_itself(uscc: str):
    keys = flagged()[uscc]
    before = gravity(uscc, keys)
    assert min(before.values()) > Verdict.CLEAR.gravity
    chance, decided = random.Random(f"{SEED}-{uscc}"), 0  # noqa: S311 - a search, no secret
    sent = attempts(uscc, chance)
    for _ in range(COMMANDS):
        try:
            command = next(sent)
            new = trial().rehearse(command)
        except Refused:
            continue
        effective = tuple(e for e in new if not isinstance(e.event, WITHOUT_EFFECT))
        if effective:
            decided += 1
            after = gravity(uscc, keys, effective)
            assert [key for key in keys if after[key] < before[key]] == [], command
    assert decided  # it is no search that is refused everything
