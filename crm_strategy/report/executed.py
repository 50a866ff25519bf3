"""What an executed notebook says: its meta, its chapters, the payloads in its outputs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from nbformat import NotebookNode

from crm_strategy import words
from crm_strategy.errors import ReportError

META_MIME: Final = "application/vnd.crm-strategy.meta.v1+json"
SUMMARY_MIME: Final = "application/vnd.crm-strategy.summary.v1+json"
Payload = Mapping[str, Any]

_LANGUAGE_TAG: Final = "lang-"
_TITLE: Final = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_CHAPTER_NUMBER: Final = re.compile(r"(\d+)[_-]")


@dataclass(frozen=True)
class Chapter:
    """A notebook in a report: its file's name without ending, and its cells."""

    name: str
    cells: list[NotebookNode]

    @property
    def number(self) -> int | None:
        """3 for `03_segments`; None for a notebook without a number."""
        numbered = _CHAPTER_NUMBER.match(self.name)
        return int(numbered[1]) if numbered else None

    @property
    def anchor(self) -> str:
        """The id of its section: c3, or x- and the name."""
        if self.number is not None:
            return f"c{self.number}"
        return "x-" + (re.sub(r"\W+", "-", self.name.lower()).strip("-") or "chapter")


def chapters(notebook: NotebookNode, name: str) -> list[Chapter]:
    """The chapters of a merged notebook; or the whole notebook as one, called `name`."""
    found: dict[str, list[NotebookNode]] = {}
    whole = chapter_name(notebook, name)
    for cell in notebook.cells:
        found.setdefault(_chapter_of(cell) or whole, []).append(cell)
    return [Chapter(chapter, cells) for chapter, cells in found.items() if chapter != SUMMARY]


def chapter_name(notebook: NotebookNode, file_name: str) -> str:
    """Which chapter a notebook is: as its metadata say, else its file, else papermill's source.

    Parameters
    ----------
    notebook
        Executed; its `metadata.crm_strategy.chapter` goes first.
    file_name
        The name of its file without ending; it counts if it is numbered like `03_segments`, or
        if papermill does not tell which file it ran.
    """
    told = notebook.metadata.get("crm_strategy", {}).get("chapter")
    ran = PurePath(notebook.metadata.get("papermill", {}).get("input_path") or "").stem
    return str(told or (file_name if _CHAPTER_NUMBER.match(file_name) else ran) or file_name)


SUMMARY: Final = "summary"
"""The chapter of the cells that `merge` puts before the notebooks' own."""


def in_chapter(cell: NotebookNode, chapter: str) -> None:
    """Note in a cell's metadata which chapter it belongs to."""
    cell.metadata["crm_strategy"] = {"chapter": chapter}


def _chapter_of(cell: NotebookNode) -> str | None:
    chapter = cell.metadata.get("crm_strategy", {}).get("chapter")
    return None if chapter is None else str(chapter)


def take_title(chapter: Chapter) -> tuple[str, str]:
    """Cut the first prose heading out; "Segments: who …?" is a label and a question."""
    for cell in chapter.cells:
        heading = _TITLE.match(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            cell.source = cell.source[heading.end() :]
            label, _, question = re.sub(r"[*_`]", "", heading[1]).partition(": ")
            return label, (question[:1].upper() + question[1:]) or label
    label = re.sub(r"^\d+[_-]", "", chapter.name).replace("_", " ").strip().capitalize()
    return label, label


def payloads(cells: Iterable[NotebookNode], mime: str) -> Iterator[Any]:
    """The payloads of one MIME type in the cells' outputs, in order."""
    for output in outputs(cells):
        if mime in output.get("data", {}):
            yield output["data"][mime]


def outputs(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """The cells' outputs, in order."""
    for cell in cells:
        yield from cell.get("outputs", [])


def read_meta(notebook: NotebookNode) -> dict[str, Any]:
    """Client, period, language and so on: what the notebook's `book` says of itself.

    A notebook without a book is in English and says nothing.
    """
    return {"language": "en", **next(payloads(notebook.cells, META_MIME), {})}


def speak_as(meta: Payload) -> None:
    """Set the voice to the notebook's language, currency and smallest group."""
    words.speak(**{key: meta[key] for key in ("language", "currency", "min_cell") if meta.get(key)})


def in_language(cells: Iterable[NotebookNode], language: str) -> list[NotebookNode]:
    """The cells without those tagged for another language (`lang-en`, `lang-ru`)."""
    return [cell for cell in cells if _languages(cell) in ([], [language])]


def _languages(cell: NotebookNode) -> list[str]:
    tags = cell.metadata.get("tags", [])
    return [tag.removeprefix(_LANGUAGE_TAG) for tag in tags if tag.startswith(_LANGUAGE_TAG)]


def check_executed(chapter: Chapter) -> None:
    """Refuse a notebook that failed, or that was not run to its end.

    Raises
    ------
    ReportError
        Names chapter, cell (counted from 1, as they stand in the notebook) and remedy.
    """
    for position, cell in enumerate(chapter.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise ReportError(
                    f"{chapter.name}, cell {position}: {output.ename}: {output.evalue}\n"
                    "Mend the cell or its input and run the notebook again."
                )
    for position, cell in enumerate(chapter.cells, start=1):
        if _to_run(cell) and cell.get("execution_count") is None:
            raise ReportError(
                f"{chapter.name}, cell {position}: not run yet, so there is nothing to show.\n"
                "Run the notebook first: Run > Run All Cells in JupyterLab, or papermill."
            )


def _to_run(cell: NotebookNode) -> bool:
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return not {"skip-execution", "remove-cell"} & set(cell.metadata.get("tags", []))
