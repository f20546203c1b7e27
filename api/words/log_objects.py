"""What an entry of the access log is about, for people: the area in words, and the number within it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote

from api.words.language import Language, Words

_ASKED = re.compile(r"(?P<method>[A-Z]+) (?P<path>/\S*)")
_VERBS: Mapping[str, Words] = MappingProxyType(
    {
        "GET": Words("读取", "read"),
        "POST": Words("提交", "sent to"),
        "PUT": Words("存入", "stored in"),
    }
)
_AREAS: Mapping[str, Words] = MappingProxyType(
    {
        "accounts": Words("账户", "accounts"),
        "access-log": Words("访问记录", "the access log"),
        "applications": Words("申报", "applications"),
        "approvals": Words("待批准", "approvals"),
        "assessments": Words("认定活动", "sessions"),
        "catalogues": Words("目录", "catalogues"),
        "certificates": Words("证书", "certificates"),
        "commands": Words("办理", "commands"),
        "complaints": Words("投诉", "complaints"),
        "diff": Words("比较", "comparisons"),
        "draws": Words("抽取", "draws"),
        "enterprises": Words("企业", "enterprises"),
        "events": Words("记录", "entries"),
        "evidence": Words("证据原件", "evidence"),
        "findings": Words("问题", "findings"),
        "flags": Words("疑点", "flags"),
        "imports": Words("导入", "imports"),
        "inspections": Words("督导", "inspections"),
        "listings": Words("名单变更", "changes of listings"),
        "plans": Words("年度计划", "annual plans"),
        "publications": Words("公布", "publications"),
        "requests": Words("待批准", "requests"),
        "roster": Words("名单", "the roster"),
        "delay-distribution": Words("时滞", "delays"),
        "delays": Words("时滞", "delays"),
        "saved-questions": Words("保存的问题", "saved questions"),
        "statistics": Words("统计", "counts"),
        "stats": Words("统计", "counts"),
        "tables": Words("数据表", "tables"),
        "templates": Words("空表", "templates"),
    }
)
_PARTS: Mapping[str, Words] = MappingProxyType(
    {
        "materials": Words("材料", "material"),
        "bundle": Words("证据包", "bundle"),
        "report.pdf": Words("督导报告", "report"),
        "document.pdf": Words("公文", "document"),
        "history": Words("历史", "history"),
        "review": Words("复核", "review"),
    }
)


def log_object(language: Language, said: str) -> str:
    """Return what is meant; what is no address, or of no known area, stays as it was recorded."""
    asked = _ASKED.fullmatch(said)
    if asked is None or asked["method"] not in _VERBS:
        return said
    parts = [unquote(part) for part in asked["path"].split("/") if part and part != "v1"]
    if not parts or parts[0] not in _AREAS:
        return said
    words = [_VERBS[asked["method"]], _AREAS[parts[0]]]
    named = [each.speak(language) for each in words]
    named += [_PARTS[part].speak(language) if part in _PARTS else part for part in parts[1:]]
    return " ".join(part if len(part) < 40 else f"{part[:12]}…" for part in named)
