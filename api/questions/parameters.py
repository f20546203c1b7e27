"""What a parameter of a question may be: texts, days, instants, numbers, and values of a table."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

from api.questions.clocks import parse_day, parse_instant, parse_position, parse_rules
from api.questions.problems import Fault, Problem, Unclear
from domain.checks import CHECKS
from domain.registry import EVENTS
from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Case, ReviewDecision
from ledger.reference import authorities
from projections.items.changes import COLUMNS
from projections.views.sorting import Column, orders

LARGEST_PAGE = 1000
LONGEST_TEXT = 200
LONGEST_COLUMNS = 1000
"""Characters of the names of all columns that are chosen."""
LONGEST_AHEAD = 3660
"""Days; ten years."""
LONGEST_WAIT = 60
"""Seconds: less than what proxies give an answer that does not come."""


def plain(text: str) -> str:
    """Return `text` in normal form C; refuse what no name and no identifier holds."""
    if len(text) > LONGEST_TEXT:
        raise Unclear(f"最长 {LONGEST_TEXT} 个字符", f"at most {LONGEST_TEXT} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise Unclear("含有控制字符", "contains control characters")
    return unicodedata.normalize("NFC", text)


def _from_one_to(largest: int) -> BeforeValidator:
    """Return the check for a whole number from 1 to `largest`."""

    def read(text: str | int) -> int:
        digits = str(text)
        if digits.isascii() and digits.isdecimal() and 1 <= int(digits[:9]) <= largest:
            return int(digits)
        raise Unclear(f"1 至 {largest} 的整数", f"a whole number from 1 to {largest}")

    return BeforeValidator(read)


def _integer(largest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": 1, "maximum": largest})


Text = Annotated[str, AfterValidator(plain)]
Day = Annotated[date, BeforeValidator(parse_day)]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Position = Annotated[
    int, BeforeValidator(parse_position), WithJsonSchema({"type": "integer", "minimum": 0})
]
Rules = Annotated[
    str,
    BeforeValidator(parse_rules),
    WithJsonSchema({"type": "string", "pattern": "^.+/[1-9][0-9]{0,5}$"}),
]
PageSize = Annotated[int, _from_one_to(LARGEST_PAGE), _integer(LARGEST_PAGE)]
Days = Annotated[int, _from_one_to(LONGEST_AHEAD), _integer(LONGEST_AHEAD)]
Seconds = Annotated[int, _from_one_to(LONGEST_WAIT), _integer(LONGEST_WAIT)]


def _one_of(*names: str) -> AfterValidator:
    """Return the check for a text that is one of `names`, which only a table knows."""

    def check(text: str) -> str:
        if text in names:
            return text
        raise Unclear(f"取值应为 {'、'.join(names)} 之一", f"must be one of {', '.join(names)}")

    return AfterValidator(check)


def in_order(columns: Mapping[str, Column]) -> AfterValidator:
    """Return the check for an order: a column that a list may be sorted by, with `-` the last first."""
    return _one_of(*orders(columns))


def orders_of(columns: Mapping[str, Column]) -> WithJsonSchema:
    """Return the description of the same."""
    return _enum(*orders(columns))


def _enum(*names: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(names)})


FormName = Literal["json", "csv", "xlsx", "parquet", "ndjson"]
_CODES = tuple(sorted(CHECKS))
_CASES = tuple(case.label for case in Case)
_REVIEWS = (*(decision.value for decision in ReviewDecision), "none", "any")
Code = Annotated[str, _one_of(*_CODES), _enum(*_CODES)]
CaseName = Annotated[str, _one_of(*_CASES), _enum(*_CASES)]
ReviewState = Annotated[str, _one_of(*_REVIEWS), _enum(*_REVIEWS)]
_STATES = ("valid", "reissued", "revoked")
CertificateState = Annotated[str, _one_of(*_STATES), _enum(*_STATES)]
_DISTRICTS = tuple(authorities())
District = Annotated[str, _one_of(*_DISTRICTS), _enum(*_DISTRICTS)]
_EVENTS = tuple(sorted(EVENTS))
EventName = Annotated[str, _one_of(*_EVENTS), _enum(*_EVENTS)]


def _code_of_an_enterprise(text: str) -> str:
    if is_uscc(text):
        return text
    raise Unclear(
        "应为 18 位统一社会信用代码（大写），末位校验码须正确",
        "must be a unified social credit code: 18 characters, capitals, with the right check character",
    )


MOST_COLUMNS = 2
"""By so many words a count may be."""
_WORDS = "|".join(COLUMNS)


def _counted_by(text: object) -> str:
    """Return one or two words of what may be counted by, the same word once."""
    words = [*dict.fromkeys(str(text).split(","))]
    if 1 <= len(words) <= MOST_COLUMNS and not set(words) - set(COLUMNS):
        return ",".join(words)
    raise Unclear(
        f"取值应为 {'、'.join(COLUMNS)} 之一，或以逗号相连的两项",
        f"must be one of {', '.join(COLUMNS)}, or two of them with a comma",
    )


CountedBy = Annotated[
    str,
    BeforeValidator(_counted_by),
    WithJsonSchema({"type": "string", "pattern": f"^({_WORDS})(,({_WORDS}))?$"}),
]


_NAMES = re.compile(r"[a-z][a-z_0-9]*(,[a-z][a-z_0-9]*)*")


def _columns(text: str) -> str:
    """Return names of columns with commas, the same name once; the list says whether it has them."""
    if len(text) > LONGEST_COLUMNS or not _NAMES.fullmatch(text):
        raise Unclear("列名，以逗号相连", "names of columns with commas")
    return ",".join(dict.fromkeys(text.split(",")))


Columns = Annotated[str, AfterValidator(_columns)]

Uscc = Annotated[
    str,
    AfterValidator(_code_of_an_enterprise),
    WithJsonSchema({"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}),
]


def not_before(first: str) -> AfterValidator:
    """Return the check for a last day that must not lie before the day in the field `first`.

    No day lies between the two then, and an empty list would look like an answer.
    """

    def check(last: date | None, given: ValidationInfo) -> date | None:
        start: date | None = given.data.get(first)
        if last is not None and start is not None and last < start:
            raise Unclear(f"不得早于首日 {start}", f"must not lie before the first day, {start}")
        return last

    return AfterValidator(check)


MOST_FAULTS = 20

_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("必填", "is required"),
        "extra_forbidden": ("没有这个参数", "there is no such parameter"),
        "string_type": ("应为文本", "must be text"),
        "string_too_long": ("过长", "is too long"),
        "bool_parsing": ("取值应为 true 或 false", "must be one of true, false"),
        "int_parsing": ("应为整数", "must be a whole number"),
    }
)


def unclear(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem of parameters that pydantic refused; what was sent is not repeated."""
    faults = [Fault(_field(fault), " / ".join(_reason(fault))) for fault in errors[:MOST_FAULTS]]
    return Problem(
        "invalid",
        "参数不符合要求，详见 errors",
        "parameters are not as required, see errors",
        errors=faults,
    )


def _field(fault: Mapping[str, Any]) -> str:
    parts = [str(part) for part in fault["loc"] if part not in {"query", "path", "body", "header"}]
    name = ".".join(parts)[:100]
    return name if name.isprintable() else "?"


def _reason(fault: Mapping[str, Any]) -> tuple[str, str]:
    context: dict[str, Any] = fault.get("ctx") or {}
    error = context.get("error")
    if isinstance(error, Unclear):
        return error.zh, error.en
    if fault["type"] in {"enum", "literal_error"}:
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return f"取值应为 {expected.replace(', ', '、')} 之一", f"must be one of {expected}"
    if fault["type"] == "greater_than_equal":
        return f"应不小于 {context['ge']}", f"must be {context['ge']} or more"
    if fault["type"] == "less_than_equal":
        return f"应不大于 {context['le']}", f"must be {context['le']} or less"
    return _REASONS.get(str(fault["type"]), ("值无效", "is not valid"))
