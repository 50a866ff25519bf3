"""Rates that would tell a few customers, or all but a few, stay hidden."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import complete, rows_to_hide, small, wholes_of

if TYPE_CHECKING:
    import pandas as pd


def hide_telling_rates(
    rows: "pd.DataFrame",
    rate: str,
    *,
    of: str,
    hides: Sequence[str] = (),
    within: Sequence[Sequence[str]] = (),
    tells: str = "",
) -> "pd.DataFrame":
    """Rows without the rates that would tell a few customers, or all but a few.

    Parameters
    ----------
    rows
        Rows with a `rate` of the customers in the column `of`.
    hides
        Columns hidden with the rate.
    within
        As in `without_small`: wholes of which the reader may know both sides of the rate.
    tells
        The column of the fewest customers that a rate tells beside other tables.
    """
    if not {rate, of} <= set(rows):
        return rows
    rates, also = list(rows[rate]), few_beside(rows, tells)
    gone = telling_rates(rates, list(rows[of]), groups=wholes_of(rows, within), also=also)
    return without_rates(rows, gone, (rate, *hides))


def few_beside(rows: "pd.DataFrame", tells: str) -> list[int]:
    """Positions of rates that tell a few customers beside other tables, by the column of these."""
    return [place for place, n in enumerate(rows[tells]) if small(n)] if tells in rows else []


def hide_compared_rates(
    rows: "pd.DataFrame",
    rate: str,
    *,
    of: str,
    by: str,
    basis: Sequence[bool],
    hides: Sequence[str],
) -> "pd.DataFrame":
    """As `hide_telling_rates` within groups of rates that are compared with one of them.

    A difference and a rate tell the rate compared with: where that is hidden, all are.

    Parameters
    ----------
    rows, rate, of, hides
        As in `hide_telling_rates`.
    by
        The column that names the group, such as `experiment`.
    basis
        Whether a row is what the others of its group are compared with.
    """
    gone = set(telling_rates(list(rows[rate]), list(rows[of]), groups=[list(rows[by])]))
    lost = {rows[by].iloc[place] for place in gone if basis[place]}
    gone |= {place for place, group in enumerate(rows[by]) if group in lost}
    return without_rates(rows, gone, (rate, *hides))


def without_rates(
    rows: "pd.DataFrame", places: Collection[int], names: Sequence[str]
) -> "pd.DataFrame":
    """The rows with some columns hidden at some places; few cases are said to be few."""
    known = [name for name in names if name in rows]
    shown = rows.astype(dict.fromkeys(known, "object"))
    for place, at in enumerate(rows.index):
        for each in known if place in places else ():
            few = each.endswith("_count") and small(shown.at[at, each])
            shown.at[at, each] = too_few() if few else hidden()
    return shown


def telling_rates(
    rates: Sequence[Any],
    counts: Sequence[Any],
    *,
    groups: Sequence[Sequence[object]] = (),
    also: Collection[int] = (),
) -> list[int]:
    """Positions of rates to hide: of few cases or all but few, and what would tell these.

    Parameters
    ----------
    rates, counts
        Shares of so many customers; None or NaN is no value.
    groups
        As in `rows_to_hide`: wholes of which the reader may know the cases and the others.
    also
        Positions to hide in any case.
    """
    cases: dict[int, float] = {}
    others: dict[int, float] = {}
    for row, (rate, count) in enumerate(zip(rates, counts, strict=True)):
        if rate is not None and count is not None and rate == rate and count == count:
            cases[row] = round(rate * count)
            others[row] = round(count - rate * count)
    few = {row for row in cases if row in also or small(cases[row]) or small(others[row])}
    # Groups that are themselves hidden tell no rate.
    hide = few | set(rows_to_hide([None if n != n else n for n in counts], groups=groups))
    grew = bool(few)
    while grew:
        before = len(hide)
        for group in groups:
            for whole in dict.fromkeys(group[row] for row in sorted(hide & set(cases))):
                for side in (cases, others):
                    complete(hide, {row: n for row, n in side.items() if group[row] == whole})
        grew = len(hide) > before
    return sorted(hide & set(cases)) if few else []
