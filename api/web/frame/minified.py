"""Scripts as they are delivered: without comments, and without blanks and marks that mean nothing.

No name is changed and nothing is moved, so what runs in a browser is the source, word for word.
Decision 0150 says why this is ours and not a package's.
"""

import re
from collections.abc import Sequence

_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?\*/ )
  | (?P<blank> \s+ )
  | (?P<text> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*` )
  | (?P<word> [\w$]+ )
  | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};\n")
"""After these a slash begins a pattern; after anything else that our scripts write it divides."""
_HEADS = frozenset({"if", "for", "while", "with"})
"""Behind the brackets of these a semicolon alone is a statement, as it is behind `_BARE`."""
_BARE = frozenset({"else", "do", ":"})
_ENDS = re.compile(r"[\w$)\]}\"'`]")
_BEGINS = re.compile(r"[\w$(\[{\"'`+\-!~#/]")
"""Between what may end a statement and what may begin one a line break can stand for a semicolon."""


def minified(script: str) -> str:
    """Return `script` without comments, and what else means nothing.

    Raises:
        ValueError: a template within a template, or a quote that is not closed: neither is ours.
    """
    made: list[str] = []
    heads: list[bool] = []
    blocks = [_Block("")]
    blank, at, is_head = "", 0, False
    while at < len(script):
        last = made[-1][-1] if made else "\n"
        pattern = _PATTERN.match(script, at) if last in _BEFORE_PATTERN else None
        found = _TOKEN.match(script, at)
        assert found is not None  # noqa: S101 - `mark` takes any character
        if found.lastgroup in {"comment", "blank"}:
            blank += found.group()
            at = found.end()
            continue
        part = pattern.group() if pattern and not found.group("comment") else found.group()
        if part in {'"', "'", "`"} or part.count("${") > part.count("}"):
            line = script.count("\n", 0, at) + 1
            raise ValueError(
                f"line {line}: a quote that does not close, or a template in a template"
            )
        if blocks[-1].goes_on(made, part):
            made[-1], blank = ",", ""
            at += len(part)
            continue
        _enclose(blocks, part)
        if part in {")", "]", "}"} and made[-1] == "," and made[-2] not in {"[", ","}:
            made.pop()
        elif part == ">" and made[-1] == "=":
            _bare(made)
        if part == "(":
            heads.append(bool(made) and made[-1].strip() in _HEADS)
        elif part == ")":
            is_head = heads.pop()
        elif part == "}" and made[-1] == ";" and not _is_all(made[-2], is_head=is_head):
            made.pop()
        made.append(_kept(made[-1][-1] if made else "\n", blank, part[0]) + part)
        blank = ""
        at += len(part)
    return "".join(made)


class _Block:
    """What stands between two brackets: whether its last statement so far declares constants."""

    def __init__(self, opener: str) -> None:
        self.opener, self._declares = opener, False

    def goes_on(self, made: Sequence[str], part: str) -> bool:
        """Return whether `part` is a `const` behind another: `const a=1,b=2` says the same in less."""
        begins = bool(made) and made[-1] == ";"
        if part != "const":
            self._declares = self._declares and not begins
            return False
        if begins and self._declares:
            return True
        exported = bool(made) and made[-1].strip() == "export"
        self._declares = self.opener != "(" and not exported
        return False


def _enclose(blocks: list[_Block], part: str) -> None:
    if part in {"(", "[", "{"}:
        blocks.append(_Block(part))
    elif part in {")", "]", "}"}:
        blocks.pop()


def _bare(made: list[str]) -> None:
    """Take the brackets off the one parameter of an arrow: what was made ends with `(name)=`."""
    if len(made) < 4 or made[-2] != ")" or not made[-4].endswith("("):
        return
    name, before = made[-3], made[-4][:-1]
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", name):
        return
    follows_word = not before and len(made) > 4 and re.search(r"[\w$]$", made[-5])
    made[-4:-1] = [f"{' ' if follows_word else before}{name}"]


def _is_all(before: str, *, is_head: bool) -> bool:
    """Return whether a semicolon behind `before` is all that a statement consists of."""
    return before.strip() in _BARE or (before == ")" and is_head)


def _kept(before: str, blank: str, after: str) -> str:
    """Return what is left of the blanks between two characters."""
    if "\n" in blank and _ENDS.match(before) and _BEGINS.match(after):
        return "\n"
    is_word = re.match(r"[\w$]", before) and re.match(r"[\w$]", after)
    return " " if blank and (is_word or (before == after and after in "+-")) else ""
