"""Small groups stay hidden: in tables, charts and descriptions alike.

A count of 1 to `min_cell` − 1 customers shows "<10", and the numbers that would tell it are
hidden with it. Where rows are parts of a whole that the reader knows, the hidden ones must
not follow from it: the next smallest rows are hidden too, until at least two rows and
`min_cell` customers are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from crm_strategy.views.payload import Cell, hidden, is_hidden, too_few
from crm_strategy.words import voice

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Guard:
    """A column that counts customers, and the columns hidden with it, by position.

    `only` names a column and the ids for which the guard holds.
    """

    count: int
    hides: Collection[int]
    only: tuple[int, frozenset[str]] | None = None

    def counts(self, rows: Sequence[list[Cell]]) -> list[Cell]:
        """Customers a row; None where the guard does not hold."""
        if self.only is None:
            return [row[self.count] for row in rows]
        at, ids = self.only
        return [row[self.count] if row[at] in ids else None for row in rows]


def small(count: object) -> bool:
    """Whether a count is between 1 and one less than the smallest group shown."""
    # Sums of columns are NumPy's numbers, which are no int.
    return isinstance(count, Real) and 0 < float(count) < voice().min_cell


def without_small(
    rows: "pd.DataFrame", column: str, *, within: Sequence[Sequence[str]] = ()
) -> "pd.DataFrame":
    """The rows whose customer count in `column` may be named in a sentence or drawn.

    Parameters
    ----------
    rows
        All rows of the table beside the sentence: choose among them afterwards.
    column
        Customers a row.
    within
        The wholes that the table is hidden by: the columns that name each, `()` for all rows.
    """
    groups = [
        list(rows[list(names)].itertuples(index=False, name=None)) if names else [()] * len(rows)
        for names in within
    ]
    counts = [None if count != count else count for count in rows[column]]
    gone = set(rows_to_hide(counts, groups=groups))
    return rows.loc[[place not in gone for place in range(len(rows))]]


def hide_telling_rates(
    rows: "pd.DataFrame", rate: str, *, of: str, hides: Sequence[str] = ()
) -> "pd.DataFrame":
    """Rows without the rates that would tell a few customers, or all but a few.

    Parameters
    ----------
    rows
        Rows with a `rate` of the customers in the column `of`.
    hides
        Columns hidden with the rate.
    """
    if not {rate, of} <= set(rows):
        return rows
    shown = rows.astype({each: "object" for each in (rate, *hides) if each in rows})
    for at, (share, count) in zip(rows.index, zip(rows[rate], rows[of], strict=True), strict=True):
        if share != share or share is None or count != count or count is None:
            continue
        cases = round(share * count)
        if small(cases) or small(count - cases):
            for each in (rate, *hides):
                if each in shown:
                    shown.at[at, each] = hidden()
    return shown


def rows_to_hide(counts: Sequence[object], *, groups: Sequence[Sequence[object]] = ()) -> list[int]:
    """Positions of rows to hide: the small ones and, in each known whole, their complement.

    Parameters
    ----------
    counts
        Customers a row.
    groups
        For each way of summing that the reader may know, the whole each row belongs to.
    """
    hide = {row for row, count in enumerate(counts) if small(count)}
    known = {row: float(n) for row, n in enumerate(counts) if isinstance(n, (int, float)) and n > 0}
    grew = bool(hide)
    while grew:
        before = len(hide)
        for group in groups:
            for whole in dict.fromkeys(group[row] for row in sorted(hide)):
                _complete(hide, {row: n for row, n in known.items() if group[row] == whole})
        grew = len(hide) > before
    return sorted(hide)


def partial_sums(
    rows: Sequence[list[Cell]],
    names: Sequence[str],
    sums: Sequence[tuple[str, frozenset[str]]],
    wholes: Sequence[Sequence[object]] = (),
) -> list[list[object]]:
    """For each sum of some rows, the whole of each: that sum's, or the row alone.

    Parameters
    ----------
    rows, names
        Rows of cells, and their columns.
    sums
        A column and the ids in it that are added up.
    wholes
        The wholes, such as periods, within which they are; all rows unless given.
    """
    within = list(zip(*wholes, strict=True)) if wholes else [()] * len(rows)
    return [
        [
            (within[place], *(() if str(row[names.index(column)]) in ids else (place,)))
            for place, row in enumerate(rows)
        ]
        for column, ids in sums
    ]


def _complete(hide: set[int], members: dict[int, float]) -> None:
    """Hide the next smallest members until two rows and `min_cell` customers are hidden."""
    rest = sorted((row for row in members if row not in hide), key=lambda row: (members[row], row))
    gone = [members[row] for row in members if row in hide]
    while rest and (len(gone) < 2 or sum(gone) < voice().min_cell):
        row = rest.pop(0)
        hide.add(row)
        gone.append(members[row])


def hide_rows(
    rows: Sequence[list[Cell]], guards: Sequence[Guard], *, groups: Sequence[Sequence[object]] = ()
) -> list[list[Cell]]:
    """Rows with small groups hidden.

    Parameters
    ----------
    rows
        Rows of cells.
    guards
        Counts to look at; `groups` holds for the first of them.
    groups
        As in `rows_to_hide`.
    """
    shown = [list(row) for row in rows]
    for number, guard in enumerate(guards):
        counts = guard.counts(rows)
        for row in rows_to_hide(counts, groups=groups if number == 0 else ()):
            cells, count = shown[row], counts[row]
            for at in guard.hides:
                cells[at] = hidden() if cells[at] is not None else None
            cells[guard.count] = too_few() if small(count) else hidden()
    return shown


def hide_totals(
    total: list[Cell],
    rows: Sequence[list[Cell]],
    shown: Sequence[list[Cell]],
    guards: Sequence[Guard],
) -> list[Cell]:
    """The total row, without what would tell the hidden cells above it.

    Parameters
    ----------
    total
        Its cells.
    rows, shown
        The rows above it, before and after hiding.
    guards
        Counts to look at.
    """
    covered = hide_rows([total], guards)[0]
    for guard in guards:
        pairs = zip(rows, shown, strict=True)
        gone = [was[guard.count] for was, now in pairs if is_hidden(now[guard.count])]
        known = [count for count in gone if isinstance(count, (int, float)) and count > 0]
        told = len(known) == 1 or 0 < sum(known) < voice().min_cell
        if told and not is_hidden(covered[guard.count]):
            covered[guard.count] = hidden()
    return covered


def hidden_last(rows: Sequence[list[Cell]], guard: Guard) -> list[list[Cell]]:
    """Rows ranked by size with the hidden ones last, by name: their place would tell it."""
    gone = [row for row in rows if is_hidden(row[guard.count])]
    kept = [row for row in rows if not is_hidden(row[guard.count])]
    return [*kept, *sorted(gone, key=lambda row: str(row[0]))]
