"""The words of a report in both languages. Names of organisations and what people wrote stay as given."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType

from domain.vocabulary import Level
from ledger.clock import SHANGHAI

Pair = tuple[str, str]


class Language(IntEnum):
    """Which of the two texts of a pair."""

    ZH = 0
    EN = 1


STANDINGS: Mapping[str, Pair] = MappingProxyType(
    {
        "unlisted": ("不在公布名单", "not listed"),
        "listed": ("在公布名单", "listed"),
        "suspended": ("已暂停", "suspended"),
        "removed": ("已移出名单", "removed"),
        "expired": ("有效期届满", "expired"),
    }
)
KINDS: Mapping[str, Pair] = MappingProxyType(
    {
        "municipal": ("市属企业", "municipal"),
        "district": ("区属企业", "district"),
        "foreign": ("外资企业", "foreign"),
        "private": ("非公企业", "private"),
        "central": ("中央企业", "central"),
    }
)
VERDICTS: Mapping[str, Pair] = MappingProxyType(
    {
        "breach": ("违规", "breach"),
        "undecided": ("无法判定", "undecided"),
        "clear": ("已澄清", "cleared"),
    }
)
SEVERITIES: Mapping[str, Pair] = MappingProxyType(
    {"minor": ("轻微", "minor"), "major": ("较重", "major"), "severe": ("严重", "severe")}
)
REVIEWS: Mapping[str, Pair] = MappingProxyType(
    {
        "upheld": ("复核成立", "upheld"),
        "dismissed": ("复核不成立", "dismissed"),
        "converted": ("已转为问题", "converted to a finding"),
    }
)
CASES: Mapping[str, Pair] = MappingProxyType(
    {
        "then_and_now": (
            "该记录入账时即如此，本基准下仍如此",
            "so when the record was entered, and so at this basis",
        ),
        "then_not_now": (
            "入账时更重，其后的记录使之减轻",
            "graver when the record was entered; later entries eased it",
        ),
        "now_not_then": (
            "入账时未见或较轻，由其后的记录得出",
            "not seen, or less grave, when the record was entered; later entries brought it out",
        ),
        "overturned": ("经复核推翻", "overturned on review"),
    }
)
BODIES: Mapping[str, Pair] = MappingProxyType(
    {
        "assessing": ("评价机构", "assessing"),
        "issuing": ("发证机构", "issuing"),
        "implementing": ("实施单位", "implementing"),
        "applicant": ("申报企业", "applicant"),
        "supervising": ("主管区", "supervising district"),
    }
)
STAGES: Mapping[str, Pair] = MappingProxyType(
    {
        "raised": ("已提出", "raised"),
        "disputed": ("企业有异议", "disputed"),
        "rectification_ordered": ("责令整改中", "rectification ordered"),
        "rectification_reported": ("已报整改，待复查", "rectification reported"),
        "passed": ("复查通过", "passed reinspection"),
        "failed": ("复查未通过", "failed reinspection"),
        "closed": ("已销号", "closed"),
        "withdrawn": ("已撤回", "withdrawn"),
        "dispatched": ("已派出", "dispatched"),
        "recorded": ("已记录", "recorded"),
        "filed": ("已报备", "filed"),
        "revised": ("已调整", "revised"),
        "submitted": ("已提交", "submitted"),
        "opinion_given": ("区级意见已出", "district opinion given"),
        "accepted": ("已受理", "accepted"),
        "returned": ("已退回", "returned"),
        "experts_assigned": ("已指派专家", "experts assigned"),
        "scoring": ("评分中", "being scored"),
        "concluded": ("评估结束", "concluded"),
        "confirmed": ("已确认", "confirmed"),
        "rejected": ("未通过", "rejected"),
        "published": ("已公布", "published"),
        "receipt_issued": ("已发回执", "receipt issued"),
    }
)
MEASURES: Mapping[str, Pair] = MappingProxyType(
    {
        "imposed": ("执行中", "imposed"),
        "stayed": ("暂缓执行", "stayed"),
        "varied": ("已变更", "varied"),
        "set_aside": ("已撤销", "set aside"),
        "lifted": ("已解除", "lifted"),
    }
)
CERTIFICATES: Mapping[str, Pair] = MappingProxyType(
    {
        "valid": ("有效", "valid"),
        "reissued": ("已换发", "reissued"),
        "revoked": ("已撤销", "revoked"),
    }
)
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "EnterpriseRegistered": "企业登记",
        "EnterpriseProfileChanged": "企业信息变更",
        "UnitCovered": "单位纳入",
        "UnitReleased": "单位退出",
        "ApplicationSubmitted": "提交申报",
        "DistrictOpinionGiven": "区级初步意见",
        "ApplicationAccepted": "申报受理",
        "ApplicationReturned": "申报退回",
        "ExpertsAssigned": "指派专家",
        "EvaluationScored": "专家评分",
        "EvaluationScoreRevised": "评分修改",
        "EvaluationConcluded": "评估结束",
        "ApplicationConfirmed": "申报确认",
        "ApplicationRejected": "不予确认",
        "ReceiptIssued": "发放确认回执",
        "RosterPublished": "公布名单",
        "EnterpriseListed": "企业列入名单",
        "ScopeChanged": "范围变更",
        "ListingSuspended": "暂停资格",
        "ListingReinstated": "恢复资格",
        "ListingRemoved": "移出名单",
        "ListingRenewed": "名单续期",
        "AnnualPlanFiled": "年度计划报备",
        "AnnualPlanRevised": "年度计划调整",
        "AssessmentHeld": "认定活动",
        "CertificateIssued": "发证",
        "CertificateReissued": "换发证书",
        "CertificateRevoked": "撤销证书",
        "InspectionDrawn": "双随机抽取",
        "InspectionDispatched": "督导派出",
        "SpotCheckRecorded": "现场检查记录",
        "FindingRaised": "提出问题",
        "RectificationOrdered": "责令整改",
        "RectificationReported": "整改报告",
        "ReinspectionRecorded": "复查记录",
        "MeasureImposed": "采取措施",
        "MeasureStayed": "措施暂缓",
        "MeasureVaried": "措施变更",
        "MeasureSetAside": "措施撤销",
        "MeasureLifted": "措施解除",
        "FindingClosed": "问题销号",
        "FindingWithdrawn": "问题撤回",
        "FindingDisputed": "企业异议",
        "FlagReviewed": "疑点复核",
        "RecordCorrected": "记录更正",
        "CatalogueAdopted": "目录启用",
    }
)
"""Event name → what it is called in Chinese; in English the name itself is read."""


class Words:
    """Texts in one language; a key without words stays as it is."""

    def __init__(self, language: Language, districts: Mapping[str, str]) -> None:
        self.language = language
        self._districts = districts

    def __call__(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return (zh, en)[self.language]

    def of(self, table: Mapping[str, Pair], key: str | None) -> str:
        """Return the word for a key of a table."""
        if key is None:
            return self("未填", "not given")
        return table[key][self.language] if key in table else key

    def level(self, level: str) -> str:
        """Return the name of a level."""
        known = Level(level)
        return self(known.zh, known.en)

    def event(self, name: str) -> str:
        """Return what an event is called."""
        return self(EVENTS[name], name)

    def district(self, code: str | None) -> str:
        """Return code and name of a district authority."""
        if code is None:
            return self("未登记", "not recorded")
        name = self._districts.get(code)
        return f"{name}({code})" if name else code

    def listed(self, words: list[str]) -> str:
        """Return words in a row."""
        return self("、", ", ").join(words)

    def days(self, start: str | None, end: str | None) -> str:
        """Return a half-open interval of days as the first day and the day on which it is over."""
        first = start or self("起始不详", "open")
        return f"{first} – {end or self('未定', 'open')}"

    def instant(self, at: datetime) -> str:
        """Return an instant as people in Beijing read it."""
        return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")

    def number(self, count: int) -> str:
        """Return a number with its thousands set apart."""
        return f"{count:,}"
