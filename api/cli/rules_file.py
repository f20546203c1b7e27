"""A rule set from a file, for a replay under other rules (`dudao replay --rules FILE`).

The file is one JSON object: `edition` names the rule set, and of the rules below it holds those
that are to differ; the others are as in the rule set that comes with the installation.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from api.cli.failures import Failure
from domain.terms.reference import RuleSet
from ledger.gate.faults import Invalid
from ledger.gate.json import read_object
from ledger.reference import RULE_SET

MOST_OCTETS = 64 * 1024


class _Bounds(NamedTuple):
    least: int
    most: int


_NUMBERS: Mapping[str, _Bounds] = MappingProxyType(
    {
        "points_per_heading": _Bounds(1, 1000),
        "pass_mark": _Bounds(0, 5000),
        "experts_minimum": _Bounds(1, 100),
        "inspectors_minimum": _Bounds(1, 100),
        "listing_years": _Bounds(1, 100),
        "rectification_days": _Bounds(1, 3650),
    }
)
_DAYS = "early_warning_days"
_LONGEST_EDITION = 40
_A_DAY = _Bounds(1, 3650)


def read(path: Path) -> RuleSet:
    """Return the rule set of a file.

    Raises:
        Failure: with everything that is wrong with it.
    """
    data, wrong = _members(path)
    known = {field.name for field in fields(RuleSet)}
    wrong += [
        (f"{name}:没有这条规则,可用:{'、'.join(sorted(known))}", f"{name}: there is no such rule")
        for name in data
        if name not in known
    ]
    edition = data.get("edition")
    if not isinstance(edition, str) or not 0 < len(edition.strip()) <= _LONGEST_EDITION:
        wrong.append(
            (
                f'edition:必填,规则的名称,最长 {_LONGEST_EDITION} 个字符,如 "2026-试行"',
                f"edition: required, the name of the rule set, at most {_LONGEST_EDITION} characters",
            )
        )
    for name, bounds in _NUMBERS.items():
        if name in data and not _is_whole(data[name], bounds):
            wrong.append(_not_whole(name, bounds))
    if _DAYS in data and not _are_days(data[_DAYS]):
        wrong.append(
            (
                f"{_DAYS}:应为天数的列表,如 [180, 60],每个 {_A_DAY.least} 至 {_A_DAY.most}",
                f"{_DAYS}: a list of days is expected, like [180, 60]",
            )
        )
    if wrong:
        raise Failure(
            "\n  ".join([f"{path} 不是可用的规则文件:", *(zh for zh, _ in wrong)]),
            "\n  ".join([f"{path} is no usable file of rules:", *(en for _, en in wrong)]),
        )
    changed: dict[str, Any] = {**data, _DAYS: tuple(data.get(_DAYS, RULE_SET.early_warning_days))}
    return replace(RULE_SET, **changed)


def _members(path: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    if path.is_file() and path.stat().st_size > MOST_OCTETS:
        raise Failure(
            f"{path} 超过 {MOST_OCTETS // 1024} KiB,不是规则文件",
            f"{path} is larger than {MOST_OCTETS // 1024} KiB and no file of rules",
        )
    try:
        data, faults = read_object(path.read_bytes())
    except Invalid as error:
        raise Failure(f"{path}:{error.zh}", f"{path}: {error.en}") from None
    return data, [(f"{f.field}:{f.zh}", f"{f.field}: {f.en}") for f in faults]


def _is_whole(value: object, bounds: _Bounds) -> bool:
    return type(value) is int and bounds.least <= value <= bounds.most


def _not_whole(name: str, bounds: _Bounds) -> tuple[str, str]:
    return (
        f"{name}:应为 {bounds.least} 至 {bounds.most} 的整数",
        f"{name}: a whole number from {bounds.least} to {bounds.most} is expected",
    )


def _are_days(value: object) -> bool:
    return isinstance(value, list) and all(
        _is_whole(day, _A_DAY) for day in cast("list[object]", value)
    )
