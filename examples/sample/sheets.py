"""Sheets as offices use them: the published roster, and the certificate upload as XLSX and CSV."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, TypeAlias

import xlsxwriter

from api.intake.sheets.roster_form import ROSTER
from api.intake.sheets.upload_form import SESSION, UPLOAD
from domain.terms.vocabulary import Level
from examples.sample.firms import Batch
from examples.sample.lines import CENTRE, PUBLISHER, line
from examples.sample.listing import entries
from examples.sample.year import Year

Json: TypeAlias = dict[str, Any]
Cell: TypeAlias = str | int | date

_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 - XlsxWriter takes it as it is
_ZIPPED = (1980, 1, 1, 0, 0, 0)


def xlsx(rows: Iterable[Sequence[Cell]], widths: Sequence[int]) -> bytes:
    """Return a workbook of one sheet: the same rows, the same bytes on every machine."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": _CREATED, "author": "示例"})
    sheet = book.add_worksheet("Sheet1")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, datetime.combine(cell, time.min))
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, cell)
    book.close()
    return _stored(made)


def _stored(made: io.BytesIO) -> bytes:
    """Return the archive without compression: its outcome depends on the version of zlib."""
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIPPED), source.read(name))
    return out.getvalue()


def publish_as_sheet(year: Year, batch: Batch) -> None:
    """Publish a batch as an XLSX sheet; the ledger makes one event of it."""
    published = entries(year, batch)
    year.taken(
        line(
            "RosterPublished",
            batch.published_on,
            PUBLISHER,
            batch=batch.name,
            published_on=batch.published_on.isoformat(),
            entries=published,
        )
    )
    names = {firm.uscc: firm.name for firm in year.firms.values()}
    title = f"{batch.name[:4]}年第{'一二'[int(batch.name[-1]) - 1]}批 企业职业技能等级认定名单"
    rows: list[Sequence[Cell]] = [
        (f"{title} 公布日期:{batch.published_on} 批次:{batch.name}",),
        ROSTER,
    ]
    for number, entry in enumerate(published, 1):
        rows += [
            (
                number,
                names[entry["uscc"]],
                entry["uscc"],
                item["code"],
                item["name"] + (f"({item['trade']})" if item["trade"] else ""),
                "、".join(Level(level).zh.partition("/")[0] for level in item["levels"]),
                f"{entry['valid_from']}至{entry['valid_to']}",
            )
            for item in entry["scope"]
        ]
    year.keep(f"roster-{batch.name}.xlsx", xlsx(rows, (6, 40, 22, 14, 30, 30, 26)))


def upload(year: Year, day: date, name: str) -> None:
    """Upload the certificates issued before `day`, as XLSX or CSV by the ending of `name`."""
    waiting = [c for c in year.upload if c["issued_on"] < day.isoformat()]
    year.upload = [c for c in year.upload if c not in waiting]
    waiting.sort(key=lambda c: (c["issued_on"], c["certificate_no"]))
    for certificate in waiting:
        _taken(year, certificate)
    as_text = name.endswith(".csv")
    rows = [(*UPLOAD, SESSION), *(_row(year, c, as_text=as_text) for c in waiting)]
    content = _csv(rows) if as_text else xlsx(rows, (10, 8, 22, 40, 26, 16, 16, 26, 12, 40, 40, 16))
    year.keep(name, content)


def _taken(year: Year, certificate: Json) -> None:
    """Take one row as the importer does: of results and of the holder's category it knows nothing."""
    holder = {k: v for k, v in certificate["holder"].items() if k != "category"}
    known = certificate | {"results": {}, "holder": holder}
    day = date.fromisoformat(certificate["issued_on"])
    entry = year.taken(line("CertificateIssued", day, CENTRE, **known))[0]
    year.marks[certificate["certificate_no"]] = entry.position


def _row(year: Year, certificate: Json, *, as_text: bool) -> Sequence[Cell]:
    names = {firm.uscc: firm.name for firm in year.firms.values()}
    assessor = names[year.trial.session_of(certificate).uscc]
    level, day = Level(certificate["level"]).zh, certificate["issued_on"]
    return (
        certificate["holder"]["name"],
        certificate["holder"]["id_type"],
        certificate["holder"]["id_no"],
        assessor,
        certificate["occupation"]["name"],
        certificate["occupation"]["trade"] or "",
        level.rpartition("/")[2] if as_text else level,
        certificate["certificate_no"],
        day if as_text else date.fromisoformat(day),
        assessor,
        names[certificate["issuer_uscc"]],
        certificate["assessment_id"],
    )


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return "\ufeff".encode() + text.getvalue().encode()
