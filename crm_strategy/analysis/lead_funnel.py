"""The lead funnel: how many leads of each source are qualified and won, how soon, for how much."""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.spans import until, within

COLUMNS: Final = (
    *("source_channel", "lead_count", "won_count", "win_rate", "median_days"),
    *("low", "high", "qualified_count", "qualified_rate", "open_count", "lost_count"),
    *("value", "cost", "cost_per_won"),
)

REASONS: Final = ("lost_reason", "lead_count", "share", "low", "high")

NOT_STATED: Final = "not_stated"
"""The reason of leads that were lost without one."""


def lead_funnel(
    leads: ibis.Table, orders: ibis.Table, costs: pd.DataFrame, *, start: date, end: date
) -> pd.DataFrame:
    """Leads created in a period, by source: how far they had come by its end.

    won: its status says so; a lead that was won or lost after the period was still open.
    qualified: won, or with a date of conversion, an amount, or an order or deal of its customer,
    of any stage, since it was created: somebody found it worth a price. win_rate = won / (won +
    lost): open leads may still be either.

    Parameters
    ----------
    leads
        One row per lead: `lead_id`, `customer_id`?, `created_at` (timestamp),
        `source_channel`?, `status_group` (open, won, lost; none counts as open),
        `converted_at`? (timestamp), `amount`? (money).
    orders
        One row per order or deal of any stage: `customer_id`, `ordered_at` (timestamp).
    costs
        `channel`, `cost` (money in the period; NaN where unknown).
    start, end
        First and last day of the period.

    Returns
    -------
    DataFrame
        One row per source, most leads first: `source_channel` (`unknown` where none is
        stated), `lead_count`, `won_count`, `win_rate`, `median_days` (created to won), `low`,
        `high` (95 % of the win rate), `qualified_count`, `qualified_rate` (of all leads),
        `open_count`, `lost_count`, `value` (money of the won leads; NaN unless all is known),
        `cost` (of the channel, whatever else it did), `cost_per_won` = cost / won leads.
    """
    seen = _seen(leads, orders, start, end)
    counted = seen.group_by("source_channel").agg(
        lead_count=_.count(),
        won_count=_.won.sum(),
        lost_count=_.lost.sum(),
        qualified_count=_.qualified.sum(),
        median_days=_.days.quantile(0.5, where=_.won),
        value=_.amount.sum(where=_.won),
        valued=_.amount.count(where=_.won),
    )
    table = counted.to_pandas()
    known = costs.dropna(subset=["channel"]).set_index("channel")["cost"].astype("float64")
    table["cost"] = table["source_channel"].map(known).astype("float64")
    won, decided = table["won_count"], table["won_count"] + table["lost_count"]
    table["open_count"] = table["lead_count"] - decided
    table["win_rate"] = won / decided.where(decided > 0)
    table["qualified_rate"] = table["qualified_count"] / table["lead_count"]
    bounds = [share_interval(*pair) for pair in zip(won, decided, strict=True)]
    table["low"] = pd.Series([low for low, _high in bounds], dtype="float64")
    table["high"] = pd.Series([high for _low, high in bounds], dtype="float64")
    table["value"] = table["value"].where((table["valued"] == won) & (won > 0))
    table["cost_per_won"] = table["cost"] / won.where(won > 0)
    return table.sort_values(
        ["lead_count", "source_channel"], ascending=[False, True], ignore_index=True
    )[list(COLUMNS)]


def lost_reasons(leads: ibis.Table, *, start: date, end: date, min_count: int = 10) -> pd.DataFrame:
    """Why the leads created in a period were lost.

    Parameters
    ----------
    leads
        As in `lead_funnel`, with `lost_reason`?.
    start, end
        First and last day of the period.
    min_count
        Reasons of fewer leads stand together as `other`: what people typed may name somebody.

    Returns
    -------
    DataFrame
        Most leads first, `other` and `not_stated` last: `lost_reason`, `lead_count`, `share`
        (of the lost leads), `low`, `high` (95 % of it). No row where no reason is stated.
    """
    reason = leads.lost_reason.strip().nullif("")
    lost = _as_of_end(leads.mutate(reason=reason), start, end).filter(_.lost)
    counts = lost.group_by("reason").agg(lead_count=_.count()).to_pandas()
    if counts["reason"].isna().all():
        return pd.DataFrame({name: [] for name in REASONS})
    few = counts["reason"].notna() & (counts["lead_count"] < min_count)
    named = counts["reason"].mask(few, OTHER).fillna(NOT_STATED)
    table = counts.groupby(named)["lead_count"].sum().rename_axis("lost_reason").reset_index()
    total = int(table["lead_count"].sum())
    table["share"] = table["lead_count"] / total
    bounds = [share_interval(count, total) for count in table["lead_count"]]
    table[["low", "high"]] = pd.DataFrame(bounds, index=table.index, dtype="float64")
    table["last"] = table["lost_reason"].isin([OTHER, NOT_STATED])
    return table.sort_values(
        ["last", "lead_count", "lost_reason"], ascending=[True, False, True], ignore_index=True
    )[list(REASONS)]


def _as_of_end(leads: ibis.Table, start: date, end: date) -> ibis.Table:
    """Leads created in the period, with `won` and `lost` as they stood at its end."""
    created = leads.filter(within(_.created_at, start, end))
    decided = created.converted_at.isnull() | until(created.converted_at, end)
    status = ibis.ifelse(decided, created.status_group, "open")
    return created.mutate(
        won=(status == "won").fill_null(False), lost=(status == "lost").fill_null(False)
    )


def _seen(leads: ibis.Table, orders: ibis.Table, start: date, end: date) -> ibis.Table:
    known = orders.filter(orders.customer_id.notnull(), until(orders.ordered_at, end))
    latest = known.group_by("customer_id").agg(ordered_at=_.ordered_at.max())
    created = _as_of_end(leads, start, end)
    joined = created.left_join(latest, "customer_id").drop("customer_id_right")
    days = joined.converted_at.date().delta(joined.created_at.date(), unit="day")
    priced = joined.amount.notnull() | (joined.converted_at.notnull() & (joined.won | joined.lost))
    followed = (joined.ordered_at.date() >= joined.created_at.date()).fill_null(False)
    return joined.select(
        source_channel=joined.source_channel.fill_null(UNKNOWN),
        won=joined.won,
        lost=joined.lost,
        qualified=joined.won | priced | followed,
        days=ibis.ifelse(days >= 0, days, None),
        amount=joined.amount.cast("float64"),
    )
