"""The eleven-column certificate upload: one `CertificateIssued` for each row.

What a row does not say is not invented: no category of the holder, no 工种. Which session it comes
of is looked up; where several fit, the row is refused and names them, unless a column 场次 or who
brings the file says which.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from api.intake.sheets.cells import Reading, Row, shown
from api.intake.sheets.directory import Directory, Sessions
from api.intake.sheets.heads import Form, Table, body_of, ranges
from domain.assessment import AssessmentHeld
from domain.terms.folding import folded
from domain.terms.identifiers import is_identity_number
from domain.terms.vocabulary import Level, Role
from ledger.gate.schema import IDENTITY_CARD

UPLOAD = (
    "姓名",
    "证件类型",
    "证件号码",
    "所在单位",
    "职业名称",
    "工种名称",
    "职业技能等级",
    "证书编号",
    "发证日期",
    "评价机构",
    "发证机构",
)
SESSION = "场次"
"""The further column: the `assessment_id` of the session."""
FORM = Form(
    name="certificates",
    zh="证书上传表",
    en="certificate upload",
    heads=UPLOAD,
    further=(SESSION,),
    telling=MappingProxyType(
        {
            "证件号码": re.compile(r"(?=(?:.*[0-9]){4})[^:。,;、]{5,}"),
            "证书编号": re.compile(r"(?=.*[0-9])(?:[A-Z0-9-]{5,}|[A-Z]+-?[0-9]+)"),
        }
    ),
)
_CELLS: Mapping[str, str] = MappingProxyType(
    {
        "certificate_no": "证书编号",
        "assessment_id": SESSION,
        "issuer_uscc": "发证机构",
        "occupation.trade": "工种名称",
        "occupation": "职业名称",
        "level": "职业技能等级",
        "holder.name": "姓名",
        "holder.id_type": "证件类型",
        "holder.id_no": "证件号码",
        "holder": "姓名",
        "issued_on": "发证日期",
        "valid_from": "发证日期",
    }
)
"""Field of the command → the column that says it."""
_CARD = re.compile(
    r"[(（]?201[)）]?[-:.、_]?(?:(?:中华人民共和国|二代|第二代)?(?:居民)?身份证)?(?:\(居民身份证\))?"
    r"|(?:中华人民共和国|二代|第二代)?(?:居民)?身份证(?:[-:(]?201\)?)?"
)
"""How the identity card is said: by its code, by its name, by both."""
_SEPARATORS = re.compile(r"[-–—·.]")
_MOST_NAMED = 5
_UNKNOWN: Mapping[str, Any] = MappingProxyType(
    {
        "certificate_no": "-",
        "assessment_id": "-",
        "issuer_uscc": "-",
        "occupation": {"edition": "-", "code": "-", "name": "-"},
        "level": Level.FIVE.value,
        "results": {},
        "issued_on": "2000-01-01",
    }
)
"""What stands for a cell at fault, so that the rest of its row is looked at in the same round."""


def upload(
    table: Table, directory: Directory, actor: Mapping[str, str], notes: list[str]
) -> Iterator[Row]:
    """Yield a `CertificateIssued` for each row of a certificate upload."""
    body = body_of(table)
    notes += body.notes(table.sheet)
    if not body.rows:
        notes.append(
            f"{table.sheet.name or '表格'}的表头（第 {table.head} 行）下面没有数据行 / "
            f"there is no row below the head in row {table.head}"
        )
    read_as: dict[str, list[int]] = {}
    reports = actor.get("role") == Role.ENTERPRISE_REPORTER
    bound_to = actor.get("organisation") if reports else None
    directory.prepare_sessions({str(cells["评价机构"] or "") for _, cells in body.rows})
    for number, cells in body.rows:
        reading = Reading(table, number, cells)
        certificate = _certificate(reading, directory, read_as, bound_to)
        notes += reading.notes
        known = {"type": "CertificateIssued", "actor": actor}
        yield Row(
            number,
            known | {"data": {**_UNKNOWN} | {k: v for k, v in certificate.data.items() if v}},
            tuple(reading.faults),
            shown(cells),
            table.sheet.name,
            {field: reading.where(_column(table, head)) for field, head in _CELLS.items()},
            tuple(known | {"data": data} for data in certificate.earlier),
        )
    notes += (f"{said}：第 {ranges(rows)} 行 / {len(rows)} rows" for said, rows in read_as.items())


def _column(table: Table, head: str) -> str:
    return head if head in table.columns else "职业名称"


class _Certificate(NamedTuple):
    data: Mapping[str, Any]
    earlier: Sequence[Mapping[str, Any]] = ()


class _Document(NamedTuple):
    """The holder's document: as it is recorded, and as earlier releases took it from the cells."""

    id_type: str
    id_no: str
    given: tuple[str, str]


