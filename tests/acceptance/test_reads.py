"""What may be asked: fields, filters, pages, bases, formats, differences, and who sees what."""

import json

import pytest

from tests.acceptance.lines import (
    CENTRE,
    COOK,
    ELECTRICIAN,
    LATHE,
    SUPERVISOR,
    changed,
    district,
    ended,
    finding,
    granted,
    item,
    line,
    listed,
    planned,
    reporter,
    session,
    suspended,
    uscc,
)
from tests.acceptance.office import problem


@pytest.fixture
def flagged(office):
    """An enterprise with one session outside its occupations."""
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "5")), session(code, COOK, "4", "2025-03-10"))
    return code


def test_the_roster_says_all_that_was_published(office):
    code = uscc()
    scope = (item(ELECTRICIAN, "5", "4"), item(COOK, "3"))
    office.load(*listed(code, *scope, until="2026-07-01"))
    (row,) = office.items("/v1/roster", valid_at="2025-01-01", q=code)
    assert (row["kind"], row["district"], row["standing"]) == ("private", "110108", "listed")
    assert (row["valid_from"], row["valid_to"]) == ("2024-07-01", "2026-07-01")
    assert row["batch"] == f"batch-{code[-8:]}"
    found = {(i["code"], tuple(sorted(i["levels"]))) for i in row["scope"]}
    assert found == {("6-31-01-03", ("4", "5")), ("4-03-02-01", ("3",))}
    assert office.standing(code, "2024-06-30") in ([], ["unlisted"])
    assert office.standing(code, "2024-07-01") == ["listed"]
    assert office.standing(code, "2026-06-30") == ["listed"]
    assert office.standing(code, "2026-07-01") == ["expired"]


def test_the_roster_is_narrowed_by_every_filter(office):
    one, two = uscc(), uscc()
    office.load(*listed(one, item(ELECTRICIAN, "4"), where="110117"))
    office.load(*listed(two, item(LATHE, "3"), where="110118"), suspended(two, "2025-01-01"))

    def find(**asked):
        rows = office.items("/v1/roster", valid_at="2025-02-01", **asked)
        return {row["uscc"] for row in rows} & {one, two}

    assert find(district="110117") == {one}
    assert find(standing="suspended") == {two}
    assert find(standing="listed") == {one}
    assert find(occupation="6-18-01-01") == {two}
    assert find(level="4") == {one}
    assert find(occupation="6-18-01-01", level="4") == set()
    assert find(q=one[3:]) == {one}
    assert find(q=f"虚构企业{two[-6:]}") == {two}


def test_an_enterprise_is_found_under_its_name_of_the_day(office):
    code = uscc()
    name = {"uscc": code, "name": f"更名企业{code[-6:]}"}
    renaming = line("EnterpriseProfileChanged", "2025-06-01", CENTRE, **name)
    office.load(*listed(code, item(ELECTRICIAN, "4")), renaming)
    for day, expected in (("2025-05-31", f"虚构企业{code[-6:]}"), ("2025-06-01", name["name"])):
        (row,) = office.items("/v1/roster", valid_at=day, q=expected)
        assert (row["uscc"], row["name"], row["kind"]) == (code, expected, "private")


