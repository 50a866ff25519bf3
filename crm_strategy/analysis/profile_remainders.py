"""How few customers follow from a group like the ideal one, less the values that lie within it."""

import math
from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.attributes import CustomerAttributes, attribute_of
from crm_strategy.analysis.members import OTHER, UNKNOWN, sums_by_segment

_NAMES = ["kind", "attribute"]


def profile_remainders(
    attributes: CustomerAttributes,
    members: ibis.Table,
    *,
    kinds: Sequence[str],
    min_count: int = 1,
) -> pd.DataFrame:
    """The fewest customers that a group tells beside the values of one attribute.

    Where all customers of a value are in the group, as those of a city that the profile names,
    the group less all such values that may be told leaves a number; so does a value less the
    groups that lie within it. What nobody is left of tells nobody.

    Parameters
    ----------
    attributes
        As in `ideal_customer.ideal_customer`.
    members
        `customer_id`, `segment` (`top` or `rest`), `group`: each customer once.
    kinds
        Kinds of attributes of whose values the top customers may be told; the customers are of
        every kind.
    min_count
        Customers that a group needs to be told.

    Returns
    -------
    DataFrame
        By `group`: `size_tells` (fewest customers, of all of it or left), `rate_tells` (fewest
        at the top, or fewest not at the top if fewer). NaN where nobody is left.
    """
    asked = members.select("customer_id", "group", side=_.segment)
    counts = (
        sums_by_segment(
            attributes.table.join(asked, "customer_id"),
            attributes.columns,
            within=["side", "group"],
            customer_count=_.count(),
        )
        .drop("place")
        .to_pandas()
        .rename(columns={"segment": "value"})
    )
    pairs = [attribute_of(column) for column in counts["kind"]]
    counts = counts.assign(kind=[kind for kind, _ in pairs], attribute=[name for _, name in pairs])
    sizes = _fewest(counts, counts, min_count)
    stated = _with_few_unknown(counts[counts["kind"].isin(kinds)], min_count)
    sides = [_fewest(stated, side, min_count) for _, side in stated.groupby("side")]
    groups = sorted(set(counts["group"]))
    return pd.DataFrame(
        {
            "group": groups,
            "size_tells": [sizes.get(each, math.nan) for each in groups],
            "rate_tells": [
                min((side[each] for side in sides if each in side), default=math.nan)
                for each in groups
            ],
        }
    )


def _with_few_unknown(counts: pd.DataFrame, least: int) -> pd.DataFrame:
    """The counts with few of no known value among the others, as `ideal_customer` tells them."""
    unknown = counts[counts["value"] == UNKNOWN]
    sums = unknown.groupby(["side", *_NAMES])["customer_count"].sum()
    few = sums[sums < least].droplevel("side").index
    folded = pd.MultiIndex.from_frame(counts[_NAMES]).isin(few) & (counts["value"] == UNKNOWN)
    return counts.assign(value=counts["value"].mask(folded, OTHER))


def _fewest(everybody: pd.DataFrame, side: pd.DataFrame, least: int) -> dict[str, float]:
    """By group the fewest of one side, of all or left; nesting is that of everybody."""
    fewest: dict[str, float] = {}
    for (kind, name), of in everybody.groupby(_NAMES):
        whole = _by_value(of)
        same = (side["kind"] == kind) & (side["attribute"] == name)
        counts = _by_value(side[same]).reindex_like(whole).fillna(0).to_numpy()
        every = whole.to_numpy()
        within = (every == every.sum(axis=1, keepdims=True)) & (every > 0)
        around = (every == every.sum(axis=0, keepdims=True)) & (every > 0)
        # Fewer than that are not told themselves, so they are part of what is left.
        values = np.where(counts >= least, counts, 0) * within
        sizes = counts.sum(axis=0)
        groups = np.where(sizes >= least, sizes, 0) * around
        of_group = sizes - values.sum(axis=0)
        of_value = counts.sum(axis=1) - groups.sum(axis=1)
        for at, group in enumerate(whole.columns):
            left = [float(n) for n in (of_group[at], *of_value[around[:, at]]) if n > 0]
            if left:
                fewest[str(group)] = min([fewest.get(str(group), math.inf), *left])
    return fewest


def _by_value(counts: pd.DataFrame) -> pd.DataFrame:
    """Customers by value and group."""
    return counts.pivot_table("customer_count", "value", "group", "sum", fill_value=0)
