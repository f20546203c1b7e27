"""Reference data as files: brought in, checked, looked at, and what an adoption would change.

The act itself is `CatalogueAdopted`, decided like any other. Here is everything before it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from api.installation.wiring import Installation
from api.intake.sheets.catalogue_files import arrived
from api.questions.answers import ListPage
from api.questions.declared import DeclaredList
from api.questions.policy import Action, Grant, decide
from api.questions.problems import Fault, Problem, invalid
from api.questions.queries import Found, missing, settle
from api.questions.questions import CataloguesQuestion
from domain.terms.contents import Content, RuleSet
from domain.terms.contents import Outline as OutlineContent
from domain.terms.envelope import Actor
from domain.terms.intervals import Days
from domain.terms.reference import Edition
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogue_forms, catalogues
from ledger.catalogues import Arrived, Stored
from ledger.gate.faults import Invalid, malformed
from ledger.gate.text import require_plain
from ledger.reference import SHIPPED, Shipped
from projections.items.entries import CatalogueItem
from replay.engines import InProcess, processes
from replay.what_if import Adoption, Preview
from replay.what_if import preview as fold_both_ways

MOST_BYTES = catalogue_forms.MOST_BYTES
ENTRIES_HERE = 200_000
"""Entries of a ledger up to which a server makes a preview of all enterprises; beyond: some, or the
command line."""


class Added(NamedTuple):
    """A file that is stored now."""

    sha256: str
    kind: CatalogueKind
    file_name: str
    rows: int
    notes: tuple[str, ...]


class Catalogue(NamedTuple):
    """A file that may be adopted, and as what it was."""

    sha256: str
    kind: CatalogueKind
    file_name: str
    rows: int | None
    shipped: bool
    suggested: bool
    added_by: str | None
    file_held: bool
    """Whether its bytes can be had."""
    adopted: tuple[Edition, ...]

    @property
    def state(self) -> str:
        """`adopted`, `suggested` or `stored`."""
        if self.adopted:
            return "adopted"
        return "suggested" if self.suggested else "stored"


def kind_of(text: str) -> CatalogueKind:
    """Return the kind of that name.

    Raises:
        Problem: 422, there is none.
    """
    try:
        return CatalogueKind(text.replace("-", "_"))
    except ValueError:
        kinds = "、".join(CatalogueKind)
        raise Problem(
            "invalid",
            f"没有目录类别 {text[:40]}；可用：{kinds}",
            f"there is no kind of catalogue {text[:40]}",
            errors=(Fault("kind", f"{kinds} / one of {', '.join(CatalogueKind)}"),),
        ) from None


def add(
    house: Installation, actor: Actor, kind: CatalogueKind, file_name: str, raw: bytes
) -> Added:
    """Check a file and store it under its digest; the same file once more changes nothing.

    Raises:
        Problem: 422, with everything that is wrong with it.
    """
    if len(raw) > MOST_BYTES:
        raise Problem(
            "too-large",
            f"文件超过 {MOST_BYTES // 2**20} MB",
            f"the file is larger than {MOST_BYTES // 2**20} MB",
        )
    try:
        name = require_plain(Path(file_name).name[:200], "file_name")
        arrived, notes = _arrived(kind, name or "catalogue", raw)
        with house.pool.connection() as connection:
            sha256, content = catalogues.add(connection, arrived, actor.account)
    except Invalid as error:
        raise _unusable(kind, error) from None
    return Added(sha256, kind, arrived.file_name, content.rows, (*notes, *content.notes))


def content_of(kind: CatalogueKind, file_name: str, raw: bytes) -> Content:
    """Return what a file says; it is not stored.

    Raises:
        Problem: 422, with everything that is wrong with it.
    """
    try:
        arrived, _ = _arrived(kind, file_name, raw)
        table = arrived.raw if arrived.table is None else arrived.table
        return catalogue_forms.read(kind, table).content
    except Invalid as error:
        raise _unusable(kind, error) from None


def _unusable(kind: CatalogueKind, error: Invalid) -> Problem:
    return Problem(
        "invalid",
        f"文件不是可用的“{kind.zh}”：{error.zh}"[:2000],
        f"the file is no usable {kind.en}: {error.en}"[:2000],
        errors=tuple(Fault(f.field, f.reason) for f in error.faults),
    )


def _arrived(kind: CatalogueKind, name: str, raw: bytes) -> tuple[Arrived, tuple[str, ...]]:
    if kind is CatalogueKind.OUTLINE:
        _require_drawable(raw)
    return arrived(kind, name, raw)


def _require_drawable(raw: bytes) -> None:
    """Refuse an outline that no fold could use: a broken one would stop them all."""
    from projections.places.outline import Outline  # noqa: PLC0415 - start-up time: geometry

    try:
        Outline("trial", raw)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise malformed(
            f"不是有效的 WGS-84 GeoJSON 市界（需有代码 110000 的面）：{str(error)[:200]}",
            f"no valid outline in GeoJSON with a polygon of code 110000: {str(error)[:200]}",
            "file",
        ) from None


def named_for(catalogue: Catalogue, grant: Grant) -> Catalogue:
    """Return the file as its reader is told of it: somebody's name for it may name anybody."""
    if grant.persons or catalogue.shipped:
        return catalogue
    ending = Path(catalogue.file_name).suffix[:6]
    return catalogue._replace(file_name=f"{catalogue.kind.value}-{catalogue.sha256[:12]}{ending}")


