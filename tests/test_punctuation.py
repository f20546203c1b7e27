"""Chinese is written with the marks of print where it stands, and nothing sets them on the way out.

The rule is that of GB/T 15834, beside Chinese only: figures, codes and Latin words keep the marks
of a keyboard (1,000 · 10:30 · SHA-256 · `{scope:items}`).
"""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("api", "domain", "ledger", "projections", "proof", "replay", "docs", "benchmarks")
"""Not `examples`: what people of the sample year wrote is data, and keys are derived from it."""

HAN = "\u3400-\u9fff"
HOLE = "\ue000"
"""A value in a text: what it says is not known here."""
_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in ",;:?!()"}
"""A mark of the keyboard → the same mark as wide as a Chinese character."""
_PAUSE = re.compile(r"(?<![0-9A-Za-z])[,;](?! )|[,;](?![0-9A-Za-z ])")
_STOP = re.compile(rf"(?<=[{HAN}”》\uff09}}{HOLE}])[:?!](?! )|:(?=[{HAN}])|^[:?!]$")
_AROUND = re.compile(rf"(?:(?<=([{HAN}”》\uff09{HOLE}])) ?| ?(?=\([^()]*[{HAN}]))\(([^()]+)\)")
_ADDRESS = re.compile(r"[a-z]+://[^\s，。；;“”]*")
_PATTERN = re.compile(r"\(\?[:=!<]|\[[^\]]*\][+*?{]|\)\?|\.\*|\(\.\+|\]\+|\\[sdw]|\{\d,\d+\}")
"""What only a regular expression has."""
_ARTICLE = re.compile(r"[一二三四五六七]\([一二三四五六七]\)[0-9]?")
"""An article as it is cited, `七(三)`: a code, by which clauses are found and stored."""

EXCEPT = MappingProxyType(
    {
        "职业(工种)": "a head of sheets that offices use",
        "车工(数控车工)": "a value as it is written in such a sheet",
        "公布日期:": "the title of a roster, as it is read",
        "批次:": "the title of a roster, as it is read",
        "账户,角色,机构": "what is typed after --actor, with the commas that part it",
        "提出问题:整改期限": "a scale that entries hold, and are found by",
        f"现场检查表 {HOLE}:": "a scale that entries hold",
        "中华人民共和国职业分类大典(2022年版)": "the name of a document in the founding entries",
    }
)
"""Words that stay as they are typed, with the reason."""


def in_print(zh: str) -> str:
    """Return a Chinese text with the punctuation of print."""
    before = None
    while before != zh:
        before, zh = zh, _AROUND.sub("\uff08\\2\uff09", zh)
    paused = _PAUSE.sub(lambda mark: mark[0].translate(_WIDE), zh)
    return _STOP.sub(lambda mark: mark[0].translate(_WIDE), paused)


def _is_chinese(text: str) -> bool:
    """Return whether there are at least as many Chinese characters as words of another language."""
    plain = re.sub(r"\{[^{}]*\}", "", _ADDRESS.sub("", text))
    characters = len(re.findall(f"[{HAN}]", text))
    return characters > 0 and characters >= len(re.findall(r"[A-Za-z_][\w.-]+", plain, re.ASCII))


def chinese_parts(text: str, *, paired: bool = False) -> Iterator[str]:
    """Yield the Chinese of a text: of each line, and of `中文 / English` the first half."""
    for line in text.split("\n"):
        first, parted, second = line.partition(" / ")
        pair = bool(parted) and not _is_chinese(second)
        said = first if pair else line
        if _is_chinese(said) and (pair or not paired) and not _ARTICLE.fullmatch(said):
            yield said


def _misprints(text: str, *, paired: bool = False) -> Iterator[str]:
    if _PATTERN.search(text):
        return
    for said in chinese_parts(text, paired=paired):
        plain = _ADDRESS.sub("", said)
        for kept in EXCEPT:
            plain = plain.replace(kept, "")
        if in_print(plain) != plain:
            yield said


