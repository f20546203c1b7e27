"""What the fields of forms and filters are called where a fault names them, and where they stand.

A fault names its field as the API does, `inspectors.1.card_no`; a person reads 第 2 行 督导证号 and
is led to the field. What an item shows is called in a form as the item heads it; a form has words of its own
only for what no item shows, or shows by another meaning.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.language import Language, Words, names
from projections.items.cases import (
    ApplicationItem,
    ChecklistAnswer,
    ComplaintItem,
    DistrictOpinion,
    Expert,
    FindingItem,
    Hearing,
    InspectionItem,
    MeasureShown,
    Partnership,
    PlanItem,
    PlannedSession,
    RectificationOrder,
    RegisteredStaff,
    ScoreSheet,
    SeenThere,
    Specification,
    SpotCheck,
)
from projections.items.changes import FieldDifference, RosterDifferenceItem
from projections.items.entries import CatalogueItem, DrawItem, DrawNumbers, EntryItem, RequestItem
from projections.items.flags import CorrectionAsked, FlagItem, FlagStatement
from projections.items.listed import RosterItem, UnitItem
from projections.items.operation import SavedQuestionItem
from projections.items.parts import Actor, Evidence, GrantedItem, Inspector, Venue
from projections.items.records import DrawRecordItem, LateInShort, ReviewMade
from projections.items.sessions import (
    Candidates,
    CertificateItem,
    Holder,
    IssuedItem,
    PublishedResults,
    Results,
    SessionItem,
)
from projections.items.shape import shape_of

_HEADED: tuple[tuple[type, str], ...] = (
    (
        ApplicationItem,
        (
            "application_id experts main_business materials mean methods own_method premises "
            "receipt_no recommended resubmits scores staff stage standards units window"
        ),
    ),
    (ChecklistAnswer, "item note scale value"),
    (ComplaintItem, "complained_on complaint_id subject"),
    (DistrictOpinion, "opinion text"),
    (Expert, "affiliation expert_id"),
    (
        FindingItem,
        "assessments certificates complaints finding_id flags inspection_id outcome rule severity",
    ),
    (Hearing, "held_on"),
    (InspectionItem, "inspectors"),
    (MeasureShown, "measure_id"),
    (Partnership, "partner"),
    (PlanItem, "sessions summary year"),
    (PlannedSession, "headcount planned_on"),
    (RectificationOrder, "due_on passed requirement"),
    (RegisteredStaff, "duty staff_id"),
    (ScoreSheet, "basics funding hr_system organisation_quality premises_it"),
    (SeenThere, "assessors_absent held"),
    (Specification, "filed_on filed_with filing_no title"),
    (SpotCheck, "checklist device_id evidence offline place seen signature_refused unit_statement"),
    (FieldDifference, "path"),
    (RosterDifferenceItem, "of"),
    (CatalogueItem, "kind"),
    (DrawItem, "draw_id pool sample"),
    (DrawNumbers, "enterprises"),
    (EntryItem, "actor data document_no reason received_on type"),
    (RequestItem, "request_id state"),
    (CorrectionAsked, "decided_on fields"),
    (FlagStatement, "statement"),
    (FlagItem, "case review valid_at verdict"),
    (RosterItem, "batch district standing uscc valid_to"),
    (UnitItem, "unit_name"),
    (Actor, "organisation role"),
    (Evidence, "captured_at file_name media_type sha256"),
    (GrantedItem, "levels trade"),
    (Inspector, "account card_no name recusal_declared"),
    (Venue, "accuracy_m address datum division lat lon"),
    (DrawRecordItem, "drawn pool_digest seed seed_commitment"),
    (LateInShort, "recorded_from"),
    (SavedQuestionItem, "description"),
    (ReviewMade, "decision"),
    (Candidates, "apprentice dispatched employee other student"),
    (CertificateItem, "certificate_no issued_on issuer_uscc results"),
    (Holder, "category id_type masked_name subject_id"),
    (IssuedItem, "candidates"),
    (PublishedResults, "where"),
    (Results, "content ethics ground performance practice theory"),
    (
        SessionItem,
        (
            "assessment_id assessors held_from held_to level method mode occupation quality_staff "
            "unit_uscc venue venues"
        ),
    ),
)
"""Items → fields that are called alike in forms."""
OF_FORMS = names(
    action=("操作", "What"),
    added=("增加的范围", "Scope added"),
    again=("再输一次", "Once more"),
    and_by=("并按", "And by"),
    arithmetic=("得分计算", "Arithmetic"),
    basis=("依据", "Basis"),
    by=("计数按", "Counts by"),
    catalogue=("目录", "Catalogue"),
    code=("验证码", "Code"),
    comment=("评语", "Comment"),
    current=("密码", "Password"),
    cursor=("分页", "Page"),
    day=("检查日期", "Day of the visit"),
    days=("天数", "Days"),
    edition=("版本名称", "Edition"),
    effective_from=("生效日期", "In effect from"),
    effective_to=("截止日期", "Until"),
    entries=("名单各行", "Lines"),
    entries_digest=("名单摘要", "Digest of the lines"),
    existing=("并入的问题", "Finding"),
    expiring_within=("到期预警", "Ends soon"),
    file=("文件", "File"),
    first=("从", "From"),
    flag=("疑点", "Flag"),
    from_known=("起：截至何时所知", "From: as known at"),
    from_valid_at=("起：业务日期", "From: day"),
    holder=("持证人", "Holder"),
    known_at=("入账时间", "Known at"),
    last=("至", "To"),
    learnt_from=("得知日期自", "Known since"),
    learnt_to=("得知日期至", "Known until"),
    measure=("图示", "Picture of"),
    min_position=("入账位置", "Position"),
    new_certificate_no=("新证书编号", "New certificate number"),
    number=("证书编号", "Certificate number"),
    old_code=("原验证码", "Code so far"),
    open=("是否未结", "Open"),
    pair=("核对码", "Code of the administrator who asked"),
    pass_mark=("合格线", "Pass mark"),
    password=("密码", "Password"),
    person=("持有人", "Holder"),
    place_missing=("没有定位的原因", "Why there is no position"),
    plan=("计划", "Plan"),
    pool_inspectors=("督导人员的账户", "Accounts of inspectors"),
    position=("入账位置", "Position"),
    procedure=("督导程序", "Procedure of inspections"),
    published_on=("公布日期", "Day of publication"),
    q=("名称或代码", "Name or USCC"),
    rates=("违规率", "Rates"),
    recused=("应回避者的账户", "Accounts with a ground for recusal"),
    refusal_reason=("拒绝签字的情况", "How the signature was refused"),
    removed=("去掉的范围", "Scope taken out"),
    replaces=("替换的申报", "Replaces"),
    root=("根", "Root"),
    rules=("规则", "Rules"),
    scope=("范围", "Scope"),
    signature=("签字", "Signature"),
    since=("起始日期", "Since"),
    subjects=("主体数", "Subjects"),
    clock=("演示时钟", "Clock of the demonstration"),
    suppositions=("假设的记录", "Supposed records"),
    taken=("是否同意", "Taken"),
    to=("至", "To"),
    to_known=("止：截至何时所知", "To: as known at"),
    to_valid_at=("止：业务日期", "To: day"),
    totals=("各专家总分", "Totals"),
    until=("截止日期", "Until"),
    upto=("截至入账位置", "Up to position"),
    valid_from=("日期", "Day"),
    zeros=("没有的也列出", "Rows of zero"),
)
"""Fields of forms, of filters and of entries that no item shows, or shows by another meaning."""


def _headed() -> Mapping[str, Words]:
    labels: dict[str, Words] = {}
    for item, fields in _HEADED:
        heads = {field.name: field.head for field in shape_of(item).fields}
        for name in fields.split():
            zh, en = heads[name]
            labels[name] = Words(zh, en[:1].upper() + en[1:])
    return labels


LABELS: Mapping[str, Words] = MappingProxyType(
    {**_headed(), **OF_FORMS, "from": Words("日期自", "From")}
)
"""The last part of a field's name → what it is called."""

