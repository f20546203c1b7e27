"""What each field of a command may hold: one table by name of field, and the words of a refusal.

Lengths keep an entry below its 60 kB; sets of characters keep ids usable in addresses and tags.
What a value *means* (a check character, an order of days) the deciders judge.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as cs

from domain.terms.vocabulary import Level, Method, level_from, method_from
from ledger.canonical import plain_decimal
from ledger.gate.days import DAY, WRITTEN
from ledger.log.entry import Malformed
from ledger.reference import authorities

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
# No counted repetition: over a class of all Unicode it costs ten times as much as max_length.
# Without a slash an id is one part of an address, whatever else has to be quoted in it.
ID = r"^[^\s/\p{C}]+$"
NOT_BLANK = r"\S"
DOCUMENT_NUMBER = r"^[^\s\p{C}]+$"
DIGEST = r"^[0-9A-Fa-f]{64}$"
WINDOW = r"^[0-9]{4}-(05|10)$"
PATH = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,7}$"
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)

PATTERNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ID: (
            "编号须由可见字符组成，不含空白和“/”，不能为空",
            "an id consists of visible characters, without blanks and '/', and is not empty",
        ),
        NOT_BLANK: ("不能只有空白", "must not be blank"),
        DOCUMENT_NUMBER: (
            "证件号码不能为空，不含空白",
            "a document number is not empty and has no blanks",
        ),
        DIGEST: (
            "应为 SHA-256 摘要（64 位十六进制）",
            "a SHA-256 digest is expected (64 hexadecimal digits)",
        ),
        WINDOW: ("申报窗口应写作 2026-05 或 2026-10", "a window is written 2026-05 or 2026-10"),
        PATH: (
            "字段路径应写作 venue.division 这样的形式",
            "a path of a field is written like venue.division",
        ),
        DAY: WRITTEN,
        INSTANT: (
            "时刻应带时区，写作 2026-03-01T09:30:00+08:00",
            "an instant is written with its zone: 2026-03-01T09:30:00+08:00",
        ),
    }
)
"""Pattern → what to write instead."""


class Bounds(NamedTuple):
    """Fewest and most characters of a text, or least and greatest of a number."""

    least: int
    most: int


NAME, LINE, MARK, PROSE = Bounds(1, 200), Bounds(0, 300), Bounds(1, 40), Bounds(0, 4000)

_IDS = (
    "account application_id assessment_id batch draw_id expert_id finding_id flag inspection_id "
    "issuer_uscc measure_id request_id unit_uscc uscc assessments flags enterprises inspectors"
)
_NAMES = (
    "type affiliation assessors device_id kind method name quality_staff rule trade unit_name "
    "masked_name media_type"
)
_TEXT_BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    dict.fromkeys(_NAMES.split(), NAME)
    | dict.fromkeys(("edition", "code", "id_type"), MARK)
    | {
        "address": LINE,
        "card_no": Bounds(0, 50),
        # Kept exactly as given, whatever it looks like: an unknown pattern is for C1 to flag.
        "certificate_no": Bounds(1, 100),
        "certificates": Bounds(1, 100),
        "division": Bounds(0, 20),
        "document_no": NAME,
        "file_name": Bounds(1, 255),
        "idempotency_key": NAME,
        "item": Bounds(1, 500),
        "new_certificate_no": Bounds(1, 100),
        "organisation": NAME,
        "receipt_no": Bounds(1, 100),
        "scale": Bounds(0, 200),
        "seed": NAME,
        "subject_id": MARK,
        "value": Bounds(0, 2000),
    }
)
_DIGESTS = frozenset({"sha256", "seed_commitment", "pool_digest", "entries_digest"})
_NUMBERS: Mapping[str, Bounds] = MappingProxyType(
    {
        "lon": Bounds(-180, 180),
        "lat": Bounds(-90, 90),
        "accuracy_m": Bounds(0, 1_000_000),
        "theory": Bounds(0, 1000),
        "practice": Bounds(0, 1000),
        "review": Bounds(0, 1000),
        "position": Bounds(1, 2**53 - 1),
        "year": Bounds(2000, 2199),
    }
)
_COUNT, _POINTS = Bounds(0, 1_000_000), Bounds(-1_000_000, 1_000_000)
MOST_ITEMS = 5_000


def text_rule(name: str) -> CoreSchema:
    """Return what a text in the field `name` must be."""
    if name in _ID_FIELDS:
        return cs.str_schema(strict=True, pattern=ID, max_length=100)
    if name in _DIGESTS:
        return cs.str_schema(strict=True, pattern=DIGEST, to_lower=True)
    if name == "district":
        return cs.literal_schema(list(authorities()))
    if name == "window":
        return cs.str_schema(strict=True, pattern=WINDOW)
    if name == "method":
        return cs.no_info_after_validator_function(_method, _text(name))
    return _text(name)


def _text(name: str) -> CoreSchema:
    bounds = _TEXT_BOUNDS.get(name, PROSE)
    pattern = NOT_BLANK if bounds.least else None
    return cs.str_schema(
        strict=True, min_length=bounds.least, max_length=bounds.most, pattern=pattern
    )


def _method(text: str) -> str:
    """Return the notice's own words (考核鉴定 …) as the one form that is stored; others as they are."""
    known = method_from(text)
    return text if known is None else known.value


_ID_FIELDS = frozenset(_IDS.split())


def whole_rule(name: str) -> CoreSchema:
    """Return what a whole number in the field `name` must be."""
    bounds = _NUMBERS.get(name, _COUNT)
    return cs.int_schema(strict=True, ge=bounds.least, le=bounds.most)


def number_rule(name: str) -> CoreSchema:
    """Return what a number in the field `name` must be."""
    bounds = _NUMBERS.get(name, _POINTS)
    return cs.no_info_before_validator_function(
        _number,
        cs.decimal_schema(ge=Decimal(bounds.least), le=Decimal(bounds.most)),
        metadata={"pydantic_js_updates": {"type": "number", "anyOf": None}},
    )


def _number(value: object) -> Decimal:
    kind = type(value)
    if kind is int or kind is float or kind is Decimal:
        return _decimal(repr(value) if kind is float else str(value))
    raise PydanticCustomError("number", "a number is expected")


@lru_cache(4096)
def _decimal(text: str) -> Decimal:
    try:
        return plain_decimal(Decimal(text))
    except Malformed:
        raise PydanticCustomError("too_fine", "finer than any quantity recorded here") from None


def _in_utc(instant: datetime) -> datetime:
    if not EARLIEST.year <= instant.year <= LATEST.year:
        raise PydanticCustomError("year", "a year between 1900 and 2200 is expected")
    return instant.astimezone(UTC)


DAY_RULE = cs.chain_schema(
    [cs.str_schema(strict=True, pattern=DAY), cs.date_schema(ge=EARLIEST, le=LATEST)],
    metadata={"pydantic_js_updates": {"type": "string", "format": "date"}},
)
INSTANT_RULE = cs.chain_schema(
    [
        cs.str_schema(strict=True, pattern=INSTANT),
        cs.datetime_schema(tz_constraint="aware"),
        cs.no_info_plain_validator_function(_in_utc),
    ],
    metadata={"pydantic_js_updates": {"type": "string", "format": "date-time"}},
)
LEVEL_RULE = cs.no_info_before_validator_function(
    lambda value: (level_from(value) or value) if type(value) is str else value,
    cs.enum_schema(Level, list(Level), sub_type="str"),
)
METHOD_RULE = cs.no_info_before_validator_function(
    lambda value: (method_from(value) or value) if type(value) is str else value,
    cs.enum_schema(Method, list(Method), sub_type="str"),
)
