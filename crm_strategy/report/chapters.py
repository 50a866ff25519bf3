"""Which notebooks make a report: those beside the params folder, else the packaged ones."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode, ValidationError

import crm_strategy
from crm_strategy.errors import ReportError

_CHAPTER_FILE = re.compile(r"\d\d_.*\.ipynb")
PARAMETERS = ("params", "period", "language")
"""What every notebook's `parameters` cell sets."""


@dataclass(frozen=True)
class Chapter:
    """A notebook of the report, as it stands before it runs."""

    name: str
    notebook: NotebookNode
    origin: Literal["workbook", "packaged"]
    differs: bool
    """Its prose or code differ from the packaged notebook of that name; so does a new one."""

    @property
    def file(self) -> str:
        """Its file, as a person would look for it."""
        return f"notebooks/{self.name}.ipynb"

    @property
    def heading(self) -> str:
        """Its first heading; English where there are twins."""
        prose = [cell for cell in self.notebook.cells if cell.cell_type == "markdown"]
        english = [cell for cell in prose if "lang-ru" not in cell.metadata.get("tags", [])]
        headings = (
            re.search(r"^#\s+(.+)$", cell.source, re.MULTILINE) for cell in (*english, *prose)
        )
        return next((found[1].strip() for found in headings if found), self.name)


def packaged_notebooks() -> Path:
    """The folder of the notebooks that this package carries."""
    package = Path(crm_strategy.__file__).parent
    inside = package / "notebooks"
    # In a checkout they stand at the top of the house.
    return inside if inside.is_dir() else package.parent / "notebooks"


def read_chapters(root: Path) -> list[Chapter]:
    """The notebooks `NN_*.ipynb` of the workbook in `root`, in order; else the packaged ones.

    Raises
    ------
    ReportError
        A notebook can't be read, or has no cell tagged `parameters`.
    """
    packaged = {path.stem: path for path in _files(packaged_notebooks())}
    own = _files(root / "notebooks")
    if not own or own[0].parent.resolve() == packaged_notebooks().resolve():
        return [Chapter(name, _read(path), "packaged", False) for name, path in packaged.items()]
    return [_own(path, packaged.get(path.stem)) for path in own]


def left_out(chapters: Sequence[Chapter]) -> list[str]:
    """The packaged notebooks that the workbook does not have."""
    used = {chapter.name for chapter in chapters}
    return [path.stem for path in _files(packaged_notebooks()) if path.stem not in used]


def _own(path: Path, packaged: Path | None) -> Chapter:
    notebook = _read(path)
    differs = packaged is None or _fingerprint(notebook) != _fingerprint(_read(packaged))
    return Chapter(path.stem, notebook, "workbook", differs)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if _CHAPTER_FILE.fullmatch(path.name))


def _fingerprint(notebook: NotebookNode) -> str:
    said: list[Any] = [[cell.cell_type, cell.source.strip()] for cell in notebook.cells]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _read(path: Path) -> NotebookNode:
    file = f"notebooks/{path.name}"
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (ValidationError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise ReportError(
            f"{file}: this is not a notebook; it is broken or of another kind.\n"
            "Save it again from JupyterLab, or remove it to use the packaged one."
        ) from error
    if not any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells):
        raise ReportError(
            f"{file}: no cell is tagged `parameters`, so it would show another client or period.\n"
            f"Tag the code cell that sets {', '.join(PARAMETERS)}"
            " (JupyterLab: the gears at the right, Common Tools)."
        )
    return notebook
