"""What reported coordinates say about the side: their datum, their error and the line.

A point nearer to the line than everything that may be wrong with it decides nothing. Wrong may
be the outline (150 m, or what the rule set says), the position (its reported accuracy), the last
digit that was written, and the datum where none is named.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import cos, hypot, radians

from domain.terms.place import USUAL, Clue, Place, Side, Step
from domain.terms.vocabulary import Datum
from projections.places.datum import to_wgs84
from projections.places.outline import Outline, PointAndLine

UNKNOWN_DATUM_M = 1000
# BD-09 differs from WGS-84 by up to 1.4 km in Beijing: beyond this, no datum moves a point across.
_DATUM_REACH_M = 1600
_METRES_PER_DEGREE = 111_320
# No error is larger than the way round half the earth; a float has no room for some decimals.
_ERROR_LIMIT_M = Decimal(20_000_000)
_LON = (Decimal(73), Decimal(136))
_LAT = (Decimal(3), Decimal(54))
_ZH = {Side.INSIDE: "内", Side.OUTSIDE: "外"}


@dataclass(frozen=True, slots=True)
class Fix:
    """A usable position, in degrees, and what may be wrong with it, in metres."""

    lon: float
    lat: float
    error_m: float


def coordinates_clue(
    outline: Outline, place: Place, outline_error_m: int = USUAL.error_m
) -> Clue | None:
    """Return what the coordinates of `place` say, None where it has none."""
    if place.lon is None and place.lat is None:
        return None
    fix = _read(place)
    if isinstance(fix, Clue):
        return fix
    if place.datum is None:
        return _without_datum(outline, fix, outline_error_m)
    point = outline.locate(*to_wgs84(fix.lon, fix.lat, place.datum))
    return _judged(point, place.datum.value, fix.error_m, outline_error_m)


def metres_apart(one: Place, other: Place) -> float | None:
    """Return how far apart two positions are at least: what may be wrong with each is taken off."""
    fixes = [
        _read(place) if place.lon is not None or place.lat is not None else None
        for place in (one, other)
    ]
    points: list[tuple[float, float]] = []
    error_m = 0.0
    for fix, place in zip(fixes, (one, other), strict=True):
        if not isinstance(fix, Fix):
            return None
        error_m += fix.error_m + (0 if place.datum else _DATUM_REACH_M)
        points.append(to_wgs84(fix.lon, fix.lat, place.datum or Datum.WGS84))
    (lon, lat), (other_lon, other_lat) = points
    east = (lon - other_lon) * cos(radians((lat + other_lat) / 2))
    return max(0.0, hypot(east, lat - other_lat) * _METRES_PER_DEGREE - error_m)


def position(place: Place) -> Fix | None:
    """Return the position that a place reports, in its own datum; None where it has none to rely on."""
    if place.lon is None and place.lat is None:
        return None
    fix = _read(place)
    return fix if isinstance(fix, Fix) else None


def _read(place: Place) -> Fix | Clue:
    lon, lat, accuracy = place.lon, place.lat, place.accuracy_m
    if lon is None or lat is None:
        return _undecided("只有经度或纬度之一，坐标不能使用", "only one of longitude and latitude")
    if not (lon.is_finite() and lat.is_finite()):
        return _undecided("坐标不是数值", "the coordinates are not numbers")
    if not (_within(lon, _LON) and _within(lat, _LAT)):
        if _within(lat, _LON) and _within(lon, _LAT):
            return _undecided(
                "经度和纬度疑似写反，坐标不能使用",
                "longitude and latitude seem to be swapped: not relied on",
            )
        return _undecided(
            "坐标超出中国范围，疑似有误", "the coordinates lie outside China: taken for a slip"
        )
    if accuracy is not None and not (accuracy.is_finite() and accuracy >= 0):
        return _undecided("定位精度不是有效数值", "the accuracy is not a usable number")
    reported_m = float(min(accuracy or Decimal(0), _ERROR_LIMIT_M))
    return Fix(float(lon), float(lat), reported_m + _written_to_m(lon, lat))


def _within(value: Decimal, limits: tuple[Decimal, Decimal]) -> bool:
    return limits[0] <= value <= limits[1]


def _written_to_m(lon: Decimal, lat: Decimal) -> float:
    """Return half the last digit written, in metres: 116.6, 39.9 names a square of 11 km."""
    # The finer of the two counts, as a trailing zero may have been lost from one.
    exponents = [
        e for e in (lon.as_tuple().exponent, lat.as_tuple().exponent) if isinstance(e, int)
    ]
    return 0.5 * 10.0 ** max(min(exponents), -9) * _METRES_PER_DEGREE


def _judged(point: PointAndLine, datum: str, position_error_m: float, outline_error_m: int) -> Clue:
    error_m = position_error_m + outline_error_m
    metres, error = round(point.distance_m), round(error_m)
    if point.distance_m < error_m:
        return _undecided(
            f"坐标（{datum}）在市界{_ZH[point.side]}侧约 {metres} 米，"
            f"未超出误差 {error} 米（界线 {outline_error_m} 米加定位误差），无法判定",
            f"the coordinates ({datum}) lie about {metres} m {point.side.value} the line, within"
            f" the error of {error} m ({outline_error_m} m of the outline and that of the"
            " position): undecided",
        )
    return Clue(
        step=Step.COORDINATES,
        side=point.side,
        zh=f"坐标（{datum}）在北京市界{_ZH[point.side]}，距市界约 {metres} 米",
        en=f"the coordinates ({datum}) lie {point.side.value} Beijing, about {metres} m from"
        " the line",
    )


def _without_datum(outline: Outline, fix: Fix, outline_error_m: int) -> Clue:
    point = outline.locate(fix.lon, fix.lat)
    metres = round(point.distance_m)
    if point.distance_m < UNKNOWN_DATUM_M + fix.error_m:
        return _undecided(
            f"坐标未注明坐标系，距市界约 {metres} 米，不足 {UNKNOWN_DATUM_M} 米加定位误差，无法判定",
            f"no datum is named and the coordinates lie about {metres} m from the line, less than"
            f" {UNKNOWN_DATUM_M} m and the error of the position: undecided",
        )
    if point.distance_m < _DATUM_REACH_M + fix.error_m:
        margin = fix.error_m + outline_error_m
        for datum in (Datum.GCJ02, Datum.BD09):
            other = outline.locate(*to_wgs84(fix.lon, fix.lat, datum))
            if other.side is not point.side or other.distance_m < margin:
                return _undecided(
                    f"坐标未注明坐标系，距市界约 {metres} 米；若为 {datum.value} 则结论不同，无法判定",
                    f"no datum is named and the coordinates lie about {metres} m from the line;"
                    f" read as {datum.value} they would not say the same: undecided",
                )
    return Clue(
        step=Step.COORDINATES,
        side=point.side,
        zh=f"坐标未注明坐标系，但距市界约 {metres} 米，无论何种坐标系均在北京市界{_ZH[point.side]}",
        en=f"no datum is named, but at about {metres} m from the line the coordinates lie"
        f" {point.side.value} Beijing in any",
    )


def _undecided(zh: str, en: str) -> Clue:
    return Clue(step=Step.COORDINATES, side=Side.UNDECIDED, zh=zh, en=en)
