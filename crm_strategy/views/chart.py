"""A chart that shows itself: two pictures, the figures behind them, words in their stead."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from crm_strategy import words
from crm_strategy.views import markup
from crm_strategy.views.drawing import NARROW, WIDE, Drawing
from crm_strategy.views.payload import (
    CHART_MIME,
    ChartPayload,
    TablePayload,
    column_cells,
    hidden_note,
    is_hidden,
)
from crm_strategy.views.table import Table
from crm_strategy.words import voice

LEAST_SHOWN: Final = 0.2
"""Share of its figures that a heatmap must show: below, it is a grid of dots."""


class Chart:
    """A chart of a table's figures, drawn wide and narrow when it is shown, and once only.

    It is drawn from the table's payload, so what the table hides the chart cannot show; where
    (nearly) all of it is hidden nothing is drawn, and the chart says why.

    Parameters
    ----------
    figures
        The chart's own small table; hidden rows, words and formats are its business.
    id
        Its id; title and note come from `views.chart.<id>.…`.
    kind
        bars, columns, line, stacked, heatmap, bullets, funnel, multiples, intervals, matrix,
        curve.
    category, values
        Columns an Excel chart takes its labels and its series from.
    paint
        From the figures to the drawing.
    alt
        From the figures to the text that stands for the picture.
    beside
        Id of the table that shows the same figures; None puts them into the figure.
    title
        Said instead of the catalogue's.
    """

    def __init__(
        self,
        figures: Table,
        *,
        id: str,  # noqa: A002 - the payload's own word
        kind: str,
        category: str,
        values: Sequence[str],
        paint: Callable[[TablePayload], Drawing],
        alt: Callable[[TablePayload], str],
        beside: str | None = None,
        title: str = "",
    ) -> None:
        self.id = id
        self.kind = kind
        self.figures = figures
        self._category = category
        self._values = values
        self._paint = paint
        self._alt = alt
        self._beside = beside
        self._title = title
        self._drawn: dict[tuple[str, str, int], ChartPayload] = {}

    def payload(self) -> ChartPayload:
        """The chart as JSON: figures, pictures, alt text; drawn once a voice."""
        spoken = (voice().language, voice().currency, voice().min_cell)
        if spoken not in self._drawn:
            self._drawn[spoken] = self._draw()
        return self._drawn[spoken]

    def _draw(self) -> ChartPayload:
        figures = self.figures.payload()
        title = self._title or words.say(f"views.chart.{self.id}.title")
        covered = self._is_covered(figures)
        if covered:
            figures = figures | {
                "rows": [],
                "keys": {name: [] for name in figures["keys"]},
                "kinds": {name: [] for name in figures["kinds"]},
                "note": "",
                "void": words.say("views.covered", least=words.voice().min_cell),
                "void_title": words.say("views.covered_title", what=title),
            }
        payload: ChartPayload = {
            "id": self.id,
            "title": title,
            "kind": self.kind,
            "alt": "",
            "note": self._note(figures),
            "source": figures["source"],
            # The table beside it has rows and does not say why nothing is drawn.
            "beside": None if covered else self._beside,
            "columns": figures["columns"],
            "rows": figures["rows"],
            "keys": figures["keys"],
            "kinds": figures["kinds"],
            "category": self._category,
            "values": list(self._values),
            "wide": None,
            "narrow": None,
            "wide_size": [],
            "narrow_size": [],
            "void": figures["void"],
            "void_title": figures["void_title"],
        }
        if figures["rows"]:
            drawing = self._paint(figures)
            wide, narrow = drawing(WIDE).picture(), drawing(NARROW).picture()
            payload |= {
                "alt": self._alt(figures),
                "wide": wide.png,
                "narrow": narrow.png,
                "wide_size": wide.size,
                "narrow_size": narrow.size,
            }
        return payload

    def _is_covered(self, figures: TablePayload) -> bool:
        """Whether so many figures are hidden that nothing is left to see."""
        known = {column["name"] for column in figures["columns"]}
        cells = [
            cell
            for value in self._values
            if value in known
            for cell in column_cells(figures, value)
            if cell is not None
        ]
        shown = sum(not is_hidden(cell) for cell in cells)
        least = LEAST_SHOWN * len(cells) if self.kind == "heatmap" else 0
        return len(cells) > shown and shown <= least

    def _note(self, figures: TablePayload) -> str:
        key = f"views.chart.{self.id}.note"
        if not words.known(key):
            return figures["note"]
        return f"{words.say(key)} {hidden_note(figures['rows'])}".strip()

    def _repr_mimebundle_(self, **_selection: object) -> tuple[dict[str, Any], dict[str, Any]]:
        payload = self.payload()
        data: dict[str, Any] = {
            CHART_MIME: payload,
            "text/html": markup.figure_html(payload),
            "text/plain": f"{payload['title']}\n{payload['alt'] or payload['void']}",
        }
        if payload["wide"] is None:
            return data, {}
        return {**data, "image/png": payload["wide"]}, {"image/png": {"alt": payload["alt"]}}