def test_flags_are_narrowed_by_every_filter(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5"), where="110116"),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
        session(code, COOK, "4", "2025-04-10"),
        session(code, ELECTRICIAN, "5", "2025-05-10", venue=None),
    )

    def find(**asked):
        return [check for check, _ in office.found(code, **asked)]

    assert find() == ["G1", "S1", "S2"]
    assert find(check="S1") == ["S1"]
    assert find(verdict="undecided") == ["G1"]
    assert find(district="110116") == ["G1", "S1", "S2"]
    assert find(district="110101") == []
    assert find(from_="2025-04-01") == ["G1", "S1"]
    assert find(to="2025-04-01") == ["S2"]
    assert find(case="then_and_now", verdict="breach") == ["S1", "S2"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_everything_once_and_stand_still(office, limit):
    code = uscc()
    days = [f"2025-03-{day:02}" for day in range(10, 15)]
    office.load(*listed(code, item(ELECTRICIAN, "5")))
    office.load(*(session(code, COOK, "4", day) for day in days))
    page = office.get("/v1/flags", uscc=code, limit=limit)
    basis, seen = page["basis"], page["items"]
    office.load(*(session(code, COOK, "5", day) for day in days))
    while page["next"]:
        page = office.get("/v1/flags", uscc=code, limit=limit, cursor=page["next"])
        assert page["basis"] == basis
        seen += page["items"]
    assert len({flag["key"] for flag in seen}) == len(seen) == len(days)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/roster?q={code}",
        "/v1/flags?uscc={code}",
        "/v1/assessments?uscc={code}",
        "/v1/applications?uscc={code}",
        "/v1/plans?uscc={code}",
        "/v1/enterprises/{code}",
        "/v1/enterprises/{code}/scope",
        "/v1/enterprises/{code}/standing",
        "/v1/enterprises/{code}/history",
        "/v1/stats?by=district",
    ],
)
def test_an_answer_repeats_to_the_byte_at_its_basis(office, flagged, path):
    path, _, query = path.format(code=flagged).partition("?")
    asked = dict(part.split("=") for part in query.split("&") if part)
    first = office.ask(path, **asked)
    basis = first.json()["basis"]
    assert {"valid_at", "known_at", "position", "rules"} <= set(basis)
    assert first.headers["Ledger-Position"] == str(basis["position"])
    office.load(session(flagged, COOK, "5", "2025-03-11"), suspended(flagged, "2024-12-01"))
    pinned = {"valid_at": basis["valid_at"], "position": basis["position"]}
    again = office.ask(path, **asked, **pinned)
    assert again.content == first.content
    assert "immutable" in again.headers["Cache-Control"]


def test_a_live_answer_is_not_sent_twice(office, flagged):
    first = office.ask("/v1/flags", uscc=flagged)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = office.ask("/v1/flags", headers={"If-None-Match": tag}, uscc=flagged)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "asked",
    [
        {"position": "1", "known_at": "2026-01-01T00:00:00Z"},
        {"valid_at": "yesterday"},
        {"valid_at": "2025-02-30"},
        {"position": "-1"},
        {"known_at": "noon"},
        {"limit": "0"},
        {"limit": "1001"},
        {"cursor": "!!"},
        {"verdict": "perhaps"},
        {"case": "never"},
    ],
)
def test_a_question_without_sense_is_answered_with_a_problem(office, asked):
    problem(office.ask("/v1/flags", **asked), 422)


@pytest.mark.parametrize(
    "path", ["enterprises/{}", "flags/x", "assessments/x", "findings/x", "certificates/x", "moon"]
)
def test_what_is_not_there_is_answered_with_a_problem(office, path):
    problem(office.ask(f"/v1/{path.format(uscc())}"), 404)


def test_history_is_newest_first_with_both_times_and_reasons(office):
    code = uscc()
    said = {"reason": "企业申请", "document_no": "京确〔2025〕1号"}
    change = granted(code, "2025-06-01", added=(item(COOK, "5"),)) | said
    office.load(*listed(code, item(ELECTRICIAN, "4")), change)
    events = office.history(code)
    positions = [event["position"] for event in events]
    assert positions == sorted(set(positions), reverse=True)
    newest = events[0]
    assert (newest["type"], newest["valid_from"]) == ("ScopeChanged", "2025-06-01")
    assert newest["recorded_at"]
    assert newest["actor"]["role"] == "bureau_publisher"
    assert (newest["reason"], newest["document_no"]) == tuple(said.values())
    assert {"EnterpriseListed", "ReceiptIssued", "AnnualPlanFiled"} <= {e["type"] for e in events}
    assert office.items(f"/v1/enterprises/{code}/history", limit=3) == events


