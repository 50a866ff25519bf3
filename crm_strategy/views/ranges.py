"""Intervals as one printed column for the page; the workbook keeps their two ends."""

import pandas as pd

from crm_strategy.words.numbers import format_interval

ENDS = ("low", "high")


def with_range(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows with `range`, `low` to `high` written as `kind`; without ends there is none."""
    if not set(ENDS) <= set(rows.columns):
        return rows
    ends = zip(rows["low"], rows["high"], strict=True)
    return rows.assign(range=[_range(low, high, kind) for low, high in ends])


def _range(low: float | None, high: float | None, kind: str) -> str | None:
    return None if pd.isna(low) or pd.isna(high) else format_interval(low, high, kind)
