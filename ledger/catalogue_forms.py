"""Files of catalogues, read: CSV of a documented form, JSON of rules, GeoJSON of an outline.

`docs/catalogues.md` says what each form holds. Every fault is named at once, with its line. A file
that passes here has one meaning for ever: what is stored under its digest is read by this module.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import orjson

from domain.terms.contents import (
    FOUNDING_CHECKS,
    Content,
    Controlled,
    Dictionary,
    NewOccupation,
    NewOccupations,
    OccupationMapping,
    Outline,
    Qualifications,
    RuleSet,
    Standard,
    Standards,
    folded,
)
from domain.terms.vocabulary import CatalogueKind, Level, level_from
from ledger.gate.days import not_a_day
from ledger.gate.faults import Fault, Invalid, malformed
from ledger.gate.json import read_object

MOST_BYTES = 8 * 2**20
MOST_ROWS = 100_000
MOST_FAULTS = 200
_CODE = re.compile(r"[1-8]-\d{2}-\d{2}-\d{2}", re.ASCII)
_BLANK = re.compile(r"[\s*]+")


NOT_NAMED = (
    "没有写 checks_from：这套规则一经采用，后来增加的检查都不判定 / it names no checks_from: once it is adopted, "
    "no later check judges anything"
)


class Read(NamedTuple):
    """What a file says, how many rows it has, and what was noticed and not refused."""

    content: Content
    rows: int
    notes: tuple[str, ...] = ()


class Form(NamedTuple):
    """The heads of one form: which must be there, and under which names each may stand."""

    needed: tuple[str, ...]
    heads: Mapping[str, str]


def _form(needed: str, **heads: str) -> Form:
    names = {name: head for head, others in heads.items() for name in (head, *others.split())}
    return Form(tuple(needed.split()), MappingProxyType(names))


_BESIDE = {
    "source": "来源",
    "confidence": "可信度",
    "document": "文号 文件",
    "note": "备注 说明",
    "serial": "序号",
}
FORMS: Mapping[CatalogueKind, Form] = MappingProxyType(
    {
        CatalogueKind.DICTIONARY: _form(
            "code name",
            code="职业编码 编码",
            name="职业名称 职业 名称",
            levels="等级 职业技能等级",
            **_BESIDE,
        ),
        CatalogueKind.NEW_OCCUPATIONS: _form(
            "name",
            code="职业编码 编码",
            name="职业名称 职业 名称",
            **{"class": "类别"},
            **_BESIDE,
        ),
        CatalogueKind.STANDARDS: _form(
            "name",
            code="职业编码 编码",
            name="职业名称 职业 occupation",
            work_type="工种 工种名称 trade",
            issued_on="颁布日期 发布日期",
            levels="等级 职业技能等级",
            has_standard="有无标准",
            **_BESIDE,
        ),
        CatalogueKind.QUALIFICATIONS: _form(
            "name",
            kind="类型",
            name="职业名称 名称 职业资格名称",
            only="限定范围",
            words="工种关键词",
            former_name="原名称",
            **_BESIDE,
        ),
        CatalogueKind.MAPPING: _form(
            "edition_from code_from name_from edition_to code_to name_to",
            edition_from="原版本",
            code_from="原编码",
            name_from="原名称",
            edition_to="新版本",
            code_to="新编码",
            name_to="新名称",
            relation="关系",
            basis="依据",
            **_BESIDE,
        ),
    }
)
"""Sheets by kind. Rules are JSON, an outline is GeoJSON."""


def read(kind: CatalogueKind, raw: bytes) -> Read:
    """Return what a file of `kind` says.

    Raises:
        Invalid: with everything that is wrong with it.
    """
    if len(raw) > MOST_BYTES:
        raise malformed(
            f"文件超过 {MOST_BYTES // 2**20} MB", f"larger than {MOST_BYTES // 2**20} MB"
        )
    if kind is CatalogueKind.RULES:
        named = rules(raw)
        return Read(named, 1, () if named.checks_from else (NOT_NAMED,))
    if kind is CatalogueKind.OUTLINE:
        return _outline(raw)
    rows, notes = _table(raw, FORMS[kind])
    faults: list[Fault] = []
    content = _READERS[kind](rows, faults)
    if faults:
        raise Invalid(faults[:MOST_FAULTS])
    return Read(content, len(rows), notes)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row by head; a head that the file does not have is empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, head: str) -> str:
        """Return the cell under a head."""
        return self.cells.get(head, "")


def _table(raw: bytes, form: Form) -> tuple[list[_Row], tuple[str, ...]]:
    try:
        text = raw.decode("utf-8-sig")
        rows = [
            (number, [unicodedata.normalize("NFC", cell).strip() for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1)
        ]
    except (UnicodeDecodeError, csv.Error):
        raise malformed("不是 UTF-8 的 CSV", "no CSV in UTF-8") from None
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows:
        raise malformed("文件为空", "the file is empty")
    if len(rows) > MOST_ROWS:
        raise malformed(f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows")
    (_, heads), *body = rows
    known = [form.heads.get(_BLANK.sub("", head)) for head in heads]
    missing = [head for head in form.needed if head not in known]
    if missing:
        zh = "、".join(missing)
        raise malformed(f"缺少列：{zh}", f"columns are missing: {', '.join(missing)}")
    doubled = sorted({head for head in known if head and known.count(head) > 1})
    if doubled:
        raise malformed(f"列重复：{'、'.join(doubled)}", f"columns twice: {', '.join(doubled)}")
    strange = [head for head, name in zip(heads, known, strict=True) if head and name is None]
    notes = tuple(
        f"不认识的列“{head[:40]}”未读取 / column “{head[:40]}” is not known and was not read"
        for head in strange
    )
    lines = [
        _Row(
            number, {name: cell for name, cell in zip(known, row, strict=False) if name is not None}
        )
        for number, row in body
    ]
    if not lines:
        raise malformed("只有表头，没有数据行", "heads only, no rows")
    return lines, notes


def _fault(row: _Row, head: str, zh: str, en: str) -> Fault:
    return Fault(f"{row.line}.{head}", f"第 {row.line} 行：{zh}", f"line {row.line}: {en}")


def _code(row: _Row, head: str, faults: list[Fault], *, needed: bool = True) -> str:
    code = row[head]
    if (code or needed) and not _CODE.fullmatch(code):
        faults.append(
            _fault(
                row,
                head,
                "职业编码应为 6-31-01-03 的格式",
                "a code like 6-31-01-03 is expected",
            )
        )
    return code


def _name(row: _Row, head: str, faults: list[Fault]) -> str:
    name = row[head]
    if not name or len(name) > 100 or any(not c.isprintable() for c in name):
        faults.append(
            _fault(row, head, "名称为空、过长或含不可见字符", "a name is empty, too long or odd")
        )
    return name


def _levels(row: _Row, faults: list[Fault]) -> frozenset[Level] | None:
    text = row["levels"]
    if not text:
        return None
    levels = [level_from(part) for part in re.split("[;、,，；]", text) if part.strip()]
    if None in levels:
        faults.append(
            _fault(
                row,
                "levels",
                "等级不认识，应为 5;4;3 或 五级、四级",
                "levels are expected like 5;4;3",
            )
        )
    return frozenset(level for level in levels if level is not None)


def _day(row: _Row, head: str, faults: list[Fault]) -> date | None:
    text = row[head]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(_fault(row, head, *not_a_day(text)))
        return None


def _once(row: _Row, head: str, key: object, known: dict[Any, int], faults: list[Fault]) -> None:
    first = known.setdefault(key, row.line)
    if first != row.line:
        faults.append(_fault(row, head, f"与第 {first} 行重复", f"the same as in line {first}"))


def _dictionary(rows: Sequence[_Row], faults: list[Fault]) -> Content:
    names: dict[str, str] = {}
    levels: dict[str, frozenset[Level]] = {}
    codes_at: dict[Any, int] = {}
    names_at: dict[Any, int] = {}
    for row in rows:
        code, name = _code(row, "code", faults), _name(row, "name", faults)
        _once(row, "code", code, codes_at, faults)
        _once(row, "name", folded(name), names_at, faults)
        names[code] = name
        of_occupation = _levels(row, faults)
        if of_occupation:
            levels[code] = of_occupation
    doubtful = frozenset(row["code"] for row in rows if row["confidence"] == "c")
    return Dictionary(
        edition="",
        names=names,
        codes={folded(name): code for code, name in names.items()},
        levels=levels,
        doubtful=doubtful,
    )


_CLASSES = MappingProxyType(
    {
        "": True,
        "skills": True,
        "技能类": True,
        "技能": True,
        "professional": False,
        "专业技术类": False,
        "专业技术": False,
    }
)


def _new_occupations(rows: Sequence[_Row], faults: list[Fault]) -> Content:
    by_name: dict[str, NewOccupation] = {}
    known: dict[Any, int] = {}
    for row in rows:
        name = _name(row, "name", faults)
        code = _code(row, "code", faults, needed=False)
        _once(row, "name", folded(name), known, faults)
        skills = _CLASSES.get(row["class"])
        if skills is None:
            faults.append(
                _fault(row, "class", "类别应为 技能类 或 专业技术类", "skills or professional")
            )
        of_class = not code or code[0] in "3456"
        by_name[folded(name)] = NewOccupation(
            name=name, code=code, skills=bool(skills) and of_class
        )
    return NewOccupations(by_name=by_name)


_NONE = frozenset({"无", "否", "no", "none", "false"})


def _standards(rows: Sequence[_Row], faults: list[Fault]) -> Content:
    by_name: dict[str, list[Standard]] = {}
    without: set[str] = set()
    for row in rows:
        name = folded(_name(row, "name", faults))
        if row["has_standard"].lower() in _NONE:
            without.add(name)
            continue
        standard = Standard(
            code=_code(row, "code", faults, needed=False),
            trade=folded(row["work_type"]) or None,
            issued_on=_day(row, "issued_on", faults),
            levels=_levels(row, faults),
            document=row["document"],
        )
        by_name.setdefault(name, []).append(standard)
    both = without & by_name.keys()
    if both:
        faults.append(
            Fault(
                "has_standard",
                f"既写有标准又写无标准：{'、'.join(sorted(both)[:5])}",
                f"with and without a standard: {', '.join(sorted(both)[:5])}",
            )
        )
    return Standards(
        by_name={name: tuple(each) for name, each in by_name.items()}, without=frozenset(without)
    )


def _qualifications(rows: Sequence[_Row], faults: list[Fault]) -> Content:
    controlled: dict[str, Controlled] = {}
    licences: list[str] = []
    known: dict[Any, int] = {}
    for row in rows:
        name = _name(row, "name", faults)
        _once(row, "name", folded(name), known, faults)
        if row["kind"] in {"licence", "许可", "作业许可"}:
            licences.append(name)
            continue
        if bool(row["only"]) != bool(row["words"]):
            faults.append(
                _fault(
                    row,
                    "words",
                    "限定范围与工种关键词应同时填写或同时留空",
                    "`only` and `words` go together",
                )
            )
        entry = Controlled(
            name=name,
            only=row["only"] or None,
            words=tuple(word for word in re.split("[;、；]", row["words"]) if word),
        )
        controlled[folded(name)] = entry
        if row["former_name"]:
            controlled[folded(row["former_name"])] = entry
    return Qualifications(edition="", controlled=controlled, licences=tuple(licences))


def _mapping(rows: Sequence[_Row], faults: list[Fault]) -> Content:
    pairs: set[tuple[tuple[str, str, str], tuple[str, str, str]]] = set()
    for row in rows:
        one, other = _side(row, "from", faults), _side(row, "to", faults)
        if one[0] == other[0]:
            faults.append(
                _fault(row, "edition_to", "两个版本相同", "the two editions are the same")
            )
        pairs.add((one, other))
    return OccupationMapping(pairs=frozenset(pairs))


def _side(row: _Row, end: str, faults: list[Fault]) -> tuple[str, str, str]:
    edition = row[f"edition_{end}"]
    if not edition:
        faults.append(_fault(row, f"edition_{end}", "版本必填", "the edition is required"))
    code = _code(row, f"code_{end}", faults)
    return edition, code, folded(_name(row, f"name_{end}", faults))


_READERS: Mapping[CatalogueKind, Callable[[Sequence[_Row], list[Fault]], Content]] = (
    MappingProxyType(
        {
            CatalogueKind.DICTIONARY: _dictionary,
            CatalogueKind.NEW_OCCUPATIONS: _new_occupations,
            CatalogueKind.STANDARDS: _standards,
            CatalogueKind.QUALIFICATIONS: _qualifications,
            CatalogueKind.MAPPING: _mapping,
        }
    )
)


class Bounds(NamedTuple):
    """Between which whole numbers a rule lies."""

    least: int
    most: int


NUMBERS: Mapping[str, Bounds] = MappingProxyType(
    {
        "points_per_heading": Bounds(1, 1000),
        "pass_mark": Bounds(0, 5000),
        "experts_minimum": Bounds(1, 100),
        "inspectors_minimum": Bounds(1, 100),
        "assessors_minimum": Bounds(0, 100),
        "quality_staff_minimum": Bounds(0, 100),
        "listing_years": Bounds(1, 100),
        "rectification_days": Bounds(1, 3650),
        "outline_error_m": Bounds(0, 20_000),
        "visit_distance_m": Bounds(0, 100_000),
    }
)
_A_DAY = Bounds(1, 3650)
LONGEST_EDITION = 40
CHECK_CODE = re.compile(r"[A-Z][0-9]{1,2}(?:\.[a-z_]{1,30})?", re.ASCII)
# Literals, classes and counted repetitions: such a pattern reads a number once, whatever it is.
_PATTERN_PART = re.compile(
    r"(?:[A-Za-z0-9-]|\\d|\[[A-Za-z0-9-]{1,80}\])(?:\{[0-9]{1,2}\})?", re.ASCII
)
_LONGEST_PATTERN = 200


def rules(raw: bytes, others: RuleSet | None = None) -> RuleSet:
    """Return the rule set of a JSON object; what it leaves out is as in the notice's own, or in `others`.

    Who supposes a number of inspectors supposes no later check away: `others` are the rules in force. A file
    that is adopted is taken at its word, for one that was stored long ago must go on to mean what it meant.

    Raises:
        Invalid: with everything that is wrong with it.
    """
    data, faults = read_object(raw)
    wrong = [*faults, *_wrong_rules(data)]
    if wrong:
        raise Invalid(wrong)
    changed: dict[str, Any] = {**data}
    for name in ("early_warning_days", "checks_off"):
        if name in data:
            changed[name] = tuple(data[name])
    if "checks_from" in data:
        changed["checks_from"] = {
            code: date.fromisoformat(day) for code, day in data["checks_from"].items()
        }
    return RuleSet(**changed) if others is None else replace(others, **changed)


def _wrong_rules(data: Mapping[str, Any]) -> Iterator[Fault]:
    known = {field.name for field in fields(RuleSet)}
    for name in data:
        if name not in known:
            yield Fault(
                name[:60],
                f"没有这条规则，可用：{'、'.join(sorted(known))}",
                "there is no such rule",
            )
    edition = data.get("edition")
    if not isinstance(edition, str) or not 0 < len(edition.strip()) <= LONGEST_EDITION:
        yield Fault(
            "edition",
            f'必填，规则的名称，最长 {LONGEST_EDITION} 个字符，如 "2026-试行"',
            f"required, the name of the rule set, at most {LONGEST_EDITION} characters",
        )
    for name, bounds in NUMBERS.items():
        if name in data and not _is_whole(data[name], bounds):
            yield Fault(
                name,
                f"应为 {bounds.least} 至 {bounds.most} 的整数",
                f"a whole number from {bounds.least} to {bounds.most} is expected",
            )
    yield from (
        fault
        for name, judge in _OTHERS.items()
        if name in data and (fault := judge(name, data[name])) is not None
    )


def _is_whole(value: object, bounds: Bounds) -> bool:
    return type(value) is int and bounds.least <= value <= bounds.most


def _days(name: str, value: object) -> Fault | None:
    if isinstance(value, list) and all(
        _is_whole(day, _A_DAY) for day in cast("list[object]", value)
    ):
        return None
    return Fault(
        name,
        f"应为天数的列表，如 [180, 60]，每个 {_A_DAY.least} 至 {_A_DAY.most}",
        "a list of days is expected, like [180, 60]",
    )


def _month_and_day(name: str, value: object) -> Fault | None:
    # A day that every year has: 29 February is none.
    if isinstance(value, str) and re.fullmatch(r"\d{2}-\d{2}", value, re.ASCII):
        try:
            date.fromisoformat(f"2025-{value}")
        except ValueError:
            pass
        else:
            return None
    return Fault(name, '应为月和日，如 "01-31"', 'month and day are expected, like "01-31"')


def _pattern(name: str, value: object) -> Fault | None:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_PATTERN:
        rest = _PATTERN_PART.sub("", value)
        if not rest and _compiles(value):
            return None
    return Fault(
        name,
        r'编号格式只能由字母、数字、\d、[1-5A-Z] 和 {n} 组成，如 "[YS]\\d{21}"',
        r"a pattern is made of letters, digits, \d, classes and counts like [YS]\d{21}",
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern, re.ASCII)
    except re.error:
        return False
    return True


def _from_days(name: str, value: object) -> Fault | None:
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        if all(CHECK_CODE.fullmatch(code) and _is_day(day) for code, day in members.items()):
            return None
    return Fault(
        name,
        '应为检查代码到首日的对象，如 {"S10": "2026-12-01"}',
        'first days by check are expected, like {"S10": "2026-12-01"}',
    )


def _is_day(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _codes(name: str, value: object) -> Fault | None:
    if isinstance(value, list) and all(
        isinstance(code, str) and CHECK_CODE.fullmatch(code) for code in cast("list[object]", value)
    ):
        return None
    return Fault(
        name,
        f"应为检查代码的列表，如 {sorted(FOUNDING_CHECKS)[:2]}",
        "a list of check codes is expected",
    )


_OTHERS: Mapping[str, Callable[[str, object], Fault | None]] = MappingProxyType(
    {
        "early_warning_days": _days,
        "plan_due": _month_and_day,
        "number_pattern": _pattern,
        "checks_from": _from_days,
        "checks_off": _codes,
    }
)


_LARGEST_RING = 3


def _outline(raw: bytes) -> Read:
    try:
        data: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        data = {}
    rings = (
        sum(1 for _ in _city_rings(cast("dict[str, Any]", data))) if isinstance(data, dict) else 0
    )
    if not rings:
        raise malformed(
            "GeoJSON 中没有代码为 110000 的面（WGS-84）",
            "the GeoJSON holds no polygon of code 110000 (WGS-84)",
        )
    content = Outline(edition="", sha256=sha256(raw).hexdigest(), content=raw)
    return Read(content, rings)


def _city_rings(data: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Yield the rings of the city's feature, as far as they are such."""
    for feature in _members(data.get("features")):
        properties, geometry = feature.get("properties"), feature.get("geometry")
        if not isinstance(properties, dict) or not isinstance(geometry, dict):
            continue
        if cast("dict[str, object]", properties).get("code") != "110000":
            continue
        shape = cast("dict[str, Any]", geometry)
        polygons: Any = shape.get("coordinates")
        if shape.get("type") == "Polygon":
            polygons = [polygons]
        if not isinstance(polygons, list):
            return
        for polygon in cast("Iterable[Any]", polygons):
            yield from (ring for ring in _lists(polygon) if _is_ring(ring))


def _members(value: object) -> Iterable[Mapping[str, Any]]:
    if not isinstance(value, list):
        return ()
    return (
        cast("dict[str, Any]", each)
        for each in cast("list[object]", value)
        if isinstance(each, dict)
    )


def _lists(value: object) -> Iterable[Sequence[Any]]:
    if not isinstance(value, list):
        return ()
    return (
        cast("Sequence[Any]", each)
        for each in cast("list[object]", value)
        if isinstance(each, list)
    )


def _is_ring(ring: Sequence[Any]) -> bool:
    return len(ring) > _LARGEST_RING and all(_is_point(point) for point in ring)


def _is_point(point: object) -> bool:
    if not isinstance(point, list):
        return False
    numbers = cast("list[object]", point)[:2]
    return len(numbers) == 2 and all(isinstance(n, int | float) for n in numbers)
