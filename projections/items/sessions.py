"""Items of sessions and certificates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from domain.terms.vocabulary import CandidateCategory, ContentPart, GroundKind, Mode
from projections.items.parts import (
    BECAUSE,
    DISTRICT,
    LEVEL,
    OCCUPATION,
    POSITION,
    USCC,
    District,
    LevelShown,
    Method,
    Occupation,
    Positions,
    Uscc,
    Venue,
)
from projections.items.shape import MASKED, PERSONAL, READ, WRITTEN, Head, Said, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """考生人数 / candidates by category."""

    employee: Annotated[int, Head("在职职工", "own employees"), READ]
    dispatched: Annotated[int, Head("劳务派遣人员", "dispatched workers"), READ]
    student: Annotated[int, Head("校企合作技工院校学生", "students of partner schools"), READ]
    apprentice: Annotated[int, Head("新型学徒", "new-type apprentices"), READ]
    other: Annotated[int, Head("其他人员", "others"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedResults:
    """成绩公示 / the results of a session were made public."""

    BRIEF: ClassVar[tuple[str, ...]] = ("published_on", "until", "where")

    published_on: Annotated[date, Head("公示日期", "published on"), READ]
    until: Annotated[date, Head("公示末日", "last day"), READ]
    where: Annotated[str, Head("公示地点", "where"), WRITTEN]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionItem:
    """认定活动 / a session as it was reported."""

    assessment_id: Annotated[str, Head("认定活动编号", "session"), READ, Shown("as-2025-0182")]
    uscc: Annotated[Uscc, USCC, READ]
    unit_uscc: Annotated[Uscc | None, Head("实施单位代码", "implementing unit"), READ]
    occupation: Annotated[Occupation, OCCUPATION, READ]
    level: Annotated[LevelShown, LEVEL, READ]
    method: Annotated[Method, Head("认定方式", "method"), READ, Shown("examination")]
    mode: Annotated[Mode, Head("组织形式", "mode"), READ, Said("mode")]
    held_from: Annotated[date, Head("开始日期", "first day"), READ]
    held_to: Annotated[date, Head("结束日期", "last day"), READ]
    venue: Annotated[Venue | None, Head("地点", "venue"), READ]
    venues: Annotated[tuple[Venue, ...] | None, Head("其他地点", "further venues"), READ]
    candidates: Annotated[Candidates, Head("考生", "candidates"), READ]
    assessors: Annotated[tuple[str, ...] | None, Head("考评人员", "assessors"), MASKED]
    quality_staff: Annotated[tuple[str, ...] | None, Head("质量内控人员", "quality staff"), MASKED]
    district: Annotated[District | None, DISTRICT, READ]
    position: Annotated[int, POSITION, READ]
    because: Annotated[Positions, BECAUSE, READ]
    results_published: Annotated[
        tuple[PublishedResults, ...] | None, Head("成绩公示", "results made public"), READ
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedItem:
    """各场发证数 / a session with the number of its certificates."""

    assessment_id: Annotated[str, Head("认定活动编号", "session"), READ, Shown("as-2025-0182")]
    uscc: Annotated[Uscc, USCC, READ]
    occupation: Annotated[Occupation, OCCUPATION, READ]
    level: Annotated[LevelShown, LEVEL, READ]
    held_from: Annotated[date, Head("开始日期", "first day"), READ]
    candidates: Annotated[int, Head("考生人数", "candidates"), READ]
    certificates: Annotated[int, Head("证书数", "certificates"), READ]
    position: Annotated[int, POSITION, READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """持证人 / the holder without clear name and number."""

    BRIEF: ClassVar[tuple[str, ...]] = ("masked_name", "category")

    subject_id: Annotated[str, Head("假名标识", "pseudonym"), PERSONAL]
    masked_name: Annotated[str, Head("脱敏姓名", "masked name"), PERSONAL, Shown("张*")]
    id_type: Annotated[str, Head("证件类型", "kind of document"), READ, Shown("201")]
    category: Annotated[
        CandidateCategory | None, Head("人员类别", "category"), READ, Said("category")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """直接认定的依据 / what a direct certification rests on."""

    BRIEF: ClassVar[tuple[str, ...]] = ("kind", "text", "document_no")

    kind: Annotated[GroundKind, Head("类别", "kind"), READ, Said("ground")]
    text: Annotated[str | None, Head("内容", "what it is"), WRITTEN]
    document_no: Annotated[str | None, Head("文号", "document number"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """成绩 / points per part, and the parts that 二(二)2 adds."""

    theory: Annotated[Decimal | None, Head("理论", "theory"), READ]
    practice: Annotated[Decimal | None, Head("实操", "practice"), READ]
    review: Annotated[Decimal | None, Head("综合评审", "review"), READ]
    performance: Annotated[Decimal | None, Head("工作业绩", "performance"), READ]
    ethics: Annotated[Decimal | None, Head("职业道德", "ethics"), READ]
    content: Annotated[
        tuple[ContentPart, ...] | None, Head("考评内容", "content"), READ, Said("content")
    ]
    ground: Annotated[Ground | None, Head("直接认定依据", "ground"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateItem:
    """证书 / a certificate as it was issued or replaced."""

    certificate_no: Annotated[
        str, Head("证书编号", "certificate number"), READ, Shown("Y000011990032243000001")
    ]
    assessment_id: Annotated[str, Head("认定活动编号", "session"), READ, Shown("as-2025-0182")]
    uscc: Annotated[Uscc | None, USCC, READ]
    issuer_uscc: Annotated[Uscc, Head("发证机构代码", "issuing body"), READ]
    district: Annotated[District | None, DISTRICT, READ]
    occupation: Annotated[Occupation, OCCUPATION, READ]
    level: Annotated[LevelShown, LEVEL, READ]
    holder: Annotated[Holder, Head("持证人（脱敏）", "holder, masked"), READ]
    results: Annotated[Results, Head("成绩", "results"), READ]
    issued_on: Annotated[date, Head("发证日期", "issued on"), READ]
    reissued_on: Annotated[date | None, Head("换发日期", "replaced an earlier one on"), READ]
    state: Annotated[
        Literal["valid", "reissued", "revoked"],
        Head("证书状态", "state"),
        READ,
        Said("certificate"),
    ]
    ended_on: Annotated[date | None, Head("终止日期", "ended on"), READ]
    ended_position: Annotated[int | None, Head("终止的记录位置", "ended by entry"), READ]
    replaced_by: Annotated[str | None, Head("换发后编号", "replaced by"), READ]
    replaces: Annotated[str | None, Head("换发前编号", "replaces"), READ]
    issued_as: Annotated[str | None, Head("首次发证的编号", "first issued as"), READ]
    position: Annotated[int, POSITION, READ]
