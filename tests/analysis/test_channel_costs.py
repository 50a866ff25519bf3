from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.channel_costs import COLUMNS, channel_costs
from crm_strategy.analysis.kpis import kpi_actuals, kpi_history
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, orders, records, surveys, touches

Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))

ORDERS = (
    ("a", "2026-05-01", 100),
    ("a", "2026-08-05", 60),
    ("b", "2026-08-05", 40),
    ("c", "2026-08-05", 30),
)
TOUCHES = (
    ("a", "2026-08-01", "email"),
    ("b", "2026-08-01", "email"),
    ("b", "2026-08-04", "sms"),
    ("d", "2026-08-04", "sms"),
    ("d", "2026-08-05", "call"),
)
COSTS = (("email", Q3.start, Q3.end, 20.0), ("ads", Q3.start, Q3.end, 10.0))
TERMS = pd.DataFrame({"channel": ["sms"], "per_touch": [1.0], "monthly": [2.0]})


def channels(order_rows=ORDERS, touch_rows=TOUCHES, cost_rows=COSTS, terms=TERMS, **more):
    return channel_costs(
        costs(*cost_rows),
        touches(*touch_rows),
        orders(*order_rows),
        terms,
        start=Q3.start,
        end=Q3.end,
        **more,
    )


def test_costs_credit_and_return_worked_by_hand():
    found = channels(margin_rate=0.5)
    assert list(found.columns) == list(COLUMNS)
    # email: a's order, no new customer; sms: b's first order, 2 touches and 3 months of 2.
    assert records(found, *COLUMNS[:10]) == [
        ("ads", 10.0, None, None, None, None, None, None, None, None),
        ("call", None, 1, 0, 0, 0.0, None, None, None, 0.0),
        ("email", 20.0, 2, 0, 1, 60.0, None, 20.0, (30 - 20) / 20, 30.0),
        ("sms", 8.0, 2, 1, 1, 40.0, 8.0, 8.0, (20 - 8) / 8, 20.0),
    ]
    assert records(found, *COLUMNS[10:]) == [
        (None, "file", "margin_rate"),
        (1, None, "margin_rate"),
        (2, "file", "margin_rate"),
        (2, "params", "margin_rate"),
    ]
    behind = channels(customers=5)["ordering_customers"]
    assert [None if each != each else float(each) for each in behind] == [None, None, 1, 1]


def test_without_a_margin_return_is_on_revenue_and_says_so():
    found = channels().set_index("channel")
    assert found.loc["email", "roi"] == (60 - 20) / 20
    assert found["roi_basis"].unique().tolist() == ["revenue"]


def test_known_costs_of_goods_come_before_the_rate():
    rows = (("a", "2026-08-05", 60, 15), ("b", "2026-08-05", 40, 10), ("c", "2026-08-05", 30))
    found = channels(order_rows=rows, margin_rate=0.1).set_index("channel")
    assert found.loc["email", "margin"] == 45
    assert found["roi_basis"].unique().tolist() == ["margin"]


def test_costs_of_a_few_orders_do_not_speak_for_the_rest():
    rows = (("a", "2026-08-05", 60, 15), ("b", "2026-08-05", 40), ("c", "2026-08-05", 30))
    found = channels(order_rows=rows, margin_rate=0.1).set_index("channel")
    assert found.loc["email", "margin"] == 45
    assert found.loc["sms", "margin"] == pytest.approx(4)
    assert found["roi_basis"].unique().tolist() == ["margin_rate"]


def test_without_touches_costs_stand_alone():
    found = channels(touch_rows=())
    assert records(found, *COLUMNS[:5]) == [
        ("ads", 10.0, None, None, None),
        ("email", 20.0, None, None, None),
    ]


def test_without_costs_nothing_is_free():
    found = channels(cost_rows=(), terms=None)
    assert found["cost"].isna().all()
    assert found["roi"].isna().all()
    assert found["order_count"].tolist() == [0, 1, 1]


def test_no_data_give_no_channels():
    assert len(channels(order_rows=(), touch_rows=(), cost_rows=(), terms=None)) == 0


def test_channels_add_up_to_the_kpis():
    history = kpi_history(
        orders=orders(*ORDERS),
        touches=touches(*TOUCHES),
        surveys=surveys(),
        costs=costs(*COSTS),
        periods=[Q3],
        active_days=92,
        margin_rate=0.5,
        channel_terms=TERMS,
    )
    kpis = kpi_actuals(history, period=Q3)
    found = channels(margin_rate=0.5)
    cost = found["cost"].sum()
    assert kpis["marketing_cost", "all"] == pytest.approx(cost)
    assert kpis["roi", "all"] == pytest.approx((found["margin"].sum() - cost) / cost)
