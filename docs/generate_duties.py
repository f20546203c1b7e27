"""Write `docs/duties.md`: each sentence of the notice → the event, the check, the page and the test behind it.

Run `python -m docs.generate_duties` after changing the table below; a test compares and follows every name.
"""  # noqa: INP001 - a script among documents, not a package

from pathlib import Path
from typing import NamedTuple

from domain.checks import CHECKS

TARGET = Path(__file__).with_name("duties.md")


class Duty(NamedTuple):
    """One sentence of the notice that can be supervised, in our words, and what stands behind it."""

    clause: str
    zh: str
    en: str
    events: str = ""
    checks: str = ""
    pages: str = ""
    tests: str = ""


DUTIES = (
    Duty(
        "一(一)",
        "在京登记、有主营业务的企业可以申报",
        "an enterprise registered in Beijing with a main business may apply",
        "EnterpriseRegistered EnterpriseProfileChanged ApplicationSubmitted",
        "",
        "/enterprises /applications",
        "test_who_is_registered_decidedly_elsewhere_does_not_apply"
        " test_a_listed_enterprise_that_moves_out_of_beijing_is_warned_of",
    ),
    Duty(
        "一(三)",
        "职业与主营业务相关，有相应职工",
        "occupations belong to the business, with the staff for them",
        "ApplicationSubmitted",
        "",
        "/applications",
        "test_an_application_names_one_standard_for_an_occupation_and_units_with_valid_codes",
    ),
    Duty(
        "一(四)",
        "有考评人员和质量内控人员",
        "there are examiners and internal quality staff",
        "StaffRegistered StaffReleased AssessmentHeld",
        "S10",
        "/registers /assessments",
        "test_a_session_without_examiners_or_quality_officers_is_s10",
    ),
    Duty(
        "二(一)",
        "对象为四类人员；学生和学徒有合作协议",
        "candidates are of four categories; students and apprentices have an agreement behind them",
        "AssessmentHeld CertificateIssued PartnershipFiled",
        "S5",
        "/registers /flags",
        "test_students_without_a_partnership_are_s5_undecided",
    ),
    Duty(
        "二(二)",
        "考评职业能力、工作业绩和职业道德",
        "ability, performance and ethics are assessed",
        "CertificateIssued",
        "",
        "/certificates",
        "test_points_by_content_are_shown_and_what_was_not_reported_as_such",
    ),
    Duty(
        "二(二)2",
        "技师、高级技师增加考评内容",
        "more is assessed for technicians",
        "CertificateIssued",
        "T1",
        "/flags",
        "test_technicians_are_assessed_in_the_added_parts",
    ),
    Duty(
        "二(三)",
        "四种认定方式，或实施方案中申报的本企业方式",
        "four methods, or the enterprise's own as declared",
        "ApplicationSubmitted AssessmentHeld",
        "S6",
        "/flags",
        "test_an_own_method_must_be_declared",
    ),
    Duty(
        "二(三)4",
        "直接认定须有竞赛成绩或突出贡献",
        "a direct certification rests on a competition or a contribution",
        "CertificateIssued",
        "T2",
        "/flags",
        "test_a_direct_certification_names_its_ground_with_the_paper",
    ),
    Duty(
        "三",
        "准入类职业除外",
        "access-controlled occupations are excluded",
        "AssessmentHeld CatalogueAdopted",
        "S3",
        "/catalogues /flags",
        "test_access_control_depends_on_the_day_and_on_the_part",
    ),
    Duty(
        "三",
        "职业以大典和新职业为准；没有国家标准的，评价规范先备案",
        "occupations are those of the dictionary; without a national standard a specification is filed first",
        "SpecificationFiled CatalogueAdopted",
        "S4",
        "/registers /catalogues",
        "test_an_occupation_without_a_standard_needs_a_specification_that_was_filed"
        " test_a_specification_counts_from_its_receipt_and_never_from_a_day_before_it",
    ),
    Duty(
        "四",
        "质量督导和日常监督检查",
        "quality supervision and daily checks",
        "InspectionDrawn InspectionDispatched SpotCheckRecorded",
        "V1",
        "/inspections /field /coverage",
        "test_a_visit_that_contradicts_what_was_reported_is_v1"
        " test_a_visit_that_names_no_session_is_held_against_each_of_its_day",
    ),
    Duty(
        "四",
        "督导人员持证、回避、两人以上",
        "inspectors carry cards, recuse themselves and are two",
        "InspectionDispatched SpotCheckRecorded",
        "Q1",
        "/inspections",
        "test_an_inspection_needs_inspectors_cards_and_statements",
    ),
    Duty(
        "四",
        "受理投诉举报",
        "complaints are received",
        "ComplaintReceived",
        "",
        "/complaints",
        "test_a_complaint_is_received_once_and_named_by_inspections_and_findings",
    ),
    Duty(
        "五",
        "五种申报材料",
        "five materials of an application",
        "ApplicationSubmitted",
        "",
        "/applications",
        "test_an_application_is_submitted_by_a_registered_enterprise",
    ),
    Duty(
        "六(一)",
        "区级初步意见，受理、退回补正、撤回",
        "district opinion, acceptance, return and withdrawal",
        "DistrictOpinionGiven ApplicationAccepted ApplicationReturned ApplicationWithdrawn",
        "",
        "/applications",
        "test_what_was_returned_keeps_its_window_for_the_term_that_the_return_states",
    ),
    Duty(
        "六(一)",
        "申报所含单位",
        "the units named in the application",
        "UnitCovered UnitReleased",
        "S9",
        "/enterprises",
        "test_the_units_that_the_application_names_are_covered_from_the_first_day_of_the_grant",
    ),
    Duty(
        "六(二)",
        "专家评估",
        "expert evaluation",
        "ExpertsAssigned EvaluationScored EvaluationScoreRevised EvaluationConcluded",
        "",
        "/applications",
        "test_experts_may_be_replaced_until_the_conclusion_and_a_sheet_that_was_given_stays",
    ),
    Duty(
        "六(三)",
        "确认、公布名单、有效期三年、动态调整",
        "confirmation, roster, three years, changes of standing",
        "ApplicationConfirmed ApplicationRejected RosterPublished EnterpriseListed ScopeChanged "
        "ListingSuspended ListingReinstated ListingRemoved ListingRenewed",
        "S7",
        "/roster",
        "test_a_second_publication_adds_to_the_first_and_each_lasts_for_its_own_days",
    ),
    Duty(
        "六(四)",
        "确认回执",
        "the receipt",
        "ReceiptIssued",
        "S8",
        "/applications",
        "test_a_second_publication_without_its_receipt_is_s8_for_its_own_occupation_alone",
    ),
    Duty(
        "六(四)",
        "年度计划和上年总结",
        "annual plan and last year's summary",
        "AnnualPlanFiled AnnualPlanRevised",
        "P1",
        "/plans /plans/compared",
        "test_a_late_plan_is_late_from_the_day_after_the_deadline_until_it_is_filed",
    ),
    Duty(
        "七",
        "责令整改、复查、处理措施",
        "rectification, reinspection, measures",
        "FindingRaised FindingDisputed FindingClosed FindingWithdrawn RectificationOrdered "
        "RectificationReported ReinspectionRecorded MeasureImposed MeasureStayed MeasureVaried "
        "MeasureSetAside MeasureLifted HearingHeld FlagReviewed FlagAnswered",
        "Q2",
        "/findings /flags",
        "test_a_failed_reinspection_opens_an_order_again_until_the_next_report",
    ),
    Duty(
        "七(二)",
        "谁评价、谁负责、谁发证",
        "who assesses is responsible and issues",
        "CertificateIssued CertificateReissued CertificateRevoked ResultsPublished",
        "R1 R2 C2 C3",
        "/certificates",
        "test_a_certificate_that_departs_from_its_session_is_r2",
    ),
    Duty(
        "七(三)",
        "在确认范围内开展",
        "within the confirmed scope",
        "AssessmentHeld",
        "S1 S2",
        "/flags",
        "test_another_occupation_is_s1_and_its_level_is_not_judged",
    ),
    Duty(
        "七(三)",
        "在本市行政区域内开展",
        "within Beijing",
        "AssessmentHeld",
        "G1 G2",
        "/flags",
        "test_of_several_venues_the_worst_decides",
    ),
    Duty(
        "京职技鉴发〔2019〕9号",
        "证书编号规则",
        "numbering of certificates",
        "CertificateIssued",
        "C1",
        "/flags",
        "test_the_parts_of_a_number_agree_with_the_record",
    ),
)
"""In the order of the notice 京人社职鉴发〔2020〕3号. 七(一) leaves nothing to record."""

_HEAD = """\
# Duties

Written by `docs/generate_duties.py`; do not edit. Each sentence of the notice 京人社职鉴发〔2020〕3号 that can be
supervised, in our words, with the events that record it, the checks that judge it, the pages that show it and a test.

| clause | sentence | events | checks | pages | test |
|---|---|---|---|---|---|
"""


def render() -> str:
    """Return the whole document."""
    return _HEAD + "".join(map(_line, DUTIES))


def _line(duty: Duty) -> str:
    checks = "<br>".join(f"`{code}` {CHECKS[code].zh}" for code in duty.checks.split())
    cells = (
        duty.clause,
        f"{duty.zh}<br>{duty.en}",
        ", ".join(f"`{name}`" for name in duty.events.split()),
        checks or "–",
        ", ".join(f"`{path}`" for path in duty.pages.split()),
        "<br>".join(f"`{name}`" for name in duty.tests.split()),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
