"""Cookies of the way in: no script reads them, no other site sends them."""

from fastapi import Response

from api.http.arrival import Arrival

PROVIDER_COOKIE = "dudao-provider"
"""What is remembered while somebody is at the identity provider."""
PROVIDER_AGE = 600
MARK_COOKIE = "dudao-device"
"""Which accounts' holders have signed in in this browser: digests, no names."""
MARK_AGE = 365 * 86_400
LONGEST_MARK = 300
CLEARED = '"cache"'
"""What a browser forgets at sign-out: pages it kept. Not its storage: field records that are not
sent yet lie there."""


def give_session(response: Response, arrival: Arrival, token: str) -> None:
    """Let the browser keep the token until it is closed."""
    response.set_cookie(
        arrival.cookie, token, path="/", httponly=True, samesite="lax", secure=arrival.secure
    )


def take_session(response: Response, arrival: Arrival) -> None:
    """Let the browser forget the token and what it kept of pages."""
    response.delete_cookie(
        arrival.cookie, path="/", httponly=True, samesite="lax", secure=arrival.secure
    )
    response.headers["Clear-Site-Data"] = CLEARED


def _provider_name(arrival: Arrival) -> str:
    return f"__Host-{PROVIDER_COOKIE}" if arrival.secure else PROVIDER_COOKIE


def give_provider(response: Response, arrival: Arrival, sealed: str) -> None:
    """Let the browser bring `sealed` back from the identity provider."""
    response.set_cookie(
        _provider_name(arrival),
        sealed,
        max_age=PROVIDER_AGE,
        path="/",
        httponly=True,
        samesite="lax",
        secure=arrival.secure,
    )


def brought_provider(cookies: dict[str, str], arrival: Arrival) -> str:
    """Return what the browser brought back."""
    return cookies.get(_provider_name(arrival), "")


def take_provider(response: Response, arrival: Arrival) -> None:
    """Let the browser forget it: it is good for one return."""
    response.delete_cookie(
        _provider_name(arrival), path="/", httponly=True, samesite="lax", secure=arrival.secure
    )


def brought_mark(cookies: dict[str, str], arrival: Arrival) -> str:
    """Return what the browser keeps of those who have signed in there."""
    return cookies.get(_mark_name(arrival), "")[:LONGEST_MARK]


def give_mark(response: Response, arrival: Arrival, mark: str) -> None:
    """Let the browser keep, for a year, who has signed in there."""
    response.set_cookie(
        _mark_name(arrival),
        mark,
        max_age=MARK_AGE,
        path="/",
        httponly=True,
        samesite="lax",
        secure=arrival.secure,
    )


def _mark_name(arrival: Arrival) -> str:
    return f"__Host-{MARK_COOKIE}" if arrival.secure else MARK_COOKIE
