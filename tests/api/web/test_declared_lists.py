"""Every list as it is declared: live answers, files, description, command and page say the same."""

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import orjson
import pyarrow.parquet as pq
import pytest

from api.installation.every_list import EVERY_LIST
from api.questions.answered import ANSWERS
from api.questions.declared import DeclaredList
from api.questions.questions import AllAtOnce
from api.web.app import create_app, describe
from domain.terms.envelope import Actor
from projections.items.shape import Audience, Field, Shape, shape_of
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Site, sample_year
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres

EVERY = tuple(each for each in EVERY_LIST.values() if "id" not in each.parts)
"""Lists with rows in the sample year; those of one question what-if are looked at in `test_what_if.py`."""
FIRM = "91110113MA0EX027XJ"
QUESTIONS: dict[str, tuple[str, ...]] = {
    "diff": tuple(
        f"of={of}&from_valid_at=2024-12-01&to_valid_at=2025-12-01"
        for of in ("roster", "scope", "flags", "standings", "counts&by=code", "counts&by=month")
    ),
    "stats": tuple(
        f"by={by}"
        for by in (
            *("district", "occupation", "level", "method", "month", "code"),
            *("district,month", "occupation_code", "code,level&rates=yes", "month&zeros=yes"),
        )
    ),
    "delay-distribution": ("", "by=code", "by=month"),
    "flags": ("", "case=then_not_now"),
    "certificates": ("", "state=revoked", "state=reissued"),
    "roster-changes": ("since=2024-06-01",),
}
DESCRIPTION: dict[str, Any] = describe().openapi()
SCHEMAS: dict[str, Any] = DESCRIPTION["components"]["schemas"]


MAY_BE_EMPTY = frozenset({"units", "digest", "field-devices"})
"""What the sample year has nothing of: it all came in today, from no phone, for no covered unit."""
REFUSED_TO = {"what-ifs": INSPECTOR, "field-devices": ANALYST, "templates": ANALYST}
"""List → who of these may not read it."""


