"""Every question with its parameters, and no others.

A parameter that is not known is refused, and so is one that is blank: a filter with a slip in its
name, or with nothing in it, would otherwise answer for everybody.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from api.questions.clocks import Asked
from api.questions.parameters import (
    CaseName,
    CertificateState,
    Code,
    Columns,
    CountedBy,
    Day,
    Days,
    District,
    EventName,
    FormName,
    Instant,
    PageSize,
    Position,
    ReviewState,
    Rules,
    Seconds,
    Text,
    Uscc,
    in_order,
    not_before,
    orders_of,
)
from api.questions.problems import Unclear
from domain.application.progress import ApplicationStage
from domain.finding.finding import FindingStage
from domain.terms.vocabulary import CatalogueKind, Level, Standing, Verdict
from projections.counts import statistics
from projections.items.cases import (
    ComplaintStage,
    InspectionStage,
    PlanStage,
    RegisterStage,
)
from projections.views import cases, certificates, flags, roster, sessions

Further: TypeAlias = Annotated[
    str | None, Field(description="上一页的 next / `next` of the page before")
]


class Question(BaseModel):
    """Any question: no parameter that is not known."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def not_blank(cls, given: Any) -> Any:  # noqa: ANN401 - whatever was sent
        """Refuse a parameter without a value: of a script whose variable is empty it would ask for everybody.

        A form sends every field; what a page was sent is read without those that were left empty.
        """
        if isinstance(given, str) and not given.strip():
            raise Unclear("留空：不用时请不写此参数", "is blank: leave the parameter out instead")
        return given


class Ruled(Question):
    """A question that may say under which rules it was answered once."""

    rules: Rules | None = Field(
        None,
        description="规则及判定程序版本，即 basis 的 rules；现已不同的，仍按现行的作答，并在 asked_rules 写明 / rules "
        "and version of the fold as in `basis`; where they are others today, `asked_rules` in the basis says so",
    )
    exact: bool = Field(
        False,  # noqa: FBT003 - pydantic's own order of arguments
        description="与 rules 同用：现已不同的不作答（409） / with `rules`: 409 where they are others today",
    )


class AsOf(Ruled):
    """A question with its two clocks."""

    valid_at: Day | None = Field(
        None,
        description="业务日期，默认今天；给了 known_at 或 position 时默认为其入账之日 / day; today by default, "
        "with known_at or position the day of that recording",
    )
    known_at: Instant | None = Field(
        None, description="截至何时所知（RFC 3339，带时区） / as known at this instant"
    )
    position: Position | None = Field(
        None, description="截至哪个入账位置所知，不能与 known_at 同给 / as known at this position"
    )
    min_position: Position | None = Field(
        None, description="等到视图包含该位置 / wait until the views hold this position"
    )

    def asked(self) -> Asked:
        """Return the two clocks."""
        return Asked(
            self.valid_at,
            self.known_at,
            self.position,
            self.min_position,
            self.rules,
            self.exact,
        )


class TablesQuestion(Ruled):
    """Tables hold all days: a question for them has one clock."""

    known_at: Instant | None = Field(
        None, description="截至何时所知（RFC 3339，带时区） / as known at this instant"
    )
    position: Position | None = Field(
        None,
        description="截至哪个入账位置所知；给出时内容永不变 / as known at this position; then it never changes",
    )
    min_position: Position | None = Field(
        None, description="等到视图包含该位置 / wait until the views hold this position"
    )

    def asked(self) -> Asked:
        """Return the clock."""
        return Asked(None, self.known_at, self.position, self.min_position, self.rules, self.exact)


class TableQuestion(TablesQuestion):
    """One table, for readers that send no header too."""

    link: str | None = Field(
        None,
        max_length=2000,
        description="签名链接的凭据，代替令牌 / proof of a signed link, in place of a token",
    )


