"""Drivers: why revenue moved, in parts that sum to the change."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.customer_flows import customer_flows
from crm_strategy.analysis.left_censoring import is_left_censored
from crm_strategy.analysis.price_volume_mix import price_volume_mix
from crm_strategy.analysis.spans import Span, within

FACTORS: Final = ("customers", "frequency", "order_value")
"""Revenue = customers who ordered × orders of each × revenue of an order."""

NO_CUSTOMER: Final = "no_customer"
"""Revenue of orders that name no customer."""

UNSPLIT: Final = "unsplit"
"""A change that has no factors, as where a period has no orders."""

OUTSIDE_LINES: Final = "outside_lines"
"""Revenue that no order line shows, such as refunds without lines."""

_DIGITS: Final = 6
"""Sums are rounded so far that the order of adding decides nothing."""

_HALF_A_CENT: Final = 0.005

COLUMNS: Final = (
    *("split", "driver", "contribution", "previous", "current", "n", "previous_n", "active_n"),
)


def revenue_drivers(
    orders: ibis.Table,
    order_lines: ibis.Table,
    *,
    start: date,
    end: date,
    previous_start: date,
    previous_end: date,
    first_day: date | None = None,
    active_days: int = 0,
    min_count: int = 0,
) -> pd.DataFrame:
    """Split the change of revenue between two periods in three ways, each of them whole.

    `factors`: customers × frequency × order value, by `log_mean_split`. `flows`: customers who
    are new, came back, stayed, or were lost (`customer_flows`). `products`: price, volume and
    mix (`price_volume_mix`), where there are order lines. Where the data begin within the
    previous period or after it, there is nothing to compare with; where they begin so late that
    new customers are not known (`left_censoring`), there are no `flows`.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    order_lines
        As in `price_volume_mix`.
    start, end
        First and last day of the period.
    previous_start, previous_end
        Of the period it is compared with.
    first_day
        First day of the data; None: they reach back to the first customer.
    active_days
        Days after an order in which a customer counts as active (`lifecycle.active_window`).
    min_count
        As in `price_volume_mix`.

    Returns
    -------
    DataFrame
        `split`, `driver`, `contribution` (money; Σ of each split is the change of revenue, net
        of refunds), `previous` and `current` (the factor, or the money of the group, in each
        period; NaN where there is none), `n` and `previous_n` (customers behind it; of revenue
        outside order lines those whose orders and lines differ), `active_n` (of flows, as in
        `customer_flows`).
    """
    if first_day is not None and previous_start < first_day:
        return pd.DataFrame(columns=list(COLUMNS))
    window = {"start": start, "end": end}
    before = {"previous_start": previous_start, "previous_end": previous_end}
    now, then = (
        _sums(orders, first, last) for first, last in ((start, end), (previous_start, previous_end))
    )
    change = now["revenue"] - then["revenue"]
    alone = _row(NO_CUSTOMER, now["unknown"] - then["unknown"], (then["unknown"], now["unknown"]))
    parts = [_factors(now, then)]
    period = Span("", start, end)
    if not is_left_censored("new_customers", period, first_day=first_day, active_days=active_days):
        flows = customer_flows(orders, **window, **before, active_days=active_days)
        parts.append(flows.assign(split="flows"))
    if then["unknown"] or now["unknown"]:
        parts = [pd.concat([part, alone.assign(split=part["split"].iloc[0])]) for part in parts]
    products = price_volume_mix(order_lines, **window, **before, min_count=min_count)
    if len(products):
        rest = change - products["contribution"].sum()
        if abs(rest) > _HALF_A_CENT:
            people = _unlined(orders, order_lines, (start, end), (previous_start, previous_end))
            unlined = _row(OUTSIDE_LINES, rest, (math.nan, math.nan), *people)
            products = pd.concat([products, unlined])
        parts.append(products.assign(split="products"))
    return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))


def log_mean_split(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Share out the change of a product among its factors, without a remainder.

    Contribution of factor x = L(V₁, V₀) · ln(x₁ / x₀), with V the product of all factors and
    L(a, b) = (a − b) / ln(a / b) the logarithmic mean (LMDI-I).

    Parameters
    ----------
    before, after
        The factors by name, all above 0.

    Returns
    -------
    dict
        The contribution of each factor; Σ is the change of the product.

    Raises
    ------
    ValueError
        A factor that is not above 0: it has no logarithm.

    References
    ----------
    Ang (2005), Energy Policy 33(7), doi:10.1016/j.enpol.2003.10.010
    """
    if not all(value > 0 for value in (*before.values(), *after.values())):
        raise ValueError("factors must be above 0: they have no logarithm otherwise")
    first, last = math.prod(before.values()), math.prod(after.values())
    ratio = math.log(last / first)
    # Near 1 the quotient loses its digits: the series of the logarithmic mean has them.
    mean = (last - first) / ratio if abs(ratio) > _ALIKE else math.sqrt(first * last)
    return {name: mean * math.log(after[name] / before[name]) for name in before}


