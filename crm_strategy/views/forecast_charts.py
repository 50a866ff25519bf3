"""The forecast as a fan: past, what would have been said of it, and what is to come."""

from datetime import date
from typing import Final

from crm_strategy import words
from crm_strategy.views.alt import alt_text
from crm_strategy.views.axes import month_labels
from crm_strategy.views.cells import Data
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.fans import Fan, fan
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, cell_kinds, column_cells, numbers
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_month, format_range

_FORETOLD: Final = ("backtest", "low", "low_50", "expected", "high_50", "high")


def forecast_fan_chart(told: Data) -> Chart:
    """One measure month by month: actual, foretold a month before, and the fan ahead."""
    figures = Table(
        told,
        id="forecast_fan",
        suppress=(
            Suppress(count="month_customers", hides=("actual",)),
            Suppress(count="customer_count", hides=_FORETOLD),
        ),
        layout=Layout(
            columns=("month", "actual", *_FORETOLD, "month_customers", "customer_count"),
            by_kpi=("actual", *_FORETOLD),
        ),
    )
    return Chart(
        figures,
        id="forecast_fan",
        kind="line",
        category="month",
        values=("actual", "expected", "low", "high"),
        paint=_paint,
        alt=_alt,
        beside="forecast",
    )


def _paint(figures: TablePayload) -> Drawing:
    months = [date.fromisoformat(cell) for cell in column_cells(figures, "month")]
    kind = cell_kinds(figures, "actual")[0]
    shown = "short_money" if kind == "money" else kind
    told = Fan(
        numbers(figures, "actual"),
        numbers(figures, "backtest"),
        numbers(figures, "expected"),
        [
            (numbers(figures, "low"), numbers(figures, "high")),
            (numbers(figures, "low_50"), numbers(figures, "high_50")),
        ],
    )
    parts = ("actual", "backtest", "expected", "wide", "narrow")
    return fan(
        lambda form: month_labels(months, wide=form.wide),
        told,
        [words.say(f"views.chart.forecast_fan.{part}") for part in parts],
        lambda value: print_value(value, shown),
    )


def _alt(figures: TablePayload) -> str:
    months = column_cells(figures, "month")
    kind = cell_kinds(figures, "actual")[0]
    shown = "short_money" if kind == "money" else kind
    ahead = [at for at, value in enumerate(numbers(figures, "expected")) if value is not None]
    known = [at for at, value in enumerate(numbers(figures, "actual")) if value is not None]
    if not known:
        return alt_text("forecast_fan_untold")
    last = known[-1]
    past = {
        "last": format_month(date.fromisoformat(months[last])),
        "actual": cell_text(column_cells(figures, "actual")[last], shown),
    }
    if not ahead:
        return alt_text("forecast_fan_past", **past)
    first = ahead[0]
    return alt_text(
        "forecast_fan",
        **past,
        month=format_month(date.fromisoformat(months[first])),
        expected=cell_text(column_cells(figures, "expected")[first], shown),
        range=format_range(
            *(cell_text(column_cells(figures, end)[first], shown) for end in ("low", "high"))
        ),
    )