def test_things_are_found_by_their_ids(office, flagged):
    app, held = f"app-{flagged[-8:]}", office.flags(flagged)[0]["assessment_id"]
    for path in (
        f"/v1/applications/{app}",
        f"/v1/assessments/{held}",
        f"/v1/enterprises/{flagged}",
    ):
        assert flagged in json.dumps(office.get(path))
    assert len(office.items("/v1/plans", uscc=flagged)) == 3


def test_lists_keep_to_the_position(office, flagged):
    then = office.position()
    office.load(session(flagged, COOK, "5", "2025-03-11"), planned(flagged, 2023, "2024-08-01"))
    assert len(office.items("/v1/assessments", uscc=flagged, position=then)) == 1
    assert len(office.items("/v1/assessments", uscc=flagged)) == 2
    assert len(office.items("/v1/plans", uscc=flagged, position=then)) == 3
    assert len(office.items("/v1/plans", uscc=flagged)) == 4


@pytest.mark.parametrize("path", ["/v1/roster", "/v1/flags", "/v1/assessments"])
def test_a_list_comes_in_every_format(office, flagged, path):
    asked = {"q": flagged} if path == "/v1/roster" else {"uscc": flagged}
    for form, start in (
        ("text/csv", b"\xef\xbb\xbf"),
        ("application/vnd.apache.parquet", b"PAR1"),
        ("application/x-ndjson", b"{"),
    ):
        answer = office.ask(path, headers={"Accept": form}, **asked)
        assert answer.headers["Content-Type"].partition(";")[0] == form
        assert answer.content.startswith(start)


def test_a_name_that_is_a_formula_is_none_in_a_table(office):
    code = uscc()
    first, *rest = listed(code, item(ELECTRICIAN, "5"))
    office.load(changed(first, name="=1+1"), *rest)
    table = office.ask("/v1/roster", headers={"Accept": "text/csv"}, q=code).text
    assert "'=1+1" in table


def test_a_difference_shows_before_after_and_its_cause(office):
    code = uscc()
    halt = suspended(code, "2025-03-10", document_no="京停〔2025〕1号", reason="整改")
    office.load(*listed(code, item(ELECTRICIAN, "4"), until="2026-03-10"), halt)

    def changes(of, before, after):
        days = {"from_valid_at": before, "to_valid_at": after}
        return office.items("/v1/diff", of=of, uscc=code, **days)

    (change,) = changes("roster", "2025-03-09", "2025-03-10")
    assert change["change"] == "changed"
    assert change["before"]["standing"] == "listed"
    assert change["after"]["standing"] == "suspended"
    cause = next(each for each in change["because"] if each["type"] == "ListingSuspended")
    assert (cause["document_no"], cause["reason"]) == ("京停〔2025〕1号", "整改")
    assert changes("roster", "2025-04-01", "2025-05-01") == []
    (expiry,) = changes("roster", "2026-03-09", "2026-03-10")
    assert expiry["because"]


def test_a_difference_of_what_was_known_names_what_was_learnt(office, flagged):
    before = office.get("/v1/flags", uscc=flagged)["basis"]["known_at"]
    office.load(granted(flagged, "2025-03-01", added=(item(COOK, "4"),)))
    after = office.get("/v1/flags", uscc=flagged)["basis"]["known_at"]
    asked = {"of": "flags", "uscc": flagged, "to_known_at": after}
    (change,) = office.items("/v1/diff", from_known_at=before, **asked)
    assert "ScopeChanged" in {each["type"] for each in change["because"]}
    assert office.items("/v1/diff", from_known_at=after, **asked) == []


