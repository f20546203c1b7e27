"""What the documents are called that acts are sent or kept as, and who issues them in full."""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.authority_words import DISTRICTS
from api.words.language import Words

TITLES: Mapping[str, Words] = MappingProxyType(
    {
        "ReceiptIssued": Words("确认回执", "Receipt of confirmation"),
        "RectificationOrdered": Words("整改通知书", "Order to put right"),
        "ReinspectionRecorded": Words("复查意见书", "Result of a reinspection"),
        "ListingSuspended": Words("暂停认定资格决定书", "Decision: suspension"),
        "ListingRemoved": Words("移出名单决定书", "Decision: removal from the roster"),
        "RosterPublished": Words("名单公告", "Announcement of the roster"),
        "SpotCheckRecorded": Words("督导记录表", "Record of a spot check"),
    }
)
"""Event name → title."""

_ISSUERS: Mapping[str, Words] = MappingProxyType(
    {
        "centre": Words("北京市职业技能鉴定管理中心", "Beijing city centre of skill certification"),
        "bureau": Words(
            "北京市人力资源和社会保障局",
            "Beijing Municipal Bureau of Human Resources and Social Security",
        ),
        "BDA": Words("北京经济技术开发区社会事业局", "Social Affairs Bureau, BDA, Beijing"),
    }
)


def issuer(organisation: str) -> Words:
    """Return the full name of an authority; anybody else as given."""
    if organisation in _ISSUERS:
        return _ISSUERS[organisation]
    district = DISTRICTS.get(organisation)
    if district is None:
        return Words(organisation, organisation)
    return Words(
        f"北京市{district.zh}人力资源和社会保障局",
        f"Bureau of Human Resources and Social Security, {district.en}, Beijing",
    )
