"""Every page of the workbench, area by area."""

from api.pages import field, offline, preferences, roster, static

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    field.router,
    offline.router,
)
