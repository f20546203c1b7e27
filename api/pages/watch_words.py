"""What is compared, counted and judged of a place is called, on the pages of those who watch."""

from collections.abc import Mapping
from types import MappingProxyType

from api.pages.language import Words


def _names(**pairs: tuple[str, str]) -> Mapping[str, Words]:
    return MappingProxyType({value: Words(*pair) for value, pair in pairs.items()})


COMPARED = _names(
    roster=("名单", "roster"), scope=("确认范围", "confirmed scope"), flags=("疑点", "flags")
)
ISSUED = _names(
    valid=("有效", "valid"), reissued=("已换证", "replaced"), revoked=("已撤销", "revoked")
)
COUNTS = _names(
    breaches=("违规", "breaches"),
    sessions=("认定活动", "sessions"),
    certificates=("有效证书", "certificates in force"),
    open_findings=("未结问题", "open findings"),
)
SIDES = _names(
    inside=("本市行政区域内", "within Beijing"),
    outside=("本市行政区域外", "outside Beijing"),
    undecided=("无法判定", "undecided"),
)
PLACE_STEPS = _names(
    mode=("认定形式", "mode"),
    division=("区划代码", "division code"),
    coordinates=("坐标", "coordinates"),
    address=("地址", "address"),
)

WATCHED: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "compared": COMPARED,
        "issued": ISSUED,
        "count": COUNTS,
        "side": SIDES,
        "step": PLACE_STEPS,
    }
)
"""Vocabulary → its names, as in `api.pages.words.VOCABULARY`."""
