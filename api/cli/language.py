"""The language of the terminal: `--lang`, else `DUDAO_LANG`, else Chinese where it can be shown.

What goes to a machine (JSON, CSV, Parquet, reject files) keeps both languages or none.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from api.questions.problems import Problem

LANGUAGES = ("zh", "en")
VARIABLE = "DUDAO_LANG"


def is_english() -> bool:
    """Return whether English was chosen.

    Read from the environment and not from the settings: it must be known when those are wrong.
    """
    told = os.environ.get(VARIABLE, "").strip().lower()
    return told == "en" if told else not _shows_chinese()


def _shows_chinese() -> bool:
    """Return whether the terminal has the characters, as far as its encoding tells."""
    try:
        "督导".encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def chosen(zh: str, en: str) -> str:
    """Return the one of two texts that is in the chosen language."""
    return en if is_english() else zh


def one_of(both: str) -> str:
    """Return the chosen language's part of a text that has both, the Chinese before ` / `."""
    zh, _, en = both.rpartition(" / ")
    return chosen(zh, en) if zh else both


def take_from(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without `--lang`, wherever it stands, and let it hold from here on.

    Raises:
        Problem: 422 for a language that there is not.
    """
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*rest, argument, *waiting]
        name, given, value = argument.partition("=")
        if name != "--lang":
            rest.append(argument)
            continue
        language = value if given else next(waiting, "")
        if language not in LANGUAGES:
            raise Problem(
                "invalid",
                f"--lang 应为 {' 或 '.join(LANGUAGES)}",
                f"--lang is {' or '.join(LANGUAGES)}",
            )
        os.environ[VARIABLE] = language
    return rest


HEADS: Mapping[str, str] = MappingProxyType(
    {
        "account": "账户",
        "actor": "经办人",
        "after": "之后",
        "application_id": "申报编号",
        "assessment_id": "认定活动",
        "because": "依据",
        "before": "之前",
        "breach": "违规",
        "breaches": "违规",
        "case": "当时与现在",
        "certificate_no": "证书编号",
        "certificates": "证书",
        "change": "变化",
        "check": "检查项",
        "clause": "条款",
        "code": "检查",
        "district": "主管区",
        "document_no": "文号",
        "example": "示例",
        "finding_id": "问题编号",
        "held_from": "开始日",
        "inspection_id": "督导编号",
        "issued_on": "发证日期",
        "key": "标识",
        "level": "等级",
        "message": "说明",
        "method": "方式",
        "month": "月份",
        "name": "名称",
        "occupation": "职业",
        "open_findings": "未结问题",
        "organisation": "机构",
        "position": "入账位置",
        "reason": "理由",
        "recorded_at": "入账时间",
        "review": "复核",
        "role": "角色",
        "rows": "行数",
        "scope": "确认范围",
        "sessions": "认定活动",
        "severity": "程度",
        "stage": "阶段",
        "standing": "状态",
        "state": "状态",
        "subject": "企业",
        "sum": "校验和",
        "table": "表",
        "type": "事件",
        "undecided": "无法判定",
        "uscc": "统一社会信用代码",
        "valid_at": "业务日期",
        "valid_from": "自",
        "valid_to": "至",
        "verdict": "结论",
        "what": "差异",
        "year": "年度",
    }
)
"""Column → its head in Chinese; in English it is the name that the API uses."""


def head(column: str) -> str:
    """Return the head of a column in the chosen language."""
    return column if is_english() else HEADS.get(column, column)
