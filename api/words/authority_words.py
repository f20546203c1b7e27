"""What the authorities are called on the pages: the 17 districts, the city's centre and bureau."""

from types import MappingProxyType

from api.words.language import Names, Words, as_words
from domain.terms import naming

DISTRICTS = as_words(naming.DISTRICTS)
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
ORGANISATIONS = as_words(naming.ORGANISATIONS)
