"""Items of the running installation: whether it lives, files brought in, sheets to fill in, evidence stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from projections.items.changes import CHANGE, FIELDS, Change, FieldDifference
from projections.items.parts import POSITION, SHA256, Sentence
from projections.items.shape import PUBLISHED, READ, SOMETIMES, Head, Said, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class AliveItem:
    """在运行 / the process answers."""

    alive: Annotated[bool, Head("在运行", "alive"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSetApart:
    """停下的企业 / where one enterprise stopped being followed."""

    position: Annotated[int, POSITION, PUBLISHED]
    subject: Annotated[str | None, Head("企业代码", "USCC"), PUBLISHED]
    type: Annotated[str, Head("记录类型", "event"), PUBLISHED]
    reason: Annotated[str, Head("原因", "reason"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyItem:
    """可以使用 / where ledger and views end."""

    ready: Annotated[bool, Head("可以使用", "ready"), PUBLISHED]
    position: Annotated[int, POSITION, PUBLISHED]
    followed: Annotated[int, Head("视图位置", "position of the views"), PUBLISHED]
    set_apart: Annotated[
        tuple[SubjectSetApart, ...], Head("停下的企业", "no longer followed"), PUBLISHED
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchItem:
    """是否相符 / whether number and name belong together."""

    match: Annotated[bool, Head("相符", "match"), PUBLISHED]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """字段错误 / what is wrong with one field."""

    field: Annotated[str, Head("字段", "field"), READ]
    reason: Annotated[str, Head("原因", "reason"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """未办理的行 / a line or row that was refused."""

    line: Annotated[int, Head("行号", "line"), READ]
    code: Annotated[str, Head("原因代码", "code"), READ]
    reason: Annotated[str, Head("原因", "reason"), READ]
    errors: Annotated[tuple[FieldFault, ...], Head("错误", "errors"), READ]
    sheet: Annotated[str, Head("工作表", "sheet"), READ, SOMETIMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportItem:
    """导入任务 / a file that is brought in, and how far that has come."""

    id: Annotated[str, Head("编号", "id"), READ]
    file_name: Annotated[str, Head("文件名", "file name"), READ]
    stage: Annotated[
        Literal["queued", "running", "previewed", "done", "failed", "discarded"],
        Head("进展", "stage"),
        READ,
    ]
    asked_at: Annotated[datetime, Head("提出时间", "asked at"), READ]
    done: Annotated[int, Head("已读字节", "bytes read"), READ]
    whole: Annotated[int, Head("总字节", "bytes in all"), READ]
    lines: Annotated[int, Head("行数", "lines"), READ]
    taken: Annotated[int, Head("已入账行数", "lines taken"), READ]
    known: Annotated[int, Head("已有行数", "lines known already"), READ]
    refused: Annotated[int, Head("未办理行数", "lines refused"), READ]
    notes: Annotated[tuple[str, ...], Head("提示", "notes"), READ]
    errors: Annotated[tuple[FieldFault, ...], Head("错误", "what is wrong"), READ]
    rejects: Annotated[tuple[RefusedRow, ...], Head("未办理的行", "refused lines"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTemplate:
    """空表 / a sheet to fill in."""

    name: Annotated[str, Head("名称", "name"), READ, Shown("roster")]
    title: Annotated[Sentence, Head("标题", "title"), READ]
    columns: Annotated[tuple[str, ...], Head("列", "columns"), READ]
    further: Annotated[tuple[str, ...], Head("可另有的列", "further columns"), READ]
    address: Annotated[str, Head("地址", "address"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidenceItem:
    """已存证据 / evidence as it was stored."""

    sha256: Annotated[str, SHA256, READ]
    media_type: Annotated[str, Head("媒体类型", "media type"), READ, Shown("image/jpeg")]
    size: Annotated[int, Head("字节数", "bytes"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCatalogueItem:
    """已收录的目录 / a file of reference data that was stored; it is not adopted by that."""

    sha256: Annotated[str, SHA256, READ]
    kind: Annotated[str, Head("类别", "kind"), READ, Said("catalogue")]
    file_name: Annotated[str, Head("文件名", "file name"), READ]
    rows: Annotated[int, Head("行数", "rows"), READ]
    notes: Annotated[tuple[str, ...], Head("提示", "notes"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuestionItem:
    """保存的问题 / a list with its filters under a name, and whether its answer has changed since it was seen."""

    id: Annotated[str, Head("编号", "id"), READ]
    name: Annotated[str, Head("名称", "name"), READ]
    description: Annotated[str, Head("说明", "description"), READ]
    address: Annotated[str, Head("地址", "address"), READ, Shown("/v1/flags?code=S1")]
    page: Annotated[str | None, Head("页面", "page"), READ, Shown("/flags?code=S1")]
    state: Annotated[
        Literal["unchanged", "changed", "pinned", "unanswerable"],
        Head("状态", "state"),
        READ,
        Said("saved"),
    ]
    rows: Annotated[int, Head("上次看到的行数", "rows when seen"), READ]
    rows_now: Annotated[int | None, Head("现在的行数", "rows now"), READ]
    more_rows: Annotated[
        bool | None,
        Head("其后还有未比较的行", "there are further rows, which are not compared"),
        READ,
    ]
    saved_at: Annotated[datetime, Head("保存时间", "saved at"), READ]
    seen_at: Annotated[datetime, Head("上次看的时间", "seen at"), READ]
    seen_position: Annotated[int, Head("上次看时的入账位置", "position when seen"), READ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """关注摘要的一行 / a row of what is followed that came, went or changed."""

    question_id: Annotated[str, Head("编号", "id"), READ]
    question: Annotated[str, Head("关注", "followed"), READ]
    list: Annotated[str, Head("列表", "list"), READ, Said("list"), Shown("flags")]
    change: Annotated[Change, CHANGE, READ, Said("change")]
    key: Annotated[str, Head("主键", "key"), READ, Shown("S1-1201")]
    page: Annotated[str, Head("页面", "page"), READ, Shown("/flags/S1-1201")]
    message: Annotated[Sentence, Head("说明", "what it says"), READ]
    fields: Annotated[tuple[FieldDifference, ...], FIELDS, READ]