def every(house: Installation, position: int) -> list[Catalogue]:
    """Return every file that is stored or shipped, by kind, those adopted first.

    What is installed applies until the ledger adopts the same edition for the same days; from then
    on it is shown as that entry alone.
    """
    editions = house.reference_at(position).adopted
    by_entry = {(e.kind, e.edition, e.days) for e in editions if e.position}
    shown = [e for e in editions if e.position or (e.kind, e.edition, e.days) not in by_entry]
    return _every(house, shown)


def _every(house: Installation, editions: Sequence[Edition]) -> list[Catalogue]:
    with house.reading() as connection:
        stored = {each.sha256: each for each in catalogues.listed(connection)}
    shipped = {each.sha256: each for each in SHIPPED}
    adopted: dict[str, list[Edition]] = {}
    for edition in editions:
        adopted.setdefault(edition.sha256, []).append(edition)
    every = [
        _catalogue(sha256, stored.get(sha256), shipped.get(sha256), adopted.get(sha256, ()))
        for sha256 in dict.fromkeys((*adopted, *stored, *shipped))
    ]
    order = list(CatalogueKind)
    return sorted(
        every,
        key=lambda each: (
            order.index(each.kind),
            not each.adopted,
            min((e.days.start for e in each.adopted), default=date.max),
            each.file_name,
        ),
    )


def _catalogue(
    sha256: str, stored: Stored | None, shipped: Shipped | None, adopted: Sequence[Edition]
) -> Catalogue:
    kind = stored.kind if stored else shipped.kind if shipped else adopted[0].kind
    name = stored.file_name if stored else shipped.file if shipped else adopted[0].edition
    return Catalogue(
        sha256=sha256,
        kind=kind,
        file_name=name.rpartition("/")[2],
        rows=stored.rows if stored else None,
        shipped=shipped is not None or any(e.position == 0 for e in adopted),
        suggested=shipped is not None and shipped.suggested,
        added_by=stored.added_by if stored else None,
        file_held=stored is not None or shipped is not None,
        adopted=tuple(adopted),
    )


def one(house: Installation, position: int, sha256: str) -> Catalogue:
    """Return one file.

    Raises:
        Problem: 404, it is not held.
    """
    for catalogue in _every(house, house.reference_at(position).adopted):
        if catalogue.sha256 == sha256:
            return catalogue
    raise missing()


def octets(house: Installation, sha256: str) -> bytes:
    """Return the bytes of a file as they were sent.

    Raises:
        Problem: 404, they are not held.
    """
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise missing()
    with house.reading() as connection:
        raw = catalogues.octets(connection, sha256)
    if raw is None:
        raise missing()
    return raw


class SupposedAdoption(NamedTuple):
    """An adoption to be looked at."""

    sha256: str
    edition: str
    days: Days
    subjects: tuple[str, ...] = ()


