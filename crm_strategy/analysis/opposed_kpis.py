"""Opposed KPIs: which of them get worse as others get better."""

from itertools import combinations
from typing import Final, NamedTuple

import pandas as pd
from scipy.stats import spearmanr
from statsmodels.stats.multitest import multipletests

from crm_strategy.analysis.signals import ENOUGH
from crm_strategy.words.kpis import KPIS

PAIR_COLUMNS: Final = ("kpi", "with_kpi", "correlation", "n", "p_value")

SURE: Final = 0.05
"""Chance of an error among all pairs of KPIs that are named."""

OF_MARGIN: Final = ("gross_margin", "roi", "ltv", "ltv_to_cac", "payback_months")
"""KPIs that rest on the gross margin, and turn round where it is negative."""


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

    Where the gross margin is negative, whatever sells more loses more: KPIs that rest on it then
    fall as others rise by arithmetic alone, so those periods say nothing of them.

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
    if "gross_margin" in wide:
        resting = [kpi for kpi in OF_MARGIN if kpi in wide]
        wide.loc[wide["gross_margin"] < 0, resting] = float("nan")
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
