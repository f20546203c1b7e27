"""The tables in two times over HTTP: whole, in parts, by signed links, and for whom."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pyarrow.parquet as pq
import pytest

from api.access import table_links
from api.access.table_links import Bearer, KnownBy, Linked
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from examples.analysts.client import Client, holding
from examples.analysts.client import now as last_recorded
from ledger.log.clock import now
from projections.items.tables import TABLES
from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    district,
    listed,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
BASES = 12


class Town:
    """Two enterprises with sessions and certificates, and what is known of them step by step."""

    def __init__(self, desk: Desk) -> None:
        self.holders: list[Json] = []
        self.codes = [uscc("110105"), uscc("110108")]
        for code in self.codes:
            held, wrong = session(code), session(code, "3")
            issued = certificate(code, held["data"]["assessment_id"])
            self.holders.append(issued["data"]["holder"])
            self.staff = held["data"]["assessors"]
            desk.send(*listed(code, "4"), held, wrong, issued)


@pytest.fixture(scope="module")
def town(desk: Desk) -> Town:
    return Town(desk)


@pytest.fixture(scope="module")
def manifest(desk: Desk, town: Town) -> Json:
    answer = desk.get("/v1/tables", ANALYST)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def address(manifest: Json, name: str) -> str:
    (found,) = (each["address"] for each in manifest["tables"] if each["name"] == name)
    return str(found)


def get(desk: Desk, path: str, actor: Json | None = ANALYST, **also: str) -> httpx2.Response:
    """Ask at an address as it stands, with more parameters behind it."""
    behind = f"&{urlencode(also)}" if also else ""
    return desk.http.get(f"{path}{behind}", headers=desk.auth(actor))


def rows(desk: Desk, path: str, actor: Json | None = ANALYST) -> list[Json]:
    answer = get(desk, path, actor)
    assert answer.status_code == 200, answer.text
    return pq.read_table(io.BytesIO(answer.content)).to_pylist()


def test_the_manifest_names_every_table_with_the_digest_of_its_file(
    desk: Desk, manifest: Json
) -> None:
    assert [each["name"] for each in manifest["tables"]] == list(TABLES)
    for each in manifest["tables"]:
        answer = get(desk, each["address"])
        assert hashlib.sha256(answer.content).hexdigest() == each["sha256"]
        assert len(answer.content) == each["bytes"] == int(answer.headers["content-length"])
        table = pq.read_table(io.BytesIO(answer.content))
        assert table.num_rows == each["rows"]
        assert table.schema.names == [column["name"] for column in each["columns"]]
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["etag"] == f'"{each["sha256"]}"'
    again = desk.get("/v1/tables", ANALYST, position=manifest["basis"]["position"])
    assert again.json() == manifest
    assert "immutable" in again.headers["cache-control"]
    live = desk.get("/v1/tables/flags.parquet", ANALYST)
    assert "no-cache" in live.headers["cache-control"]
    assert live.headers["content-location"] == address(manifest, "flags")


def test_a_part_of_a_table_is_asked_for_by_range(desk: Desk, manifest: Json) -> None:
    path = address(manifest, "flags")
    whole = get(desk, path)
    size, tag = len(whole.content), whole.headers["etag"]

    def part(asked: str, **headers: str) -> httpx2.Response:
        sent = {**desk.auth(ANALYST), "Range": asked}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return desk.http.get(path, headers=sent)

    for asked, first, last in (
        ("bytes=0-3", 0, 3),
        ("bytes=4-", 4, size - 1),
        ("bytes=-8", size - 8, size - 1),
        (f"bytes=10-{size + 99}", 10, size - 1),
        (f"bytes=-{size + 99}", 0, size - 1),
    ):
        answer = part(asked)
        assert answer.status_code == 206, asked
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert answer.content == whole.content[first : last + 1]
        assert int(answer.headers["content-length"]) == len(answer.content)
    for asked in ("bytes=0-1,5-9", "bytes=b-a", "lines=1-2", "bytes=9-3", "bytes=-"):
        assert part(asked).content == whole.content, asked
    assert part("bytes=0-3", If_Range=tag).status_code == 206
    assert part("bytes=0-3", If_Range='"another"').status_code == 200
    for asked in (f"bytes={size}-", "bytes=99999999999999999999-"):
        refused = part(asked)
        assert refused.status_code == 416
        assert refused.headers["content-range"] == f"bytes */{size}"
        assert refused.headers["content-type"] == "application/problem+json"
    assert part("bytes=0-3", If_None_Match=tag).status_code == 304
    head = desk.http.head(path, headers=desk.auth(ANALYST))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(size)
    assert head.headers["accept-ranges"] == "bytes"


def test_only_who_sees_everything_has_the_tables(desk: Desk, manifest: Json, town: Town) -> None:
    for actor, expected in (
        (SUPERVISOR, 200),
        (CENTRE, 200),
        (ANALYST, 200),
        (district("110108"), 403),
        (reporter(town.codes[0]), 403),
        (None, 401),
    ):
        for path in ("/v1/tables", "/v1/tables/links", address(manifest, "flags")):
            assert get(desk, path, actor).status_code == expected, (actor, path)
    assert desk.get("/v1/tables/accounts.parquet", ANALYST).status_code == 404


def test_a_signed_link_serves_a_reader_that_sends_no_header(desk: Desk, manifest: Json) -> None:
    answer = desk.get("/v1/tables/links", ANALYST, position=manifest["basis"]["position"])
    assert answer.headers["cache-control"] == "no-store"
    links = {each["name"]: each["address"] for each in answer.json()["links"]}
    content = get(desk, address(manifest, "flags")).content
    assert get(desk, links["flags"], None).content == content
    other = parse_qs(urlsplit(links["roster"]).query)["link"][0]
    own = parse_qs(urlsplit(links["flags"]).query)["link"][0]
    path = address(manifest, "flags")
    for wrong in (other, own[:-2] + "AA", own.replace(".", ""), "x.y", "é"):
        assert get(desk, path, None, link=wrong).status_code == 401, wrong
    assert get(desk, path.replace("position=", "position=1"), None, link=own).status_code == 401
    # A link opens its table alone; a stranger is not told which parameters there are.
    assert desk.get("/v1/tables", None, link=own).status_code == 401


def test_a_link_ends_and_does_no_more_than_its_account_may(desk: Desk, manifest: Json) -> None:
    position = manifest["basis"]["position"]
    flags = Linked("flags", position)

    def answered(role: Role, hours: int) -> int:
        who = Actor(account="somebody", role=role, organisation="centre")
        bearer = Bearer(who, KnownBy("token", "0123456789abcdef"))
        link = table_links.issue(desk.key, bearer, flags, now() + timedelta(hours=hours))
        return get(desk, address(manifest, "flags"), None, link=link).status_code

    assert answered(Role.ANALYST, 1) == 200
    assert answered(Role.ANALYST, -1) == 401
    assert answered(Role.EXPERT, 1) == 403


def test_the_tables_say_what_the_api_says_at_any_basis(desk: Desk, manifest: Json) -> None:
    """Every number on a page is in the file: the same rows, the same values, for any two times."""
    last = manifest["basis"]["position"]
    keys = {
        "roster": "uscc",
        "flags": "key",
        "assessments": "assessment_id",
        "certificates": "position",
    }
    in_files = {name: rows(desk, address(manifest, name)) for name in keys}
    for number in range(BASES):
        position = last * (number + 1) // BASES
        day = f"202{4 + number % 4}-0{1 + number % 9}-15"
        for name, key in keys.items():
            asked = {"valid_at": day, "position": position, "limit": 1000}
            shown = desk.items(f"/v1/{name}", ANALYST, **asked)
            if name == "flags":
                shown += desk.items(f"/v1/{name}", ANALYST, verdict="clear", **asked)
            held = [
                row
                for row in in_files[name]
                if row["known_from"] <= position < (row["known_to"] or position + 1)
                and str(row["valid_from"]) <= day < str(row["valid_to"] or "9999")
                and (name != "roster" or row["standing"] != "unlisted")
            ]
            renamed = TABLES[name].renamed
            assert len(held) == len(shown), (name, day, position)
            by_key = {str(row["key"]): row for row in held}
            for item in shown:
                row = by_key[str(item[key])]
                for field, value in item.items():
                    here = row[renamed.get(field, field)]
                    assert plain(here) == plain(value), (name, field)


def plain(value: object) -> object:
    """A value as it compares: days as text, whole numbers as numbers, JSON text as what it says."""
    text = json.dumps(value, default=str, sort_keys=True)
    return said(json.loads(text, parse_int=float))


def said(value: Any) -> Any:
    """A value with its JSON texts, at any depth, as what they say."""
    if isinstance(value, list):
        return [said(each) for each in value]
    if isinstance(value, dict):
        return {key: said(each) for key, each in value.items()}
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value, parse_int=float)
    return value


def test_no_table_tells_of_a_person(desk: Desk, manifest: Json, town: Town) -> None:
    found = [
        json.dumps(rows(desk, address(manifest, name)), default=str, ensure_ascii=False)
        for name in TABLES
    ]
    whole = "\n".join(found)
    people = desk.get("/v1/certificates", SUPERVISOR).json()["items"]
    assert people
    for item in people:
        assert item["holder"]["subject_id"] not in whole
    for holder in town.holders:
        assert holder["name"] not in whole
        assert holder["id_no"] not in whole
    for name in town.staff:
        assert name not in whole
    for field in ("subject_id", "masked_name", "card_no"):
        assert field not in whole


def test_the_client_that_we_hand_out_reads_lists_tables_differences_and_entries(
    desk: Desk, manifest: Json
) -> None:
    client = Client(desk.base, desk.token(ANALYST))
    position = manifest["basis"]["position"]
    flags = client.table("flags").to_pylist()
    shown = {item["key"] for item in client.items("/v1/flags", position=position)}
    assert shown == {
        row["key"]
        for row in holding(flags, last_recorded(client)[0], position)
        if row["verdict"] in {"breach", "undecided"}
    }
    assert [row["code"] for row in client.items("/v1/stats", by="code", position=position)]
    assert next(entry["position"] for entry in client.events(3)) == 4
    assert len(list(client.events())) == client.table("entries").num_rows
    assert {
        line["key"] for line in client.diff("flags", from_position=0, to_position=position)
    } == shown
