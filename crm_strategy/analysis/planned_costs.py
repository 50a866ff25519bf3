"""Planned costs: what each channel was to cost in a period, and what it did cost."""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spending import spread

COLUMNS: Final = ("channel", "planned", "actual", "difference", "difference_share")


def planned_costs(costs: ibis.Table, *, start: date, end: date) -> pd.DataFrame:
    """Planned and actual costs of each channel, spread evenly over the days they cover.

    Costs of goods are in neither, as in `channel_spending`.

    Parameters
    ----------
    costs
        One row per cost: `period_start`, `period_end` (inclusive days), `channel`, `amount`
        (money), `cost_item`, `cost_kind` (planned; all others are actual).
    start, end
        First and last day of the period.

    Returns
    -------
    DataFrame
        The dearest overrun first: `channel`, `planned`, `actual` (money; NaN where none was
        stated, never 0), `difference` = actual − planned, `difference_share` (of the plan).
        No row where nothing was planned in the period.
    """
    counted = costs.filter(_.cost_item.fill_null("") != "goods")
    parts = counted.mutate(
        part=spread(counted, start, end),
        kind=ibis.ifelse(_.cost_kind.fill_null("") == "planned", "planned", "actual"),
    ).filter(_.part.notnull())
    sums = parts.group_by("channel", "kind").agg(amount=_.part.sum()).to_pandas()
    wide = sums.astype({"amount": "float64"}).pivot(
        index="channel", columns="kind", values="amount"
    )
    table = wide.reindex(columns=["planned", "actual"]).rename_axis(columns=None)
    if table["planned"].isna().all():
        return pd.DataFrame({name: [] for name in COLUMNS})
    table["difference"] = table["actual"] - table["planned"]
    table["difference_share"] = table["difference"] / table["planned"].where(table["planned"] > 0)
    return table.reset_index().sort_values(
        ["difference", "channel"], ascending=[False, True], ignore_index=True
    )[list(COLUMNS)]
