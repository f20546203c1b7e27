"""The gate for text: what must not come in, on whichever way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.folding import folded
from domain.terms.identifiers import is_placeholder, is_uscc
from domain.terms.vocabulary import Level, Method, level_from, levels_from, method_from
from ledger.gate.faults import Invalid
from ledger.gate.json import examine
from ledger.gate.shapes import from_line, from_members
from ledger.gate.text import admitted, holds_identity_number, require_plain
from tests.ledger.gate.test_shapes import CENTRE, CERTIFICATE, SESSION, line

NUMBER = "11010519491231002X"
USCC = "91110000710939135P"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"张三{NUMBER}",
        f"身份证号码:{NUMBER}。",
        f"{NUMBER}.pdf",
        f"key-{NUMBER}",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        f"Y{NUMBER}",
        f"a\n{NUMBER}",
    ],
)
def test_an_identity_number_is_found_wherever_it_stands(text: str):
    assert holds_identity_number(text)


def test_an_identity_number_that_ends_like_the_code_of_an_enterprise_is_found():
    number = "110101195001010789"
    assert is_uscc(number)
    assert holds_identity_number(f"k-{number}")


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",
        "Y000011000001265000001",
        USCC,
        "911100005858054799",
        f"1{NUMBER}",
        "110105194913310029",
        "20240630",
        "0" * 64,
        f"ab{NUMBER[:17]}cdef0123456789abcdef",
        "",
    ],
)
def test_a_number_that_is_nobodys_is_none(text: str):
    assert not holds_identity_number(text)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"certificate_no": NUMBER}, "certificate_no"),
        ({"holder": {**CERTIFICATE["holder"], "name": f"张三{NUMBER}"}}, "holder.name"),
        ({"assessment_id": f"as-{NUMBER}"}, "assessment_id"),
    ],
)
def test_a_line_is_refused_with_the_field_that_holds_it(data, field: str):
    with pytest.raises(Invalid) as caught:
        from_line(line({**CERTIFICATE, **data}))
    assert [fault.field for fault in caught.value.faults] == [field]


@pytest.mark.parametrize("beside", ["reason", "document_no", "idempotency_key"])
def test_what_stands_beside_the_data_holds_none_either(beside: str):
    with pytest.raises(Invalid) as caught:
        from_line(line(SESSION, "AssessmentHeld", **{beside: f"见 {NUMBER}"}))
    assert [fault.field for fault in caught.value.faults] == [beside]


def test_the_holders_own_number_comes_in_whichever_way():
    assert from_line(line(CERTIFICATE)).holder is not None
    members = {"type": "CertificateIssued", "actor": CENTRE, "data": CERTIFICATE}
    assert from_members(*admitted(members)).holder is not None
    _, faults = examine(json.dumps(CERTIFICATE).encode())
    assert faults == []


@given(st.text(), st.sampled_from(["name", "note", "data"]))
def test_the_quick_look_lets_nothing_in_that_the_thorough_one_refuses(text: str, name: str):
    raw = json.dumps({name: text}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        value, faults = examine(raw)
    except Invalid:
        return
    assert (value, faults) == admitted({name: text})


WIDE = NUMBER.translate({digit: digit + 0xFEE0 for digit in range(0x30, 0x3A)})


@pytest.mark.parametrize(
    "note",
    [
        NUMBER,
        NUMBER.lower(),
        f"张{NUMBER}三",
        f"{NUMBER} ",
        f"{NUMBER}x",
        WIDE,
        WIDE[:3] + NUMBER[3:],
        "𝟏" + NUMBER[1:],
        "110105 19491231 002X",
        "110105-19491231002X",
        "11010519491231 002x",
    ],
)
@pytest.mark.parametrize("blank", ["", " "])
def test_the_quick_look_finds_identity_numbers(note: str, blank: str):
    separators = (",", f":{blank}")
    value = {"note": note, "holder": {"id_no": NUMBER}}
    raw = json.dumps(value, ensure_ascii=False, separators=separators).encode()
    assert [fault.field for fault in examine(raw)[1]] == ["note"]
    assert holds_identity_number(note)


@pytest.mark.parametrize(
    "character",
    [
        "\u200b",
        "\u200c",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u2060",
        "\u180e",
        "\u3164",
        "\u115f",
        "\u2800",
        "\u034f",
        "\u202e",
        "\u2066",
        "\u0007",
        "\ue000",
        "\u2028",
        "\U000e0041",
    ],
)
def test_what_cannot_be_seen_is_refused(character: str):
    _, faults = admitted({"name": f"张{character}三"})
    assert [fault.field for fault in faults] == ["name"]
    assert f"U+{ord(character):04X}" in faults[0].zh


@pytest.mark.parametrize(
    "text", ["张·三", "葛\U000e0100城", "\U00020bb7野家", "Müller", "电 工", "甲\u3000乙", "𠮷"]
)
def test_what_can_be_seen_comes_in_as_it_is(text: str):
    assert admitted({"name": text}) == ({"name": text}, [])


def test_one_text_beside_a_body_goes_through_the_same_gate():
    assert require_plain("名单.xlsx", "file") == "名单.xlsx"
    with pytest.raises(Invalid) as caught:
        require_plain(f"{NUMBER}.xlsx", "file")
    assert caught.value.faults[0].field == "file"


@pytest.mark.parametrize("name", ["-", "—", "/", "无", "待定", "N/A", "同上", "……", "某某", "null"])
def test_a_placeholder_is_nobodys_name(name: str):
    assert is_placeholder(name)
    with pytest.raises(Invalid) as caught:
        from_line(line({**CERTIFICATE, "holder": {**CERTIFICATE["holder"], "name": name}}))
    assert [fault.field for fault in caught.value.faults] == ["holder.name"]


@pytest.mark.parametrize("name", ["张三", "无名氏", "O'Neil", "吾", "阿卜杜拉·买买提"])
def test_a_name_is_no_placeholder(name: str):
    assert not is_placeholder(name)


def test_a_holder_need_not_have_a_category():
    holder = {k: v for k, v in CERTIFICATE["holder"].items() if k != "category"}
    assert from_line(line({**CERTIFICATE, "holder": holder})).body.holder.category is None


@pytest.mark.parametrize(
    "word",
    [
        "中级工(四级)",
        "中级（四级）",
        "四级(中级工)",
        "四级（中级工）",
        "四级/中级工",
        "四级中级工",
        "中级工四级",
        "中级技能",
        "４",
        "4",
        "4级",
        "四 级",
        "四级、中级工",
        "四级 / 中级工",
        "国家职业资格四级",
    ],
)
def test_a_level_is_read_as_offices_write_it(word: str):
    assert level_from(word) is Level.FOUR


@pytest.mark.parametrize(
    "word", ["", "九级", "四级(高级工)", "四级/高级工", "五级、四级", "五级至三级", "工"]
)
def test_what_names_no_level_or_several_is_no_level(word: str):
    assert level_from(word) is None


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("五级至三级", "543"),
        ("三级-五级", "345"),
        ("5～3", "543"),
        ("五级、四级", "54"),
        ("五级,四级;三级", "543"),
        ("五级 四级", "54"),
        ("五级/初级工、四级/中级工", "54"),
        ("五级/四级/三级", "543"),
        ("初级工(五级)、中级工(四级)", "54"),
        ("五、四、三", "543"),
        ("四级", "4"),
    ],
)
def test_a_list_of_levels_keeps_its_order_and_a_range_holds_what_lies_between(
    text: str, levels: str
):
    assert levels_from(text) == tuple(map(Level, levels))


@pytest.mark.parametrize("level", Level)
def test_the_official_name_of_a_level_names_it(level: Level):
    assert level_from(level.zh) is level


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("考核鉴定", Method.EXAMINATION),
        ("过程化考核", Method.PROCESS),
        ("业绩 评价", Method.PERFORMANCE),
        ("直接认定", Method.DIRECT),
        ("examination", Method.EXAMINATION),
        ("师带徒考评", None),
    ],
)
def test_the_methods_of_the_notice_are_read_in_its_own_words(word: str, method: Method | None):
    assert method_from(word) is method
    stored = from_line(line({**SESSION, "method": word}, "AssessmentHeld")).body.method
    assert stored == (method or word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｙ０１", "y01"),
        ("Y 01", "Y01"),
        ("装配钳⼯", "装配钳工"),
        ("阿•买", "阿·买"),
        ("变电站值班员 ", "变电站值班员"),
        ("车工（数控）", "车工(数控)"),
        ("葛\U000e0100", "葛"),
        ("Y\u200b01", "Y01"),
    ],
)
def test_texts_are_compared_folded(one: str, other: str):
    assert folded(one) == folded(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str):
    assert folded(folded(text)) == folded(text)