def preview(
    house: Installation,
    position: int,
    supposed: SupposedAdoption,
    workers: int = 1,
    most: int | None = None,
) -> Preview:
    """Return what would flip if a stored file were adopted; nothing is recorded.

    Raises:
        Problem: 404, it is not held; 422, the days are empty, or the ledger is too large for this.
    """
    if supposed.days.empty:
        raise invalid("valid_to", "失效日不晚于生效日", "the edition would end before it begins")
    catalogue = one(house, position, supposed.sha256)
    if most is not None and position > most and not supposed.subjects:
        raise invalid(
            "uscc",
            f"账本超过 {most} 条：请用 uscc 指定企业，或在服务器上运行 dudao catalogue preview",
            f"more than {most} entries: name enterprises with uscc, or run dudao catalogue preview",
        )
    content = _content(house, catalogue)
    edition = Edition(
        kind=catalogue.kind,
        edition=supposed.edition or _label(content) or catalogue.file_name,
        days=supposed.days,
        sha256=catalogue.sha256,
        position=position + 1,
    )
    address, adoption = house.database.addresses.app, Adoption(edition, content)
    if workers == 1:
        here = InProcess(house.folding)
        return fold_both_ways(here, address, position, adoption, supposed.subjects)
    with processes(house.folding, workers) as running:
        return fold_both_ways(running, address, position, adoption, supposed.subjects)


def _content(house: Installation, catalogue: Catalogue) -> Content:
    with house.reading() as connection:
        content = catalogues.contents(connection, [catalogue.sha256]).get(catalogue.sha256)
    if content is None:
        raise missing()
    return content


def _label(content: Content) -> str:
    return content.edition if isinstance(content, RuleSet | OutlineContent) else ""


def shown(catalogue: Catalogue) -> dict[str, Any]:
    """Return a file as the API shows it."""
    return {
        "sha256": catalogue.sha256,
        "kind": catalogue.kind.value,
        "name": {"zh": catalogue.kind.zh, "en": catalogue.kind.en},
        "file_name": catalogue.file_name,
        "rows": catalogue.rows,
        "state": catalogue.state,
        "shipped": catalogue.shipped,
        "file_held": catalogue.file_held,
        "added_by": catalogue.added_by,
        "adopted": [
            {
                "edition": edition.edition,
                "valid_from": edition.days.start.isoformat(),
                "valid_to": edition.days.end.isoformat() if edition.days.end else None,
                "last_day": _last_day(edition),
                "position": edition.position or None,
            }
            for edition in catalogue.adopted
        ],
    }


def _last_day(edition: Edition) -> str | None:
    """Return the last day that still counts, as people read it."""
    end = edition.days.end
    return None if end is None else (end - timedelta(days=1)).isoformat()


def shown_preview(preview: Preview) -> Mapping[str, Any]:
    """Return a preview as the API shows it."""
    return {
        "position": preview.position,
        "enterprises": preview.subjects,
        "flags": preview.flags,
        "flips": preview.number,
        "by_check": [
            {"code": code, "before": before.value, "after": after.value, "number": number}
            for (code, before, after), number in sorted(preview.by_check.items())
        ],
        "items": [
            {
                "key": flip.key,
                "code": flip.code,
                "uscc": flip.subject,
                "valid_at": flip.day.isoformat(),
                "before": flip.before.value,
                "after": flip.after.value,
                "message": {"zh": flip.zh, "en": flip.en},
                "because": list(flip.because),
            }
            for flip in preview.rows
        ],
        "cut": preview.number > len(preview.rows),
    }


def listed(house: Installation, actor: Actor, question: CataloguesQuestion) -> Found:
    """Return every file that is stored or shipped, with its adoptions as known at the position."""
    grant = decide(actor, Action.READ, "catalogues")
    settled = settle(house, question.asked())
    items = [
        shown(named_for(each, grant))
        for each in every(house, settled.basis.position)
        if question.kind in {None, each.kind} and question.state in {None, each.state}
    ]
    return Found(settled.answer_basis, ListPage(items, None), grant.audience)


CATALOGUES = DeclaredList(
    "catalogues",
    "/v1/catalogues",
    CatalogueItem,
    ("sha256",),
    CataloguesQuestion,
    listed,
    ("kind", "adopted", "state", "rows", "file_name", "sha256"),
    "/catalogues",
    "catalogues",
)
"""The list of them, as every other list is declared."""
