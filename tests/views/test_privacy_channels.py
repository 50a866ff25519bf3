"""Channels and sources of leads: no figure tells what another of the chapter hides."""

from typing import Any

import pandas as pd

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import speaking
from tests.views.samples import sample

CHANNELS = pd.DataFrame(
    {
        "channel": ["call", "email", "fax", "sms"],
        "cost": [150.0, 100.0, None, 50.0],
        "order_count": [13.0, 62.0, 3.0, 34.0],
        "new_customers": [0.0, 12.0, 0.0, 11.0],
        "customer_count": [40, 90, 12, 60],
        "cost_per_order": [150 / 13, 100 / 62, None, 50 / 34],
        "cac": [None, 100 / 12, None, 50 / 11],
        "roi": [0.1, 3.0, None, 2.0],
    }
)


def test_the_cost_of_orders_that_are_hidden_is_neither_drawn_nor_said() -> None:
    # The total less all others would be the three of the fax: the next fewest are hidden, too.
    hidden = tables.channel_costs_table(CHANNELS).payload()
    assert [is_hidden(n) for n in column_cells(hidden, "order_count")[:4]] == [1, 0, 1, 0]
    drawn = charts.channel_cost_chart(CHANNELS)
    costs = column_cells(drawn.payload(), "cost_per_order")
    assert [is_hidden(cost) for cost in costs] == [False, False, True]
    found = findings.channel_cost_finding(CHANNELS)
    assert "11.54" not in f"{found.title} {found.text} {drawn.payload()}"
    assert found.title.startswith("An order costs €1.61 through")


def test_channels_without_costs_have_an_empty_chart_of_what_an_order_costs() -> None:
    without = CHANNELS.assign(cost=None, cost_per_order=None, cac=None, roi=None)
    for channels in (without, without.astype({"cost_per_order": "float64", "cac": "float64"})):
        assert charts.channel_cost_chart(channels).payload()["rows"] == []


def test_leads_lost_do_not_follow_from_all_those_won_and_open() -> None:
    funnel = sample("lead_funnel").assign(
        lead_count=[13, 98, 53],
        won_count=[10, 33, 25],
        open_count=[0, 14, 0],
        lost_count=[3, 51, 28],
    )
    payload = tables.lead_funnel_table(funnel).payload()
    told = {
        name: [is_hidden(cell) for cell in column_cells(payload, name)]
        for name in ("lead_count", "won_count", "lost_count", "qualified_rate")
    }
    place = told["lost_count"].index(True)
    assert told["lead_count"][place]
    assert told["qualified_rate"][place]
    assert not told["won_count"][place]
    assert sum(told["lead_count"]) == 1


def costed(new: tuple[int, int, int]) -> pd.DataFrame:
    """Channels of 63, 44 and 65 orders, of which so many were first ones."""
    orders = [63, 44, 65]
    return pd.DataFrame(
        {
            "channel": ["email", "sms", "fax"],
            "cost": [200.0, 500.0, 900.0],
            "touch_count": orders,
            "new_customers": new,
            "cac": [cost / n for cost, n in zip((200, 500, 900), new, strict=True)],
            "order_count": orders,
            "cost_per_order": [200 / 63, 500 / 44, 900 / 65],
            "customer_count": orders,
        }
    )


def test_new_customers_beside_orders_do_not_tell_the_few_who_had_ordered_before() -> None:
    # 63 orders, 60 of them first ones: 3 are of customers who had ordered before.
    with speaking(language="en", currency="EUR", min_cell=10):
        for new, told in (((60, 20, 45), {"fax"}), ((60, 40, 65), {"fax"}), ((30, 20, 45), ALL)):
            rows = costed(new)
            table = tables.channel_costs_table(rows).payload()
            drawn = charts.channel_cost_chart(rows).payload()
            for payload in (table, drawn):
                for column in ("new_customers", "cac"):
                    assert set(shown_by_channel(payload, column)) == told, (new, column)
                assert set(shown_by_channel(payload, "order_count")) == ALL
            # All orders less all first ones: 7, of the 3 and the 4.
            last = column_cells(table, "new_customers")[-1]
            assert last == (None if sum(new) == 165 else sum(new))


ALL = {"email", "sms", "fax"}


def shown_by_channel(payload: Any, column: str) -> list[str]:
    """The channels whose cell of a column a reader sees, the total apart."""
    pairs = zip(payload["keys"]["channel"], column_cells(payload, column), strict=True)
    return [name for name, cell in pairs if name in ALL and not is_hidden(cell)]
