"""What the authorities are called on the pages: the 17 districts, the city's centre and bureau."""

from types import MappingProxyType

from api.words.language import Names, Words, names
from ledger.reference import authorities

_DISTRICTS_EN = MappingProxyType(
    {
        "110101": "Dongcheng",
        "110102": "Xicheng",
        "110105": "Chaoyang",
        "110106": "Fengtai",
        "110107": "Shijingshan",
        "110108": "Haidian",
        "110109": "Mentougou",
        "110111": "Fangshan",
        "110112": "Tongzhou",
        "110113": "Shunyi",
        "110114": "Changping",
        "110115": "Daxing",
        "110116": "Huairou",
        "110117": "Pinggu",
        "110118": "Miyun",
        "110119": "Yanqing",
        "BDA": "Economic-Technological Development Area",
    }
)
DISTRICTS: Names = MappingProxyType(
    {code: Words(name, _DISTRICTS_EN[code]) for code, name in authorities().items()}
)
AUTHORITIES: Names = MappingProxyType(
    {
        **DISTRICTS,
        "110101": Words("东城区", "Dong\u00adcheng"),
        "110105": Words("朝阳区", "Chao\u00adyang"),
        "110107": Words("石景山区", "Shijing\u00adshan"),
        "110109": Words("门头沟区", "Mentou\u00adgou"),
        "110111": Words("房山区", "Fang\u00adshan"),
        "110112": Words("通州区", "Tong\u00adzhou"),
        "110114": Words("昌平区", "Chang\u00adping"),
        "BDA": Words("经开区", "BDA"),
    }
)
"""The authorities where there is little room; a soft hyphen shows where a name may be parted."""
ORGANISATIONS = names(
    centre=("市职业技能鉴定管理中心", "city centre"), bureau=("市人社局", "city bureau")
)
