"""Paths written as rows, and drawn at random."""

import pandas as pd
from hypothesis import strategies as st

from crm_strategy.analysis.path_steps import Steps, steps_of

some_paths = st.lists(
    st.tuples(
        st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5).map(" > ".join),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=8,
)
"""Paths with conversions and nulls; the value of an order depends on its path."""


def paths(*rows: tuple) -> pd.DataFrame:
    """Paths as (path, conversions, nulls) or (path, conversions, nulls, value)."""
    full = [(row[0], row[1], row[3] if len(row) > 3 else 7.0 * row[1], row[2]) for row in rows]
    frame = pd.DataFrame(full, columns=["path", "conversions", "value", "nulls"])
    numbers = ["conversions", "value", "nulls"]
    return frame.groupby("path", dropna=False)[numbers].sum(min_count=1).astype(float).reset_index()


def steps(*rows: tuple) -> Steps:
    return steps_of(paths(*rows))
