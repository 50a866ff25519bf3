import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_strategy.analysis.goal_actuals import goal_actuals
from crm_strategy.analysis.kpi_breakdowns import group_actuals, kpi_breakdowns
from crm_strategy.analysis.kpi_groups import Groups, kpi_groups
from crm_strategy.analysis.kpis import KPI_IDS, kpi_history
from crm_strategy.analysis.loyalty import loyal_counts, period_segments
from crm_strategy.analysis.rfm import customer_segments, rfm_scores
from tests.analysis.builders import (
    FEW,
    ORDER_LINES,
    ORDERS,
    SURVEYS,
    at,
    costs,
    order_lines,
    orders,
    records,
    surveys,
    table,
    touches,
)
from tests.analysis.kpi_cases import Q2, Q3

GROUP = {"customer_id": "string", "group": "string"}
PERIODS = {"periods": [Q2, Q3], "active_days": 92}
COUNTRIES = {"a": "DE", "b": "DE", "c": "FR", "d": "FR", "e": None}

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", "f", None]),
    st.dates(date(2025, 12, 1), date(2026, 9, 30)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)
a_touch = st.tuples(
    st.sampled_from("abcdf"), st.dates(date(2026, 3, 1), date(2026, 9, 30)), st.just("email")
)


def people(**countries):
    rows = [{"customer_id": who, "country": where} for who, where in countries.items()]
    return table({"customer_id": "string", "country": "string"}, rows)


def groups_of(*names, **given_tables):
    nothing = {"orders": orders(), "order_lines": order_lines(), "customers": people()}
    nothing["segments"] = table({**GROUP, "period": "string"}, []).rename(segment="group")
    return kpi_groups(names, **(nothing | given_tables), as_of=Q3.end)


def through(*rows):
    """Orders as (customer, day, amount, channel)."""
    named = [
        {
            "order_id": f"o{number}",
            "customer_id": who,
            "ordered_at": at(when),
            "amount": float(amount),
            "is_refund": amount < 0,
            "channel": channel,
        }
        for number, (who, when, amount, channel) in enumerate(rows)
    ]
    return table(ORDERS | {"channel": "string"}, named)


def values(found, breakdown, period=Q3):
    rows = found[(found["breakdown"] == breakdown) & (found["period"] == period.id)]
    wide = rows.pivot(index="group", columns="kpi", values="value")
    return wide.astype(object).where(wide.notna(), None)


HAND = (
    ("a", "2026-05-01", 100, "web"),
    ("a", "2026-07-05", 30, "shop"),
    ("a", "2026-08-05", 50, "web"),
    ("b", "2026-06-01", 40, "shop"),
    ("c", "2026-09-01", 70, "web"),
    ("c", "2026-09-03", -20, "web"),
    ("d", "2026-09-30", 25, "shop"),
    ("d", "2026-09-30", 15, "web"),
    (None, "2026-08-01", 15, None),
)


def test_kpis_by_channel_of_orders_worked_by_hand():
    made = through(*HAND)
    found = values(
        kpi_breakdowns(groups_of("channel", orders=made), orders=made, **PERIODS), "channel"
    )
    assert found["revenue"].to_dict() == {"web": 115, "shop": 55, "unknown": 15}
    assert found["order_count"].to_dict() == {"web": 3, "shop": 2, "unknown": 1}
    # c came by web; d ordered through both at one moment: the first by name.
    assert found["new_customers"].to_dict() == {"web": 1, "shop": 1, "unknown": None}
    assert found["active_customers"].to_dict() == {"web": 3, "shop": 2, "unknown": None}
    # a was active in web and is; b was in shop and is nowhere.
    assert found["customer_retention_rate"].to_dict() == {"web": 1, "shop": 0, "unknown": None}
    assert found.loc["web", "average_order_value"] == pytest.approx(115 / 3)
    assert found.loc["shop", "purchase_frequency"] == 1
    without = ["active_share", "loyalty_share", "conversion_rate", "csat", "nps", "roi", "ltv"]
    assert found[without].isna().all(axis=None)


