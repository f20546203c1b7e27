"""Setting a report or a document: its template with what it says as data, the fonts of the installation, a fixed time.

The compiler is asked for an archivable and accessible document (PDF/A-2a, PDF/UA-1). Those forbid a
character that no font holds; where a name has one, the same pages are set without the claim.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
import pylopdf_fonts_zh_cn
import typst

FOLDER = Path(__file__).parent


class Template(StrEnum):
    """How what is said looks; each imports `blocks.typ`."""

    REPORT = "report.typ"
    DOCUMENT = "document.typ"


class Typesetter:
    """One compiler with its fonts read once. Threads take turns: setting a report is all computing."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._templates = {each: (FOLDER / each).read_bytes() for each in Template}
        self._compiler: typst.Compiler | None = None

    def pdf(
        self, report: Mapping[str, Any], at: datetime, template: Template = Template.REPORT
    ) -> bytes:
        """Return the report as PDF that says it was made at `at`."""
        given = {"report": orjson.dumps(report).decode()}
        second = at.replace(microsecond=0)
        with self._turn:
            compiler = self._ready()
            try:
                made = compiler.compile(
                    self._templates[template],
                    format="pdf",
                    timestamp=second,
                    pdf_standards=["a-2a", "ua-1"],
                    sys_inputs=given,
                )
            except typst.TypstError:
                made = compiler.compile(
                    self._templates[template], format="pdf", timestamp=second, sys_inputs=given
                )
        if not isinstance(made, bytes):
            raise TypeError("one document was expected")
        return made

    def _ready(self) -> typst.Compiler:
        if self._compiler is None:
            fonts = [pylopdf_fonts_zh_cn.sans_path().parent]
            self._compiler = typst.Compiler(
                root=FOLDER,  # templates read `blocks.typ` there, and could read nothing beyond
                font_paths=fonts,
                ignore_system_fonts=True,
            )
        return self._compiler
