"""Datum conversion to WGS-84, in degrees, for points in China.

GCJ-02 shifts every point of a Chinese map by some hundred metres, BD-09 shifts it again. Both
have a published forward formula and no inverse, so the inverse is found by iteration. Decision
0022 says why this is our own.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import TypeAlias

from domain.terms.vocabulary import Datum

LonLat: TypeAlias = tuple[float, float]

# The ellipsoid of Krasovsky 1940, on which GCJ-02 computes its shift.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = pi * 3000.0 / 180.0
# The shift varies by less than 1 part in 1000 over its own length: each round gains three digits.
_ROUNDS = 3


def to_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """Return the point in WGS-84, to better than 1 m. CGCS2000 differs by centimetres."""
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return lon, lat
        case Datum.GCJ02:
            return _inverse(wgs84_to_gcj02, lon, lat)
        case Datum.BD09:
            return _inverse(wgs84_to_gcj02, *_inverse(gcj02_to_bd09, lon, lat))


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """Return the shifted point, as the published formula gives it."""
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    wave = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    phi = radians(lat)
    bend = 1.0 - _ECCENTRICITY_SQUARED * sin(phi) ** 2
    parallel_m = _AXIS_M / sqrt(bend) * cos(phi) * pi / 180.0
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / bend**1.5 * pi / 180.0
    return lon + east / parallel_m, lat + north / meridian_m


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """Return the point that BD-09 makes of a GCJ-02 point, as the published formula gives it."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BD_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD_TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _inverse(forward: Callable[[float, float], LonLat], lon: float, lat: float) -> LonLat:
    x, y = lon, lat
    for _ in range(_ROUNDS):
        shifted_x, shifted_y = forward(x, y)
        x, y = x + lon - shifted_x, y + lat - shifted_y
    return x, y
