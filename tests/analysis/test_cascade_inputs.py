"""Who may be written to, and how often a message is answered: the inputs of a cascade."""

from datetime import date

import pandas as pd
import pytest
from ibis import _

from crm_strategy.analysis.cascade_rates import response_rates
from crm_strategy.analysis.cascade_reach import audiences, reachable_customers
from crm_strategy.analysis.cascades import cascade_plan, cascades
from tests.analysis.builders import at, orders, records, table, touches

AS_OF = date(2026, 9, 30)
CONSENTS = {
    "customer_id": "string",
    "channel": "string",
    "purpose": "string",
    "granted_at": "timestamp(6)",
    "withdrawn_at": "timestamp(6)",
}


def consents(*rows):
    """Consents as (customer, channel, granted, withdrawn), or with a purpose behind."""
    return table(
        CONSENTS,
        [
            {
                "customer_id": row[0],
                "channel": row[1],
                "granted_at": row[2] and at(row[2]),
                "withdrawn_at": row[3] and at(row[3]),
                "purpose": row[4] if len(row) > 4 else None,
            }
            for row in rows
        ],
    )


def members(**segments):
    """Members as segment=customers."""
    rows = [
        {"customer_id": each, "segment": segment}
        for segment, customers in segments.items()
        for each in customers
    ]
    return table({"customer_id": "string", "segment": "string"}, rows)


def steps(*rows):
    """Steps as (channel, stop on, days to wait) of one scenario for those at risk."""
    return pd.DataFrame(
        [
            {
                "scenario": "comeback",
                "segment": "at_risk",
                "step": number,
                "channel": channel,
                "wait_days": wait,
                "stop_on": stop,
            }
            for number, (channel, stop, wait) in enumerate(rows, start=1)
        ],
        columns=["scenario", "segment", "step", "channel", "wait_days", "stop_on"],
    )


def test_only_consents_that_hold_count() -> None:
    given = consents(
        ("held", "sms", "2026-01-01", None),
        ("undated", "sms", None, None),
        ("later", "sms", "2026-10-01", None),
        ("withdrawn", "sms", "2026-01-01", "2026-05-01"),
        ("to come", "sms", "2026-01-01", "2026-10-01"),
        ("again", "sms", "2026-06-01", "2026-05-01"),
        ("one of two", "sms", "2026-01-01", None, "news"),
        ("one of two", "sms", "2026-01-01", "2026-05-01", "offers"),
    )
    found = reachable_customers(touches(), given, as_of=AS_OF, consented=True)
    assert sorted(records(found)) == [
        (each, "sms") for each in ("again", "held", "to come", "undated")
    ]


def test_without_consents_those_count_whose_last_contact_did_not_fail() -> None:
    sent = touches(
        ("well", "2026-05-01", "sms", None, "delivered"),
        ("bounced", "2026-05-01", "sms", None, "bounced"),
        ("mended", "2026-05-01", "sms", None, "bounced"),
        ("mended", "2026-06-01", "sms", None, None),
        ("refused", "2026-05-01", "sms", None, "clicked"),
        ("refused", "2026-06-01", "sms", None, "unsubscribed"),
        ("later", "2026-10-01", "sms", None, "delivered"),
    )
    found = reachable_customers(sent, consents(), as_of=AS_OF, consented=False)
    assert sorted(records(found)) == [("mended", "sms"), ("well", "sms")]


def test_customers_are_grouped_by_the_channels_that_reach_them() -> None:
    given = consents(("a", "email", None, None), ("a", "sms", None, None), ("b", "sms", None, None))
    reachable = reachable_customers(touches(), given, as_of=AS_OF, consented=True)
    people = members(at_risk=["a", "b", "c"], new=["d"], other=["a", "b", "c", "d"])
    found = audiences(
        people, reachable, {"x": ("at_risk", ["email", "sms"]), "y": ("all", ["sms"])}
    )
    assert found["x"].holds.tolist() == [[False, False], [False, True], [True, True]]
    assert found["x"].sizes.tolist() == [1, 1, 1]
    assert found["x"].reachable.tolist() == [1, 2]
    assert found["y"].sizes.sum() == 4


def many(count, action, *, channel="email", customers=None, day="2026-09-01"):
    return [(f"c{n % (customers or count)}", day, channel, "t", action) for n in range(count)]


def rate_of(sent, *, stop_on=None, placed=(), people=None, wait=0):
    in_segment = members(at_risk=["c0"]) if people is None else people
    found = response_rates(
        steps(("email", stop_on, wait)), touches(*sent), orders(*placed), in_segment, as_of=AS_OF
    )
    return found.iloc[0]


