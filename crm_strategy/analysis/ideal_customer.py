"""The ideal customer: who the most valuable customers are, and how many others are like them."""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.special import ndtri

from crm_strategy.analysis.attribute_summary import attribute_lifts
from crm_strategy.analysis.attributes import CustomerAttributes, attribute_of
from crm_strategy.analysis.intervals import CONFIDENCE, share_interval
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.profile_remainders import profile_remainders

TOP, REST = "top", "rest"

WHO = ("demography", "geography", "firmography", "other")
"""Kinds of attributes that say who somebody is. Preferences are none: whoever orders often is
likelier found among the commonest choices, so they would mirror the number of orders."""

_KEYS = ["kind", "attribute", "value"]
_NEUTRAL = 100
_ROUNDING = 1e-9
_NEVER = 1e-100
"""Stands for an index of 0, which has no logarithm: no other value makes up for it."""


def top_members(
    profiles: ibis.Table, values: ibis.Table | None = None, *, top_share: float = 0.2
) -> ibis.Table:
    """The most valuable customers and the rest.

    Top are customers of whom less than `top_share` of all are strictly more valuable, so
    equals stay together; nobody without a value above 0.

    Parameters
    ----------
    profiles
        One row per customer: `customer_id`, `revenue` (money, net).
    values
        `customer_id`, `expected_value` (money); decides instead of revenue where it is known of
        anybody.
    top_share
        Share of the customers, 0 to 1.

    Returns
    -------
    Table
        `customer_id`, `segment`: `top` or `rest`. Each customer of the profiles once.
    """
    if values is None:
        worth = profiles.select("customer_id", worth=_.revenue)
    else:
        expected = values.select("customer_id", "expected_value")
        joined = profiles.select("customer_id", "revenue").left_join(expected, "customer_id")
        known = joined.expected_value.count().over() > 0
        foreseen = joined.expected_value.fill_null(0.0)
        worth = joined.select("customer_id", worth=ibis.ifelse(known, foreseen, joined.revenue))
    better = ibis.rank().over(order_by=worth.worth.desc())
    is_top = (better < top_share * worth.count().over()) & (worth.worth > 0)
    return worth.select("customer_id", segment=ibis.ifelse(is_top, TOP, REST))


def ideal_customer(
    attributes: CustomerAttributes, tops: ibis.Table, *, min_count: int = 1
) -> pd.DataFrame:
    """What is commoner among the most valuable customers than among all.

    Parameters
    ----------
    attributes
        Result of `attributes.common_values`. Only the kinds in `WHO` count.
    tops
        Result of `top_members`.
    min_count
        As in `attribute_summary.attribute_lifts`.

    Returns
    -------
    DataFrame
        Surest first (by `low`), values that nobody at the top has last: `attribute`, `value`,
        `share_in_top`, `share_in_all` (as in `attribute_lifts`), `index` = 100 ×
        the one ÷ the other, `low`, `high` (95 %), `customer_count` (top customers with the
        value), `kind`, `is_told`, `in_profile` (surely commoner at the top: `low` above 100 even
        when 95 % must hold for all values at once, for of many values a few always seem to
        stand out).
    """
    lifts = attribute_lifts(attributes.of_kinds(WHO), tops, min_count=min_count)
    lifts = lifts[lifts["value"] != OTHER]
    found = lifts[lifts["segment"] == TOP]
    found = found.assign(in_profile=_stands_out(found))
    absent = _at_no_top(lifts).assign(in_profile=False)
    found = pd.concat([found, absent], ignore_index=True) if len(absent) else found
    named = found.rename(columns={"share": "share_in_top", "base_share": "share_in_all"})
    ordered = named.sort_values(["low", *_KEYS], ascending=[False, True, True, True])
    return ordered[
        [
            *("attribute", "value", "share_in_top", "share_in_all", "index", "low", "high"),
            *("customer_count", "kind", "is_told", "in_profile"),
        ]
    ].reset_index(drop=True)


