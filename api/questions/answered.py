"""Single answers: what a record at an address of its own is, by the operation that gives it."""

from collections.abc import Mapping
from types import MappingProxyType

from api.questions.lists import VIEWS
from projections.items.cases import FindingRecordItem, InspectionRecordItem
from projections.items.entries import CatalogueItem, EntryItem, RequestItem
from projections.items.integrity import IntegrityItem
from projections.items.on_site import DeviceKeyItem, FieldListItem
from projections.items.operation import (
    AddedCatalogueItem,
    AliveItem,
    ImportItem,
    MatchItem,
    ReadyItem,
    SavedQuestionItem,
    StoredEvidenceItem,
)
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
        "get_field_list": FieldListItem,
        "lookup_certificate": MatchItem,
    }
)
"""Operation → its record, which stands on a basis."""
OF_NOW: Mapping[str, type] = MappingProxyType(
    {
        "healthz": AliveItem,
        "readyz": ReadyItem,
        **dict.fromkeys(
            ("post_import", "get_import", "confirm_import", "discard_import"), ImportItem
        ),
        "put_evidence": StoredEvidenceItem,
        "post_catalogues": AddedCatalogueItem,
        **dict.fromkeys(("get_integrity", "post_verification"), IntegrityItem),
        "post_field_device": DeviceKeyItem,
        **dict.fromkeys(("post_what_if", "delete_what_if"), WhatIfItem),
        **dict.fromkeys(
            ("save_question", "look_at_question", "forget_question"), SavedQuestionItem
        ),
    }
)
"""Operation → its record, which is of the moment and stands on no basis."""
