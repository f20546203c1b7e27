"""Prepared entries of a large ledger: what importing would have written, without being decided.

For measurements of reading at sizes that would take long to import. Enterprises differ in size
as they do in life, nine of ten entries are certificates, and some records break rules.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple

from benchmarks.sessions import CENTRE, ELECTRICIAN, REGISTERED_ON, registration, uscc
from domain.application.application import ApplicationSubmitted, ReceiptIssued
from domain.assessment import AssessmentHeld, Candidates
from domain.certificate.certificate import CertificateIssued, Holder, Results
from domain.plan import AnnualPlanFiled, AnnualSummary
from domain.standing.standing import EnterpriseListed, ScopeChanged
from domain.terms.decider import Command, New
from domain.terms.envelope import Actor
from domain.terms.place import Place
from domain.terms.reference import Occupation
from domain.terms.scope import ScopeItem
from domain.terms.vocabulary import CandidateCategory, Level, Method, Mode, Role
from ledger.codec import draft
from ledger.log.entry import Draft

ENTRIES_PER_FIRM = 5_000
LISTED_ON, LISTED_TO = date(2024, 7, 1), date(2027, 7, 1)
SESSION_DAYS = 720
CERTIFICATES_PER_SESSION = 24
COOK = Occupation(edition="2022", code="4-03-02-01", name="中式烹调师")
LEVELS = (Level("5"), Level("4"), Level("3"))
DISTRICTS = ("110101", "110102", "110105", "110106", "110108", "110112", "110115", "BDA")
LATER = date(2026, 7, 1)


class Firm(NamedTuple):
    """An enterprise of the ledger."""

    number: int
    uscc: str
    district: str
    reporter: Actor


def entries(total: int, seed: int = 1) -> Iterator[Draft]:
    """Yield exactly `total` entries, the same for the same seed, each with a key of its own."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    firms = [firm_of(number) for number in range(max(8, total // ENTRIES_PER_FIRM))]
    yield from keyed(_all(firms, chance, total), total)


def of_one(total: int) -> Iterator[Draft]:
    """Yield exactly `total` entries of one enterprise: what it is, and sessions with their certificates."""
    yield from keyed(_one(firm_of(0), total), total)


