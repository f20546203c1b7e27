"""What an analyst is told of an entry is the same, whether its numbers were written before or on the way."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.registry import EVENTS
from ledger.gate.output import contract, exact
from projections.items.persons import LEFT_OUT, without_persons
from tests.generated import instances

HOLD_JSON = frozenset({"ActRequested", "CorrectionRequested", "RecordCorrected"})
"""Events with JSON in a text, which texts by chance are not."""
ANY = sorted(set(EVENTS) - HOLD_JSON)


@pytest.mark.parametrize("name", ANY)
@settings(max_examples=max(3, settings().max_examples // 20))
@given(st.data())
def test_one_walk_says_the_same_as_two(name: str, chosen: st.DataObject) -> None:
    event = chosen.draw(instances(EVENTS[name].cls))
    said = [
        orjson.dumps(without_persons(data), option=orjson.OPT_SORT_KEYS)
        for data in (exact(event), contract(event))
    ]
    assert said[0] == said[1]


def test_a_path_of_a_correction_goes_by_the_member_that_it_ends_at() -> None:
    fields = {
        "results.theory": 80,
        "inspectors.0.name": "王小明",
        "assessors.1": "李四",
        "statement": "王小明说",
        "holder.subject_id": "s-1",
        "venue.name": "培训中心",
    }
    for _ in range(2):  # what is done by a name is kept
        assert without_persons({"position": 7, "fields": fields}) == {
            "position": 7,
            "fields": {
                "results.theory": 80,
                "inspectors.0.name": "王**",
                "assessors.1": "李*",
                "statement": LEFT_OUT,
                "venue.name": "培训中心",
            },
        }
