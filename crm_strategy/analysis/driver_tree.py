"""The driver tree: what each lever would have to do for revenue to reach its target."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final, NamedTuple

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import spearmanr
from statsmodels.stats.multitest import multipletests

from crm_strategy.analysis.drivers import FACTORS
from crm_strategy.analysis.signals import ENOUGH, natural_limits
from crm_strategy.analysis.spans import DAY, PeriodLike, bucket_of, edges_of, layers, spans_of
from crm_strategy.words.kpis import KPIS

TREE_COLUMNS: Final = (
    *("driver", "current", "needed", "change_needed", "best", "best_period", "verdict"),
    *("needed_together", "verdict_together", "n", "customers"),
)
PAIR_COLUMNS: Final = ("kpi", "with_kpi", "correlation", "n", "p_value")

SURE: Final = 0.05
"""Chance of an error among all pairs of KPIs that are named."""


def factor_history(orders: ibis.Table, periods: Sequence[PeriodLike]) -> pd.DataFrame:
    """The factors of revenue in each period, of orders that name their customer.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    periods
        The periods: `id`, `start`, `end` (inclusive days), in any order.

    Returns
    -------
    DataFrame
        By time: `period`, `start`, `customers` (who ordered), `frequency` (orders of each),
        `order_value` (money, net of refunds, an order), `revenue` (their product); NaN where
        nobody ordered.
    """
    spans = spans_of(periods)
    found: dict[str, tuple[float, float, float]] = {}
    for layer in layers(spans):
        edges = edges_of(layer)
        known = orders.filter(orders.customer_id.notnull())
        sums = (
            known.mutate(bucket=bucket_of(known.ordered_at, edges))
            .group_by("bucket")
            .agg(
                customers=_.customer_id.nunique(where=~_.is_refund),
                placed=(~_.is_refund).sum(),
                revenue=_.amount.sum().round(6),
            )
            .to_pandas()
            .set_index("bucket")
            .astype("float64")
        )
        for span in layer:
            # Periods of a layer don't overlap: one bucket each.
            bucket = edges.index(span.end + DAY)
            if bucket in sums.index:
                found[span.id] = tuple(sums.loc[bucket])
    rows = [(span.id, span.start, *found.get(span.id, (np.nan,) * 3)) for span in spans]
    table = pd.DataFrame(rows, columns=["period", "start", "customers", "placed", "revenue"])
    customers, placed = (table[name].where(table[name] > 0) for name in ("customers", "placed"))
    return pd.DataFrame(
        {
            "period": table["period"],
            "start": table["start"],
            "customers": customers,
            "frequency": placed / customers,
            "order_value": table["revenue"] / placed,
            "revenue": table["revenue"].where(table["placed"] > 0),
        }
    )


def driver_tree(history: pd.DataFrame, *, period: PeriodLike, target: float | None) -> pd.DataFrame:
    """What each factor of revenue would have to be, scored against its own history.

    Alone: needed = current × target / revenue. Together: every factor grows alike, by the
    third root of that. `seen`: the factor was at least so high in an earlier period. `near`:
    it never was, but it lies within the natural limits of the earlier periods. `beyond`: it
    lies outside of them. `too_short`: fewer than 8 earlier periods, none of them so high.
    A goal below what revenue is needs nothing: `reached`.

    Parameters
    ----------
    history
        Result of `factor_history`; only periods before `period` are its past.
    period
        The period that revenue is measured in.
    target
        Revenue that a period is to reach (money), or None.

    Returns
    -------
    DataFrame
        One row per factor, the likeliest alone first: `driver`, `current`, `needed`,
        `change_needed` (relative), `best` and `best_period` (highest before), `verdict`,
        `needed_together`, `verdict_together`, `n` (earlier periods), `customers` (behind it).
        Empty without a target, or where the period has no revenue.
    """
    rows = history.set_index("period")
    now = rows.loc[period.id] if period.id in rows.index else None
    if target is None or now is None or not now["revenue"] > 0:
        return pd.DataFrame(columns=list(TREE_COLUMNS))
    earlier = history[(history["start"] < period.start) & (history["period"] != period.id)]
    growth = target / now["revenue"]
    found = [_lever(name, now, earlier, growth) for name in FACTORS]
    table = pd.DataFrame(found, columns=list(TREE_COLUMNS))
    ranks = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
    order = table.assign(rank=table["verdict"].map(ranks)).sort_values("rank", kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


VERDICTS: Final = ("reached", "seen", "near", "too_short", "beyond")
"""How likely a lever is to be enough, the likeliest first."""


class Pull(NamedTuple):
    """Two KPIs, and how one got worse as the other got better."""

    kpi: str
    with_kpi: str
    correlation: float
    n: int
    p_value: float


def opposed_kpis(history: pd.DataFrame, *, sure: float = SURE) -> pd.DataFrame:
    """KPIs that pull against each other: one tends to get worse when the other gets better.

    Spearman's rank correlation of their changes from period to period, turned so that better
    is up, over at least 8 changes; Holm's correction over all pairs. A correlation of a dozen
    changes is a hint where to look, no cause.

    Parameters
    ----------
    history
        Result of `kpi_history`: `kpi`, `period`, `start`, `value`.
    sure
        Chance of naming any pair by accident.

    Returns
    -------
    DataFrame
        The strongest first: `kpi`, `with_kpi`, `correlation` (−1 to 0), `n` (changes),
        `p_value` (corrected).

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    wide = history.pivot(index="start", columns="kpi", values="value").sort_index()
    signs = {kpi: -1.0 if KPIS[kpi].lower_is_better else 1.0 for kpi in wide.columns}
    changes = wide.diff() * pd.Series(signs)
    known = [kpi for kpi in KPIS if kpi in changes and changes[kpi].nunique() > 1]
    pulls = [_pull(changes, kpi, other) for kpi, other in combinations(known, 2)]
    tested = [pull for pull in pulls if pull is not None]
    if not tested:
        return pd.DataFrame(columns=list(PAIR_COLUMNS))
    table = pd.DataFrame(tested, columns=list(PAIR_COLUMNS))
    table["p_value"] = multipletests(table["p_value"], method="holm")[1]
    named = table[(table["correlation"] < 0) & (table["p_value"] < sure)]
    return named.sort_values(["correlation", "kpi", "with_kpi"], ignore_index=True)


def _pull(changes: pd.DataFrame, kpi: str, other: str) -> Pull | None:
    pair = changes[[kpi, other]].dropna()
    if len(pair) < ENOUGH or (pair.nunique() < 2).any():
        return None
    found = spearmanr(pair[kpi], pair[other])
    return Pull(kpi, other, float(found.statistic), len(pair), float(found.pvalue))


def _lever(name: str, now: pd.Series, earlier: pd.DataFrame, growth: float) -> tuple[object, ...]:
    current = float(now[name])
    needed, together = current * growth, current * growth ** (1 / len(FACTORS))
    past = earlier[["period", name]].dropna()
    best = past.loc[past[name].idxmax()] if len(past) else None
    values = past[name].tolist()
    return (
        *(name, current, needed, growth - 1),
        *((best[name], best["period"]) if best is not None else (np.nan, None)),
        _verdict(needed, current, values),
        *(together, _verdict(together, current, values)),
        *(len(past), now["customers"]),
    )


def _verdict(needed: float, current: float, earlier: Sequence[float]) -> str:
    if needed <= current:
        return "reached"
    if earlier and max(earlier) >= needed:
        return "seen"
    limits = natural_limits(earlier)
    if limits is None:
        return "too_short"
    return "near" if needed <= limits.high else "beyond"
