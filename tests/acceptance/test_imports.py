"""Files of lines: good ones between bad ones, the same file twice, and what cannot be read."""

import json

import pytest

from api.intake.error_list import error_list
from api.intake.sheets.upload_form import UPLOAD
from ledger.gate.faults import Invalid
from tests.acceptance.lines import (
    ELECTRICIAN,
    changed,
    identity,
    item,
    listed,
    registered,
    session,
    uscc,
)


def written(lines):
    return [json.dumps(each, ensure_ascii=False) for each in lines]


def test_bad_lines_between_good_ones_are_refused_alone(office):
    code = uscc()
    text = written(listed(code, item(ELECTRICIAN, "4")))
    nobody = '{"type": "NoSuchEvent", "valid_from": "2025-01-01", "data": {}}'
    text[1:1] = ["{not json", '["a list"]', nobody, '{"valid_from": "2025-01-01"}', "null", "{}"]
    report, refused = office.take("\n".join(text) + "\n")
    assert [x["line"] for x in refused] == [2, 3, 4, 5, 6, 7]
    assert all(x["code"] and x["reason"] for x in refused)
    assert report.refused == 6
    assert office.standing(code, "2025-01-01") == ["listed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"employee": 10', '"employee": NaN'),
        ('"employee": 10', '"employee": 1e999'),
        ('"employee": 10', '"employee": 123456789012345678901234567890'),
        ('"employee": 10', '"employee": "１０"'),
        ("上地", "\\ud800"),
        ("上地", "\\u0000"),
        ('"level": "4"', '"level": "4", "level": "5"'),
    ],
)
def test_json_that_says_two_things_or_none_is_refused(office, old, new):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    good = written([session(code, ELECTRICIAN, "4", "2025-03-10")])[0]
    assert old in good
    _, refused = office.take(f"{good.replace(old, new)}\n{good}\n")
    assert [x["line"] for x in refused] == [1]


def test_deep_nesting_is_refused_and_harms_nothing(office):
    _, refused = office.take(
        '{"data":' * 5000 + "1" + "}" * 5000 + "\n" + '{"a":' + "[" * 5000 + "\n"
    )
    assert [x["line"] for x in refused] == [1, 2]


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(office):
    code = uscc()
    text = "\r\n".join(written(listed(code, item(ELECTRICIAN, "4"))))
    _, refused = office.take(b"\xef\xbb\xbf" + text.encode())
    assert refused == []
    assert office.standing(code, "2025-01-01") == ["listed"]


def test_a_file_twice_adds_nothing_and_refuses_the_same(office):
    code = uscc()
    whole = listed(code, item(ELECTRICIAN, "4"))
    part = [x for x in whole if x["type"] != "ApplicationConfirmed"]
    late = ("RosterPublished", "ReceiptIssued")
    expected = [number for number, x in enumerate(part, 1) if x["type"] in late]
    assert [x["line"] for x in office.attempt(part)] == expected
    before = office.position()
    assert [x["line"] for x in office.attempt(part)] == expected
    assert office.position() == before
    office.load(*whole)
    assert office.standing(code, "2025-01-01") == ["listed"]
    before = office.position()
    office.load(*whole)
    assert office.position() == before


def test_a_key_stands_for_one_line(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    key = {"idempotency_key": f"key-{code}"}
    first = session(code, ELECTRICIAN, "4", "2025-03-10") | key
    office.load(first, first)
    before = office.position()
    office.mix((first, True), (session(code, ELECTRICIAN, "4", "2025-03-11") | key, False))
    assert office.position() == before


def test_positions_have_no_gaps_where_lines_were_refused(office):
    code = uscc()
    before = office.position()
    office.mix(
        (registered(code), True),
        (changed(registered(code), name="另一个名字"), False),
        (registered(uscc()), True),
    )
    assert office.position() == before + 2


def test_a_certificate_sheet_takes_its_good_rows(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    name = registered(code)["data"]["name"]
    number = f"Y000011{code[-7:-1]}254000001"
    head = "姓名,证件类型,证件号码,所在单位,职业名称,工种名称,职业技能等级,证书编号,发证日期,评价机构,发证机构"
    good = f"王五,201,{identity()},{name},电工,,四级/中级工,{number},2025-03-20,{name},{name}"
    bad = good.replace("王五", "王六").replace(",201,", ",201,9")
    report, refused = office.take(f"\ufeff{head}\n{good}\n{bad}\n", "certificates.csv")
    assert (report.taken, report.refused) == (1, 1)
    assert refused[0]["line"] == 3
    assert len(office.history(code, "CertificateIssued")) == 1


def test_an_error_list_is_mended_and_imported_again(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    name = registered(code)["data"]["name"]
    number = f"Y000011{code[-7:-1]}254000001"
    row = f"王五,201,{identity()},{name},电工,,九级,{number},2025-03-20,{name},{name}"
    _, refused = office.take(f"{','.join(UPLOAD)}\n{row}\n", "certificates.csv")
    assert [each["line"] for each in refused] == [2]
    report, again = office.take(error_list(refused), "错误清单.xlsx")
    assert (report.taken, [each["input"] for each in again]) == (0, [refused[0]["input"]])
    refused[0]["input"]["职业技能等级"] = "四级"
    report, again = office.take(error_list(refused), "错误清单.xlsx")
    assert (report.taken, again) == (1, [])
    (entry,) = office.history(code, "CertificateIssued")
    assert entry["data"]["certificate_no"] == number


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le"])
def test_lines_in_another_encoding_say_how_to_save_them(office, encoding):
    content = json.dumps(registered(uscc()), ensure_ascii=False).encode(encoding)
    before = office.position()
    with pytest.raises(Invalid, match="UTF-8"):
        office.take(content)
    assert office.position() == before


def test_what_was_taken_is_told_also_where_a_later_file_cannot_be_used(office, tmp_path):
    good, bad = tmp_path / "good.ndjson", tmp_path / "bad.ndjson"
    good.write_text(json.dumps(registered(uscc())))
    bad.write_bytes(b"\0\0")
    done = office.run("import", str(good), str(bad), "--json")
    assert done.returncode == 2
    (told,) = json.loads(done.stdout)
    assert (told["file"], told["taken"]) == (str(good), 1)
    assert "bad.ndjson" in done.stderr
