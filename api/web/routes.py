"""Every page of the workbench, area by area."""

from api.web import catalogues, imports, start, system
from api.web.casework import (
    applications,
    draws,
    findings,
    inspections,
    listings,
    papers,
    plans,
    publications,
    registers,
    submissions,
)
from api.web.enterprise import (
    assessments,
    certificates,
    enterprise_tabs,
    enterprises,
    issued,
    roster,
)
from api.web.entrance import access_log, account, account_proofs, accounts, invitations, sign_in
from api.web.field import field, offline
from api.web.frame import preferences, static
from api.web.watch import (
    approvals,
    compare,
    entries,
    flag,
    flags,
    integrity,
    late,
    overview,
    search,
)

ROUTERS = (
    static.router,
    preferences.router,
    start.router,
    sign_in.router,
    invitations.router,
    account.router,
    account_proofs.router,
    accounts.router,
    access_log.router,
    system.router,
    roster.router,
    enterprises.router,
    enterprise_tabs.router,
    assessments.router,
    certificates.router,
    entries.router,
    search.router,
    submissions.router,
    applications.router,
    publications.router,
    listings.router,
    plans.router,
    registers.router,
    papers.router,
    findings.router,
    inspections.router,
    draws.router,
    imports.router,
    catalogues.router,
    integrity.router,
    flags.router,
    flag.router,
    overview.router,
    late.router,
    approvals.router,
    issued.router,
    compare.router,
    field.router,
    offline.router,
)
