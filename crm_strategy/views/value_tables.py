"""Tables of customer value: the models, how well they foresaw, who comes back."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.segment_tables import customers_in
from crm_strategy.views.table import Table

BANDS = "value.band.{}"
HOLDOUT = ("value.model.{}",)


def value_models_table(models: Data) -> Table:
    """Parameters with their intervals, fit and holdout error; the chosen model is named."""
    return Table(
        with_range(frame_of(models), "exact"),
        id="value_models",
        formats={
            "value": "exact",
            "low": "exact",
            "high": "exact",
            "range": "interval",
            "holdout_error": "ratio",
        },
        layout=Layout(
            columns=(
                *("model", "parameter", "value", "range", "low", "high"),
                *("log_likelihood", "holdout_error", "chosen", "problem"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )


def value_holdout_table(holdout: Data) -> Table:
    """Orders foreseen and orders that came, by how often customers had bought before."""
    return Table(
        holdout,
        id="value_holdout",
        formats={"frequency": "text", "actual": "ratio", "expected": "ratio"},
        suppress=(Suppress(count="customer_count", within=("model",)),),
        layout=Layout(rows_shown=20),
    )


def value_curve_table(curve: Data) -> Table:
    """Share of revenue and of expected value that the most valuable customers hold."""
    return Table(
        curve,
        id="value_curve",
        suppress=(Suppress(count="customer_count"),),
        layout=Layout(rows_shown=11),
    )


def newcomers_table(newcomers: Data) -> Table:
    """Customers with one order so far, by how probable a second one is."""
    return Table(
        newcomers,
        id="newcomers",
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(words={"band": BANDS}),
        basis=customers_in(newcomers),
    )