def _document(reading: Reading, read_as: dict[str, list[int]]) -> _Document:
    """Return the document of a row; what says identity card is one, and its number is held to that.

    Blanks, hyphens and full width are how a number is printed, and make no other number.
    """
    id_type, id_no = reading.text("证件类型"), reading.code("证件号码")
    given = (id_type, id_no)
    if _CARD.fullmatch(folded(id_type)) and id_type != IDENTITY_CARD:
        id_type = IDENTITY_CARD
        read_as.setdefault(f"证件类型按 {IDENTITY_CARD}（居民身份证）读取", []).append(
            reading.number
        )
    if id_type != IDENTITY_CARD or not id_no:
        return _Document(id_type, id_no, given)
    number = _SEPARATORS.sub("", folded(id_no))
    if is_identity_number(number):
        if number != id_no.upper():
            read_as.setdefault("证件号码去掉空格、连字符和全角后读取", []).append(reading.number)
            id_no = number
        return _Document(id_type, id_no, given)
    reading.fault("证件号码", *_no_number(number))
    return _Document(id_type, id_no, given)


def _no_number(number: str) -> tuple[str, str]:
    """Return why a number is none of an identity card; the number itself is not said."""
    if len(number) == 15 and number.isdecimal():
        return (
            "15 位旧号码不能核对；请按现行证件填写 18 位号码",
            "a number of 15 digits cannot be checked; give the 18 of the present card",
        )
    if len(number) != 18:
        return (
            f"不是有效的居民身份证号码：应为 18 位，这里是 {len(number)} 位；请核对证件",
            f"not a valid resident identity number: {len(number)} characters instead of 18",
        )
    return (
        "不是有效的居民身份证号码（18 位，出生日期或校验位不符）；请核对证件",
        "not a valid resident identity number; check the document",
    )


def _certificate(
    reading: Reading,
    directory: Directory,
    read_as: dict[str, list[int]],
    bound_to: str | None,
) -> _Certificate:
    """Return what the row says; cells at fault are left out of it."""
    name, document = reading.name("姓名"), _document(reading, read_as)
    reading.text("所在单位")
    occupation, trade = reading.name("职业名称"), reading.optional("工种名称")
    levels = reading.levels("职业技能等级")
    if len(levels) > 1:
        reading.fault("职业技能等级", "只能填一个等级", "exactly one level is expected")
    number, issued_on = reading.code("证书编号"), reading.day("发证日期")
    assessor = _assessor(reading, directory, bound_to)
    issuer = _issuer(reading, directory, assessor, bound_to)
    data: dict[str, Any] = {
        "certificate_no": number,
        "issuer_uscc": issuer,
        "level": levels[0] if levels else "",
        "holder": {
            "name": name or "甲",
            "id_type": document.id_type or "-",
            "id_no": document.id_no or "-",
        },
        "results": {},
        "issued_on": issued_on,
    }
    if not assessor or not reading.is_sound("职业名称", "职业技能等级", "发证日期", "工种名称"):
        return _Certificate(data)
    wanted = _Wanted(occupation, trade, Level(levels[0]), date.fromisoformat(issued_on), number)
    session = _session(reading, directory, assessor, wanted)
    if session is None:
        return _Certificate(data)
    session_occupation = session.occupation
    own = {
        "edition": session_occupation.edition,
        "code": session_occupation.code,
        "name": session_occupation.name,
    }
    data["assessment_id"] = session.assessment_id
    # As written in the session where it is the same 工种, else as the row says; never filled in.
    same = (
        trade is not None
        and session_occupation.trade is not None
        and folded(trade) == folded(session_occupation.trade)
    )
    now = data | {"occupation": own | {"trade": session_occupation.trade if same else trade}}
    # As the cells say it, which is what was taken until identity cards were known by their words.
    id_type, id_no = document.given
    as_given = {**data["holder"], "id_type": id_type, "id_no": id_no}
    # Until November 2026 a row took its session's 工种, and every holder was an employee.
    then = data | {
        "occupation": own | {"trade": session_occupation.trade},
        "holder": as_given | {"category": "employee"},
    }
    if as_given == data["holder"]:
        return _Certificate(now, (then,))
    return _Certificate(now, (now | {"holder": as_given}, then))


