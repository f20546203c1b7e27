"""The lists of records: for each its question, its item, and how the rows that a caller may see are read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.policy import Rows
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
from api.questions.visibility import Narrowed, for_expert, narrowed, published, released, visible
from projections.items.cases import (
    ApplicationItem,
    ComplaintItem,
    FindingItem,
    InspectionItem,
    PlanItem,
    RegisterItem,
)
from projections.items.flags import FlagItem
from projections.items.listed import RosterItem
from projections.items.sessions import CertificateItem, SessionItem
from projections.views import cases, certificates, flags, roster, sessions
from projections.views.basis import Basis, Page
from projections.views.sorting import Column, Sorting, sorting


class PageAsked(NamedTuple):
    """Which part of a list: behind the key `after`, `limit` items at most."""

    after: str | None
    limit: int


Reader = Callable[[Connection[Any], Basis, Any, Narrowed, PageAsked], Page]


class ListView(NamedTuple):
    """One list: what is asked for, how far somebody sees it, how a page is read, what an item is."""

    name: str
    question: type[Listed]
    narrow: Callable[[Any, Rows], Narrowed]
    page: Reader
    item: type
    sorted: Mapping[str, Column] = MappingProxyType({})
    """What it may be sorted by."""
    of: str | None = None
    """What it is a list of, for who may see it, where its name is another."""

    @property
    def resource(self) -> str:
        """What a caller has to have a right to."""
        return self.of or self.name


def _roster(
    conn: Connection[Any],
    basis: Basis,
    question: RosterQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    filters = roster.Filters(
        uscc=allowed.uscc,
        district=allowed.district,
        standing=question.standing,
        occupation=question.occupation,
        level=question.level,
        q=question.q,
        expiring_within=question.expiring_within,
    )
    order = sorting(roster.SORTED, question.sort)
    page = roster.page(conn, basis, filters, part.after, part.limit, order)
    return page._replace(items=[item for item in page.items if visible(item, allowed.rows)])


def _flags(
    conn: Connection[Any],
    basis: Basis,
    question: FlagsQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    filters = flags.Filters(
        code=question.code,
        verdict=question.verdict,
        uscc=allowed.uscc,
        district=allowed.district,
        day_from=question.from_,
        day_to=question.to,
        review=None if question.review == "any" else question.review,
        case=question.case,
        assessment_id=question.assessment_id,
        occupation=question.occupation,
        record=question.record,
        procedure=question.procedure,
        learnt_from=question.learnt_from,
        learnt_to=question.learnt_to,
        without=allowed.rows.withheld.positions,
    )
    order = sorting(flags.SORTED, question.sort)
    return flags.page(conn, basis, filters, part.after, part.limit, order)


def _assessments(
    conn: Connection[Any],
    basis: Basis,
    question: SessionsQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    filters = sessions.Filters(
        uscc=allowed.uscc,
        district=allowed.district,
        occupation=question.occupation,
        level=question.level,
        day_from=question.from_,
        day_to=question.to,
    )
    order = sorting(sessions.SORTED, question.sort)
    return sessions.page(conn, basis, filters, part.after, part.limit, order)


def _certificates(
    conn: Connection[Any],
    basis: Basis,
    question: CertificatesQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    filters = certificates.Filters(
        uscc=allowed.uscc,
        district=allowed.district,
        assessment_id=question.assessment_id,
        number=question.certificate_no,
        day_from=question.from_,
        day_to=question.to,
        state=question.state,
    )
    order = sorting(certificates.SORTED, question.sort)
    return certificates.page(conn, basis, filters, part.after, part.limit, order)


def _cases(kind: str) -> Reader:
    def page(
        conn: Connection[Any],
        basis: Basis,
        question: CasesQuestion,
        allowed: Narrowed,
        part: PageAsked,
    ) -> Page:
        wanted = question.open if isinstance(question, FindingsQuestion) else None
        filters = cases.Filters(
            kind=kind,
            uscc=allowed.uscc,
            district=allowed.district,
            stage=question.at,
            open=None if wanted is None else wanted == "yes",
            without=allowed.rows.withheld.visits,
        )
        order = sorting(cases.SORTED[kind], question.sort)
        if allowed.rows.expert is None:
            page = cases.page(conn, basis, filters, part.after, part.limit, order)
            items = (released(item, allowed.rows) for item in page.items)
            return page._replace(items=[item for item in items if item is not None])
        return _assigned(conn, basis, filters, allowed.rows.expert, part, order)

    return page


def _assigned(  # noqa: PLR0913, PLR0917 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    filters: cases.Filters,
    expert: str,
    part: PageAsked,
    order: Sorting | None,
) -> Page:
    """Return the applications that an expert was assigned to, a full page where there are so many."""
    assigned: list[dict[str, Any]] = []
    after, limit = part
    while True:
        page = cases.page(conn, basis, filters, after, limit, order)
        for item in page.items:
            mine = for_expert(item, expert)
            if mine is not None:
                assigned.append(mine)
            if len(assigned) == limit:
                key = f"{filters.kind}/{item['application_id']}"
                return Page(
                    assigned, key if order is None else order.place(_value(item, order), key)
                )
        if page.next is None:
            return Page(assigned, None)
        after = page.next


def _value(item: Mapping[str, Any], order: Sorting) -> str:
    return str(item.get(order.name) or "")


def _case_list(kind: str, question: type[CasesQuestion], item: type) -> ListView:
    return ListView(kind, question, narrowed, _cases(kind), item, cases.SORTED[kind])


VIEWS: Mapping[str, ListView] = MappingProxyType(
    {
        view.name: view
        for view in (
            ListView("roster", RosterQuestion, published, _roster, RosterItem, roster.SORTED),
            ListView("flags", FlagsQuestion, narrowed, _flags, FlagItem, flags.SORTED),
            ListView(
                "assessments",
                SessionsQuestion,
                narrowed,
                _assessments,
                SessionItem,
                sessions.SORTED,
            ),
            ListView(
                "certificates",
                CertificatesQuestion,
                narrowed,
                _certificates,
                CertificateItem,
                certificates.SORTED,
            ),
            _case_list("applications", ApplicationsQuestion, ApplicationItem),
            _case_list("inspections", InspectionsQuestion, InspectionItem),
            _case_list("findings", FindingsQuestion, FindingItem),
            _case_list("complaints", ComplaintsQuestion, ComplaintItem),
            _case_list("registers", RegistersQuestion, RegisterItem),
            _case_list("plans", PlansQuestion, PlanItem),
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
