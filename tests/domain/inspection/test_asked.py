"""What was asked for on the spot and nobody has raised."""

import pytest

from domain.inspection.asked import RAISING, unraised

NO = {"item": "考生身份核验", "value": "否", "scale": "是/否", "note": "没有核验"}
IDENTITY = {**NO, "scale": RAISING, "value": "2099-06-30"}
CAMERAS = {**IDENTITY, "item": "考场视频监控"}


@pytest.mark.parametrize(
    ("raised", "left"),
    [
        ((), [IDENTITY, CAMERAS]),
        (("考生身份核验",), [CAMERAS]),
        (("考生身份核验", "考场视频监控"), []),
        # One finding about all of it, under a name of its own.
        (("组织混乱",), []),
    ],
)
def test_what_was_asked_for_waits_until_a_finding_of_the_inspection_is_about_it(
    raised: tuple[str, ...], left: list[dict[str, str]]
):
    assert unraised([NO, IDENTITY, CAMERAS], raised) == left
