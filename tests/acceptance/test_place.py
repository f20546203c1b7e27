"""Inside or outside Beijing: G1 and G2."""


def test_a_division_of_beijing_is_inside(office):
    assert office.held_at({"name": "培训中心", "division": "110302"}) == {}
    assert office.held_at({"name": "培训中心", "division": "110119"}) == {}


def test_no_place_at_all_is_undecided(office):
    assert office.held_at(None) == {"G1": "undecided"}


def test_a_name_alone_is_undecided(office):
    assert office.held_at({"name": "第一培训中心"}) == {"G1": "undecided"}


def test_an_online_session_is_clear_whatever_its_venue(office):
    assert "G1" not in office.held_at({"division": "131082"}, mode="online")


def test_direct_certification_has_no_place(office):
    assert office.held_at(None, mode="no_session", method="direct") == {}
    assert office.held_at(None, mode="no_session") == {"G1": "undecided"}


def test_code_and_coordinates_that_disagree_are_g2(office):
    assert office.held_at(
        {"division": "110105", "lon": 116.82, "lat": 39.95, "datum": "WGS-84", "accuracy_m": 20}
    ) == {"G2": "breach"}


def test_g2_stands_beside_g1(office):
    assert office.held_at(
        {"division": "131082", "lon": 116.40, "lat": 39.90, "datum": "WGS-84", "accuracy_m": 20}
    ) == {"G1": "breach", "G2": "breach"}


def test_code_and_address_that_disagree_are_g2(office):
    assert office.held_at(
        {"division": "110108", "address": "河北省廊坊市三河市燕郊镇学院大街467号"}
    ) == {"G2": "breach"}


def test_coordinates_and_address_that_disagree_are_g2(office):
    assert office.held_at(
        {
            "lon": 116.82,
            "lat": 39.95,
            "datum": "WGS-84",
            "accuracy_m": 20,
            "address": "北京市朝阳区望京街10号",
        }
    ) == {"G1": "breach", "G2": "breach"}


def test_three_witnesses_that_agree_are_clear(office):
    assert (
        office.held_at(
            {
                "division": "110101",
                "lon": 116.40,
                "lat": 39.91,
                "datum": "WGS-84",
                "accuracy_m": 20,
                "address": "北京市东城区东长安街1号",
            }
        )
        == {}
    )


def test_coordinates_in_gcj02_are_converted(office):
    assert (
        office.held_at({"lon": 116.828009, "lat": 39.871144, "datum": "GCJ-02", "accuracy_m": 20})
        == {}
    )
    assert office.held_at(
        {"lon": 115.422561, "lat": 39.951379, "datum": "GCJ-02", "accuracy_m": 20}
    ) == {"G1": "breach"}


def test_the_same_numbers_in_wgs84_say_otherwise(office):
    assert office.held_at(
        {"lon": 116.828009, "lat": 39.871144, "datum": "WGS-84", "accuracy_m": 10}
    ) == {"G1": "breach"}
    assert (
        office.held_at({"lon": 115.422561, "lat": 39.951379, "datum": "WGS-84", "accuracy_m": 20})
        == {}
    )


def test_coordinates_in_bd09_are_converted(office):
    assert (
        office.held_at({"lon": 116.834638, "lat": 39.876831, "datum": "BD-09", "accuracy_m": 20})
        == {}
    )
    assert office.held_at(
        {"lon": 115.428979, "lat": 39.957588, "datum": "BD-09", "accuracy_m": 20}
    ) == {"G1": "breach"}


def test_cgcs2000_is_as_good_as_wgs84(office):
    assert (
        office.held_at({"lon": 116.40, "lat": 39.91, "datum": "CGCS2000", "accuracy_m": 20}) == {}
    )
    assert office.held_at({"lon": 116.82, "lat": 39.95, "datum": "CGCS2000", "accuracy_m": 20}) == {
        "G1": "breach"
    }


def test_an_unknown_datum_near_the_line_is_undecided(office):
    assert office.held_at({"lon": 116.822, "lat": 39.87, "accuracy_m": 20}) == {"G1": "undecided"}
    assert office.held_at({"lon": 115.416, "lat": 39.95, "accuracy_m": 20}) == {"G1": "undecided"}


def test_an_unknown_datum_far_from_the_line_decides(office):
    assert office.held_at({"lon": 116.40, "lat": 39.90}) == {}
    assert office.held_at({"lon": 117.20, "lat": 39.13}) == {"G1": "breach"}


def test_coordinates_nearer_than_the_error_are_undecided(office):
    assert office.held_at({"lon": 116.778, "lat": 39.92, "datum": "WGS-84", "accuracy_m": 20}) == {
        "G1": "undecided"
    }
    assert office.held_at({"lon": 116.822, "lat": 39.87, "datum": "WGS-84", "accuracy_m": 300}) == {
        "G1": "undecided"
    }
    assert office.held_at(
        {"lon": 116.82, "lat": 39.95, "datum": "WGS-84", "accuracy_m": 50000}
    ) == {"G1": "undecided"}


def test_an_address_decides_where_both_parsers_agree(office):
    assert office.held_at({"address": "北京市海淀区上地十街10号"}) == {}
    assert office.held_at({"address": "河北省廊坊市三河市燕郊镇学院大街467号"}) == {"G1": "breach"}


def test_a_beijing_road_elsewhere_is_not_beijing(office):
    for address in (
        "上海市黄浦区北京东路668号",
        "广东省广州市越秀区北京路168号",
        "云南省昆明市盘龙区北京路155号",
    ):
        assert office.held_at({"address": address}).get("G1") in ("breach", "undecided"), address


def test_a_branch_named_beijing_elsewhere_is_not_beijing(office):
    found = office.held_at(
        {
            "name": "北京首钢股份有限公司迁安分公司",
            "address": "河北省唐山市迁安市北京首钢股份有限公司迁安分公司",
        }
    )
    assert found.get("G1") in ("breach", "undecided"), found
    assert office.held_at({"name": "北京首钢股份有限公司迁安分公司"}) == {"G1": "undecided"}
    assert office.held_at({"address": "北京首钢股份有限公司迁安分公司"}) in (
        {"G1": "undecided"},
        {"G1": "breach"},
    )


def test_chaoyang_may_be_in_changchun(office):
    assert office.held_at({"address": "吉林省长春市朝阳区建设街1号"}) == {"G1": "breach"}
    assert office.held_at({"address": "朝阳区建设街1号"}) == {"G1": "undecided"}


def test_yanjiao_alone_is_not_beijing(office):
    assert office.held_at({"address": "燕郊镇学院大街467号"}).get("G1") in ("breach", "undecided")


def test_the_airport_straddles_the_line(office):
    assert office.held_at({"address": "北京大兴国际机场航站楼"}) == {"G1": "undecided"}
