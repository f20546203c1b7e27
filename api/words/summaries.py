"""One line on what an entry says, in words: from the data of its event.

A summary is a template over the event's fields; behind the colon stands how a field is spoken:
the vocabulary of its values, or one of the forms in `_FORMS`. `{*}` is the data as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from string import Formatter
from types import MappingProxyType
from typing import Any, cast

from api.words import phrasing
from api.words.instants import instant
from api.words.labels import field_of
from api.words.language import Language, Words
from api.words.last_day import last_day
from api.words.words import VOCABULARY


def _same(template: str) -> Words:
    """Both languages say the same fields in the same order, each with its own marks."""
    return Words(template.replace(": ", "：").replace(", ", "，"), template)


_CASE = "{application_id}"
_MEASURE = Words(
    "{measure_id}，自 {effective_from}{effective_to:until}",
    "{measure_id}, from {effective_from}{effective_to:until}",
)
_PLAN = Words("{year} 年，计划 {sessions:count} 场", "{year}: {sessions:count} sessions planned")
_SCORED = Words("{application_id}，专家 {expert_id}", "{application_id}, expert {expert_id}")

SUMMARIES: Mapping[str, Words] = MappingProxyType(
    {
        "EnterpriseRegistered": Words(
            "{name}，{kind:kind}，主管区 {district:district}",
            "{name}, {kind:kind}, district {district:district}",
        ),
        "EnterpriseProfileChanged": _same("{*:profile}"),
        "UnitCovered": _same("{unit_name} {unit_uscc}"),
        "UnitReleased": _same("{unit_uscc}"),
        "ApplicationSubmitted": Words(
            "{application_id}，{window} 批，申报 {scope:items}",
            "{application_id}, window {window}, applies for {scope:items}",
        ),
        "DistrictOpinionGiven": Words(
            "{application_id}，{district:district}{opinion:opinion}：{text}",
            "{application_id}, {district:district}: {opinion:opinion}; {text}",
        ),
        "ApplicationAccepted": _same(_CASE),
        "ApplicationReturned": _same("{application_id}: {reason}"),
        "ExpertsAssigned": Words(
            "{application_id}，{experts:count} 名专家", "{application_id}, {experts:count} experts"
        ),
        "EvaluationScored": _SCORED,
        "EvaluationScoreRevised": _SCORED,
        "EvaluationConcluded": Words(
            "{application_id}，{recommended:recommended}，{scope:items}",
            "{application_id}, {recommended:recommended}, {scope:items}",
        ),
        "ApplicationConfirmed": Words(
            "{application_id}，确认 {scope:items}", "{application_id}, confirmed {scope:items}"
        ),
        "ApplicationRejected": _same("{application_id}: {reason}"),
        "ReceiptIssued": Words(
            "{application_id}，回执 {receipt_no}", "{application_id}, receipt {receipt_no}"
        ),
        "RosterPublished": Words(
            "{batch} 批，{number} 家企业", "batch {batch}, {number} enterprises"
        ),
        "EnterpriseListed": Words(
            "{valid_from} 至 {valid_to:last_day}，{scope:items}",
            "{valid_from} to {valid_to:last_day}, {scope:items}",
        ),
        "ScopeChanged": Words(
            "增加 {added:items}；减少 {removed:items}；依据：{basis}",
            "added {added:items}; removed {removed:items}; basis: {basis}",
        ),
        "ListingSuspended": _same("{basis}{until:until}{finding_id:finding}"),
        "ListingReinstated": _same("{basis}"),
        "ListingRemoved": _same("{basis}{finding_id:finding}"),
        "ListingRenewed": Words(
            "{valid_from} 至 {valid_to:last_day}", "{valid_from} to {valid_to:last_day}"
        ),
        "AnnualPlanFiled": _PLAN,
        "AnnualPlanRevised": _PLAN,
        "AssessmentHeld": Words(
            "{occupation:occupation} {level:level}，{method:method}，{candidates:total} 人",
            "{occupation:occupation} {level:level}, {method:method}, {candidates:total} candidates",
        ),
        "CertificateIssued": _same("{certificate_no} {occupation:occupation} {level:level}"),
        "CertificateReissued": _same("{certificate_no} → {new_certificate_no}: {reason}"),
        "CertificateRevoked": _same("{certificate_no}: {reason}"),
        "InspectionDrawn": _same("{draw_id}"),
        "InspectionDispatched": Words(
            "{kind}，{inspectors:count} 名督导人员", "{kind}, {inspectors:count} inspectors"
        ),
        "SpotCheckRecorded": Words(
            "{kind}，检查 {checklist:count} 项，证据 {evidence:count} 件",
            "{kind}, {checklist:count} items checked, {evidence:count} pieces of evidence",
        ),
        "FindingRaised": Words(
            "{kind}（{severity:severity}）：{statement}",
            "{kind} ({severity:severity}): {statement}",
        ),
        "RectificationOrdered": Words(
            "最迟 {due_on} 完成：{requirement}", "due {due_on}: {requirement}"
        ),
        "RectificationReported": _same("{statement}"),
        "ReinspectionRecorded": _same("{passed:passed}: {note}"),
        "MeasureImposed": Words(
            "{kind}，自 {effective_from}{effective_to:until}{finding_id:finding}",
            "{kind}, from {effective_from}{effective_to:until}{finding_id:finding}",
        ),
        "MeasureStayed": _MEASURE,
        "MeasureVaried": _MEASURE,
        "MeasureSetAside": _MEASURE,
        "MeasureLifted": _MEASURE,
        "FindingClosed": _same("{outcome}"),
        "FindingWithdrawn": _same("{reason}"),
        "FindingDisputed": _same("{statement}"),
        "FlagReviewed": _same("{flag}: {decision:review}"),
        "RecordCorrected": Words(
            "更正第 {position} 条的 {fields:keys}", "entry {position}: {fields:keys}"
        ),
        "ApplicationWithdrawn": _same("{application_id}: {reason}"),
        "StaffRegistered": _same("{staff_id} {name}"),
        "StaffReleased": _same("{staff_id}"),
        "PartnershipFiled": _same("{partner}"),
        "SpecificationFiled": _same("{title}"),
        "ResultsPublished": Words(
            "{assessment_id}，{published_on} 至 {until}，{where}",
            "{assessment_id}, {published_on} to {until}, {where}",
        ),
        "ComplaintReceived": _same("{subject}: {statement}"),
        "HearingHeld": _same("{held_on}: {outcome}"),
        "ActRequested": _same("{type:event}, {valid_from}"),
        "ActDecided": _same("{request_id}"),
        "FlagAnswered": _same("{flag}: {statement}"),
        "CorrectionRequested": Words(
            "申请更正第 {position} 条的 {fields:keys}", "asked for, entry {position}: {fields:keys}"
        ),
        "CorrectionDecided": Words(
            "对第 {position} 条申请：{taken:taken}，{reason}",
            "request at {position}: {taken:taken}, {reason}",
        ),
        "PersonErased": _same("{basis}"),
        "DayClosed": _same("{day}: {subjects} · {upto} · {root}"),
        "DemonstrationBegun": Words(
            "演示账本：入账时间由演示时钟设定，自 {clock:instant} 起",
            "a demonstration: times of entries are set by its own clock, from {clock:instant} on",
        ),
        "ClockSet": _same("{from:instant} → {to:instant}: {reason}"),
        "CatalogueAdopted": _same("{kind:catalogue} {edition}"),
    }
)
"""Event name → its line."""

_UNREADABLE = Words(
    "本版本无法读取（{stored}：{reason}）", "this version cannot read it ({stored}: {reason})"
)
LONGEST = 160


def summary(language: Language, event: str, data: Mapping[str, Any]) -> str:
    """Return what an event says in one line of at most `LONGEST` characters."""
    template = SUMMARIES.get(event, _UNREADABLE)
    line = _Speaker(language).vformat(template.speak(language), (), data)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


class _Speaker(Formatter):
    """Fills a template with fields of an event; what a field does not have is left out."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401, ARG002 - as the formatter has it
        """Return the field, or the data as a whole."""
        return kwargs if key == "*" else kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as the formatter has it
        """Return a field in words."""
        if form := _FORMS.get(format_spec):
            return form(self.language, value)
        if value is None:
            return ""
        return phrasing.word(self.language, format_spec, value) if format_spec else str(value)


