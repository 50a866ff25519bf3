"""Lapsed groups: whose customers had brought far more than the other lapsed ones."""

from collections.abc import Mapping, Sequence

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_tests import welch_interval
from crm_strategy.analysis.intervals import mean_interval

ATTRIBUTES = ("kind", "country", "area_type", "gender", "source_channel", "income", "industry")

COLUMNS = (
    *("attribute", "value", "customer_count", "lapsed_share", "past_revenue", "mean_revenue"),
    *("low", "high", "other_count", "other_mean", "verdict"),
)

_ALPHA = 0.05


def lapsed_groups(
    profiles: ibis.Table, *, active_days: int, attributes: Sequence[str] = ATTRIBUTES
) -> pd.DataFrame:
    """Lapsed customers by the values of some attributes, against all other lapsed customers.

    Parameters
    ----------
    profiles
        Result of `profiles.customer_profiles`: `customer_id`, `recency_days`, `revenue` and
        attributes.
    active_days
        Lapsed is whose last order is so many days ago or more.
    attributes
        Columns to look at; those that the profiles lack are left out.

    Returns
    -------
    DataFrame
        One row per attribute and value, most past revenue first: `customer_count` (lapsed),
        `lapsed_share` (of the group), `past_revenue` (money, net), `mean_revenue` (money a
        lapsed customer) with `low`, `high` (Student's t, 95 % for all groups together by
        Bonferroni), `other_count` and `other_mean` (lapsed customers of any other value),
        `verdict` (`dear` when the difference of both means is above 0 by Welch's interval, likewise
        for all groups together, else `usual`).
    """
    lapsed = profiles.mutate(gone=profiles.recency_days >= active_days)
    parts = []
    for name in (each for each in attributes if each in profiles.columns):
        sums = (
            lapsed.filter(lapsed[name].notnull())
            .group_by(value=lapsed[name].cast("string"))
            .agg(
                everyone=_.count(),
                customer_count=_.gone.sum(),
                past_revenue=_.revenue.sum(where=_.gone).fill_null(0.0),
                squares=(_.revenue * _.revenue).sum(where=_.gone).fill_null(0.0),
            )
            .to_pandas()
        )
        parts.append(sums.assign(attribute=name))
    groups = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if groups.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    summed = ["customer_count", "past_revenue", "squares"]
    whole = groups.groupby("attribute")[summed].transform("sum")
    groups = groups.assign(
        lapsed_share=groups["customer_count"] / groups["everyone"],
        mean_revenue=groups["past_revenue"] / groups["customer_count"],
        other_count=whole["customer_count"] - groups["customer_count"],
        other_squares=whole["squares"] - groups["squares"],
    )
    groups["other_mean"] = (whole["past_revenue"] - groups["past_revenue"]) / groups[
        "other_count"
    ].where(groups["other_count"] > 0)
    groups = groups[groups["customer_count"] > 0]
    level = 1 - _ALPHA / max(len(groups), 1)
    ends = [
        mean_interval(
            row["mean_revenue"],
            row["squares"] - row["customer_count"] * row["mean_revenue"] ** 2,
            row["customer_count"],
            confidence=level,
        )
        for row in groups.to_dict("records")
    ]
    found = groups.assign(low=[low for low, _high in ends], high=[high for _low, high in ends])
    found["verdict"] = [_verdict(row, level) for row in found.to_dict("records")]
    order = ["past_revenue", "attribute", "value"]
    ranked = found.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return ranked[list(COLUMNS)]


def _verdict(row: Mapping[str, float], level: float) -> str:
    sizes = (row["customer_count"], row["other_count"])
    means = (row["mean_revenue"], row["other_mean"])
    squares = (row["squares"], row["other_squares"])
    if min(sizes) < 2:
        return "usual"
    each = zip(squares, sizes, means, strict=True)
    first, second = (max(total - n * mean**2, 0.0) / (n - 1) for total, n, mean in each)
    (low, _high), _p = welch_interval(means, (first, second), sizes, confidence=level)
    return "dear" if low is not None and low > 0 else "usual"
