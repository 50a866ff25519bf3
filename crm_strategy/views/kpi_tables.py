"""Tables of the KPI review: the scorecard, and what sold."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.layout import CUSTOMER_KPIS, Layout, Suppress
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_interval

SALES_KINDS = {"previous": "money", "last_year": "money", "change": "change", "trend": "change"}


FEW_CASES = (
    Suppress(count="n", hides=("value", "low", "high", "range", "change")),
    Suppress(count="previous", hides=("change",), only=CUSTOMER_KPIS),
    Suppress(count="last_year", hides=(), only=CUSTOMER_KPIS),
)


def kpis_table(kpis: Data) -> Table:
    """KPI scorecard: actual, target and status first, then the past and the verdict."""
    rows = frame_of(kpis).copy()
    if len(rows):
        rows["range"] = [_range(row) for row in rows.to_dict("records")]
    layout = Layout(
        columns=(
            "kpi",
            "value",
            "target",
            "status",
            "range",
            "previous",
            "last_year",
            "verdict",
            "change",
            "low",
            "high",
            "n",
        ),
        by_kpi=("value", "target", "previous", "last_year", "change", "low", "high"),
        sheet_only=("change", "low", "high", "n"),
        page_only=("range",),
        look="score",
    )
    return Table(rows, id="kpis", formats={"range": "interval"}, suppress=FEW_CASES, layout=layout)


def products_table(products: Data) -> Table:
    """What sold, by product: revenue now and before, orders, customers."""
    layout = Layout(
        columns=(
            "product",
            "revenue",
            "order_count",
            "customer_count",
            "previous",
            "change",
            "revenue_share",
            "product_id",
            "category",
        ),
        sheet_only=("revenue_share", "product_id", "category"),
        rows_shown=15,
        ranked=True,
    )
    return Table(
        products,
        id="products",
        formats={**SALES_KINDS, "category": "text"},
        suppress=(Suppress(count="customer_count"),),
        layout=layout,
    )


def categories_table(categories: Data) -> Table:
    """What sold, by category: revenue now and before, orders, customers."""
    return Table(
        categories,
        id="categories",
        formats=SALES_KINDS,
        suppress=(Suppress(count="customer_count"),),
        layout=Layout(rows_shown=20, ranked=True),
    )


def _range(row: dict[str, object]) -> str | None:
    low, high = row.get("low"), row.get("high")
    if not (_known(low) and _known(high)):
        return None
    kind = kpi_kind(str(row.get("kpi")), str(row.get("unit") or ""))
    return format_interval(float(str(low)), float(str(high)), kind)


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value)
