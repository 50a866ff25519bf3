"""Observed returns: how many of the customers who had lapsed ordered again by themselves."""

from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.spans import within

COLUMNS = ("segment", "customer_count", "returned_count", "return_rate", "low", "high")

EVERYONE = "all"


def observed_returns(
    orders: ibis.Table, customers: ibis.Table, *, active_days: int, start: date, end: date
) -> pd.DataFrame:
    """Of those who had lapsed when a period began, how many ordered in it, by segment.

    Whatever they were sent is in it: it is what came, not what would come without any contact.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    customers
        Result of `rfm.customer_segments` on the day before the period: `customer_id`,
        `segment`, `recency_days`.
    active_days
        Lapsed is whose last order was so many days or more before the period.
    start, end
        First and last day of the period.

    Returns
    -------
    DataFrame
        One row per segment, and one of all (`all`): `customer_count` (lapsed), `returned_count`,
        `return_rate` (a fraction) with `low`, `high` (Wilson, 95 %). Empty without any.
    """
    lapsed = customers.filter(_.recency_days >= active_days).select("customer_id", "segment")
    bought = orders.filter(~orders.is_refund, within(orders.ordered_at, start, end))
    seen = bought.select("customer_id").distinct().mutate(returned=True)
    joined = lapsed.left_join(seen, "customer_id")
    counts = (
        joined.group_by("segment")
        .agg(customer_count=_.count(), returned_count=_.returned.count())
        .order_by("segment")
        .to_pandas()
    )
    if counts.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    whole = counts[["customer_count", "returned_count"]].sum()
    counts.loc[len(counts)] = [EVERYONE, *whole]
    ends = [
        share_interval(int(returned), int(n))
        for returned, n in zip(counts["returned_count"], counts["customer_count"], strict=True)
    ]
    rates = counts["returned_count"] / counts["customer_count"]
    low, high = zip(*ends, strict=True)
    return counts.assign(return_rate=rates.astype("float64"), low=low, high=high)


def told_returns(returns: pd.DataFrame, *, min_count: int = 0) -> pd.DataFrame:
    """The rates that tell no few customers: neither who returned nor who did not.

    Parameters
    ----------
    returns
        Result of `observed_returns`.
    min_count
        Customers below which they are few.
    """
    gone = returns["customer_count"] - returns["returned_count"]
    enough = returns["customer_count"] >= max(min_count, 1)
    for count in (returns["returned_count"], gone):
        enough = enough & ((count == 0) | (count >= min_count))
    return returns[enough.astype("bool")]


def with_observed_returns(
    values: ibis.Table,
    lapsed: ibis.Table,
    returns: pd.DataFrame,
    *,
    knows_dropout: bool,
    min_count: int = 0,
) -> ibis.Table:
    """The values of customers, with what was observed of the lapsed instead of what is foretold.

    For models that cannot tell how many drop out: they take all for active, so their chances to
    order are those of customers who never leave.

    Parameters
    ----------
    values
        Result of `lifetime_value.customer_values`.
    lapsed
        Result of `win_back.lapsed_customers`.
    knows_dropout
        `ValueFits.knows_dropout`: where the model tells who has left, the values stay.
    returns, min_count
        As in `told_returns`: where the rate of a segment would tell a few customers, that of
        all who had lapsed stands for it.

    Returns
    -------
    Table
        The values. Of the lapsed `p_no_order` is 1 − the rate of their segment (null where none
        is known), `p_alive`, `expected_orders`, `expected_margin`, `expected_value`, `low` and
        `high` are null.
    """
    if knows_dropout:
        return values
    told = told_returns(returns, min_count=min_count)
    known = dict(zip(told["segment"], told["return_rate"].astype("float64"), strict=True))
    whole = known.pop(EVERYONE, None)
    rates = pd.DataFrame({"segment": [*known], "own_rate": [*known.values()]})
    rates = rates.astype({"segment": "str", "own_rate": "float64"})
    gone = lapsed.select("customer_id", "segment").left_join(ibis.memtable(rates), "segment")
    rate = gone.own_rate if whole is None else gone.own_rate.fill_null(whole)
    gone = gone.select("customer_id", own_rate=rate, has_lapsed=True)
    joined = values.left_join(gone, "customer_id")
    has_lapsed = joined.has_lapsed.fill_null(False)
    unsaid = ("p_alive", "expected_orders", "expected_margin", "expected_value", "low", "high")
    changed = {
        name: ibis.ifelse(has_lapsed, ibis.null("float64"), joined[name])
        for name in unsaid
        if name in values.columns
    }
    changed["p_no_order"] = ibis.ifelse(has_lapsed, 1 - joined.own_rate, joined.p_no_order)
    return joined.mutate(**changed).select(*values.columns)
