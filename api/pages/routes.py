"""Every page of the workbench, area by area."""

from api.pages import (
    assessments,
    certificates,
    enterprise_tabs,
    enterprises,
    entries,
    preferences,
    roster,
    search,
    start,
    static,
)

ROUTERS = (
    static.router,
    preferences.router,
    start.router,
    roster.router,
    enterprises.router,
    enterprise_tabs.router,
    assessments.router,
    certificates.router,
    entries.router,
    search.router,
)
