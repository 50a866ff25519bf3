"""Experiments: what each variant brought against the control, and what to do about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_counts import KEYS, control_of
from crm_strategy.analysis.experiment_power import found_power, sample_size
from crm_strategy.analysis.experiment_revenue import (
    bootstrap_ends,
    ratio,
    resampled_means,
    revenue_difference,
    spent_sums,
)
from crm_strategy.analysis.experiment_tests import (
    difference_test,
    equal_shares_test,
    holm,
    sample_ratio_test,
)
from crm_strategy.analysis.intervals import difference_interval

LEAST_LIFT = 0.1
"""The smallest rise of the control's rate worth finding, a fraction of it."""

ALPHA, PEEK_ALPHA, SPLIT_ALPHA = 0.05, 0.001, 0.001
"""P-values below which a difference is called real; while the test still runs (Haybittle-Peto:
who looks often finds chance); and below which the split is called broken."""

MOST_LONGER = 4.0
"""A test is extended at most to so many times its size; beyond, it is another test."""

VERDICTS = ("control", "roll_out", "stop", "extend", "invalid")
COLUMNS = (
    *("experiment", "variant", "size", "rate", "difference", "low", "high", "p_value", "verdict"),
    *("reason", "p_adjusted", "conversions", "revenue_per_customer", "revenue_difference"),
    *("revenue_low", "revenue_high", "revenue_p_value", "bootstrap_low", "bootstrap_high"),
    *("needed_size", "power", "equal_p_value", "split_p_value", "late_count", "double_count"),
    *("start", "end", "is_running", "revenue_p_adjusted"),
)

_NAN = float("nan")
_LESS_MONEY = ("stop", "revenue_worse")