_ALIKE: Final = 1e-7


def _factors(now: Mapping[str, float], then: Mapping[str, float]) -> pd.DataFrame:
    """Change of the revenue of known customers by its factors."""
    after, before = (_of(each) for each in (now, then))
    change = now["known"] - then["known"]
    n = {"n": now["buyers"], "previous_n": then["buyers"]}
    if all(value > 0 for value in (*after.values(), *before.values())):
        split = log_mean_split(before, after)
        # What rounding leaves over, some billionths of a cent, goes to the last factor.
        split[FACTORS[-1]] += change - math.fsum(split.values())
        rows = [_row(name, split[name], (before[name], after[name]), **n) for name in FACTORS]
    else:
        rows = [_row(UNSPLIT, change, (then["known"], now["known"]), **n)]
    return pd.concat(rows).assign(split="factors")


def _of(sums: Mapping[str, float]) -> dict[str, float]:
    buyers, orders = sums["buyers"], sums["orders"]
    values = (buyers, orders / buyers if buyers else 0.0, sums["known"] / orders if orders else 0.0)
    return dict(zip(FACTORS, values, strict=True))


def _sums(orders: ibis.Table, start: date, end: date) -> dict[str, float]:
    """Money and customers of a period; 0 where it has none."""
    rows = orders.filter(within(_.ordered_at, start, end))
    known, placed = rows.customer_id.notnull(), ~rows.is_refund
    found = rows.agg(
        revenue=rows.amount.sum(),
        known=rows.amount.sum(where=known),
        unknown=rows.amount.sum(where=~known),
        orders=(known & placed).sum(),
        buyers=rows.customer_id.nunique(where=placed),
    )
    sums = found.to_pandas().astype("float64").fillna(0.0).round(_DIGITS).iloc[0]
    return {str(name): float(value) for name, value in sums.items()}


def _unlined(
    orders: ibis.Table, order_lines: ibis.Table, *windows: tuple[date, date]
) -> list[float]:
    """Customers whose orders and order lines differ in money, in each window."""
    columns = ("customer_id", "ordered_at", "amount")
    lines = order_lines.select(*columns).mutate(amount=-_.amount)
    money = ibis.union(orders.select(*columns), lines).filter(_.customer_id.notnull())
    sums = {
        f"in_{place}": money.amount.sum(where=within(money.ordered_at, *window)).fill_null(0.0)
        for place, window in enumerate(windows)
    }
    customers = money.group_by("customer_id").agg(**sums)
    apart = {name: (customers[name].abs() > _HALF_A_CENT).sum() for name in sums}
    found = customers.agg(**apart).to_pandas().astype("float64").fillna(0.0).iloc[0]
    return [float(found[name]) for name in sums]


def _row(
    driver: str,
    contribution: float,
    values: tuple[float, float],
    n: float = math.nan,
    previous_n: float = math.nan,
) -> pd.DataFrame:
    previous, current = values
    row = {
        "driver": driver,
        "contribution": contribution,
        "previous": previous,
        "current": current,
        "n": n,
        "previous_n": previous_n,
    }
    return pd.DataFrame([row])
