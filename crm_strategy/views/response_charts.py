"""Charts of how customers respond: rates by channel, where they stop, hot leads."""

from collections.abc import Sequence
from typing import TypeVar

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bars import Panel, ranked_bars
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.dots import Dots, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.response_tables import hot_leads_table, responses_table, stopped_at_table
from crm_strategy.views.stop_privacy import DONE
from crm_strategy.views.table import Table
from crm_strategy.views.theme import LIGHT
from crm_strategy.words.numbers import format_share

T = TypeVar("T")


def responses_chart(responses: Data) -> Chart:
    """Share of contacted customers who answered, by channel, with intervals."""
    rows = frame_of(responses)
    if len(rows):
        rows = rows.sort_values(["response_rate", "channel"], ascending=[False, True])
    return Chart(
        responses_table(rows),
        id="responses",
        kind="intervals",
        category="channel",
        values=("response_rate",),
        paint=_responses,
        alt=_responses_alt,
        beside="responses",
    )


def _responses(figures: TablePayload) -> Drawing:
    channels, texts = _answered(figures)
    rates, lows, highs = (
        _of_answered(figures, numbers(figures, name)) for name in ("response_rate", "low", "high")
    )
    return dot_rows(
        channels,
        [Dots("", rates, lows, highs)],
        lambda value: format_share(value, digits=0),
        texts=texts,
        axis=words.say("views.chart.responses.axis"),
    )


def _responses_alt(figures: TablePayload) -> str:
    return alt_text("responses", figures=listing(*_answered(figures)))


def _answered(figures: TablePayload) -> tuple[list[str], list[str]]:
    """The channels whose answers are recorded, and their rates as written."""
    columns = column_cells(figures, "channel"), _rates(figures, "response_rate")
    channels, texts = (_of_answered(figures, cells) for cells in columns)
    return channels, texts


def _of_answered(figures: TablePayload, cells: Sequence[T]) -> list[T]:
    """Of a channel without a record of answers there is no rate to draw; a hidden one is said."""
    known = [cell is not None for cell in column_cells(figures, "response_rate")]
    if not any(known):
        return [*cells]
    return [cell for cell, kept in zip(cells, known, strict=True) if kept]


def _rates(figures: TablePayload, column: str) -> list[str]:
    return [cell_text(cell, "share") for cell in column_cells(figures, column)]


def stopped_at_chart(
    stopped: Data, responses: "Data | None" = None, total: "Data | None" = None
) -> Chart:
    """Customers by the stage they have not got beyond; arguments as of `stopped_at_table`.

    Where nobody stopped short of an order nothing is drawn, and the chart says so.
    """
    rows = frame_of(stopped)
    nobody = bool(len(rows)) and rows.loc[rows["customer_count"] > 0, "stage"].isin(DONE).all()
    return Chart(
        Table(rows.head(0), id="stopped_short")
        if nobody
        else stopped_at_table(rows, responses, total),
        id="stopped_at",
        kind="bars",
        category="stage",
        values=("customer_count",),
        paint=lambda figures: ranked_bars(column_cells(figures, "stage"), [_stopped(figures)]),
        alt=_stopped_alt,
        beside=None if nobody else "stopped_at",
    )


def _stopped(figures: TablePayload) -> Panel:
    pairs = zip(
        column_cells(figures, "customer_count"), column_cells(figures, "share"), strict=True
    )
    texts = [
        cell_text(count, "count")
        if is_hidden(count) or share is None
        else f"{cell_text(count, 'count')} ({format_share(share, digits=0)})"
        for count, share in pairs
    ]
    return Panel(numbers(figures, "customer_count"), texts)


def _stopped_alt(figures: TablePayload) -> str:
    texts = [str(text) for text in _stopped(figures).texts]
    return alt_text("stopped_at", figures=listing(column_cells(figures, "stage"), texts))


def hot_leads_chart(leads: Data) -> Chart:
    """What earlier scores promised and what came of it, by band."""
    return Chart(
        hot_leads_table(leads),
        id="hot_leads",
        kind="intervals",
        category="band",
        values=("expected_rate", "observed_rate"),
        paint=_leads,
        alt=_leads_alt,
        beside="hot_leads",
    )


def _leads(figures: TablePayload) -> Drawing:
    observed = Dots(
        words.say("views.column.observed_rate"),
        numbers(figures, "observed_rate"),
        numbers(figures, "low"),
        numbers(figures, "high"),
    )
    expected = Dots(
        words.say("views.column.expected_rate"),
        numbers(figures, "expected_rate"),
        marker="D",
        colour=LIGHT["focus"],
        hollow=True,
    )
    return dot_rows(
        column_cells(figures, "band"),
        [expected, observed],
        lambda value: format_share(value, digits=0),
        axis=words.say("views.chart.hot_leads.axis"),
    )


def _leads_alt(figures: TablePayload) -> str:
    pairs = zip(_rates(figures, "expected_rate"), _rates(figures, "observed_rate"), strict=True)
    texts = [f"{expected} / {observed}" for expected, observed in pairs]
    return alt_text("hot_leads", figures=listing(column_cells(figures, "band"), texts))
