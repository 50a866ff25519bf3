"""One output of a cell as HTML: our payloads through views, everything else made plain."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from nbconvert.filters import markdown2html, strip_ansi
from nbformat import NotebookNode

from crm_strategy import words
from crm_strategy.report.executed import META_MIME, SUMMARY_MIME, Chapter
from crm_strategy.report.html_prose import display_html
from crm_strategy.views import markup
from crm_strategy.views.payload import CHART_MIME, FINDING_MIME, TABLE_MIME, TablePayload

_PICTURES: Final = ("image/png", "image/jpeg", "image/svg+xml")
_NOTED: Final = "crm_report"
_FOLDED_BESIDE: Final = frozenset({"heatmap", "intervals", "line", "matrix", "multiples"})
"""Charts that show at a glance what the first rows of a long table would not."""


@dataclass
class Numbering:
    """The numbers that tables and figures get, and the decisions that findings lead to.

    Parameters
    ----------
    tables
        Tables numbered so far, over the whole report.
    decisions
        Decision id by chapter name and finding id.
    """

    tables: int = 0
    decisions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _anchors: set[str] = field(default_factory=set)

    def next_table(self) -> str:
        """The next table's number."""
        self.tables += 1
        return str(self.tables)

    def number(self, chapter: Chapter) -> None:
        """Note in the metadata of the chapter's outputs how `output_html` names them."""
        shown = [
            output
            for cell in chapter.cells
            for output in cell.get("outputs", [])
            if output.get("data")
        ]
        tables: dict[str, str] = {}
        drawn = {
            output.data[CHART_MIME]["beside"]
            for output in shown
            if _is_figure(output.data)
            and output.data.get(CHART_MIME, {}).get("kind") in _FOLDED_BESIDE
        }
        for output in shown:
            table = output.data.get(TABLE_MIME)
            if table and table["rows"]:
                number = self.next_table()
                tables.setdefault(table["id"], number)
                output.metadata[_NOTED] = {
                    "number": number,
                    "anchor": self._anchor(table["id"]),
                    "is_folded": table["id"] in drawn and markup.is_cut(table),
                }
        figures = 0
        for output in shown:
            if _is_figure(output.data):
                figures += 1
                number = str(figures if chapter.number is None else f"{chapter.number}.{figures}")
                chart = output.data.get(CHART_MIME, {})
                output.metadata[_NOTED] = {
                    "number": number,
                    "anchor": self._anchor(f"{chapter.anchor[1:].strip('-')}-{figures}"),
                    "table_number": tables.get(chart.get("beside")),
                }
            finding = output.data.get(FINDING_MIME)
            if finding:
                decision = self.decisions.get((chapter.name, finding["id"]), "")
                output.metadata[_NOTED] = {"decision_id": decision}

    def _anchor(self, name: str) -> str:
        anchor, count = name, 1
        while anchor in self._anchors:
            count += 1
            anchor = f"{name}-{count}"
        self._anchors.add(anchor)
        return anchor


def output_html(output: NotebookNode) -> str:
    """An output as the report shows it; "" for what only serves the analyst."""
    if output.output_type == "stream":
        return _printed(output.text) if output.name == "stdout" else ""
    data = output.get("data", {})
    noted = output.get("metadata", {}).get(_NOTED, {})
    if META_MIME in data or SUMMARY_MIME in data:
        return ""
    if TABLE_MIME in data:
        html = markup.table_html(data[TABLE_MIME], noted.get("number"), anchor=_of(noted))
        return _folded(html, data[TABLE_MIME], noted) if noted.get("is_folded") else html
    if CHART_MIME in data:
        return markup.figure_html(
            data[CHART_MIME],
            noted.get("number"),
            anchor=_of(noted),
            table_number=noted.get("table_number"),
        )
    if FINDING_MIME in data:
        return markup.finding_html(data[FINDING_MIME], decision_id=noted.get("decision_id", ""))
    return _displayed(output, noted)


def _folded(html: str, table: TablePayload, noted: Mapping[str, Any]) -> str:
    """A table to open: the chart beside it tells more than its first rows."""
    mark = words.say("views.table_number", number=escape(str(noted.get("number", ""))))
    rows = words.say_count("views.rows_folded", table["row_count"])
    return f'<details class="fold"><summary><b>{mark}</b>: {rows}</summary>{html}</details>'


def _displayed(output: NotebookNode, noted: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return display_html(data["text/html"])
    if "text/markdown" in data:
        return display_html(markdown2html(data["text/markdown"]))
    for mime in _PICTURES:
        if mime in data:
            return _picture(data[mime], mime, output.metadata, noted)
    return _printed(data.get("text/plain", ""))


def _printed(text: str) -> str:
    plain = strip_ansi(text).strip()  # type: ignore[no-untyped-call]
    return f'<pre tabindex="0">{escape(plain)}</pre>' if plain else ""


def _picture(picture: str, mime: str, metadata: Mapping[str, Any], noted: Mapping[str, Any]) -> str:
    described = metadata.get(mime)
    alt = described.get("alt", "") if isinstance(described, Mapping) else ""
    if mime == "image/svg+xml":
        picture = b64encode(picture.encode()).decode()
    code = re.sub(r"[^A-Za-z0-9+/=]", "", picture)
    number = words.say("views.figure_number", number=noted.get("number", ""))
    return (
        f'<figure id="fig-{escape(_of(noted))}"><figcaption><b>{escape(number)}</b> '
        f"{escape(alt or words.say('report.working_figure'))}</figcaption>"
        f'<img src="data:{mime};base64,{code}" '
        f'alt="{escape(alt or words.say("report.image_alt"))}"></figure>'
    )


def _of(noted: Mapping[str, Any]) -> str:
    return str(noted.get("anchor", ""))


def _is_figure(data: Mapping[str, Any]) -> bool:
    if CHART_MIME in data:
        return bool(data[CHART_MIME]["wide"] and data[CHART_MIME]["narrow"])
    ours: Iterable[str] = (TABLE_MIME, FINDING_MIME, META_MIME, SUMMARY_MIME)
    if any(mime in data for mime in ours) or "text/html" in data or "text/markdown" in data:
        return False
    return any(mime in data for mime in _PICTURES)
