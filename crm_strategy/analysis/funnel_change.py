"""The funnel against the period before: which steps got better or worse beyond chance."""

import pandas as pd

from crm_strategy.analysis.intervals import CONFIDENCE, difference_interval

COLUMNS = (
    *("attribute", "value", "stage", "before_count", "before_customers", "step_rate"),
    *("previous_count", "previous_customers", "previous_rate", "difference", "low", "high"),
    "verdict",
)


def funnel_change(current: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Each step's rate against that of the period before.

    The intervals hold together for all rows (Bonferroni): at the level 1 − 0.05 / rows.

    Parameters
    ----------
    current, previous
        Results of `segment_funnels.segment_funnels` for the period and the one before.

    Returns
    -------
    DataFrame
        One row per value and step seen in both periods: `attribute`, `value`, `stage`,
        `before_count` and `before_customers` (journeys and customers at the stage before),
        `step_rate`, `previous_count`, `previous_customers`, `previous_rate`, `difference`
        (now − then), `low`, `high` (Newcombe), `verdict`: better, worse or chance.
    """
    keys = ["attribute", "value", "stage"]
    past = previous[[*keys, "before_count", "before_customers", "journey_count", "step_rate"]]
    both = current.merge(past, on=keys, suffixes=("", "_then"))
    both = both[both["step_rate"].notna() & both["step_rate_then"].notna()]
    level = 1 - (1 - CONFIDENCE) / max(len(both), 1)
    rows = [_change(row, level) for row in both.to_dict("records")]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _change(row: "dict[str, object] | pd.Series", level: float) -> dict[str, object]:
    now = float(row["journey_count"]), float(row["before_count"])  # type: ignore[arg-type]
    then = float(row["journey_count_then"]), float(row["before_count_then"])  # type: ignore[arg-type]
    low, high = difference_interval(*now, *then, confidence=level)
    return {
        **{name: row[name] for name in COLUMNS[:6]},
        "previous_count": row["before_count_then"],
        "previous_customers": row["before_customers_then"],
        "previous_rate": row["step_rate_then"],
        "difference": now[0] / now[1] - then[0] / then[1],
        "low": low,
        "high": high,
        "verdict": verdict(low, high),
    }


def verdict(low: float | None, high: float | None) -> str:
    """`better` or `worse` where the interval leaves out 0, else `chance`."""
    if low is not None and low > 0:
        return "better"
    return "worse" if high is not None and high < 0 else "chance"
