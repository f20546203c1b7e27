"""A fault names its field in words and leads to where the field stands."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.installation.every_list import EVERY_LIST
from api.questions.answered import ANSWERS
from api.words.labels import LABELS, OF_FORMS, anchor_of, label_of
from api.words.language import Words
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from projections.items.shape import shape_of
from tests.api import lines
from tests.api.web.site import PUBLISHER, SUPERVISOR, Site

TEMPLATES = Path(__file__).parents[3] / "api" / "web" / "templates"
FIELD = re.compile(r'forms\.(?:text|day|area|choice|radios)\("([a-z_.]+)"')


def test_every_field_of_a_form_has_a_name():
    source = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    fields = {found.rstrip(".").rpartition(".")[2] for found in FIELD.findall(source)}
    assert fields > {"uscc", "valid_from"}
    assert fields - {"scores", *LABELS} == set()


SAID_ITSELF = re.compile(r'(?:text|day|area|choice|radios)\("([a-z_]+)", t\("([^"]*)", "([^"]*)"\)')


def test_no_form_says_again_what_its_field_is_called_anyway():
    again = [
        (path.name, name, zh)
        for path in TEMPLATES.rglob("*.html")
        for name, zh, en in SAID_ITSELF.findall(path.read_text(encoding="utf-8"))
        if label_of(name, "zh") == zh
    ]
    assert again == []


def test_what_an_item_shows_has_its_words_from_the_item_alone():
    heads: dict[str, set[str]] = {}
    rows = [row for listed in EVERY_LIST.values() for row in listed.rows]
    for shape in (
        inner for item in (*rows, *ANSWERS.values()) for inner in shape_of(item).records()
    ):
        for field in shape.fields:
            heads.setdefault(field.name, set()).add(field.head.zh)
    again = {name for name, words in OF_FORMS.items() if words.zh in heads.get(name, set())}
    assert again == set()
    assert LABELS["card_no"] == Words("督导证号", "Card number")
    assert len([name for name in LABELS if name not in OF_FORMS]) > 120


def test_a_field_in_a_line_is_named_with_its_line():
    assert label_of("inspectors.1.card_no", "zh") == "第 2 行 督导证号"
    assert label_of("inspectors.1.card_no", "en") == "Line 2 Card number"
    assert label_of("of.no.such", "zh") == LABELS["of"].zh
    assert label_of("unheard", "zh") == ""


def test_the_clocks_are_where_their_faults_lead_and_what_has_no_field_leads_nowhere():
    assert anchor_of("valid_at") == "clock-day"
    assert anchor_of("cursor") == ""
    assert anchor_of("reason", "convert-") == "field-convert-reason"


def _refused(site: Site, path: str, actor: Actor, fields: dict[str, Any]) -> str:
    headers = {**site.headers(actor), "Accept": "text/html", "Accept-Language": "zh"}
    answer = httpx2.post(site.base + path, data=fields, headers=headers, timeout=30)
    assert 400 <= answer.status_code < 500, answer.text
    return answer.text


def _leads(page: str) -> set[str]:
    """Where the links of the summary lead; every one of them must be on the page."""
    (summary,) = re.findall(r'id="summary".*?</section>', page, re.DOTALL)
    led = set(re.findall(r'href="#([^"]+)"', summary))
    assert led - set(re.findall(r'id="([^"]+)"', page)) == set()
    return led


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    """An enterprise with an application that is accepted."""
    code = lines.uscc()
    for each in (
        lines.registered(code),
        lines.submitted(code, [{**lines.ELECTRICIAN, "levels": ["5", "4"]}]),
    ):
        site.record(each)
    return code


@pytest.mark.postgres
def test_every_fault_of_a_refused_form_leads_to_its_field(site: Site, firm: str):
    reporter = Actor(account=f"reporter-{firm}", role=Role.ENTERPRISE_REPORTER, organisation=firm)
    line = {"inspectors.0.account": "inspector-110108-1", "inspectors.0.recusal": "none"}
    dispatch = {"inspection_id": f"ins-{firm}", "uscc": "no code", "kind": "现场督导", **line}
    plan = {"year": "soon", "sessions.1.occupation": "电工", "sessions.1.headcount": "many"}
    for path, actor, fields, wanted in (
        ("/findings/new", SUPERVISOR, {"uscc": firm}, "field-statement"),
        ("/inspections/new", SUPERVISOR, dispatch, "field-uscc"),
        ("/plans/new", reporter, plan, "field-year"),
        ("/draws/new", SUPERVISOR, {"enterprises": "x"}, "field-enterprises"),
        (
            "/applications/new",
            reporter,
            {"scope.0.occupation": "星际导游员"},
            "field-scope.0.occupation",
        ),
    ):
        assert wanted in _leads(_refused(site, path, actor, fields)), path


@pytest.mark.postgres
def test_a_fault_of_a_publication_stands_at_the_box_that_was_ticked(site: Site):
    scope = [{**lines.ELECTRICIAN, "levels": ["5", "4"]}]
    codes = [lines.uscc(), lines.uscc()]
    for code in codes:
        for each in (
            lines.registered(code),
            lines.submitted(code, scope),
            *lines.evaluated(code, scope),
        ):
            site.record(each)
    page = site.get("/publications/new", PUBLISHER).text
    boxes = re.findall(r'id="field-entries\.(\d+)" value="([^"]+)"', page)
    number, application = next(box for box in boxes if box[1] == f"app-{codes[1][-8:]}")
    days = {"published_on": "2025-07-01", "valid_from": "2025-07-02", "valid_to": "2025-07-01"}
    fields = {"application": application, "batch": f"2025-{codes[1][-6:]}", **days}
    second = Actor(account="bureau-2", role=Role.BUREAU_PUBLISHER, organisation="bureau")
    assert f"field-entries.{number}" in _leads(_refused(site, "/publications/new", second, fields))
    good = {**fields, "valid_to": "2028-07-01"}
    # Who confirmed an application cannot publish it: a fault of nobody's typing leads nowhere.
    assert _leads(_refused(site, "/publications/new", PUBLISHER, good)) == set()
