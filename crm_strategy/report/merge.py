"""One notebook of a whole report: meta, summary, then the chapters in reading order."""

import copy
import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from crm_strategy import words
from crm_strategy.report.executed import (
    META_MIME,
    SUMMARY,
    SUMMARY_MIME,
    Chapter,
    Payload,
    chapter_name,
    check_executed,
    in_chapter,
    in_language,
    read_meta,
    speak_as,
)
from crm_strategy.report.summary import summarise, summary_html, summary_text

_KEPT_METADATA = ("kernelspec", "language_info")
_RUN_METADATA = ("papermill", "execution", "crm_strategy")
_LONGEST_PREFIX = 56  # ids have at most 64 characters


def merge(notebooks: Sequence[NotebookNode], meta: Payload) -> NotebookNode:
    """Join executed notebooks into one, with a summary before them.

    Only the prose of the report's language stays. Traces of the run (times, paths) go, so
    that one input gives one notebook.

    Parameters
    ----------
    notebooks
        Executed notebooks. Each says its chapter in `metadata.crm_strategy.chapter`, or its
        file in papermill's metadata.
    meta
        What the report says of itself, as `book` does, and `prepared` (an ISO date). It goes
        before what the first notebook's book says.

    Returns
    -------
    NotebookNode
        Cells: meta, summary, chapters 1, 2, … and last chapter 0 (the data).

    Raises
    ------
    ReportError
        A notebook failed or was not run.
    """
    told = {**(read_meta(notebooks[0]) if notebooks else {}), **meta}
    chapters = sorted(
        (Chapter(chapter_name(notebook, "chapter"), notebook.cells) for notebook in notebooks),
        key=_reading_order,
    )
    for chapter in chapters:
        check_executed(chapter)
    with words.speaking():
        speak_as(told)
        spoken = [
            Chapter(chapter.name, in_language(chapter.cells, words.voice().language))
            for chapter in chapters
        ]
        opening = [_meta_cell(told), _summary_cell(summarise(spoken))]
        title = words.say(
            "report.title", client=told.get("client", ""), period=told.get("period_label", "")
        )
    cells = [
        _clean(cell, chapter.name, position)
        for chapter in spoken
        for position, cell in enumerate(chapter.cells, start=1)
    ]
    merged: NotebookNode = new_notebook(  # type: ignore[no-untyped-call]
        cells=[*opening, *cells], metadata=_metadata(notebooks, title)
    )
    return merged


def _reading_order(chapter: Chapter) -> tuple[bool, bool, int, str]:
    # Readers ask about the data last; notebooks without a number follow the numbered ones.
    number = chapter.number
    return (number == 0, number is None, number or 0, chapter.name)


def _meta_cell(meta: Payload) -> NotebookNode:
    text = ", ".join(str(meta[key]) for key in ("client", "period_label") if meta.get(key))
    return _cell("meta", {META_MIME: dict(meta), "text/plain": text})


def _summary_cell(summary: dict[str, Any]) -> NotebookNode:
    data = {SUMMARY_MIME: summary, "text/html": summary_html(summary)}
    return _cell("summary", {**data, "text/plain": summary_text(summary)})


def _cell(cell_id: str, data: dict[str, Any]) -> NotebookNode:
    output = new_output("display_data", data=data)  # type: ignore[no-untyped-call]
    cell: NotebookNode = new_code_cell(id=cell_id, outputs=[output])  # type: ignore[no-untyped-call]
    in_chapter(cell, SUMMARY)
    return cell


def _clean(cell: NotebookNode, chapter: str, position: int) -> NotebookNode:
    # A cell's id is unique in its own notebook only.
    cleaned = copy.deepcopy(cell)
    for trace in _RUN_METADATA:
        cleaned.metadata.pop(trace, None)
    in_chapter(cleaned, chapter)
    prefix = re.sub(r"[^a-zA-Z0-9_-]", "-", chapter)[:_LONGEST_PREFIX]
    cleaned["id"] = f"{prefix}-{position}"
    return cleaned


def _metadata(notebooks: Sequence[NotebookNode], title: str) -> dict[str, Any]:
    kept = {
        key: copy.deepcopy(notebook.metadata[key])
        for notebook in notebooks[:1]
        for key in _KEPT_METADATA
        if key in notebook.metadata
    }
    return {**kept, "title": title}