class PreviewQuestion(Question):
    """Which of the small pictures of one photo is asked for."""

    account: Text | None = Field(
        None,
        description="由谁上传；默认本人的，否则最先上传者的 / sent by whom; by default one's own, else the first",
    )


class Formatted(Question):
    """A question whose answer has several forms."""

    format: FormName | None = Field(
        None,
        description="格式，优先于 Accept；文件带文件名 / form, before Accept; files have a name",
    )
    whole: bool = Field(
        False,  # noqa: FBT003 - pydantic's own order of arguments
        alias="all",
        description="整个列表，任何格式；不与 cursor 同给，没有页的列表本就给全 / the whole list, in any form; without "
        "cursor; a list without pages is always whole",
    )


class Paged(Formatted):
    """A question whose answer comes page by page, or whole as a file."""

    limit: PageSize = Field(100, description="每页条数 / items a page")


class AllAtOnce(Formatted):
    """A question whose answer is never long and is given all at once; in pages where that is asked."""

    limit: PageSize | None = Field(
        None, description="每页条数，默认不分页 / items a page; by default all of them"
    )
    cursor: Further = None


class Entire(AsOf, AllAtOnce):
    """A question about a basis whose answer is given all at once."""


class Listed(AsOf, Paged):
    """A question whose answer is a list as of a basis."""

    cursor: Further = None
    columns: Columns | None = Field(
        None,
        description="表格与文件（CSV、XLSX、Parquet）的列，以逗号相连，按此次序；JSON、NDJSON 的行总是完整的 / columns "
        "of tables and files, with commas and in this order; rows of JSON and NDJSON are always whole",
    )


class CataloguesQuestion(Entire):
    """Which files of reference data."""

    kind: CatalogueKind | None = Field(None, description="目录类别 / kind of catalogue")
    state: Literal["adopted", "suggested", "stored"] | None = Field(
        None, description="已采用、建议采用、仅收录 / adopted, suggested, or stored alone"
    )


def chosen(question: Formatted) -> str | None:
    """Return the columns that were chosen, with commas; None: all of them."""
    return question.columns if isinstance(question, Listed) else None


class Sorted(Listed):
    """A question whose answer may be sorted by some of its columns."""

    sort: str | None = None


_SORT = (
    "排序的列，前加 - 则倒序；值相同的按标识排 / column to sort by, with - the last first; "
    "the key decides between equals"
)


class RosterQuestion(Sorted):
    """Which enterprises of the roster."""

    uscc: Uscc | None = None
    district: District | None = Field(None, description="主管区代码 / competent district")
    standing: Standing | None = None
    occupation: Text | None = Field(None, description="职业编码或名称 / code or name")
    level: Level | None = None
    q: Text | None = Field(None, description="名称或代码的一部分 / part of the name or USCC")
    expiring_within: Days | None = Field(
        None, description="在名单内，且在该天数内到期 / listed, and ends within so many days"
    )
    sort: Annotated[str | None, in_order(roster.SORTED), orders_of(roster.SORTED)] = Field(
        None, description=_SORT
    )


class FlagsQuestion(Sorted):
    """Which flags; without `verdict` and `case`, what is breach or undecided."""

    code: Code | None = Field(None, description="检查 / check")
    verdict: Verdict | None = None
    uscc: Uscc | None = None
    district: District | None = None
    from_: Day | None = Field(None, alias="from", description="首日（含） / first day")
    to: Annotated[Day | None, not_before("from_")] = Field(
        None, description="末日（含） / last day"
    )
    review: ReviewState | None = None
    case: CaseName | None = None
    assessment_id: Text | None = Field(
        None, description="某次认定活动及其证书的 / of one session and its certificates"
    )
    occupation: Text | None = Field(None, description="职业编码或名称 / code or name")
    record: Position | None = Field(
        None, description="所判断记录的入账位置 / position of the judged record"
    )
    procedure: Literal["only", "without"] | None = Field(
        None,
        description="督导程序（Q1）单列：only 只列，without 不列 / procedure of inspections, told apart",
    )
    learnt_from: Day | None = Field(
        None, description="首次得知日期，首日（含） / first day on which it became known"
    )
    learnt_to: Annotated[Day | None, not_before("learnt_from")] = Field(
        None, description="首次得知日期，末日（含） / last day on which it became known"
    )
    sort: Annotated[str | None, in_order(flags.SORTED), orders_of(flags.SORTED)] = Field(
        None, description=_SORT
    )


