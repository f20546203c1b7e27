"""Lines of a comparison in words: what stood there before, what stands there after."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from api.words.language import Language, Words
from api.words.last_day import last_day
from api.words.phrasing import levels, listed, occupation, word
from api.words.words import VOCABULARY
from projections.items.flags import FlagItem
from projections.items.listed import RosterItem
from projections.items.parts import GrantedItem
from projections.items.shape import shape_of

Item = Mapping[str, Any]


class Field(NamedTuple):
    """One thing that differs; a side on which there was nothing is empty."""

    label: str
    before: str
    after: str


class Difference(NamedTuple):
    """One line of `GET /v1/diff` for people."""

    change: str
    """`added`, `removed`, `changed`."""
    uscc: str
    name: str | None
    """Name of the enterprise, where it is known."""
    title: str
    """What differs, beside the enterprise; empty where that is all."""
    flag: str | None
    """Key of the flag, where flags are compared."""
    fields: Sequence[Field]
    because: Sequence[Item]
    """The entries that explain the line."""
    clock: str = ""
    """`day`, `knowledge`, `both`: which clock made the difference; `supposition`: none did."""
    supposed: Sequence[Item] = ()
    """What is supposed and explains the line."""


def sentence(language: Language, kind: str, line: Item) -> str:
    """Return a line as a sentence: who or what, how it differs, and which clock made it so."""
    told = difference(language, kind, line, None)
    change = word(language, "change", told.change)
    named = told.name or told.uscc or ""
    about = _COLON.speak(language).join(filter(None, (named, told.title)))
    fields = _COMMA.speak(language).join(
        _field(language, each, told.change) for each in told.fields
    )
    clock = word(language, "clock", told.clock)
    said = _COLON.speak(language).join(filter(None, (f"{about} {change}".strip(), fields)))
    return f"{said}（{clock}）。" if language == "zh" else f"{said} ({clock})."


_COLON = Words("：", ": ")
_COMMA = Words("；", "; ")


def _field(language: Language, field: Field, change: str) -> str:
    nothing = Words("无", "none").speak(language)
    if change != "changed":
        return f"{field.label} {field.after or field.before}"
    return f"{field.label} {field.before or nothing} → {field.after or nothing}"


def difference(language: Language, kind: str, line: Item, name: str | None) -> Difference:
    """Return a line in words; `kind` is what was compared."""
    before: Item | None = line["before"]
    after: Item | None = line["after"]
    shown: Item = after or before or {}
    titled, fields = _OF[kind]
    whole = before is None or after is None
    changes = [
        Field(side.label.speak(language), old, new)
        for side, old, new in _pairs(list(fields(language, before)), list(fields(language, after)))
        if old != new and (side.brief or not whole)
    ]
    if not changes and before is not None and after is not None:
        changes = [*_unnamed(language, _SHOWN[kind], before, after)] if kind in _SHOWN else []
    return Difference(
        line["change"],
        line["uscc"] or "",
        name or (shown.get("name") if kind in {"roster", "standings"} else None),
        titled(language, shown),
        line["key"] if kind == "flags" else None,
        changes,
        line["because"],
        line["clock"],
        line.get("supposed") or (),
    )


def _unnamed(language: Language, item: type, before: Item, after: Item) -> Iterator[Field]:
    """Yield by its head every field that differs, where the line has no words of its own for any."""
    for field in shape_of(item).fields:
        old, new = before.get(field.name), after.get(field.name)
        if field.name != "because" and old != new:
            label = Words(field.head.zh, field.head.en).speak(language)
            yield Field(label, _plain(language, old), _plain(language, new))


def _plain(language: Language, value: Any) -> str:  # noqa: ANN401 - any field of an item
    """Return a value in short; of several, how many: all of it stands beside the sentence."""
    match value:
        case None:
            return ""
        case bool():
            return (Words("是", "yes") if value else Words("否", "no")).speak(language)
        case str() | int():
            return str(value)
        case [*values]:
            number = len(values)
            return Words(f"{number} 项", f"{number} of them").speak(language)
        case _:
            return Words("已变更", "changed").speak(language)


class _Side(NamedTuple):
    """One field on one side; `brief`: it is also shown of what came or went as a whole."""

    label: Words
    value: str
    brief: bool = False
    part: bool = False
    """It is a part of something else that has a field: told only where that stands on both sides."""


def _pairs(before: list[_Side], after: list[_Side]) -> Iterator[tuple[_Side, str, str]]:
    """Yield both sides of every field; on an empty side there is nothing for any."""
    old, new = ({side.label: side for side in sides} for sides in (before, after))
    for label, side in {**new, **{n: s for n, s in old.items() if n not in new}}.items():
        if side.part and not (label in old and label in new):
            continue
        yield (
            side,
            old[label].value if label in old else "",
            new[label].value if label in new else "",
        )


def _no_title(language: Language, shown: Item) -> str:  # noqa: ARG001 - the enterprise is the title
    return ""


def _roster(language: Language, shown: Item | None) -> Iterator[_Side]:
    if shown is None:
        return
    yield _Side(
        Words("状态", "standing"), word(language, "standing", shown["standing"]), brief=True
    )
    if shown["valid_from"]:
        until = f"{shown['valid_from']} {Words('至', 'to').speak(language)} {last_day(shown['valid_to'])}"
        yield _Side(Words("有效期", "valid"), until, brief=True)
    yield _Side(Words("名称", "name"), shown["name"])
    yield _Side(Words("主管区", "district"), word(language, "district", shown["district"]))
    yield _Side(Words("类型", "kind"), word(language, "kind", shown["kind"]))
    yield _Side(Words("批次", "batch"), shown["batch"] or "")
    for granted in shown["scope"]:
        # One field an occupation: what stayed the same is not repeated.
        named = Words(
            f"范围 {_scope_title(language, granted)}", f"scope {_scope_title(language, granted)}"
        )
        yield _Side(named, levels(language, granted["levels"]), brief=True)
        for name, value in _granted(language, granted):
            own = Words(f"{named.zh} {name.zh}", f"{named.en} {name.en}")
            yield _Side(own, value, part=True)
    yield _Side(Words("登记地址", "registered address"), shown.get("address") or "")
    findings = shown.get("findings") or ()
    yield _Side(Words("所依问题", "findings"), listed(language, findings))


def _granted(language: Language, shown: Item) -> Iterator[tuple[Words, str]]:
    """Yield days and batch of an item of a scope."""
    if shown.get("valid_from"):
        to = Words("至", "to").speak(language)
        yield Words("有效期", "valid"), f"{shown['valid_from']} {to} {last_day(shown['valid_to'])}"
    yield Words("批次", "batch"), shown.get("batch") or ""


def _standing(language: Language, shown: Item | None) -> Iterator[_Side]:
    if shown is None:
        return
    yield _Side(
        Words("状态", "standing"), word(language, "standing", shown["standing"]), brief=True
    )
    if shown["valid_from"]:
        until = f"{shown['valid_from']} {Words('至', 'to').speak(language)} {last_day(shown['valid_to'])}"
        yield _Side(Words("有效期", "valid"), until, brief=True)
    yield _Side(Words("批次", "batch"), shown["batch"] or "")


def _counted(language: Language, shown: Item) -> str:
    """Return the value that was counted by, and what it is a value of."""
    for by in _COUNTED_BY:
        if by in shown:
            vocabulary = _VOCABULARY.get(by)
            value = shown[by] if vocabulary is None else word(language, vocabulary, shown[by])
            named = value or Words("未标明", "not said").speak(language)
            return f"{word(language, 'counted_by', by)} {named}"
    return ""


_COUNTED_BY = ("district", "occupation", "level", "method", "month", "code")
_VOCABULARY = {"district": "district", "level": "level", "method": "method", "code": "check"}
_NUMBERS = ("sessions", "certificates", "breaches", "open_findings")


def _numbers(language: Language, shown: Item | None) -> Iterator[_Side]:  # noqa: ARG001 - numbers need none
    if shown is None:
        return
    for name in _NUMBERS:
        yield _Side(VOCABULARY["count"][name], str(shown[name]), brief=True)


def _scope_title(language: Language, shown: Item) -> str:
    edition = Words(f"{shown['edition']} 版", f"edition {shown['edition']}").speak(language)
    return f"{occupation(shown)} {shown['code']} · {edition}"


def _scope(language: Language, shown: Item | None) -> Iterator[_Side]:
    if shown is not None:
        yield _Side(Words("等级", "levels"), levels(language, shown["levels"]), brief=True)
        for name, value in _granted(language, shown):
            yield _Side(name, value)


def _flag_title(language: Language, shown: Item) -> str:
    return f"{shown['code']} {word(language, 'check', shown['code'])} · {shown['valid_at']}"


def _flag(language: Language, shown: Item | None) -> Iterator[_Side]:
    if shown is None:
        return
    said = Words(**shown["message"]).speak(language)
    yield _Side(Words("判断", "verdict"), word(language, "verdict", shown["verdict"]), brief=True)
    yield _Side(Words("说明", "what it says"), said, brief=True)
    yield _Side(Words("复核", "review"), word(language, "review", shown["review"] or "none"))
    yield _Side(Words("主管区", "district"), word(language, "district", shown["district"]))
    yield _Side(Words("规则", "rule"), shown["rule"])


_OF: Mapping[
    str,
    tuple[Callable[[Language, Item], str], Callable[[Language, Item | None], Iterator[_Side]]],
] = MappingProxyType(
    {
        "roster": (_no_title, _roster),
        "scope": (_scope_title, _scope),
        "flags": (_flag_title, _flag),
        "standings": (_no_title, _standing),
        "counts": (_counted, _numbers),
    }
)
"""What is compared → how a line is called, and what it shows."""
_SHOWN: Mapping[str, type] = MappingProxyType(
    {"roster": RosterItem, "scope": GrantedItem, "flags": FlagItem, "standings": RosterItem}
)
