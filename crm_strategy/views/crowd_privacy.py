"""Orders, journeys or steps hidden together are of enough customers, each counted once."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_strategy.analysis.crowds import together
from crm_strategy.words import voice


def complete_crowds(hide: set[int], members: Mapping[int, Any], sizes: Sequence[float]) -> None:
    """Hide the next smallest members until two rows of `min_cell` customers together are.

    Parameters
    ----------
    hide
        Positions of hidden rows: those found are added.
    members
        Customers behind the rows of a whole whose sum the reader may know: crowds, or numbers
        where no customers are known.
    sizes
        What is told of each row, such as its orders: small ones are hidden first.
    """
    rest = sorted((at for at in members if at not in hide), key=lambda at: sizes[at])
    while rest:
        gone = [members[at] for at in members if at in hide]
        if len(gone) > 1 and together(gone) >= voice().min_cell:
            return
        # Another table may have its rows in another order: equal ones go together.
        hide |= {at for at in rest if sizes[at] == sizes[rest[0]]}
        rest = [at for at in rest if at not in hide]