def _in_python(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the literals with their lines, and whether each is the docstring of something."""
    if not re.search(f"[{HAN}]", source):
        return
    nodes = list(ast.walk(ast.parse(source)))
    pieces = {id(one) for node in nodes if isinstance(node, ast.JoinedStr) for one in node.values}
    alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case ast.JoinedStr():
                parts = (
                    one.value if isinstance(one, ast.Constant) else HOLE for one in node.values
                )
                yield node.lineno, "".join(map(str, parts)), False
            case ast.Constant(value=str(text)) if id(node) not in pieces:
                yield node.lineno, text, id(node) in alone
            case _:
                pass


def _is_row(node: ast.AST) -> bool:
    """Return whether a value is joined with the comma of a keyboard."""
    return any(
        isinstance(one, ast.Attribute)
        and one.attr == "join"
        and isinstance(one.value, ast.Constant)
        and str(one.value.value)[:1] in {",", ";"}
        for one in ast.walk(node)
    )


def _speaks_chinese(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Constant) and bool(re.search(f"[{HAN}]", str(one.value)))
        for one in ast.walk(node)
    )


def _chinese_values(text: ast.JoinedStr) -> Iterator[ast.FormattedValue]:
    """Yield the values of a Chinese text; of `中文 / English` those of the first half."""
    said = [str(one.value) if isinstance(one, ast.Constant) else HOLE for one in text.values]
    if not _is_chinese("".join(said).partition(" / ")[0]):
        return
    for part, one in zip(said, text.values, strict=True):
        if " / " in part:
            return
        if isinstance(one, ast.FormattedValue):
            yield one


def _added(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


_LEADING = re.compile(r" ?[,;:?!(]")


def _beside_values(source: str) -> Iterator[int]:
    """Yield the lines where a mark of the keyboard stands beside a Chinese value of the code.

    A literal is read without what its values say. So they are looked at here: a row that a Chinese
    text holds, and a mark that follows what is said in either language.
    """
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            yield from _rows_in_chinese(function)
            yield from _after_chinese(function)


def _rows_in_chinese(function: ast.FunctionDef) -> Iterator[int]:
    rows = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_row(node.value)
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.JoinedStr):
            for one in _chinese_values(node):
                named = isinstance(one.value, ast.Name) and one.value.id in rows
                if named or _is_row(one.value):
                    yield node.lineno


def _after_chinese(function: ast.FunctionDef) -> Iterator[int]:
    for node in ast.walk(function):
        match node:
            case ast.JoinedStr():
                parts: Iterable[ast.AST] = node.values
            case ast.BinOp():
                parts = _added(node)
            case _:
                continue
        for value, after in itertools.pairwise(parts):
            is_mark = isinstance(after, ast.Constant) and _LEADING.match(str(after.value))
            if is_mark and not isinstance(value, ast.Constant) and _speaks_chinese(value):
                yield node.lineno


_TAG = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`")
_SPOKEN = re.compile(r"\bt\(([\"'])(.*?)\1, ")
_COORDINATES = re.compile(r"(\.lon \}\}), (\{\{ [\w.]+\.lat )")
_COMMENT = re.compile(r"^\s*(?://|--).*$|/\*.*?\*/", re.DOTALL | re.MULTILINE)


def _in_template(source: str) -> Iterator[str]:
    for tag in _TAG.findall(source):
        if not tag.startswith("{#"):
            yield from (quoted[1:-1] for quoted in _QUOTED.findall(tag))
    yield from re.findall(r"[^<>\n\"=]+", _TAG.sub("\n", source))


def _files(*endings: str) -> list[Path]:
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in endings and "__pycache__" not in path.parts
    )


def test_chinese_in_the_code_is_written_as_it_is_printed():
    assert [
        f"{path.relative_to(ROOT)}:{line}: {said}"
        for path in _files(".py")
        for line, text, is_docstring in _in_python(path.read_text(encoding="utf-8"))
        for said in _misprints(text, paired=is_docstring)
    ] == []


def test_a_mark_beside_a_value_is_that_of_the_language():
    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _files(".py")
        for line in _beside_values(path.read_text(encoding="utf-8"))
    ] == []


def test_chinese_in_the_templates_is_written_as_it_is_printed():
    sources = {path.name: path.read_text(encoding="utf-8") for path in _files(".html")}
    assert [
        f"{name}: {said}"
        for name, source in sources.items()
        for text in _in_template(source)
        for said in _misprints(text)
    ] == []
    assert [  # a mark of its own, between two values
        f"{name}: {zh}"
        for name, source in sources.items()
        for _, zh in _SPOKEN.findall(source)
        if not re.search(f"[{HAN}]", zh) and in_print(zh) != zh
    ] == []


def test_no_mark_between_values_of_a_template_is_the_same_in_both_languages():
    """Outside the tags a text is no language's; two coordinates are parted as figures are."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in _files(".html")}
    assert [
        f"{name}: {text.strip()}"
        for name, source in sources.items()
        for text in re.split(r"<[^<>]*>", _TAG.sub(HOLE, _COORDINATES.sub(r"\1\2", source)))
        if HOLE in text and re.search(r"[(),:;?!]", text)
    ] == []


def test_chinese_in_scripts_statements_and_papers_is_written_as_it_is_printed():
    assert [
        f"{path.relative_to(ROOT)}: {said}"
        for path in _files(".js", ".mjs", ".typ", ".sql")
        for quoted in _QUOTED.findall(_COMMENT.sub("", path.read_text(encoding="utf-8")))
        for said in _misprints(quoted[1:-1])
    ] == []


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("已复核 2 条,未办理 0 条", "已复核 2 条，未办理 0 条"),
        (",不是今天;依据全部记录。", "，不是今天；依据全部记录。"),
        ("超范围:职业", "超范围：职业"),
        (" (还剩 %s 天)", "（还剩 %s 天）"),
        ("错误清单(XLSX)", "错误清单（XLSX）"),
        ("不能公布(六(三))", "不能公布（六（三））"),
        (":", "："),
        ("要确认吗?", "要确认吗？"),
        ("{name},{kind:kind}", "{name}，{kind:kind}"),
        (f"第 {HOLE} 行:{HOLE}({HOLE})", f"第 {HOLE} 行：{HOLE}（{HOLE}）"),
    ],
)
def test_marks_beside_chinese_are_those_of_print(typed: str, printed: str):
    assert in_print(typed) == printed


@pytest.mark.parametrize(
    "same",
    [
        "共 1,000 项",
        "SHA-256 (RFC 9162)",
        "10:30",
        "{*:profile}",
        "a, b",
        "没有。",
        "",
    ],
)
def test_figures_codes_and_latin_words_stay_as_they_are(same: str):
    assert in_print(same) == same


def test_each_exception_is_still_needed():
    written = "\n".join(
        text
        for path in _files(".py")
        for _, text, _ in _in_python(path.read_text(encoding="utf-8"))
    )
    assert [kept for kept in EXCEPT if kept not in written] == []
