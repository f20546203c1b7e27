"""Every clause that the product cites, with what it says and from when it applies.

Source of 三 … 七: notice 京人社职鉴发〔2020〕3号 of 21 April 2020 (paraphrased, not quoted).
"""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

NOTICE = "京人社职鉴发〔2020〕3号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause: its short number, the document, what it requires, and since when."""

    number: str
    document: str
    zh: str
    en: str
    in_force_from: date

    @property
    def printed(self) -> str:
        """Its number as Chinese prints it, in brackets of full width: 七（三）."""
        return self.number.replace("(", "（").replace(")", "）")


def _notice(number: str, zh: str, en: str) -> Clause:
    return Clause(number=number, document=NOTICE, zh=zh, en=en, in_force_from=date(2020, 4, 21))


_ALL = (
    _notice("一(一)", "企业自主开展认定的条件", "which enterprises may certify"),
    _notice(
        "一(三)", "职业与主营业务、人员规模", "occupations tied to the business, staff numbers"
    ),
    _notice("一(四)", "考评人员与质量内控人员", "examiners and internal quality staff"),
    _notice("二(一)", "认定对象的四类人员", "the four categories of candidates"),
    _notice("二(二)", "考评的内容", "what is assessed"),
    _notice("二(二)2", "技师、高级技师考评增加的内容", "what is added for technicians"),
    _notice("二(三)", "认定方式与本企业申报的方式", "methods of assessment"),
    _notice("二(三)4", "直接认定的依据", "the ground of a direct certification"),
    _notice(
        "三", "准入类职业除外；职业以大典和新职业为准", "access-controlled occupations are excluded"
    ),
    _notice("四", "质量督导", "quality supervision"),
    _notice("五", "申报材料", "materials of an application"),
    _notice("六(一)", "申报与区级初步意见", "application and district opinion"),
    _notice("六(二)", "专家评估", "expert evaluation"),
    _notice("六(三)", "公布名单、有效期三年、动态调整", "roster, three years, changes of standing"),
    _notice("六(四)", "确认回执与年度计划", "receipt and annual plan"),
    _notice("七", "责任与处理", "responsibility and measures"),
    _notice("七(二)", "谁评价、谁负责、谁发证", "who assesses is responsible and issues"),
    _notice(
        "七(三)",
        "在确认范围内、在本市行政区域内开展",
        "within the confirmed scope and within Beijing",
    ),
    Clause(
        number="京职技鉴发〔2019〕9号",
        document="京职技鉴发〔2019〕9号",
        zh="证书编号规则",
        en="numbering of certificates",
        in_force_from=date(2019, 1, 1),
    ),
)

CLAUSES = MappingProxyType({clause.number: clause for clause in _ALL})
