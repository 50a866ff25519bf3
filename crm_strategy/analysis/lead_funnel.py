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
    *("value", "cost", "cost_per_won", "outcomes"),
    *("lead_customers", "won_customers", "lost_customers", "open_customers"),
    "qualified_customers",
)

PERIOD_END: Final = "period_end"
"""Outcomes as they stood on the last day of the period."""

KNOWN: Final = "known"
"""Outcomes as known when the leads were supplied: at the period's end they cannot be told."""

REASONS: Final = ("lost_reason", "lead_count", "share", "low", "high", "customer_count")

NOT_STATED: Final = "not_stated"
"""The reason of leads that were lost without one."""


def lead_funnel(
    leads: ibis.Table, orders: ibis.Table, costs: pd.DataFrame, *, start: date, end: date
) -> pd.DataFrame:
    """Leads created in a period, by source: how far they had come by its end.

    won: its status says so; a lead that was won or lost after the period was still open. That
    cannot be told of a won or lost lead without a date of closing, and won leads must not be set
    back where lost ones cannot be: if the period has such a lead, and the table tells of days
    after the period, every lead counts with its outcome as known when they were supplied.
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
        `cost` (of the channel, whatever else it did), `cost_per_won` = cost / won leads,
        `outcomes` (`period_end` or `known`: as of when leads are won, lost or open). For those
        who hide small groups: `lead_customers`, `won_customers`, `lost_customers`,
        `open_customers`, `qualified_customers` (people behind these leads: customers, and each
        lead without one).
    """
    outcomes = _outcomes(leads, start, end)
    seen = _seen(leads, orders, start, end, outcomes)
    counted = seen.group_by("source_channel").agg(
        lead_count=_.count(),
        won_count=_.won.sum(),
        lost_count=_.lost.sum(),
        qualified_count=_.qualified.sum(),
        median_days=_.days.quantile(0.5, where=_.won),
        value=_.amount.sum(where=_.won),
        valued=_.amount.count(where=_.won),
        lead_customers=_.person.nunique(),
        won_customers=_.person.nunique(where=_.won),
        lost_customers=_.person.nunique(where=_.lost),
        open_customers=_.person.nunique(where=~_.won & ~_.lost),
        qualified_customers=_.person.nunique(where=_.qualified),
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
    table["outcomes"] = outcomes
    return table.sort_values(
        ["lead_count", "source_channel"], ascending=[False, True], ignore_index=True
    )[list(COLUMNS)]


def lost_reasons(leads: ibis.Table, *, start: date, end: date, min_count: int = 10) -> pd.DataFrame:
    """Why the leads created in a period were lost, as far as `lead_funnel` counts them as lost.

    Parameters
    ----------
    leads
        As in `lead_funnel`, with `lost_reason`?.
    start, end
        First and last day of the period.
    min_count
        Reasons of fewer people stand together as `other`: what people typed may name somebody.

    Returns
    -------
    DataFrame
        Most leads first, `other` and `not_stated` last: `lost_reason`, `lead_count`, `share`
        (of the lost leads), `low`, `high` (95 % of it), `customer_count` (people behind them,
        each as one in equal parts over their lost leads: at least so many are behind several
        reasons together). No row where no lead was lost.
    """
    reason = leads.lost_reason.strip().nullif("")
    outcomes = _outcomes(leads, start, end)
    lost = _closed(leads.mutate(reason=reason), start, end, outcomes).filter(_.lost)
    parts = lost.mutate(part=1.0 / _.count().over(group_by=_person(lost)))
    counts = (
        parts.group_by("reason")
        .agg(lead_count=_.count(), customer_count=_.part.sum().round(6))
        .to_pandas()
    )
    if counts.empty:
        return pd.DataFrame({name: [] for name in REASONS})
    few = counts["reason"].notna() & (counts["customer_count"] < min_count)
    named = counts["reason"].mask(few, OTHER).fillna(NOT_STATED)
    sums = counts.groupby(named)[["lead_count", "customer_count"]].sum()
    table = sums.rename_axis("lost_reason").reset_index()
    total = int(table["lead_count"].sum())
    table["share"] = table["lead_count"] / total
    bounds = [share_interval(count, total) for count in table["lead_count"]]
    table[["low", "high"]] = pd.DataFrame(bounds, index=table.index, dtype="float64")
    table["last"] = table["lost_reason"].isin([OTHER, NOT_STATED])
    return table.sort_values(
        ["last", "lead_count", "lost_reason"], ascending=[True, False, True], ignore_index=True
    )[list(REASONS)]


def _person(leads: ibis.Table) -> ibis.Value:
    """The customer of a lead; a lead without one is somebody of its own."""
    own = ibis.literal("lead ") + leads.lead_id.cast("string")
    return ibis.coalesce(ibis.literal("customer ") + leads.customer_id.cast("string"), own)


def _outcomes(leads: ibis.Table, start: date, end: date) -> str:
    """Whether outcomes at the period's end can be told: `PERIOD_END`, else `KNOWN`."""
    closed = leads.status_group.isin(["won", "lost"]) & leads.converted_at.isnull()
    found = leads.agg(
        undated=(within(leads.created_at, start, end) & closed).sum(),
        later=(~until(leads.created_at, end) | ~until(leads.converted_at, end)).sum(),
    )
    counts = found.to_pandas().fillna(0).iloc[0]
    return KNOWN if counts["undated"] > 0 and counts["later"] > 0 else PERIOD_END


def _closed(leads: ibis.Table, start: date, end: date, outcomes: str) -> ibis.Table:
    """Leads created in the period, with `won` and `lost` as of the time that can be told."""
    created = leads.filter(within(_.created_at, start, end))
    status = created.status_group
    if outcomes == PERIOD_END:
        decided = created.converted_at.isnull() | until(created.converted_at, end)
        status = ibis.ifelse(decided, status, "open")
    return created.mutate(
        won=(status == "won").fill_null(False), lost=(status == "lost").fill_null(False)
    )


def _seen(
    leads: ibis.Table, orders: ibis.Table, start: date, end: date, outcomes: str
) -> ibis.Table:
    known = orders.filter(orders.customer_id.notnull())
    if outcomes == PERIOD_END:
        known = known.filter(until(known.ordered_at, end))
    latest = known.group_by("customer_id").agg(ordered_at=_.ordered_at.max())
    created = _closed(leads, start, end, outcomes)
    joined = created.left_join(latest, "customer_id").drop("customer_id_right")
    days = joined.converted_at.date().delta(joined.created_at.date(), unit="day")
    priced = joined.amount.notnull() | (joined.converted_at.notnull() & (joined.won | joined.lost))
    followed = (joined.ordered_at.date() >= joined.created_at.date()).fill_null(False)
    return joined.select(
        person=_person(joined),
        source_channel=joined.source_channel.fill_null(UNKNOWN),
        won=joined.won,
        lost=joined.lost,
        qualified=joined.won | priced | followed,
        days=ibis.ifelse(days >= 0, days, None),
        amount=joined.amount.cast("float64"),
    )
