"""The eleven-column certificate upload: one `CertificateIssued` for each row."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from api.intake.sheets.cells import Reading, Row, body, shown
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Sheet
from domain.assessment import AssessmentHeld
from domain.terms.vocabulary import Level

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


def upload(sheet: Sheet, directory: Directory, actor: Mapping[str, str]) -> Iterator[Row]:
    """Yield a `CertificateIssued` for each row of a certificate upload."""
    rows = list(body(sheet, UPLOAD))
    directory.prepare_sessions({str(cells["评价机构"] or "") for _, cells in rows})
    for number, cells in rows:
        reading = Reading(sheet, number, cells, UPLOAD)
        command = _certificate(reading, directory)
        faults = tuple(reading.faults)
        members = None if faults else {"type": "CertificateIssued", "actor": actor, "data": command}
        yield Row(number, members, faults, shown(cells))


def _certificate(reading: Reading, directory: Directory) -> dict[str, Any]:
    name, id_type, id_no = (reading.text(c) for c in ("姓名", "证件类型", "证件号码"))
    occupation, trade = reading.text("职业名称"), reading.text("工种名称", needed=False)
    levels = reading.levels("职业技能等级")
    number, issued_on = reading.text("证书编号"), reading.day("发证日期")
    assessor = _enterprise(reading, directory, "评价机构")
    issuer = _enterprise(reading, directory, "发证机构")
    if reading.faults or len(levels) != 1:
        if not reading.faults:
            reading.fault("职业技能等级", "只能填一个等级", "exactly one level is expected")
        return {}
    day, level = date.fromisoformat(issued_on), Level(levels[0])
    session = _session(reading, directory, assessor, (occupation, trade or None, level, day))
    if session is None:
        return {}
    held = session.occupation
    return {
        "certificate_no": number,
        "assessment_id": session.assessment_id,
        "issuer_uscc": issuer,
        "occupation": {
            "edition": held.edition,
            "code": held.code,
            "name": held.name,
            "trade": held.trade,
        },
        "level": level.value,
        "holder": {"name": name, "id_type": id_type, "id_no": id_no, "category": "employee"},
        "results": {},
        "issued_on": issued_on,
    }


def _enterprise(reading: Reading, directory: Directory, column: str) -> str:
    name = reading.text(column)
    found = directory.named(name) if name else ()
    if len(found) == 1:
        return found[0]
    if name:
        zh = "没有登记这个名称的企业" if not found else f"有 {len(found)} 家企业用这个名称,无法确定"
        en = (
            "no enterprise is registered by this name"
            if not found
            else "several enterprises bear this name"
        )
        reading.fault(column, zh, en)
    return ""


def _session(
    reading: Reading,
    directory: Directory,
    uscc: str,
    wanted: tuple[str, str | None, Level, date],
) -> AssessmentHeld | None:
    """Return the latest session of that occupation and level held on or before the day of issue."""
    occupation, trade, level, day = wanted
    fitting = [
        held
        for held in directory.sessions(uscc)
        if held.occupation.name == occupation
        and (trade is None or held.occupation.trade in {None, trade})
        and held.level is level
        and held.held_from <= day
    ]
    latest = [h for h in fitting if h.held_from == max(f.held_from for f in fitting)]
    if len(latest) == 1:
        return latest[0]
    zh = (
        "发证日期当日及以前没有该职业、等级的认定活动"
        if not latest
        else "同日有多场认定活动,无法确定是哪一场"
    )
    en = (
        "no session of this occupation and level up to that day"
        if not latest
        else "several sessions on the same day"
    )
    reading.fault(
        "职业名称",
        f"{zh};请先上报认定活动或改用 NDJSON",
        f"{en}; report the session first or use NDJSON",
    )
    return None