@pytest.fixture(scope="module")
def site(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own: what other tests of pages write would fill fields that the sample year does not."""
    settings = own_settings(server, "dudao_lists", tmp_path_factory.mktemp("lists"))
    with sample_year(settings) as made, serving(create_app(made)) as base:
        yield Site(base, made.key)


@pytest.fixture(scope="module", autouse=True)
def asked_for(site: Site) -> None:
    """What lists of somebody's own hold: a saved question, and one what would be if."""
    told = {
        "/v1/saved-questions": {"name": "清单", "address": "/v1/catalogues"},
        "/v1/what-if": {"rules": {"edition": "假如", "checks_off": ["S2"]}},
    }
    for path, body in told.items():
        headers = site.headers(SUPERVISOR)
        answer = httpx2.post(f"{site.base}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code in {201, 202}, answer.text


def address(listed: DeclaredList, query: str) -> str:
    path = listed.path.format(uscc=FIRM)
    return f"{path}?{query}" if query else path


def asked(site: Site, path: str, actor: Actor | None) -> dict[str, Any]:
    answer = site.get(path, actor)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def departures(value: Any, shape: Shape, where: str) -> list[str]:
    """Where a row says something undeclared, or does not say what is declared."""
    names = {field.name for field in shape.fields}
    needed = {field.name for field in shape.fields if not field.sometimes}
    found = [f"{where}.{name} is not declared" for name in value.keys() - names]
    found += [f"{where}.{name} is missing" for name in needed - value.keys()]
    for field in shape.fields:
        if field.name in value:
            found += _of_field(value[field.name], field, f"{where}.{field.name}")
    return found


def _of_field(value: Any, field: Field, where: str) -> list[str]:
    if value is None:
        return [] if field.optional else [f"{where} is null"]
    values = value if field.many else [value]
    if field.shape is not None:
        if field.partly:
            values = [each for each in values if each.keys() != {"position"}]
        return [line for each in values for line in departures(each, field.shape, where)]
    plain = {"integer": int, "number": (int, float), "boolean": bool, "json": dict, "any": object}
    kind: Any = plain.get(field.kind, str)
    found = [
        f"{where}: {each!r} is no {field.kind}" for each in values if not isinstance(each, kind)
    ]
    if field.values:
        found += [
            f"{where}: {each!r} is not declared" for each in values if each not in field.values
        ]
    return found


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
@pytest.mark.parametrize(
    ("actor", "audience"),
    [
        (SUPERVISOR, Audience.OFFICES),
        (ANALYST, Audience.READERS),
        (INSPECTOR, Audience.OFFICES),
        (None, Audience.ANYONE),
    ],
    ids=["supervisor", "analyst", "inspector", "anyone"],
)
def test_no_live_row_says_more_or_less_than_its_item(
    site: Site, listed: DeclaredList, actor: Actor | None, audience: Audience
) -> None:
    if audience is Audience.ANYONE and listed.name not in {"roster", "roster-changes"}:
        query = QUESTIONS.get(listed.name, ("",))[0]
        assert site.get(address(listed, query), None).status_code == 401
        return
    if actor is not None and actor == REFUSED_TO.get(listed.name):
        assert site.get(address(listed, ""), actor).status_code == 403
        return
    if listed.name == "roster-changes":
        audience = Audience.ANYONE
    elif listed.name == "roster" and audience is Audience.OFFICES:
        audience = Audience.READERS
    for query in QUESTIONS.get(listed.name, ("",)):
        question = listed.question.model_validate(dict(p.split("=") for p in query.split("&") if p))
        shape = listed.shape(question).seen_by(audience)
        rows = asked(site, address(listed, query), actor)["items"]
        assert [line for row in rows for line in departures(row, shape, listed.name)] == []
        if actor is SUPERVISOR and query in {"", "since=2024-06-01"}:
            assert rows or listed.name in MAY_BE_EMPTY


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_files_have_a_column_for_every_field(site: Site, listed: DeclaredList) -> None:
    query = QUESTIONS.get(listed.name, ("",))[0]
    form = f"{query}&format=" if query else "format="
    question = listed.question.model_validate(dict(p.split("=") for p in query.split("&") if p))
    names = [field.name for field in listed.shape(question).fields]
    lines = site.get(address(listed, f"{form}csv"), SUPERVISOR).content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(lines))) == names
    octets = site.get(address(listed, f"{form}parquet"), SUPERVISOR).content
    assert pq.read_schema(io.BytesIO(octets)).names == names
    (first, *_) = site.get(address(listed, f"{form}ndjson"), SUPERVISOR).content.splitlines() or [
        b""
    ]
    assert not first or list(orjson.loads(first)) == names


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_the_description_is_made_of_the_item_and_the_question(listed: DeclaredList) -> None:
    operation = DESCRIPTION["paths"][listed.path]["get"]
    assert operation["operationId"] == listed.operation_id
    answer = operation["responses"]["200"]
    page = SCHEMAS[answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
    rows = page["properties"]["items"]["items"]
    named = {each["$ref"].rpartition("/")[2] for each in rows.get("anyOf", [rows])}
    assert named == {item.__name__ for item in listed.rows}
    for item in listed.rows:
        schema = SCHEMAS[item.__name__]
        assert list(schema["properties"]) == [field.name for field in shape_of(item).fields]
    given = {each["name"] for each in operation["parameters"]}
    fields = listed.question.model_fields
    assert given == {*(info.alias or name for name, info in fields.items()), *listed.parts}


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_a_list_has_its_keys_and_its_page(site: Site, listed: DeclaredList) -> None:
    shape = listed.shape()
    assert all(shape.has(name) for name in (*listed.key, *listed.brief))
    answer = site.get(listed.page.format(uscc=FIRM), SUPERVISOR)
    assert answer.status_code in {200, 303}, listed.page


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: listed.name)
def test_its_key_tells_a_row_from_all_others(site: Site, listed: DeclaredList) -> None:
    query = QUESTIONS.get(listed.name, ("",))[0]
    rows = asked(site, address(listed, query), SUPERVISOR)["items"]
    keys = [tuple(row.get(name) for name in listed.key) for row in rows]
    assert len(set(keys)) == len(keys)


