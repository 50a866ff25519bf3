"""Tables of the KPI review: the scorecard, and what sold."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.layout import CUSTOMER_KPIS, STAGE_SUMS, Layout, Suppress
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import partial_sums, rows_to_hide, small
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_interval

RETENTION: Final = "customer_retention_rate"
SALES_KINDS = {"previous": "money", "last_year": "money", "change": "change", "trend": "change"}


FEW_CASES = (
    Suppress(count="n", hides=("value", "low", "high", "range", "change")),
    Suppress(count="previous", hides=("change",), only=CUSTOMER_KPIS),
    Suppress(count="last_year", hides=(), only=CUSTOMER_KPIS),
)


def kpis_table(kpis: Data) -> Table:
    """KPI scorecard: actual, target and status first, then the past and the verdict."""
    rows = _guarded(frame_of(kpis))
    if len(rows):
        rows["range"] = [_range(row) for row in rows.to_dict("records")]
        rows = _without_telling(rows)
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


def _guarded(kpis: pd.DataFrame) -> pd.DataFrame:
    """The scorecard with `n` no larger than the customers it rests on.

    Orders outnumber customers: many orders of few buyers are still few customers.
    """
    rows = kpis.copy()
    if rows.empty:
        return rows
    known = rows.set_index("kpi")
    if "active_customers" not in known.index:
        return rows
    active = known.loc["active_customers"]
    few = [n for n in (active["value"], active.get("customers")) if small(n)]
    if few:
        rows["n"] = rows["n"].clip(upper=min(few))
    for column in ("previous", "last_year"):
        if small(active[column]) or small(active.get(f"{column}_customers")):
            rows.loc[~rows["kpi"].isin(CUSTOMER_KPIS[1]), [column, "change"]] = None
    return rows


def _without_telling(kpis: pd.DataFrame) -> pd.DataFrame:
    """The scorecard without the figures from which a small stage of the lifecycle follows.

    Active customers over their share are all customers, and all customers less those of a
    period ago are the new. Retention times the customers active before are the retained, the
    rest of them the lapsed.
    """
    rows, known = kpis.astype("object"), kpis.set_index("kpi")
    few = {"new"} if small(known["value"].get("new_customers")) else set()
    active, base = known["value"].get("active_customers"), known["n"].get(RETENTION)
    rate, new = known["value"].get(RETENTION), known["value"].get("new_customers")
    if all(_known(each) for each in (active, base, rate, new)):
        retained = round(rate * base)
        stages = {
            "new": new,
            "retained": retained,
            "returned": active - new - retained,
            "lapsed": base - retained,
        }
        groups = partial_sums([[stage] for stage in stages], ["stage"], STAGE_SUMS)
        few |= {[*stages][at] for at in rows_to_hide([*stages.values()], groups=groups)}
    if few & {"retained", "lapsed"}:
        _hide(rows, (RETENTION, "churn_rate"), ("value", "range", "low", "high", "change"))
    if "new" in few:
        # Costs over their cost a head are the new customers again.
        _hide(rows, ("new_customers", "cac"), ("value", "range", "low", "high", "change", "n"))
        _hide(rows, ("active_share",), ("previous", "last_year", "change"))
    return rows


def _hide(rows: pd.DataFrame, kpis: Sequence[str], columns: Sequence[str]) -> None:
    for row in rows.index[rows["kpi"].isin(kpis)]:
        for column in columns:
            if _known(rows.at[row, column]):
                rows.at[row, column] = hidden()


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
