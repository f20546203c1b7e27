"""A certificate under a new number: found, judged, ended and replaced again like any other."""

from tests.acceptance.lines import (
    CENTRE,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    corrected,
    ended,
    identity,
    item,
    line,
    listed,
    reporter,
    serial,
    session,
    uscc,
)
from tests.acceptance.office import problem


def number(level: str = "4", year: str = "25") -> str:
    return f"Y000011{next(serial):06d}{year}{level}{next(serial):06d}"


def reissued(old: str, new: str, code: str, **more):
    return ended(
        "CertificateReissued", old, code, new_certificate_no=new, reason="遗失补发", **more
    )


def revoked(no: str, code: str):
    return ended("CertificateRevoked", no, code, reason="违规取得")


def matches(office, no: str, name: str) -> bool:
    answer = office.post("/v1/certificates/lookup", {"certificate_no": no, "name": name}, None)
    assert answer.status_code == 200, answer.text
    return answer.json()["match"]


def replaced(office, **more) -> tuple[str, str, str]:
    """An enterprise with one certificate that was replaced: its code, the old number, the new."""
    code, paper, _ = office.certified(**more)
    old, new = paper["data"]["certificate_no"], number()
    office.load(reissued(old, new, code))
    return code, old, new


def test_the_new_number_is_found_and_the_old_one_names_it(office):
    code, old, new = replaced(office)
    found = office.get(f"/v1/certificates/{new}", None)
    assert (found["certificate_no"], found["state"]) == (new, "valid")
    assert (found["replaces"], found["replaced_by"], found["revoked"]) == (old, None, False)
    assert (found["level"], found["issued_on"], found["reissued_on"]) == (
        "4",
        "2025-03-20",
        "2025-05-01",
    )
    assert found["issuer"]["uscc"] == code
    assert found["issuer_in_scope"] is True
    before = office.get(f"/v1/certificates/{old}", None)
    assert (before["state"], before["replaced_by"], before["ended_on"]) == (
        "reissued",
        new,
        "2025-05-01",
    )
    assert before["revoked"] is False
    listed_now = {c["certificate_no"] for c in office.items("/v1/certificates", uscc=code)}
    assert listed_now == {old, new}


def test_before_the_day_of_the_reissue_the_old_number_holds(office):
    _, old, new = replaced(office)
    assert office.get(f"/v1/certificates/{old}", None, valid_at="2025-04-30")["state"] == "valid"
    problem(office.ask(f"/v1/certificates/{new}", None, valid_at="2025-04-30"), 404)
    assert office.get(f"/v1/certificates/{new}", None, valid_at="2025-05-01")["state"] == "valid"


def test_number_and_name_are_confirmed_under_the_new_number(office):
    _, old, new = replaced(office, name="欧阳明日")
    assert matches(office, new, "欧阳明日")
    assert not matches(office, new, "欧阳明月")
    assert not matches(office, old, "欧阳明日")


def test_the_new_number_is_revoked_and_then_has_ended(office):
    code, old, new = replaced(office)
    office.load(revoked(new, code))
    after = office.get(f"/v1/certificates/{new}", None)
    assert (after["state"], after["revoked"]) == ("revoked", True)
    assert office.get(f"/v1/certificates/{old}", None)["state"] == "reissued"
    again = {**revoked(new, code), "valid_from": "2025-05-02"}
    (refused,) = office.refuse(again, field="certificate_no")
    assert refused["code"] == "certificate-ended"
    assert not matches(office, new, "张三")


def test_the_new_number_is_replaced_again_and_the_old_one_is_not(office):
    code, old, new = replaced(office)
    third = number()
    (refused,) = office.refuse(reissued(old, third, code), field="certificate_no")
    assert refused["code"] == "certificate-ended"
    assert new in refused["reason"]
    office.load(reissued(new, third, code))
    assert office.get(f"/v1/certificates/{new}", None)["replaced_by"] == third
    assert office.get(f"/v1/certificates/{third}", None)["replaces"] == new
    assert office.breaches(code) == []


def test_two_steps_of_one_file_rest_on_each_other(office):
    code, paper, _ = office.certified()
    old, second, third = paper["data"]["certificate_no"], number(), number()
    office.load(reissued(old, second, code), reissued(second, third, code), revoked(third, code))
    assert office.get(f"/v1/certificates/{third}", None)["revoked"] is True


