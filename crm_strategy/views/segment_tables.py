"""Tables of the segments chapter: who holds the revenue, who moved, who comes back."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import STAGE_SUMS, Basis, Layout, Suppress
from crm_strategy.views.table import Table

STAGE_NAMES = "lifecycle.{}"
RETURNED = Suppress(count="active_count", hides=("retention_rate",))
COHORT = Suppress(
    count="customer_count", hides=("active_count", "retention_rate"), within=("period",)
)


def segments_table(segments: Data) -> Table:
    """Segments, largest revenue first: customers, revenue, how they buy."""
    rows = frame_of(segments)
    if len(rows):
        rows = rows.sort_values(["revenue", "segment"], ascending=[False, True])
    summed = ["customer_count", "customer_share", "revenue", "revenue_share"]
    if "expected_value" in rows and rows["expected_value"].notna().any():
        summed.append("expected_value")
    return Table(
        rows,
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
    """Moves between segments, the most frequent first."""
    rows = frame_of(migration)
    if len(rows):
        rows = rows.sort_values(
            ["customer_count", "from_segment", "to_segment"], ascending=[False, True, True]
        )
    return Table(
        rows,
        id="segment_migration",
        suppress=(Suppress(count="customer_count", within=("from_segment", "to_segment")),),
        layout=Layout(
            columns=("from_segment", "to_segment", "customer_count", "revenue"),
            rows_shown=12,
            ranked=True,
        ),
        basis=customers_in(rows),
    )


def lifecycle_table(stages: Data) -> Table:
    """New, retained, returned and lapsed customers and their revenue in the period."""
    return Table(
        stages,
        id="lifecycle",
        suppress=(Suppress(count="customer_count", within=("period",), sums=STAGE_SUMS),),
        layout=Layout(words={"stage": STAGE_NAMES}),
        basis=customers_in(frame_of(stages)),
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
        rows,
        id="cohort_retention",
        formats={"period": "count"},
        suppress=(COHORT, RETURNED),
        layout=layout,
        basis=customers_in(first),
    )


def customers_in(rows: Data) -> Basis:
    """The customers that rows of `customer_count` hold together."""
    frame = frame_of(rows)
    return Basis(n=int(frame["customer_count"].sum())) if len(frame) else Basis()
