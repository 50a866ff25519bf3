import math
from datetime import date

import pandas as pd
import pytest
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    samplesize_proportions_2indep_onetail,
)

from crm_strategy.analysis.holdout_plan import (
    COLUMNS,
    REACHED,
    holdout_plan,
    holdout_size,
    reached_customers,
)
from tests.analysis.builders import orders, touches

QUARTER = {"start": date(2026, 7, 1), "end": date(2026, 9, 29)}
"""Thirteen weeks."""


def single(*rows):
    return pd.DataFrame(list(rows), columns=["channel", "verdict", "cost_saved", "margin_lost"])


def reached(*rows):
    """All of them sent to, where a row has no number of its own."""
    full = [row if len(row) == len(REACHED) else (*row, row[1]) for row in rows]
    return pd.DataFrame(full, columns=list(REACHED))


def test_sample_size_matches_r_power_prop_test():
    # methods.md: 5 % → 6 % at 80 % needs 8,158 in each group; .50 vs .75 at 90 % 76.7.
    assert holdout_size(0.06, 0.01, share=0.5) == 8158
    assert holdout_size(0.75, 0.25, share=0.5, power=0.9) == 77


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_sample_size_equals_statsmodels_and_reaches_its_power(share):
    ratio = (1 - share) / share
    size = holdout_size(0.2, 0.05, share=share)
    assert size == math.ceil(samplesize_proportions_2indep_onetail(-0.05, 0.2, 0.8, ratio=ratio))
    power = power_proportions_2indep(-0.05, 0.2, size, ratio=ratio).power
    assert power == pytest.approx(0.8, abs=0.01)


def test_a_plan_worked_by_hand():
    # In 13 weeks 40 % order, 20 % soon after a touch. Break-even at 50 of 200: at 5 points.
    found = holdout_plan(
        single(("email", "test", 50.0, 200.0)), reached(("email", 12_000, 2400, 4800)), **QUARTER
    )
    assert list(found.columns) == list(COLUMNS)
    row = found.iloc[0]
    assert (row["verdict"], row["holdout_share"]) == ("ready", 0.1)
    assert row["rate"] == pytest.approx(1 - 0.6 ** (row["weeks"] / 13))
    assert row["break_even_drop"] == pytest.approx((1 - 0.8 ** (row["weeks"] / 13)) / 4)
    assert row["holdout_count"] == holdout_size(row["rate"], row["break_even_drop"], share=0.1)
    assert row["holdout_count"] <= 1200
    # One week less would not be enough.
    before, soon = (1 - kept ** ((row["weeks"] - 1) / 13) for kept in (0.6, 0.8))
    assert holdout_size(before, soon / 4, share=0.1) > 1200
    assert row["contacted_count"] == pytest.approx(9 * row["holdout_count"], abs=1)


def test_what_may_go_is_tested_before_what_pays_and_what_has_no_plan_last():
    found = holdout_plan(
        single(
            ("email", "keep", 900.0, 2000.0),
            ("call", "switch_off", 500.0, 100.0),
            ("sms", "test", 100.0, 150.0),
            ("push", "test", 10.0, 1000.0),
            ("ads", "test", 100.0, 150.0),
            ("tv", "left_on", 100.0, None),
            ("fax", "test", 100.0, 150.0),
        ),
        reached(
            *((name, 3000, 900, 1000) for name in ("email", "call", "sms", "push", "ads")),
            ("fax", 3000, 0, 100),
        ),
        pd.DataFrame({"channel": ["ads", "email"], "kind": ["paid", "owned"]}),
        **QUARTER,
    )
    assert found[["channel", "verdict"]].to_numpy().tolist() == [
        ["call", "cannot_pay"],
        ["sms", "ready"],
        ["email", "ready"],
        ["ads", "not_random"],
        ["fax", "no_rate"],
        ["push", "too_few"],
    ]
    # Calls cost five times what the 30 % who order after one bring; 33 % order at all.
    call = found.iloc[0]
    assert (call["rate"], call["break_even_drop"]) == pytest.approx((1 / 3, 1.5))
    assert pd.isna(call["weeks"])


