"""With its own token over HTTP an enterprise ends no breach about itself, whatever it sends one after the other (§1).

The search of `tests/examples/test_own_token.py` asks the deciders, each command alone. This one goes the way that a
reporter goes: a real server over the sample year, every kind of command that the role may send, its own records
corrected or filed again, for earlier days, one upon the other. `./run long` searches wider (DUDAO_TEST_OWN).
"""

import os
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple

import httpx2
import pytest

from api.web.app import create_app
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.identifiers import flag_position
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api.web.site import SUPERVISOR, Site, sample_year
from tests.attempts import early, leaves
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

COMMANDS = int(os.environ.get("DUDAO_TEST_OWN", "40"))
"""How many commands each enterprise sends."""
SEED = int(os.environ.get("DUDAO_TEST_SEED", "1"))
ENTERPRISES = None if "DUDAO_TEST_OWN" in os.environ else 4
BY_TIME = ("Q2-", "P1-")
"""What was late is late up to the day before something comes in: that is time passing."""
MINE = sorted(name for name, roles in MAY.items() if Role.ENTERPRISE_REPORTER in roles)
CORRECTIONS = ("RecordCorrected", "CorrectionRequested")
GRAVITY = {"breach": 2, "undecided": 1, "clear": 0}
HOLDER = {"name": "张三", "id_type": "201", "id_no": "11010519491231002X"}

Item = Mapping[str, Any]


class City(NamedTuple):
    """The server, and what its ledger holds, by kind of entry."""

    site: Site
    of_kind: Mapping[str, Sequence[Item]]

    def asked(self, path: str, by: Actor = SUPERVISOR) -> list[Item]:
        """All rows of a list."""
        answer = httpx2.get(
            self.site.base + path, headers=self.site.headers(by), params={"all": "true"}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        items: list[Item] = answer.json()["items"]
        return items


@pytest.fixture(scope="module")
def city(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    settings = own_settings(server, "dudao_own", tmp_path_factory.mktemp("own"))
    with sample_year(settings) as made, serving(create_app(made)) as base:
        site = Site(base, made.key)
        kinds: dict[str, list[Item]] = defaultdict(list)
        for item in City(site, {}).asked("/v1/events"):
            kinds[item["type"]].append(item)
        yield City(site, kinds)


def flags(city: City, uscc: str) -> dict[str, int]:
    """The flags of an enterprise that are raised, with how grave they are."""
    days = {True: today() - timedelta(days=1), False: today()}
    return {
        item["key"]: GRAVITY[item["verdict"]]
        for by_time, day in days.items()
        for item in city.asked(f"/v1/flags?uscc={uscc}&review=any&valid_at={day}")
        if item["key"].startswith(BY_TIME) is by_time and item["code"] != "Q1"
    }


def attempts(
    city: City, own: Sequence[Item], judged: Collection[int], chance: random.Random
) -> Iterator[tuple[str, Any]]:
    """What the enterprise sends, for ever: a record of its own corrected, or a report made of one.

    Half of what is corrected is what flags rest on (`judged`).
    """
    flagged = [item for item in own if item["position"] in judged]
    kinds = [name for name in MINE if name not in CORRECTIONS and city.of_kind.get(name)]
    while True:
        item = chance.choice(flagged if flagged and chance.random() < 0.5 else own)
        body = {"reason": "更正", "valid_from": str(chance.choice((today(), early(chance))))}
        yield chance.choice(CORRECTIONS), body | _correction(city, item, chance)
        name = chance.choice(kinds)
        mine = [each for each in own if each["type"] == name]
        template = chance.choice(mine or city.of_kind[name])
        yield name, body | _report(template, own, chance)


def _correction(city: City, item: Item, chance: random.Random) -> dict[str, Any]:
    theirs = dict(leaves(chance.choice(city.of_kind[item["type"]])["data"]))
    path, value = chance.choice([*leaves(item["data"]), ("valid_from", "")])
    day = str(early(chance))
    dated = path == "valid_from" or path.endswith(("_on", "_from", "_to"))
    said = day if dated else theirs.get(path, value)
    fields = {path: said}
    if path in {"held_from", "held_to"}:
        fields["held_to" if path == "held_from" else "held_from"] = said
    return {"position": item["position"], "fields": fields}


def _report(template: Item, own: Sequence[Item], chance: random.Random) -> dict[str, Any]:
    data = {**template["data"]}
    numbers = [each["data"]["certificate_no"] for each in own if "certificate_no" in each["data"]]
    sessions = [each["data"] for each in own if each["type"] == "AssessmentHeld"]
    said: dict[str, Any] = {
        "uscc": own[0]["subject"],
        "new_certificate_no": f"N{chance.randrange(10**9)}",
        "holder": HOLDER,
        "filed_on": str(early(chance)),
        "covered_on": str(early(chance)),
        "reported_on": str(early(chance)),
    }
    if numbers:
        said["certificate_no"] = chance.choice(numbers)
    if sessions:
        session = chance.choice(sessions)
        said |= {n: session[n] for n in ("unit_uscc", "occupation") if session.get(n) is not None}
        said["year"] = date.fromisoformat(session["held_from"]).year
    if template["type"] == "AssessmentHeld":
        said["assessment_id"] = f"again-{chance.randrange(10**9)}"
    return data | {name: value for name, value in said.items() if name in data}


def test_an_enterprise_ends_no_breach_about_itself_over_http(city: City) -> None:
    raised = {item["subject"] for item in city.asked("/v1/flags?review=any")}
    chance, taken = random.Random(SEED), Counter[str]()  # noqa: S311 - a search, no secret
    everybody = sorted(raised)
    chosen = everybody if ENTERPRISES is None else chance.sample(everybody, ENTERPRISES)
    for uscc in chosen:
        me = Actor(account=f"reporter-{uscc}", role=Role.ENTERPRISE_REPORTER, organisation=uscc)
        history = city.asked(f"/v1/enterprises/{uscc}/history", me)
        own = [each for each in history if each["type"] in MINE]
        before, sent = flags(city, uscc), []
        judged = {flag_position(key) for key in before}
        for name, body in islice(attempts(city, own, judged, chance), COMMANDS):
            answer = httpx2.post(
                f"{city.site.base}/v1/commands/{name}",
                json=body,
                headers={**city.site.headers(me), "Idempotency-Key": str(uuid.uuid4())},
                timeout=30,
            )
            assert answer.status_code < 500, answer.text
            if answer.status_code < 300:
                taken[name] += 1
                sent.append((name, body, answer.json()))
        after = flags(city, uscc)
        ended = [key for key, gravity in before.items() if after.get(key, 0) < gravity]
        assert not ended, (uscc, ended, sent)
    # It is no search that is refused everything.
    assert set(CORRECTIONS) < set(taken), taken
