"""Scripts as they are delivered: without comments, and without blanks and semicolons that mean nothing.

No name is changed and nothing is moved, so what runs in a browser is the source, word for word.
Decision 0150 says why this is ours and not a package's.
"""

import re

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


def _is_all(before: str, *, is_head: bool) -> bool:
    """Return whether a semicolon behind `before` is all that a statement consists of."""
    return before.strip() in _BARE or (before == ")" and is_head)


def _kept(before: str, blank: str, after: str) -> str:
    """Return what is left of the blanks between two characters."""
    if "\n" in blank and _ENDS.match(before) and _BEGINS.match(after):
        return "\n"
    is_word = re.match(r"[\w$]", before) and re.match(r"[\w$]", after)
    return " " if blank and (is_word or (before == after and after in "+-")) else ""
