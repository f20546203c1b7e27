"""Columns of the lists in their tabular forms: what stands in an item, in this order; and their heads."""

from collections.abc import Mapping
from types import MappingProxyType

ROSTER = "uscc name kind district standing batch valid_from:day valid_to:day scope:json"
FLAG = (
    "key code verdict severity clause rule subject assessment_id certificate_no district valid_at:day "
    "known_from:integer known_to:integer review case responsible:json message:json because:json"
)
SESSION = (
    "assessment_id uscc unit_uscc occupation:json level method mode held_from:day held_to:day venue:json "
    "candidates:json assessors:json quality_staff:json district position:integer because:json"
)
CERTIFICATE = (
    "certificate_no assessment_id uscc issuer_uscc district occupation:json level holder:json "
    "results:json issued_on:day reissued_on:day state ended_on:day replaced_by replaces position:integer"
)
APPLICATION = (
    "application_id uscc window stage submitted_on:day scope:json methods:json own_method opinion:json "
    "accepted_on:day experts:json scores:json recommended:boolean recommended_scope:json mean "
    "confirmed_on:day confirmed_scope:json published:boolean receipt_no receipt_on:day district because:json"
)
INSPECTION = (
    "inspection_id uscc kind stage dispatched_on:day inspectors:json spot_checks:json district "
    "because:json"
)
FINDING = (
    "finding_id uscc kind severity rule statement inspection_id assessments:json certificates:json "
    "flags:json stage raised_on:day position:integer orders:json measures:json disputed:boolean "
    "ended_on:day outcome district because:json"
)
PLAN = (
    "uscc year:integer stage filed_on:day revised_on:day summary:json sessions:json position:integer "
    "district because:json"
)

HEADS: Mapping[str, str] = MappingProxyType(
    {
        "accepted_on": "受理日期",
        "actor": "经办人",
        "after": "之后",
        "application_id": "申报编号",
        "assessment_id": "认定活动编号",
        "assessments": "认定活动",
        "assessors": "考评人员",
        "batch": "公布批次",
        "because": "依据(记录位置)",
        "before": "之前",
        "breaches": "违规数",
        "candidates": "考生",
        "carried_out_on": "抽取日期",
        "case": "时间情形",
        "certificate_no": "证书编号",
        "certificates": "证书",
        "change": "变化",
        "clause": "条款",
        "code": "检查代码",
        "committed_on": "承诺日期",
        "confirmed_on": "确认日期",
        "confirmed_scope": "确认范围",
        "data": "内容",
        "days_30": "已知 8 至 30 天的违规",
        "days_7": "已知 7 天以内的违规",
        "days_90": "已知 31 至 90 天的违规",
        "days_late": "滞后天数",
        "dispatched_on": "派出日期",
        "disputed": "企业有异议",
        "district": "主管区",
        "draw_id": "抽取编号",
        "document_no": "文号",
        "ended_on": "终止日期",
        "experts": "评估专家",
        "filed_on": "报备日期",
        "finding_id": "问题编号",
        "flags": "疑点",
        "held_from": "开始日期",
        "held_to": "结束日期",
        "holder": "持证人(脱敏)",
        "inspection_id": "督导编号",
        "inspectors": "督导人员",
        "issued_on": "发证日期",
        "issuer_uscc": "发证机构代码",
        "key": "键",
        "kind": "类别",
        "known_from": "自哪条记录起得知",
        "known_to": "至哪条记录为止",
        "level": "等级",
        "listed_from": "名单有效期起",
        "listed_to": "名单有效期止(不含)",
        "mean": "平均分",
        "measures": "措施",
        "message": "说明",
        "method": "认定方式",
        "methods": "认定方式",
        "mode": "组织形式",
        "month": "月份",
        "name": "企业名称",
        "occupation": "职业",
        "older": "已知 90 天以上的违规",
        "open_findings": "未结问题",
        "opinion": "区级意见",
        "orders": "整改要求",
        "outcome": "结果",
        "own_method": "企业自定方式",
        "pool": "抽取池",
        "position": "记录位置",
        "published": "已公布",
        "quality_staff": "内部质量人员",
        "raised_on": "提出日期",
        "reason": "理由",
        "receipt_no": "回执编号",
        "receipt_on": "回执日期",
        "recommended": "是否推荐",
        "recommended_scope": "推荐范围",
        "recorded_at": "入账时间(UTC)",
        "reissued_on": "换发日期",
        "replaced_by": "换发后编号",
        "replaces": "换发前编号",
        "responsible": "责任主体",
        "results": "成绩",
        "review": "复核",
        "revised_on": "调整日期",
        "rule": "规则",
        "sample": "抽取数量",
        "scope": "范围",
        "scores": "评分",
        "sessions": "认定活动数",
        "severity": "严重程度",
        "spot_checks": "现场记录",
        "stage": "阶段",
        "standing": "名单状态",
        "state": "证书状态",
        "statement": "内容",
        "stream": "记录流",
        "subject": "企业代码",
        "submitted_on": "提交日期",
        "summary": "上年总结",
        "type": "记录类型",
        "undecided": "无法判定数",
        "undecided_unreviewed": "未复核的无法判定数",
        "unit_uscc": "实施单位代码",
        "unreviewed": "未复核的违规数",
        "uscc": "统一社会信用代码",
        "valid_at": "业务日期",
        "valid_from": "生效日期",
        "valid_to": "失效日期(不含)",
        "venue": "地点",
        "verdict": "判定",
        "version": "流内序号",
        "window": "申报窗口期",
        "year": "年度",
    }
)
"""Column → its head in Chinese."""
