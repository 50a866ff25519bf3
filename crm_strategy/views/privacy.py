"""Small groups stay hidden: in tables, charts and descriptions alike.

A count of 1 to `min_cell` − 1 customers shows "<10", and the numbers that would tell it are
hidden with it. Where rows are parts of a whole that the reader knows, the hidden ones must
not follow from it: the next smallest rows are hidden too, until at least two rows and
`min_cell` customers are. Rows of one size are hidden together, so that every table of the same
groups hides the same ones. Where even "<10" would narrow a count down, it is "hidden" as well.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, TypeVar

from crm_strategy.analysis import disclosure
from crm_strategy.views.payload import Cell, hidden, is_hidden, too_few
from crm_strategy.words import voice

if TYPE_CHECKING:
    import pandas as pd

Name = TypeVar("Name")


@dataclass(frozen=True)
class Guard:
    """A column that counts customers, and the columns hidden with it, by position.

    `only` names a column and the ids for which the guard holds, `groups` the wholes whose sum the
    reader may know, as in `rows_to_hide`.
    """

    count: int
    hides: Collection[int]
    only: tuple[int, frozenset[str]] | None = None
    groups: Sequence[Sequence[object]] = ()

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
    counts = [None if count != count else count for count in rows[column]]
    gone = set(rows_to_hide(counts, groups=wholes_of(rows, within)))
    return rows.loc[[place not in gone for place in range(len(rows))]]


def rows_to_hide(counts: Sequence[object], *, groups: Sequence[Sequence[object]] = ()) -> list[int]:
    """Positions of rows to hide: the small ones and, in each known whole, their complement.

    Parameters
    ----------
    counts
        Customers a row.
    groups
        For each way of summing that the reader may know, the whole each row belongs to.
    """
    return disclosure.rows_to_hide(counts, groups=groups, least=voice().min_cell)


def wholes_of(rows: "pd.DataFrame", within: Sequence[Sequence[str]]) -> list[list[object]]:
    """For each way of summing, the whole of each row: by the columns that name it."""
    return [
        list(rows[list(names)].itertuples(index=False, name=None)) if names else [()] * len(rows)
        for names in within
    ]


def complete(hide: set[int], members: dict[int, float]) -> None:
    """Hide the next smallest members until two rows and `min_cell` customers are hidden."""
    disclosure.complete(hide, members, least=voice().min_cell)


def hidden_beside(sides: Sequence[Sequence[float]], hide: Collection[int]) -> list[int]:
    """Positions of rows to hide for any of several counts whose sums over all rows are known.

    Parameters
    ----------
    sides
        Counts of each row, such as who lapsed and who did not.
    hide
        Positions that are hidden in any case.
    """
    found = {*hide} | {row for side in sides for row, n in enumerate(side) if small(n)}
    grew = bool(found)
    while grew:
        before = len(found)
        for side in sides:
            members = {row: n for row, n in enumerate(side) if n > 0}
            if members.keys() & found:
                complete(found, members)
        grew = len(found) > before
    return sorted(found)


def narrowed(
    counts: Sequence[object], hide: Sequence[int], groups: Sequence[Sequence[object]]
) -> set[int]:
    """Hidden rows whose "<10", beside the sum of the hidden in a whole, would narrow them down.

    Of a sum of 11 hidden as "<10" and "hidden", which is 10 at least, the first would be 1.
    """
    most, found = voice().min_cell - 1, set()
    for group in groups:
        for whole in dict.fromkeys(group[row] for row in hide):
            rows = [row for row in hide if group[row] == whole]
            known = {row: n for row in rows if isinstance(n := counts[row], (int, float))}
            few = [row for row, n in known.items() if small(n)]
            total, larger = sum(known.values()), len(known) - len(few)
            if not few or total <= most:
                continue
            if _bounds(len(few), larger, total):
                found |= set(few)
    return found


def _bounds(few: int, larger: int, total: float) -> bool:
    """Whether a sum of so many small counts and larger ones leaves a small one less than free."""
    most = voice().min_cell - 1
    low = 1 if larger else total - most * (few - 1)
    return few > 0 and (low > 1 or total - (few - 1) - (most + 1) * larger < most)


def hide_rows(
    rows: Sequence[list[Cell]], guards: Sequence[Guard], *, groups: Sequence[Sequence[object]] = ()
) -> list[list[Cell]]:
    """Rows with small groups hidden.

    Parameters
    ----------
    rows
        Rows of cells.
    guards
        Counts to look at.
    groups
        As in `rows_to_hide`, of the first guard.
    """
    shown = [list(row) for row in rows]
    for number, guard in enumerate(guards):
        counts, wholes = guard.counts(rows), groups if number == 0 else guard.groups
        hide = rows_to_hide(counts, groups=wholes)
        unsaid = narrowed(counts, hide, wholes)
        for row in hide:
            cells, count = shown[row], counts[row]
            for at in guard.hides:
                cells[at] = hidden() if cells[at] is not None else None
            said = small(count) and row not in unsaid
            cells[guard.count] = too_few() if said else hidden()
    return shown


def with_hidden(
    rows: "pd.DataFrame",
    places: Collection[int],
    *,
    hides: Sequence[str],
    within: Sequence[Sequence[str]] = (),
) -> "pd.DataFrame":
    """Rows with their `customer_count` and other columns hidden at some places.

    Parameters
    ----------
    rows
        One row a group.
    places
        Positions of the rows to hide.
    hides
        Columns hidden with the count.
    within
        As in `without_small`.
    """
    counts = [None if n != n else n for n in rows["customer_count"]]
    unsaid = narrowed(counts, sorted(places), wholes_of(rows, within))
    columns = [each for each in ("customer_count", *hides) if each in rows]
    shown = rows.astype(dict.fromkeys(columns, "object"))
    for place in places:
        at = rows.index[place]
        for each in columns:
            value = rows.at[at, each]
            if value is not None and value == value:
                shown.at[at, each] = hidden()
        said = small(counts[place]) and place not in unsaid
        shown.at[at, "customer_count"] = too_few() if said else hidden()
    return shown


def of_hidden_size(sizes: Mapping[Name, float]) -> set[Name]:
    """Segments whose size the table of all segments hides."""
    gone = rows_to_hide([*sizes.values()], groups=[[0] * len(sizes)])
    return {[*sizes][row] for row in gone}


def told_sizes(sizes: Mapping[Name, float], unseen: Collection[Name]) -> dict[Name, object]:
    """The sizes of segments that are all customers together, some of them hidden.

    Parameters
    ----------
    sizes
        Customers of each.
    unseen
        The segments of hidden size.
    """
    names, counts = [*sizes], [float(n) for n in sizes.values()]
    gone = [place for place, name in enumerate(names) if name in unseen]
    unsaid = narrowed(counts, gone, [[0] * len(counts)])
    told: dict[Name, object] = dict(sizes)
    for place in gone:
        said = small(counts[place]) and place not in unsaid
        told[names[place]] = too_few() if said else hidden()
    return told


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
        few = sum(now[guard.count] == too_few() for now in shown)
        told = told or _bounds(few, len(known) - few, sum(known))
        if told and not is_hidden(covered[guard.count]):
            covered[guard.count] = hidden()
    return covered


def hidden_last(
    rows: Sequence[list[Cell]], guard: Guard, *, within: int | None = None
) -> list[list[Cell]]:
    """Rows ranked by size with the hidden ones last, by name: their place would tell it.

    Parameters
    ----------
    rows, guard
        What is ranked, and the column that counts customers.
    within
        Column whose rows of one value stay together; all rows are one ranking by default.
    """
    parts = [] if within is None else [*dict.fromkeys(str(row[within]) for row in rows)]

    def place(row: list[Cell]) -> tuple[int, bool, list[str]]:
        part = 0 if within is None else parts.index(str(row[within]))
        gone = is_hidden(row[guard.count])
        # By all that names the row: of one kind the first column is the same.
        names = [each.casefold() for each in row if isinstance(each, str)]
        return part, gone, names if gone else []

    return sorted(rows, key=place)