def test_who_changes_the_channel_is_not_lost():
    made = through(("a", "2026-05-01", 10, "shop"), ("a", "2026-08-01", 10, "web"))
    found = values(
        kpi_breakdowns(groups_of("channel", orders=made), orders=made, **PERIODS), "channel"
    )
    assert found.loc["shop", "customer_retention_rate"] == 1
    assert found.loc["shop", "active_customers"] == 0
    assert found.loc["web", "new_customers"] == 0


def test_kpis_by_category_count_an_order_in_each_category_it_holds():
    lines = order_lines(
        ("o1", "a", "2026-07-05", "tea", 30, "Drinks"),
        ("o1", "a", "2026-07-05", "juice", 6, "Drinks"),
        ("o1", "a", "2026-07-05", "soap", 4, "Home"),
        ("o2", "b", "2026-08-05", "soap", 8, "Home"),
        ("o3", "b", "2026-08-06", "soap", -8, "Home"),
        ("o4", None, "2026-08-06", "pot", 5),
    )
    found = values(
        kpi_breakdowns(groups_of("category", order_lines=lines), orders=orders(), **PERIODS),
        "category",
    )
    assert found["revenue"].to_dict() == {"Drinks": 36, "Home": 4, "unknown": 5}
    assert found["order_count"].to_dict() == {"Drinks": 1, "Home": 2, "unknown": 1}
    assert found["average_order_value"].to_dict() == {"Drinks": 36, "Home": 2, "unknown": 5}
    assert found["active_customers"].to_dict() == {"Drinks": 1, "Home": 2, "unknown": None}
    assert found[["new_customers", "customer_retention_rate"]].isna().all(axis=None)


def test_the_cost_of_a_category_is_known_where_that_of_all_its_lines_in_an_order_is():
    lines = table(
        ORDER_LINES | {"cost": "float64"},
        [
            {"order_id": order, "customer_id": "a", "ordered_at": at("2026-08-01")}
            | {"category": name, "amount": 10.0, "cost": cost, "is_refund": False}
            for order, name, cost in (
                *(("o1", "Home", 4.0), ("o1", "Home", 2.0), ("o2", "Home", 1.0)),
                *(("o2", "Home", None), ("o3", "Drinks", None)),
            )
        ],
    )
    found = values(
        kpi_breakdowns(groups_of("category", order_lines=lines), orders=orders(), **PERIODS),
        "category",
    )
    # Home: o1 keeps 14 of 20; half of the orders is enough to speak for the other 20.
    assert found["gross_margin"].to_dict() == {"Home": pytest.approx(28), "Drinks": None}


@FEW
@given(st.lists(an_order, max_size=12), st.lists(a_touch, max_size=8))
# A refund without a customer is all there is of the unknown, and still revenue taken back.
@example([("a", date(2026, 5, 1), 20.0), (None, date(2026, 8, 1), -5.0)], [])
def test_kpis_of_customers_in_groups_recombine_to_those_of_all(rows, contacts):
    made, sent = orders(*rows), touches(*contacts)
    groups = groups_of("country", customers=people(**COUNTRIES))
    both = {"orders": made, "touches": sent, **PERIODS}
    parts = kpi_breakdowns(groups, **both)
    whole = kpi_history(**both).set_index(["kpi", "period"])
    for (kpi, period), of in parts.groupby(["kpi", "period"]):
        total, known = whole.loc[(kpi, period)], of[of["value"].notna()]
        if kpi in ("revenue", "order_count", "active_customers", "new_customers"):
            assert known["value"].sum() == pytest.approx(
                0 if total.isna()["value"] else total["value"]
            )
        elif whole.loc[(kpi, period), "unit"] in ("share", "unit_money", "ratio") and len(known):
            # Refunds of a group without orders are in no group's average.
            if kpi == "average_order_value" and len(known) < len(of):
                continue
            weighted = (known["value"] * known["n"]).sum() / known["n"].sum()
            assert weighted == pytest.approx(total["value"])


