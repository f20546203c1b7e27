"""Where sessions were held: the newest of them, and every one that lies outside, gathered to points of a map.

As many as a map can show and a page can read: a city has ten thousand sessions a year.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.visibility import Narrowed
from domain.terms.place import Place
from domain.terms.vocabulary import Datum, Verdict
from projections.places.coordinates import position
from projections.places.datum import to_wgs84
from projections.views import flags, sessions
from projections.views.basis import Basis
from projections.views.sorting import sorting

NEWEST = 300
"""Sessions that are looked at, the newest first."""
OUTSIDE = 100
"""Breaches of G1 that are looked at beside them, the newest first."""
PLACES = 80
"""Points that are shown at most; the others are counted."""
FINE = Decimal("0.01")
"""Degrees: what lies within a kilometre is one point of a map of the whole city."""
_PLACE_CODE = "G1"


class _Point(NamedTuple):
    lon: Decimal
    lat: Decimal


def venues(connection: Connection[Any], basis: Basis, narrowed: Narrowed) -> dict[str, Any]:
    """Return `sessions` that were looked at, since `held_from`, those `without_place`, and `places`.

    A place: `lon`, `lat` (WGS-84), `sessions` held there, those `outside` (G1 is a breach), and the newest of them.
    """
    newest = sessions.page(
        connection,
        basis,
        sessions.Filters(uscc=narrowed.uscc, district=narrowed.district),
        None,
        NEWEST,
        sorting(sessions.SORTED, "-held_from"),
    ).items
    outside = _outside(connection, basis, narrowed)
    shown = {each["assessment_id"]: each for each in newest}
    missing = [name for name in outside if name not in shown]
    shown |= sessions.some(connection, basis, missing)
    by_point: dict[_Point, list[dict[str, Any]]] = {}
    for session in shown.values():
        for point in _points(session):
            by_point.setdefault(point, []).append(session)
    places = [_told(point, there, outside) for point, there in by_point.items()]
    # What lies outside is never left out for what does not.
    places.sort(key=lambda each: (-each["outside"], -each["sessions"], each["assessment_id"]))
    return {
        "held_from": min((each["held_from"] for each in newest), default=None),
        "sessions": len(shown),
        "outside": len(outside),
        "without_place": sum(not _points(session) for session in shown.values()),
        "left_out": max(0, len(places) - PLACES),
        "places": places[:PLACES],
    }


def _outside(connection: Connection[Any], basis: Basis, narrowed: Narrowed) -> frozenset[str]:
    wanted = flags.Filters(
        code=_PLACE_CODE,
        verdict=Verdict.BREACH,
        uscc=narrowed.uscc,
        district=narrowed.district,
        without=narrowed.rows.withheld.positions,
    )
    newest = sorting(flags.SORTED, "-valid_at")
    items = flags.page(connection, basis, wanted, None, OUTSIDE, newest).items
    dismissed = (
        each for each in items if each["review"] == "dismissed" and not each["review_stale"]
    )
    gone = {each["assessment_id"] for each in dismissed}
    return frozenset(each["assessment_id"] for each in items if each["assessment_id"]) - gone


def _points(session: Mapping[str, Any]) -> frozenset[_Point]:
    """Return where a session was held, as far as coordinates say."""
    reported = (session["venue"], *(session["venues"] or ()))
    return frozenset(_found(each for each in reported if each is not None))


def _found(reported: Iterable[Mapping[str, Any]]) -> Iterable[_Point]:
    for venue in reported:
        if venue["lon"] is None or venue["lat"] is None:
            continue
        datum = None if venue["datum"] is None else Datum(venue["datum"])
        lon, lat = Decimal(str(venue["lon"])), Decimal(str(venue["lat"]))
        fix = position(Place(lon=lon, lat=lat, datum=datum))
        if fix is not None:
            lon_, lat_ = to_wgs84(fix.lon, fix.lat, datum or Datum.WGS84)
            yield _Point(Decimal(lon_).quantize(FINE), Decimal(lat_).quantize(FINE))


def _address(session: Mapping[str, Any]) -> str | None:
    venue = session["venue"]
    return None if venue is None else venue["address"] or venue["name"]


def _told(point: _Point, there: list[dict[str, Any]], outside: frozenset[str]) -> dict[str, Any]:
    newest = max(there, key=lambda each: (each["held_from"], each["assessment_id"]))
    return {
        "lon": float(point.lon),
        "lat": float(point.lat),
        "sessions": len(there),
        "outside": sum(each["assessment_id"] in outside for each in there),
        "assessment_id": newest["assessment_id"],
        "held_from": newest["held_from"],
        "address": _address(newest),
    }
