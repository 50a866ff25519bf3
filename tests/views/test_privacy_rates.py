"""Rates tell no few customers: nor all but a few, nor by a total that another table tells."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.views.samples import sample

HIDDEN = {"suppressed": True, "text": "hidden"}
FEW = {"suppressed": True, "text": "<10"}


def answered(counts: list[int], repeated: list[int]) -> pd.DataFrame:
    """Respondents and others, and how many of each bought again."""
    return pd.DataFrame(
        {
            "group": ["respondents", "others"],
            "customer_count": counts,
            "revenue_per_customer": 100.0,
            "repeat_rate": [n / of for n, of in zip(repeated, counts, strict=True)],
            "average_order_value": 50.0,
            "low": 0.1,
            "high": 0.9,
        }
    )


def test_a_rate_beside_a_hidden_one_is_hidden_where_their_sum_is_known():
    # 50 of 90 bought again, as the kinds of segments say: 33 of 64, so 17 of 26, all but 9.
    rows = answered([64, 26], [33, 17])
    assert column_cells(tables.respondents_table(rows).payload(), "repeat_rate") == [HIDDEN] * 2
    found = findings.respondents_finding(rows)
    assert found.figures == {}
    assert found.title.startswith("Too few customers bought again, or did not")


@given(
    st.lists(
        st.integers(10, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
        min_size=1,
        max_size=6,
    )
)
def test_hidden_rates_are_of_ten_customers_and_of_ten_others_at_least(pairs):
    counts, cases = zip(*pairs, strict=True)
    rows = pd.DataFrame({"kind": "nps", "band": list("abcdef")[: len(pairs)], "revenue": 1.0})
    rows = rows.assign(
        customer_count=counts, repeat_rate=np.divide(cases, counts), low=0.1, high=0.9
    )
    rates = column_cells(tables.satisfaction_table(rows).payload(), "repeat_rate")
    sides = [cases, [n - k for n, k in pairs]]
    gone = [at for at, rate in enumerate(rates) if is_hidden(rate)]
    for side in sides:
        assert all(at in gone for at, n in enumerate(side) if 0 < n < 10)
        if gone and len(gone) < len(pairs):
            assert len(gone) >= 2
            assert sum(side[at] for at in gone) >= 10 or not sum(side)


def test_few_who_did_not_answer_do_not_follow_from_those_who_did():
    rows = pd.DataFrame(
        {
            "channel": ["email", "sms"],
            "touch_count": [90, 60],
            "customer_count": [40, 31],
            "response_count": [20, 28],
            "response_rate": [0.5, 28 / 31],
            "low": [0.3, 0.8],
            "high": [0.7, 0.97],
            "conversion_rate": [0.0, 0.0],
        }
    )
    payload = tables.responses_table(rows).payload()
    for column in ("response_count", "response_rate", "range"):
        assert column_cells(payload, column)[1] == HIDDEN
    assert "90" not in charts.responses_chart(rows).payload()["alt"]
    found = findings.responses_finding(rows)
    assert found.figures == {"best": 0.5, "least": 0.5}
    assert "Least" not in found.text


def leads(**columns: list[float]) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "band": ["hot", "cold"],
            "lead_count": [11, 236],
            "open_count": [40, 36],
            "expected_rate": [0.24, 0.013],
            "observed_rate": [4 / 11, 0.0],
            "low": [0.15, 0.0],
            "high": [0.65, 0.016],
        }
    )
    return rows.assign(**columns)


def test_few_leads_won_do_not_follow_from_how_many_were_tested():
    payload = tables.hot_leads_table(leads()).payload()
    assert column_cells(payload, "observed_rate") == [HIDDEN, 0.0]
    assert column_cells(payload, "low") == [HIDDEN, 0.0]


def test_leads_that_are_not_hot_are_not_called_so_where_few_were_hot():
    found = findings.hot_leads_finding(leads(lead_count=[7, 236]), days=30)
    assert found.title == "Too few leads were hot to say how many of them order"
    assert found.decision is None
    assert not found.figures


def test_few_orders_that_came_are_not_told_by_their_mean():
    rows = sample("value_holdout").assign(customer_count=24, actual=7 / 24)
    assert set(map(str, column_cells(tables.value_holdout_table(rows).payload(), "actual"))) == {
        str(HIDDEN)
    }
    chart = charts.value_holdout_chart(rows).payload()
    assert all(is_hidden(cell) for cell in column_cells(chart, "actual"))
    assert "0.29" not in chart["alt"]


def renewals(renewed: list[int]) -> pd.DataFrame:
    faced = [60, *renewed[:-1]]
    rates = [n / of for n, of in zip(renewed, faced, strict=True)]
    return pd.DataFrame(
        {
            "period": range(1, len(renewed) + 1),
            "customer_count": faced,
            "renewed_count": renewed,
            "retention_rate": rates,
            "low": 0.1,
            "high": 0.99,
            "expected_rate": 0.8,
            "expected_survival": 0.6,
            "expected_periods": 3.0,
        }
    )


@pytest.mark.parametrize(("renewed", "cell"), [(56, HIDDEN), (4, FEW), (40, 40)])
def test_few_who_renewed_or_did_not_are_not_told(renewed, cell):
    table = tables.subscription_table(renewals([renewed, 0]))
    assert table is not None
    payload = table.payload()
    assert column_cells(payload, "renewed_count")[0] == cell
    assert is_hidden(column_cells(payload, "retention_rate")[0]) == is_hidden(cell)
    found = findings.subscription_finding(renewals([renewed, 0]))
    assert found is not None
    assert not is_hidden(cell) or f"{renewed / 60:.0%}" not in found.title


def test_effort_speaks_of_no_segment_that_its_table_hides():
    # With the 7 champions the 12 loyal are hidden, who get fewest contacts for their value.
    rows = sample("effort")
    sizes = [7, 12, 900]
    names = [
        {"segment": s, "customer_count": n} for s, n in zip(rows["segment"], sizes, strict=True)
    ]
    found = findings.effort_finding(rows.assign(expected_value_share=[0.1, 0.8, 0.1]), names)
    assert "80" not in found.title


def ideal(shares: dict[str, int], known: int) -> pd.DataFrame:
    """Top customers by city, of so many whose city is known."""
    rows = pd.DataFrame({"value": [*shares], "customer_count": [*shares.values()]})
    return rows.assign(
        attribute="city",
        kind="geography",
        share_in_top=rows["customer_count"] / known,
        share_in_all=0.2,
        index=200.0,
        low=150.0,
        high=260.0,
        in_profile=True,
    )


@pytest.mark.parametrize(("known", "told"), [(38, False), (35, True), (60, True)])
def test_few_top_customers_of_rare_values_do_not_follow_from_the_listed_ones(known, told):
    # 20 of Bonn are 20/38: of 38 whose city is known 35 are listed, the others are 3.
    rows = ideal({"Bonn": 20, "Ulm": 15}, known)
    payload = tables.ideal_customer_table(rows).payload()
    assert column_cells(payload, "value") == ["Bonn", "Ulm"]
    assert is_hidden(column_cells(payload, "share_in_top")[1]) != told
    chart = charts.ideal_customer_chart(rows).payload()
    assert ("Ulm" in chart["alt"]) == told


def test_a_total_that_leaves_a_small_count_no_room_is_hidden():
    # 25 new customers of three times "<10" are 7 at least each.
    rows = pd.DataFrame(
        {
            "channel": ["call", "email", "sms"],
            "cost": [1.0, 1.0, 1.0],
            "new_customers": [8, 8, 9],
            "order_count": [4, 11, 10],
            "customer_count": [14, 63, 27],
        }
    )
    payload = tables.channel_costs_table(rows).payload()
    assert column_cells(payload, "new_customers") == [FEW, FEW, FEW, HIDDEN]


def test_a_touchpoint_does_not_tell_the_few_customers_who_did_not_order():
    rows = pd.DataFrame(
        {
            "touchpoint_id": ["shop", "cart"],
            "customer_count": [129, 200],
            "converted_count": [123, 90],
            "conversion_rate": [123 / 129, 90 / 200],
        }
    )
    payload = tables.touchpoints_table(rows).payload()
    assert column_cells(payload, "customer_count") == [129, 200]
    assert column_cells(payload, "converted_count") == [HIDDEN, 90]
    assert column_cells(payload, "conversion_rate") == [HIDDEN, 0.45]
