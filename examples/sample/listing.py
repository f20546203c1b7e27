"""The way onto the roster: registration, application, opinion, evaluation, confirmation, publication, receipt."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample.firms import BATCHES, Batch, Firm
from examples.sample.lines import CENTRE, CONFIRMER, PUBLISHER, expert, inspector, reporter
from examples.sample.numbers import digest
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]

MATERIALS = (
    "application_form",
    "implementation_plan",
    "incentive_policy",
    "standards",
    "premises",
)
_HEADINGS = ("basics", "hr_system", "funding", "organisation_quality", "premises_it")
_EXPERTS = tuple((f"expert-{n:02d}", f"示例评估单位{n}") for n in range(1, 10))


def first_day(window: str) -> date:
    """Return the day in the window on which the sample's applications begin to arrive."""
    year, month = map(int, window.split("-"))
    return date(year, month, 8)


def application_id(firm: Firm, window: str) -> str:
    """Return the id of the enterprise's application in a window."""
    return f"app-{window}-{firm.number:03d}"


def register(year: Year, firm: Firm, day: date) -> None:
    """Let an enterprise be registered."""
    year.say(
        day,
        day,
        "EnterpriseRegistered",
        reporter(firm.uscc),
        uscc=firm.uscc,
        name=firm.name,
        kind=firm.kind,
        district=firm.district.code,
        address=firm.district.address(firm.number),
    )


def apply(year: Year, firm: Firm, window: str, *, opinion: str = "support") -> str:
    """Let an enterprise hand in an application, with the opinion of its district; return the id."""
    app = application_id(firm, window)
    day = first_day(window) + days(firm.number % 12)
    own = {"own_method": firm.own_method} if firm.own_method else {}
    year.say(
        day,
        day,
        "ApplicationSubmitted",
        reporter(firm.uscc),
        application_id=app,
        uscc=firm.uscc,
        window=window,
        materials=[
            {"kind": kind, "file_name": f"{app}-{kind}.pdf", "sha256": digest(f"{app} {kind}")}
            for kind in MATERIALS
        ],
        scope=firm.whole_scope,
        methods=list(firm.methods),
        **own,
    )
    if firm.district_route:
        code = firm.district.code
        text = "材料齐全,同意申报。" if opinion == "support" else "考核场地尚未落实,暂不支持。"
        year.say(
            day + days(6),
            day + days(6),
            "DistrictOpinionGiven",
            inspector(code),
            application_id=app,
            district=code,
            opinion=opinion,
            text=text,
        )
    return app


def accept(year: Year, app: str, day: date) -> None:
    """Let the centre take an application in."""
    year.say(day, day, "ApplicationAccepted", CENTRE, application_id=app)


def evaluate(  # noqa: PLR0913 - one argument a circumstance
    year: Year, firm: Firm, app: str, day: date, *, points: int = 17, revised: bool = False
) -> None:
    """Let three experts score; `points` is about what each heading gets. One sheet is `revised`."""
    panel = [_EXPERTS[(firm.number + k) % len(_EXPERTS)] for k in range(3)]
    year.say(
        day,
        day,
        "ExpertsAssigned",
        CENTRE,
        application_id=app,
        experts=[
            {
                "expert_id": expert_id,
                "name": f"示例专家{expert_id[-2:]}",
                "affiliation": affiliation,
                "recusal_declared": False,
            }
            for expert_id, affiliation in panel
        ],
    )
    for expert_id, affiliation in panel:
        scores = {h: points + year.chance.randrange(-1, 3) for h in _HEADINGS}
        about: Json = {"application_id": app, "expert_id": expert_id}
        actor = expert(expert_id, affiliation)
        at = day + days(7)
        year.say(at, at, "EvaluationScored", actor, **about, scores=scores, comment="现场查看。")
        if revised and expert_id == panel[0][0]:
            again: Json = {
                **about,
                "scores": scores | {"funding": points - 2},
                "comment": "复核经费凭证后调整。",
                "reason": "经费保障一项误将预算计为决算",
            }
            year.say(at, at + days(1), "EvaluationScoreRevised", actor, **again)


