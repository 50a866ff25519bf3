"""Periods of a KPI at the level since the last break of its months."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from crm_strategy.analysis.forecast import Forecast
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.level_break import at_one_level, level_break


def at_level_since(rows: pd.DataFrame, forecast: Forecast) -> pd.DataFrame | None:
    """Periods of a KPI brought to the level since the last break of its months, if there is one.

    Parameters
    ----------
    rows
        `start`, `end`, `value`.
    forecast
        Of the same measure, known to the end of the last period.

    Returns
    -------
    DataFrame or None
        The rows; None without a break or a season (`period_sizes`).
    """
    if not forecast.is_seasonal:
        return None
    sizes = period_sizes(rows["start"], rows["end"], forecast.months, forecast.values)
    return None if sizes is None else rows.assign(value=rows["value"] * sizes)


def period_sizes(
    starts: Sequence[date],
    ends: Sequence[date],
    months: Sequence[date],
    values: Sequence[float],
) -> Floats | None:
    """What brings each period to the level since the last break of its months.

    Parameters
    ----------
    starts, ends
        First and last day of each period.
    months, values
        The series: the first day of each month, and its value.

    Returns
    -------
    array or None
        Months at one level / months as they were, for each period; 1 where these sum to 0 or are
        not known, the size of the break before the first of them. None without a break.
    """
    found = level_break(values)
    if found is None:
        return None
    known, at = np.array(values, dtype="float64"), np.array(months)
    even, sizes = at_one_level(known), []
    for start, end in zip(starts, ends, strict=True):
        held = (at >= start) & (at <= end)
        total = float(known[held].sum())
        early = found.size if end < months[0] else 1.0
        sizes.append(float(even[held].sum()) / total if total > 0 else early)
    return np.array(sizes)
