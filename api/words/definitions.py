"""What is counted, in words: one table for the page of counts and for `docs/statistics.md`."""

from types import MappingProxyType
from typing import NamedTuple

from api.words.language import Words


class Definition(NamedTuple):
    """One number: what it counts, what it leaves out, on which day it is put down."""

    counted: Words
    left_out: Words
    day: Words


DEFINITIONS = MappingProxyType(
    {
        "sessions": Definition(
            Words(
                "截至业务日期已举行的每一次认定活动，不论谁举行、有无疑点",
                "every session held by the day, whoever held it, with flags or without",
            ),
            Words("其后举行的", "a session of a later day"),
            Words("首日", "the first day of the session"),
        ),
        "certificates": Definition(
            Words(
                "截至业务日期已发且当日有效的证书；换发的计新证",
                "a certificate issued by the day and in force on it; of one that replaces another, the new one",
            ),
            Words("已撤销、已换发的，自该日起", "revoked, and replaced, from that day on"),
            Words("发证日期", "the day of issue"),
        ),
        "breaches": Definition(
            Words(
                "当日结论为违规的疑点，不论是否复核；被排除的也计入（复核不改变结论）",
                "a flag whose verdict on the day is a breach, reviewed or not: a dismissed one too "
                "(a review changes no verdict)",
            ),
            Words(
                "无法判定的、已澄清的；督导程序（Q1）另计，按检查分列且不限一家企业时单列一行",
                "undecided; clear by now; Q1, which is the supervisors' own, but by check, not narrowed to one "
                "enterprise, it has a line of its own",
            ),
            Words("所判记录的业务日期", "the day of the judged record"),
        ),
        "open_findings": Definition(
            Words(
                "截至业务日期已提出、当日未销号也未撤回的问题",
                "a finding raised by the day, neither closed nor withdrawn on it",
            ),
            Words("已销号、已撤回的", "closed, withdrawn"),
            Words("提出日期", "the day on which it was raised"),
        ),
        "session_rate": Definition(
            Words(
                "有违规的认定活动占同一行认定活动的比例；一次活动有几项违规只计一次",
                "sessions with a breach of their own, of the sessions of the same line; several breaches of one "
                "session count once",
            ),
            Words(
                "只落在其证书上的违规；督导程序（Q1）",
                "a breach that stands on its certificates alone; Q1",
            ),
            Words("首日", "the first day of the session"),
        ),
        "certificate_rate": Definition(
            Words(
                "有违规的有效证书占同一行有效证书的比例",
                "certificates in force with a breach, of the certificates in force of the same line",
            ),
            Words("其认定活动的违规", "a breach of their session"),
            Words("发证日期", "the day of issue"),
        ),
        "knowledge": Definition(
            Words(
                "自违规之日（所判记录的业务日期）至台账得知之日（使其成立的记录入账之日）",
                "from the day of the breach (of the judged record) to the day on which the entry was recorded "
                "that made it known",
            ),
            Words("历史补录的不计", "what was brought in as history has none"),
            Words("违规之日", "the day of the breach"),
        ),
        "review": Definition(
            Words("至现行有效的复核之日", "to the day of the review that holds"),
            Words("已不作数的复核", "a review that holds no more"),
            Words("违规之日", "the day of the breach"),
        ),
        "finding": Definition(
            Words(
                "至首个点名该疑点、或由其转成的问题提出之日",
                "to the day on which the first finding was raised that names the flag, or that it was made",
            ),
            Words(
                "已撤回的；只点名其认定活动的；早于违规之日的",
                "withdrawn; one that names its session alone; one from before the breach",
            ),
            Words("违规之日", "the day of the breach"),
        ),
        "order": Definition(
            Words("至该问题首次责令整改之日", "to the first order of that finding"),
            Words("没有责令的", "where nothing was ordered"),
            Words("违规之日", "the day of the breach"),
        ),
        "closure": Definition(
            Words("至该问题销号之日", "to the day on which that finding was closed"),
            Words("未销号的", "where it is open"),
            Words("违规之日", "the day of the breach"),
        ),
    }
)
"""Name of a number → its definition."""
NAMES = MappingProxyType(
    {
        "session_rate": Words("认定活动违规率", "share of sessions in breach"),
        "certificate_rate": Words("证书违规率", "share of certificates in breach"),
        "knowledge": Words("至得知", "to knowledge"),
        "review": Words("至复核", "to review"),
        "finding": Words("至提出问题", "to finding"),
        "order": Words("至责令整改", "to order"),
        "closure": Words("至销号", "to closure"),
    }
)
"""What those are called that are no plain count."""