def conclude(year: Year, firm: Firm, app: str, day: date, *, recommended: bool = True) -> None:
    """Let the centre conclude the evaluation."""
    scope = firm.whole_scope if recommended else []
    year.say(
        day,
        day,
        "EvaluationConcluded",
        CENTRE,
        application_id=app,
        recommended=recommended,
        scope=scope,
    )


def confirm(year: Year, firm: Firm, app: str, day: date) -> None:
    """Let the bureau confirm."""
    year.say(
        day, day, "ApplicationConfirmed", CONFIRMER, application_id=app, scope=firm.whole_scope
    )


def entries(year: Year, batch: Batch) -> list[Json]:
    """Return the entries of a publication."""
    return [
        {
            "uscc": firm.uscc,
            "application_id": application_id(firm, batch.window),
            "scope": firm.whole_scope,
            "valid_from": batch.published_on.isoformat(),
            "valid_to": firm.until.isoformat(),
        }
        for firm in year.firms.values()
        if firm.batch is batch and firm.number != REJECTED
    ]


def publish(year: Year, batch: Batch) -> None:
    """Publish a batch as a line; see `sheets` for one that is published as a sheet."""
    year.tell(
        batch.published_on,
        "RosterPublished",
        PUBLISHER,
        batch=batch.name,
        published_on=batch.published_on.isoformat(),
        entries=entries(year, batch),
    )


def receipt(year: Year, firm: Firm) -> None:
    """Let the centre issue the receipt on the day after the publication."""
    day = firm.batch.published_on + days(1)
    year.say(
        day,
        day,
        "ReceiptIssued",
        CENTRE,
        mark=f"receipt-{firm.number}",
        application_id=application_id(firm, firm.batch.window),
        receipt_no=f"京职技回执〔{day.year}〕{firm.number:03d}号",
        issued_on=day.isoformat(),
    )


REJECTED = 60
"""The enterprise whose application the bureau did not confirm: it never comes onto the roster."""
_BEFORE = {56: "withdrawn", 57: "returned", 58: "opposed", 59: "not_recommended"}
"""Enterprises whose first application failed, half a year before the one that did not."""


def whole_way(year: Year, firm: Firm) -> None:
    """Let an enterprise come onto the roster (六(一)–六(四)), or fail on the way."""
    window = firm.batch.window
    start = first_day(window)
    first = BATCHES[BATCHES.index(firm.batch) - 1].window if firm.number in _BEFORE else window
    register(year, firm, first_day(first) - days(20))
    if firm.number in _BEFORE:
        _fail(year, firm, first, _BEFORE[firm.number])
    app = apply(year, firm, window)
    accept(year, app, start + days(21))
    evaluate(year, firm, app, start + days(24), revised=firm.number in {4, 37})
    conclude(year, firm, app, start + days(34))
    if firm.number == REJECTED:
        day = start + days(40)
        year.say(
            day,
            day,
            "ApplicationRejected",
            CONFIRMER,
            application_id=app,
            reason="公示期间收到异议,经核实考核设备为借用",
        )
        return
    confirm(year, firm, app, start + days(40))
    if firm.receipt:
        receipt(year, firm)


def _fail(year: Year, firm: Firm, window: str, how: str) -> None:
    day = first_day(window) + days(21)
    app = apply(year, firm, window, opinion="oppose" if how == "opposed" else "support")
    if how == "not_recommended":
        accept(year, app, day)
        evaluate(year, firm, app, day + days(3), points=9)
        conclude(year, firm, app, day + days(13), recommended=False)
        return
    if how == "withdrawn":
        actor = reporter(firm.uscc)
        reason = "设备尚未到位,下一窗口再申报"
        year.say(day, day, "ApplicationWithdrawn", actor, application_id=app, reason=reason)
        return
    reason = (
        "区级初步意见不支持" if how == "opposed" else "实施方案缺少视频监控说明,请补充后重新申报"
    )
    year.say(day, day, "ApplicationReturned", CENTRE, application_id=app, reason=reason)
