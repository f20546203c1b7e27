"""Nobody decides an application alone, and who has a ground for recusal stays away (六(二), 四)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.application.application import ExpertsAssigned
from domain.enterprise import EnterpriseProfileChanged, UnitCovered, UnitReleased
from domain.inspection.inspection import Inspector
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.facts import (
    accepted,
    assigned,
    concluded,
    confirmation,
    dispatch,
    evaluated,
    panel,
    publication,
    register,
    scored,
    spot_check,
)
from tests.given import BUREAU, CENTRE, UNIT, USCC, given, inspector, order

DAY = date(2024, 6, 20)


def as_bureau(account: str) -> Actor:
    return Actor(account=account, role=Role.BUREAU_PUBLISHER, organisation="bureau")


def as_centre(account: str) -> Actor:
    return Actor(account=account, role=Role.CENTRE_OFFICER, organisation="centre")


def conclusion(by: Actor = CENTRE) -> Any:
    return order(concluded(), DAY, by=by)


def test_who_concluded_does_not_confirm():
    done = (*evaluated(), conclusion(as_centre("wang")))
    given(*done).when(order(confirmation(), DAY, by=as_bureau("wang"))).then_refused(
        "same-person", "actor"
    )
    given(*done).when(order(confirmation(), DAY, by=BUREAU)).then_as_ordered()


def test_who_concluded_or_confirmed_does_not_publish():
    done = (*evaluated(), conclusion(as_centre("wang")), order(confirmation(), DAY, by=BUREAU))
    for account in ("wang", BUREAU.account):
        body = order(publication(), publication().published_on, by=as_bureau(account))
        given(*done).when(body).then_refused("same-person", "actor")


@pytest.mark.parametrize("step", ["conclude", "confirm", "publish"])
def test_who_scored_neither_concludes_nor_confirms_nor_publishes(step: str):
    done = [*evaluated()]
    if step == "conclude":
        given(*done).when(conclusion(as_centre("e1"))).then_refused("scored-it", "actor")
        return
    done.append(conclusion())
    if step == "confirm":
        body: Any = order(confirmation(), DAY, by=as_bureau("e1"))
    else:
        done.append(order(confirmation(), DAY, by=BUREAU))
        body = order(publication(), publication().published_on, by=as_bureau("e1"))
    given(*done).when(body).then_refused("scored-it", "actor")


def test_an_expert_of_the_applicant_or_of_its_unit_does_not_score():
    of_applicant = Actor(account="e1", role=Role.EXPERT, organisation=USCC)
    given(*assigned()).when(order(scored(), DAY, by=of_applicant)).then_refused(
        "expert-recused", "expert_id"
    )
    covered = order(UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="单位e1"), date(2024, 6, 1))
    given(*assigned(), covered).when(order(scored(), DAY)).then_refused(
        "expert-recused", "expert_id"
    )
    given(*assigned(), covered).when(order(scored(), date(2024, 5, 31))).then_as_ordered()


def test_an_expert_whose_employer_the_applicant_turned_out_to_be_does_not_score():
    renamed = order(EnterpriseProfileChanged(uscc=USCC, name="单位e1"), date(2024, 6, 1))
    given(*assigned(), renamed).when(order(scored(), DAY)).then_refused(
        "expert-recused", "expert_id"
    )


def test_a_unit_that_was_released_is_no_ground_any_more():

    one = replace(panel("e1")[0], affiliation=UNIT)
    body = order(ExpertsAssigned(application_id=scored().application_id, experts=(one,)), DAY)
    covered = order(UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="分公司"), date(2024, 6, 1))
    released = order(UnitReleased(uscc=USCC, unit_uscc=UNIT), date(2024, 6, 10))
    given(*accepted(), covered).when(body).then_refused("expert-recused", "experts.0")
    given(*accepted(), covered, released).when(body).then_as_ordered()


def test_an_inspector_with_a_declared_ground_is_not_sent_and_is_recorded_where_they_went():
    went = (
        Inspector(account="a", name="甲", card_no="R11250001", recusal_declared=False),
        Inspector(account="b", name="乙", card_no="R11250002", recusal_declared=True),
    )
    given(register()).when(order(dispatch(inspectors=went), DAY)).then_refused(
        "inspector-recused", "inspectors.1"
    )
    given(register()).when(
        order(spot_check(inspectors=went), DAY, by=inspector())
    ).then_as_ordered()