MOST = 3
"""Things of a row that a line names; of the others it says how many there are."""


def _row(language: Language, words: Sequence[str], said: str) -> str:
    """Return `said`, the first words in a row, with what else there is."""
    if not words:
        return Words("无", "nothing").speak(language)
    more = Words(f" 等 {len(words)} 项", f" and {len(words) - MOST} more").speak(language)
    return said + (more if len(words) > MOST else "")


def _occupation(_: Language, value: Mapping[str, Any]) -> str:
    return phrasing.occupation(value)


def _items(language: Language, value: Sequence[Mapping[str, Any]] | None) -> str:
    """Return scope items, each with its levels; a comma parts them, since levels stand in a row too."""
    items = [
        f"{phrasing.occupation(item)} {phrasing.levels(language, item['levels'])}"
        for item in value or ()
    ]
    return _row(language, items, Words("，", ", ").speak(language).join(items[:MOST]))


def _count(_: Language, value: Sequence[Any] | None) -> str:
    return str(len(value or ()))


def _total(_: Language, value: Mapping[str, int]) -> str:
    return str(sum(value.values()))


def _until(language: Language, value: str | None) -> str:
    return (
        Words(f"，至 {last_day(value)}", f", to {last_day(value)}").speak(language) if value else ""
    )


def _finding(language: Language, value: str | None) -> str:
    return Words(f"，依据问题 {value}", f", by finding {value}").speak(language) if value else ""


