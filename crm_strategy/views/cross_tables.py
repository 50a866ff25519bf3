"""Tables of two divisions of the same customers: no small cell follows from the margins."""

from collections.abc import Collection

from crm_strategy.analysis import disclosure
from crm_strategy.analysis.disclosure import Cells
from crm_strategy.words import voice


def hidden_cells(
    cells: Cells, *, rows: Collection[str] = (), columns: Collection[str] = ()
) -> set[tuple[str, str]] | None:
    """As `disclosure.hidden_cells`, of the smallest group that this report shows."""
    return disclosure.hidden_cells(cells, least=voice().min_cell, rows=rows, columns=columns)
