"""Deals: what is in the pipeline, stage by stage, and what became of those decided."""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.members import OTHER
from crm_strategy.analysis.spans import until, within

GROUPS: Final = ("open", "won", "lost")

COLUMNS: Final = (
    *("stage_group", "stage", "deal_count", "customer_count", "value", "average_value"),
    *("median_age_days", "deal_customers"),
)


def deals(orders: ibis.Table, *, start: date, end: date, min_count: int = 10) -> pd.DataFrame:
    """Deals open at the end of a period, and those of the period that were won or lost, by stage.

    Parameters
    ----------
    orders
        One row per order or deal of any stage: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `amount` (money), `is_refund`, `stage_group` (open, won, lost), `status`?
        (the system's own word for the stage).
    start, end
        First and last day of the period.
    min_count
        Stages of fewer people stand together as `other`.

    Returns
    -------
    DataFrame
        Open, won, lost; in each the stages by value: `stage_group`, `stage` (the system's word;
        None where there is none), `deal_count`, `customer_count`, `value` (money),
        `average_value`, `median_age_days` (of open deals, on the last day), `deal_customers`
        (for those who hide small groups: each customer as one in equal parts over their deals of
        the group, so that at least so many are behind several stages of it; each deal without a
        customer is somebody). No row where every order is won: then there is no pipeline to look
        at.
    """
    placed = orders.filter(~_.is_refund, until(_.ordered_at, end))
    kept = placed.filter((_.stage_group == "open") | within(_.ordered_at, start, end))
    own = ibis.literal("deal ") + kept.order_id.cast("string")
    known = ibis.literal("customer ") + kept.customer_id.cast("string")
    kept = kept.mutate(person=ibis.coalesce(known, own))
    kept = kept.mutate(part=1.0 / _.count().over(group_by=[_.stage_group, _.person]))
    sizes = kept.group_by("stage_group", "status").agg(n=_.person.nunique())
    small = sizes.filter(_.n < min_count)
    marked = kept.left_join(small, ["stage_group", "status"])
    stages = marked.select(
        *("stage_group", "customer_id", "part"),
        stage=ibis.ifelse(marked.n.notnull(), OTHER, marked.status),
        amount=marked.amount.cast("float64"),
        age=-marked.ordered_at.date().delta(end, unit="day"),
    )
    counted = stages.group_by("stage_group", "stage").agg(
        deal_count=_.count(),
        customer_count=_.customer_id.nunique(),
        value=_.amount.sum(),
        median_age_days=_.age.quantile(0.5),
        deal_customers=_.part.sum().round(6),
    )
    table = counted.to_pandas()
    if not table["stage_group"].isin(["open", "lost"]).any():
        return pd.DataFrame({name: [] for name in COLUMNS})
    table["average_value"] = table["value"] / table["deal_count"]
    is_open = table["stage_group"] == "open"
    table["median_age_days"] = table["median_age_days"].astype("float64").where(is_open)
    table["place"] = table["stage_group"].map(GROUPS.index)
    return table.sort_values(
        ["place", "value", "stage"], ascending=[True, False, True], ignore_index=True
    )[list(COLUMNS)]
