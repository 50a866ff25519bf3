"""Shares that sets of channels keep tell no few orders of one channel alone."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.channel_mix import channel_sets
from crm_strategy.analysis.switch_offs import switch_offs
from crm_strategy.views import charts, findings, tables
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


def random_paths(channels: int, orders: int) -> pd.DataFrame:
    """Journeys of two channels at most, of which most orders come through few."""
    random = np.random.default_rng(channels)
    names = [f"c{number:02d}" for number in range(channels)]
    weights = 1 / (1 + np.arange(channels))
    ends = random.choice(names, (orders, 2), p=weights / weights.sum())
    paths = pd.Series([" > ".join(dict.fromkeys(pair)) for pair in ends]).value_counts()
    rows = (
        paths.rename("conversions").rename_axis("path").reset_index().astype({"conversions": float})
    )
    return rows.assign(value=50 * rows["conversions"], nulls=4 * rows["conversions"])


def attacked(paths: pd.DataFrame, costs: pd.DataFrame) -> tuple[list[int], int]:
    """Groups of orders that follow from the two tables, and the sets the page tells."""
    single = tables.switch_off_table(switch_offs(paths, costs, margin_rate=0.5)).payload()
    names, lost = (column_cells(single, name) for name in ("channel", "conversions_lost"))
    told = {frozenset(): 0.0}
    told |= {frozenset([c]): n for c, n in zip(names, lost, strict=True) if not is_hidden(n)}
    sets = tables.channel_sets_table(channel_sets(paths, costs, draws=5)).payload()
    kept, off = (column_cells(sets, name) for name in ("conversions", "switched_off"))
    rows = [(o, k) for o, k in zip(off, kept, strict=True) if not is_hidden(k)]
    for name, orders in rows:
        gone = frozenset(each for each in name.split(" + ") if each != "None")
        told[gone] = rows[0][1] - orders
    found = [abs(told[a] - told[b]) for a, b in combinations(told, 2) if a < b or b < a]
    found += [
        told[a] + told[b] - told[a | b] - told[a & b]
        for a, b in combinations(told, 2)
        if a | b in told and a & b in told
    ]
    return [round(each) for each in found], len(rows)


@pytest.mark.parametrize(("channels", "orders"), [(4, 300), (7, 700), (20, 3000)])
def test_no_few_orders_follow_from_differences_of_sets_and_single_channels(channels, orders):
    paths = random_paths(channels, orders)
    names = [f"c{number:02d}" for number in range(channels)]
    costs = pd.DataFrame({"channel": names, "cost": [100.0 + 7 * at for at in range(channels)]})
    groups, told = attacked(paths, costs)
    assert not [each for each in groups if 0 < each < 10]
    assert told >= 2


def test_the_cheapest_set_is_named_only_where_its_orders_may_be_told() -> None:
    # Without calls and SMS 4 orders more are lost than without SMS alone.
    paths = pd.DataFrame(
        [("email", 5000.0), ("sms", 150.0), ("call", 4.0), ("email > sms", 30.0)],
        columns=["path", "conversions"],
    )
    paths = paths.assign(value=50 * paths["conversions"], nulls=0.0)
    sets = channel_sets(paths, COSTS)
    assert sets.loc[sets["is_cheapest"], "switched_off"].iloc[0] == "call + sms"
    found = findings.channel_sets_finding(sets)
    assert found.title == "Channels could go, but the orders at risk are too few to be shown"
