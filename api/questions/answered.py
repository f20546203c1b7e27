"""Single answers: what a record at an address of its own is, by the operation that gives it."""

from collections.abc import Mapping
from types import MappingProxyType

from api.questions.lists import VIEWS
from projections.items.cases import FindingRecordItem, InspectionRecordItem
from projections.items.entries import CatalogueItem, EntryItem, RequestItem
from projections.items.records import (
    CertificateLookupItem,
    DrawRecordItem,
    EnterpriseItem,
    EntryContextItem,
    FlagExplainedItem,
    OverviewItem,
    PreviewItem,
    TimelineItem,
    WhatIfItem,
)
from projections.items.tables import TableLinksItem, TablesItem

OF_LISTS = (
    "flags",
    "assessments",
    "applications",
    "complaints",
    "registers",
    "plans",
)
"""Lists a record of which is what a row is."""
ANSWERS: Mapping[str, type] = MappingProxyType(
    {
        **{f"get_{name}": VIEWS[name].item for name in OF_LISTS},
        "get_inspections": InspectionRecordItem,
        "get_findings": FindingRecordItem,
        "get_enterprise": EnterpriseItem,
        "get_timeline": TimelineItem,
        "get_event": EntryItem,
        "get_event_context": EntryContextItem,
        "explain_flag": FlagExplainedItem,
        "overview": OverviewItem,
        "get_draw": DrawRecordItem,
        "get_request": RequestItem,
        "get_certificate": CertificateLookupItem,
        "get_catalogue": CatalogueItem,
        "preview_catalogue": PreviewItem,
        "get_tables": TablesItem,
        "get_table_links": TableLinksItem,
        "get_what_if": WhatIfItem,
    }
)
"""Operation → its record."""