@FEW
@given(st.lists(an_order, max_size=12), st.lists(a_touch, max_size=8), st.data())
def test_one_group_of_everybody_is_all_customers(rows, contacts, data):
    # At midnight an order has no time of day and counts from the day's end.
    hour = st.sampled_from([" 00:00", " 12:00", " 12:00:01"])
    timed = [(who, f"{day}{data.draw(hour)}", *rest) for who, day, *rest in rows]
    made = orders(("a", "2025-11-30", 1), *timed)
    sent = touches(*((who, f"{day}{data.draw(hour)}", channel) for who, day, channel in contacts))
    everybody = table(GROUP, [{"customer_id": who, "group": "all"} for who in "abcdef"])
    both = {"orders": made.filter(made.customer_id.notnull()), "touches": sent, **PERIODS}
    found = kpi_breakdowns([Groups("all", "customers", everybody)], **both)
    whole = kpi_history(**both)
    columns = ["kpi", "period", "value", "low", "high", "n", "smallest_count"]
    left, right = (
        rows.loc[rows["kpi"] != "roi", columns].reset_index(drop=True) for rows in (found, whole)
    )
    pd.testing.assert_frame_equal(left, right)


def test_segments_are_those_at_each_periods_end_as_goals_take_them():
    names = "abcdefghij"
    rows = [
        (name, f"2026-{month:02d}-10", 10.0 * place)
        for place, name in enumerate(names)
        for month in range(1 + place % 3, 2 + place, 1 + place % 2)
        if month < 10
    ]
    made = orders(*rows)
    sent = touches(("a", "2026-07-01", "email"), ("j", "2026-08-09", "email"))
    said = surveys(("csat", "2026-08-01", 5))
    segments = period_segments(made, periods=[Q2, Q3])
    inputs = {"orders": made, "touches": sent, "surveys": said}
    groups = groups_of("segment", segments=segments)
    found = kpi_breakdowns(groups, **inputs, **PERIODS)
    now = customer_segments(rfm_scores(made, as_of=Q3.end))
    named = now.to_pandas()["segment"].unique()
    history = kpi_history(**inputs, **PERIODS)
    expected, _ = goal_actuals(history, now, segments=named, period=Q3, **inputs, active_days=92)
    actuals = group_actuals(found, breakdown="segment", period=Q3)
    assert len(named) > 3
    for (kpi, segment), value in expected.items():
        if segment != "all":
            assert actuals[kpi, segment] == (None if value is None else pytest.approx(value))


def test_answers_touches_and_loyalty_are_of_the_groups_customers():
    made = orders(*[(who, f"2026-{month:02d}-05", 10) for who in "ac" for month in range(1, 9)])
    sent = touches(
        ("a", "2026-08-01", "email"), ("b", "2026-08-01", "email"), ("c", "2026-08-20", "email")
    )
    said = table(
        SURVEYS,
        [
            {"customer_id": who, "answered_at": at("2026-08-01"), "kind": "nps", "score": score}
            for who, score in (("a", 10.0), ("b", 0.0), ("c", 9.0), ("x", 0.0))
        ],
    )
    segments = period_segments(made, periods=[Q2, Q3])
    found = values(
        kpi_breakdowns(
            groups_of("country", customers=people(**COUNTRIES)),
            orders=made,
            touches=sent,
            surveys=said,
            segments=segments,
            **PERIODS,
        ),
        "country",
    )
    # a ordered four days after the touch, b never; c before it.
    assert found["conversion_rate"].to_dict() == {"DE": 1 / 2, "FR": 0, "unknown": None}
    assert found["nps"].to_dict() == {"DE": 0, "FR": 100, "unknown": -100}
    loyal = loyal_counts(made, periods=[Q2, Q3]).loc[Q3.id]
    assert found.loc["DE", "loyalty_share"] == loyal["loyal"] / loyal["scored"]


