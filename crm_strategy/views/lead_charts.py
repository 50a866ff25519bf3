"""Charts of leads: how often those of each source are won."""

from typing import Final

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import with_customers
from crm_strategy.views.chart import Chart
from crm_strategy.views.dots import Dots, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.lead_tables import BEHIND, SOURCE
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_share

_TOLD: Final = ("win_rate", "low", "high")
_BEHIND: Final = ("won_customers", "lost_customers")


def lead_funnel_chart(funnel: Data) -> Chart:
    """Share of the decided leads that were won, by source, with intervals."""
    rows = with_customers(frame_of(funnel), BEHIND)
    if len(rows):
        rows = rows[rows["win_rate"].notna()]
        rows = rows.sort_values(["win_rate", "source_channel"], ascending=[False, True])
    figures = Table(
        rows,
        id="lead_funnel",
        formats={"low": "share", "high": "share"},
        suppress=(
            Suppress(count="won_customers", hides=(*_TOLD, "won_count")),
            Suppress(count="lost_customers", hides=(*_TOLD, "lost_count")),
        ),
        layout=Layout(
            columns=("source_channel", *_TOLD, "won_count", "lost_count", *_BEHIND),
            words=SOURCE,
            sheet_only=_BEHIND,
            page_only=_BEHIND,
            ranked=True,
        ),
    )
    return Chart(
        figures,
        id="lead_funnel",
        kind="intervals",
        category="source_channel",
        values=("win_rate",),
        paint=_paint,
        alt=_alt,
        beside="lead_funnel",
    )


def _paint(figures: TablePayload) -> Drawing:
    rates = Dots(
        "", numbers(figures, "win_rate"), numbers(figures, "low"), numbers(figures, "high")
    )
    return dot_rows(
        column_cells(figures, "source_channel"),
        [rates],
        lambda value: format_share(value, digits=0),
        texts=_texts(figures),
        axis=words.say("views.chart.lead_funnel.axis"),
    )


def _texts(figures: TablePayload) -> list[str]:
    return [cell_text(cell, "share") for cell in column_cells(figures, "win_rate")]


def _alt(figures: TablePayload) -> str:
    sources = column_cells(figures, "source_channel")
    return alt_text("lead_funnel", figures=listing(sources, _texts(figures)))
