"""A story for the fold of one enterprise: facts as they entered the ledger, in order.

`Story` skips the deciders on purpose: the fold must cope with whatever was recorded.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from domain import assessment, enterprise, plan
from domain.application import application
from domain.application.evaluation import HeadingScores
from domain.certificate import certificate
from domain.checks.outcome import Context
from domain.correction import FieldCorrection, RecordCorrected
from domain.finding import finding
from domain.flag import FlagReviewed, Said, shown
from domain.registry import EVENTS
from domain.standing import standing
from domain.supervision.flags import FlagState, case_of
from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from domain.terms.envelope import Actor, Recorded
from domain.terms.intervals import Days
from domain.terms.place import Clue, Location, Place, Side, Step
from domain.terms.reference import (
    Controlled,
    Dictionary,
    Edition,
    Occupation,
    Qualifications,
    Reference,
    RuleSet,
)
from domain.terms.scope import ScopeItem
from domain.terms.vocabulary import (
    CandidateCategory,
    CatalogueKind,
    EnterpriseKind,
    Level,
    Method,
    Mode,
    ReviewDecision,
    Role,
    Verdict,
)
from ledger.deciding.amending import apply
from tests.sentences import code_words

USCC = "91110000710939135P"
OTHER = "91110302562134916R"
ELECTRICIAN = Occupation(edition="2022", code="6-31-01-03", name="电工")
COOK = Occupation(edition="2022", code="4-03-02-01", name="中式烹调师")
WELDER = Occupation(edition="2022", code="6-18-02-04", name="焊工")
GUARD = Occupation(edition="2022", code="4-07-05-01", name="保安员")
BUREAU = Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau")
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)

_NAMES = {o.code: o.name for o in (ELECTRICIAN, COOK, WELDER, GUARD)}


def _edition(kind: CatalogueKind, name: str, start: date, end: date | None = None) -> Edition:
    return Edition(kind=kind, edition=name, days=Days(start, end), sha256="0" * 64)


REFERENCE = Reference(
    dictionaries={
        "2022": Dictionary(
            edition="2022",
            names=_NAMES,
            codes={name: code for code, name in _NAMES.items()},
            levels={},
        )
    },
    qualifications={
        "2017": Qualifications(edition="2017", controlled={"焊工": Controlled(name="焊工")}),
        "2021": Qualifications(
            edition="2021",
            controlled={
                "保安员": Controlled(name="保安员"),
                "焊工": Controlled(name="焊工", only="核安全设备焊接", words=("核",)),
            },
        ),
    },
    rule_sets={
        "2020-3": RuleSet(edition="2020-3"),
        "2026-12": RuleSet(
            edition="2026-12",
            checks_from=dict.fromkeys(
                ("S10", "S10.register", "S5.partnership", "R2", "T2", "T2.ground", "V1", "P1"),
                date(2020, 4, 21),
            ),
        ),
    },
    adopted=(
        _edition(CatalogueKind.DICTIONARY, "2022", date(2022, 9, 27)),
        _edition(CatalogueKind.QUALIFICATIONS, "2017", date(2017, 9, 12), date(2021, 11, 23)),
        _edition(CatalogueKind.QUALIFICATIONS, "2021", date(2021, 11, 23)),
        _edition(CatalogueKind.RULES, "2020-3", date(2020, 4, 21)),
    ),
)


LATER = replace(
    REFERENCE,
    adopted=(
        *REFERENCE.adopted,
        _edition(CatalogueKind.RULES, "2026-12", date(2020, 4, 22)),
    ),
)
"""The same with the checks of December 2026 switched on."""

CONTRADICTORY = "自相矛盾"
"""A place of this name is one whose evidence disagrees."""


def locate(mode: Mode, place: Place | None) -> Location:
    """Judge by the division code alone: enough to see what the fold makes of a verdict."""
    code = place.division if place else None
    side = Side.UNDECIDED
    if mode is not Mode.ON_SITE:
        side = Side.INSIDE
    elif code:
        side = Side.INSIDE if code.startswith("11") else Side.OUTSIDE
    clue = Clue(step=Step.DIVISION, side=side, zh=f"区划代码 {code}", en=f"division {code}")
    return Location(
        side=side,
        step=Step.DIVISION if code else None,
        contradiction=place is not None and place.name == CONTRADICTORY,
        clues=(clue,),
        outline="test",
        parsers="test",
    )


def apart(one: Place, other: Place) -> float | None:
    """Tell places apart by their longitude alone: a tenth of a degree is ten kilometres."""
    if one.lon is None or other.lon is None:
        return None
    return float(abs(one.lon - other.lon)) * 100_000


def item(occupation: Occupation, *levels: str) -> ScopeItem:
    """One scope item."""
    return ScopeItem(
        edition=occupation.edition,
        code=occupation.code,
        name=occupation.name,
        trade=occupation.trade,
        levels=tuple(Level(level) for level in levels),
    )


def session(
    occupation: Occupation = ELECTRICIAN,
    level: str = "4",
    day: date = date(2025, 3, 10),
    **changes: Any,
) -> assessment.AssessmentHeld:
    """A session that breaks no rule for an enterprise listed by `Story.listed`."""
    base = assessment.AssessmentHeld(
        assessment_id="a-1",
        uscc=USCC,
        occupation=occupation,
        level=Level(level),
        method="examination",
        mode=Mode.ON_SITE,
        held_from=day,
        held_to=day,
        venue=Place(division="110108"),
        candidates=assessment.Candidates(employee=10),
        assessors=("甲", "乙"),
        quality_staff=("丙",),
    )
    return replace(base, **changes)


def issued(
    occupation: Occupation = ELECTRICIAN,
    level: str = "4",
    number: str = "Y00001112345625" + "4" + "000001",
    **changes: Any,
) -> certificate.CertificateIssued:
    """A certificate that breaks no rule for `session()`."""
    base = certificate.CertificateIssued(
        certificate_no=number,
        assessment_id="a-1",
        issuer_uscc=USCC,
        occupation=occupation,
        level=Level(level),
        holder=certificate.Holder(
            subject_id="h-1",
            masked_name="张*",
            id_type="201",
            category=CandidateCategory.EMPLOYEE,
        ),
        results=certificate.Results(theory=Decimal(80), content=()),
        issued_on=date(2025, 3, 20),
    )
    return replace(base, **changes)


class Story:
    """Entries in order, and the supervision that has read them."""

    def __init__(self, reference: Reference = REFERENCE) -> None:
        self.entries: list[Recorded[Any]] = []
        self.fold = Supervision(USCC, Context(reference, locate, apart), apply)
        self.touched: list[Touch] = []
        self._next = 1
        self._noon = NOON

    def on(self, day: date) -> "Story":
        """Let the next entries be recorded on `day`."""
        self._noon = datetime.combine(day, time(4), UTC)
        return self

    def at(self, position: int) -> "Story":
        """Let the next entry stand at `position`: others are about somebody else."""
        self._next = position
        return self

    def tell(
        self,
        event: Any,
        day: date | None = None,
        *,
        reason: str = "理由",
        uscc: str = USCC,
        by: Actor = BUREAU,
    ) -> int:
        """Record `event` about `uscc` as valid from `day`; return its position."""
        kind = EVENTS[type(event).__name__]
        position = self._next
        self._next += 1
        entry = Recorded(
            position=position,
            stream="test/1",
            version=position,
            type=kind.stored,
            recorded_at=self._noon + timedelta(seconds=position),
            valid_from=day or _own_day(event),
            subject=uscc,
            district="110108",
            tags=(),
            actor=by,
            event=event,
            reason=reason,
        )
        self.entries.append(entry)
        if uscc == USCC:
            self.touched = self.fold.read(entry)
            for flag in self.fold.flags.values():
                assert code_words(flag.outcome.zh) == [], flag.outcome.zh
        return position

    def listed(  # noqa: PLR0913 - one argument for each way to be listed
        self,
        *scope: ScopeItem,
        start: date = date(2024, 7, 1),
        end: date = date(2027, 7, 1),
        kind: EnterpriseKind = EnterpriseKind.PRIVATE,
        methods: tuple[Method, ...] = (Method.EXAMINATION,),
        receipt: bool = True,
        plans: tuple[int, ...] = (2024, 2025, 2026),
    ) -> "Story":
        """Bring the enterprise onto the roster, with receipt and plans."""
        self.tell(
            enterprise.EnterpriseRegistered(
                uscc=USCC, name="示例企业", kind=kind, district="110108", address="北京市"
            ),
            date(2024, 3, 1),
        )
        self.tell(
            application.ApplicationSubmitted(
                application_id="app",
                uscc=USCC,
                window="2024-05",
                materials=(),
                scope=scope,
                methods=methods,
                own_method="师带徒考评" if Method.OWN in methods else None,
            ),
            date(2024, 5, 10),
        )
        self.tell(
            standing.EnterpriseListed(
                uscc=USCC,
                batch="2024-1",
                application_id="app",
                scope=scope,
                valid_from=start,
                valid_to=end,
            ),
            start,
        )
        if receipt:
            self.tell(
                application.ReceiptIssued(application_id="app", receipt_no="R-1", issued_on=start)
            )
        for year in plans:
            self.tell(
                plan.AnnualPlanFiled(
                    uscc=USCC,
                    year=year,
                    summary=plan.AnnualSummary(sessions=0, candidates=0, certificates=0),
                    sessions=(),
                ),
                max(start, date(year, 1, 10)),
            )
        return self

    def correct(self, position: int, **values: Any) -> int:
        """Correct fields of the entry at `position` (`__` for a dot in the path)."""
        corrections = tuple(
            FieldCorrection(path=path.replace("__", "."), value=json.dumps(value))
            for path, value in values.items()
        )
        return self.tell(RecordCorrected(position=position, fields=corrections), date(2025, 9, 1))

    def review(self, key: str, decision: ReviewDecision) -> int:
        """Review a flag."""
        return self.tell(FlagReviewed(flag=key, decision=decision), date(2025, 9, 2))

    def found(self, verdict: Verdict = Verdict.BREACH) -> list[str]:
        """Codes of the flags with `verdict`, sorted."""
        return sorted(f.code for f in self.fold.flags.values() if f.outcome.verdict is verdict)

    def flag(self, code: str) -> FlagState:
        """The one flag of `code`."""
        found = [f for f in self.fold.flags.values() if f.code == code]
        assert len(found) == 1, found
        return found[0]

    def case(self, code: str) -> str:
        """The case of the one flag of `code`."""
        state = self.flag(code)
        said = self.fold.file.said.get(state.key, Said())
        held = shown(said, state.outcome.verdict, state.name, self.fold.file.findings)
        return case_of(state.then, state.outcome.verdict, held.holding).label


def _own_day(event: Any) -> date:
    for name in ("held_from", "issued_on", "valid_from"):
        found = getattr(event, name, None)
        if isinstance(found, date):
            return found
    return date(2025, 1, 1)


SCORES = HeadingScores(
    basics=Decimal(18),
    hr_system=Decimal(17),
    funding=Decimal(18),
    organisation_quality=Decimal(18),
    premises_it=Decimal(17),
)

__all__ = ["SCORES", "Story", "finding"]
