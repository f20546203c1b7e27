"""Every page of the workbench, area by area."""

from api.pages import integrity, preferences, roster, static

ROUTERS = (
    static.router,
    preferences.router,
    roster.router,
    integrity.router,
)
