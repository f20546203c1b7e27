"""A text that comes in both languages is shown in the reader's, whole where it comes in one."""

from api.words.language import Words, one_language


def test_a_pair_is_shown_in_one_language():
    assert Words("有，无", "yes, no").speak("en") == "yes, no"
    assert Words("有，无", "yes, no").speak("zh") == "有，无"
    assert one_language("有，无 / yes, no", "en") == "yes, no"
    assert one_language("有，无 / yes, no", "zh") == "有，无"
    assert one_language("no pair", "zh") == "no pair"
