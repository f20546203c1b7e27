"""Addresses: the traps, each with what both parsers must make of it together."""

from pathlib import Path

import pytest

from domain.terms.place import Side, Step
from ledger import reference
from projections.places import suffixes
from projections.places.address import address_clue
from projections.places.gazetteer import Gazetteer
from projections.places.organisations import segments, written_once

GAZETTEER = Gazetteer(reference.rows(reference.DIVISIONS_FILE))

INSIDE = """
北京市海淀区中关村大街1号
北京市 海淀区 中关村大街２７号
北京市北京市朝阳区建国路93号
北京市市辖区东城区东直门内大街5号
北京朝阳区建国路93号
中国北京市丰台区南四环西路
地址:北京市丰台区南四环西路188号
海淀区中关村大街1号
石景山区石景山路68号
北京市,海淀区,中关村
北京市建国路1号
北京市海淀区(河北大厦)
北京市朝阳区河北大厦12层
北京市丰台区广安路天津大厦
北京市东城区四川省人民政府驻北京办事处3层
北京市朝阳区河北省驻京办事处
北京市朝阳区北京首钢迁安分公司驻京办
北京市海淀区学院路37号
北京市海淀区学院南路62号北京市第五建筑公司培训中心
北京市海淀区中关村街道办事处三楼
北京经济技术开发区荣华中路10号
北京市经济技术开发区荣华中路10号
北京市大兴区亦庄镇经济技术开发区
北京市通州区马驹桥镇兴华大街1号
北京市朝阳区香河园路
北京市密云县鼓楼街道
北京市宣武区广安门
北京市朝阳区青年路西里5号院
北京市顺义区天竺镇首都机场
北京市海淀区西二旗中路33号
北京市海淀区西三旗街道
北京市海淀区西北旗镇
北京市海淀区蓝旗营
北京市海淀区镶黄旗
北京市顺义区天竺地区
北京市昌平区回龙观地区
北京市通州区漷县镇
北京市延庆区旧县镇
北京市房山区河北镇
北京市朝阳区高碑店地区
北京市朝阳区798艺术区
北京昌平沙河镇
100085北京市海淀区上地
北京市平谷区马坊镇(毗邻三河市)
北京市大兴区榆垡镇(与河北固安县隔河相望)
北京市通县马驹桥
北京西站南广场
首钢园群明湖大街
北京亦庄
北京市昌平区南口农场
北京市大兴国际机场
北京市大兴区大兴国际机场
"""
OUTSIDE = """
吉林省长春市朝阳区建设街1号
长春市朝阳区建设街1号
吉林省,长春市,朝阳区
辽宁省朝阳市双塔区
江苏省南通市通州区金沙街道
南通市通州区北京路1号
河北省廊坊市北京路12号
上海市黄浦区北京东路666号
乌鲁木齐市北京中路
上海市静安区北京市驻沪办事处
河北省迁安市木厂口镇北京首钢股份有限公司
北京首钢股份有限公司(河北省迁安市木厂口镇)
迁安市木厂口镇
河北省三河市燕郊镇
河北省三河市燕郊镇北京市某某公司
燕郊镇行宫大街
燕郊开发区学院大街1号
河北省大厂回族自治县夏垫镇
大厂回族自治县夏垫镇
河北省大厂
香河县淑阳镇
固安县孔雀大道
涿州市东兴北街
义乌市北苑街道
怀来县沙城镇
雄安新区容城县
石家庄市长安区中山路
内蒙古自治区呼和浩特市新城区
广西壮族自治区南宁市青秀区
香港特别行政区
山东省济南市市中区
"""
UNDECIDED = """
朝阳区建国路93号
通州区马驹桥镇
北京路12号
北京大街8号
北京
北京首钢股份有限公司迁安分公司
北京市自来水集团有限责任公司
北京市市政路桥集团廊坊项目部
河北省第四建筑工程公司
河北省人民政府驻北京办事处
河北大厦
北京市燕郊镇行宫大街
北京东燕郊
北京市涿州市
北京市迁安市
北京市长安区中山路
北京大兴国际机场
北京市清河农场
北京市双河农场
北京市监狱管理局清河分局
北京市兴凯湖农场
北京市首钢矿区
北京市首钢京唐 曹妃甸
北京市京能集团内蒙古岱海
北京市任丘市华北石油管理局
北京亦庄永清高新技术产业开发区
北京市喀什地区
河北省廊坊市广阳区大兴机场
北京市海淀区中关村大街1号;河北省廊坊市广阳区
天津市武清区北京市通州区交界
Beijing, Chaoyang District, Jianguo Road 93
No.1 Jianguo Road, Beijing, China 北京
中关村大街1号
12345
(河北大厦)
"""


def side(address):
    return address_clue(GAZETTEER, address).side


def lines(text):
    return text.strip().splitlines()


@pytest.mark.parametrize("address", lines(INSIDE))
def test_inside(address):
    assert side(address) is Side.INSIDE


