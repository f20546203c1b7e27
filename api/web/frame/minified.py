"""Scripts as they are delivered: without comments, and without blanks and marks that mean nothing.

No name is changed and nothing is moved, so what runs in a browser is the source, word for word (but
`true` and `false`, which go out as `!0` and `!1`). Decision 0152 says why this is ours and not a package's.
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
_OPENS = frozenset({")", "else", "try", "finally"})
"""A brace behind one of these opens a block, and behind its end a statement begins without more ado."""
_BEFORE_FUNCTION = re.compile(r"[=(,:?&|>\[!]$|^return$")
_ENDS = re.compile(r"[\w$)\]}\"'`]")
_BEGINS = re.compile(r"[\w$(\[{\"'`+\-!~#/]")
"""Between what may end a statement and what may begin one a line break can stand for a semicolon."""


def minified(script: str) -> str:
    """Return `script` without comments, and what else means nothing.

    Raises:
        ValueError: a template within a template, a quote that is not closed, a function where an arrow
            would do (what stands behind its end is not sure): none of them is ours.
    """
    made: list[str] = []
    heads: list[bool] = []
    blocks = [_Block("")]
    blank, at, is_head, is_block = "", 0, False, False
    while at < len(script):
        part, is_blank = _part(script, at, made)
        at += len(part)
        if is_blank:
            blank += part
            continue
        if blocks[-1].goes_on(made, part):
            made[-1], blank = ",", ""
            continue
        ended = _enclose(blocks, made, part)
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
        before = "\n" if not made or is_block else made[-1][-1]
        shown = _shown(part, made, script[at : at + 40])
        made.append(_kept(before, blank, shown[0]) + shown)
        blank, is_block = "", ended
    return "".join(made)


def _part(script: str, at: int, made: Sequence[str]) -> tuple[str, bool]:
    """Return what stands at `at`, and whether it is a blank or a comment.

    Raises:
        ValueError: what it is or where it ends is not sure.
    """
    last = made[-1][-1] if made else "\n"
    pattern = _PATTERN.match(script, at) if last in _BEFORE_PATTERN else None
    match = _TOKEN.match(script, at)
    assert match is not None  # noqa: S101 - `mark` takes any character
    if match.lastgroup in {"comment", "blank"}:
        return match.group(), True
    part = pattern.group() if pattern else match.group()
    line = script.count("\n", 0, at) + 1
    if part in {'"', "'", "`"} or part.count("${") > part.count("}"):
        raise ValueError(f"line {line}: a quote that does not close, or a template in a template")
    if part == "function" and made and _BEFORE_FUNCTION.search(made[-1].strip()):
        raise ValueError(f"line {line}: a function in an expression")
    return part, False


def _shown(part: str, made: Sequence[str], follows: str) -> str:
    """Return what says the same as `part` in less: numbers without marks, `!0` and `!1` for the two truths.

    Not where a word is a name: behind a dot, or before a colon.
    """
    if part[0].isdigit():
        return part.replace("_", "")
    is_name = (made and made[-1][-1] == ".") or re.match(r"\s*:", follows)
    return part if is_name else {"true": "!0", "false": "!1"}.get(part, part)


class _Block:
    """What stands between two brackets: whether its last statement so far declares constants."""

    def __init__(self, opener: str, *, is_block: bool = False) -> None:
        self.opener, self.is_block, self._declares = opener, is_block, False

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


def _enclose(blocks: list[_Block], made: Sequence[str], part: str) -> bool:
    """Keep which brackets are open; return whether `part` ends a block."""
    if part in {"(", "[", "{"}:
        is_block = part == "{" and bool(made) and made[-1].strip() in _OPENS
        blocks.append(_Block(part, is_block=is_block))
    elif part in {")", "]", "}"}:
        return blocks.pop().is_block
    return False


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
