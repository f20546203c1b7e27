"""The checklist of a spot check: one list with a version, for the phone, the form and the ledger.

An entry holds each question as it was put (`item`) and which answers could be given (`scale`), so
it can be read without this list, and a later version changes nothing that was recorded (四, 七).
"""

from typing import NamedTuple

from api.words.language import Words

VERSION = "2026-11"
"""Changed with every change of the questions."""


class Question(NamedTuple):
    """One question: its own key, what an entry calls it, its name in English, what is looked at.

    A draft on a phone keeps its answers by key and words, so that a question which is put in before
    another, or is worded anew, never takes over what was said to it.
    """

    key: str
    item: str
    en: str
    hint: Words


QUESTIONS = (
    Question(
        "video",
        "考场视频监控",
        "Video monitoring of the premises",
        Words(
            "全程录像，能看清考生与考评人员", "Recording throughout; candidates and assessors seen"
        ),
    ),
    Question(
        "assessor-cards",
        "考评人员持证上岗",
        "Assessors hold valid cards",
        Words("证件有效，与本职业相符", "Cards valid and for this occupation"),
    ),
    Question(
        "quality-staff",
        "内部质量督导人员在岗",
        "Internal quality staff present",
        Words("姓名与报备一致", "Names as filed"),
    ),
    Question(
        "identity",
        "考生身份核验",
        "Identity of candidates checked",
        Words("人、证、名册一致", "Person, document and list agree"),
    ),
    Question(
        "headcount",
        "考生人数与报备一致",
        "Number of candidates as filed",
        Words("点到人数与名册", "Count against the list"),
    ),
    Question(
        "score-sheets",
        "评分记录完整",
        "Score sheets complete",
        Words("当场评分，签名，无事后补填", "Scored on the spot, signed, nothing filled in later"),
    ),
    Question(
        "papers",
        "试题保密与命题合规",
        "Questions kept secret and drawn as required",
        Words("领取、启封、回收有记录", "Handing out, opening and return on record"),
    ),
    Question(
        "equipment",
        "设备设施完好",
        "Equipment in order",
        Words("数量、工况、安全防护", "Number, condition, safety"),
    ),
    Question(
        "scope",
        "认定内容与确认范围一致",
        "Certified within the confirmed scope",
        Words("职业、工种、等级", "Occupation, trade, level"),
    ),
    Question(
        "venue",
        "地点与报备一致",
        "Held at the place that was filed",
        Words("在北京行政区域内", "Inside Beijing"),
    ),
)

YES, NO, UNCLEAR, NOT_APPLICABLE = "是", "否", "无法判断", "不适用"
ANSWERS = {
    YES: Words("是", "Yes"),
    NO: Words("否", "No"),
    UNCLEAR: Words("无法判断", "Cannot tell"),
    NOT_APPLICABLE: Words("不适用", "Not applicable"),
}
"""What can be answered, as an entry holds it → its name."""
SCALE = f"现场检查表 {VERSION}:{'/'.join(ANSWERS)}"
"""Which answers could be given, to which version of the list."""

REMAINING = YES
"""What one touch may answer to all questions that are still open; none: each is answered by itself."""

LOCATING = "现场定位"
"""Asked only where no device fixed the place then: the reason, that degrees were typed, or since when they are kept."""
LOCATED = ("未取得", "手工填写", "设备取得/手工填写/未取得", "设备取得")
"""Not to be had, typed, the scale, and found by the device: said with its time where that is not the record's."""
SIGNING = "被检查单位签字"
"""Asked only where the unit did not sign: why, and who was there."""
SIGNED = ("拒绝签字", "已签字/拒绝签字")
