"""Every page of the workbench, area by area."""

from api.pages import (
    access_log,
    account,
    account_proofs,
    accounts,
    invitations,
    preferences,
    roster,
    sign_in,
    static,
    system,
)

ROUTERS = (
    static.router,
    preferences.router,
    sign_in.router,
    invitations.router,
    account.router,
    account_proofs.router,
    accounts.router,
    access_log.router,
    system.router,
    roster.router,
)
