"""Tables of the segments chapter: who holds the revenue, who moved, who comes back."""

from collections.abc import Sequence

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.cohort_privacy import told_cohorts
from crm_strategy.views.cross_tables import hidden_cells
from crm_strategy.views.layout import Basis, Layout
from crm_strategy.views.payload import is_hidden
from crm_strategy.views.privacy import of_hidden_size, with_hidden
from crm_strategy.views.repeat_privacy import without_few_repeats
from crm_strategy.views.stage_privacy import without_telling_stages
from crm_strategy.views.table import Table

STAGE_NAMES = "lifecycle.{}"
_MOVES_SHOWN = 12


def segments_table(segments: Data) -> Table:
    """Segments, largest revenue first: customers, revenue, how they buy."""
    rows = frame_of(segments)
    if len(rows):
        rows = rows.sort_values(["revenue", "segment"], ascending=[False, True])
    summed = ["customer_count", "customer_share", "revenue", "revenue_share"]
    if "expected_value" in rows and rows["expected_value"].notna().any():
        summed.append("expected_value")
    return Table(
        without_few_repeats(rows),
        id="segments",
        formats={"p_alive": "share", "median_recency_days": "days"},
        suppress="customer_count",
        total=summed,
        layout=Layout(
            sheet_only=(
                *("purchase_frequency", "p_alive", "expected_orders"),
                *("median_recency_days", "order_count"),
            ),
            ranked=True,
        ),
        basis=customers_in(rows),
    )


def segment_migration_table(migration: Data) -> Table:
    """Moves between segments, the most frequent first; the page lists those that are told."""
    rows, told = frame_of(migration), 0
    covered = all_moves_hidden(rows)
    if covered:
        rows = rows.head(0)
    if len(rows):
        gone, _ = moves_to_hide(rows)
        told = int((~gone).sum())
        # Hidden moves stand last, by name: their place would tell them.
        order = rows.assign(size=rows["customer_count"].mask(gone))
        ordered = order.sort_values(["size", *ENDS], ascending=[False, True, True])
        rows = told_moves(rows.loc[ordered.index], hides=("revenue",))
    return Table(
        rows,
        id="segment_migration",
        layout=Layout(
            columns=("from_segment", "to_segment", "customer_count", "revenue"),
            rows_shown=min(_MOVES_SHOWN, told or _MOVES_SHOWN),
            covered=covered,
        ),
        basis=customers_in(frame_of(migration)),
    )


def all_moves_hidden(migration: pd.DataFrame) -> bool:
    """Whether there are moves between segments, and none that may be told."""
    return bool(len(migration) and moves_to_hide(migration)[0].all())


def told_moves(migration: pd.DataFrame, *, hides: Sequence[str]) -> pd.DataFrame:
    """Moves between segments with those hidden that would tell a small group.

    Parameters
    ----------
    migration
        Result of `segment_migration.segment_migration`.
    hides
        Columns hidden with the customers of a move.
    """
    gone, _ = moves_to_hide(migration)
    places = [place for place, covered in enumerate(gone) if covered]
    within = [[end] for end in ENDS]
    return with_hidden(migration, places, hides=hides, within=within)


ENDS = ("from_segment", "to_segment")


def moves_to_hide(migration: pd.DataFrame) -> tuple[pd.Series, set[str]]:
    """Whether each move is hidden, and the segments of the past whose size is.

    The sizes of segments now are known from their table, those of the past from the chart;
    where one is hidden its moves are, whose sum it is.
    """
    before, after = (
        of_hidden_size(migration.groupby(end, sort=False)["customer_count"].sum().to_dict())
        for end in ENDS
    )
    pairs = list(migration[list(ENDS)].itertuples(index=False, name=None))
    cells = dict(zip(pairs, migration["customer_count"].astype(int), strict=True))
    hide = hidden_cells(cells, rows=before, columns=after)
    gone = [hide is None or pair in hide for pair in pairs]
    return pd.Series(gone, index=migration.index), before


def lifecycle_table(stages: Data, total: "Data | None" = None) -> Table:
    """New, retained, returned and lapsed customers and their revenue in the period.

    Parameters
    ----------
    stages
        Result of `lifecycle.lifecycle`.
    total
        Result of `lifetime_value.total_value`: how many customers there are; the others lapsed
        earlier, and few of them may not be told either.
    """
    rows = without_telling_stages(stages, total)
    told = not any(is_hidden(n) for n in rows["customer_count"]) if len(rows) else False
    return Table(
        rows,
        id="lifecycle",
        layout=Layout(words={"stage": STAGE_NAMES}),
        # Of all stages together a hidden one would be the rest.
        basis=customers_in(rows) if told else None,
    )


def cohort_retention_table(retention: Data) -> Table:
    """Customers by the month of their first order, and how many order in later months."""
    layout = Layout(
        columns=("cohort", "period", "customer_count", "active_count", "retention_rate"),
        rows_shown=12,
    )
    rows = frame_of(retention)
    first = rows[rows["period"] == 0] if len(rows) else rows
    return Table(
        told_cohorts(rows),
        id="cohort_retention",
        formats={"period": "count"},
        layout=layout,
        basis=customers_in(first),
    )


def customers_in(rows: Data) -> Basis:
    """The customers that rows of `customer_count` hold together."""
    frame = frame_of(rows)
    return Basis(n=int(frame["customer_count"].sum())) if len(frame) else Basis()
