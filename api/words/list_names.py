"""What the lists are called: the one place, for routes, commands and documents."""

from collections.abc import Mapping
from types import MappingProxyType

from api.words.language import Names, Words

LISTS: Names = {
    "roster": Words("公布名单", "the published roster"),
    "flags": Words("疑点：违规与无法判定", "flags: what is breach or undecided"),
    "assessments": Words("认定活动", "assessment sessions"),
    "certificates": Words("证书", "certificates"),
    "applications": Words("申报", "applications"),
    "inspections": Words("督导检查", "inspections"),
    "findings": Words("问题", "findings"),
    "complaints": Words("投诉", "complaints"),
    "registers": Words(
        "考评人员、合作与评价规范登记", "registers of examiners, partners and specifications"
    ),
    "plans": Words("年度计划", "annual plans"),
    "requests": Words("待批准的事项，最新在前", "acts that wait for a second person, newest first"),
    "diff": Words("两个时点之间的差异及其原因", "what differs between two bases, and why"),
    "stats": Words("统计", "counts of sessions, certificates, breaches and open findings"),
    "delays": Words(
        "时滞：违规至得知、复核、提出问题、责令整改、销号的天数",
        "days from each breach to knowledge, review, finding, order and closure",
    ),
    "delay-distribution": Words(
        "时滞分布，历史补录单列", "how many breaches took how long, history apart"
    ),
    "backlog": Words("疑点按检查与已知时长计数", "flags counted by check and age"),
    "late": Words("滞后入账的记录，最新在前", "entries long after their day, newest first"),
    "coverage": Words("本年督导覆盖，按区", "enterprises visited this year, by district"),
    "unvisited": Words("本年未督导的企业", "enterprises that nobody visited this year"),
    "plan-comparisons": Words("年度计划与实际", "plans beside what was held"),
    "draws": Words("双随机抽取，最新在前", "fair draws, the latest first"),
    "events": Words("按入账顺序的全部事件", "events in order of position"),
    "roster-changes": Words("公布名单近来的变化", "what changed lately on the published roster"),
    "scope": Words("一家企业确认范围的各个区间", "scope of an enterprise over time"),
    "standing": Words("一家企业名单状态的各个区间", "standing of an enterprise over time"),
    "units": Words("一家企业当日纳入的所属单位", "units of an enterprise, covered on the day"),
    "issued": Words("一家企业各场认定活动的发证数", "how many certificates each session came to"),
    "history": Words(
        "一家企业的全部记录，最新在前", "every entry about one enterprise, newest first"
    ),
    "saved-questions": Words("保存的问题", "saved questions"),
    "digest": Words(
        "关注摘要：所关注的内容自昨天以来的变化",
        "what changed since yesterday in what the caller follows",
    ),
    "what-ifs": Words("推演，最新在前", "questions what would be if, the latest first"),
    "what-if-diff": Words("假设下的差异", "what differs under a supposition"),
    "what-if-roster": Words("假设下的公布名单", "the roster as it would be"),
    "what-if-flags": Words("假设下的疑点", "flags as they would be"),
    "what-if-assessments": Words("假设下的认定活动", "sessions as they would be"),
    "what-if-applications": Words("假设下的申报", "applications as they would be"),
    "what-if-inspections": Words("假设下的督导检查", "inspections as they would be"),
    "what-if-findings": Words("假设下的问题", "findings as they would be"),
    "what-if-complaints": Words("假设下的投诉", "complaints as they would be"),
    "what-if-registers": Words("假设下的各项登记", "registers as they would be"),
    "what-if-plans": Words("假设下的年度计划", "annual plans as they would be"),
    "field-devices": Words(
        "现场设备：未上传数与缺号", "devices: what is not sent, and which numbers are missing"
    ),
    "templates": Words("可下载的空表", "the sheets to fill in"),
    "catalogues": Words(
        "目录：大典、新职业、标准、资格目录、对应关系、规则、市界", "reference data as files"
    ),
}
"""Name of a list → what it is called."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {"catalogues": "catalogue list", "saved-questions": "saved list"}
)
"""List → its command, where it stands among others of its kind; the others are called by their name."""
