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

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""


def customer_flows(
    orders: ibis.Table, *, start: date, end: date, previous_start: date, previous_end: date
) -> pd.DataFrame:
    """Split the change of known customers' revenue by who ordered in which period.

    new: a first order ever, in the period. returned: ordered in the period and before, but not
    in the period before. retained: in both. lost: only in the period before; whoever ordered in
    neither, but got money back, is counted here. Customers of the first period of the data count
    as new: how long they had been customers is not known.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Those without a customer are left out.
    start, end
        First and last day of the period.
    previous_start, previous_end
        Of the period it is compared with, which ends before it begins.

    Returns
    -------
    DataFrame
        One row per flow, in the order of `FLOWS`: `driver`, `contribution` (= current −
        previous; Σ is the change), `previous` and `current` (money in each period, net), `n`
        (customers), `previous_n` (the same).
    """
    known = orders.filter(_.customer_id.notnull(), _.ordered_at < midnight(end + DAY))
    now = within(known.ordered_at, start, end)
    then = within(known.ordered_at, previous_start, previous_end)
    placed = ~known.is_refund
    customers = known.group_by("customer_id").agg(
        current=known.amount.sum(where=now).fill_null(0.0),
        previous=known.amount.sum(where=then).fill_null(0.0),
        bought_now=(now & placed).any(),
        bought_then=(then & placed).any(),
        bought_before=(placed & (known.ordered_at < midnight(start))).any(),
        moved=(now | then).any(),
    )
    flow = ibis.cases(
        (_.bought_now & _.bought_then, "retained"),
        (_.bought_now & _.bought_before, "returned"),
        (_.bought_now, "new"),
        else_="lost",
    )
    found = (
        customers.filter(_.moved)
        .mutate(driver=flow)
        .group_by("driver")
        .agg(n=_.count(), previous=_.previous.sum(), current=_.current.sum())
        .to_pandas()
        .set_index("driver")
        .astype("float64")
        .round(_DIGITS)
    )
    table = found.reindex(list(FLOWS)).fillna(0.0).rename_axis("driver").reset_index()
    table["contribution"] = table["current"] - table["previous"]
    table["previous_n"] = table["n"]
    return table[["driver", "contribution", "previous", "current", "n", "previous_n"]]