class SessionsQuestion(Sorted):
    """Which sessions."""

    uscc: Uscc | None = None
    district: District | None = None
    occupation: Text | None = Field(None, description="职业编码或名称 / code or name")
    level: Level | None = None
    from_: Day | None = Field(None, alias="from", description="首日（含） / first day")
    to: Annotated[Day | None, not_before("from_")] = Field(
        None, description="末日（含） / last day"
    )
    sort: Annotated[str | None, in_order(sessions.SORTED), orders_of(sessions.SORTED)] = Field(
        None, description=_SORT
    )


class CertificatesQuestion(Sorted):
    """Which certificates."""

    uscc: Uscc | None = None
    district: District | None = None
    assessment_id: Text | None = None
    certificate_no: Text | None = None
    from_: Day | None = Field(
        None, alias="from", description="发证日期，首日（含） / first day of issue"
    )
    to: Annotated[Day | None, not_before("from_")] = Field(
        None, description="发证日期，末日（含） / last day of issue"
    )
    state: CertificateState | None = None
    sort: Annotated[str | None, in_order(certificates.SORTED), orders_of(certificates.SORTED)] = (
        Field(None, description=_SORT)
    )


class CasesQuestion(Sorted):
    """Which cases of one kind; each kind has stages of its own."""

    uscc: Uscc | None = None
    district: District | None = None

    @property
    def at(self) -> str | None:
        """The stage asked for, if any: one of those that the kind has."""
        return getattr(self, "stage", None)


class ApplicationsQuestion(CasesQuestion):
    """Which applications."""

    stage: ApplicationStage | None = Field(None, description="所处阶段 / how far it has come")
    sort: Annotated[
        str | None, in_order(cases.SORTED["applications"]), orders_of(cases.SORTED["applications"])
    ] = Field(None, description=_SORT)


class InspectionsQuestion(CasesQuestion):
    """Which inspections."""

    stage: InspectionStage | None = Field(None, description="所处阶段 / how far it has come")
    sort: Annotated[
        str | None, in_order(cases.SORTED["inspections"]), orders_of(cases.SORTED["inspections"])
    ] = Field(None, description=_SORT)


class FindingsQuestion(CasesQuestion):
    """Which findings."""

    stage: FindingStage | None = Field(None, description="所处阶段 / how far it has come")
    open: Literal["yes", "no"] | None = Field(
        None, description="是否未结（未销号、未撤回） / neither closed nor withdrawn"
    )
    sort: Annotated[
        str | None, in_order(cases.SORTED["findings"]), orders_of(cases.SORTED["findings"])
    ] = Field(None, description=_SORT)


class ComplaintsQuestion(CasesQuestion):
    """Which complaints."""

    stage: ComplaintStage | None = Field(None, description="所处阶段 / how far it has come")
    sort: Annotated[
        str | None, in_order(cases.SORTED["complaints"]), orders_of(cases.SORTED["complaints"])
    ] = Field(None, description=_SORT)


class RegistersQuestion(CasesQuestion):
    """Which registers."""

    stage: RegisterStage | None = Field(None, description="所处阶段 / how far it has come")
    sort: Annotated[
        str | None, in_order(cases.SORTED["registers"]), orders_of(cases.SORTED["registers"])
    ] = Field(None, description=_SORT)


class PlansQuestion(CasesQuestion):
    """Which annual plans."""

    stage: PlanStage | None = Field(None, description="所处阶段 / how far it has come")
    sort: Annotated[
        str | None, in_order(cases.SORTED["plans"]), orders_of(cases.SORTED["plans"])
    ] = Field(None, description=_SORT)


