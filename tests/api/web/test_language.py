"""What the pages say is set as it is printed: Chinese with Chinese punctuation, the rest as typed."""

import pytest

from api.words.language import Words, in_print, one_language


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("已复核 2 条,未办理 0 条", "已复核 2 条\uff0c未办理 0 条"),
        (",不是今天;依据全部记录。", "\uff0c不是今天\uff1b依据全部记录。"),
        ("超范围:职业", "超范围\uff1a职业"),
        (" (还剩 %s 天)", "\uff08还剩 %s 天\uff09"),
        ("错误清单(XLSX)", "错误清单\uff08XLSX\uff09"),
        (":", "\uff1a"),
        ("要确认吗?", "要确认吗\uff1f"),
        ("{name},{kind:kind}", "{name}\uff0c{kind:kind}"),
    ],
)
def test_marks_beside_chinese_are_those_of_print(typed: str, printed: str):
    assert in_print(typed) == printed


@pytest.mark.parametrize(
    "same",
    [
        "共 1,000 项",
        "SHA-256 (RFC 9162)",
        "10:30",
        "http://a:80/",
        "{*:profile}",
        "a, b",
        "没有。",
        "",
    ],
)
def test_figures_codes_and_latin_words_stay_as_they_are(same: str):
    assert in_print(same) == same


def test_english_is_never_touched():
    assert Words("有,无", "yes, no").speak("en") == "yes, no"
    assert one_language("有,无 / yes, no", "en") == "yes, no"
    assert one_language("有,无 / yes, no", "zh") == "有\uff0c无"
