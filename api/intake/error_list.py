"""The error list of an import: the refused rows as they were sent, with a column that says why.

Mended in place, a certificate upload can be imported again as it is.
"""

# pyright: reportUnknownMemberType=false
# xlsxwriter is annotated in part.

import io
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
import xlsxwriter

from api.export.formats import FORMULA
from api.intake.sheets.heads import LINE, WHY

_LONGEST_CELL = 32_767


def error_list(rejects: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a workbook of the refused lines: their own columns, then the line's number and the reasons.

    Lines of NDJSON have no columns: what was sent stands in one, as it was.
    """
    heads = _heads(rejects)
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        text = book.add_format({"num_format": "@"})
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("错误清单")
        for column, head in enumerate((*heads, LINE, WHY)):
            sheet.set_column(column, column, 40 if head == WHY else 18)
            sheet.write_string(0, column, head, bold)
        for row, reject in enumerate(rejects, 1):
            cells = _cells(reject, heads)
            for column, cell in enumerate(cells):
                style = quoted if cell.startswith(FORMULA) else text
                sheet.write_string(row, column, cell[:_LONGEST_CELL], style)
        sheet.freeze_panes(1, 0)
    return made.getvalue()


def _sheet_row(reject: Mapping[str, Any]) -> Mapping[str, Any] | None:
    given = reject["input"]
    is_row = isinstance(given, dict) and "type" not in given and "data" not in given
    return cast("Mapping[str, Any]", given) if is_row else None


def _heads(rejects: Sequence[Mapping[str, Any]]) -> list[str]:
    heads: dict[str, None] = {}
    for reject in rejects:
        row = _sheet_row(reject)
        heads |= dict.fromkeys(row if row is not None else ("内容",))
    return list(heads)


def _cells(reject: Mapping[str, Any], heads: Sequence[str]) -> list[str]:
    row = _sheet_row(reject) or {"内容": reject["input"]}
    said = "；".join(f"{each['field']}：{each['reason']}" for each in reject["errors"])
    own = [_text(row.get(head)) for head in heads]
    return [*own, str(reject["line"]), said or str(reject["reason"])]


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
