"""Tables across segment kinds: all of them in one shape, how they overlap, who gets effort."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import KIND_WORDS
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.table import Table

FAMILIES = ("attribute:", "preference:")


def segment_kinds_table(kinds: Data) -> Table:
    """Every kind of segment: each divides the same customers and the same revenue."""
    rows = frame_of(kinds)
    return Table(
        _named(rows, "kind"),
        id="segment_kinds",
        suppress=(Suppress(count="customer_count", within=("kind",)),),
        layout=Layout(
            words={"kind": KIND_WORDS},
            sheet_only=("purchase_frequency", "p_alive", "expected_orders"),
            rows_shown=30,
            ranked=True,
        ),
    )


def rf_grid_table(grid: Data) -> Table:
    """Customers by score of recency and of frequency."""
    return Table(
        grid,
        id="rf_grid",
        formats={"recency_score": "count", "frequency_score": "count"},
        suppress=(Suppress(count="customer_count", within=("segment", ())),),
        layout=Layout(rows_shown=25),
    )


def segment_overlap_table(overlap: Data) -> Table:
    """Which segments of different kinds are the same people."""
    rows = frame_of(overlap)
    parts = (("kind", "segment", "with_kind"), ("kind", "with_kind", "with_segment"))
    return Table(
        _named(_named(rows, "kind"), "with_kind"),
        id="segment_overlap",
        suppress=(Suppress(count="customer_count", within=parts),),
        layout=Layout(
            words={"kind": KIND_WORDS, "with_kind": KIND_WORDS}, rows_shown=15, ranked=True
        ),
    )


def effort_table(effort: Data) -> Table:
    """Shares of customers, revenue, expected value and contacts, and what follows."""
    return Table(
        effort,
        id="effort",
        suppress=(Suppress(count="customer_count"),),
        layout=Layout(
            columns=(
                *("segment", "customer_share", "revenue_share", "expected_value_share"),
                *("touch_share", "verdict", "customer_count"),
            ),
            words={"verdict": "value.effort.{}"},
            sheet_only=("customer_count",),
            ranked=True,
        ),
    )


def _named(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows with the attribute's own id in place of `attribute:country`."""
    if rows.empty:
        return rows
    ids = rows[column]
    for family in FAMILIES:
        ids = ids.str.removeprefix(family)
    return rows.assign(**{column: ids})
