"""Every filter of every list says of a slip that it is none, with what there is; texts alone are free."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from api.installation.every_list import EVERY_LIST
from api.questions.declared import DeclaredList
from api.questions.parameters import unclear

FREE = frozenset({"q", "occupation", "assessment_id", "certificate_no", "cursor"})
"""Parts of names, and numbers of which the ledger alone knows whether they are there."""
BESIDE = {"by": "month", "of": "roster"}
"""What a list cannot be asked without; of everything else that is required, a day."""


def filters() -> Iterator[tuple[DeclaredList, str]]:
    for listed in EVERY_LIST.values():
        for name, info in listed.question.model_fields.items():
            yield listed, info.alias or name


def required(listed: DeclaredList) -> dict[str, str]:
    fields = listed.question.model_fields.items()
    return {i.alias or n: BESIDE.get(n, "2026-01-01") for n, i in fields if i.is_required()}


@pytest.mark.parametrize(
    ("listed", "name"), [pytest.param(*each, id=f"{each[0].name}-{each[1]}") for each in filters()]
)
def test_a_slip_in_a_filter_is_said_and_never_answered_by_an_empty_list(
    listed: DeclaredList, name: str
):
    asked = {**required(listed), name: "zz-slip"}
    if name in FREE:
        listed.question.model_validate(asked)
        return
    with pytest.raises(ValidationError) as refused:
        listed.question.model_validate(asked)
    faults = [fault for fault in unclear(refused.value.errors()).errors if fault.field == name]
    assert len(faults) == 1
    assert "无效" not in faults[0].reason, "it says what is taken"
    assert "zz-slip" not in faults[0].reason


@pytest.mark.parametrize("blank", ["", " "])
def test_a_filter_that_is_blank_is_refused_and_never_asks_for_everybody(blank: str):
    """Of a script whose variable is empty, `?uscc=$USCC` would otherwise be the whole city."""
    for listed, name in filters():
        with pytest.raises(ValidationError) as refused:
            listed.question.model_validate({**required(listed), name: blank})
        faults = unclear(refused.value.errors()).errors
        assert [fault.field for fault in faults if "is blank" in fault.reason] == [name], listed
