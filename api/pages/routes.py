"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    findings,
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
    integrity.router,
)