def test_costs_are_of_the_channel_that_brought_the_customer_and_add_up_to_all():
    made = orders(("a", "2026-08-01", 50), ("b", "2026-08-01", 50), ("c", "2026-08-01", 50))
    customers = people(a="ads", b="ads", c="shop").rename(source_channel="country")
    spent = costs(
        ("ads", date(2026, 7, 1), date(2026, 9, 30), 60.0),
        ("email", date(2026, 7, 1), date(2026, 9, 30), 7.0),
    )
    groups = groups_of("source_channel", customers=customers)
    inputs = {"orders": made, "touches": touches(), "costs": spent}
    found = values(kpi_breakdowns(groups, **inputs, **PERIODS), "source_channel")
    assert found["marketing_cost"].to_dict() == {"ads": 60, "shop": None, "other": 7}
    assert found["cac"].to_dict() == {"ads": 30, "shop": None, "other": None}
    assert found["roi"].isna().all()
    by_country = people(a="DE", b="DE", c="FR")
    elsewhere = kpi_breakdowns(groups_of("country", customers=by_country), **inputs, **PERIODS)
    assert elsewhere.loc[elsewhere["kpi"] == "marketing_cost", "value"].isna().all()


def test_groups_beyond_the_commonest_are_other_and_the_total_holds():
    made = through(*[("a", "2026-08-01", 1, f"c{n:02d}") for n in range(12) for _ in range(12 - n)])
    groups = groups_of("channel", orders=made)
    assert groups[0].names == ("c00", "c01", "c02", "c03", "c04", "c05", "other", "unknown")
    found = kpi_breakdowns(groups, orders=made, **PERIODS)
    order = found["group"].unique().tolist()
    assert order == ["c00", "c01", "c02", "c03", "c04", "c05", "other"]
    assert values(found, "channel")["revenue"].sum() == 78


def test_a_group_has_no_value_before_its_first_order():
    made = through(("a", "2026-05-01", 10, "web"), ("a", "2026-08-01", 10, "app"))
    found = kpi_breakdowns(groups_of("channel", orders=made), orders=made, **PERIODS)
    assert values(found, "channel", Q2)["revenue"].to_dict() == {"web": 10, "app": None}
    assert values(found, "channel", Q3)["revenue"].to_dict() == {"web": 0, "app": 10}


def test_periods_that_overlap_are_counted_as_if_alone():
    made = through(*HAND)
    groups = groups_of("channel", orders=made)
    half = Q2._replace(id="2026-04-01..2026-09-30", end=Q3.end)
    together = kpi_breakdowns(groups, orders=made, periods=[half, Q3], active_days=183)
    alone = kpi_breakdowns(groups, orders=made, periods=[Q3], active_days=183)
    pd.testing.assert_frame_equal(values(together, "channel"), values(alone, "channel"))


def test_no_data_have_no_groups_and_the_same_columns():
    groups = groups_of("segment", "channel", "country", "category", "shoe_size")
    assert [each.breakdown for each in groups] == ["segment"]
    found = kpi_breakdowns(groups, orders=orders(), touches=touches(), **PERIODS)
    full = kpi_breakdowns(
        groups_of("country", customers=people(a="DE")),
        orders=orders(("a", "2026-08-01", 1)),
        **PERIODS,
    )
    assert len(found) == 0
    assert found.columns.tolist() == full.columns.tolist()
    assert kpi_breakdowns([], orders=orders(), **PERIODS).columns.tolist() == full.columns.tolist()
    assert full["kpi"].unique().tolist() == list(KPI_IDS)


def test_few_customers_that_a_kpi_of_orders_tells_are_counted():
    made = through(
        *[(f"c{n}", "2026-05-01", 1, "web") for n in range(5)], ("c0", "2026-08-01", 1, "app")
    )
    found = kpi_breakdowns(groups_of("channel", orders=made), orders=made, **PERIODS)
    rows = found[(found["period"] == Q3.id) & (found["group"] == "web")].set_index("kpi")
    # One of five was kept: the rate tells one customer; and so does that of the lost.
    told = rows["smallest_count"].dropna().to_dict()
    assert told == {"customer_retention_rate": 1, "churn_rate": 1}
    assert math.isnan(rows.loc["revenue", "smallest_count"])
    assert records(rows, "customers")[0] == (0,)
