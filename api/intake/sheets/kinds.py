"""What a file is that calls itself something else, and what to do with it."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from api.intake.sheets.parts import member_name

_FEW_ZEROS = 100
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_FEWEST_ZEROS = 4
Cause: TypeAlias = tuple[str, str]
"""The sentence in Chinese and in English."""

_SAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再上传"
_SAVE_EN = "open it in Excel or WPS and save it as .xlsx"

_STARTS: Mapping[bytes, Cause] = MappingProxyType(
    {
        b"\xd0\xcf\x11\xe0": (
            f"这是旧版 .xls 工作簿（或带密码的工作簿）；{_SAVE}，并去掉密码",
            f"an old .xls workbook, or one locked by a password; {_SAVE_EN}, without a password",
        ),
        b"%PDF": (
            "这是 PDF 文件；请上传 XLSX 或 CSV 表格",
            "a PDF; upload the sheet as XLSX or CSV",
        ),
        b"\xff\xd8\xff": (
            "这是照片（JPEG）；请上传 XLSX 或 CSV 表格",
            "a photo; upload the sheet itself",
        ),
        b"\x89PNG": (
            "这是图片（PNG）；请上传 XLSX 或 CSV 表格",
            "a picture; upload the sheet itself",
        ),
        b"GIF8": ("这是图片（GIF）；请上传 XLSX 或 CSV 表格", "a picture; upload the sheet itself"),
        b"RIFF": (
            "这是图片或音像文件；请上传 XLSX 或 CSV 表格",
            "a picture or recording; upload the sheet",
        ),
        b"Rar!": (
            "这是 RAR 压缩包；请解压后上传其中的表格",
            "a RAR archive; upload the sheet in it",
        ),
        b"7z\xbc\xaf": (
            "这是 7z 压缩包；请解压后上传其中的表格",
            "a 7z archive; upload the sheet in it",
        ),
        b"\x1f\x8b": ("这是 gzip 压缩文件；请解压后再上传", "a gzip file; unpack it first"),
        b"{\\rtf": (f"这是 RTF 文档，不是表格；{_SAVE}", f"an RTF document; {_SAVE_EN}"),
    }
)

_MEMBERS: Mapping[str, Cause] = MappingProxyType(
    {
        "xl/workbook.bin": (f"这是二进制工作簿 .xlsb；{_SAVE}", f"a binary workbook; {_SAVE_EN}"),
        "word/document.xml": (
            "这是 Word 文档；请把表格复制到 Excel 中，另存为 .xlsx",
            "a Word document; copy the table into Excel and save it as .xlsx",
        ),
        "ppt/presentation.xml": ("这是演示文稿，不是表格", "a presentation, not a sheet"),
        "content.xml": (
            f"这是 OpenDocument 表格（.ods）；{_SAVE}",
            f"an OpenDocument file; {_SAVE_EN}",
        ),
        "index/document.iwa": (
            "这是 Numbers 表格；请在 Numbers 中导出为 Excel(.xlsx)",
            "a Numbers sheet; export it as Excel (.xlsx)",
        ),
    }
)

_SHEETS_IN_ARCHIVE = (
    "这是压缩包，里面另有表格文件；请解压后上传其中的表格",
    "an archive with sheets in it; unpack it and upload the sheet",
)
_HTML = (
    f"这是网页（HTML），只是用了表格的扩展名（许多系统“导出 Excel”即如此）；{_SAVE}",
    f"a web page (HTML) that is only named like a sheet; {_SAVE_EN}",
)
_XML_SHEET = (
    f"这是“XML 电子表格 2003”；{_SAVE}",
    f"an XML spreadsheet of 2003; {_SAVE_EN}",
)
_CSV = (
    "文件名是工作簿的扩展名，内容却是 CSV 文本；请把扩展名改为 .csv，或用 Excel 打开后另存为 .xlsx",
    "its name is a workbook's, but it is CSV text; rename it to .csv, or save it as .xlsx",
)
_LINES = (
    "内容是 NDJSON（每行一个 JSON 对象）；请把扩展名改为 .ndjson",
    "its content is NDJSON, one JSON object a line; rename it to .ndjson",
)
_HTML_START = re.compile(
    rb"\s*(?:<!--.{0,400}?-->\s*)*(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_SHEET_START = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet")


def cause_by_start(head: bytes) -> Cause | None:
    """Return what a file beginning with `head` is, where that is nothing that is read."""
    for start, cause in _STARTS.items():
        if head.startswith(start):
            return cause
    encoding = utf16_of(head)
    if encoding is not None:
        head = head[: len(head) // 2 * 2].decode(encoding, "replace").encode()
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"MIME-Version:") or _HTML_START.match(text):
        return _HTML
    if text.lstrip().startswith(b"<") and _XML_SHEET_START.search(head):
        return _XML_SHEET
    return None


def cause_of_text(head: bytes) -> Cause:
    """Return what a text is that is named like a workbook."""
    return _LINES if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else _CSV


def is_lines(head: bytes) -> bool:
    """Return whether a text holds JSON objects."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b'{"', b"{ "))


LINES_AS_SHEET = _LINES


def cause_in_archive(path: Path) -> Cause | None:
    """Return what an archive is that is no workbook; None where it is one."""
    with zipfile.ZipFile(path) as archive:
        names = {member_name(name) for name in archive.namelist()}
    if "xl/workbook.xml" in names:
        return None
    for name, cause in _MEMBERS.items():
        if name in names:
            return cause
    if any(name.endswith((".xlsx", ".xls", ".csv")) for name in names):
        return _SHEETS_IN_ARCHIVE
    return ("压缩包里没有工作簿，请上传 .xlsx 文件", "the archive holds no workbook")


def is_binary(head: bytes) -> bool:
    """Return whether a file beginning with `head` is no text; a stray zero byte is the gate's to name."""
    return head.count(0) * _FEW_ZEROS > len(head) and utf16_of(head) is None


def is_utf16(head: bytes) -> bool:
    """Return whether a file beginning with `head` is UTF-16, as some shells write what they redirect."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_of(head) is not None


def utf16_of(head: bytes) -> str | None:
    """Return the UTF-16 encoding of a file beginning with `head`; None where it has another.

    Without a mark at its beginning the name says which byte comes first.
    """
    if head.startswith(_UTF32):
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even = head[: len(head) // 2 * 2]
    first, second = even[0::2].count(0), even[1::2].count(0)
    # A few Chinese characters have a zero byte, too: 一 is 4E00.
    if max(first, second) < _FEWEST_ZEROS + 9 * min(first, second):
        return None
    encoding = "utf-16-le" if second > first else "utf-16-be"
    # Every sign that parts cells and lines is ASCII: read the right way, there are some of each.
    text = even.decode(encoding, "replace")
    return encoding if any(sign in text for sign in ',;\t{<"') else None