def _assessor(reading: Reading, directory: Directory, bound_to: str | None) -> str:
    """Return who assessed. A reporter hears nothing of other enterprises, not even that they are there."""
    if bound_to is None:
        return _enterprise(reading, directory, "评价机构")
    name = reading.name("评价机构")
    if name and bound_to not in directory.named(name):
        reading.fault(
            "评价机构",
            f"“{name[:40]}”不是本企业登记的名称（含曾用名）；只能上传本企业评价的证书",
            "this is or was no name of your own enterprise; certificates that it assessed are uploaded",
        )
        return ""
    return bound_to if name else ""


def _issuer(reading: Reading, directory: Directory, assessor: str, bound_to: str | None) -> str:
    """Return who issued: whoever assessed, if it bears the name, whoever else took that name too.

    A reporter's row is looked up among what is public besides: who was ever on the roster.
    """
    name = reading.name("发证机构")
    enterprises = directory.named(name) if name else ()
    if assessor in enterprises:
        return assessor
    if bound_to is not None:
        enterprises = tuple(uscc for uscc in enterprises if directory.was_published(uscc))
    return _one(reading, "发证机构", name, enterprises)


def _enterprise(reading: Reading, directory: Directory, column: str) -> str:
    name = reading.name(column)
    return _one(reading, column, name, directory.named(name) if name else ())


def _one(reading: Reading, column: str, name: str, enterprises: Sequence[str]) -> str:
    """Return the enterprise that a name means; of none and of several the cell is at fault."""
    if len(enterprises) == 1:
        return enterprises[0]
    if name and not enterprises:
        reading.fault(
            column,
            f"没有登记名为“{name[:40]}”的企业（含曾用名）",
            "no enterprise is or was registered by this name",
        )
    elif name:
        reading.fault(
            column,
            f"有 {len(enterprises)} 家企业用（或曾用）这个名称，无法确定：{'、'.join(enterprises[:_MOST_NAMED])}",
            "several enterprises bear or bore this name",
        )
    return ""


class _Wanted(NamedTuple):
    """What a row says of its session."""

    occupation: str
    trade: str | None
    level: Level
    day: date
    number: str


def _session(
    reading: Reading, directory: Directory, uscc: str, wanted: _Wanted
) -> AssessmentHeld | None:
    """Return the one session that the row can come of."""
    sessions = directory.sessions(uscc)
    said = reading.code(SESSION, needed=False) or directory.assessment_id
    if not reading.is_sound(SESSION):
        return None
    if said:
        return _named_session(reading, sessions, said, wanted)
    fitting = [
        candidate for candidate in _of_occupation(sessions, wanted) if _fits(candidate, wanted)
    ]
    if len(fitting) > 1:
        # A certificate that is recorded already says itself which session it came of.
        recorded = sessions.issued.get(folded(wanted.number), set())
        known = [candidate for candidate in fitting if candidate.assessment_id in recorded]
        fitting = known if len(known) == 1 else fitting
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        _refuse_uncertain(reading, fitting)
    else:
        _refuse_unknown(reading, sessions, wanted)
    return None