class DiffQuestion(Paged):
    """Which two answers are compared, and where."""

    of: Literal["roster", "scope", "flags", "standings", "counts"] = Field(
        description="比较什么 / what is compared"
    )
    by: Literal["district", "occupation", "level", "method", "month", "code"] | None = Field(
        None, description="计数的分组，默认按区 / what counts are by, by default the district"
    )
    from_valid_at: Day | None = Field(
        None, description="起：业务日期，默认同止 / day before; by default that of the other side"
    )
    to_valid_at: Day | None = Field(
        None,
        description="止：业务日期，默认同起，两者都不给则为今天或 to_position 入账之日 / day after; by default that "
        "of the other side, without either today or the day on which to_position was recorded",
    )
    from_known_at: Instant | None = Field(
        None, description="起：截至何时所知 / before: as known at this instant"
    )
    to_known_at: Instant | None = Field(
        None, description="止：截至何时所知 / after: as known at this instant"
    )
    from_position: Position | None = Field(
        None,
        description="起：截至哪个入账位置所知，默认同止 / before: as known at this position; by default that "
        "of the other side",
    )
    to_position: Position | None = Field(
        None,
        description="止：截至哪个入账位置所知，默认目前 / after: as known at this position; by default now",
    )
    from_rules: Rules | None = Field(
        None, description="起：规则及判定程序版本 / before: rules and version of the fold"
    )
    to_rules: Rules | None = Field(
        None, description="止：规则及判定程序版本 / after: rules and version of the fold"
    )
    exact: bool = Field(
        False,  # noqa: FBT003 - pydantic's own order of arguments
        description="与 from_rules 或 to_rules 同用：现已不同的不作答（409） / with `from_rules` or `to_rules`: 409 "
        "where they are others today",
    )
    uscc: Uscc | None = None
    district: District | None = None
    cursor: Further = None

    @field_validator("by")
    @classmethod
    def by_counts_alone(cls, by: str | None, given: ValidationInfo) -> str | None:
        """Refuse what would have no effect: only counts are by something."""
        if by is not None and given.data.get("of", "counts") != "counts":
            raise Unclear("只用于 of=counts", "only counts (of=counts) are by something")
        return by


class WhatIfQuestion(Paged):
    """Which lines of what would differ."""

    of: Literal["flags", "roster", "scope", "standings"] = Field(
        "flags", description="比较什么 / what is compared"
    )
    code: Code | None = Field(None, description="检查 / check")
    uscc: Uscc | None = None
    cursor: Further = None


class WhatIfRowsQuestion(Paged):
    """Which rows of a table as it would be."""

    uscc: Uscc | None = None
    district: District | None = Field(None, description="主管区代码 / competent district")
    cursor: Further = None


class WhatIfFlagsQuestion(WhatIfRowsQuestion):
    """Which flags as they would be."""

    code: Code | None = Field(None, description="检查 / check")
    verdict: Verdict | None = None


class RosterChangesQuestion(Listed):
    """What became of the published roster up to the day."""

    since: Day | None = Field(
        None, description="自该日起，默认 90 天前 / since this day, by default 90 days before"
    )


class StatsQuestion(Entire):
    """What is counted by."""

    by: CountedBy = Field(
        description="按什么计数；两项以逗号相连，如 district,month / what counts are by, or two of them with a comma"
    )
    district: District | None = None
    uscc: Uscc | None = None
    zeros: Literal["yes", "no"] | None = Field(
        None, description="列出没有的行（全为 0） / also rows of which there is nothing"
    )
    rates: Literal["yes", "no"] | None = Field(
        None, description="加列违规率及其基数 / shares of what is in breach, with what they are of"
    )
    sort: Annotated[str | None, in_order(statistics.SORTED), orders_of(statistics.SORTED)] = Field(
        None, description=_SORT
    )


