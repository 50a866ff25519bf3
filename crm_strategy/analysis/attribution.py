"""Attribution: which channel's touch gets the credit for an order."""

from collections.abc import Collection
from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.attribution_rules import DIRECT, rule_credit
from crm_strategy.analysis.channel_crowds import (
    APART,
    GIVEN,
    LED,
    UNTOUCHED,
    channel_crowds,
)
from crm_strategy.analysis.markov import markov_credits
from crm_strategy.analysis.markov_orders import markov_orders
from crm_strategy.analysis.path_steps import MEASURES, Steps, crowds_behind, steps_of
from crm_strategy.analysis.shapley import shapley_rates, shapley_sets
from crm_strategy.analysis.spans import DAY, midnight, within
from crm_strategy.analysis.timeline import last_touches, soon_after

RULES: Final = (
    *("first_touch", "last_touch", "linear", "time_decay", "position_based"),
    *("markov", "shapley", "last_non_direct"),
)
"""The eight rules, as the columns of `attribution` name them."""


def attribution(
    paths: ibis.Table | pd.DataFrame,
    *,
    order: int | None = None,
    direct: Collection[str] = DIRECT,
) -> pd.DataFrame:
    """Credit of each channel under every rule, side by side; each rule's Σ is all orders.

    `rule_credit` for the rules of thumb, `markov_credit` for the chain. Shapley is
    `shapley_rates` where journeys that ended in none are known, else `shapley_sets`. All rest
    on what was observed: customers who would have ordered anyway are touched too.

    Parameters
    ----------
    paths
        As `paths.conversion_paths` returns them.
    order
        Of the Markov chain; by default the one that `markov_orders` chooses.
    direct
        As in `rule_credit`.

    Returns
    -------
    DataFrame
        One row per channel, by name, and one with `channel` null for orders without a touch,
        if there are any: `channel`; a column a rule (orders); `low` and `high` of them;
        `conversion_count` (orders that the channel led to, alone or with others); for those who
        hide small groups, the `GUARDS` of `channel_crowds` (of orders without a touch, those
        behind them where they stand for orders at all); each rule
        with `_value` behind, `value_low`, `value_high` (money; NaN where unknown);
        `shapley_error` (standard error, orders), `shapley_kind` (`rates`, `sets`),
        `markov_order`.
    """
    known = paths.to_pandas() if isinstance(paths, ibis.Table) else paths
    steps = steps_of(known)
    if order is None:
        orders = markov_orders(steps)
        order = int(orders.loc[orders["chosen"], "order"].iloc[0])
    credit, value, error = every_credit(steps, order, direct)
    table = credit.assign(low=credit.min(axis=1), high=credit.max(axis=1))
    table = table.join(channel_crowds(known, steps=steps, direct=direct))
    # A journey of unknown value leaves its channels' revenue unknown under every rule.
    value = value.where(value.notna().all(axis=1))
    table = table.join(value.add_suffix("_value"))
    table = table.assign(value_low=value.min(axis=1), value_high=value.max(axis=1))
    table["shapley_error"] = error
    table["shapley_kind"] = "rates" if steps.has_nulls else "sets"
    table["markov_order"] = order
    table = table.rename_axis("channel").reset_index()
    return pd.concat([table, _untouched(known, table)], ignore_index=True)


def every_credit(
    steps: Steps, order: int, direct: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Credit under every rule in orders and in money, and the standard error of Shapley's."""
    rates = shapley_rates(steps) if steps.has_nulls else None
    chain = markov_credits(steps, order=order)
    tables = []
    for measure in MEASURES:
        credit = rule_credit(steps, measure, direct=direct)
        credit["markov"] = chain[measure]
        credit["shapley"] = rates[measure] if rates is not None else shapley_sets(steps, measure)
        tables.append(credit[list(RULES)])
    error = rates["error"] if rates is not None else tables[0]["shapley"] * 0.0
    return tables[0], tables[1], error


def _untouched(paths: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The orders without a touch in time, in the columns of the table."""
    rows = paths[paths["path"].isna() & (paths["conversions"] > 0)]
    if rows.empty:
        return table[:0]
    orders, value = rows["conversions"].sum(), rows["value"].sum(skipna=False)
    of_orders = dict.fromkeys((*RULES, "low", "high", "conversion_count"), orders)
    crowds = crowds_behind(paths)
    behind = dict.fromkeys((LED, *GIVEN, UNTOUCHED), crowds.each()[-1])
    of_value = dict.fromkeys((*(f"{rule}_value" for rule in RULES), "value_low", "value_high"))
    row = {"channel": None} | of_orders | behind | dict.fromkeys(of_value, value)
    found = pd.DataFrame([row]).reindex(columns=table.columns)
    return found.astype(dict.fromkeys(("channel", *APART), "object"))


def credited_orders(
    orders: ibis.Table, touches: ibis.Table, *, start: date, end: date, lookback_days: int
) -> ibis.Table:
    """Orders of a period with the channel of the last touch before each.

    A correlation, no cause: customers who would have ordered anyway are touched too.

    Parameters
    ----------
    orders
        One row per order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`, `cost_amount`? (money). Refunds and orders without a
        customer are left out.
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`. Touches before
        the period count too.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch can earn its credit.

    Returns
    -------
    Table
        One row per order: `order_id`, `customer_id`, `ordered_at`, `amount`, `cost_amount`,
        `is_first` (the customer's first order ever), `channel` (null: no touch in time).
    """
    reach = start - lookback_days * DAY
    last = last_touches(
        orders.filter(within(_.ordered_at, start, end)),
        touches.filter(within(_.touched_at, reach, end)),
    )
    before = orders.filter(_.ordered_at < midnight(start), ~_.is_refund)
    known = before.select("customer_id").distinct().mutate(ordered_before=True)
    seen = last.left_join(known, "customer_id")
    credited = soon_after(seen.placed_at, seen.touched_at, lookback_days)
    return seen.select(
        *("order_id", "customer_id", "ordered_at", "amount", "cost_amount"),
        is_first=(seen.order_number == 1) & seen.ordered_before.isnull(),
        channel=ibis.ifelse(credited, seen.channel, None),
    )


def last_touch_credit(
    orders: ibis.Table, touches: ibis.Table, *, start: date, end: date, lookback_days: int
) -> ibis.Table:
    """Orders, first orders and revenue by the channel of the last touch; Σ is all orders.

    Parameters
    ----------
    orders, touches, start, end, lookback_days
        As in `credited_orders`.

    Returns
    -------
    Table
        `channel` (null: orders without a touch in time), `order_count`, `new_customers`
        (first orders), `revenue` (money, before refunds); sorted by channel.
    """
    credited = credited_orders(orders, touches, start=start, end=end, lookback_days=lookback_days)
    return (
        credited.group_by("channel")
        .agg(order_count=_.count(), new_customers=_.is_first.sum(), revenue=_.amount.sum())
        .order_by("channel")
    )
