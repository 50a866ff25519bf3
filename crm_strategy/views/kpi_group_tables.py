"""Tables of KPIs by group: a line a group for the page, every figure for the workbook."""

from typing import Any, Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.kpi_group_privacy import told_groups
from crm_strategy.views.layout import Layout
from crm_strategy.views.naming import attribute_name, segment_name, value_name
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.table import Table
from crm_strategy.words import say
from crm_strategy.words.numbers import format_interval, is_missing

SIGNALS: Final = ("signal_high", "signal_low")
NAMED: Final = {"breakdown": "text", "group": "text", "name": "text"}
"""These columns hold names, not ids; `name`, for the page, holds both."""

_IN_LINE: Final = ("average_order_value", "customer_retention_rate", "new_customers")
_MOST_SIGNALS: Final = 3


def kpi_groups_table(groups: Data) -> Table:
    """A line a group: customers, revenue and its change on a year ago, key figures, signals.

    Groups that nobody ordered in have no line.
    """
    rows = _named(told_groups(frame_of(groups)))
    by_group = rows.groupby(["breakdown", "group"], sort=False) if len(rows) else ()
    lines = [_line(of.iloc[0], of.set_index("kpi")) for _, of in by_group]
    lines = [line for line in lines if _tells(line)]
    columns = (*NAMED, "customer_count", "revenue", "year_change", *_IN_LINE, "signals")
    return Table(
        pd.DataFrame(lines, columns=list(columns)),
        id="kpi_groups",
        formats=NAMED | {"year_change": "change", "signals": "text"},
        layout=Layout(sheet_only=("breakdown", "group"), page_only=("name",)),
    )


def kpi_breakdowns_table(groups: Data) -> Table:
    """Every KPI of every group beside its past, those beyond their natural limits first."""
    rows = _named(told_groups(frame_of(groups)))
    if len(rows):
        rows = rows.assign(range=[_range(row) for row in rows.to_dict("records")])
        calm = ~rows["verdict"].isin(SIGNALS)
        rows = rows.iloc[calm.argsort(kind="stable")]
    layout = Layout(
        columns=(
            *(
                "breakdown",
                "group",
                "name",
                "kpi",
                "value",
                "range",
                "previous",
                "last_year",
                "verdict",
            ),
            *("change", "target", "status", "low", "high", "n"),
        ),
        by_kpi=("value", "previous", "last_year", "change", "target", "low", "high"),
        sheet_only=("breakdown", "group", "change", "target", "status", "low", "high", "n"),
        page_only=("name", "range"),
        rows_shown=10,
    )
    return Table(rows, id="kpi_breakdowns", formats=NAMED | {"range": "interval"}, layout=layout)


def breakdown_name(breakdown: str) -> str:
    """The printed name of a breakdown: RFM segments, Country."""
    return say("segments.kind.rfm") if breakdown == "segment" else attribute_name(breakdown)


def group_name(breakdown: str, group: str) -> str:
    """The printed name of a group."""
    named = segment_name(group) if breakdown == "segment" else group
    return value_name(breakdown, group) if named == group else named


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return rows
    pairs = list(zip(rows["breakdown"], rows["group"], strict=True))
    names = [
        (breakdown_name(breakdown), group_name(breakdown, group)) for breakdown, group in pairs
    ]
    return rows.assign(
        breakdown=[breakdown for breakdown, _ in names],
        group=[group for _, group in names],
        name=[say("breakdowns.name", breakdown=each, group=group) for each, group in names],
    )


def _line(names: "pd.Series[Any]", of: pd.DataFrame) -> dict[str, object]:
    signals = of.index[of["verdict"].isin(SIGNALS)]
    words = [
        say(f"breakdowns.{of.at[kpi, 'verdict']}", kpi=say(f"kpis.{kpi}.name"))
        for kpi in signals[:_MOST_SIGNALS]
    ]
    if len(signals) > _MOST_SIGNALS:
        words.append(say("breakdowns.more", n=len(signals) - _MOST_SIGNALS))
    revenue = of.loc["revenue"] if "revenue" in of.index else pd.Series(dtype="object")
    return {
        **names[list(NAMED)],
        "customer_count": revenue.get("customers"),
        "revenue": revenue.get("value"),
        "year_change": _change(revenue.get("value"), revenue.get("last_year")),
        **{kpi: of.at[kpi, "value"] if kpi in of.index else None for kpi in _IN_LINE},
        "signals": "; ".join(words),
    }


def _tells(line: dict[str, object]) -> bool:
    """Whether a line says more than names: a figure that is not 0, hidden or a signal."""
    figures = [cell for name, cell in line.items() if name not in NAMED]
    return any(is_hidden(cell) or not (is_missing(cell) or cell in ("", 0)) for cell in figures)


def _change(value: object, before: object) -> object:
    if is_hidden(value) or is_hidden(before):
        return hidden()
    if isinstance(value, float) and isinstance(before, float) and before > 0:
        return value / before - 1
    return None


def _range(row: dict[str, object]) -> object:
    low, high = row["low"], row["high"]
    if is_hidden(low):
        return hidden()
    if not (isinstance(low, float) and isinstance(high, float)) or pd.isna(low) or pd.isna(high):
        return None
    return format_interval(low, high, kpi_kind(str(row["kpi"]), str(row["unit"] or "")))
