"""Attributes in figures: what customers of each value bring, and where a segment differs."""

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.attributes import KINDS, CustomerAttributes, attribute_of
from crm_strategy.analysis.index_intervals import mean_index_intervals, share_index_intervals
from crm_strategy.analysis.members import OTHER, UNKNOWN, sums_by_segment
from crm_strategy.analysis.told_counts import told_counts, with_few_unknown_as_other

_KEYS = ["kind", "attribute", "value"]


def attribute_summary(attributes: CustomerAttributes, profiles: ibis.Table) -> pd.DataFrame:
    """Customers and revenue of each value of each attribute, against all customers.

    index = 100 × revenue per customer with the value ÷ revenue per customer of the base. An
    attribute nobody has a value of is left out.

    Parameters
    ----------
    attributes
        Result of `attributes.common_values`.
    profiles
        One row per customer: `customer_id`, `order_count`, `revenue` (money, net).

    Returns
    -------
    DataFrame
        By kind and attribute; values by their own order, else most customers first, `other`
        and `unknown` last: `attribute`, `value`, `customer_count`, `revenue`,
        `average_order_value`, `index` (NaN unless the base's revenue is above 0),
        `customer_share` (of all customers), `low`, `high` (95 % of the index; NaN where a few
        customers bring most of the revenue, as in `mean_index_intervals`), `kind`.
        Of each attribute, customers and revenue add up to those of the profiles.
    """
    totals = profiles.agg(n=_.count(), revenue=_.revenue.sum(), variance=_.revenue.var(how="pop"))
    n, revenue, variance = totals.to_pandas().fillna(0).iloc[0].astype("float64")
    # Squares around the base's mean keep their digits; around 0 large sums would lose them.
    mean = revenue / n if n else 0.0
    worth = profiles.select("customer_id", "order_count", "revenue", apart=_.revenue - mean)
    sums = sums_by_segment(
        attributes.table.join(worth, "customer_id"),
        attributes.columns,
        customer_count=_.count(),
        order_count=_.order_count.sum(),
        revenue=_.revenue.sum(),
        apart=_.apart.sum(),
        squares=(_.apart * _.apart).sum(),
    )
    table = _in_order(_known(_named(sums)), attributes)
    spread = (table["squares"] - table["apart"] ** 2 / table["customer_count"]).clip(lower=0)
    low, high = mean_index_intervals(
        table["customer_count"],
        table["revenue"],
        spread,
        base=(n, revenue, variance * n),
    )
    per_customer = table["revenue"] / table["customer_count"]
    return pd.DataFrame(
        {
            "attribute": table["attribute"],
            "value": table["value"],
            "customer_count": table["customer_count"],
            "revenue": table["revenue"],
            "average_order_value": table["revenue"] / table["order_count"],
            "index": 100 * per_customer / mean if mean > 0 else np.nan,
            "customer_share": table["customer_count"] / n,
            "low": low,
            "high": high,
            "kind": table["kind"],
        }
    )


def attribute_lifts(
    attributes: CustomerAttributes, members: ibis.Table, *, min_count: int = 1
) -> pd.DataFrame:
    """Where the customers of each segment differ from all customers.

    index = 100 × share of the value in the segment ÷ its share in the base, both among
    customers whose value is known; among all, of attributes of which fewer than `min_count`
    customers of a segment have no known value.

    Parameters
    ----------
    attributes
        As in `attribute_summary`.
    members
        `customer_id`, `segment`: each customer once.
    min_count
        Customers that a group needs to be told.

    Returns
    -------
    DataFrame
        By segment, kind, attribute and value: `segment`, `kind`, `attribute`, `value`,
        `customer_count` (with the value, in the segment), `known_count` (in the segment, of
        any known value), `share`, `base_share`, `index`, `low`, `high` (95 %), `is_told`
        (whether the count tells no group of fewer than `min_count`, beside the sizes of the
        segments and the values).
        Values the segment does not have at all are left out.
    """
    asked = members.select("customer_id", member_of=_.segment)
    joined = attributes.table.join(asked, "customer_id")
    sums = sums_by_segment(
        joined, attributes.columns, within=["member_of"], customer_count=_.count()
    )
    counts = _named(sums).rename(columns={"member_of": "segment"})
    counts = with_few_unknown_as_other(counts, least=min_count)
    is_told = told_counts(counts, attributes.nested, least=min_count)
    counts = counts.assign(is_told=is_told)
    columns = ["segment", *_KEYS, "customer_count", "is_told"]
    counts = counts.loc[counts["value"] != UNKNOWN, columns]
    grouped = counts.groupby
    known = grouped(["segment", "kind", "attribute"])["customer_count"].transform("sum")
    base = grouped(_KEYS)["customer_count"].transform("sum")
    base_known = grouped(["kind", "attribute"])["customer_count"].transform("sum")
    low, high = share_index_intervals(counts["customer_count"], known, base, base_known)
    share, base_share = counts["customer_count"] / known, base / base_known
    table = counts.assign(
        known_count=known,
        share=share,
        base_share=base_share,
        index=100 * share / base_share,
        low=low,
        high=high,
        is_told=counts["is_told"],
    )
    ordered = [each for each in table if each != "is_told"]
    return _in_order(table[[*ordered, "is_told"]], attributes, "segment")


def _named(sums: ibis.Table) -> pd.DataFrame:
    """Sums by kind, attribute and value."""
    table = sums.drop("place").to_pandas().rename(columns={"segment": "value"})
    pairs = [attribute_of(column) for column in table.pop("kind")]
    kinds, names = zip(*pairs, strict=True) if pairs else ((), ())
    return table.assign(kind=list(kinds), attribute=list(names))


def _known(table: pd.DataFrame) -> pd.DataFrame:
    has_value = (table["value"] != UNKNOWN).groupby([table["kind"], table["attribute"]])
    return table[has_value.transform("any").astype(bool)]


def _in_order(table: pd.DataFrame, attributes: CustomerAttributes, *first: str) -> pd.DataFrame:
    places = {
        (*attribute_of(column), value): place
        for column, order in attributes.ordinal.items()
        for place, value in enumerate(order)
    }
    keys = zip(*(table[key] for key in _KEYS), strict=True)
    ranked = table.assign(
        kind_order=table["kind"].map({kind: place for place, kind in enumerate(KINDS)}),
        last=(table["value"] == OTHER) + 2 * (table["value"] == UNKNOWN),
        place=[places.get(key, 0) for key in keys],
        fewest=-table["customer_count"],
    )
    order = [*first, "kind_order", "attribute", "last", "place", "fewest", "value"]
    return ranked.sort_values(order, ignore_index=True)[list(table.columns)]
