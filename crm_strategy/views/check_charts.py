"""Charts of the data chapter: how the series runs."""

from collections.abc import Sequence
from datetime import date

from crm_strategy import words
from crm_strategy.views.alt import alt_text
from crm_strategy.views.axes import month_labels
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.columns import Series, time_columns
from crm_strategy.views.drawing import Drawing, Form
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.privacy import rows_to_hide, with_hidden
from crm_strategy.views.table import Table

_PANELS = (("revenue", "short_money"), ("order_count", "count"))


def monthly_orders_chart(months: Data) -> Chart:
    """Revenue and orders a month, one panel each; a gap or a step is seen at once.

    Customers are not told: of 19 orders by 18 in a month one came again.
    """
    rows = frame_of(months)
    if len(rows):
        few = rows_to_hide([None if n != n else n for n in rows["customer_count"]])
        rows = with_hidden(rows, few, hides=("revenue", "order_count"))
    figures = Table(
        rows,
        id="monthly_orders",
        layout=Layout(columns=("month", "revenue", "order_count")),
    )
    return Chart(
        figures,
        id="monthly_orders",
        kind="columns",
        category="month",
        values=("revenue", "order_count"),
        paint=_paint,
        alt=_alt,
    )


def _paint(figures: TablePayload) -> Drawing:
    months = [date.fromisoformat(cell) for cell in column_cells(figures, "month")]

    def labels(form: Form) -> Sequence[str]:
        return month_labels(months, wide=form.wide)

    return time_columns(labels, [_series(figures, *panel) for panel in _PANELS])


def _series(figures: TablePayload, column: str, kind: str) -> Series:
    name = words.say(f"views.column.{column}")
    return Series(name, numbers(figures, column), lambda value: print_value(value, kind))


def _alt(figures: TablePayload) -> str:
    months = column_cells(figures, "month")
    extremes = []
    for column, kind in _PANELS:
        values = numbers(figures, column)
        known = [
            (value, month) for value, month in zip(values, months, strict=True) if value is not None
        ]
        if known:
            (low, low_month), (high, high_month) = min(known), max(known)
            extremes.append(
                words.say(
                    "views.chart.monthly_orders.panel",
                    name=words.say(f"views.column.{column}"),
                    low=print_value(low, kind),
                    low_month=print_value(low_month, "month"),
                    high=print_value(high, kind),
                    high_month=print_value(high_month, "month"),
                    last=print_value(known[-1][0], kind),
                )
            )
    return alt_text(
        "monthly_orders",
        figures=" ".join(extremes),
        first=print_value(months[0], "month"),
        last=print_value(months[-1], "month"),
    )
