"""Tables of the KPI review: the scorecard, and what sold."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.goal_tables import restated
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.layout import CUSTOMER_KPIS, Layout, Suppress
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.product_privacy import told_categories, told_products
from crm_strategy.views.table import Table
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_interval

SALES_KINDS = {"previous": "money", "last_year": "money", "change": "change", "trend": "change"}

SOLD = (
    *("category", "revenue", "order_count", "customer_count"),
    *("revenue_share", "previous", "change"),
)
"""What is told of a category."""

BUYERS: Final = ("purchase_frequency", "repeat_rate")
"""KPIs whose `n` is the number of customers who ordered."""

FEW_CASES = (
    Suppress(count="n", hides=("value", "low", "high", "range", "change")),
    Suppress(count="previous", hides=("change",), only=CUSTOMER_KPIS),
    Suppress(count="last_year", hides=(), only=CUSTOMER_KPIS),
)


def kpis_table(
    kpis: Data,
    *,
    active_days: int | None = None,
    chosen: int | None = None,
    goals: Data = (),
) -> Table:
    """KPI scorecard: actual, target and status first, then the past and the verdict.

    Parameters
    ----------
    kpis
        Result of `kpi_table.kpi_table`.
    active_days
        Days after an order in which a customer counts as active, to be told below.
    chosen
        The client's own number of them; None where the data set it.
    goals
        Goals of the scorecard (`plan.goals.goals_table_rows`): those that are judged on another
        baseline than stated are named below.
    """
    rows = _guarded(frame_of(kpis))
    if compared_with_one(rows):
        rows = rows.drop(columns="last_year")
    if len(rows):
        rows["range"] = [_range(row) for row in rows.to_dict("records")]
        rows = without_telling(rows)
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
    return Table(
        rows,
        id="kpis",
        formats={"range": "interval"},
        suppress=FEW_CASES,
        layout=layout,
        note="" if active_days is None else _with_window(active_days, chosen, frame_of(goals)),
    )


def compared_with_one(kpis: pd.DataFrame) -> bool:
    """Whether the previous period is the year before, so that one comparison says all.

    Parameters
    ----------
    kpis
        Result of `kpi_table.kpi_table`: all values of the two periods are then the same.
    """
    pair = kpis.reindex(columns=["previous", "last_year"])
    known = pair.dropna(how="all")
    return len(known) > 1 and bool((known["previous"] == known["last_year"]).all())


def _with_window(active_days: int, chosen: int | None, goals: pd.DataFrame) -> str:
    """The note, with how long a customer counts as active, what sets it, and what that moves."""
    days = say_count("plan.window.days", active_days)
    by = "chosen" if chosen else "automatic"
    window = say(f"plan.window.{by}", days=days, number=active_days)
    moved = goals[restated(goals)] if len(goals) else goals
    names = [say(f"kpis.{kpi}.name") for kpi in dict.fromkeys(moved["kpi"])] if len(moved) else []
    anew = [say("plan.goals.restated_kpis", kpis=", ".join(names))] if names else []
    return " ".join([say("views.table.kpis.note"), window, *anew])


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


def without_telling(kpis: pd.DataFrame) -> pd.DataFrame:
    """The scorecard without the figures that would tell a few customers.

    `smallest_count` says how few; a column of another period has its own.
    """
    rows = kpis.astype("object")
    for column, hides in TOLD.items():
        prefix = "" if column == "value" else f"{column}_"
        few = rows.get(f"{prefix}smallest_count", pd.Series(index=rows.index)).map(small)
        for row in rows.index[few]:
            counts = ("n",) if column == "value" and rows.at[row, "kpi"] in COUNTS else ()
            for each in (*hides, *counts):
                if each in rows and _known(rows.at[row, each]):
                    rows.at[row, each] = hidden()
    _hide_buyers(rows)
    active = rows[rows["kpi"] == "active_customers"]
    if active.get("previous_smallest_count", active["kpi"]).map(small).any():
        # Who was active when the period began is who was at the end of the one before.
        for row in rows.index[rows["kpi"].isin(STARTED) & rows["n"].notna()]:
            rows.at[row, "n"] = hidden()
    return rows


def _hide_buyers(rows: pd.DataFrame) -> None:
    """Hide how many ordered where the orders beside them tell that a few ordered again."""
    each = rows[rows["kpi"] == "purchase_frequency"]
    for column in TOLD:
        known = each[column].iloc[0] if len(each) and column in rows else None
        if not is_hidden(known):
            continue
        # Months to pay back are a cost by the margin of those who ordered.
        for row in rows.index[rows["kpi"] == "payback_months"]:
            for name in (*TOLD[column], *["n"] * (column == "value")):
                if name in rows and _known(rows.at[row, name]):
                    rows.at[row, name] = hidden()
        if column == "value":
            for row in rows.index[rows["kpi"].isin(BUYERS) & rows["n"].notna()]:
                rows.at[row, "n"] = hidden()


TOLD: Final = {
    "value": ("value", "range", "low", "high", "change"),
    "previous": ("previous", "change"),
    "last_year": ("last_year",),
}
"""What is hidden with a value of each period."""

COUNTS: Final = ("active_customers", "new_customers", "cac")
"""KPIs whose `n` is the number of customers itself."""

STARTED: Final = ("customer_retention_rate", "churn_rate")
"""KPIs whose `n` is the number of customers who were active when the period began."""


def products_table(products: Data) -> Table:
    """What sold, by product: revenue, orders, customers, whether it moved, price, refunds."""
    layout = Layout(
        columns=(
            *("product", "revenue", "order_count", "customer_count", "trend", "verdict", "price"),
            *("refund_rate", "price_change", "previous", "change", "previous_count"),
            *("expected_count", "p_adjusted", "previous_refund_rate", "revenue_share"),
            *("product_id", "category"),
        ),
        words={"verdict": "outlook.trend.{}"},
        sheet_only=("revenue_share", "product_id", "category"),
        rows_shown=15,
    )
    formats = {
        **SALES_KINDS,
        "category": "text",
        "price": "unit_money",
        "price_change": "change",
        "p_adjusted": "exact",
    }
    return Table(
        told_products(frame_of(products)),
        id="products",
        formats=formats,
        layout=layout,
    )


def categories_table(categories: Data) -> Table:
    """What sold, by category: revenue now and before, orders, customers."""
    return Table(
        told_categories(frame_of(categories)),
        id="categories",
        formats=SALES_KINDS,
        layout=Layout(columns=SOLD, rows_shown=20),
    )


def _range(row: dict[str, object]) -> str | None:
    low, high = row.get("low"), row.get("high")
    if not (_known(low) and _known(high)):
        return None
    kind = kpi_kind(str(row.get("kpi")), str(row.get("unit") or ""))
    return format_interval(float(str(low)), float(str(high)), kind)


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value)
