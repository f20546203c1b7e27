"""What the command line says of a command that is written wrongly, in the chosen language.

The parser's own messages are English. It is private to typer, so what it raises is known by name.
"""

from types import MappingProxyType
from typing import Any

_ERRORS = "typer._click.exceptions"
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


def explained(error: Any) -> tuple[str, str]:  # noqa: ANN401 - any error of the parser
    """Return what is wrong, in Chinese and English, with what to do."""
    message = str(error.format_message()).rstrip(".")
    path = error.ctx.command_path if error.ctx is not None else "dudao"
    zh = _ZH.get(type(error).__name__, "命令用法有误")
    return f"{zh}：{message}；用法见 {path} --help", f"{message}; see {path} --help"