@pytest.mark.parametrize("by", ["district", "occupation", "level", "method", "month", "code"])
def test_counts_are_there_by_every_dimension(office, flagged, by):
    office.load(finding(flagged))
    rows = office.get("/v1/stats", by=by)["items"]
    assert any(isinstance(value, int) and value > 0 for value in rows[0].values())


def test_an_inspector_sees_the_own_district_alone(office):
    one, two = uscc(), uscc()
    for code, where in ((one, "110111"), (two, "110109")):
        held = session(code, COOK, "4", "2025-03-10")
        office.load(*listed(code, item(ELECTRICIAN, "5"), where=where), held)
    actor = district("110111")
    assert {flag["district"] for flag in office.items("/v1/flags", actor)} == {"110111"}
    assert office.items("/v1/flags", actor, uscc=two) == []
    assert office.items("/v1/assessments", actor, uscc=two) == []
    other = office.get("/v1/flags", actor, district="110109")
    assert other["items"] == []
    assert set(other) - {"basis", "items", "next"}, "an empty answer says why it is empty"
    flag = office.flags(two)[0]
    for path in (f"flags/{flag['key']}", f"assessments/{flag['assessment_id']}"):
        problem(office.ask(f"/v1/{path}", actor), 403, 404)


def test_a_reporter_sees_the_own_enterprise_alone(office, flagged):
    other = uscc()
    held = session(other, COOK, "4", "2025-03-10")
    office.load(*listed(other, item(ELECTRICIAN, "5")), held)
    actor = reporter(flagged)
    assert {flag["subject"] for flag in office.items("/v1/flags", actor)} == {flagged}
    assert office.items("/v1/flags", actor, uscc=other) == []


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "system_admin", "public"])
def test_whoever_runs_the_system_sees_no_business(office, role):
    actor = {"account": "x", "role": role, "organisation": "centre"}
    for path in ("flags", "assessments", "findings", "applications"):
        problem(office.ask(f"/v1/{path}", actor), 403)
        problem(office.ask(f"/v1/{path}", None), 401)


def test_a_certificate_shows_published_facts_alone(office):
    code, paper, _ = office.certified(name="欧阳小明")
    number, holder = paper["data"]["certificate_no"], paper["data"]["holder"]
    for actor in (None, SUPERVISOR):
        shown = office.get(f"/v1/certificates/{number}", actor)
        text = json.dumps(shown, ensure_ascii=False)
        assert {number, "欧阳**", code, "2025-03-20"} <= set(text.replace('"', " ").split())
        assert "小明" not in text
        assert holder["id_no"] not in text
        assert shown["revoked"] is False
        assert shown["issuer_in_scope"] is True
    then = office.position()
    office.load(ended("CertificateRevoked", number, code, reason="弄虚作假"))
    assert office.get(f"/v1/certificates/{number}", None)["revoked"] is True
    assert office.get(f"/v1/certificates/{number}", None, position=then)["revoked"] is False


def test_a_look_up_says_yes_or_no_and_nothing_else(office):
    _, paper, _ = office.certified(name="张三丰")
    number = paper["data"]["certificate_no"]

    def ask(name, certificate_no):
        body = {"name": name, "certificate_no": certificate_no}
        return office.client.post("/v1/certificates/lookup", json=body).json()

    right, wrong = ask("张三丰", number), ask("李四", number)
    absent = ask("张三丰", "Y000011999999254999998")
    assert True in right.values()
    assert True not in wrong.values()
    assert wrong.keys() == absent.keys()
    assert "三丰" not in json.dumps([right, wrong, absent], ensure_ascii=False)


def test_names_and_numbers_of_people_stand_in_no_list(office):
    code, paper, held = office.certified(name="诸葛孔明")
    for path in (
        f"/v1/enterprises/{code}/history",
        f"/v1/assessments/{held['data']['assessment_id']}",
        f"/v1/flags?uscc={code}",
    ):
        text = office.ask(path).text
        assert "孔明" not in text
        assert paper["data"]["holder"]["id_no"] not in text
