"""The way onto the roster: who decides what, in which order, within which bounds."""

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    GUARD,
    SUPERVISOR,
    acted_by,
    changed,
    district,
    entry_of,
    granted,
    item,
    line,
    listed,
    reporter,
    session,
    steps_until,
    uscc,
    way_of,
)


def test_every_step_by_a_wrong_role_is_refused(office):
    code = uscc()
    pairs = []
    wrong = {
        "EnterpriseRegistered": [
            ANALYST,
            {"account": "p", "role": "public", "organisation": "public"},
        ],
        "ApplicationSubmitted": [BUREAU, ANALYST, reporter(uscc())],
        "DistrictOpinionGiven": [CENTRE, reporter(code), district("110105"), district("BDA")],
        "ApplicationAccepted": [BUREAU, reporter(code), district("110108"), SUPERVISOR, ANALYST],
        "ExpertsAssigned": [BUREAU, reporter(code), SUPERVISOR],
        "EvaluationConcluded": [BUREAU, reporter(code)],
        "ApplicationConfirmed": [CENTRE, reporter(code), district("110108"), SUPERVISOR, ANALYST],
        "RosterPublished": [CENTRE, reporter(code), SUPERVISOR, ANALYST],
        "ReceiptIssued": [BUREAU, reporter(code), SUPERVISOR],
        "AnnualPlanFiled": [ANALYST, reporter(uscc())],
    }
    for x in listed(code, item(ELECTRICIAN, "4"), plans=(2024, 2026)):
        pairs += [(acted_by(x, a), False) for a in wrong.get(x["type"], ())] + [(x, True)]
    office.mix(*pairs)
    office.load(session(code, ELECTRICIAN, "4", "2024-09-10"))
    assert office.breaches(code) == []


def test_system_roles_do_no_business(office):
    code = uscc()
    roles = [
        {"account": "x", "role": r, "organisation": "centre"}
        for r in ("security_admin", "audit_admin", "system_admin", "public", "analyst")
    ]
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(
        *[acted_by(session(code, ELECTRICIAN, "4", "2025-03-10"), a) for a in roles],
        *[line("ListingSuspended", "2025-03-01", a, uscc=code, basis="x") for a in roles],
    )


def test_an_unknown_role_is_refused(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(
        acted_by(
            session(code, ELECTRICIAN, "4", "2025-03-10"),
            {"account": "x", "role": "emperor", "organisation": "centre"},
        )
    )


def test_an_application_after_the_end_of_may_belongs_to_october(office):
    code = uscc()
    way = way_of(code)
    apply = way["ApplicationSubmitted"][0]
    late = {**apply, "valid_from": "2024-06-01"}
    office.mix(
        (way["EnterpriseRegistered"][0], True),
        (late, False),
        (changed(late, window="2024-07"), False),
        (changed(late, window="2024-10"), True),
    )


def test_the_last_day_of_may_is_still_in_the_window(office):
    code = uscc()
    way = way_of(code)
    office.load(
        way["EnterpriseRegistered"][0],
        {**way["ApplicationSubmitted"][0], "valid_from": "2024-05-31"},
    )


def test_an_application_after_the_end_of_october_belongs_to_may(office):
    code = uscc()
    way = way_of(code)
    apply = {**way["ApplicationSubmitted"][0], "valid_from": "2024-11-01"}
    office.mix(
        (way["EnterpriseRegistered"][0], True),
        (changed(apply, window="2024-10"), False),
        (changed(apply, window="2025-05"), True),
    )


def test_an_application_of_an_unregistered_enterprise_is_refused(office):
    office.refuse(way_of(uscc())["ApplicationSubmitted"][0])


def test_an_application_twice_is_refused(office):
    code = uscc()
    way = way_of(code)
    apply = way["ApplicationSubmitted"][0]
    office.load(way["EnterpriseRegistered"][0], apply)
    office.refuse(changed(apply, scope=[item(COOK, "4")]))


def test_a_malformed_application_names_its_fields(office):
    code = uscc()
    way = way_of(code)
    apply = way["ApplicationSubmitted"][0]
    office.load(way["EnterpriseRegistered"][0])
    office.refuse(changed(apply, methods=["magic"]), field="methods")
    office.refuse(
        changed(apply, materials=[{"kind": "poem", "file_name": "x", "sha256": "0" * 64}]),
        field="materials",
    )
    office.refuse(
        changed(apply, materials=[{"kind": "standards", "file_name": "x", "sha256": "zz"}]),
        field="materials",
    )
    office.refuse(changed(apply, scope=[item(ELECTRICIAN, "9")]), field="scope")
    office.refuse(changed(apply, scope=[{"edition": "2022"}]), field="scope")
    office.refuse(
        {**apply, "data": {k: v for k, v in apply["data"].items() if k != "window"}}, field="window"
    )
    office.load(apply)


def test_the_district_route_needs_the_district(office):
    for kind in ("private", "foreign", "district"):
        code = uscc()
        way = way_of(code, kind=kind)
        office.mix(
            (way["EnterpriseRegistered"][0], True),
            (way["ApplicationSubmitted"][0], True),
            (way["ApplicationAccepted"][0], False),
            (way["DistrictOpinionGiven"][0], True),
            (way["ApplicationAccepted"][0], True),
        )


def test_the_municipal_route_has_no_district_opinion(office):
    code = uscc()
    way, opinion = way_of(code, kind="municipal"), way_of(code)["DistrictOpinionGiven"][0]
    office.mix(
        (way["EnterpriseRegistered"][0], True),
        (way["ApplicationSubmitted"][0], True),
        (opinion, False),
        (way["ApplicationAccepted"][0], True),
    )


def test_an_opinion_of_another_district_is_refused(office):
    code = uscc()
    way = way_of(code)
    opinion = way["DistrictOpinionGiven"][0]
    office.mix(
        (way["EnterpriseRegistered"][0], True),
        (way["ApplicationSubmitted"][0], True),
        (acted_by(changed(opinion, district="110105"), district("110105")), False),
        (acted_by(opinion, district("110105")), False),
        (changed(opinion, opinion="perhaps"), False),
        (opinion, True),
    )


def test_bda_is_a_district_authority(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), where="BDA"), session(code, COOK, "4", "2025-03-10")
    )
    assert [f["district"] for f in office.flags(code)] == ["BDA"]
    assert [
        r["uscc"] for r in office.items("/v1/roster", district="BDA", valid_at="2025-01-01", q=code)
    ] == [code]


