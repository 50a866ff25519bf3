"""Names of a heatmap's rows are whole on a phone: on two lines where they are long."""

import pytest

from crm_strategy.views.drawing import NARROW, WIDE
from crm_strategy.views.heatmaps import Grid, _column_names, _row_names, _row_title, heatmap

LONG = ["Потенциально лояльные", "Раньше не заказывали", "Новые"]


def grid(rows):
    cells = [[0.5, None] for _ in rows]
    return Grid(
        rows=rows,
        columns=["Новые", "Потерянные"],
        values=cells,
        texts=[["50", ""] for _ in rows],
        row_sizes=["1 230"] * len(rows),
        row_title="Первый заказ (n)",
    )


def test_long_names_of_rows_break_and_are_not_cut():
    names = _row_names(NARROW, grid(LONG))
    assert names == ["Потенциально\nлояльные", "Раньше не\nзаказывали", "Новые"]
    assert _row_title(NARROW, grid(["Авг. 2025"]), 0.8) == "Первый\nзаказ (n)"


@pytest.mark.parametrize("form", [NARROW, WIDE])
def test_rows_are_high_enough_for_the_lines_of_their_names(form):
    names = _row_names(form, grid(LONG * 5))
    lines = max(name.count("\n") + 1 for name in names)
    assert heatmap(grid(LONG * 5))(form).height >= 15 * lines * form.line


TOUCHPOINTS = ["Advertising in social networks", "Реклама в социальных сетях", "Newsletter"]


@pytest.mark.parametrize(
    ("width", "first"),
    [(0.36, "Advertising in social\nnetworks"), (0.2, "Advertising in social networks")],
)
def test_long_upright_names_of_columns_break_where_there_is_room_and_are_not_cut(width, first):
    beside = Grid(rows=["A"], columns=TOUCHPOINTS, values=[[1.0] * 3], texts=[["●"] * 3])
    names, upright = _column_names(NARROW, beside, width)
    assert upright
    assert names[0] == first
    assert [name.replace("\n", " ") for name in names] == TOUCHPOINTS
    lines = max(name.count("\n") + 1 for name in names)
    assert lines * NARROW.line <= max(width, NARROW.line)