_IN_RECORDS = names(
    name=("名称", "Name"),
    code=("编码", "Code"),
    text=("内容", "Text"),
    kind=("类型", "Kind"),
)
"""What parts of a record are called where a form means something else by the name."""

_ROW = Words("第 %s 行", "Line %s")
_CLOCKS = {"valid_at": "clock-day", "known_at": "clock-position", "position": "clock-position"}
_NOWHERE = frozenset(
    {
        "actor",
        "cursor",
        "exact",
        "format",
        "limit",
        "min_position",
        "record",
        "since",
        "whole",
    }
)
"""What no page has a field for: who acts, and parameters of an address."""


def label_of(field: str, language: Language) -> str:
    """Return what a field is called, with its line where it stands in several; empty if unknown."""
    parts = field.split(".")
    line = next((int(part) + 1 for part in parts if part.isdecimal()), None)
    name = next((LABELS[part] for part in reversed(parts) if part in LABELS), None)
    if name is None:
        return ""
    row = "" if line is None else f"{_ROW.speak(language) % line} "
    return row + name.speak(language)


def field_of(path: str, language: Language) -> str:
    """Return what a field of a record is called, with what it is a part of: 职业·名称."""
    parts = [part for part in path.split(".") if not part.isdecimal()]
    said = [_IN_RECORDS.get(part) or LABELS.get(part) for part in parts]
    return "·".join(each.speak(language) for each in said if each is not None) or path


def anchor_of(field: str, prefix: str = "") -> str:
    """Return the id under which a field stands on its page; empty if it has no place there.

    `prefix` keeps several forms of one page apart.
    """
    if field in _CLOCKS and not prefix:
        return _CLOCKS[field]
    if field.partition(".")[0] in {"", *_NOWHERE}:
        return ""
    row, _, rest = field.partition(".")
    if row == "entries":
        # A line of a publication has one box.
        return f"field-{prefix}entries.{rest.partition('.')[0]}"
    return f"field-{prefix}{field}"
