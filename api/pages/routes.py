"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    draws,
    findings,
    inspections,
    integrity,
    listings,
    plans,
    preferences,
    publications,
    roster,
    static,
)

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    applications.router,
    publications.router,
    listings.router,
    plans.router,
    findings.router,
    inspections.router,
    draws.router,
    integrity.router,
)