ADDRESSES = {
    "get_flags": ("/v1/flags/{key}", "flags"),
    "get_assessments": ("/v1/assessments/{assessment_id}", "assessments"),
    "get_applications": ("/v1/applications/{application_id}", "applications"),
    "get_inspections": ("/v1/inspections/{inspection_id}", "inspections"),
    "get_findings": ("/v1/findings/{finding_id}", "findings"),
    "get_complaints": ("/v1/complaints/{complaint_id}", "complaints"),
    "get_registers": ("/v1/registers/{uscc}", "registers"),
    "get_plans": ("/v1/plans/{uscc}/{year}", "plans"),
    "get_enterprise": ("/v1/enterprises/{uscc}", "roster"),
    "get_timeline": ("/v1/enterprises/{uscc}/timeline", "roster"),
    "get_event": ("/v1/events/{position}", "events"),
    "get_event_context": ("/v1/events/{position}/context", "events"),
    "explain_flag": ("/v1/flags/{key}/explanation", "flags"),
    "overview": ("/v1/overview", "roster"),
    "get_draw": ("/v1/draws/{draw_id}", "draws"),
    "get_request": ("/v1/requests/{request_id}", "requests"),
    "get_certificate": ("/v1/certificates/{certificate_no}", "certificates"),
    "get_tables": ("/v1/tables", "roster"),
    "get_table_links": ("/v1/tables/links", "roster"),
    "get_catalogue": ("/v1/catalogues/{sha256}", "catalogues"),
    "preview_catalogue": (
        "/v1/catalogues/{sha256}/preview?valid_from=2026-01-01&edition=x&uscc=" + FIRM,
        "catalogues",
    ),
}


OF_ITS_OWN = {"get_what_if", "get_field_list", "lookup_certificate"}
"""Answers that nobody finds in a list: `test_described.py` looks at them, as at all."""


