"""Assessment sessions to be reported one by one: what clients of the writer do all day."""

from collections.abc import Iterator
from datetime import date
from itertools import count

from domain.assessment import AssessmentHeld, Candidates
from domain.enterprise import EnterpriseRegistered
from domain.terms.decider import Command
from domain.terms.envelope import Actor
from domain.terms.identifiers import uscc_check_character
from domain.terms.place import Place
from domain.terms.reference import Occupation
from domain.terms.vocabulary import EnterpriseKind, Level, Mode, Role

TODAY = date(2026, 7, 1)
REGISTERED_ON = date(2024, 3, 1)
HELD_ON = date(2026, 6, 1)
ELECTRICIAN = Occupation(edition="2022", code="6-31-01-03", name="电工")
CENTRE = Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre")

_numbers = count(1)


def uscc(client: int) -> str:
    """Return the code of the enterprise for which a client reports."""
    head = f"91110000{f'MA0B{client:04d}':0<9}"
    return head + uscc_check_character(head)


def registration(client: int, district: str = "110108") -> Command[EnterpriseRegistered]:
    """Return what makes the client's enterprise known."""
    event = EnterpriseRegistered(
        uscc=uscc(client),
        name=f"示例企业{client}",
        kind=EnterpriseKind.PRIVATE,
        district=district,
        address="北京市海淀区示例路1号",
    )
    return Command(body=event, actor=CENTRE, valid_from=REGISTERED_ON, today=TODAY)


def reports(client: int) -> Iterator[Command[AssessmentHeld]]:
    """Yield one report after the other, each of a session of its own."""
    own = uscc(client)
    reporter = Actor(account=f"reporter-{client}", role=Role.ENTERPRISE_REPORTER, organisation=own)
    for number in _numbers:
        event = AssessmentHeld(
            assessment_id=f"session-{number}",
            uscc=own,
            occupation=ELECTRICIAN,
            level=Level("4"),
            method="examination",
            mode=Mode.ON_SITE,
            held_from=HELD_ON,
            held_to=HELD_ON,
            venue=Place(name="示例实训中心", address="北京市海淀区示例路1号", division="110108"),
            candidates=Candidates(employee=24),
            assessors=("甲", "乙", "丙"),
            quality_staff=("丁",),
        )
        yield Command(body=event, actor=reporter, valid_from=HELD_ON, today=TODAY)