def _one(firm: Firm, total: int) -> Iterator[Draft]:
    yield from listed(firm)
    sessions = max(1, total // (CERTIFICATES_PER_SESSION + 1))
    for number in range(1, sessions + 2):
        yield from _session(
            firm, number, LISTED_ON + timedelta(days=number * SESSION_DAYS // sessions)
        )


def keyed(drafts: Iterator[Draft], total: int) -> Iterator[Draft]:
    """Yield `total` of them, each with a key of its own."""
    for left, one in zip(range(total - 1, -1, -1), drafts, strict=False):
        digest = sha256(one.payload).digest()
        yield one._replace(idempotency_key=f"{left}-{digest.hex()[:40]}", request_digest=digest)


def firm_of(number: int) -> Firm:
    """Return the enterprise of that number."""
    own = uscc(number)
    reporter = Actor(account=f"r-{number}", role=Role.ENTERPRISE_REPORTER, organisation=own)
    return Firm(number, own, DISTRICTS[number % len(DISTRICTS)], reporter)


def _all(firms: list[Firm], chance: random.Random, total: int) -> Iterator[Draft]:
    for firm in firms:
        yield from listed(firm)
    weights = list(accumulate(1 / (number + 40) for number in range(len(firms))))
    sessions = max(1, total // (CERTIFICATES_PER_SESSION + 1))
    number = 0
    while True:
        number += 1
        (firm,) = chance.choices(firms, cum_weights=weights)
        day = LISTED_ON + timedelta(days=min(number * SESSION_DAYS // sessions, SESSION_DAYS))
        yield from _session(firm, number, day)
        if number % 4_000 == 0:  # a decision that is learnt late, and bears on what was recorded
            yield _scope_taken(firm, day - timedelta(days=60))


def drafted(firm: Firm, stream: str, event: object, day: date, *tags: str) -> Draft:
    """Return an entry that the enterprise's reporter brought in."""
    command = Command(body=event, actor=firm.reporter, valid_from=day, today=LATER)
    return draft(New(stream, event, firm.uscc, firm.district, tags, day), command)


def listed(firm: Firm) -> Iterator[Draft]:
    """Yield what puts an enterprise on the roster, and its plans."""
    application, own = f"app-{firm.number}", f"enterprise:{firm.uscc}"
    known = registration(firm.number, firm.district)
    yield draft(
        New(f"enterprise/{firm.uscc}", known.body, firm.uscc, firm.district, (own,), REGISTERED_ON),
        known,
    )
    scope = (_item(ELECTRICIAN),)
    submitted = ApplicationSubmitted(
        application_id=application,
        uscc=firm.uscc,
        window="2024-05",
        materials=(),
        scope=scope,
        methods=(Method.EXAMINATION,),
    )
    tag = f"application:{application}"
    yield drafted(firm, f"application/{application}", submitted, date(2024, 5, 10), tag)
    listed = EnterpriseListed(
        uscc=firm.uscc,
        batch="2024-1",
        application_id=application,
        scope=scope,
        valid_from=LISTED_ON,
        valid_to=LISTED_TO,
    )
    yield drafted(firm, f"standing/{firm.uscc}", listed, LISTED_ON, f"standing:{firm.uscc}")
    receipt = ReceiptIssued(
        application_id=application, receipt_no=f"R-{firm.number}", issued_on=LISTED_ON
    )
    yield drafted(firm, f"application/{application}", receipt, LISTED_ON, tag)
    yield from _plans(firm)


def _plans(firm: Firm) -> Iterator[Draft]:
    for year in (2024, 2025, 2026):
        nothing = AnnualSummary(sessions=0, candidates=0, certificates=0)
        plan = AnnualPlanFiled(uscc=firm.uscc, year=year, summary=nothing, sessions=())
        day = max(LISTED_ON, date(year, 1, 10))
        key = f"{firm.uscc}/{year}"
        yield drafted(firm, f"plan/{key}", plan, day, f"plan:{key}")


def _item(occupation: Occupation) -> ScopeItem:
    return ScopeItem(
        edition=occupation.edition,
        code=occupation.code,
        name=occupation.name,
        trade=None,
        levels=LEVELS,
    )


def _scope_taken(firm: Firm, day: date) -> Draft:
    event = ScopeChanged(uscc=firm.uscc, added=(), removed=(_item(ELECTRICIAN),), basis="抽查")
    command = Command(body=event, actor=CENTRE, valid_from=day, today=LATER)
    tags = (f"standing:{firm.uscc}",)
    return draft(New(f"standing/{firm.uscc}", event, firm.uscc, firm.district, tags, day), command)


def _session(firm: Firm, number: int, day: date) -> Iterator[Draft]:
    name = f"s-{number}"
    # One session in ninety is held in an occupation that was never confirmed.
    occupation = COOK if number % 90 == 0 else ELECTRICIAN
    level = LEVELS[number % 3]
    held = AssessmentHeld(
        assessment_id=name,
        uscc=firm.uscc,
        occupation=occupation,
        level=level,
        method="examination",
        mode=Mode.ON_SITE,
        held_from=day,
        held_to=day,
        venue=Place(division="110108"),
        candidates=Candidates(employee=CERTIFICATES_PER_SESSION),
        assessors=("甲", "乙", "丙"),
        quality_staff=("丁",),
    )
    stream = f"assessment/{name}"
    yield drafted(firm, stream, held, day, f"assessment:{name}")
    for certificate in _certificates(firm, held, number):
        number_tag = f"certificate:{certificate.certificate_no}"
        holder_tag = f"holder:{certificate.holder.subject_id}"
        yield drafted(firm, stream, certificate, certificate.issued_on, number_tag, holder_tag)


def _certificates(firm: Firm, held: AssessmentHeld, number: int) -> Iterable[CertificateIssued]:
    issued_on = held.held_to + timedelta(days=10)
    first = (number - 1) * CERTIFICATES_PER_SESSION
    for serial in range(first, first + CERTIFICATES_PER_SESSION):
        # One certificate in three hundred carries another level than its session.
        level = Level("1") if serial % 300 == 0 else held.level
        mark = f"{firm.number % 1_000_000:06d}{issued_on:%y}{level.value}"
        points = Decimal(60 + serial % 40)
        yield CertificateIssued(
            certificate_no=f"Y000011{mark}{serial % 1_000_000:06d}",
            assessment_id=held.assessment_id,
            issuer_uscc=firm.uscc,
            occupation=held.occupation,
            level=level,
            holder=Holder(
                subject_id=f"{serial:032x}",
                masked_name="张*",
                id_type="201",
                category=CandidateCategory.EMPLOYEE,
            ),
            results=Results(theory=points, practice=points),
            issued_on=issued_on,
        )
