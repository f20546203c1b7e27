"""Records inside items: an occupation, a place, a piece of evidence, a person, a sentence."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, TypeAlias

from domain.terms.vocabulary import Datum, Level, Role
from projections.items.shape import (
    MASKED,
    PERSONAL,
    PUBLISHED,
    READ,
    UNTIL,
    WRITTEN,
    Head,
    Said,
    Shown,
)

Uscc: TypeAlias = Annotated[str, Shown("91110302562134916R")]
District: TypeAlias = Annotated[str, Said("district"), Shown("110108")]
LevelShown: TypeAlias = Annotated[Level, Said("level")]
Method: TypeAlias = Annotated[str, Said("method")]
Positions: TypeAlias = tuple[int, ...]
BECAUSE = Head("依据（记录位置）", "rests on entries")
POSITION = Head("记录位置", "position")
USCC = Head("统一社会信用代码", "USCC")
DISTRICT = Head("主管区", "competent district")
LEVEL = Head("等级", "level")
OCCUPATION = Head("职业", "occupation")
SCOPE = Head("确认范围", "confirmed scope")
SHA256 = Head("SHA-256 摘要", "SHA-256 digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """职业 / an occupation of an edition of the dictionary."""

    edition: Annotated[str, Head("大典版本", "edition"), PUBLISHED, Shown("2022")]
    code: Annotated[str, Head("职业编码", "code"), PUBLISHED, Shown("6-31-01-03")]
    name: Annotated[str, Head("职业名称", "name"), PUBLISHED, Shown("电工")]
    trade: Annotated[str | None, Head("工种", "trade"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeItem:
    """确认范围的一项 / an item of a scope, with its levels."""

    edition: Annotated[str, Head("大典版本", "edition"), PUBLISHED, Shown("2022")]
    code: Annotated[str, Head("职业编码", "code"), PUBLISHED, Shown("6-31-01-03")]
    name: Annotated[str, Head("职业名称", "name"), PUBLISHED, Shown("电工")]
    trade: Annotated[str | None, Head("工种", "trade"), PUBLISHED]
    levels: Annotated[tuple[LevelShown, ...], LEVEL, PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedItem:
    """已公布范围的一项 / an item of a scope with the grant that confirms it."""

    edition: Annotated[str, Head("大典版本", "edition"), PUBLISHED, Shown("2022")]
    code: Annotated[str, Head("职业编码", "code"), PUBLISHED, Shown("6-31-01-03")]
    name: Annotated[str, Head("职业名称", "name"), PUBLISHED, Shown("电工")]
    trade: Annotated[str | None, Head("工种", "trade"), PUBLISHED]
    levels: Annotated[tuple[LevelShown, ...], LEVEL, PUBLISHED]
    batch: Annotated[str | None, Head("公布批次", "batch"), PUBLISHED, Shown("2024-1")]
    valid_from: Annotated[date | None, Head("有效期起", "valid from"), PUBLISHED]
    valid_to: Annotated[date | None, Head("有效期止", "valid until"), PUBLISHED, UNTIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """一句说明 / a sentence in both languages."""

    zh: Annotated[str, Head("中文", "Chinese"), PUBLISHED]
    en: Annotated[str, Head("英文", "English"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """经办人 / who acted: an account with its role and organisation."""

    BRIEF: ClassVar[tuple[str, ...]] = ("account", "role")

    account: Annotated[str, Head("账户", "account"), READ]
    role: Annotated[Role, Head("角色", "role"), READ, Said("role")]
    organisation: Annotated[str, Head("机构", "organisation"), READ, Said("body")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """地点 / a place as reported."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "address")

    name: Annotated[str | None, Head("场所名称", "name"), READ]
    address: Annotated[str | None, Head("地址", "address"), READ]
    division: Annotated[str | None, Head("行政区划代码", "division code"), READ, Shown("110108")]
    lon: Annotated[Decimal | None, Head("经度", "longitude"), READ, Shown(116.3)]
    lat: Annotated[Decimal | None, Head("纬度", "latitude"), READ, Shown(39.9)]
    datum: Annotated[Datum | None, Head("坐标系", "datum"), READ]
    accuracy_m: Annotated[Decimal | None, Head("精度（米）", "accuracy in metres"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """证据 / a photo, film or paper by the digest of its bytes."""

    BRIEF: ClassVar[tuple[str, ...]] = ("file_name",)

    sha256: Annotated[str, SHA256, READ]
    media_type: Annotated[str, Head("媒体类型", "media type"), READ, Shown("image/jpeg")]
    file_name: Annotated[str, Head("文件名", "file name"), WRITTEN]
    captured_at: Annotated[datetime | None, Head("采集时间", "captured at"), READ]
    lon: Annotated[Decimal | None, Head("经度", "longitude"), READ]
    lat: Annotated[Decimal | None, Head("纬度", "latitude"), READ]
    datum: Annotated[Datum | None, Head("坐标系", "datum"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """督导人员 / an inspector, with the card and the statement on recusal."""

    BRIEF: ClassVar[tuple[str, ...]] = ("name", "card_no")

    account: Annotated[str, Head("账户", "account"), READ]
    name: Annotated[str, Head("姓名", "name"), MASKED]
    card_no: Annotated[str | None, Head("督导证号", "card number"), PERSONAL, Shown("R11230002")]
    recusal_declared: Annotated[bool | None, Head("回避声明", "recusal declared"), READ]
