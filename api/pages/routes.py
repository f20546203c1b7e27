"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    assessments,
    certificates,
    enterprise_tabs,
    enterprises,
    entries,
    integrity,
    listings,
    plans,
    preferences,
    publications,
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
    applications.router,
    publications.router,
    listings.router,
    plans.router,
    integrity.router,
)
