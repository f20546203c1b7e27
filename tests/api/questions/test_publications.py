"""Publications: one act whatever their size, shown as they were made, in the present schema and the first."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from api.web.app import create_app
from domain.roster import RosterEntry, entries_digest
from domain.standing.standing import EnterpriseListed
from domain.terms.decider import New
from domain.terms.envelope import Actor
from domain.terms.scope import ScopeItem
from domain.terms.vocabulary import Level, Role
from examples.sample.sheets import xlsx
from ledger.codec import Codec, encode
from ledger.deciding.transact import Accepted
from ledger.gate.shapes import from_line
from ledger.log import clock
from ledger.log.entry import Draft
from ledger.log.log import Append, Appended
from ledger.upcasts import RosterPublished1
from projections.follow.runner import wait_for
from tests.api.desk import Desk
from tests.api.lines import (
    ELECTRICIAN,
    PUBLISHER,
    Json,
    evaluated,
    line,
    published,
    registered,
    reporter,
    submitted,
    uscc,
)
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

MANY = 1_000
SCOPE = [{**ELECTRICIAN, "levels": ["5", "4"]}]
PERIOD = (date(2024, 7, 1), date(2027, 7, 1))


@pytest.fixture(scope="module")
def house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation of their own: tens of thousands of entries would fill the week of the others."""
    settings = own_settings(server, "dudao_publications", tmp_path_factory.mktemp("publications"))
    with Installation(settings, connections=16) as made:
        made.follow()
        yield made


@pytest.fixture(scope="module")
def desk(house: Installation) -> Iterator[Desk]:
    """A client of its server."""
    with serving(create_app(house)) as base:
        client = Desk(base, house.key)
        yield client
        client.http.close()


def confirmed(house: Installation, number: int) -> list[str]:
    """Bring so many enterprises as far as the bureau's confirmation; return their codes."""
    codes = [uscc() for _ in range(number)]
    lines = [
        each
        for code in codes
        for each in (registered(code), submitted(code, SCOPE), *evaluated(code, SCOPE))
    ]
    told = [from_line(json.dumps(each).encode()) for each in lines]
    assert all(type(each) is Accepted for each in house.transactor.stream([told]))
    caught_up(house)
    return codes


def caught_up(house: Installation) -> None:
    """Wait until the views hold everything: ten thousand entries take them a while."""
    head = house.log.head().position
    with house.reading() as connection:
        assert wait_for(connection, head, timeout=120) >= head


def publication(codes: Sequence[str]) -> Json:
    """The publication of all of them as one act."""
    entries = [entry for code in codes for entry in published(code, SCOPE)["data"]["entries"]]
    batch = {"batch": f"2024-{codes[0][-8:]}", "published_on": "2024-07-01"}
    return line("RosterPublished", "2024-07-01", PUBLISHER, **batch, entries=entries)


def require_published(desk: Desk, told: Json) -> None:
    """All or nothing, in one transaction; every reader sees the entries and each enterprise its own."""
    codes = [entry["uscc"] for entry in told["data"]["entries"]]
    (last,) = desk.get(f"/v1/enterprises/{codes[-1]}/history", type="EnterpriseListed").json()[
        "items"
    ]
    first = last["position"] - len(codes)
    event = desk.get(f"/v1/events/{first}").json()
    assert (event["type"], event["schema"]) == ("RosterPublished", 2)
    entries = [{**entry, "replaces": None} for entry in told["data"]["entries"]]
    recorded = {name: event["data"][name] for name in told["data"]}
    assert recorded == {**told["data"], "entries": entries}
    assert event["data"]["number"] == len(codes)
    page = desk.get("/v1/events", after=first - 1, limit=1_000).json()["items"]
    assert page[0]["data"] == event["data"]
    assert [item["subject"] for item in page[1:]] == codes[: len(page) - 1]
    assert {item["recorded_at"] for item in page} == {event["recorded_at"]}
    assert [len(desk.items("/v1/roster", q=code)) for code in (codes[0], codes[-1])] == [1, 1]


def test_a_thousand_enterprises_are_published_over_http(desk: Desk, house: Installation) -> None:
    told = publication(confirmed(house, MANY))
    said = desk.post("/v1/publications", told["data"], PUBLISHER)
    assert said.status_code == 201, said.text
    assert len(said.json()["positions"]) == MANY + 1
    require_published(desk, told)


def test_a_thousand_enterprises_are_published_by_a_line(
    desk: Desk, house: Installation, tmp_path: Path
) -> None:
    codes = confirmed(house, MANY)
    told = publication(codes)
    unconfirmed = uscc()
    wrong = publication([*codes, unconfirmed])
    wrong["data"]["batch"] = "with one that nobody confirmed"
    path = tmp_path / "publication.ndjson"
    path.write_text(f"{json.dumps(wrong)}\n{json.dumps(told)}\n{json.dumps(told)}\n")
    before = house.log.head().position
    report = house.bench.importer(None, lambda _done, _whole: None).take(
        path, Rejects(tmp_path / "no")
    )
    assert (report.taken, report.known, report.refused) == (1, 1, 1)
    assert house.log.head().position == before + MANY + 1
    caught_up(house)
    require_published(desk, told)


