"""Sessions, whatever happens to them in whatever order: a model beside the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from api.access import accounts, administration, credentials, sessions
from api.access.access_log import Visit
from api.access.policy import policy_of
from api.access.sessions import Limits
from api.installation.settings import Settings
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.access.house import MAKER, House

pytestmark = pytest.mark.postgres

LIMITS = Limits(timedelta(minutes=15), timedelta(hours=8), 3)
DEMANDS = policy_of(Settings())
START = datetime(2026, 11, 1, tzinfo=UTC)
ROLES = (Role.ANALYST, Role.CENTRE_OFFICER, Role.QUALITY_SUPERVISOR)
_number = count(1)


@dataclass
class Expected:
    """What should be true of a token."""

    account: str
    began: datetime
    seen: datetime
    ended: bool = False

    def holds(self, at: datetime) -> bool:
        return not self.ended and at - self.seen < LIMITS.idle and at - self.began < LIMITS.whole


class Sessions(RuleBasedStateMachine):
    """Two people sign in, go on, leave, are changed and disabled, while time goes by."""

    house: House
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.model: dict[str, Expected] = {}
        self.roles: dict[str, Role] = {}
        self.disabled: set[str] = set()
        self.names = [f"model-{next(_number)}" for _ in range(2)]
        with self.connection() as connection:
            for name in self.names:
                self.roles[name] = Role.ANALYST
                who = Actor(account=name, role=Role.ANALYST, organisation="centre")
                accounts.add(connection, who)

    def connection(self) -> Any:
        return self.house.gate.connection()

    @property
    def visit(self) -> Visit:
        return Visit(self.at, "here", "")

    def end_all(self, account: str) -> None:
        for expected in self.model.values():
            if expected.account == account:
                expected.ended = True

    @rule(target=tokens, who=st.integers(0, 1))
    def sign_in(self, who: int) -> str:
        account = self.names[who]
        with self.connection() as connection:
            held = credentials.find(connection, account)
            assert (held is None) == (account in self.disabled)
            if held is None:
                return "nobody's token"
            token = sessions.start(connection, held, "password", self.visit, LIMITS)
        own = [e for e in self.model.values() if e.account == account and e.holds(self.at)]
        for surplus in sorted(own, key=lambda e: e.began)[: max(0, len(own) - 2)]:
            surplus.ended = True
        # Two of one moment would have no order.
        self.model[token] = Expected(account, self.at, self.at)
        self.at += timedelta(seconds=1)
        return token

    @rule(token=tokens)
    def use(self, token: str) -> None:
        with self.connection() as connection:
            found = sessions.find(connection, token, LIMITS, DEMANDS, self.at)
        expected = self.model.get(token)
        if expected is None or not expected.holds(self.at):
            assert found is None
            return
        assert found is not None
        assert found.actor.account == expected.account
        assert found.actor.role is self.roles[expected.account]
        if self.at - expected.seen > sessions.NOTED:
            expected.seen = self.at

    @rule(seconds=st.sampled_from([1, 29, 31, 600, 899, 900, 3600, 7 * 3600]))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(token=tokens)
    def sign_out(self, token: str) -> None:
        with self.connection() as connection:
            found = sessions.find(connection, token, LIMITS, DEMANDS, self.at)
            if found is not None:
                sessions.end(connection, found.actor.account, found.number)
        if token in self.model:
            self.model[token].ended = True

    @rule(who=st.integers(0, 1))
    def sign_out_everywhere(self, who: int) -> None:
        with self.connection() as connection:
            sessions.end_all(connection, self.names[who])
        self.end_all(self.names[who])

    @rule(who=st.integers(0, 1), role=st.sampled_from(ROLES))
    def change_role(self, who: int, role: Role) -> None:
        account = self.names[who]
        if account in self.disabled:
            return
        new = Actor(account=account, role=role, organisation="centre")
        with self.connection() as connection:
            administration.change(connection, MAKER, new, None, self.visit)
        self.roles[account] = role
        self.end_all(account)

    @rule(who=st.integers(0, 1))
    def reset(self, who: int) -> None:
        account = self.names[who]
        if account in self.disabled:
            return
        with self.connection() as connection:
            administration.reset(connection, MAKER, account, self.visit)
        self.end_all(account)

    @rule(who=st.integers(0, 1))
    def disable(self, who: int) -> None:
        with self.connection() as connection:
            administration.disable(connection, MAKER, self.names[who], self.visit)
        self.disabled.add(self.names[who])
        self.end_all(self.names[who])

    @rule(who=st.integers(0, 1))
    def finish_a_sign_in_that_began_before_a_change(self, who: int) -> None:
        account = self.names[who]
        with self.connection() as connection:
            held = credentials.find(connection, account)
            if held is None:
                return
            sessions.end_all(connection, account)
            token = sessions.start(connection, held, "password", self.visit, LIMITS)
            assert sessions.find(connection, token, LIMITS, DEMANDS, self.at) is None
        self.end_all(account)

    @invariant()
    def the_list_is_what_holds(self) -> None:
        for account in self.names:
            with self.connection() as connection:
                listed = sessions.of_account(connection, account, LIMITS, self.at)
            holding = [e for e in self.model.values() if e.account == account and e.holds(self.at)]
            assert len(listed) == len(holding)
            assert len(listed) <= LIMITS.at_once


def test_a_token_is_good_exactly_as_long_as_it_should_be(house: House) -> None:
    machine = type("Machine", (Sessions,), {"house": house})
    # Every step is several statements on a real server.
    limits = settings(
        max_examples=15, stateful_step_count=30, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=limits)
