"""What a reported division code (GB/T 2260 or the statistical code) says about the side."""

import re
import unicodedata

from domain.terms.place import Clue, Side, Step

_BEIJING = "11"
_BDA_REGISTRATION = "110302"
# 大兴国际机场: a statistical code of Beijing, but the airport straddles the line.
_AIRPORT = "110115406"
# Six digits of a district, nine of a town, twelve of a village; the first two are a province.
_CODE = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}(?:\d{3}){0,2}", re.ASCII
)


def division_clue(division: str) -> Clue:
    """Return what the code says: decided by its province, undecided where it is none."""
    code = unicodedata.normalize("NFKC", division).strip()
    if not _CODE.fullmatch(code):
        return _clue(
            Side.UNDECIDED,
            f"行政区划代码“{code[:20]}”不是有效代码，不作为依据",
            f"“{code[:20]}” is not a division code and is not relied on",
        )
    if code.startswith(_AIRPORT):
        return _clue(
            Side.UNDECIDED,
            f"行政区划代码 {code} 为大兴国际机场，机场跨越市界，不能据此判定",
            f"division code {code} is Daxing airport, which straddles the line: not decided by it",
        )
    if code.startswith(_BDA_REGISTRATION):
        return _clue(
            Side.INSIDE,
            f"行政区划代码 {code} 为北京经济技术开发区的登记代码，在北京市内",
            f"division code {code} is the registration code of BDA, inside Beijing",
        )
    if code.startswith(_BEIJING):
        return _clue(
            Side.INSIDE,
            f"行政区划代码 {code} 属于北京市",
            f"division code {code} belongs to Beijing",
        )
    return _clue(
        Side.OUTSIDE,
        f"行政区划代码 {code} 不属于北京市",
        f"division code {code} does not belong to Beijing",
    )


def _clue(side: Side, zh: str, en: str) -> Clue:
    return Clue(step=Step.DIVISION, side=side, zh=zh, en=en)