class DelaysQuestion(Listed):
    """Which breaches, and how long it took until something followed."""

    code: Code | None = Field(None, description="检查 / check")
    uscc: Uscc | None = None
    district: District | None = None
    from_: Day | None = Field(None, alias="from", description="首日（含） / first day")
    to: Annotated[Day | None, not_before("from_")] = Field(
        None, description="末日（含） / last day"
    )


class DelayDistributionQuestion(Entire):
    """Of which breaches delays are counted, and by what."""

    by: Literal["district", "code", "month"] | None = Field(
        None, description="按什么分列，默认合计 / what they are by; by default all together"
    )
    code: Code | None = Field(None, description="检查 / check")
    uscc: Uscc | None = None
    district: District | None = None
    from_: Day | None = Field(None, alias="from", description="首日（含） / first day")
    to: Annotated[Day | None, not_before("from_")] = Field(
        None, description="末日（含） / last day"
    )


class BacklogQuestion(Entire):
    """Whose flags are counted by check and age."""

    uscc: Uscc | None = None
    district: District | None = None


class CoverageQuestion(Entire):
    """Whose visits are counted, by district."""

    uscc: Uscc | None = None
    district: District | None = None


class UnvisitedQuestion(Listed):
    """Which enterprises that nobody visited in the year of the day."""

    uscc: Uscc | None = None
    district: District | None = None


class PlanComparisonQuestion(Listed):
    """Which enterprises of the roster, with their plan of a year and what they held in it."""

    uscc: Uscc | None = None
    district: District | None = None
    year: Annotated[int, Field(ge=2000, le=2999)] | None = Field(
        None, description="年度，默认业务日期所在年 / year, by default that of the day"
    )
    plan: Literal["missing", "filed"] | None = Field(
        None, description="未报备（应报）、已报备 / none on file where one is owed, or one on file"
    )


class OverviewQuestion(AsOf):
    """What the overview is of: everything that the caller sees, or one district."""

    district: District | None = Field(None, description="主管区代码 / competent district")


class RequestsQuestion(Listed):
    """Which requests for an act that takes two persons."""

    state: Literal["waiting", "taken", "refused"] | None = Field(
        None, description="待批准、已批准、已退回 / waits, taken, refused"
    )
    uscc: Uscc | None = None
    district: District | None = None


class LateQuestion(Listed):
    """Which entries that came long after their day."""

    days: Days = Field(
        30, description="入账日晚于业务日期的天数超过此数 / more than so many days late"
    )
    uscc: Uscc | None = None
    district: District | None = None
    recorded_from: Day | None = Field(None, description="入账首日（含） / first day of the entries")
    type: EventName | None = Field(None, description="事件名 / event name")


class EventsQuestion(Paged):
    """Which entries, in order of position, and for how long to wait for the next one."""

    after: Position = Field(0, description="从该位置之后 / behind this position")
    upto: Position | None = Field(None, description="到该位置为止 / up to this position")
    type: EventName | None = Field(None, description="事件名 / event name")
    subject: Uscc | None = Field(None, description="所涉企业 / enterprise that it is about")
    district: District | None = Field(None, description="主管区代码 / competent district")
    wait: Seconds | None = Field(
        None,
        description="尚无新事件时最多等待的秒数；事件流中为无新事件多久后结束 / seconds to wait where there is "
        "nothing yet; a stream ends after so many without news",
    )

    @property
    def uscc(self) -> str | None:
        """The enterprise asked for, as other questions call it."""
        return self.subject

    @field_validator("upto")
    @classmethod
    def upto_behind_after(cls, upto: int | None, given: ValidationInfo) -> int | None:
        """Refuse positions between which there is none."""
        after = given.data.get("after", 0)
        if upto is not None and upto < after:
            raise Unclear(f"不得小于 after({after})", f"must not be less than after, {after}")
        return upto


class HistoryQuestion(Listed):
    """Which entries about one enterprise."""

    type: EventName | None = Field(None, description="事件名 / event name")