def profile_fit(
    attributes: CustomerAttributes,
    profiles: ibis.Table,
    tops: ibis.Table,
    ideal: pd.DataFrame,
    *,
    min_count: int = 1,
) -> pd.DataFrame:
    """How many customers are like the ideal one, how many are not, and what each bring.

    A customer is inside whose known values of the profile's attributes, taken together, are
    commoner at the top than among all: the product of their indices ÷ 100 is above 1, and 0 with
    a value that nobody at the top has. Values that `ideal` does not list count as 1.

    Parameters
    ----------
    attributes, tops
        As in `ideal_customer`.
    profiles
        One row per customer: `customer_id`, `revenue` (money, net).
    ideal
        Result of `ideal_customer`.
    min_count
        Customers that a group needs to be told.

    Returns
    -------
    DataFrame
        `group` (inside, outside, and unknown: none of the profile's attributes is known),
        `customer_count`, `customer_share`, `revenue`, `revenue_share` (NaN unless the total is
        above 0), `top_rate` (share of the group at the top), `low`, `high` (95 % of it),
        `size_tells`, `rate_tells` (fewest customers that each tells beside the values of an
        attribute, as in `profile_remainders`). None where nothing tells the top apart. The
        profile was read from the same customers, so `top_rate` inside is somewhat too high for
        new ones.
    """
    chosen = ideal[_in_attributes(ideal, ideal[ideal["in_profile"]])]
    joined = profiles.select("customer_id", "revenue").join(tops, "customer_id")
    fits = ibis.null("string") if chosen.empty else None
    if fits is None:
        joined = joined.left_join(_likeness(attributes, chosen), "customer_id")
        fits = ibis.cases(
            (joined.likeness.isnull(), UNKNOWN),
            (joined.likeness > _ROUNDING, "inside"),
            else_="outside",
        )
    grouped = joined.mutate(group=fits).filter(_.group.notnull()).cache()
    sums = (
        grouped.group_by("group")
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum(),
            top_count=(_.segment == TOP).sum(),
        )
        .to_pandas()
        .set_index("group")
    )
    table = sums.reindex([each for each in ("inside", "outside", UNKNOWN) if each in sums.index])
    table = table.rename_axis("group").reset_index()
    told = profile_remainders(attributes, grouped, kinds=WHO, min_count=min_count)
    told = told.set_index("group").reindex(table["group"]).reset_index(drop=True)
    table = table.join(told)
    total = table["revenue"].sum()
    pairs = zip(table["top_count"], table["customer_count"], strict=True)
    bounds = [share_interval(top, n) for top, n in pairs]
    return table.assign(
        customer_share=table["customer_count"] / table["customer_count"].sum(),
        revenue_share=table["revenue"] / (total if total > 0 else float("nan")),
        top_rate=table["top_count"] / table["customer_count"],
        low=pd.Series([low for low, _high in bounds], dtype="float64"),
        high=pd.Series([high for _low, high in bounds], dtype="float64"),
    )[
        [
            *("group", "customer_count", "customer_share", "revenue", "revenue_share"),
            *("top_rate", "low", "high", "size_tells", "rate_tells"),
        ]
    ]


def _stands_out(lifts: pd.DataFrame) -> pd.Series:
    # Bonferroni: intervals on the logarithm grow in proportion to the normal quantile.
    tail = (1 - CONFIDENCE) / 2
    wider = ndtri(tail / max(len(lifts), 1)) / ndtri(tail)
    half = np.log(lifts["index"] / lifts["low"])
    return np.log(lifts["index"] / _NEUTRAL) > wider * half


def _at_no_top(lifts: pd.DataFrame) -> pd.DataFrame:
    """Values that customers have, but nobody at the top; at most 1 − 0.025^(1/n) of n would."""
    top, rest = (lifts[lifts["segment"] == each] for each in (TOP, REST))
    known = top.groupby(_KEYS[:2])["known_count"].first().rename("top_known").reset_index()
    missing = rest.merge(top[_KEYS], on=_KEYS, how="left", indicator=True)
    missing = missing[missing.pop("_merge") == "left_only"].merge(known, on=_KEYS[:2])
    most = 1 - ((1 - CONFIDENCE) / 2) ** (1 / missing["top_known"].astype("float64"))
    return missing.drop(columns="top_known").assign(
        segment=TOP,
        customer_count=0,
        known_count=missing["top_known"],
        share=0.0,
        index=0.0,
        low=0.0,
        high=100 * most / missing["base_share"],
    )


def _in_attributes(ideal: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Rows of the attributes that others are of."""
    wanted = set(zip(others["kind"], others["attribute"], strict=True))
    pairs = zip(ideal["kind"], ideal["attribute"], strict=True)
    return pd.Series([pair in wanted for pair in pairs], index=ideal.index, dtype=bool)


def _likeness(attributes: CustomerAttributes, chosen: pd.DataFrame) -> ibis.Table:
    """Sum of the logarithms of the indices of each customer's values; null where none is known."""
    table, parts = attributes.table, []
    asked = dict(tuple(chosen.groupby(_KEYS[:2])))
    for column in attributes.columns:
        if (values := asked.get(attribute_of(column))) is not None:
            weights = np.log(values["index"].clip(lower=_NEVER) / _NEUTRAL)
            known = zip(values["value"], weights.tolist(), strict=True)
            parts.append(table[column].cases((UNKNOWN, None), *known, else_=0.0))
    some = ibis.or_(*(part.notnull() for part in parts))
    total = sum(part.fill_null(0.0) for part in parts)
    return table.select("customer_id", likeness=ibis.ifelse(some, total, None))
