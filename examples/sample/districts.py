"""The 17 district authorities with a point well inside each (WGS-84) and what its addresses begin with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """One authority; `division` is the code of places in it."""

    code: str
    name: str
    division: str
    lon: float
    lat: float

    def address(self, number: int) -> str:
        """Return an invented address."""
        return f"北京市{self.name}示例大街{number}号"


def _district(code: str, name: str, lon: float, lat: float) -> District:
    return District(code=code, name=name, division=code, lon=lon, lat=lat)


DISTRICTS = (
    _district("110101", "东城区", 116.4164, 39.9283),
    _district("110102", "西城区", 116.3660, 39.9124),
    _district("110105", "朝阳区", 116.4434, 39.9215),
    _district("110106", "丰台区", 116.2869, 39.8583),
    _district("110107", "石景山区", 116.2229, 39.9056),
    _district("110108", "海淀区", 116.2982, 39.9594),
    _district("110109", "门头沟区", 116.1020, 39.9402),
    _district("110111", "房山区", 116.1430, 39.7479),
    _district("110112", "通州区", 116.6564, 39.9098),
    _district("110113", "顺义区", 116.6546, 40.1302),
    _district("110114", "昌平区", 116.2311, 40.2207),
    _district("110115", "大兴区", 116.3414, 39.7269),
    _district("110116", "怀柔区", 116.6320, 40.3160),
    _district("110117", "平谷区", 117.1214, 40.1406),
    _district("110118", "密云区", 116.8430, 40.3762),
    _district("110119", "延庆区", 115.9749, 40.4567),
    District(
        code="BDA", name="北京经济技术开发区", division="110115", lon=116.5060, lat=39.7950
    ),  # BDA has no GB/T 2260 code; its land is counted to 大兴区
)
