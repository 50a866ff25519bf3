"""Paths: customers' journeys as strings of channels, with how often they ended in an order."""

from datetime import date

import ibis
import pandas as pd

from crm_strategy.analysis.journey_paths import STEP, check_channels, journey_paths
from crm_strategy.errors import DataError

COLUMNS = ("path", "conversions", "value", "nulls")


def conversion_paths(
    touches: ibis.Table,
    orders: ibis.Table,
    ready: ibis.Table | None = None,
    *,
    start: date,
    end: date,
    lookback_days: int,
    collapse: bool = True,
    customers: int | None = None,
) -> pd.DataFrame:
    """The client's ready-made paths where there are any, else those of touches and orders.

    Parameters
    ----------
    touches, orders, start, end, lookback_days, collapse, customers
        As in `journey_paths`.
    ready
        As in `ready_paths`; taken as they are, of whatever time.

    Returns
    -------
    DataFrame
        As `journey_paths` returns it. Ready-made paths tell no customers: small groups are
        hidden by their journeys then, of which one customer may have several.

    Raises
    ------
    DataError
        The touches name more channels than can be told apart, or as in `ready_paths`.
    """
    given = ready_paths(ready) if ready is not None else pd.DataFrame()
    if len(given):
        return given
    check_channels(touches, start=start, end=end, lookback_days=lookback_days)
    counted = journey_paths(
        touches,
        orders,
        start=start,
        end=end,
        lookback_days=lookback_days,
        collapse=collapse,
        customers=customers,
    )
    # By way of Arrow and in one piece: texts are not looked at one by one.
    return counted.to_pyarrow().combine_chunks().to_pandas()


def ready_paths(paths: ibis.Table) -> pd.DataFrame:
    """The client's own paths: names trimmed, equal paths summed.

    Parameters
    ----------
    paths
        One row per path: `path` (channels with > between them), `conversions`, `value`
        (money)?, `nulls`? (journeys that ended in none).

    Returns
    -------
    DataFrame
        As `journey_paths`; `value` is NaN where it was not supplied.

    Raises
    ------
    DataError
        A path with an empty step, or a count below 0.
    """
    # By name: prepared tables have no order of rows, and the same error must name the same row.
    rows = paths.order_by("path").to_pandas().reindex(columns=list(COLUMNS))
    rows = rows.astype(dict.fromkeys(COLUMNS[1:], "float64"))
    parts = [[step.strip() for step in path.split(">")] for path in rows["path"]]
    empty = rows["path"][["" in steps for steps in parts]]
    if len(empty):
        raise DataError(
            f"paths: an empty step in {len(empty)} of {len(rows)} rows; the first is "
            f"'{empty.iloc[0]}'.\n"
            f"Write a channel between any two '{STEP.strip()}', or leave the row out."
        )
    counts = rows[["conversions", "nulls"]].fillna(0.0)
    below = rows["path"][(counts < 0).any(axis=1)]
    if len(below):
        raise DataError(
            f"paths: conversions or nulls below 0 in {len(below)} of {len(rows)} rows; the first "
            f"is '{below.iloc[0]}'.\nCorrect it, or leave the row out."
        )
    rows[["conversions", "nulls"]] = counts
    # Nothing was earned where nothing was bought, whether a file says so or not.
    rows["value"] = rows["value"].where((counts["conversions"] > 0) | rows["value"].notna(), 0.0)
    rows["path"] = [STEP.join(steps) for steps in parts]
    summed = rows.groupby("path", sort=True).agg(
        conversions=("conversions", "sum"),
        value=("value", lambda values: values.sum(skipna=False)),
        nulls=("nulls", "sum"),
    )
    return summed.reset_index()
