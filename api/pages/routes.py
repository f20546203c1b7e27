"""Every page of the workbench, area by area."""

from api.pages import applications, flag, flags, integrity, preferences, roster, static

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    applications.router,
    integrity.router,
    flags.router,
    flag.router,
)