def test_a_number_taken_by_another_enterprise_is_c2_and_not_lost(office):
    other, taken, _ = office.certified()
    number_taken = taken["data"]["certificate_no"]
    code, paper, _ = office.certified()
    office.load(reissued(paper["data"]["certificate_no"], number_taken, code))
    assert office.breaches(other) == []
    (flag,) = office.flags(code, verdict="breach")
    assert (flag["code"], flag["certificate_no"]) == ("C2", number_taken)
    assert flag["assessment_id"] == paper["data"]["assessment_id"]
    both = office.get(f"/v1/certificates/{number_taken}", None)
    assert len(both["others"]) == 1
    flagged = flag["key"]
    office.load(
        line(
            "FlagReviewed", "2025-06-01", SUPERVISOR, flag=flagged, decision="upheld", reason="属实"
        )
    )
    assert office.get(f"/v1/flags/{flagged}")["review"] == "upheld"


def test_a_certificate_issued_later_under_a_number_given_by_a_reissue_is_c2(office):
    _, _, new = replaced(office)
    code, _, _ = office.certified(number=new, day="2025-05-20")
    assert office.breaches(code) == ["C2"]


def test_a_new_number_that_contradicts_the_record_is_c1(office):
    code, paper, _ = office.certified()
    wrong = number(level="3")
    office.load(reissued(paper["data"]["certificate_no"], wrong, code))
    (flag,) = office.flags(code, verdict="breach")
    assert (flag["code"], flag["certificate_no"], flag["valid_at"]) == ("C1", wrong, "2025-05-01")


def test_a_new_number_may_bear_the_year_of_the_reissue(office):
    code, paper, _ = office.certified(day="2025-03-20")
    new = number(year="26")
    moved = {**reissued(paper["data"]["certificate_no"], new, code), "valid_from": "2026-02-01"}
    office.load(moved)
    assert office.breaches(code) == []


def test_the_replaced_certificate_counts_once_among_candidates(office):
    code, paper, held = office.certified(people={"employee": 1})
    old, new = paper["data"]["certificate_no"], number()
    office.load(reissued(old, new, code))
    assert office.breaches(code) == []
    office.load(certificate(held))
    assert office.breaches(code) == ["C3"]
    # By the authority: the enterprise revokes itself out of nothing.
    office.load({**revoked(new, code), "actor": CENTRE})
    assert office.breaches(code) == []


def test_a_second_certificate_of_the_holder_is_c2_also_after_a_reissue(office):
    who, code = identity(), uscc()
    one = session(code, ELECTRICIAN, "4", "2025-03-10")
    two = session(code, ELECTRICIAN, "4", "2025-06-10")
    paper = certificate(one, id_no=who)
    new = number()
    office.load(*listed(code, item(ELECTRICIAN, "4")), one, two, paper)
    office.load(reissued(paper["data"]["certificate_no"], new, code))
    office.load(certificate(two, day="2025-06-20", id_no=who))
    (flag,) = office.flags(code, verdict="breach")
    assert flag["code"] == "C2"
    assert new in flag["message"]["zh"]
    office.load(revoked(new, code))
    assert office.breaches(code) == []


def test_a_second_report_of_what_a_reissue_made_is_taken_and_flagged(office):
    """Two papers never become one: else a reissue would clear what was found about the second."""
    code, paper, held = office.certified(people={"employee": 1}, id_no=(who := identity()))
    old, new = paper["data"]["certificate_no"], number()
    office.load(
        reissued(old, new, code), certificate(held, number=new, id_no=who, day="2025-05-02")
    )
    assert office.breaches(code) == ["C2", "C3"]
    # Not before it was issued, by whichever of its two papers.
    (early,) = office.refuse(revoked(new, code))
    assert early["code"] == "before-its-ground"
    office.load(
        line("CertificateRevoked", "2025-05-02", reporter(code), certificate_no=new, reason="违规")
    )
    assert office.get(f"/v1/certificates/{new}", None)["revoked"] is True
    assert office.breaches(code) == ["C2", "C3"]


