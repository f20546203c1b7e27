"""What is compared, counted and judged of a place is called, on the pages of those who watch."""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.language import Names, names

COMPARED = names(
    roster=("名单", "roster"),
    scope=("确认范围", "confirmed scope"),
    flags=("疑点", "flags"),
    standings=("名单状态", "standing"),
    counts=("计数", "counts"),
)
SUPPOSED = names(
    rules=("另一套规则", "other rules"),
    catalogue=("另一部目录", "another catalogue"),
    suppositions=("假设的记录", "supposed records"),
)
WHAT_IF_STAGES = names(
    queued=("排队中", "waiting"),
    running=("推演中", "under way"),
    done=("已完成", "done"),
    failed=("未能完成", "failed"),
    cancelled=("已取消", "cancelled"),
)
CLOCKS = names(
    day=("因业务日期不同", "by the day"),
    knowledge=("因所知不同", "by what was known"),
    both=("因业务日期与所知", "by the day and by what was known"),
    supposition=("因假设不同", "by what is supposed"),
)
COUNTED_BY = names(
    district=("主管区", "district"),
    occupation=("职业", "occupation"),
    level=("等级", "level"),
    method=("认定方式", "method"),
    month=("月份", "month"),
    code=("检查", "check"),
)
STATED_BY = {
    **COUNTED_BY,
    **names(occupation_code=("职业（大典版本与编码）", "occupation by edition and code")),
}
DELAYS = names(
    knowledge=("得知", "known"),
    review=("复核", "reviewed"),
    finding=("提出问题", "finding raised"),
    order=("责令整改", "put right ordered"),
    closure=("销号", "closed"),
)
SAVED = names(
    unchanged=("没有变化", "unchanged"),
    changed=("有变化", "changed"),
    pinned=("固定时点，不会变化", "of one moment: it never changes"),
    unanswerable=("现在不能回答", "cannot be answered now"),
)
COUNTS = names(
    breaches=("违规", "breaches"),
    sessions=("认定活动", "sessions"),
    certificates=("有效证书", "certificates in force"),
    open_findings=("未结问题", "open findings"),
)
SIDES = names(
    inside=("本市行政区域内", "within Beijing"),
    outside=("本市行政区域外", "outside Beijing"),
    undecided=("无法判定", "undecided"),
)
PLACE_STEPS = names(
    mode=("认定形式", "mode"),
    division=("区划代码", "division code"),
    coordinates=("坐标", "coordinates"),
    address=("地址", "address"),
)

WATCHED: Mapping[str, Names] = MappingProxyType(
    {
        "compared": COMPARED,
        "clock": CLOCKS,
        "counted_by": COUNTED_BY,
        "stated_by": STATED_BY,
        "delay": DELAYS,
        "saved": SAVED,
        "supposed": SUPPOSED,
        "what_if": WHAT_IF_STAGES,
        "count": COUNTS,
        "side": SIDES,
        "step": PLACE_STEPS,
    }
)
"""Vocabulary → its names, as in `api.words.words.VOCABULARY`."""
