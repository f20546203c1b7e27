"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    draws,
    findings,
    imports,
    inspections,
    integrity,
    listings,
    plans,
    preferences,
    publications,
    roster,
    static,
    submissions,
)

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    submissions.router,
    applications.router,
    publications.router,
    listings.router,
    plans.router,
    findings.router,
    inspections.router,
    draws.router,
    imports.router,
    integrity.router,
)