def test_an_enterprise_reissues_no_flag_away_and_to_no_other_key(office):
    who, code = identity(), uscc()
    one, two = (session(code, ELECTRICIAN, "4", day) for day in ("2025-03-10", "2025-06-10"))
    first, second = certificate(one, id_no=who), certificate(two, day="2025-06-20", id_no=who)
    office.load(*listed(code, item(ELECTRICIAN, "4")), one, two, first, second)
    (flag,) = office.flags(code, verdict="breach")
    upheld = {"flag": flag["key"], "decision": "upheld", "reason": "属实"}
    office.load(line("FlagReviewed", "2025-07-01", SUPERVISOR, **upheld))
    numbers = [paper["data"]["certificate_no"] for paper in (first, second)]
    later = {"valid_from": "2025-07-02"}
    office.load({**reissued(numbers[0], numbers[1], code), **later})
    office.load({**reissued(numbers[1], number(), code), **later})
    kept = office.get(f"/v1/flags/{flag['key']}")
    assert (kept["verdict"], kept["review"], kept["review_stale"]) == ("breach", "upheld", False)
    # The number of the second now stands on what the first was replaced by as well: that is C2 too.
    (other,) = (f for f in office.flags(code, verdict="breach") if f["key"] != flag["key"])
    assert (other["code"], other["certificate_no"]) == ("C2", numbers[1])


def test_a_reissue_of_nothing_without_reason_or_to_itself_is_refused(office):
    code, paper, _ = office.certified()
    old = paper["data"]["certificate_no"]
    for refused, field, code_of in (
        (reissued(number(), number(), code), "actor.organisation", "other-enterprise"),
        (reissued(old, old, code), "new_certificate_no", "same-number"),
        (
            ended("CertificateReissued", old, code, new_certificate_no=number(), reason=" "),
            "reason",
            "reason-missing",
        ),
    ):
        (answer,) = office.refuse(refused, field=field)
        assert answer["code"] == code_of


def test_a_correction_of_the_first_certificate_shows_in_what_replaced_it(office):
    code, _, new = replaced(office)
    where = office.history(code, "CertificateIssued")[0]["position"]
    office.load(corrected(where, level="5"))
    assert office.get(f"/v1/certificates/{new}", None)["level"] == "5"


def test_a_correction_of_the_day_of_the_reissue_moves_both(office):
    code, old, new = replaced(office)
    where = office.history(code, "CertificateReissued")[0]["position"]
    office.load(corrected(where, valid_from="2025-05-10"))
    assert office.get(f"/v1/certificates/{old}", None, valid_at="2025-05-09")["state"] == "valid"
    problem(office.ask(f"/v1/certificates/{new}", None, valid_at="2025-05-09"), 404)
    found = office.get(f"/v1/certificates/{new}", None, valid_at="2025-05-10")
    assert found["reissued_on"] == "2025-05-10"


def test_the_views_of_reissues_are_the_fold(office):
    done = office.run("replay", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_is_spelt_as_in_the_record_also_under_a_new_number(office):
    who = identity()
    _, first, _ = office.certified(level="5", name="张三丰", id_no=who)
    code, second, _ = office.certified(level="4", name="张三峰", id_no=who)
    one, two = first["data"]["certificate_no"], second["data"]["certificate_no"]
    told = [matches(office, no, name) for no in (one, two) for name in ("张三丰", "张三峰")]
    assert told == [True, False, False, True]
    new, newer = number(), number()
    office.load(reissued(two, new, code), reissued(new, newer, code))
    assert [matches(office, newer, name) for name in ("张三丰", "张三峰")] == [False, True]


def test_two_spellings_of_a_newcomer_in_one_file_stay_with_their_records(office):
    who, code = identity(), uscc()
    held = [session(code, ELECTRICIAN, level, "2025-03-10") for level in ("5", "4")]
    names = ("欧阳明", "欧阳鸣")
    papers = [certificate(h, name=n, id_no=who) for h, n in zip(held, names, strict=True)]
    office.load(*listed(code, item(ELECTRICIAN, "5", "4")), *held, *papers)
    numbers = [paper["data"]["certificate_no"] for paper in papers]
    told = [matches(office, no, name) for no in numbers for name in names]
    assert told == [True, False, False, True]
