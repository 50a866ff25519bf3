"""The driver tree: what each lever would have to do for revenue to reach its target."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from crm_strategy.analysis.drivers import FACTORS, NO_CUSTOMER
from crm_strategy.analysis.factor_history import factor_history
from crm_strategy.analysis.opposed_kpis import opposed_kpis
from crm_strategy.analysis.signals import natural_limits, year_before
from crm_strategy.analysis.spans import PeriodLike, periods_until

__all__ = ["driver_tree", "factor_history", "opposed_kpis"]

TREE_COLUMNS: Final = (
    *("driver", "base", "needed", "change_needed", "best_change", "best_period", "verdict"),
    *("needed_together", "verdict_together", "n", "customers"),
    *("revenue_change", "pace", "base_period", "by", "target", "met", "bounded"),
    *("years", "change_a_year"),
)

VERDICTS: Final = ("reached", "seen", "near", "too_short", "beyond")
"""How likely a lever is to be enough, the likeliest first."""

LEAST: Final = {"frequency": 1.0}
"""A customer who ordered did so once at least; other levers can fall to nothing."""

_HALF_A_CENT: Final = 0.005
_YEAR: Final = 365.25


class _Base(NamedTuple):
    """What the target is compared with: a period of the same season, or the period itself."""

    at: int
    years: int


def driver_tree(
    history: pd.DataFrame,
    *,
    period: PeriodLike,
    target: float | None,
    by: date | None = None,
) -> pd.DataFrame:
    """What each lever of revenue would have to do, scored against its own history.

    The target is compared with the period of the same season: the last period that ends up to
    `by` with the same one one year, or more, before. Levers are then scored by their growth on
    the year: where the target lies more years ahead, by what that comes to a year. Where the
    season is not known, or `by` has passed, the target is compared with the period itself, and
    levers are scored by their level.

    Revenue = customers × frequency × order value + orders without a customer. Alone, a factor
    grows by (target − no_customer) / revenue of known customers, and orders without a customer
    by what is missing. Together all revenue grows alike: each factor by the third root. No lever
    falls below its least (`LEAST`): where that is still enough it is what is needed (`bounded`).

    `reached`: no more is needed than there was, or the period itself has reached the target.
    `seen`: the lever grew as much before. `near`: it never did, but that lies within the
    natural limits. `beyond`: it lies outside of them. `too_short`: fewer than 8 earlier ones.

    Parameters
    ----------
    history
        Result of `factor_history`; periods after `period` are left out.
    period
        The period that revenue is measured in.
    target
        Revenue that a period is to reach (money), or None.
    by
        Day by which it is to.

    Returns
    -------
    DataFrame
        One row per lever, the likeliest alone first: `driver`, `base`, `needed`,
        `change_needed` (relative), `best_change` and `best_period` (highest before),
        `verdict`, `needed_together`, `verdict_together`, `n` (earlier changes or periods),
        `customers` (fewest that it tells: who ordered, or orders beyond their first); for all
        rows alike: `revenue_change` (of all revenue against `base_period`; relative), `pace`
        (change of revenue on the year in the period), `base_period` (id), `by`, `target`
        (money), `met` (whether the period has reached it); `bounded` (whether the lever at its
        least is enough), `years` (from `base_period` to the target; 0 where that is the period
        itself), `change_a_year` (`change_needed` in each of them; `best_change` is one of a
        year, too). No row of orders without a customer where there were none. Empty without a
        target, or without revenue to compare it with.
    """
    rows = history[history["start"] <= period.start].sort_values("start", ignore_index=True)
    if target is None or period.id not in set(rows["period"]):
        return pd.DataFrame(columns=list(TREE_COLUMNS))
    now = int(rows.index[rows["period"] == period.id][0])
    base = _base(rows, now, by)
    if not rows.loc[base.at, "total"] > 0:
        return pd.DataFrame(columns=list(TREE_COLUMNS))
    then, met = rows.loc[base.at], bool(rows.loc[now, "total"] >= target)
    shared = {
        "customers": _fewest(rows.loc[[now, base.at]]),
        "revenue_change": target / then["total"] - 1,
        "pace": _yearly(rows, "total")[now],
        "base_period": then["period"],
        "by": by,
        "target": target,
        "met": met,
        "years": base.years,
    }
    found = [
        _lever(rows, name, base, needed, target / then["total"], now=now, met=met) | shared
        for name, needed in _alone(then, target).items()
    ]
    table = pd.DataFrame(found, columns=list(TREE_COLUMNS))
    ranks = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
    order = table.assign(rank=table["verdict"].map(ranks)).sort_values("rank", kind="stable")
    return order.drop(columns="rank").reset_index(drop=True)


def _fewest(rows: pd.DataFrame) -> float:
    """Of some periods who ordered, or the orders beyond their first; infinite for none."""
    again = (rows["customers"] * (rows["frequency"] - 1)).round()
    return float(pd.concat([rows["customers"], again[again > 0]]).min(skipna=True))


def _base(rows: pd.DataFrame, now: int, by: date | None) -> _Base:
    """The period of the target's season, and how many years before the target it lies."""
    starts, ends = rows["start"].tolist(), rows["end"].tolist()
    length = (ends[now] - starts[now]).days + 1
    per_year = max(round(_YEAR / length), 1)
    steps = max(periods_until(ends[now], by, length=_YEAR / per_year), 0) if by else 0
    years = math.ceil(steps / per_year)
    at = now + steps - years * per_year
    known = steps > 0 and at >= 0 and rows.loc[at, "total"] > 0
    return _Base(at, years) if known else _Base(now, 0)