def test_a_district_that_is_no_authority_is_refused(office):
    for where in ("999999", "PKX", "110302", ""):
        code = uscc()
        office.refuse(
            changed(way_of(code)["EnterpriseRegistered"][0], district=where), field="district"
        )


def test_nothing_happens_out_of_order(office):
    code = uscc()
    way = way_of(code, plans=())
    one = {t: v[0] for t, v in way.items()}
    order = [
        "EnterpriseRegistered",
        "ApplicationSubmitted",
        "DistrictOpinionGiven",
        "ApplicationAccepted",
        "ExpertsAssigned",
        "EvaluationScored",
        "EvaluationConcluded",
        "ApplicationConfirmed",
        "RosterPublished",
    ]
    pairs = []
    for n, step in enumerate(order):
        pairs += [(one[later], False) for later in order[n + 1 :]]
        pairs += [(x, True) for x in way[step]]
    office.mix(*pairs, (one["ReceiptIssued"], True))


def test_all_experts_must_have_scored(office):
    code = uscc()
    way = way_of(code)
    a, b, c = way["EvaluationScored"]
    office.mix(
        *[
            (way[t][0], True)
            for t in (
                "EnterpriseRegistered",
                "ApplicationSubmitted",
                "DistrictOpinionGiven",
                "ApplicationAccepted",
                "ExpertsAssigned",
            )
        ],
        (a, True),
        (b, True),
        (way["EvaluationConcluded"][0], False),
        (c, True),
        (way["EvaluationConcluded"][0], True),
    )


def test_an_expert_scores_only_on_the_own_sheet(office):
    code = uscc()
    way = way_of(code)
    a, b, _c = way["EvaluationScored"]
    stranger = {"account": "e9", "role": "expert", "organisation": "单位9"}
    office.load(*steps_until(way, "ExpertsAssigned"))
    office.mix(
        (acted_by(a, b["actor"]), False),
        (changed(acted_by(a, stranger), expert_id="e9"), False),
        (acted_by(a, CENTRE), False),
        (changed(a, scores={**a["data"]["scores"], "basics": -1}), False),
        (changed(a, scores={**a["data"]["scores"], "basics": "viel"}), False),
        (
            changed(a, scores={k: v for k, v in a["data"]["scores"].items() if k != "funding"}),
            False,
        ),
        (a, True),
        (changed(a, comment="again"), False),
    )


def test_a_score_is_revised_with_a_reason_only(office):
    code = uscc()
    way = way_of(code)
    a = way["EvaluationScored"][0]
    revise = {
        **changed(a, scores={**a["data"]["scores"], "basics": 12}),
        "type": "EvaluationScoreRevised",
    }
    office.load(*steps_until(way, "ExpertsAssigned"))
    office.mix(
        ({**revise, "reason": "复核"}, False),
        (a, True),
        (revise, False),
        ({**revise, "reason": ""}, False),
        ({**revise, "reason": "复核"}, True),
        *[(x, True) for x in way["EvaluationScored"][1:]],
        (way["EvaluationConcluded"][0], True),
        ({**revise, "reason": "再改"}, False),
    )


def test_a_conclusion_stays_within_what_was_applied_for(office):
    code = uscc()
    way = way_of(code)
    end = way["EvaluationConcluded"][0]
    office.load(*steps_until(way, "EvaluationScored"))
    office.mix(
        (changed(end, scope=[item(ELECTRICIAN, "4", "3")]), False),
        (changed(end, scope=[item(COOK, "4")]), False),
        (end, True),
        (changed(end, recommended=False), False),
    )