def experiment_results(
    people: ibis.Table,
    *,
    as_of: date,
    days: int = 30,
    least_lift: float = LEAST_LIFT,
    seed: int = 1,
) -> pd.DataFrame:
    """Each variant of each experiment against its control.

    Parameters
    ----------
    people
        Result of `experiment_counts.participants`; cache it.
    as_of
        Last day observed.
    days
        Days after the assignment in which an order counts.
    least_lift
        See `LEAST_LIFT`.
    seed
        Where the bootstrap's chance begins.

    Returns
    -------
    DataFrame
        One row a variant, the control of each experiment first: `experiment`, `variant`, `size`,
        `rate` (conversions / size), `difference` (of the rates, variant − control), `low`,
        `high` (95 %, Newcombe), `p_value`, `verdict` (of `VERDICTS`), `reason`; `p_adjusted`
        (Holm over all variants of all experiments), `conversions`, `revenue_per_customer`
        (money), `revenue_difference` with `revenue_low`, `revenue_high`, `revenue_p_value` (95 %,
        Welch), `revenue_p_adjusted` (Holm, likewise) and `bootstrap_low`, `bootstrap_high`;
        `needed_size` (a group, for `least_lift` at a power of 80 %), `power` (for it, of the
        group as it is), `equal_p_value` (all variants alike), `split_p_value`, `late_count`,
        `double_count` (participants left out), `start`, `end` (first assignment, last day that
        counts), `is_running`.

        Where revenue a customer differs beyond chance, it decides, for it counts the orders, too:
        `revenue_better`, or `revenue_worse` (of more orders: where its interval lies below 0).
        Other reasons: `better`, `worse`, `no_effect` (large enough to have found `least_lift`),
        `too_small` (extend), `out_of_reach` (to find `least_lift` would take over `MOST_LONGER`
        times the size), `running`, `split` (customers were lost or doubled on the way), `empty`,
        `no_conversions`.

    References
    ----------
    Newcombe (1998); Holm (1979); Haybittle (1971), Br. J. Radiology 44(526).
    """
    counted = _counted(people)
    if counted.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    spent = spent_sums(people)
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for _name, group in counted.groupby("experiment", sort=True):
        rows += _experiment(group, spent, as_of, days, least_lift, random)
    for name in ("", "revenue_"):
        adjusted = holm([row.get(f"{name}p_value", _NAN) for row in rows])
        for row, p in zip(rows, adjusted, strict=True):
            row[f"{name}p_adjusted"] = p
    for row in rows:
        row["verdict"], row["reason"] = _verdict(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def control_rate(results: pd.DataFrame) -> float:
    """Σ conversions / Σ size of all controls: the rate to plan the next test from; NaN if none.

    Parameters
    ----------
    results
        Result of `experiment_results`.
    """
    controls = results[results["verdict"] == "control"].dropna(subset=["conversions"])
    return ratio(controls["conversions"].sum(), controls["size"].sum())


def _counted(people: ibis.Table) -> pd.DataFrame:
    """Sums a variant; variants of which all were left out remain, empty."""
    kept = _.left_out.isnull()
    return (
        people.group_by(KEYS)
        .agg(
            size=_["size"].sum(where=kept).fill_null(0),
            conversions=_.conversions.sum(where=kept),
            revenue=_.revenue.sum(where=kept),
            # Ready counts have no money of single customers.
            squares=(_.revenue * _.revenue).sum(where=kept),
            largest=_["size"].max(where=kept),
            late_count=(_.left_out == "late").sum().fill_null(0),
            double_count=(_.left_out == "double").sum().fill_null(0),
            start=_.assigned_at.min().date(),
            last=_.assigned_at.max().date(),
        )
        .order_by(KEYS)
        .to_pandas()
    )


def _experiment(
    group: pd.DataFrame,
    spent: Mapping[tuple[str, str], pd.DataFrame],
    as_of: date,
    days: int,
    least_lift: float,
    random: np.random.Generator,
) -> list[dict[str, Any]]:
    name = control_of(group["variant"])
    group = group.sort_values("variant", key=lambda names: names != name, kind="stable")
    control = group.iloc[0]
    last = group["last"].dropna().max()
    ends = None if pd.isna(last) else pd.Timestamp(last).date() + timedelta(days=days)
    begun = group["start"].dropna().min()
    shared = {
        "equal_p_value": equal_shares_test(_floats(group["conversions"]), _floats(group["size"]))[
            1
        ],
        "split_p_value": sample_ratio_test(_floats(group["size"])),
        "start": None if pd.isna(begun) else pd.Timestamp(begun).date(),
        "end": ends,
        "is_running": ends is not None and ends > as_of,
    }
    drawn = {
        str(row["variant"]): resampled_means(
            row, spent.get((row["experiment"], row["variant"])), random
        )
        for _at, row in group.iterrows()
    }
    return [
        _against(row, control, least_lift)
        | shared
        | revenue_difference(row, control)
        | bootstrap_ends(drawn[str(row["variant"])], drawn[name], is_control=row["variant"] == name)
        for _at, row in group.iterrows()
    ]


def _against(row: pd.Series, control: pd.Series, least_lift: float) -> dict[str, Any]:
    is_control = row["variant"] == control["variant"]
    pair = (row["conversions"], row["size"], control["conversions"], control["size"])
    known = not is_control and not any(pd.isna(each) for each in pair)
    low, high = difference_interval(*pair) if known else (None, None)
    rate, base = ratio(row["conversions"], row["size"]), ratio(*pair[2:])
    aim = base * (1 + least_lift)
    balance = ratio(control["size"], row["size"])
    can_plan = not is_control and 0 < base < 1 and aim < 1
    return {
        **{key: row[key] for key in ("experiment", "variant", "size", "conversions")},
        **{key: row[key] for key in ("late_count", "double_count")},
        "rate": rate,
        "difference": _NAN if is_control else rate - base,
        "low": low,
        "high": high,
        "p_value": difference_test(*pair) if known else _NAN,
        "needed_size": float(np.ceil(sample_size(base, aim))) if can_plan else _NAN,
        "power": found_power(aim, base, size=row["size"], ratio=balance) if can_plan else _NAN,
        "is_control": is_control,
        "control_size": control["size"],
    }


def _verdict(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["is_control"]:
        return "control", ""
    if not (row["size"] > 0 and row["control_size"] > 0) or pd.isna(row["rate"]):
        return "extend", "empty"
    if row["split_p_value"] < SPLIT_ALPHA:
        return "invalid", "split"
    alpha = PEEK_ALPHA if row["is_running"] else ALPHA
    real = row["p_adjusted"] < alpha
    if row["revenue_p_adjusted"] < alpha:
        more = row["revenue_difference"] > 0
        won = real and row["difference"] > 0
        return ("roll_out", "better" if won else "revenue_better") if more else _LESS_MONEY
    if real and row["difference"] < 0:
        return "stop", "worse"
    if real:
        money = row.get("revenue_high")
        return _LESS_MONEY if money is not None and money < 0 else ("roll_out", "better")
    if row["is_running"]:
        return "extend", "running"
    if pd.isna(row["needed_size"]):
        return "extend", "no_conversions"
    smaller = min(row["size"], row["control_size"])
    if smaller >= row["needed_size"]:
        return "stop", "no_effect"
    within = row["needed_size"] <= MOST_LONGER * smaller
    return ("extend", "too_small") if within else ("stop", "out_of_reach")


def _floats(values: pd.Series) -> list[float]:
    return [float(value) if not pd.isna(value) else 0.0 for value in values]
