"""Revenue a customer in experiments: the difference by Welch, and by drawing customers anew."""

from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_counts import KEYS
from crm_strategy.analysis.experiment_tests import bootstrap_means, welch_interval
from crm_strategy.analysis.histories import Floats

_DRAWS, _MOST_SPENT = 2_000, 5_000


def spent_sums(people: ibis.Table) -> Mapping[tuple[str, str], pd.DataFrame]:
    """How often each sum of money occurs in each variant, where customers are single rows.

    Parameters
    ----------
    people
        Result of `experiment_counts.participants`.

    Returns
    -------
    mapping
        By experiment and variant: `revenue` (money, not 0) and `n`.
    """
    kept = people.filter(_.left_out.isnull(), _["size"] == 1, _.revenue != 0)
    sums = kept.group_by(*KEYS, "revenue").agg(n=_.count()).order_by([*KEYS, "revenue"])
    return {
        (str(key[0]), str(key[1])): rows
        for key, rows in sums.to_pandas().groupby(list(KEYS), sort=True)
    }


def revenue_difference(row: pd.Series, control: pd.Series) -> dict[str, Any]:
    """Money a customer against the control, with Welch's interval.

    Parameters
    ----------
    row, control
        `variant`, `size`, `revenue`, `squares` (Σ revenue²), `largest` (size of a row): sums of
        a variant and of its control.

    Returns
    -------
    dict
        `revenue_per_customer`; of other than the control `revenue_difference`; where customers
        are single rows `revenue_low`, `revenue_high`, `revenue_p_value`.
    """
    means = tuple(ratio(each["revenue"], each["size"]) for each in (row, control))
    found: dict[str, Any] = {"revenue_per_customer": means[0]}
    if row["variant"] == control["variant"]:
        return found
    found["revenue_difference"] = means[0] - means[1]
    single = all(each["largest"] == 1 and each["size"] > 1 for each in (row, control))
    if not single or any(pd.isna(mean) for mean in means):
        return found
    variances = tuple(
        max(each["squares"] - each["size"] * mean**2, 0.0) / (each["size"] - 1)
        for each, mean in zip((row, control), means, strict=True)
    )
    (low, high), p = welch_interval(
        (means[0], means[1]), (variances[0], variances[1]), (row["size"], control["size"])
    )
    return found | {"revenue_low": low, "revenue_high": high, "revenue_p_value": p}


def resampled_means(
    row: pd.Series, sums: pd.DataFrame | None, random: np.random.Generator
) -> Floats | None:
    """Means of resamples; None where customers are not single rows, or differ too much to draw."""
    if sums is None or row["largest"] != 1 or len(sums) > _MOST_SPENT:
        return None
    zeros = int(row["size"]) - int(sums["n"].sum())
    values, counts = (sums[name].to_numpy(dtype="float64") for name in ("revenue", "n"))
    return bootstrap_means(values, counts, zeros=zeros, draws=_DRAWS, random=random)


def bootstrap_ends(
    ours: Floats | None,
    theirs: Floats | None,
    *,
    is_control: bool,
) -> dict[str, float]:
    """The interval of a difference that holds 95 % of resamples; nothing for the control."""
    if is_control or ours is None or theirs is None:
        return {}
    low, high = np.percentile(ours - theirs, [2.5, 97.5])
    return {"bootstrap_low": float(low), "bootstrap_high": float(high)}


def ratio(part: float, whole: float) -> float:
    """Their quotient; NaN for an empty whole or an unknown part."""
    return float(part) / float(whole) if whole and whole > 0 and not pd.isna(part) else float("nan")
