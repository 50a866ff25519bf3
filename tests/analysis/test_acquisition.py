from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.acquisition import COLUMNS, acquisition, new_customers
from tests.analysis.builders import orders, records, table, touches

START, END = date(2026, 7, 1), date(2026, 9, 30)
ORDERS = (
    ("old", "2026-05-01", 100),
    ("old", "2026-08-05", 60),
    ("a", "2026-07-05", 100),
    ("a", "2026-07-09", -20),
    ("b", "2026-08-05", 40),
    ("c", "2026-08-06", 60),
    ("d", "2026-08-07", 30),
    ("e", "2026-10-07", 30),
)
TOUCHES = (
    ("b", "2026-08-01", "social"),
    ("b", "2026-07-01 10:00", "search"),
    ("b", "2026-07-01 10:00", "social"),
    ("c", "2026-08-07", "sms"),
)


def customers(*rows):
    return table(
        {"customer_id": "string", "source_channel": "string"},
        [{"customer_id": name, "source_channel": source} for name, source in rows],
    )


def won(people=(("a", "search"), ("b", None), ("old", "search"))):
    return new_customers(
        orders(*ORDERS), customers(*people), touches(*TOUCHES), start=START, end=END
    )


def values(**expected):
    return ibis.memtable(
        pd.DataFrame({"customer_id": list(expected), "expected_value": list(expected.values())})
    )


def costs(**known):
    return pd.DataFrame({"channel": list(known), "cost": list(known.values())})


def test_the_source_counts_else_the_first_touch_before_the_first_order():
    found = won().order_by("customer_id")
    # b has no source: of two touches of one moment the first by name. c was touched too late.
    assert records(found, "customer_id", "channel", "revenue") == [
        ("a", "search", 80.0),
        ("b", "search", 40.0),
        ("c", None, 60.0),
        ("d", None, 30.0),
    ]


def test_customers_without_a_source_column_take_the_first_touch():
    found = won(()).order_by("customer_id")
    assert records(found, "channel") == [(None,), ("search",), (None,), (None,)]


def test_cost_worth_and_payback_worked_by_hand():
    found = acquisition(
        won(),
        values(a=40.0, b=60.0, c=10.0, d=10.0),
        costs(search=200.0, social=50.0),
        margin_rate=0.5,
    )
    assert list(found.columns) == list(COLUMNS)
    search = found.set_index("channel").loc["search"]
    # a: 80 × 0.5 + 40 = 80; b: 40 × 0.5 + 60 = 80; CAC 200 / 2.
    assert (search["cac"], search["ltv"], search["ltv_to_cac"]) == (100, 80, 0.8)
    # 30 came in the period; the other 70 at 50 a year.
    assert (search["earned_so_far"], search["expected_value"]) == (30, 50)
    assert np.isnan(search["payback_months"])
    # Of equal customers no interval is known, so there is no verdict that could turn.
    assert search[["stop_margin", "scale_margin"]].isna().all()
    cheap = acquisition(won(), values(a=40.0, b=60.0), costs(search=100.0), margin_rate=0.5)
    # 20 more at 50 / 12 a month (365.25 / 12 days).
    months = 20 / (50 * 365.25 / 12 / 365)
    assert cheap.set_index("channel").loc["search", "payback_months"] == pytest.approx(months)


def acquired(cost, worths, **more):
    names = [f"n{at}" for at in range(len(worths))]
    people = ibis.memtable(
        pd.DataFrame({"customer_id": names, "channel": "ads", "revenue": [20.0] * len(names)})
    )
    expected = values(**dict(zip(names, worths, strict=True)))
    return acquisition(people, expected, costs(ads=cost), **({"margin_rate": 0.5} | more))


def verdict(cost, worths, **more):
    return acquired(cost, worths, **more).loc[0, "verdict"]


@pytest.mark.parametrize("cost", [300.0, 1000.0, 3000.0])
def test_the_verdict_turns_at_the_margins_that_are_told(cost):
    many = [float(20 + at % 5) for at in range(50)]
    told = acquired(cost, many).loc[0]
    for name, below, above in (("stop_margin", "stop", "hold"), ("scale_margin", "hold", "scale")):
        for factor, expected in ((0.999, below), (1.001, above)):
            rate = told[name] * factor
            worths = [worth * rate / 0.5 for worth in many]
            assert verdict(cost, worths, margin_rate=rate) == expected, (name, factor)


def test_verdicts_weigh_the_interval_against_the_cost():
    many = [float(20 + at % 5) for at in range(50)]
    # Mean worth 32 each: 50 customers for 2,000 cost 40, for 500 cost 10, for 1,000 cost 20.
    assert verdict(2000.0, many) == "stop"
    assert verdict(500.0, many) == "scale"
    assert verdict(1000.0, many) == "hold"
    assert verdict(np.nan, many) == "no_cost"
    assert verdict(1000.0, many, margin_rate=None) == "no_value"
    assert verdict(1000.0, [None, *many]) == "no_value"


def test_a_missing_cost_is_never_zero():
    found = acquisition(won(), values(a=1.0, b=1.0), costs(search=np.nan), margin_rate=0.5)
    assert found["cost"].isna().all()
    assert found["cac"].isna().all()
    assert set(found["verdict"]) == {"no_cost"}
    assert found["channel"].tolist() == ["search", None]


def test_nobody_new_gives_no_rows():
    nobody = new_customers(orders(), customers(), touches(), start=START, end=END)
    found = acquisition(nobody, values(a=1.0), costs(search=1.0))
    assert list(found.columns) == list(COLUMNS)
    assert found.empty