def test_the_rate_is_of_contacts_and_its_interval_of_customers() -> None:
    sent = [*many(150, "delivered", customers=50), *many(50, "opened")]
    found = rate_of(sent, stop_on="opened")
    assert found["rate"] == pytest.approx(0.25)
    assert (found["n"], found["contact_count"], found["response_count"]) == (50, 200, 50)
    # Wilson's interval of 12.5 of 50.
    assert (found["rate_low"], found["rate_high"]) == pytest.approx((0.1508, 0.3849), abs=5e-5)
    assert found["rate_basis"] == "channel"


def test_who_clicked_has_opened_but_who_opened_has_not_clicked() -> None:
    sent = [*many(80, "delivered"), *many(15, "opened"), *many(5, "clicked")]
    assert rate_of(sent, stop_on="opened")["rate"] == pytest.approx(0.2)
    assert rate_of(sent, stop_on="clicked")["rate"] == pytest.approx(0.05)
    assert rate_of(sent)["rate"] == pytest.approx(0.2)


def test_an_order_ends_a_cascade_when_it_comes_within_the_wait() -> None:
    sent = many(10, "delivered")
    placed = [("c0", "2026-09-03", 50), ("c1", "2026-09-20", 50)]
    assert rate_of(sent, stop_on="ordered", placed=placed, wait=4)["rate"] == pytest.approx(0.1)
    assert rate_of(sent, stop_on="ordered", placed=placed)["rate"] == pytest.approx(0.2)


def test_a_segment_has_a_rate_of_its_own_where_enough_of_it_were_asked_and_answered() -> None:
    sent = [*many(300, "delivered"), *many(60, "opened")]
    large = rate_of(sent, people=members(at_risk=[f"c{n}" for n in range(120)]))
    assert (large["rate_basis"], large["n"]) == ("segment", 120)
    assert large["rate"] == pytest.approx(60 / 180)
    few = rate_of(sent, people=members(at_risk=[f"c{n}" for n in range(55, 165)]))
    assert (few["rate_basis"], few["n"]) == ("channel", 300)


@pytest.mark.parametrize(
    ("sent", "basis"),
    [
        ([], "no_contacts"),
        (many(50, "delivered"), "not_recorded"),
        (many(50, None), "not_recorded"),
        (many(50, "clicked"), "only_answers"),
        (many(50, "opened", day="2024-01-01"), "no_contacts"),
    ],
)
def test_without_contacts_with_and_without_an_answer_there_is_no_rate(sent, basis) -> None:
    found = rate_of(sent)
    assert pd.isna([found["rate"], found["rate_low"], found["rate_high"]]).all()
    assert found["rate_basis"] == basis


def test_rows_of_one_touch_are_one_contact() -> None:
    sent = touches(*many(10, "delivered"), *many(4, "opened")).mutate(touch_id=_.customer_id)
    found = response_rates(
        steps(("email", "opened", 0)), sent, orders(), members(at_risk=["c0"]), as_of=AS_OF
    )
    assert found["contact_count"].iloc[0] == 10
    assert found["rate"].iloc[0] == pytest.approx(0.4)


def test_a_plan_says_what_is_known_of_consent_and_price() -> None:
    terms = pd.DataFrame({"channel": ["email"], "per_touch": [0.01]})
    sent = touches(*many(90, "delivered"), *many(10, "opened"))
    given = consents(*((f"c{n}", "email", None, None) for n in range(20)))
    asked = steps(("email", "opened", 2), ("fax", None, 0))
    people = members(at_risk=[f"c{n}" for n in range(30)])
    plan = cascade_plan(asked, people, sent, orders(), given, terms, as_of=AS_OF)
    found = cascades(plan)
    assert list(found["consent"]) == ["recorded", "none_recorded"]
    assert records(found, "reach", "cost", "rate_basis") == [
        (20, pytest.approx(0.2), "channel"),
        (0, 0, "no_contacts"),
    ]
    assumed = cascade_plan(asked, people, sent, orders(), consents(), terms, as_of=AS_OF)
    assert list(assumed.steps["consent"]) == ["assumed", "assumed"]
    assert list(cascades(assumed)["reach"]) == [30, 0]


def test_no_scenario_and_no_data_make_empty_tables() -> None:
    terms = pd.DataFrame({"channel": [], "per_touch": []})
    for asked in (steps(), steps(("email", None, 0))):
        plan = cascade_plan(asked, members(), touches(), orders(), consents(), terms, as_of=AS_OF)
        assert len(cascades(plan)) == len(asked)
        assert set(cascades(plan)["reach"]) <= {0}
