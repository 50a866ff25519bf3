"""Charts of the switch-off lab: what more money for channels keeps."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data
from crm_strategy.views.channel_mix_tables import channel_sets_table
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.frontiers import FrontierWords, Point, frontier
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.words.numbers import format_money, format_share


def channel_frontier_chart(sets: Data) -> Chart:
    """Share of conversions kept against cost, of the sets that keep most for their cost."""
    return Chart(
        channel_sets_table(sets),
        id="channel_frontier",
        kind="curve",
        category="cost",
        values=("conversion_share", "share_most"),
        paint=_paint,
        alt=_alt,
        beside="channel_sets",
    )


def _paint(figures: TablePayload) -> Drawing:
    named = zip(
        column_cells(figures, "switched_off"), column_cells(figures, "is_cheapest"), strict=True
    )
    names = [
        words.say("views.chart.channel_frontier.without", channels=off)
        if cheapest and off != words.say("views.no_channel")
        else ""
        for off, cheapest in named
    ]
    columns = [
        numbers(figures, name) for name in ("cost", "conversion_share", "low", "high", "share_most")
    ]
    points = [
        Point(x, y, low, high, best, name)
        for x, y, low, high, best, name in zip(*columns, names, strict=True)
        if x is not None and y is not None
    ]
    parts = ("across", "up", "kept", "best")
    said = FrontierWords(*(words.say(f"views.chart.channel_frontier.{part}") for part in parts))
    return frontier(points, said, format_money, lambda value: format_share(value, digits=0))


def _alt(figures: TablePayload) -> str:
    costs = [cell_text(cell, "money") for cell in column_cells(figures, "cost")]
    shares = [cell_text(cell, "share") for cell in column_cells(figures, "conversion_share")]
    return alt_text("channel_frontier", figures=listing(costs, shares))