def _of_occupation(sessions: Sessions, wanted: _Wanted) -> list[AssessmentHeld]:
    return [h for h in sessions.held if folded(h.occupation.name) == folded(wanted.occupation)]


def _fits(session: AssessmentHeld, wanted: _Wanted) -> bool:
    trade = session.occupation.trade
    return (
        session.level is wanted.level
        and session.held_from <= wanted.day
        and (wanted.trade is None or trade is None or folded(trade) == folded(wanted.trade))
    )


def _named_session(
    reading: Reading, sessions: Sessions, said: str, wanted: _Wanted
) -> AssessmentHeld | None:
    """Return the session that is named, if it is one of the assessor's for this occupation."""
    column = SESSION if reading.where(SESSION) != SESSION else "评价机构"
    session = next((h for h in sessions.held if folded(h.assessment_id) == folded(said)), None)
    if session is None:
        reading.fault(
            column,
            f"场次 {said[:60]} 不是该评价机构上报的认定活动",
            f"{said[:60]} is no session of this assessing enterprise",
        )
        return None
    if folded(session.occupation.name) != folded(wanted.occupation):
        reading.fault(
            "职业名称",
            f"场次 {session.assessment_id} 的职业是“{session.occupation.name}”，本行写作“{wanted.occupation[:40]}”",
            f"session {session.assessment_id} is of {session.occupation.name}, the row says otherwise",
        )
        return None
    return session


def _refuse_uncertain(reading: Reading, fitting: Sequence[AssessmentHeld]) -> None:
    latest = sorted(fitting, key=lambda h: (h.held_from, h.assessment_id), reverse=True)
    named = "、".join(f"{h.assessment_id}({h.held_from})" for h in latest[:_MOST_NAMED])
    more = f" 等 {len(latest)} 场" if len(latest) > _MOST_NAMED else ""
    reading.fault(
        "职业名称",
        f"有 {len(latest)} 场认定活动与本行相符，无法确定是哪一场：{named}{more}；"
        f"请加一列“{SESSION}”填写场次编号，或导入时用 --assessment 指明",
        f"{len(latest)} sessions fit this row: {named}{more}; say which in a column {SESSION},"
        " or with --assessment",
    )


def _refuse_unknown(reading: Reading, sessions: Sessions, wanted: _Wanted) -> None:
    """Say which cell keeps the row from every session."""
    report = ("请先上报认定活动", "report the session first")
    same = _of_occupation(sessions, wanted)
    if not sessions.held:
        reading.fault(
            "评价机构", f"该机构没有上报过认定活动；{report[0]}", f"no session yet; {report[1]}"
        )
        return
    if not same:
        known = "、".join(dict.fromkeys(h.occupation.name for h in sessions.held[:200]))
        reading.fault(
            "职业名称",
            f"该机构没有“{wanted.occupation[:40]}”的认定活动（有：{known[:120]}）；{report[0]}",
            f"no session of this occupation; {report[1]}",
        )
        return
    at_level = [h for h in same if h.level is wanted.level]
    if not at_level:
        known = "、".join(dict.fromkeys(h.level.zh for h in same))
        reading.fault(
            "职业技能等级",
            f"该职业没有{wanted.level.zh}的认定活动（有：{known}）；{report[0]}",
            f"no session of this occupation at this level; {report[1]}",
        )
        return
    in_time = [h for h in at_level if h.held_from <= wanted.day]
    if not in_time:
        first = min(h.held_from for h in at_level)
        reading.fault(
            "发证日期",
            f"发证日期 {wanted.day} 早于该职业、等级的第一场认定活动（{first}）",
            f"issued before the first session of this occupation and level ({first})",
        )
        return
    known = "、".join(dict.fromkeys(h.occupation.trade or "" for h in in_time))
    reading.fault(
        "工种名称",
        f"没有工种“{(wanted.trade or '')[:40]}”的认定活动（有：{known}）；{report[0]}",
        f"no session of this trade; {report[1]}",
    )
