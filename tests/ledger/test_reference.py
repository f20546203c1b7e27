"""What comes with the installation: which edition says what, and on which day."""

import hashlib
import pickle
import re
from datetime import date

import pytest

from domain.terms.reference import Control, Occupation
from domain.terms.vocabulary import CatalogueKind, Level
from ledger import reference

LAST_DAY_OF_2017 = date(2021, 11, 22)
FIRST_DAY_OF_2021 = date(2021, 11, 23)


def control(name, day, trade=None):
    occupation = Occupation(edition="2022", code="-", name=name, trade=trade)
    return reference.installed().control(occupation, day)


def test_the_whole_dictionary_is_read_both_ways():
    dictionary = reference.installed().dictionaries["2022"]
    assert len(dictionary.names) == len(dictionary.codes) == 1092
    assert dictionary.names["4-07-05-03"] == "消防设施操作员"
    assert all(dictionary.names[code] == name for name, code in dictionary.codes.items())


def test_levels_are_read_where_known_and_left_out_where_not():
    levels = reference.installed().dictionaries["2022"].levels
    assert levels["6-18-02-04"] == {Level.FIVE, Level.FOUR, Level.THREE, Level.TWO, Level.ONE}
    assert Level.FIVE not in min(levels.values(), key=len)
    assert "3-02-01-00" not in levels


@pytest.mark.parametrize(
    ("name", "trade", "before", "after"),
    [
        ("焊工", None, Control.CONTROLLED, Control.PARTLY),
        ("焊工", "电焊工", Control.CONTROLLED, Control.FREE),
        ("焊工", "民用核安全设备焊接", Control.CONTROLLED, Control.CONTROLLED),
        ("民用核安全设备焊工", None, Control.FREE, Control.CONTROLLED),
        ("保安员", None, Control.FREE, Control.CONTROLLED),
        ("消防员", None, Control.FREE, Control.CONTROLLED),
        ("安检员", None, Control.FREE, Control.PARTLY),
        ("安检员", "民航安全检查员", Control.FREE, Control.CONTROLLED),
        ("安检员", "铁路安检员", Control.FREE, Control.FREE),
        ("消防设施操作员", None, Control.CONTROLLED, Control.CONTROLLED),
        ("社会体育指导员", "游泳", Control.CONTROLLED, Control.CONTROLLED),
        ("社会体育指导员", "羽毛球", Control.FREE, Control.FREE),
        ("社会体育指导员", None, Control.PARTLY, Control.PARTLY),
        ("游泳救生员", None, Control.CONTROLLED, Control.CONTROLLED),
        ("家畜繁殖员", None, Control.CONTROLLED, Control.CONTROLLED),
        ("轨道列车司机", None, Control.CONTROLLED, Control.CONTROLLED),
        ("轨道交通列车司机", None, Control.CONTROLLED, Control.CONTROLLED),
        ("出租汽车驾驶员", None, Control.FREE, Control.CONTROLLED),
        ("车工", None, Control.FREE, Control.FREE),
    ],
)
def test_control_turns_on_the_day_the_second_catalogue_begins(name, trade, before, after):
    assert control(name, LAST_DAY_OF_2017, trade) == (before, "2017")
    assert control(name, FIRST_DAY_OF_2021, trade) == (after, "2021")


def test_no_catalogue_is_held_before_the_first():
    assert control("焊工", date(2017, 9, 11)) == (Control.UNKNOWN, "")
    assert control("焊工", date(2017, 9, 12)) == (Control.CONTROLLED, "2017")


def marked(edition):
    """Return, from the occupations file, whether each 准入类 occupation is restricted."""
    found = {}
    for row in reference.rows("occupations_2022.csv"):
        match = re.search(rf"准入类\(目录{edition}(:[^)]*)?\)", row["access_type"])
        if match:
            remark = match[1] or ""
            found[row["name"]] = bool(remark) and "旧名" not in remark
    return found


@pytest.mark.parametrize("edition", ["2017", "2021"])
def test_the_catalogues_say_what_the_occupations_file_says(edition):
    names = reference.installed().dictionaries["2022"].codes
    entries = reference.installed().qualifications[edition].controlled
    listed = {name: entry.only is not None for name, entry in entries.items() if name in names}
    expected = marked(edition)
    # The file has no remark here; the catalogue's own row says why it is narrower.
    expected["社会体育指导员"] = True
    assert listed == expected


def test_a_former_name_in_the_occupations_file_is_a_key_too():
    text = ";".join(row["access_type"] for row in reference.rows("occupations_2022.csv"))
    former = re.findall(r"准入类\([^)]*旧名([^)]*)\)", text)
    assert former == ["轨道列车司机"]
    for catalogue in reference.installed().qualifications.values():
        assert catalogue.controlled[former[0]] is catalogue.controlled["轨道交通列车司机"]


@pytest.mark.parametrize("name", reference.QUALIFICATIONS_FILES.values())
def test_every_catalogue_row_names_its_source_and_words_for_its_restriction(name):
    for row in reference.rows(name):
        assert row["source"]
        assert bool(row["only"]) == bool(row["words"])


@pytest.mark.parametrize(
    ("kind", "day", "edition"),
    [
        (CatalogueKind.DICTIONARY, date(2022, 9, 26), None),
        (CatalogueKind.DICTIONARY, date(2022, 9, 27), "2022"),
        (CatalogueKind.RULES, date(2020, 4, 20), None),
        (CatalogueKind.RULES, date(2020, 4, 21), "2020-3"),
        (CatalogueKind.OUTLINE, date(2020, 4, 21), "beijing-2020-echarts-wgs84"),
    ],
)
def test_each_kind_has_its_edition_from_its_first_day(kind, day, edition):
    found = reference.installed().in_force(kind, day)
    assert (found.edition if found else None) == edition


def test_the_rules_of_the_notice_are_the_defaults():
    assert reference.installed().rules(date(2020, 4, 21)).pass_mark == 60
    assert reference.installed().rules(date(2020, 4, 20)).edition == "none"


def test_every_edition_carries_the_digest_of_its_content():
    digests = {e.edition: e.sha256 for e in reference.installed().adopted}
    content = reference.packaged("beijing_districts.geojson")
    assert digests["beijing-2020-echarts-wgs84"] == hashlib.sha256(content).hexdigest()
    assert len(set(digests.values())) == len(reference.installed().adopted) == 5


def test_there_are_seventeen_authorities_and_bda_is_one():
    assert len(reference.authorities()) == 17
    assert reference.authorities()["BDA"] == "北京经济技术开发区"
    assert reference.authorities()["110119"] == "延庆区"
    assert {"YANSHAN", "PKX"}.isdisjoint(reference.authorities())


def test_the_reference_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(reference.installed())) == reference.installed()  # noqa: S301


def test_the_reference_is_read_once():
    assert reference.installed() is reference.installed()
