"""Division codes: decided by the province, and some that are none."""

import pytest

from domain.terms.place import Side, Step
from ledger import reference
from projections.places.division import division_clue


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("110105", Side.INSIDE),
        ("110101001", Side.INSIDE),
        ("110101001001", Side.INSIDE),
        ("110302", Side.INSIDE),
        ("110115403", Side.INSIDE),
        ("110000", Side.INSIDE),
        ("１１０１０５", Side.INSIDE),
        (" 110105 ", Side.INSIDE),
        ("131082", Side.OUTSIDE),
        ("120114", Side.OUTSIDE),
        ("131082109", Side.OUTSIDE),
        ("820000", Side.OUTSIDE),
        ("110115406", Side.UNDECIDED),
        ("110115406001", Side.UNDECIDED),
        ("000000", Side.UNDECIDED),
        ("990101", Side.UNDECIDED),
        ("160000", Side.UNDECIDED),
        ("11010", Side.UNDECIDED),
        ("1101050", Side.UNDECIDED),
        ("11010500", Side.UNDECIDED),
        ("11O105", Side.UNDECIDED),
        ("١١٠١٠٥", Side.UNDECIDED),
        ("BDA", Side.UNDECIDED),
    ],
)
def test_the_province_of_a_code_decides(code, side):
    clue = division_clue(code)
    assert clue.side is side
    assert clue.step is Step.DIVISION


def test_a_supervisor_reads_what_is_special_about_a_code():
    assert "经济技术开发区" in division_clue("110302").zh
    assert "机场" in division_clue("110115406").zh
    assert "does not belong" in division_clue("131082").en


def test_every_province_of_the_gazetteer_is_a_province_here():
    for row in reference.rows("divisions.csv"):
        expected = Side.INSIDE if row["code"].startswith("11") else Side.OUTSIDE
        assert division_clue(row["code"]).side is expected
