"""Heatmaps: a grid of shares in five steps; unknown cells stay outlined and empty."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.colors import ListedColormap

from crm_strategy.views.drawing import Drawing, Form, Sheet
from crm_strategy.views.theme import HEAT, LIGHT, MARKS

GAP: Final = 0.09
WHITE_TEXT_FROM: Final = 3
UPRIGHT: Final = 1.7
UPRIGHT_ALONE: Final = 2.4
"""Inches that an upright name takes at most, on several lines or on one."""


@dataclass(frozen=True)
class Grid:
    """What a heatmap shows.

    Attributes
    ----------
    rows, columns
        Names of rows and columns.
    values
        A number a cell, row by row; None is empty.
    texts
        What a cell says, row by row.
    framed
        Cells (row, column) framed in ink, such as "stayed".
    key
        The cell the finding speaks of, framed in red.
    row_sizes
        How many each row rests on, printed behind its name where there is room.
    row_title, column_title
        What the rows and the columns are.
    steps
        Upper ends of the first four colour steps; from the values when empty.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    texts: Sequence[Sequence[str]]
    framed: Collection[tuple[int, int]] = ()
    key: tuple[int, int] | None = None
    row_sizes: Sequence[str] = ()
    row_title: str = ""
    column_title: str = ""
    steps: Sequence[float] = ()


def heatmap(grid: Grid) -> Drawing:
    """A heatmap with names at the left and on top, upright on top where they are long."""

    def draw(form: Form) -> Sheet:
        names = _row_names(form, grid)
        left = form.widest(names, bold=True) + GAP
        width = (form.width - left - 0.05) / max(len(grid.columns), 1)
        heads, upright = _column_names(form, grid, width)
        title = _row_title(form, grid, left)
        head = max(_head_height(form, heads, upright=upright), _lines_height(form, title))
        # A name of two lines needs them in every row: rows are alike.
        least = _lines_height(form, *names) if any("\n" in name for name in names) else 0.24
        height = max(min(2.6 / max(len(grid.rows), 1), 0.42), least)
        top = head + (form.line + 0.12 if grid.column_title else 0.0)
        sheet = Sheet(form, top + height * len(grid.rows) + 0.04)
        place = (left, top, width, height)
        _heads(sheet, grid, heads, place, title, upright=upright)
        _colours(sheet, grid, place)
        _cells(sheet, grid, names, place)
        return sheet

    return draw


def _row_names(form: Form, grid: Grid) -> list[str]:
    most = 2.2 if form.wide else 1.25
    sizes = [f" ({size})" for size in grid.row_sizes] if form.wide else []
    sizes += [""] * (len(grid.rows) - len(sizes))
    return [
        form.fit(name, most - form.width_of(size, bold=True), lines=2, bold=True) + size
        for name, size in zip(grid.rows, sizes, strict=True)
    ]


def _row_title(form: Form, grid: Grid, left: float) -> str:
    return form.fit(grid.row_title, left - GAP, lines=2) if grid.row_title else ""


def _lines_height(form: Form, *texts: str) -> float:
    """Height of the text of most lines."""
    return max(text.count("\n") + 1 for text in texts) * form.line + 0.1


def _column_names(form: Form, grid: Grid, width: float) -> tuple[list[str], bool]:
    """Fitted column names, and whether they stand upright because a word is too long."""
    words = (word for name in grid.columns for word in name.split())
    if form.widest(words, bold=True) > width - 0.04:
        # Beside one another stand as many lines as the column is wide; one alone may be longer.
        lines = max(int((width - 0.02) / form.line), 1)
        most = UPRIGHT if lines > 1 else UPRIGHT_ALONE
        return [form.fit(name, most, lines=lines, bold=True) for name in grid.columns], True
    return [form.fit(name, width - 0.04, lines=2, bold=True) for name in grid.columns], False


def _head_height(form: Form, heads: Sequence[str], *, upright: bool) -> float:
    if upright:
        return form.widest(heads, bold=True) + 0.12
    return _lines_height(form, *heads, "")


def _heads(
    sheet: Sheet,
    grid: Grid,
    heads: Sequence[str],
    place: tuple[float, float, float, float],
    row_title: str,
    *,
    upright: bool,
) -> None:
    left, top, width, _ = place
    key = grid.key[1] if grid.key else -1
    for at, name in enumerate(heads):
        sheet.text(
            left + width * (at + 0.5),
            top - 0.06,
            name,
            bold=at == key,
            colour=LIGHT["ink"] if at == key else LIGHT["mut"],
            across="center",
            down="bottom",
            upright=upright,
        )
    if grid.column_title:
        title = sheet.form.fit(grid.column_title, sheet.width)
        x, y = sheet.width - 0.05, sheet.form.line / 2
        sheet.text(x, y, title, colour=LIGHT["mut"], across="right")
    if row_title:
        sheet.text(0.02, top - 0.06, row_title, colour=LIGHT["mut"], down="bottom")


def _colours(sheet: Sheet, grid: Grid, place: tuple[float, float, float, float]) -> None:
    import seaborn as sns  # slow to import: only when a heatmap is drawn

    left, top, width, height = place
    axes = sheet.axes(left, top, width * len(grid.columns), height * len(grid.rows))
    sns.heatmap(
        _steps(grid),
        ax=axes,
        cmap=ListedColormap(HEAT),
        vmin=-0.5,
        vmax=len(HEAT) - 0.5,
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        xticklabels=False,
        yticklabels=False,
    )
    axes.set_axis_off()


def _cells(
    sheet: Sheet, grid: Grid, names: Sequence[str], place: tuple[float, float, float, float]
) -> None:
    left, top, width, height = place
    steps = _steps(grid)
    for row, name in enumerate(names):
        y = top + height * row
        bold = grid.key is not None and grid.key[0] == row
        sheet.text(left - GAP, y + height / 2, name, bold=bold, across="right")
        for column, text in enumerate(grid.texts[row]):
            x = left + width * column
            if grid.values[row][column] is None:
                _outline(sheet, (x, y, width, height), 0.02, MARKS["empty"], 0.8)
            white = steps[row, column] >= WHITE_TEXT_FROM
            if text:
                sheet.text(
                    x + width / 2,
                    y + height / 2,
                    text,
                    bold=grid.key == (row, column),
                    colour="#FFFFFF" if white else LIGHT["ink"],
                    across="center",
                )
    frames = [(cell, LIGHT["ink"], 1.4) for cell in grid.framed]
    frames += [(grid.key, LIGHT["bad"], 2.4)] if grid.key else []
    for (row, column), colour, line in frames:
        cell = (left + width * column, top + height * row, width, height)
        _outline(sheet, cell, 0.01, colour, line)


def _outline(
    sheet: Sheet, cell: tuple[float, float, float, float], inset: float, colour: str, line: float
) -> None:
    x, y, width, height = cell
    sheet.box(
        x + inset,
        y + inset,
        width - 2 * inset,
        height - 2 * inset,
        edge=colour,
        line=line,
        above=3 + line,
    )


def _steps(grid: Grid) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """The colour step of each cell, 0 to 4; NaN where it is empty."""
    values = np.array(
        [[np.nan if v is None else float(v) for v in row] for row in grid.values], dtype=float
    )
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    even = low + (high - low) * np.arange(1, len(HEAT)) / len(HEAT)
    steps = np.searchsorted(np.array(grid.steps) if grid.steps else even, values).astype(float)
    steps[np.isnan(values)] = np.nan
    return steps
