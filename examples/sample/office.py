"""What the offices do beside applications: plans, covered units, renewals, changes of profile, catalogues."""

from datetime import date

from domain.terms.vocabulary import CatalogueKind
from examples.sample import occupations as o
from examples.sample.firms import Firm
from examples.sample.lines import CENTRE, CONFIRMER, PUBLISHER, reporter
from examples.sample.numbers import uscc
from examples.sample.trial import RULES, STANDARDS
from examples.sample.words import unit_name
from examples.sample.year import Year, days
from ledger.reference import installed


def adopt_catalogue(year: Year) -> None:
    """Adopt the qualification catalogue of 2021, as it is installed."""
    day = date(2021, 11, 23)
    reference = installed()
    edition = reference.in_force(CatalogueKind.QUALIFICATIONS, day)
    if edition is None:
        raise ValueError(f"no catalogue is installed for {day}")
    year.tell(
        day,
        "CatalogueAdopted",
        CENTRE,
        kind="qualifications",
        edition=edition.edition,
        valid_from=day.isoformat(),
        sha256=edition.sha256,
        reason_="国家职业资格目录(2021年版)施行",
    )


def adopt_rules(year: Year) -> None:
    """Begin with the rule set that has every check judge, as every new ledger does."""
    day = RULES.days.start
    year.tell(
        day,
        "CatalogueAdopted",
        CENTRE,
        kind=RULES.kind.value,
        edition=RULES.edition,
        valid_from=day.isoformat(),
        sha256=RULES.sha256,
        reason_="启用全部检查",
    )


def adopt_standards(year: Year, told: date) -> None:
    """Adopt the catalogue of national standards, in force since the first of them."""
    day = STANDARDS.days.start
    year.say(
        day,
        told,
        "CatalogueAdopted",
        CENTRE,
        kind=STANDARDS.kind.value,
        edition=STANDARDS.edition,
        valid_from=day.isoformat(),
        sha256=STANDARDS.sha256,
        reason_="启用国家职业标准目录",
    )


LATE_PLANS = ((43, 2026, date(2026, 2, 17)), (44, 2026, date(2026, 2, 24)))
"""Enterprise and year of plans that were filed past the deadline, and when."""


def plans(year: Year, firm: Firm) -> None:
    """File the plan of every year on the roster: with the listing, then early in January."""
    listed = firm.batch.published_on
    for number in range(listed.year, 2027):
        if number in firm.no_plans:
            continue
        day = max(date(number, 1, 6), listed + days(2))
        late = (
            filed for late, year_of, filed in LATE_PLANS if (late, year_of) == (firm.number, number)
        )
        day = next(late, day)
        if day >= firm.until and firm.number != RENEWED:
            return
        _plan(year, firm, day, "AnnualPlanFiled", 8)
        if firm.number in {2, 31} and number == 2025:
            _plan(year, firm, date(2025, 5, 12), "AnnualPlanRevised", 12)


def _plan(year: Year, firm: Firm, day: date, type_: str, headcount: int) -> None:
    sessions = [
        {
            "occupation": {k: item[k] for k in ("edition", "code", "name", "trade")},
            "levels": item["levels"],
            "planned_on": day.replace(month=11, day=10 + number).isoformat(),
            "headcount": headcount,
        }
        for number, item in enumerate(firm.scope)
    ]
    first = day.year == firm.batch.published_on.year
    done = 0 if first else 3
    summary = {"sessions": done, "candidates": done * 9, "certificates": done * 8}
    year.say(
        day,
        day,
        type_,
        reporter(firm.uscc),
        uscc=firm.uscc,
        year=day.year,
        summary=summary,
        sessions=sessions,
    )


def cover(year: Year, firm: Firm, unit: int, day: date) -> str:
    """Let an enterprise cover a unit from `day` on; return the unit's code."""
    code = uscc(f"{'ABCDEFGH'[unit]}{firm.number:02d}", firm.district.division)
    year.say(
        day,
        day,
        "UnitCovered",
        reporter(firm.uscc),
        uscc=firm.uscc,
        unit_uscc=code,
        unit_name=unit_name(firm.number, unit),
    )
    return code


RENEWED = 13
"""The enterprise whose listing ended and goes on."""


def standings(year: Year) -> None:
    """Renew one listing, widen one scope in time, suspend one that stays suspended."""
    day = date(2025, 12, 9)
    year.say(
        day,
        day,
        "ListingRenewed",
        CONFIRMER,
        uscc=year.firms[RENEWED].uscc,
        basis="期满评估合格,延续三年",
        valid_from="2026-01-02",
        valid_to="2029-01-02",
    )
    day = date(2026, 2, 1)
    year.say(
        day,
        day,
        "ScopeChanged",
        CONFIRMER,
        uscc=year.firms[1].uscc,
        added=[o.with_levels(o.LATHE, "54")],
        removed=[],
        basis="增加职业申请经评估通过",
        document_no_="京人社职鉴函〔2026〕1号",
    )
    day = date(2026, 9, 15)
    year.say(
        day,
        day,
        "ListingSuspended",
        CONFIRMER,
        uscc=year.firms[SUSPENDED].uscc,
        basis="质量内控人员不足,暂停至年底",
        until="2026-12-31",
        finding_id=SUSPENDED_FOR,
    )


def approvals(year: Year) -> None:
    """Ask for two changes that take two persons: one is refused, one still waits."""
    day = date(2026, 10, 27)
    more = {"uscc": year.firms[2].uscc, "removed": [], "basis": "企业申请增加职业"}
    for number, levels in enumerate(("54", "5"), 1):
        year.say(
            day,
            day,
            "ActRequested",
            CONFIRMER,
            request_id=f"request-2026-{number}",
            type="ScopeChanged",
            valid_from="2026-11-01",
            data={**more, "added": [o.with_levels(o.LATHE, levels)]},
        )
    year.say(
        day,
        day + days(1),
        "ActDecided",
        PUBLISHER,
        request_id="request-2026-1",
        taken=False,
        reason="四级未经专家评估,请按评估结论重新提请",
    )


SUSPENDED = 39
"""The enterprise that is suspended when the sample year ends."""
SUSPENDED_FOR = "fd-2026-003"
"""The finding for which it is."""


def profiles(year: Year) -> None:
    """Let one enterprise move within its district and one get another name."""
    firm = year.firms[7]
    day = date(2025, 8, 4)
    year.say(
        day,
        day,
        "EnterpriseProfileChanged",
        reporter(firm.uscc),
        uscc=firm.uscc,
        address=firm.district.address(907),
    )
    firm = year.firms[34]
    day = date(2026, 8, 3)
    year.say(
        day,
        day,
        "EnterpriseProfileChanged",
        CENTRE,
        uscc=firm.uscc,
        name=firm.name.replace("号", "号新", 1),
        reason_="工商变更登记",
    )
