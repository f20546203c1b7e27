"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    compare,
    draws,
    findings,
    flag,
    flags,
    inspections,
    integrity,
    issued,
    listings,
    overview,
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
    flags.router,
    flag.router,
    overview.router,
    issued.router,
    compare.router,
)
