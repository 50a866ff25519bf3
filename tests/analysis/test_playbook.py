from datetime import date, timedelta

import pandas as pd
import pytest

from crm_strategy.analysis.holdout_plan import holdout_size
from crm_strategy.analysis.loyalty_programme import loyalty_programme
from crm_strategy.analysis.playbook import contact_cost, playbook
from crm_strategy.analysis.win_back import win_back_offers
from tests.analysis.builders import orders, table
from tests.analysis.test_win_back import people, values

AS_OF = date(2026, 9, 30)
TERMS = {"discount": 0.1, "uplift": 0.1, "contact_cost": 1.0, "margin_rate": 0.5}


def plays(n, own, spend=100.0, recency=40, **terms):
    ids = [f"c{number}" for number in range(n)]
    found = playbook(
        people(*[(each, "lost", recency, 1.0) for each in ids]),
        values(*[(each, 1.0, 1 - own, spend, 1.0) for each in ids]),
        **{"as_of": AS_OF, "days": 92, "active_days": 100} | TERMS | terms,
    )
    return found.iloc[0] if len(found) else found


def test_cost_break_even_and_gain_worked_by_hand():
    # d = 10, m = 50, b = .2: 200 × (1 + .2 × 10) = 600; 3 / 40 = .075;
    # 200 × (.1 × .8 × 40 − 3) = 40. Half are lapsed 100 − 40 days from now.
    row = plays(200, 0.2)
    assert row["offer_cost"] == pytest.approx(600)
    assert row["break_even_uplift"] == pytest.approx(0.075)
    assert (row["gain"], row["verdict"]) == (pytest.approx(40), "pays")
    assert row["deadline"] == date(2026, 11, 29)


def test_the_gain_is_that_of_win_back_when_frequent_buyers_buy_for_more():
    who = people(("a", "lost", 40, 1.0), ("b", "lost", 40, 1.0))
    worth = values(("a", 1.0, 0.9, 20.0, 1.0), ("b", 1.0, 0.3, 300.0, 1.0))
    terms = {"as_of": AS_OF, "days": 92, "active_days": 100}
    found = playbook(who, worth, **terms | TERMS).iloc[0]
    offers = win_back_offers(who, worth, **TERMS).to_pandas()
    assert found["gain"] == pytest.approx(offers["gain"].sum())
    # 1 + .1 × 2 and 1 + .7 × 30 if nobody is moved.
    assert found["offer_cost"] == pytest.approx(23.2)


def test_the_hold_out_tells_the_larger_of_break_even_and_assumed_response():
    row = plays(5_000, 0.2)
    assert row["holdout_share"] == 0.1
    assert row["holdout_count"] == holdout_size(0.28, 0.08, share=0.1)
    assert pd.isna(plays(20, 0.2)["holdout_count"])


@pytest.mark.parametrize(
    ("own", "terms", "verdict", "cause"),
    [
        (0.2, {"uplift": 0.09}, "costs", "anyway"),  # .072 respond, .075 are needed
        (0.2, {"discount": 0.6}, "never", "margin"),  # the discount is more than the margin
        (0.2, {"margin_rate": -0.1}, "never", "margin"),  # orders bring none
        # .9 × 40 + 1 of 10: more than all who are left
        (0.9, {"discount": 0.4}, "never", "anyway"),
        # .098 respond and bring 40 each; .02 would have, but 5 are paid for contact.
        (0.02, {"contact_cost": 5.0}, "costs", "response"),
    ],
)
def test_an_offer_that_does_not_pay_is_called_so(own, terms, verdict, cause):
    row = plays(200, own, **terms)
    assert row["cause"] == cause
    assert (row["verdict"], row["gain"] < 0) == (verdict, True)
    assert pd.isna(row["break_even_uplift"]) == (verdict == "never")


@pytest.mark.parametrize(
    ("recency", "deadline"), [(500, date(2026, 10, 1)), (0, date(2026, 12, 31))]
)
def test_the_deadline_lies_in_the_days_ahead(recency, deadline):
    assert plays(20, 0.2, recency=recency)["deadline"] == deadline


def test_nobody_or_no_model_gives_no_play():
    assert playbook(
        people(("a", "lost", 1, 1.0)),
        values(("a", None, None, None, None)),
        **{"as_of": AS_OF, "days": 92, "active_days": 100} | TERMS,
    ).empty
    assert plays(0, 0.2).empty


def test_the_cost_of_contact_is_stated_else_that_of_the_cheapest_channel():
    terms = pd.DataFrame({"channel": ["a", "b", "c"], "per_touch": [0.5, None, 0.02]})
    assert contact_cost(terms) == 0.02
    assert contact_cost(terms, stated=0.0) == 0.0
    assert contact_cost(terms.assign(per_touch=[0.0, None, None])) is None


def programme(**terms):
    tiers = table(
        {"customer_id": "string", "segment": "string"},
        [
            {"customer_id": name, "segment": tier}
            for name, tier in (("a", "gold"), ("b", "other"), ("c", "other"))
        ],
    )
    bought = orders(
        ("a", "2026-01-01", 800), ("a", "2026-02-01", -100), ("b", "2026-03-01", 300),
        ("b", "2024-01-01", 999), (None, "2026-03-01", 50),
    )  # fmt: skip
    terms = {"points_share": 0.04, "used_share": 0.5, "margin_rate": 0.42} | terms
    found = loyalty_programme(tiers, bought, as_of=AS_OF, order=["gold"], **terms)
    return found.set_index("tier")


def test_points_and_break_even_worked_by_hand():
    # 2 % of 700 and 300; points alone pay from .02 / (.42 − .02) more purchases on.
    found = programme()
    assert found["points_cost"].to_dict() == pytest.approx({"gold": 14, "other": 6})
    assert found["break_even_uplift"].tolist() == pytest.approx([0.05, 0.05])
    assert found[["customer_count", "order_count"]].to_numpy().tolist() == [[1, 1], [2, 1]]
    # 10 a month are 120 a year: 84 and 36.
    running = programme(monthly=10)
    assert running["running_cost"].tolist() == pytest.approx([84, 36])
    assert running.loc["gold", "break_even_uplift"] == pytest.approx((14 + 84) / (700 * 0.4))


def test_of_less_than_a_year_the_running_cost_is_that_of_the_days_known():
    first = AS_OF - timedelta(days=72)
    found = programme(first_day=first, monthly=10)
    assert set(found["days"]) == {73}
    # A fifth of a year, 24 of 120: by revenue 700 to 300, whatever the days.
    assert found["running_cost"].sum() == pytest.approx(24)
    # A year need not begin with an order.
    assert set(programme(first_day=AS_OF - timedelta(days=360))["days"]) == {365}


def test_points_that_take_the_whole_margin_never_pay():
    assert programme(margin_rate=0.02)["break_even_uplift"].isna().all()
