"""The lists: for each its question, its columns, and how the rows that a caller may see are read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from api.export.formats import Column, columns
from api.questions import columns as list_columns
from api.questions.persons import without_persons
from api.questions.policy import Grant, Rows
from api.questions.questions import (
    ApplicationsQuestion,
    CasesQuestion,
    CertificatesQuestion,
    ComplaintsQuestion,
    FindingsQuestion,
    FlagsQuestion,
    InspectionsQuestion,
    Listed,
    PlansQuestion,
    RegistersQuestion,
    RosterQuestion,
    SessionsQuestion,
)
from api.questions.visibility import Seen, for_expert, narrowed, published, visible
from projections.views import cases, certificates, flags, roster, sessions
from projections.views.basis import Basis, Page


class Part(NamedTuple):
    """Which part of a list: behind the key `after`, `limit` items at most."""

    after: str | None
    limit: int


Reader = Callable[[Connection[Any], Basis, Any, Seen, Part], Page]


class ListView(NamedTuple):
    """One list. `shape`: columns of the tabular forms; `brief`: those of a table on a terminal."""

    name: str
    question: type[Listed]
    narrow: Callable[[Any, Rows], Seen]
    page: Reader
    shape: tuple[Column, ...]
    brief: tuple[Column, ...]
    summary: str

    def shown(self, item: dict[str, Any], grant: Grant) -> dict[str, Any]:
        """Return the item as this caller sees it."""
        if grant.public:
            return {column.name: item[column.name] for column in self.shape}
        return item if grant.persons else without_persons(item)


def _roster(
    conn: Connection[Any],
    basis: Basis,
    question: RosterQuestion,
    seen: Seen,
    part: Part,
) -> Page:
    filters = roster.Filters(
        uscc=seen.uscc,
        district=seen.district,
        standing=question.standing,
        occupation=question.occupation,
        level=question.level,
        q=question.q,
        expiring_within=question.expiring_within,
    )
    page = roster.page(conn, basis, filters, part.after, part.limit)
    return page._replace(items=[item for item in page.items if visible(item, seen.rows)])


def _flags(
    conn: Connection[Any],
    basis: Basis,
    question: FlagsQuestion,
    seen: Seen,
    part: Part,
) -> Page:
    filters = flags.Filters(
        code=question.code,
        verdict=question.verdict,
        uscc=seen.uscc,
        district=seen.district,
        day_from=question.from_,
        day_to=question.to,
        review=None if question.review == "any" else question.review,
        case=question.case,
        assessment_id=question.assessment_id,
        record=question.record,
        procedure=question.procedure,
        learnt_from=question.learnt_from,
        learnt_to=question.learnt_to,
    )
    return flags.page(conn, basis, filters, part.after, part.limit)


def _assessments(
    conn: Connection[Any],
    basis: Basis,
    question: SessionsQuestion,
    seen: Seen,
    part: Part,
) -> Page:
    filters = sessions.Filters(
        uscc=seen.uscc,
        district=seen.district,
        occupation=question.occupation,
        level=question.level,
        day_from=question.from_,
        day_to=question.to,
    )
    return sessions.page(conn, basis, filters, part.after, part.limit)


def _certificates(
    conn: Connection[Any],
    basis: Basis,
    question: CertificatesQuestion,
    seen: Seen,
    part: Part,
) -> Page:
    filters = certificates.Filters(
        uscc=seen.uscc,
        district=seen.district,
        assessment_id=question.assessment_id,
        number=question.certificate_no,
        day_from=question.from_,
        day_to=question.to,
        state=question.state,
    )
    return certificates.page(conn, basis, filters, part.after, part.limit)


def _cases(kind: str) -> Reader:
    def page(
        conn: Connection[Any],
        basis: Basis,
        question: CasesQuestion,
        seen: Seen,
        part: Part,
    ) -> Page:
        wanted = question.open if isinstance(question, FindingsQuestion) else None
        filters = cases.Filters(
            kind=kind,
            uscc=seen.uscc,
            district=seen.district,
            stage=question.stage,
            open=None if wanted is None else wanted == "yes",
        )
        if seen.rows.expert is None:
            return cases.page(conn, basis, filters, part.after, part.limit)
        return _assigned(conn, basis, filters, seen.rows.expert, part)

    return page


def _assigned(
    conn: Connection[Any],
    basis: Basis,
    filters: cases.Filters,
    expert: str,
    part: Part,
) -> Page:
    """Return the applications that an expert was assigned to, a full page where there are so many."""
    found: list[dict[str, Any]] = []
    after, limit = part
    while True:
        page = cases.page(conn, basis, filters, after, limit)
        for item in page.items:
            mine = for_expert(item, expert)
            if mine is not None:
                found.append(mine)
            if len(found) == limit:
                return Page(found, f"{filters.kind}/{item['application_id']}")
        if page.next is None:
            return Page(found, None)
        after = page.next


def _case_list(
    kind: str, question: type[CasesQuestion], shape: str, brief: str, summary: str
) -> ListView:
    return ListView(kind, question, narrowed, _cases(kind), columns(shape), columns(brief), summary)


VIEWS: Mapping[str, ListView] = MappingProxyType(
    {
        view.name: view
        for view in (
            ListView(
                "roster",
                RosterQuestion,
                published,
                _roster,
                columns(list_columns.ROSTER),
                columns("uscc name district standing valid_from valid_to scope:json"),
                "公布名单 / the published roster",
            ),
            ListView(
                "flags",
                FlagsQuestion,
                narrowed,
                _flags,
                columns(list_columns.FLAG),
                columns("key code verdict subject valid_at case review message:json"),
                "疑点 / flags",
            ),
            ListView(
                "assessments",
                SessionsQuestion,
                narrowed,
                _assessments,
                columns(list_columns.SESSION),
                columns("assessment_id uscc occupation:json level held_from district"),
                "认定活动 / assessment sessions",
            ),
            ListView(
                "certificates",
                CertificatesQuestion,
                narrowed,
                _certificates,
                columns(list_columns.CERTIFICATE),
                columns("certificate_no uscc occupation:json level issued_on state"),
                "证书 / certificates",
            ),
            _case_list(
                "applications",
                ApplicationsQuestion,
                list_columns.APPLICATION,
                "application_id uscc stage",
                "申报 / applications",
            ),
            _case_list(
                "inspections",
                InspectionsQuestion,
                list_columns.INSPECTION,
                "inspection_id uscc stage",
                "督导 / inspections",
            ),
            _case_list(
                "findings",
                FindingsQuestion,
                list_columns.FINDING,
                "finding_id uscc severity stage",
                "问题 / findings",
            ),
            _case_list(
                "complaints",
                ComplaintsQuestion,
                list_columns.COMPLAINT,
                "complaint_id uscc complained_on subject",
                "投诉 / complaints",
            ),
            _case_list(
                "registers",
                RegistersQuestion,
                list_columns.REGISTER,
                "uscc district",
                "考评人员、合作与评价规范登记 / registers of examiners, partners and specifications",
            ),
            _case_list(
                "plans",
                PlansQuestion,
                list_columns.PLAN,
                "uscc year:integer stage",
                "年度计划 / annual plans",
            ),
        )
    }
)
"""Name → list; the name is also that of the kind of record in `api.questions.policy`."""

OneReader = Callable[[Connection[Any], Basis, str], dict[str, Any] | None]


def _case(kind: str) -> OneReader:
    return lambda conn, basis, key: cases.one(conn, basis, kind, key)


ONES: Mapping[str, OneReader] = MappingProxyType(
    {
        "flags": flags.one,
        "assessments": sessions.one,
        **{kind: _case(kind) for kind in cases.KINDS},
    }
)
"""Name of a list → how one of its records is read; a plan by `USCC/year`."""
