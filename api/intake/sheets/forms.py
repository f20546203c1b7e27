"""The two sheets that offices send: the published roster and the eleven-column certificate upload.

Each row becomes what an NDJSON line would be, so that the same gate and the same deciders take it.
What a sheet leaves out (application, session, USCC) is looked up in the ledger; where that is not
certain the row is refused with its reason, never guessed.
"""

from collections.abc import Callable, Iterator, Mapping

from api.intake.sheets.cells import Row, heads
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Sheet
from api.intake.sheets.roster_form import ROSTER, roster
from api.intake.sheets.upload_form import UPLOAD, upload
from ledger.gate.faults import malformed

Interpret = Callable[[Sheet, Directory, Mapping[str, str]], Iterator[Row]]


def form_of(sheet: Sheet) -> Interpret:
    """Return how to read `sheet`, by its header.

    Raises:
        Invalid: the header is neither of the two forms.
    """
    for _, cells in sheet.rows[:10]:
        names = tuple(heads(cells).values())
        if names == ROSTER:
            return roster
        if names == UPLOAD:
            return upload
    raise malformed(
        "找不到表头。名单的列为:" + "、".join(ROSTER) + ";证书上传的列为:" + "、".join(UPLOAD),
        "no known header. A roster has the columns "
        + ", ".join(ROSTER)
        + "; an upload "
        + ", ".join(UPLOAD),
    )
