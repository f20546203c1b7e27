"""What pydantic finds wrong, said in Chinese and English and with what to write instead."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic_core import ErrorDetails, ValidationError

from ledger.gate.days import NO_SUCH_DAY, NO_SUCH_INSTANT
from ledger.gate.faults import Fault, path_text
from ledger.gate.rules import PATTERNS

UNKNOWN_FIELD = ("没有这个字段，请核对拼写", "there is no such field; check its spelling")

_NEEDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("必填，不能缺少", "required"),
        "missing_keyword_only_argument": ("必填，不能缺少", "required"),
        "missing_argument": ("必填，不能缺少", "required"),
        "extra_forbidden": UNKNOWN_FIELD,
        "unexpected_keyword_argument": UNKNOWN_FIELD,
        "string_type": ("应为文本", "a text is expected"),
        "string_too_short": ("不能为空", "must not be empty"),
        "string_too_long": (
            "过长，最多 {max_length} 个字符",
            "too long: at most {max_length} characters",
        ),
        "int_type": ("应为整数（不带引号）", "a whole number is expected, without quotes"),
        "int_from_float": ("应为整数", "a whole number is expected"),
        "bool_type": ("应为 true 或 false", "true or false is expected"),
        "number": ("应为数字（不带引号）", "a number is expected, without quotes"),
        "too_fine": ("小数位过多", "finer than any quantity recorded here"),
        "greater_than_equal": ("不能小于 {ge}", "must not be below {ge}"),
        "less_than_equal": ("不能大于 {le}", "must not be above {le}"),
        "year": ("年份应在 1900 至 2200 之间", "a year between 1900 and 2200 is expected"),
        "tuple_type": ("应为列表 […]", "a list […] is expected"),
        "list_type": ("应为列表 […]", "a list […] is expected"),
        "too_long": ("条目过多，最多 {max_length} 条", "too many items: at most {max_length}"),
        "dict_type": ("应为对象 {{…}}", "an object {{…}} is expected"),
        "dataclass_type": ("应为对象 {{…}}", "an object {{…}} is expected"),
        "date_parsing": NO_SUCH_DAY,
        "date_from_datetime_parsing": NO_SUCH_DAY,
        "datetime_parsing": NO_SUCH_INSTANT,
        "datetime_from_date_parsing": NO_SUCH_INSTANT,
        "timezone_aware": ("时刻应带时区", "an instant needs its time zone"),
        "enum": ("只能是 {listed} 之一", "must be one of {expected}"),
        "literal_error": ("只能是 {listed} 之一", "must be one of {expected}"),
        "identity_number": (
            "不是有效的居民身份证号码（18 位，出生日期或校验位不符）；请核对证件",
            "not a valid resident identity number; check the document",
        ),
        "placeholder": (
            "不是姓名（只是占位符）；请填写持有人姓名",
            "not a name but a placeholder; write the holder's name",
        ),
        "recursion_loop": ("嵌套过深", "nested too deep"),
    }
)
"""pydantic's type of error → sentences; names in braces come from its context."""

_OTHERWISE = ("不符合要求", "not acceptable here")


def faults_of(error: ValidationError, *before: str) -> list[Fault]:
    """Return every fault that pydantic found. Its own words, which quote the input, are left out."""
    errors = error.errors(include_url=False, include_input=False)
    return [_fault(each, before) for each in errors]


def _fault(detail: ErrorDetails, before: tuple[str, ...]) -> Fault:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "string_pattern_mismatch":
        zh, en = PATTERNS.get(context["pattern"], _OTHERWISE)
    else:
        if "expected" in context:
            context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
            context["listed"] = context["expected"].replace(", ", "、")
        zh, en = (s.format(**context) for s in _NEEDS.get(detail["type"], _OTHERWISE))
    path = [*before, *(part for part in detail["loc"] if part != "[key]")]
    if "at" in context:
        path.append(context["at"])
    return Fault(path_text(path), zh, en)