def test_the_test_counts_every_order_of_the_customers_reached():
    # a ordered 11 days after a mail, b before any and again too late to count as its answer,
    # c was never reached, d never ordered.
    sent = touches(
        *(("a", "2026-07-05", "email"), ("b", "2026-07-20", "email"), ("d", "2026-07-20", "email")),
        *(("a", "2026-06-30", "call"), ("b", "2026-10-01", "call"), (None, "2026-07-05", "email")),
    )
    placed = orders(
        *(("a", "2026-07-16", 5), ("b", "2026-07-02", 5), ("b", "2026-09-20", 5)),
        *(("c", "2026-07-02", 5), ("d", "2026-07-25", -5)),
    )
    found = reached_customers(sent, placed, **QUARTER, conversion_days=30)
    assert found[list(REACHED[:4])].to_numpy().tolist() == [["email", 3, 1, 2]]
    assert found["sent_count"].isna().all()
    none = reached_customers(touches(), placed, **QUARTER, conversion_days=30)
    assert none.empty
    assert list(none.columns) == list(REACHED)


@pytest.mark.parametrize(("cost", "verdict"), [(199.0, "ready"), (220.0, "cannot_pay")])
def test_a_drop_of_more_than_all_who_order_is_no_break_even(cost, verdict):
    # 10 % order after a touch, 20 % at all (19.2 to 20.8 as far as chance goes): twice the
    # margin at risk is the most that can go.
    found = holdout_plan(
        single(("call", "test", cost, 100.0)), reached(("call", 9000, 900, 1800)), **QUARTER
    )
    row = found.iloc[0]
    assert row["verdict"] == verdict
    assert (row["break_even_drop"] <= row["rate"]) == (verdict == "ready")


def test_only_what_the_client_sends_can_be_withheld_by_lot():
    # A shop is visited, a call is made; what a mail without an action was, nobody knows.
    rows = [
        ("a", "2026-07-05", "shop", None, "visited"),
        ("b", "2026-07-06", "shop", None, "visited"),
    ]
    rows += [("a", "2026-07-05", "call", None, "called"), ("b", "2026-07-05", "call", None, None)]
    rows += [("a", "2026-07-05", "email", None, None)]
    placed = orders(("a", "2026-07-16", 5))
    sent = touches(*rows)
    counted = reached_customers(sent, placed, **QUARTER, conversion_days=30)
    assert counted.set_index("channel")["sent_count"].to_dict() == pytest.approx(
        {"call": 1, "email": float("nan"), "shop": 0}, nan_ok=True
    )
    found = holdout_plan(
        single(*((name, "test", 50.0, 200.0) for name in ("shop", "call", "email"))),
        reached(
            ("shop", 12_000, 2400, 4800, 0),
            ("call", 12_000, 2400, 4800, 12_000),
            ("email", 12_000, 2400, 4800, None),
        ),
        pd.DataFrame({"channel": ["shop", "call"], "kind": ["owned", "owned"]}),
        **QUARTER,
    ).set_index("channel")
    assert found["verdict"].to_dict() == {
        "shop": "not_random", "call": "ready", "email": "ready",
    }  # fmt: skip
    assert found["is_sent"].to_dict() == {"shop": False, "call": True, "email": None}


def test_the_rate_of_a_plan_comes_with_its_interval():
    found = holdout_plan(
        single(("email", "test", 50.0, 200.0)), reached(("email", 12_000, 2400, 4800)), **QUARTER
    ).iloc[0]
    low, high = (1 - (1 - end) ** (found["weeks"] / 13) for end in (0.39126, 0.40880))
    assert (found["rate_low"], found["rate_high"]) == pytest.approx((low, high), abs=1e-5)


def test_few_customers_take_longer_and_half_of_them():
    found = holdout_plan(
        single(("sms", "test", 60.0, 100.0)), reached(("sms", 90, 27, 30)), **QUARTER
    )
    row = found.iloc[0]
    assert (row["verdict"], row["holdout_share"]) == ("ready", 0.5)
    assert row["weeks"] > 13


def test_nothing_judged_gives_an_empty_plan():
    found = holdout_plan(single(), reached(), **QUARTER)
    assert list(found.columns) == list(COLUMNS)
    assert found.empty
