"""On the roster on the day, and what changes that: S7 and the acts of the bureau."""

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    HEBEI,
    SUPERVISOR,
    acted_by,
    district,
    granted,
    item,
    line,
    listed,
    registered,
    renewed,
    reporter,
    session,
    suspended,
    uscc,
    way_of,
)


def test_before_the_first_day_is_s7_and_on_it_not(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), session(code, ELECTRICIAN, "4", "2024-07-01")
    )
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2024-06-30"))
    assert office.breaches(code) == ["S7"]


def test_s7_silences_s1_s2_and_s8(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), receipt=False, plans=()),
        session(code, COOK, "4", "2024-06-01"),
        session(code, ELECTRICIAN, "1", "2024-06-02"),
    )
    assert office.breaches(code) == ["S7", "S7"]
    assert {f["code"] for f in office.flags(code)} == {"S7"}


def test_s7_does_not_silence_the_others(office):
    code = uscc()
    office.load(
        registered(code, on="2024-05-01"),
        session(
            code,
            ELECTRICIAN,
            "4",
            "2025-03-10",
            method="own",
            candidates={"other": 1},
            venue=HEBEI,
            unit=uscc(),
        ),
    )
    assert office.breaches(code) == ["G1", "S5", "S6", "S7", "S9"]


def test_a_suspension_counts_from_its_day_to_the_day_of_reinstatement(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        suspended(code, "2025-03-10"),
        line("ListingReinstated", "2025-04-10", BUREAU, uscc=code, basis="整改合格"),
    )
    office.load(*[session(code, ELECTRICIAN, "4", d) for d in ("2025-03-09", "2025-04-10")])
    assert office.breaches(code) == []
    office.load(*[session(code, ELECTRICIAN, "4", d) for d in ("2025-03-10", "2025-04-09")])
    assert office.breaches(code) == ["S7", "S7"]


def test_a_suspension_until_a_day_ends_by_itself(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), suspended(code, "2025-03-10", until="2025-04-10")
    )
    office.load(session(code, ELECTRICIAN, "4", "2025-04-10"))
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-04-09"))
    assert office.breaches(code) == ["S7"]

    def standing(day):
        return office.items("/v1/roster", valid_at=day, q=code)[0]["standing"]

    assert [standing(d) for d in ("2025-03-09", "2025-03-10", "2025-04-09", "2025-04-10")] == [
        "listed",
        "suspended",
        "suspended",
        "listed",
    ]


def test_a_removal_counts_from_its_day_on(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        line("ListingRemoved", "2025-03-10", BUREAU, uscc=code, basis="严重违规"),
        session(code, ELECTRICIAN, "4", "2025-03-09"),
    )
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    assert office.breaches(code) == ["S7"]
    assert office.items("/v1/roster", valid_at="2025-03-10", q=code)[0]["standing"] == "removed"


def test_a_renewal_continues_without_a_gap(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), until="2026-03-10"),
        renewed(code, "2026-02-20", "2026-03-10", "2029-03-10"),
        *[session(code, ELECTRICIAN, "4", d) for d in ("2026-03-09", "2026-03-10", "2026-06-10")],
    )
    assert office.breaches(code) == []
    (row,) = office.items("/v1/roster", valid_at="2026-06-10", q=code)
    assert row["standing"] == "listed", row
    assert row["valid_to"] == "2029-03-10", row


def test_a_renewal_with_a_gap_leaves_the_gap_expired(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), until="2026-03-01"),
        renewed(code, "2026-03-20", "2026-04-01", "2029-04-01"),
        session(code, ELECTRICIAN, "4", "2026-04-01"),
    )
    assert office.breaches(code) == []
    office.load(
        session(code, ELECTRICIAN, "4", "2026-03-31"), session(code, ELECTRICIAN, "4", "2026-03-01")
    )
    assert office.breaches(code) == ["S7", "S7"]
    assert office.items("/v1/roster", valid_at="2026-03-15", q=code)[0]["standing"] == "expired"


def test_a_renewal_may_bring_another_scope(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), until="2026-03-10"),
        renewed(code, "2026-02-20", "2026-03-10", "2029-03-10", scope=[item(COOK, "4")]),
        session(code, ELECTRICIAN, "4", "2026-03-09"),
        session(code, COOK, "4", "2026-03-10"),
    )
    assert office.breaches(code) == []
    office.load(
        session(code, COOK, "4", "2026-03-09"), session(code, ELECTRICIAN, "4", "2026-03-10")
    )
    assert office.breaches(code) == ["S1", "S1"]


def test_a_suspension_learnt_late_raises_s7_that_nobody_knew(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), session(code, ELECTRICIAN, "3", "2025-03-10")
    )
    then = office.position()
    assert office.breaches(code) == ["S2"]
    office.load(suspended(code, "2025-03-01"))
    assert office.breaches(code) == ["S7"]
    assert office.breaches(code, position=then) == ["S2"]
    assert [f["code"] for f in office.flags(code, case="now_not_then")] == ["S7"]


def test_a_standing_is_changed_by_the_bureau_only_and_in_order(office):
    code = uscc()

    def act(type_, day, actor=BUREAU, **more):
        return line(type_, day, actor, **({"uscc": code, "basis": "依据"} | more))

    none = [
        (x, False)
        for x in (
            act("ListingSuspended", "2025-01-01"),
            act("ListingRemoved", "2025-01-01"),
            act("ListingReinstated", "2025-01-01"),
            act("ScopeChanged", "2025-01-01", added=[item(COOK, "4")], removed=[]),
            renewed(code, "2025-01-01", "2027-07-01", "2030-07-01"),
        )
    ]
    way = way_of(code)
    office.load(way["EnterpriseRegistered"][0])
    office.mix(*none)
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    wrong = [CENTRE, SUPERVISOR, ANALYST, reporter(code), district("110108")]
    office.mix(
        *[(act("ListingSuspended", "2025-01-01", a), False) for a in wrong],
        *[
            (act("ScopeChanged", "2025-01-01", a, added=[item(COOK, "4")], removed=[]), False)
            for a in wrong
        ],
        (act("ListingSuspended", "2025-01-02", basis=""), False),
        (act("ListingSuspended", "2025-01-02", until="2025-01-01"), False),
        (act("ListingSuspended", "2025-01-02"), True),
        (act("ListingReinstated", "2025-02-01"), True),
        (act("ListingRemoved", "2025-03-01"), True),
        (act("ListingSuspended", "2025-03-03", basis="再来"), False),
        (act("ListingReinstated", "2025-03-04", basis="再来"), False),
        (act("ScopeChanged", "2025-03-05", added=[item(COOK, "4")], removed=[]), False),
    )


def test_a_renewal_is_at_most_three_years(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4"), until="2026-03-10"))
    office.mix(
        (renewed(code, "2026-02-20", "2026-03-10", "2029-03-11"), False),
        (renewed(code, "2026-02-20", "2026-03-10", "2026-03-10"), False),
        (acted_by(renewed(code, "2026-02-20", "2026-03-10", "2029-03-10"), CENTRE), False),
        (renewed(code, "2026-02-20", "2026-03-10", "2029-03-10"), True),
    )


def test_a_scope_change_of_nothing_known_is_refused(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(
        granted(code, "2025-01-01", added=(item(ELECTRICIAN, "九"),)),
        line(
            "ScopeChanged",
            "2025-01-01",
            BUREAU,
            uscc=uscc(),
            added=[item(COOK, "4")],
            removed=[],
            basis="x",
        ),
        granted(code, "2028-01-01", added=(item(COOK, "4"),)),
    )
