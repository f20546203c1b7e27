"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    draws,
    field,
    findings,
    inspections,
    integrity,
    listings,
    offline,
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
    field.router,
    offline.router,
)