def test_a_thousand_rows_of_a_sheet_are_one_publication(
    desk: Desk, house: Installation, tmp_path: Path
) -> None:
    codes = confirmed(house, MANY)
    told = publication(codes)
    title = f"公布日期:2024-07-01 批次:{told['data']['batch']}"
    heads = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")
    what = (ELECTRICIAN["code"], ELECTRICIAN["name"], "五级、四级", "2024-07-01至2027-07-01")
    rows = [(n, registered(code)["data"]["name"], code, *what) for n, code in enumerate(codes, 1)]
    path = tmp_path / "roster.xlsx"
    path.write_bytes(xlsx([(title,), heads, *rows], [10] * len(heads)))
    report = house.bench.importer(None, lambda _done, _whole: None).take(
        path, Rejects(tmp_path / "no")
    )
    assert (report.taken, report.refused) == (1, 0)
    caught_up(house)
    require_published(desk, told)


def test_a_sheet_publishes_whom_somebody_asked_to_have_corrected(
    desk: Desk, house: Installation, tmp_path: Path
) -> None:
    (code,) = confirmed(house, 1)
    caught_up(house)
    submitted = next(
        each["position"]
        for each in desk.get(f"/v1/enterprises/{code}/history").json()["items"]
        if each["type"] == "ApplicationSubmitted"
    )
    wish = {"position": submitted, "fields": {"main_business": "电气安装"}, "reason": "漏填"}
    wish |= {"valid_from": clock.today().isoformat(), "type": "RecordCorrected"}
    assert desk.post("/v1/corrections", wish, reporter(code)).status_code == 202
    heads = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")
    what = (ELECTRICIAN["code"], ELECTRICIAN["name"], "五级", "2024-07-01至2027-07-01")
    row = (1, registered(code)["data"]["name"], code, *what)
    path = tmp_path / "one.xlsx"
    title = (f"公布日期:2024-07-01 批次:after-a-wish-{code[-6:]}",)
    path.write_bytes(xlsx([title, heads, row], [10] * len(heads)))
    report = house.bench.importer(None, lambda _done, _whole: None).take(
        path, Rejects(tmp_path / "no")
    )
    assert (report.taken, report.refused) == (1, 0)


def first_schema(told: Json) -> tuple[Draft, ...]:
    """What a publication recorded when its own entry still held the entries."""
    level = {"5": Level("5"), "4": Level("4")}
    data = told["data"]
    scope = tuple(
        ScopeItem(**{**item, "levels": tuple(level[each] for each in item["levels"])})
        for item in SCOPE
    )
    entries = tuple(
        RosterEntry(
            uscc=entry["uscc"],
            application_id=entry["application_id"],
            scope=scope,
            valid_from=PERIOD[0],
            valid_to=PERIOD[1],
        )
        for entry in data["entries"]
    )
    actor = Actor(account=PUBLISHER["account"], role=Role.BUREAU_PUBLISHER, organisation="bureau")
    old = RosterPublished1(batch=data["batch"], published_on=PERIOD[0], entries=entries)
    codec = Codec({"roster.roster-published/1": RosterPublished1}, {})
    digest = sha256(data["batch"].encode()).digest()
    key = f"old-{data['batch']}"
    tags = (f"roster:{old.batch}",)
    own = New(f"roster/{old.batch}", old, None, None, tags, PERIOD[0])
    drafts = [
        Draft(
            own.stream,
            "roster.roster-published/1",
            PERIOD[0],
            None,
            None,
            tags,
            codec.encode(old, actor),
            key,
            digest,
        )
    ]
    for entry in entries:
        listed = EnterpriseListed(
            uscc=entry.uscc,
            batch=old.batch,
            application_id=entry.application_id,
            scope=scope,
            valid_from=PERIOD[0],
            valid_to=PERIOD[1],
        )
        drafts.append(
            Draft(
                f"standing/{entry.uscc}",
                "standing.enterprise-listed/1",
                PERIOD[0],
                entry.uscc,
                "110108",
                (f"standing:{entry.uscc}", f"application:{entry.application_id}"),
                encode(listed, actor),
                key,
                digest,
            )
        )
    return tuple(drafts)


def test_a_publication_of_the_first_schema_is_read_and_held_against_as_ever(
    desk: Desk, house: Installation
) -> None:
    told = publication(confirmed(house, 3))
    (result,) = house.log.append([Append(first_schema(told))])
    assert isinstance(result, Appended)
    caught_up(house)
    event = desk.get(f"/v1/events/{result.first}").json()
    assert (event["type"], event["schema"]) == ("RosterPublished", 1)
    entries = [{**entry, "replaces": None} for entry in told["data"]["entries"]]
    recorded = {name: event["data"][name] for name in told["data"]}
    assert recorded == {**told["data"], "entries": entries}
    same = desk.post("/v1/publications", told["data"], PUBLISHER)
    assert (same.status_code, same.json()["positions"]) == (200, [])
    other = {**told["data"], "entries": told["data"]["entries"][:1]}
    refused = desk.post("/v1/publications", other, PUBLISHER)
    assert (refused.status_code, refused.json()["rule"]) == (409, "batch-exists")


def test_the_digest_of_the_entries_can_be_computed_by_anyone(
    desk: Desk, house: Installation
) -> None:
    told = publication(confirmed(house, 2))
    said = desk.post("/v1/publications", told["data"], PUBLISHER).json()
    data = desk.get(f"/v1/events/{said['position']}").json()["data"]
    lines = [
        json.dumps(
            [
                *(e[n] for n in ("uscc", "application_id", "valid_from", "valid_to")),
                [
                    [*(i[n] for n in ("edition", "code", "name", "trade")), i["levels"]]
                    for i in e["scope"]
                ],
            ],
            separators=(",", ":"),
        )
        for e in told["data"]["entries"]
    ]
    assert data["entries_digest"] == sha256("\n".join(lines).encode()).hexdigest()
    assert data["entries_digest"] != entries_digest(())
