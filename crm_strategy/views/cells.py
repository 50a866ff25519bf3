"""From result tables to plain JSON values."""

import math
import weakref
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

import ibis
import pandas as pd

from crm_strategy.views.payload import Cell, is_hidden

Data: TypeAlias = "ibis.Table | pd.DataFrame | Sequence[Mapping[str, Any]]"
"""What a view takes: an Ibis table, a data frame or rows as mappings."""


def frame_of(data: Data, *, columns: Sequence[str] | None = None) -> "pd.DataFrame":
    """The figures as a data frame; no rows at all still have the named columns.

    One result is computed once, however many findings, charts and tables show it. The frame
    is shared: copy it before changing it.
    """
    if isinstance(data, ibis.Table):
        return _computed(data)
    if isinstance(data, pd.DataFrame):
        return data
    rows = [dict(row) for row in data]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(columns or []))


def _computed(result: ibis.Table) -> "pd.DataFrame":
    known = _frames.get(id(result))
    if known is None or known[0]() is not result:
        gone = partial(_frames.pop, id(result))
        known = _frames[id(result)] = (
            weakref.ref(result, lambda _: gone(None)),
            result.to_pandas(),
        )
    return known[1]


_frames: dict[int, "tuple[weakref.ref[ibis.Table], pd.DataFrame]"] = {}
"""Results computed so far, by the identity of their expression, while it lives."""


def cell_of(value: Any, kind: str) -> Cell:
    """A value as JSON holds it: no NaN, dates as ISO text, whole counts as integers."""
    if is_hidden(value):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [cell_of(item, kind) for item in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, (Decimal, float)):
        return _number(float(value), kind)
    return value if isinstance(value, (int, bool, str)) else str(value)


def _number(value: float, kind: str) -> float | int | None:
    if not math.isfinite(value):
        return None
    if kind in {"count", "days"} and value.is_integer():
        return int(value)
    # Sums of floats differ in their last digits with the order of the rows, which engines do
    # not promise: ten digits are the same in every run.
    return float(f"{value:.10g}")
