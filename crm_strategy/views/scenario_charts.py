"""Charts of scenarios: what a cascade costs and brings beside its alternatives."""

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.kinds import word_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.scenario_findings import savings
from crm_strategy.views.scenario_tables import COUNT, WORDS, chain_name
from crm_strategy.views.table import Table
from crm_strategy.words import label

_MEASURES = {"cost": "unit_money", "expected_responses": "count"}


def cascade_chart(comparison: Data) -> Chart:
    """The scenario that the finding speaks of: cost and responses of each way to send it."""
    rows = _told(frame_of(comparison))
    name = str(rows["scenario"].iloc[0]) if len(rows) else ""
    figures = Table(
        rows,
        id="cascade_comparison",
        formats=_MEASURES,
        suppress=(Suppress(count=COUNT),),
        layout=Layout(columns=("way", *_MEASURES, "is_best", COUNT)),
    )
    return Chart(
        figures,
        id="cascade",
        kind="bars",
        category="way",
        values=tuple(_MEASURES),
        paint=_paint,
        alt=_alt,
        beside="cascade_comparison",
        title=words.say("views.chart.cascade.of", scenario=label("scenario", name)) if name else "",
    )


def _told(comparison: pd.DataFrame) -> pd.DataFrame:
    if comparison.empty:
        return comparison
    known = savings(comparison)
    chosen = known.index[0] if len(known) else comparison["scenario"].iloc[0]
    rows = comparison[comparison["scenario"] == chosen]
    pairs = zip(rows["option"], rows["channels"], strict=True)
    return rows.assign(way=[_way(option, channels) for option, channels in pairs])


def _way(option: str, channels: str) -> str:
    if option == "single":
        return words.say("views.cascade_option.alone", channel=chain_name(channels))
    return word_of(option, WORDS["option"]) or ""


def _paint(figures: TablePayload) -> Drawing:
    panels = [
        Panel(
            numbers(figures, column),
            _texts(figures, column),
            words.say(f"views.table.cascade_comparison.column.{column}"),
        )
        for column in _MEASURES
    ]
    best = {at for at, is_best in enumerate(column_cells(figures, "is_best")) if is_best is True}
    return ranked_bars(column_cells(figures, "way"), panels, highlight=best)


def _texts(figures: TablePayload, column: str) -> list[str]:
    return [cell_text(cell, _MEASURES[column]) for cell in column_cells(figures, column)]


def _alt(figures: TablePayload) -> str:
    ways = column_cells(figures, "way")
    return alt_text(
        "cascade",
        figures=listing(ways, _texts(figures, "cost")),
        responses=listing(ways, _texts(figures, "expected_responses")),
    )
