"""Every page of the workbench, area by area."""

from api.pages import (
    applications,
    compare,
    flag,
    flags,
    integrity,
    issued,
    overview,
    preferences,
    roster,
    static,
)

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    applications.router,
    integrity.router,
    flags.router,
    flag.router,
    overview.router,
    issued.router,
    compare.router,
)
