"""Shares that sets of channels keep tell no few orders of one channel alone."""

import pandas as pd

from crm_strategy.analysis.channel_mix import channel_sets
from crm_strategy.views import charts, tables
from crm_strategy.views.payload import column_cells, is_hidden

COSTS = pd.DataFrame({"channel": ["call", "email", "sms"], "cost": [900.0, 300.0, 200.0]})


def sets_of(call: int, both: int = 0) -> pd.DataFrame:
    """Calls alone led to so many orders, calls and SMS together to others, of about 1,000."""
    paths = {
        "email": (600, 900),
        "call > email": (40, 90),
        "email > sms": (200, 300),
        "sms": (150, 400),
        "call": (call, 60),
        "call > sms": (both, 40),
    }
    rows = [(path, float(n), 50.0 * n, float(nulls)) for path, (n, nulls) in paths.items()]
    return channel_sets(
        pd.DataFrame(rows, columns=["path", "conversions", "value", "nulls"]), COSTS
    )


def by_set(sets: pd.DataFrame) -> dict[str, tuple[object, object]]:
    table = tables.channel_sets_table(sets).payload()
    half, most = (column_cells(table, name) for name in ("share_half", "share_most"))
    return dict(zip(column_cells(table, "switched_off"), zip(half, most, strict=True), strict=True))


def test_orders_of_one_channel_alone_do_not_follow_from_the_sets_without_it():
    shown = by_set(sets_of(call=4))
    # 994 x (1 - the share kept) would be the 4, and 154 of both less the 150 of SMS as well.
    assert all(is_hidden(cell) for cell in shown["call"])
    assert all(is_hidden(cell) for cell in shown["call + sms"])
    assert not any(is_hidden(cell) for cell in shown["None"])


def test_sets_tell_their_shares_where_the_orders_of_no_channel_follow():
    for sets in (sets_of(call=40), sets_of(call=4, both=30)):
        assert not any(is_hidden(cell) for cell in by_set(sets)["call + sms"])
    assert not any(is_hidden(cell) for cell in by_set(sets_of(call=40))["call"])


def test_the_frontier_draws_no_share_that_the_table_hides():
    chart = charts.channel_frontier_chart(sets_of(call=4)).payload()
    off = column_cells(chart, "switched_off")
    assert is_hidden(column_cells(chart, "share_most")[off.index("call")])
