"""What each channel cost in each period: from the cost file, else from the channel's terms."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.members import OTHER
from crm_strategy.analysis.spans import (
    PeriodLike,
    Span,
    bucket_of,
    edges_of,
    layers,
    months_in,
    spans_of,
)

CostSource = Literal["file", "params"]

_GOODS, _PLANNED = "goods", "planned"


def channel_spending(
    costs: ibis.Table,
    touches: ibis.Table,
    *,
    periods: Sequence[PeriodLike],
    channel_terms: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Cost of each channel in each period.

    The cost file speaks first: its amounts, spread evenly over the days they cover. Where it
    has nothing for a channel in a period, the costs that the touches themselves carry count;
    where these are missing too, the channel's terms: per_touch × touches + monthly × months
    of the period. What nobody states is unknown, never 0; so is what a price per touch comes to
    for a channel of which no touch was ever supplied.

    Parameters
    ----------
    costs
        One row per cost: `period_start`, `period_end` (inclusive days; without an end the
        cost is that day's), `channel`, `amount` (money), `cost_item` (goods are left out: they
        belong to margin), `cost_kind` (planned is left out).
    touches
        One row per touch: `touched_at` (timestamp), `channel`, `cost`? (money).
    periods
        The periods: `id`, `start`, `end` (inclusive days).
    channel_terms
        `channel`, `per_touch`, `monthly` (money, missing where unknown).

    Returns
    -------
    DataFrame
        One row per channel and period that has either touches or a cost: `channel`, `period`
        (id), `cost` (money, NaN where unknown), `cost_source` (`file`, `params`, None),
        `touch_count` (NaN for a channel of which no touch was ever supplied).
    """
    spans = spans_of(periods)
    stated = _stated(costs, spans)
    made, measured = _made(touches, spans)
    terms = _agreed(channel_terms, spans)
    keys = ["channel", "period"]
    table = stated.merge(made, on=keys, how="outer").merge(terms, on=keys, how="outer")
    silent = table["channel"].isin(measured) & table["touch_count"].isna()
    table["touch_count"] = table["touch_count"].mask(silent, 0.0)
    by_touch = table["per_touch"] * table["touch_count"]
    agreed = by_touch.add(table["standing"], fill_value=0.0)
    agreed = agreed.mask(table["per_touch"].gt(0) & table["touch_count"].isna())
    table["cost"] = table["stated"].fillna(table["carried"]).fillna(agreed)
    filed = table["stated"].notna() | table["carried"].notna()
    table["cost_source"] = filed.map({True: "file", False: "params"}).where(table["cost"].notna())
    used = table[(table["touch_count"] > 0) | (table["cost"].fillna(0) != 0) | filed]
    return used.sort_values(keys, ignore_index=True)[
        ["channel", "period", "cost", "cost_source", "touch_count"]
    ]


def marketing_costs(
    costs: ibis.Table,
    touches: ibis.Table,
    periods: Sequence[PeriodLike],
    *,
    channel_terms: pd.DataFrame | None = None,
    names: Collection[str] | None = None,
) -> pd.DataFrame:
    """Σ of the channels' known costs, of each channel and period.

    Once a cost file is supplied, a period it says nothing about has no value: the terms of a
    few channels would pass for all.

    Parameters
    ----------
    costs, touches, periods, channel_terms
        As in `channel_spending`.
    names
        Channels that are groups of their own; the rest are `other`. All unless given.

    Returns
    -------
    DataFrame
        Indexed by `group` (channel) and `period` (id): `marketing_cost`.
    """
    spending = channel_spending(costs, touches, periods=periods, channel_terms=channel_terms)
    filed = set(spending.loc[spending["cost_source"] == "file", "period"])
    if filed:
        spending = spending[spending["period"].isin(filed)]
    group = spending["channel"].astype("object")
    if names is not None:
        group = group.where(group.isin(list(names)), OTHER)
    sums = spending.assign(group=group).groupby(["group", "period"])["cost"].sum(min_count=1)
    return sums.astype("float64").rename("marketing_cost").to_frame()


def spread(costs: ibis.Table, start: date, end: date) -> ibis.Value:
    """The part of each cost that falls on the days from `start` to `end`; null if none does.

    amount × days of it in the span / days it covers. Over spans that cover all its days the
    parts add up to the amount.
    """
    first = costs.period_start
    last = ibis.greatest(costs.period_end.fill_null(first), first)
    overlap = ibis.least(last, end).delta(ibis.greatest(first, start), unit="day") + 1
    covered = last.delta(first, unit="day") + 1
    return ibis.ifelse(overlap > 0, costs.amount * overlap / covered, None)


def counted_costs(costs: ibis.Table) -> ibis.Table:
    """The costs that count as marketing: no goods, which belong to margin, and nothing planned."""
    return costs.filter(_.cost_item.fill_null("") != _GOODS, _.cost_kind.fill_null("") != _PLANNED)


def _stated(costs: ibis.Table, spans: Sequence[Span]) -> pd.DataFrame:
    counted = counted_costs(costs)
    sums = counted.group_by("channel").agg(
        **{f"in_{place}": spread(counted, *span[1:]).sum() for place, span in enumerate(spans)}
    )
    table = sums.to_pandas().set_index("channel")
    table.columns = pd.Index([span.id for span in spans], name="period")
    return table.stack().astype("float64").dropna().rename("stated").reset_index()


def _made(touches: ibis.Table, spans: Sequence[Span]) -> tuple[pd.DataFrame, set[str]]:
    """Touches by channel and period, and every channel that has touches at all."""
    cost = touches.cost if "cost" in touches.columns else ibis.null("float64")
    priced = touches.mutate(price=cost.cast("float64"))
    parts, measured = [], set()
    for layer in layers(spans):
        edges = edges_of(layer)
        counts = (
            priced.mutate(bucket=bucket_of(priced.touched_at, edges))
            .group_by("channel", "bucket")
            .agg(touch_count=_.count(), carried=_.price.sum())
            .to_pandas()
        )
        names = {edges.index(span.start) + 1: span.id for span in layer}
        counts["period"] = counts["bucket"].map(names).astype(object)
        measured |= set(counts["channel"])
        parts.append(counts.dropna(subset=["period"]).drop(columns="bucket"))
    table = pd.concat(parts)
    return table.astype({"touch_count": "float64", "carried": "float64"}), measured


def _agreed(channel_terms: pd.DataFrame | None, spans: Sequence[Span]) -> pd.DataFrame:
    columns = ["channel", "period", "per_touch", "standing"]
    if channel_terms is None or channel_terms.empty:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[2:], "float64"))
    terms = channel_terms[["channel", "per_touch", "monthly"]]
    table = terms.merge(
        pd.DataFrame(
            {
                "period": [span.id for span in spans],
                "months": [months_in(span.start, span.end) for span in spans],
            }
        ),
        how="cross",
    )
    table["per_touch"] = table["per_touch"].astype("float64")
    table["standing"] = table["monthly"].astype("float64") * table["months"]
    return table[columns]