def _alone(then: pd.Series, target: float) -> dict[str, float]:
    """Growth of each lever that would reach the target by itself."""
    known, others = (
        0.0 if pd.isna(then[name]) else then[name] for name in ("revenue", NO_CUSTOMER)
    )
    growths = dict.fromkeys(FACTORS, (target - others) / known) if known > 0 else {}
    growths |= {NO_CUSTOMER: (target - known) / others} if others > _HALF_A_CENT else {}
    # The rest may be more than the target: then a lever may fall to nothing, not below.
    return {name: max(growth, 0.0) for name, growth in growths.items()}


def _lever(
    rows: pd.DataFrame,
    name: str,
    base: _Base,
    growth: float,
    together: float,
    *,
    now: int,
    met: bool,
) -> dict[str, object]:
    value = float(rows.loc[base.at, name])
    share = together ** (1 / len(FACTORS)) if name in FACTORS else together
    if base.years:
        past = pd.Series(_yearly(rows, name))
        asked, asked_together = (_a_year(each, base.years) for each in (growth, share))
    else:
        past = rows.loc[: now - 1, name] / value - 1
        asked, asked_together = growth - 1, share - 1
    past = past.dropna()
    least = LEAST.get(name, 0.0)
    best = past.idxmax() if len(past) else None
    change = max(growth, least / value) - 1
    return {
        "driver": name,
        "base": value,
        "needed": max(value * growth, least),
        "change_needed": change,
        "change_a_year": _a_year(1 + change, max(base.years, 1)),
        "best_change": math.nan if best is None else past[best],
        "best_period": None if best is None else rows.loc[best, "period"],
        "verdict": "reached" if met else _verdict(asked, past.tolist()),
        "needed_together": max(value * share, least),
        "verdict_together": "reached" if met else _verdict(asked_together, past.tolist()),
        "n": len(past),
        "bounded": value * growth <= least < value,
    }


def _a_year(growth: float, years: int) -> float:
    return math.pow(max(growth, 0.0), 1 / years) - 1


def _yearly(rows: pd.DataFrame, name: str) -> list[float]:
    """Change of each value against a year before; NaN where that is not known."""
    values = rows[name].tolist()
    before = year_before(rows["start"].tolist(), values)
    return [
        now / then - 1 if then is not None and then > 0 else math.nan
        for now, then in zip(values, before, strict=True)
    ]


def _verdict(needed: float, earlier: Sequence[float]) -> str:
    if needed <= 0:
        return "reached"
    if earlier and max(earlier) >= needed:
        return "seen"
    limits = natural_limits(earlier)
    if limits is None:
        return "too_short"
    return "near" if needed <= limits.high else "beyond"
