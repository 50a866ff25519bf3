"""Tables of the outlook: what is foretold, how well, and from which side."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.table import Table

OUTLOOK_WORDS: Final = {
    "measure": "outlook.measure.{}",
    "horizon": "outlook.horizon.{}",
    "model": "outlook.model.{}",
    "verdict": "outlook.score.{}",
    "in_force": "outlook.in_force.{}",
}
"""What names the ids of these tables."""

_FEW: Final = (Suppress(count="customer_count"),)
_RANGES: Final = ("low", "expected", "high", "low_50", "high_50")


def forecast_table(forecast: Data) -> Table:
    """The months ahead, each measure with its 90 % and 50 % intervals."""
    return Table(
        forecast,
        id="forecast",
        suppress=_FEW,
        layout=Layout(
            columns=("month", *_RANGES, "measure", "customer_count"),
            words=OUTLOOK_WORDS,
            by_kpi=_RANGES,
            sheet_only=("customer_count",),
            rows_shown=12,
        ),
    )


def forecast_horizons_table(horizons: Data) -> Table:
    """The next month, half-year and year beside the same months a year before."""
    by_row = (*_RANGES, "last_year")
    return Table(
        with_naive_names(frame_of(horizons)),
        id="forecast_horizons",
        formats={"change": "change", "error": "share", "start": "date", "end": "date"},
        suppress=_FEW,
        layout=Layout(
            columns=(
                *("measure", "horizon", "expected", "low", "high", "last_year", "change", "error"),
                *("low_50", "high_50", "start", "end", "model", "customer_count"),
            ),
            words=OUTLOOK_WORDS,
            by_kpi=by_row,
            sheet_only=("low_50", "high_50", "start", "end", "model", "customer_count"),
        ),
    )


def forecast_backtest_table(backtest: Data) -> Table:
    """Each model's misses over the last months, the chosen one marked."""
    return Table(
        with_naive_names(frame_of(backtest)),
        id="forecast_backtest",
        formats={"error": "share", "coverage": "share", "against_naive": "ratio"},
        layout=Layout(
            columns=(
                *("model", "error", "coverage", "n", "chosen", "measure", "against_naive"),
                *("origin_count", "month_count"),
            ),
            words=OUTLOOK_WORDS,
            sheet_only=("origin_count", "month_count"),
        ),
    )


def forecast_score_table(scored: Data) -> Table:
    """What had been foretold of the period, and what came."""
    return Table(
        scored,
        id="forecast_score",
        formats={"miss": "change", "error": "share"},
        suppress=_FEW,
        layout=Layout(
            columns=(
                *("measure", "actual", "expected", "low", "high", "miss", "verdict"),
                *("low_50", "high_50", "model", "error", "customer_count"),
            ),
            words=OUTLOOK_WORDS,
            by_kpi=("actual", *_RANGES),
            sheet_only=("low_50", "high_50", "model", "error", "customer_count"),
        ),
    )


def forecast_reconciliation_table(reconciled: Data) -> Table:
    """Orders by the series, and counted from customers up."""
    counts = ("expected", "low", "high", "known_orders", "new_orders", "bottom_up")
    changes = ("difference", "series_miss", "bottom_up_miss")
    return Table(
        reconciled,
        id="forecast_reconciliation",
        formats=dict.fromkeys(counts, "count") | dict.fromkeys(changes, "change"),
        layout=Layout(
            columns=(
                *("horizon", "expected", "low", "high", "known_orders", "new_orders"),
                *("bottom_up", "difference", "verdict", "series_miss", "bottom_up_miss"),
                "in_force",
            ),
            words=OUTLOOK_WORDS,
            sheet_only=("verdict", "series_miss", "bottom_up_miss", "in_force"),
        ),
    )


def with_naive_names(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in which a seasonal naive forecast without season is called the naive one, once."""
    if rows.empty or rows["is_seasonal"].all():
        return rows
    plain = ~rows["is_seasonal"].astype(bool)
    kept = rows[~(plain & (rows["model"] == "seasonal_level"))]
    named = plain & (rows["model"] == "seasonal_naive")
    return kept.assign(model=kept["model"].mask(named.loc[kept.index], "naive"))
