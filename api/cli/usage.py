"""What the command line says of a command that is written wrongly, in the chosen language.

The parser's own messages are English. It is private to typer, so what it raises is known by name,
and what it says by its words: each is said again in Chinese, and none stands inside a Chinese sentence
but one that a later release of the parser has brought.
"""

import re
from types import MappingProxyType
from typing import Any

_ERRORS = "typer._click.exceptions"
_SAID = tuple(
    (re.compile(message, re.DOTALL), zh)
    for message, zh in (
        (r"No such command (.+?)\. Did you mean (.+)\?", "没有命令 {0}；相近的有 {1}"),
        (r"No such command (.+)", "没有命令 {0}"),
        (r"Missing command", "缺少命令"),
        (r"No such option: (.+?) \(Possible options: (.+)\)", "没有选项 {0}；相近的有 {1}"),
        (r"No such option: (.+)", "没有选项 {0}"),
        (r"Missing option (.+)", "缺少选项 {0}"),
        (r"Missing (?:argument|parameter) (.+)", "缺少参数 {0}"),
        (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)", "多出的参数：{0}"),
        (r"Option (.+) requires an argument", "选项 {0} 须有值"),
        (r"Option (.+) requires (\d+) arguments", "选项 {0} 须有 {1} 个值"),
        (r"Option (.+) does not take a value", "选项 {0} 不带值"),
        (r"Argument (.+) takes (\d+) values", "参数 {0} 须有 {1} 个值"),
        (r"Invalid value for (.+?): (?:Value error, )?.* is not one of (.+)", "{0} 应为 {1} 之一"),
        (r"Invalid value for (.+?): Input should be a valid integer.*", "{0} 应为整数"),
        (r"Invalid value for (.+?): Input should be a valid number.*", "{0} 应为数字"),
        (
            r"Invalid value for (.+?): Input should be greater than or equal to (.+)",
            "{0} 应不小于 {1}",
        ),
        (
            r"Invalid value for (.+?): Input should be less than or equal to (.+)",
            "{0} 应不大于 {1}",
        ),
        (r"Invalid value for (.+?): Input should be greater than (.+)", "{0} 应大于 {1}"),
        (r"Invalid value for (.+?): Input should be less than (.+)", "{0} 应小于 {1}"),
    )
)
"""What the parser says → the same in Chinese."""
_ZH = MappingProxyType(
    {
        "NoSuchOption": "没有这个选项",
        "MissingParameter": "缺少参数",
        "BadParameter": "参数的值无效",
        "BadOptionUsage": "选项用法有误",
        "BadArgumentUsage": "参数用法有误",
    }
)


def is_usage(error: Exception) -> bool:
    """Return whether the command line could not be understood."""
    return any(c.__module__ == _ERRORS and c.__name__ == "UsageError" for c in type(error).__mro__)


def help_of(error: Exception) -> str | None:
    """Return the help that stands in for an error where a group was called without a command."""
    return (
        str(getattr(error, "message", "")) if type(error).__name__ == "NoArgsIsHelpError" else None
    )


def in_chinese(message: str) -> str | None:
    """Return in Chinese what the parser says; None where it is not known."""
    for said, zh in _SAID:
        if match := said.fullmatch(message):
            return zh.format(*(_listed(words) for words in match.groups()))
    return None


def _listed(words: str) -> str:
    """Return words as they are typed, without the parser's quotes, in a Chinese row."""
    return words.replace("'", "").replace(", ", "、")


def explained(error: Any) -> tuple[str, str]:  # noqa: ANN401 - any error of the parser
    """Return what is wrong, in Chinese and English, with what to do."""
    message = str(error.format_message()).rstrip(".")
    path = error.ctx.command_path if error.ctx is not None else "dudao"
    zh = in_chinese(message) or f"{_ZH.get(type(error).__name__, '命令用法有误')}：{message}"
    return f"{zh}；用法见 {path} --help", f"{message}; see {path} --help"
