"""Tables of drivers: why revenue moved, and what each lever would have to do."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.driver_privacy import BEHIND, shown_drivers
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import period_label
from crm_strategy.views.table import Table
from crm_strategy.words import say

WORDS: Final = {"split": "drivers.split.{}", "driver": "drivers.driver.{}"}

UNITS: Final = {"customers": "count", "frequency": "ratio", "order_value": "unit_money"}
"""Units of the factors; all other drivers are money."""

_OF_THE_SHEET: Final = (*("needed_together", "verdict_together", "base_period", "n", "customers"),)


def revenue_drivers_table(drivers: Data) -> Table:
    """Each split of the change of revenue, part by part, with what stands behind it."""
    layout = Layout(
        columns=("split", "driver", "contribution", "previous", "current", "n", "previous_n"),
        words=WORDS,
        sheet_only=("previous_n",),
        by_kpi=("previous", "current"),
    )
    return Table(
        _with_units(shown_drivers(drivers)),
        id="revenue_drivers",
        formats={"contribution": "money", "n": "count", "previous_n": "count"},
        suppress=BEHIND,
        layout=layout,
    )


def driver_tree_table(tree: Data, *, target: float | None = None) -> Table:
    """What each factor of revenue would have to be, alone and together, against its past.

    Parameters
    ----------
    tree
        Result of `driver_tree.driver_tree`.
    target
        The target that it was asked for, to say why a tree is empty.
    """
    rows = with_labels(tree)
    # Growth is held against that of a year: within one the two are the same.
    several = bool((rows["years"] > 1).any())
    rows = rows if several else rows.drop(columns="change_a_year")
    layout = Layout(
        columns=(
            *("driver", "base", "needed", "change_needed", "change_a_year"),
            *("best_change", "best_period", "verdict", *_OF_THE_SHEET),
        ),
        words={
            "driver": "drivers.driver.{}",
            "verdict": "drivers.verdict.{}",
            "verdict_together": "drivers.verdict.{}",
        },
        by_kpi=("base", "needed", "needed_together"),
        sheet_only=(*_OF_THE_SHEET, *["change_needed"] * several),
    )
    unknown = (say("drivers.tree.no_revenue"), say("drivers.tree.no_revenue_void"))
    return Table(
        _with_units(rows),
        id="driver_tree",
        formats={
            "change_needed": "change",
            "change_a_year": "change",
            "best_change": "change",
            "n": "count",
            "customers": "count",
        },
        suppress=(Suppress(count="customers"),),
        layout=layout,
        void=("", "") if target is None else unknown,
    )


def with_labels(tree: Data) -> pd.DataFrame:
    """The driver tree with its periods as people write them, and levers enough at their least."""
    rows = frame_of(tree)
    if "bounded" in rows:
        least = (rows["verdict"] == "reached") & rows["bounded"].astype("bool")
        rows = rows.assign(verdict=rows["verdict"].mask(least, "least"))
    names = ("best_period", "base_period")
    return rows.assign(**{name: [period_label(each) for each in rows[name]] for name in names})


def opposed_kpis_table(pairs: Data) -> Table:
    """KPIs of which one tends to get worse when the other gets better."""
    layout = Layout(
        columns=("kpi", "with_kpi", "correlation", "n", "p_value"),
        words={"with_kpi": "kpis.{}.name"},
    )
    return Table(
        pairs,
        id="opposed_kpis",
        formats={"correlation": "exact", "n": "count", "p_value": "exact"},
        layout=layout,
    )


def _with_units(rows: Data) -> pd.DataFrame:
    """Each driver in its own unit: people, orders of each, money."""
    frame = frame_of(rows)
    return frame.assign(unit=[UNITS.get(driver, "money") for driver in frame["driver"]])