def test_a_confirmation_stays_within_what_was_recommended(office):
    code = uscc()
    way = way_of(code, item(ELECTRICIAN, "5", "4"))
    yes = way["ApplicationConfirmed"][0]
    office.load(*steps_until(way, "EvaluationConcluded"))
    office.mix(
        (changed(yes, scope=[item(ELECTRICIAN, "5", "4", "3")]), False),
        (changed(yes, scope=[item(COOK, "4")]), False),
        (changed(yes, scope=[item(ELECTRICIAN, "4")]), True),
        (
            line(
                "ApplicationRejected",
                "2024-06-21",
                BUREAU,
                application_id=f"app-{code[-8:]}",
                reason="x",
            ),
            False,
        ),
    )


def test_what_was_not_recommended_cannot_be_confirmed(office):
    code = uscc()
    way = way_of(code)
    office.load(
        *steps_until(way, "EvaluationScored"),
        changed(way["EvaluationConcluded"][0], recommended=False, scope=[]),
    )
    office.refuse(way["ApplicationConfirmed"][0])
    office.load(
        line(
            "ApplicationRejected",
            "2024-06-20",
            BUREAU,
            application_id=f"app-{code[-8:]}",
            reason="未获推荐",
        )
    )
    office.refuse(way["RosterPublished"][0])


def test_a_rejection_and_a_return_need_a_reason(office):
    code = uscc()
    way = way_of(code)
    app = f"app-{code[-8:]}"
    office.load(*steps_until(way, "DistrictOpinionGiven"))
    back = line("ApplicationReturned", "2024-05-25", CENTRE, application_id=app)
    office.mix(
        (back, False),
        ({**back, "reason": "材料不全"}, True),
        (way["ApplicationAccepted"][0], False),
        (way["ExpertsAssigned"][0], False),
    )
    code = uscc()
    way = way_of(code)
    office.load(*steps_until(way, "EvaluationConcluded"))
    no = line("ApplicationRejected", "2024-06-20", BUREAU, application_id=f"app-{code[-8:]}")
    office.mix(
        (no, False),
        (changed(no, reason="不符合条件"), True),
        (way["ApplicationConfirmed"][0], False),
    )


def test_a_barred_occupation_cannot_be_confirmed(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(granted(code, "2025-01-01", added=(item(GUARD, "4"),)))


def test_the_confirming_account_may_not_publish(office):
    code = uscc()
    way = way_of(code)
    office.load(*steps_until(way, "ApplicationConfirmed"))
    office.mix(
        (acted_by(way["RosterPublished"][0], BUREAU), False), (way["RosterPublished"][0], True)
    )


def test_a_publication_keeps_to_what_was_confirmed(office):
    code, other = uscc(), uscc()
    way = way_of(code)
    office.load(*steps_until(way, "ApplicationConfirmed"), way_of(other)["EnterpriseRegistered"][0])
    office.mix(
        (entry_of(way, scope=[item(ELECTRICIAN, "4", "3")]), False),
        (entry_of(way, scope=[item(COOK, "4")]), False),
        (entry_of(way, uscc=other), False),
        (entry_of(way, application_id="app-nothing"), False),
        (entry_of(way, valid_to="2027-07-02"), False),
        (entry_of(way, valid_to="2024-07-01"), False),
        (entry_of(way, valid_to="2023-07-01"), False),
        (entry_of(way), True),
    )


def test_one_bad_entry_refuses_the_whole_batch(office):
    a, b = uscc(), uscc()
    one, two = way_of(a), way_of(b)
    office.load(*steps_until(one, "ApplicationConfirmed"), *steps_until(two, "EvaluationConcluded"))
    both = changed(
        one["RosterPublished"][0],
        entries=[
            one["RosterPublished"][0]["data"]["entries"][0],
            two["RosterPublished"][0]["data"]["entries"][0],
        ],
    )
    office.refuse(both)
    assert [
        r
        for r in office.items("/v1/roster", q=a, valid_at="2025-01-01")
        if r["standing"] == "listed"
    ] == []
    office.load(*two["ApplicationConfirmed"], both)
    for code in (a, b):
        assert office.items("/v1/roster", q=code, valid_at="2025-01-01")[0]["standing"] == "listed"
        assert office.history(code, "EnterpriseListed"), code


def test_a_batch_is_published_once(office):
    a, b = uscc(), uscc()
    one, two = way_of(a), way_of(b)
    office.load(*steps_until(one, "RosterPublished"), *steps_until(two, "ApplicationConfirmed"))
    office.mix(
        (
            changed(two["RosterPublished"][0], batch=one["RosterPublished"][0]["data"]["batch"]),
            False,
        ),
        (two["RosterPublished"][0], True),
    )


def test_a_receipt_follows_a_confirmation_and_is_issued_once(office):
    code = uscc()
    way = way_of(code)
    receipt = way["ReceiptIssued"][0]
    office.mix(
        *[(x, True) for x in steps_until(way, "EvaluationConcluded")],
        (receipt, False),
        *[(x, True) for x in (*way["ApplicationConfirmed"], *way["RosterPublished"])],
        (receipt, True),
        (changed(receipt, receipt_no="R-other"), False),
    )