@pytest.mark.parametrize("operation", [each for each in ANSWERS if each not in OF_ITS_OWN])
@pytest.mark.parametrize("actor", [SUPERVISOR, ANALYST, INSPECTOR], ids=lambda actor: actor.role)
def test_no_single_answer_says_more_or_less_than_its_item(
    site: Site, operation: str, actor: Actor
) -> None:
    pattern, name = ADDRESSES[operation]
    audience = Audience.READERS if actor is ANALYST else Audience.OFFICES
    if operation == "get_certificate":
        audience = Audience.ANYONE
    shape = shape_of(ANSWERS[operation]).seen_by(audience)
    listed = next(each for each in EVERY if each.name == name)
    rows = asked(site, address(listed, ""), actor)["items"]
    if operation == "preview_catalogue":
        rows = [row for row in rows if row["kind"] == "dictionary" and row["file_held"]]
    for row in rows[:: max(1, len(rows) // 7)]:
        answer = site.get(pattern.format(**row), actor)
        if actor is INSPECTOR and answer.status_code in {403, 404}:
            continue
        assert answer.status_code == 200, (pattern.format(**row), answer.text)
        found = answer.json()
        assert found.pop("basis")
        assert departures(found, shape, operation) == []


def test_the_description_of_a_single_answer_is_made_of_its_item() -> None:
    described = {
        operation["operationId"]: operation["responses"]
        for methods in DESCRIPTION["paths"].values()
        for operation in methods.values()
    }
    for operation, item in ANSWERS.items():
        content = described[operation]["200"]["content"]["application/json"]
        name = f"{item.__name__.removesuffix('Item')}Answer"
        assert content["schema"] == {"$ref": f"#/components/schemas/{name}"}
        fields = [field.name for field in shape_of(item).fields]
        assert list(SCHEMAS[name]["properties"]) == ["basis", *fields]


def test_the_whole_of_a_list_comes_as_json_too_and_a_generated_client_may_say_the_default(
    site: Site,
) -> None:
    whole = asked(site, "/v1/assessments?all=true&limit=100", SUPERVISOR)
    first = asked(site, "/v1/assessments", SUPERVISOR)
    assert first["next"] is not None
    assert whole["next"] is None
    assert whole["items"][: len(first["items"])] == first["items"]
    assert len(whole["items"]) > len(first["items"])
    assert site.get("/v1/assessments?all=true&limit=7", SUPERVISOR).status_code == 422
    narrowed = asked(site, "/v1/assessments?all=true", INSPECTOR)
    assert narrowed["limited_to"] == {"district": "110105"}


class Whole(NamedTuple):
    """A list as it was given whole."""

    listed: DeclaredList
    shape: Shape
    answer: dict[str, Any]


@pytest.fixture(scope="module")
def whole(site: Site, asked_for: None) -> list[Whole]:
    """Every list under each of its questions."""
    lists: list[Whole] = []
    for listed in EVERY:
        for query in QUESTIONS.get(listed.name, ("",)):
            question = listed.question.model_validate(
                dict(p.split("=") for p in query.split("&") if p)
            )
            path = address(listed, f"{query}&all=true".lstrip("&"))
            lists.append(Whole(listed, listed.shape(question), asked(site, path, SUPERVISOR)))
    return lists


def test_every_list_may_be_asked_for_whole_also_one_without_pages(whole: list[Whole]) -> None:
    assert [each.listed.name for each in whole if each.answer["next"] is not None] == []


NEVER_FILLED = {
    "nobody reported it in the sample year": {
        "ApplicationItem": "main_business premises resubmits staff standards units",
        "AppliedStandard": "occupation sha256",
        "AppliedUnit": "name uscc",
        "ComplaintItem": "evidence",
        "Evidence": "datum lat lon",
        "FindingItem": "complaints",
        "FlagStatement": "evidence",
        "Hearing": "document_no",
        "PlanComparisonItem": "revised_on",
        "RegisteredStaff": "card_no",
        "RequestItem": "document_no",
        "Results": "ethics performance review",
        "SavedQuestionItem": "description",
        "SeenThere": "assessors_absent occupation",
        "SessionItem": "venues",
        "SpotCheck": "complaints",
        "StaffNumber": "number occupation",
        "StandingStretchItem": "findings",
    },
    "its entries were brought in by one account, each by itself, and none says another day": {
        "CatalogueItem": "added_by rows",
        "EntryItem": "causation claimed_on correlation entered_by",
        "LateItem": "causation claimed_on correlation entered_by",
    },
    "no review there lapsed": {"FlagItem": "review_lapse review_lapsed_by"},
    "only other comparisons and suppositions have it": {
        "CountDifferenceItem": "because uscc",
        "FieldFault": "field reason",
        "RefusedSupposition": "code line reason",
        "ScopeDifferenceItem": "fields",
        "WhatIfItem": "errors note refusals",
    },
}
"""Why → item → fields of it that no row of the sample year fills: tests of their own fill them."""


def declared(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield every field of an item and of the records in it."""
    for field in shape.fields:
        yield shape.name, field.name
        if field.shape is not None:
            yield from declared(field.shape)


def filled(row: dict[str, Any], shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield the fields that say something: 0 and "no" do, nothing and an empty list do not."""
    for field in shape.fields:
        value = row.get(field.name)
        if value is None or value in ([], {}, ""):
            continue
        yield shape.name, field.name
        if field.shape is not None:
            for record in value if field.many else [value]:
                yield from filled(record, field.shape)


def test_every_field_of_a_list_is_filled_somewhere_in_the_sample_year(whole: list[Whole]) -> None:
    shown = {
        place for each in whole for row in each.answer["items"] for place in filled(row, each.shape)
    }
    fields = {
        place
        for each in whole
        if each.listed.name not in MAY_BE_EMPTY
        for place in declared(each.shape)
    }
    excused = {
        (item, name)
        for items in NEVER_FILLED.values()
        for item, names in items.items()
        for name in names.split()
    }
    assert sorted(fields - shown - excused) == []
    assert sorted(excused & shown | excused - fields) == []


def test_a_list_that_is_given_all_at_once_comes_in_pages_where_that_is_asked(site: Site) -> None:
    at_once = [each for each in EVERY if issubclass(each.question, AllAtOnce)]
    assert len(at_once) > 10
    for listed in at_once:
        query = QUESTIONS.get(listed.name, ("",))[0]
        whole = asked(site, address(listed, query), SUPERVISOR)
        query, found, cursor = f"{query}&limit=3".lstrip("&"), [], ""
        while True:
            page = asked(site, address(listed, query + cursor), SUPERVISOR)
            found += page["items"]
            assert len(page["items"]) <= 3
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert found == whole["items"], listed.name
        for slip in ("limit=0", "limit=1001", "cursor=nonsense", "all=true&limit=5"):
            answer = site.get(
                address(listed, f"{QUESTIONS.get(listed.name, ('',))[0]}&{slip}".lstrip("&")),
                SUPERVISOR,
            )
            assert answer.status_code == 422, (listed.name, slip)
    first = asked(site, "/v1/stats?by=month&limit=3", SUPERVISOR)
    assert (
        site.get(f"/v1/stats?by=code&limit=3&cursor={first['next']}", SUPERVISOR).status_code == 422
    )
    behind = f"/v1/stats?by=month&cursor={first['next']}"
    assert asked(site, behind, SUPERVISOR)["basis"]["position"] == first["basis"]["position"]
    assert site.get(f"{behind}&valid_at=2024-01-01", SUPERVISOR).status_code == 422


def test_catalogues_are_narrowed_by_kind_and_state(site: Site) -> None:
    rows = asked(site, "/v1/catalogues", SUPERVISOR)["items"]
    for kind, state in {(row["kind"], row["state"]) for row in rows}:
        found = asked(site, f"/v1/catalogues?kind={kind}&state={state}", SUPERVISOR)["items"]
        assert found == [row for row in rows if (row["kind"], row["state"]) == (kind, state)]


def test_what_the_public_is_not_shown_is_in_no_file_either(site: Site) -> None:
    lines = site.get("/v1/roster?format=csv&all=true", None).content.decode("utf-8-sig")
    heads = next(csv.reader(io.StringIO(lines)))
    assert "address" not in heads
    assert "because" not in heads


def test_a_page_says_nothing_of_what_has_no_value(site: Site) -> None:
    session = asked(site, "/v1/assessments?limit=1", SUPERVISOR)["items"][0]
    flag = next(
        each
        for each in asked(site, "/v1/flags", SUPERVISOR)["items"]
        if any(body["role"] == "supervising" for body in each["responsible"])
    )
    for path in (f"/assessments/{session['assessment_id']}", f"/flags/{flag['key']}"):
        answer = site.get(path, SUPERVISOR)
        assert answer.status_code == 200
        assert "None" not in answer.text


def test_instants_are_in_utc_with_their_z(site: Site) -> None:
    found = asked(
        site,
        "/v1/diff?of=roster&from_valid_at=2024-12-01&to_valid_at=2025-12-01&limit=5",
        SUPERVISOR,
    )
    moments = [cause["recorded_at"] for line in found["items"] for cause in line["because"]]
    assert moments
    assert all(moment.endswith("Z") for moment in moments)
