"""Customer flows: what customers who came, stayed and left did to revenue."""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import DAY, midnight, within

FLOWS: Final = ("new", "returned", "retained", "lost")
"""Customers by the orders they placed: now for the first time, now but not in the period before,
in both, not now."""

REFUNDS: Final = "refunds"
"""Money given back in a period to customers who placed no order in it."""

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""


def customer_flows(
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    previous_start: date,
    previous_end: date,
    active_days: int = 0,
) -> pd.DataFrame:
    """Split the change of known customers' revenue by who ordered in which period.

    new: a first order ever, in the period. returned: ordered in the period and before, but not
    in the period before. retained: in both. lost: only in the period before. refunds: what was
    given back in a period to those who placed no order in it, whatever flow they are in: so the
    money of a flow is of the customers that are counted in it. Customers of the first period of
    the data count as new: how long they had been customers is not known.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Those without a customer are left out.
    start, end
        First and last day of the period.
    previous_start, previous_end
        Of the period it is compared with, which ends before it begins.
    active_days
        Days after an order in which a customer counts as active.

    Returns
    -------
    DataFrame
        One row per flow, in the order of `FLOWS`, and one of `REFUNDS` where there are any:
        `driver`, `contribution` (= current − previous; Σ is the change), `previous` and `current`
        (money in each period, net), `n` (customers of the flow, and so of every sum of it that
        is not 0 by its definition; of refunds those of the period), `previous_n` (customers
        behind `previous`), `active_n` (of the flow, who were still active when the period began
        though they had not ordered in the one before: for the lifecycle they did not return).
    """
    known = orders.filter(_.customer_id.notnull(), _.ordered_at < midnight(end + DAY))
    now = within(known.ordered_at, start, end)
    then = within(known.ordered_at, previous_start, previous_end)
    placed = ~known.is_refund
    earlier = placed & (known.ordered_at < midnight(previous_start))
    customers = known.group_by("customer_id").agg(
        current=known.amount.sum(where=now).fill_null(0.0),
        previous=known.amount.sum(where=then).fill_null(0.0),
        bought_now=(now & placed).any(),
        bought_then=(then & placed).any(),
        bought_before=(placed & (known.ordered_at < midnight(start))).any(),
        active=(earlier & (known.ordered_at >= midnight(start - active_days * DAY))).any(),
        moved_now=now.any(),
        moved_then=then.any(),
    )
    flow = ibis.cases(
        (_.bought_now & _.bought_then, "retained"),
        (_.bought_now & _.bought_before, "returned"),
        (_.bought_now, "new"),
        else_="lost",
    )
    found = (
        customers.filter(_.bought_now | _.bought_then)
        .mutate(driver=flow)
        .group_by("driver")
        .agg(
            n=_.count(),
            previous_n=_.bought_then.sum(),
            previous=_.previous.sum(where=_.bought_then),
            current=_.current.sum(where=_.bought_now),
            active_n=(_.active & _.bought_now & ~_.bought_then).sum(),
        )
    )
    refunds = customers.agg(
        driver=ibis.literal(REFUNDS),
        n=(_.moved_now & ~_.bought_now).sum(),
        previous_n=(_.moved_then & ~_.bought_then).sum(),
        previous=_.previous.sum(where=~_.bought_then),
        current=_.current.sum(where=~_.bought_now),
        active_n=ibis.literal(0, "int64"),
    )
    columns = ["driver", "n", "previous_n", "previous", "current", "active_n"]
    sums = ibis.union(found.select(columns), refunds.select(columns)).to_pandas()
    sums = sums.set_index("driver").astype("float64").round(_DIGITS)
    table = sums.reindex([*FLOWS, REFUNDS]).fillna(0.0).rename_axis("driver").reset_index()
    table["contribution"] = table["current"] - table["previous"]
    table = table[table["driver"].isin(FLOWS) | (table["n"] + table["previous_n"] > 0)]
    return table[["driver", "contribution", "previous", "current", "n", "previous_n", "active_n"]]
