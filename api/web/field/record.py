"""From the fields of the form without a script to the event: the names are those of the phone.

The phone does the same by itself (`static/field/record.js`), since it must without a network;
a test holds the two against each other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from api.questions.problems import Fault
from api.web.field.checklist import (
    LOCATED,
    LOCATING,
    NO,
    QUESTIONS,
    SCALE,
    SIGNED,
    SIGNING,
)
from domain.inspection.asked import RAISING

Json: TypeAlias = dict[str, Any]
Fields: TypeAlias = Mapping[str, str]

ROWS = 6
"""Inspectors of one record at most."""
LONGEST_NAME = 200
"""Characters of the name of a photo."""
DEVICE = "workbench"
"""Stands for a record that was not made on a device of its own."""
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_RECUSAL = {"true": True, "false": False}


def event_of(fields: Fields, evidence: Sequence[Json] = ()) -> Json:
    """Return the data of a `SpotCheckRecorded`; `captured_at` is when the form was shown.

    `evidence`: files that are kept, as a command names them.
    """
    return _known(
        {
            "inspection_id": _given(fields, "inspection_id"),
            "uscc": _given(fields, "uscc").upper(),
            "assessment_id": _given(fields, "assessment_id"),
            "district": _given(fields, "district"),
            "kind": _given(fields, "kind"),
            "inspectors": list(_inspectors(fields)),
            "captured_at": _given(fields, "captured_at"),
            "place": _place(fields) or None,
            "device_id": DEVICE,
            "offline": False,
            "checklist": _answers(fields),
            "evidence": list(evidence),
            "unit_statement": _given(fields, "unit_statement"),
            "signature_refused": fields.get("signature") == "refused",
        }
    )


def _given(fields: Fields, name: str) -> str:
    return fields.get(name, "").strip()


def _known(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None and value != ""}


def _inspectors(fields: Fields) -> Iterator[Json]:
    for n in range(ROWS):
        account, name = (_given(fields, f"inspector-{n}-{part}") for part in ("account", "name"))
        if account or name:
            yield _known(
                {
                    "account": account,
                    "name": name,
                    "card_no": _given(fields, f"inspector-{n}-card_no"),
                    "recusal_declared": _RECUSAL.get(_given(fields, f"inspector-{n}-recusal")),
                }
            )


def _located(fields: Fields) -> bool:
    return bool(_given(fields, "lon") and _given(fields, "lat"))


def _place(fields: Fields) -> Json:
    where: Json = {"address": _given(fields, "address")}
    if _located(fields):
        where |= {
            "lon": _number(fields, "lon"),
            "lat": _number(fields, "lat"),
            "datum": _given(fields, "datum") or "WGS-84",
            "accuracy_m": _number(fields, "accuracy_m"),
        }
    return _known(where)


def _number(fields: Fields, name: str) -> float | str:
    """Return the number; what is none stays text, and is refused with its field."""
    text = _given(fields, name)
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,12})?", text) else text


def _answers(fields: Fields) -> list[Json]:
    asked = [
        _known(
            {
                "item": question.item,
                "value": _given(fields, f"answer-{question.key}"),
                "scale": SCALE,
                "note": _given(fields, f"note-{question.key}"),
            }
        )
        for question in QUESTIONS
    ]
    for question in QUESTIONS:
        due = _given(fields, f"due-{question.key}")
        if due and _given(fields, f"answer-{question.key}") == NO:
            note = _given(fields, f"note-{question.key}")
            raised = {"item": question.item, "value": due, "scale": RAISING, "note": note}
            asked.append(_known(raised))
    missing, refused = _given(fields, "place_missing"), _given(fields, "refusal_reason")
    lacking, typed, scale, _ = LOCATED
    if missing and not _located(fields):
        asked.append({"item": LOCATING, "value": lacking, "scale": scale, "note": missing})
    # Degrees that a device has measured are evidence of another weight than degrees that were typed.
    if _located(fields) and fields.get("place_source") != "device":
        asked.append({"item": LOCATING, "value": typed, "scale": scale})
    if refused and fields.get("signature") == "refused":
        value, signing = SIGNED
        asked.append({"item": SIGNING, "value": value, "scale": signing, "note": refused})
    return asked


def faults(fields: Fields) -> tuple[Fault, ...]:
    """Return what is missing that the ledger itself would take without."""
    slips: list[Fault] = []
    if not any(_inspectors(fields)):
        said = "至少填写一名督导人员 / name at least one inspector"
        slips.append(Fault("inspector-0-name", said))
    for key in (question.key for question in QUESTIONS):
        if not _given(fields, f"answer-{key}"):
            slips.append(Fault(f"answer-{key}", "请选择一个答案 / choose an answer"))
        if _given(fields, f"answer-{key}") == NO and not _given(fields, f"note-{key}"):
            said = "答“否”须写明情况 / say what was seen where the answer is no"
            slips.append(Fault(f"note-{key}", said))
        due = _given(fields, f"due-{key}")
        if due and not (_DAY.fullmatch(due) and due >= _given(fields, "day")):
            said = "期限应为日期，且不早于检查之日 / the deadline is a day, not before the visit"
            slips.append(Fault(f"due-{key}", said))
    if not _located(fields) and not _given(fields, "place_missing"):
        slips.append(
            Fault("place_missing", "没有经纬度时须写明原因 / say why there is no position")
        )
    if fields.get("signature") not in {"paper", "refused"}:
        slips.append(Fault("signature", "请选择签字方式 / say how it was signed"))
    if fields.get("signature") == "refused" and not _given(fields, "refusal_reason"):
        said = "请写明拒绝签字的情况 / say how the signature was refused"
        slips.append(Fault("refusal_reason", said))
    return tuple(slips)


def photo_fields() -> Iterator[tuple[str, str]]:
    """Yield the fields for photos, each with the question that they show; no question: empty."""
    yield "photos", ""
    for question in QUESTIONS:
        yield f"photos-{question.key}", question.item
    yield "photos-signature", ""


def titled(kept: Json, item: str) -> Json:
    """Return a kept photo under the name that the phone gives it: the question first."""
    name = " · ".join(part for part in (item, kept["file_name"]) if part)[:LONGEST_NAME]
    return {**kept, "file_name": name}


_FIELDS = (
    (re.compile(r"inspectors\.(\d+)\.(\w+)"), r"inspector-\1-\2"),
    (re.compile(r"place\.(\w+)"), r"\1"),
    (re.compile("valid_from|captured_at"), "day"),
    (re.compile("inspectors"), "inspector-0-name"),
)


_ANSWER = re.compile(r"checklist\.(\d+)\.(value|note)")


def field_of(name: str) -> str:
    """Return the field of the form that holds what the ledger calls `name`."""
    answer = _ANSWER.fullmatch(name)
    if answer is not None and int(answer[1]) < len(QUESTIONS):
        part = "answer" if answer[2] == "value" else "note"
        return f"{part}-{QUESTIONS[int(answer[1])].key}"
    for pattern, field in _FIELDS:
        if pattern.fullmatch(name):
            return pattern.sub(field, name)
    return name
