"""Charts of the segments chapter: is the base growing, and do newcomers come back?"""

from datetime import date
from typing import Final

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.cohort_privacy import told_cohorts
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.heatmaps import Grid, heatmap
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.segment_tables import lifecycle_table
from crm_strategy.views.stacked import Part, stacked_bars
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_interval

LOST_STAGE: Final = "lapsed"
MOST_COHORTS: Final = 13
MOST_MONTHS: Final = 12


def lifecycle_chart(stages: Data, total: "Data | None" = None) -> Chart:
    """Customers by stage; over several periods (column `period`) as stacked bars.

    Parameters
    ----------
    stages, total
        As in `lifecycle_table`.
    """
    several = "period" in (frame := frame_of(stages)) and frame["period"].nunique() > 1
    return Chart(
        lifecycle_table(frame, total),
        id="lifecycle_periods" if several else "lifecycle",
        kind="stacked" if several else "bars",
        category="period" if several else "stage",
        values=("customer_count",),
        paint=_stacked if several else _bars,
        alt=_stacked_alt if several else _bars_alt,
        beside="lifecycle",
    )


def _bars(figures: TablePayload) -> Drawing:
    panels = [
        Panel(
            numbers(figures, column),
            [cell_text(cell, kind) for cell in column_cells(figures, column)],
            words.say(f"views.column.{column}"),
        )
        for column, kind in (("customer_count", "count"), ("revenue", "short_money"))
    ]
    keys = figures["keys"]["stage"]
    lost = {at for at, key in enumerate(keys) if key == LOST_STAGE}
    return ranked_bars(column_cells(figures, "stage"), panels, highlight=lost)


def _bars_alt(figures: TablePayload) -> str:
    texts = [cell_text(cell, "count") for cell in column_cells(figures, "customer_count")]
    return alt_text("lifecycle", figures=listing(column_cells(figures, "stage"), texts))


def _parts(figures: TablePayload) -> tuple[list[str], list[Part]]:
    periods = list(dict.fromkeys(column_cells(figures, "period")))
    keys, names = figures["keys"]["stage"], column_cells(figures, "stage")
    counts = numbers(figures, "customer_count")
    cells = dict(zip(zip(column_cells(figures, "period"), keys, strict=True), counts, strict=True))
    parts = [
        Part(str(name), [cells.get((period, key)) for period in periods], loss=key == LOST_STAGE)
        for key, name in dict(zip(keys, names, strict=True)).items()
    ]
    # Those who stayed carry the stack; newcomers stand on top.
    return periods, [*parts[1:2], *parts[2:3], *parts[:1], *parts[3:]]


def _stacked(figures: TablePayload) -> Drawing:
    periods, parts = _parts(figures)
    return stacked_bars(periods, parts, lambda value: print_value(value, "count"))


def _stacked_alt(figures: TablePayload) -> str:
    periods, parts = _parts(figures)
    texts = [print_value(part.values[-1], "count") for part in parts]
    return alt_text(
        "lifecycle_periods",
        figures=listing([part.name for part in parts], texts),
        first=periods[0],
        last=periods[-1],
    )


def cohort_heatmap_chart(retention: Data) -> Chart:
    """Share of each monthly cohort that orders again, month by month after the first order."""
    rows = told_cohorts(retention)
    if len(rows):
        seen = rows[(rows["period"] > 0) & rows["retention_rate"].notna()]
        newest = sorted(seen["cohort"].unique())[-MOST_COHORTS:]
        rows = rows[rows["cohort"].isin(newest) & rows["period"].between(1, MOST_MONTHS)]
        rows = rows.sort_values(["cohort", "period"])
    columns = ("cohort", "period", "customer_count", "active_count", "retention_rate")
    figures = Table(
        rows,
        id="cohort_retention",
        formats={"period": "count"},
        layout=Layout(columns=columns),
    )
    return Chart(
        figures,
        id="cohort_heatmap",
        kind="heatmap",
        category="cohort",
        values=("retention_rate",),
        paint=lambda payload: heatmap(_cohorts(payload)),
        alt=_cohorts_alt,
        beside="cohort_retention",
    )


def _cohorts(figures: TablePayload) -> Grid:
    cohorts, months = column_cells(figures, "cohort"), column_cells(figures, "period")
    rates = numbers(figures, "retention_rate")
    told = column_cells(figures, "retention_rate")
    cells = {pair: at for at, pair in enumerate(zip(cohorts, months, strict=True))}
    rows, columns = list(dict.fromkeys(cohorts)), sorted(set(months))
    sizes = dict(zip(cohorts, column_cells(figures, "customer_count"), strict=True))
    values = [[rates[cells[r, c]] if (r, c) in cells else None for c in columns] for r in rows]
    hidden = [[(r, c) in cells and is_hidden(told[cells[r, c]]) for c in columns] for r in rows]
    texts = [
        [
            "·" if veiled else "" if rate is None else f"{100 * rate:.0f}"
            for rate, veiled in zip(*pair, strict=True)
        ]
        for pair in zip(values, hidden, strict=True)
    ]
    return Grid(
        rows=[print_value(date.fromisoformat(cohort), "month") for cohort in rows],
        columns=[str(month) for month in columns],
        values=values,
        texts=texts,
        row_sizes=[cell_text(sizes[cohort], "count") for cohort in rows],
        row_title=words.say("views.chart.cohort_heatmap.rows"),
        column_title=words.say("views.chart.cohort_heatmap.columns"),
    )


def _cohorts_alt(figures: TablePayload) -> str:
    grid = _cohorts(figures)
    named, texts = [], []
    for at, month in enumerate(grid.columns):
        rates = [rate for row in grid.values if (rate := row[at]) is not None]
        if rates and month in ("1", "3", "6", "12"):
            named.append(words.say("views.chart.cohort_heatmap.month", month=month))
            texts.append(format_interval(min(rates), max(rates), "share"))
    first, last = grid.rows[0], grid.rows[-1]
    return alt_text("cohort_heatmap", figures=listing(named, texts), first=first, last=last)