def _keys(language: Language, value: Mapping[str, Any]) -> str:
    paths = [field_of(path, language) for path in value]
    return _row(language, paths, phrasing.listed(language, paths[:MOST]))


def _yes_or_no(yes: Words, no: Words) -> Callable[[Language, Any], str]:
    return lambda language, value: (yes if value else no).speak(language)


def _profile(language: Language, value: Mapping[str, Any]) -> str:
    fields = {
        "name": Words("名称", "name"),
        "kind": Words("类别", "kind"),
        "district": Words("主管区", "district"),
        "address": Words("地址", "address"),
    }
    said: list[str] = []
    for field, title in fields.items():
        new = cast("str | None", value.get(field))
        if new is not None:
            spoken = phrasing.word(language, field, new) if field in VOCABULARY else new
            said.append(f"{title.speak(language)} → {spoken}")
    return phrasing.listed(language, said)


def _instant(_: Language, at: str | datetime | None) -> str:
    return instant(at)


def _last_day(language: Language, end: str) -> str:  # noqa: ARG001 - a day is no word
    return last_day(end)


_FORMS: Mapping[str, Callable[[Language, Any], str]] = MappingProxyType(
    {
        "occupation": _occupation,
        "items": _items,
        "count": _count,
        "total": _total,
        "until": _until,
        "finding": _finding,
        "last_day": _last_day,
        "instant": _instant,
        "keys": _keys,
        "profile": _profile,
        "taken": _yes_or_no(Words("采纳", "taken"), Words("不采纳", "refused")),
        "passed": _yes_or_no(Words("合格", "passed"), Words("不合格", "failed")),
        "recommended": _yes_or_no(
            Words("建议确认", "recommended"), Words("不建议确认", "not recommended")
        ),
    }
)
"""How a field is spoken that is no value of a vocabulary."""