@pytest.mark.parametrize("address", lines(OUTSIDE))
def test_outside(address):
    assert side(address) is Side.OUTSIDE


@pytest.mark.parametrize("address", lines(UNDECIDED))
def test_undecided(address):
    assert side(address) is Side.UNDECIDED


def corpus():
    text = (Path(__file__).parent / "addresses.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def test_no_address_of_elsewhere_in_the_corpus_is_called_inside():
    assert [a for verdict, a in corpus() if verdict == "OUT" and side(a) is Side.INSIDE] == []


def test_nearly_every_address_of_beijing_in_the_corpus_is_decided():
    """At least 98 in 100 of some 500 addresses, every township of the city among them."""
    own = [a for verdict, a in corpus() if verdict == "IN"]
    missed = [a for a in own if side(a) is not Side.INSIDE]
    assert len(corpus()) > 500
    assert len(missed) <= len(own) * 2 // 100, missed


@pytest.mark.parametrize("address", ["", " ", "　", "\n"])
def test_nothing_written_is_no_clue(address):
    assert address_clue(GAZETTEER, address) is None


def test_a_text_longer_than_any_address_decides_nothing():
    assert side("北京市海淀区" + "中" * 194) is Side.INSIDE
    assert side("北京市海淀区" + "中" * 195) is Side.UNDECIDED


@pytest.mark.parametrize(
    ("address", "by_names", "by_endings"),
    [
        ("北京东燕郊", Side.UNDECIDED, Side.OUTSIDE),
        ("通州区马驹桥镇", Side.INSIDE, Side.UNDECIDED),
        ("北京市丰台区旧河北省界碑", Side.INSIDE, Side.UNDECIDED),
    ],
)
def test_the_parsers_are_two_and_one_alone_does_not_decide(address, by_names, by_endings):
    assert GAZETTEER.side(address) is by_names
    assert suffixes.side(address) is by_endings
    assert side(address) is Side.UNDECIDED


@pytest.mark.parametrize(
    "address", ["北京市长安区中山路", "北京市迁安市", "北京市燕郊镇", "北京市涞水县"]
)
def test_each_parser_alone_refuses_what_cannot_be_in_beijing(address):
    assert GAZETTEER.side(address) is Side.UNDECIDED
    assert suffixes.side(address) is Side.UNDECIDED


def test_both_answers_stand_in_the_clue():
    clue = address_clue(GAZETTEER, "北京东燕郊")
    assert clue.step is Step.ADDRESS
    assert "按地名表为不能确定" in clue.zh
    assert "按行政区划用字为市外" in clue.zh
    assert "by its endings outside" in clue.en


def test_every_county_of_the_country_is_on_its_side_under_its_province():
    province = {
        row["code"][:2]: row["name"]
        for row in reference.rows("divisions.csv")
        if row["rank"] == "province"
    }
    counties = [r for r in reference.rows("divisions.csv") if r["rank"] == "county"]
    assert len(counties) > 2800
    for row in counties:
        code = row["code"][:2]
        expected = Side.INSIDE if code == "11" else Side.OUTSIDE
        assert side(f"{province[code]}{row['name']}人民路1号") is expected, row


def test_no_county_elsewhere_is_inside_even_when_beijing_is_written_before_it():
    own = {r["name"] for r in reference.rows("divisions.csv") if r["code"].startswith("11")}
    for row in reference.rows("divisions.csv"):
        if row["rank"] in {"county", "prefecture"} and row["name"] not in own:
            assert side(f"北京市{row['name']}人民路1号") is Side.UNDECIDED, row


def test_the_districts_of_the_second_parser_are_those_of_the_districts_file():
    for row in reference.rows(reference.DISTRICTS_FILE):
        if row["kind"] == "district":
            assert suffixes.side(f"北京市{row['name']}") is Side.INSIDE


def test_shared_district_names_are_exactly_those_the_gazetteer_finds_elsewhere():
    counties = [r for r in reference.rows("divisions.csv") if r["rank"] == "county"]
    own = {r["name"] for r in counties if r["code"].startswith("11")}
    elsewhere = {r["name"] for r in counties if not r["code"].startswith("11")}
    shared = {name.removesuffix("区") for name in own & elsewhere}
    assert shared == set(suffixes._SHARED)


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("北京市海淀区河北大厦", ("北京市海淀区",)),
        ("北京市自来水集团有限责任公司", ()),
        ("河北省大厂回族自治县", ("河北省大厂回族自治县",)),
        ("北京市海淀区学院路银行", ("北京市海淀区学院路",)),
        ("Ａ座（北京市、海淀区）", ("A座", "北京市", "海淀区")),
    ],
)
def test_organisations_are_taken_out(address, left):
    assert segments(written_once(address)) == left


@pytest.mark.parametrize("text", ["市" * 200, "中" * 200, "(" * 200, "区县" * 100])
def test_no_odd_text_decides(text):
    assert side(text) is Side.UNDECIDED
