"""Segments by value: deciles, one-time against regular buyers, newcomers, and the curve."""

import math

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.members import UNKNOWN

DECILES = tuple(f"decile_{number:02}" for number in range(1, 11))
"""Segments of expected value, best first."""

REGULARITIES = ("one_time", "regular", "frequent")
NEWCOMER_BANDS = ("low", "medium", "high")
NEWCOMER_DAYS = 365
"""Days since the only purchase within which its customer is a newcomer; the words say them."""

_FREQUENT = 0.8
_POINTS = 20


def value_deciles(values: ibis.Table) -> ibis.Table:
    """Customers by tenths of expected value.

    decile = 1 + floor(10 × share of customers strictly better), so equal customers share one;
    where many are equal, a decile may have no customers.

    Parameters
    ----------
    values
        `customer_id`, `expected_value` (money), as of `lifetime_value.customer_values`.

    Returns
    -------
    Table
        `customer_id`, `segment`: one of `DECILES`, `unknown` where no value is known.
    """
    better = ibis.rank().over(group_by=_.expected_value.isnull(), order_by=_.expected_value.desc())
    known = _.count().over(group_by=_.expected_value.isnull())
    placed = values.mutate(decile=better * len(DECILES) // known)
    steps = [(placed.decile == place, name) for place, name in enumerate(DECILES)]
    segment = ibis.cases((placed.expected_value.isnull(), UNKNOWN), *steps)
    return placed.select("customer_id", segment=segment)


def regularity(profiles: ibis.Table) -> ibis.Table:
    """One-time, regular and frequent buyers.

    Parameters
    ----------
    profiles
        `customer_id`, `order_count`.

    Returns
    -------
    Table
        `customer_id`, `segment`: `one_time` (one order, as repeat rates and scores of frequency
        count it), `frequent` (of those with more, whoever at least four fifths of them order
        strictly less often than), else `regular`.
    """
    return profiles.select("customer_id", segment=regularity_of(profiles.order_count))


def regularity_of(order_count: ibis.Value) -> ibis.Value:
    """The segment alone, as a value of one row per customer; see `regularity`."""
    repeat = order_count > 1
    fewer = ibis.rank().over(group_by=repeat, order_by=order_count)
    # As a float: the engine multiplies decimals slowly.
    buyers = order_count.count().over(group_by=repeat).cast("float64")
    return ibis.cases(
        (order_count <= 1, "one_time"), (fewer >= _FREQUENT * buyers, "frequent"), else_="regular"
    )


def newcomers(
    counts: ibis.Table, values: ibis.Table, *, newcomer_days: int = NEWCOMER_DAYS
) -> ibis.Table:
    """Who of those with one purchase may come a second time.

    Parameters
    ----------
    counts
        `customer_id`, `frequency`, `T` (days), `revenue` (money, net), as of
        `purchase_counts.purchase_counts`.
    values
        `customer_id`, `p_no_order`, as of `lifetime_value.customer_values`.
    newcomer_days
        Days since the purchase within which its customer is a newcomer.

    Returns
    -------
    Table
        `band`: `low`, `medium`, `high`, thirds of the newcomers by the chance of a second order
        within the horizon of `values`, equal ones together; `customer_count`,
        `second_order_rate` (mean of that chance), `revenue` (money so far). No rows without
        newcomers or when no model can be used.
    """
    new = counts.filter(_.frequency == 0, _["T"] < newcomer_days).select("customer_id", "revenue")
    chances = new.join(values.select("customer_id", "p_no_order"), "customer_id").filter(
        _.p_no_order.notnull()
    )
    lower = ibis.rank().over(order_by=_.p_no_order.desc())
    placed = chances.mutate(place=lower * len(NEWCOMER_BANDS) // _.count().over())
    sums = placed.group_by("place").agg(
        customer_count=_.count(),
        second_order_rate=1 - _.p_no_order.mean(),
        revenue=_.revenue.sum(),
    )
    bands = [(sums.place == place, band) for place, band in enumerate(NEWCOMER_BANDS)]
    return sums.order_by("place").select(
        ibis.cases(*bands).name("band"), "customer_count", "second_order_rate", "revenue"
    )


def value_curve(
    customers: ibis.Table, values: ibis.Table, tiers: ibis.Table | None = None
) -> pd.DataFrame:
    """How few customers hold how much: Lorenz curves, the best customers first.

    Parameters
    ----------
    customers
        `customer_id`, `revenue` (money, net).
    values
        `customer_id`, `expected_value` (money).
    tiers
        Members of tiers by revenue: `customer_id`, `segment`.

    Returns
    -------
    DataFrame
        21 points (fewer of fewer customers than 20), from none to all: `customer_share`,
        `revenue_share` of those with the most revenue, `expected_value_share` of those with
        the most expected value. A share is null where its total is not above 0.
        `gap`: the fewest customers, above 0, between the point and where a tier or a decile of
        value ends; beside that segment's sum the point would tell of these few. NaN for none.
    """
    revenue = _shares(customers, "revenue")
    value = _shares(values, "expected_value")
    curve = revenue.join(value["expected_value_share"]).reset_index(drop=True)
    if curve.empty:
        return curve.assign(gap=pd.Series(dtype="float64"))
    deciles = value_deciles(values).filter(_.segment != UNKNOWN)
    parts = [_ends(deciles, values, "expected_value")]
    parts += [] if tiers is None else [_ends(tiers, customers, "revenue")]
    n = int(customers.count().to_pandas())
    places = [round(n * share) for share in curve["customer_share"]]
    return curve.assign(gap=[_gap(place, parts) if 0 < place < n else math.nan for place in places])


def _ends(members: ibis.Table, customers: ibis.Table, name: str) -> list[int]:
    """Where segments end, the best first: how many customers they and those before them are."""
    sizes = (
        members.join(customers.select("customer_id", name), "customer_id")
        .group_by("segment")
        .agg(n=_.count(), worth=_[name].mean())
        .order_by(_.worth.desc())
        .to_pandas()
    )
    return [int(end) for end in sizes["n"].cumsum().iloc[:-1]]


def _gap(place: int, parts: list[list[int]]) -> float:
    """Customers between a point and the nearest end of a division that has none there."""
    gaps = [abs(end - place) for ends in parts if place not in ends for end in ends]
    return float(min(gaps, default=math.nan))


def _shares(rows: ibis.Table, name: str) -> pd.DataFrame:
    known = rows.filter(_[name].notnull())
    best_first = ibis.row_number().over(order_by=_[name].desc())
    steps = (
        known.mutate(step=best_first * _POINTS // _.count().over())
        .group_by("step")
        .agg(customers=_.count(), total=_[name].sum())
        .order_by("step")
        .to_pandas()
    )
    sums = steps[["customers", "total"]].astype("float64").cumsum()
    if len(sums):
        sums = pd.concat([pd.DataFrame([[0.0, 0.0]], columns=sums.columns), sums])
        sums = sums.reset_index(drop=True) / sums.iloc[-1].where(sums.iloc[-1] > 0)
    return sums.set_axis(["customer_share", f"{name}_share"], axis="columns")
