"""Charts of attribution: how far the rules lie apart, channel by channel."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.attribution_tables import ENDS, GUARDS, RULE_GUARDS, with_untold
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import UNTOLD
from crm_strategy.views.chart import Chart
from crm_strategy.views.dots import Dots, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.table import Table
from crm_strategy.views.theme import LIGHT, MARKS
from crm_strategy.words.numbers import format_count, format_interval


def attribution_range_chart(credit: Data) -> Chart:
    """Orders credited to each channel: the lowest to the highest rule, and three of them."""
    rows = frame_of(credit)
    if len(rows):
        rows = rows[rows["channel"].notna()]
        rows = rows.sort_values(["linear", "channel"], ascending=[False, True])
    columns = ("first_touch", "last_touch", "markov", "low", "high")
    figures = Table(
        with_untold(rows),
        id="attribution",
        formats=dict.fromkeys(columns, "score"),
        suppress=(
            Suppress(count=UNTOLD),
            *RULE_GUARDS,
            Suppress(count=ENDS, hides=("low", "high")),
        ),
        layout=Layout(columns=("channel", *columns, *GUARDS, "markov_order"), ranked=True),
    )
    return Chart(
        figures,
        id="attribution_range",
        kind="intervals",
        category="channel",
        values=("low", "high"),
        paint=_paint,
        alt=_alt,
        beside="attribution",
    )


def _paint(figures: TablePayload) -> Drawing:
    orders = [order for order in numbers(figures, "markov_order") if order is not None]
    memory = format_count(orders[0]) if orders else ""
    series = [
        Dots(
            words.say("views.chart.attribution_range.markov", order=memory),
            numbers(figures, "markov"),
            numbers(figures, "low"),
            numbers(figures, "high"),
            marker="D",
            colour=LIGHT["focus"],
        ),
        Dots(
            words.say("views.chart.attribution_range.first"),
            numbers(figures, "first_touch"),
            marker="^",
            colour=MARKS["other"],
            hollow=True,
        ),
        Dots(words.say("views.chart.attribution_range.last"), numbers(figures, "last_touch")),
    ]
    return dot_rows(
        column_cells(figures, "channel"),
        series,
        format_count,
        texts=_ranges(figures),
        axis=words.say("views.chart.attribution_range.axis"),
    )


def _ranges(figures: TablePayload) -> list[str]:
    pairs = zip(numbers(figures, "low"), numbers(figures, "high"), strict=True)
    cells = column_cells(figures, "low")
    return [
        words.say("views.hidden") if is_hidden(cell) else format_interval(low, high, "count")
        for cell, (low, high) in zip(cells, pairs, strict=True)
    ]


def _alt(figures: TablePayload) -> str:
    channels = column_cells(figures, "channel")
    return alt_text("attribution_range", figures=listing(channels, _ranges(figures)))
