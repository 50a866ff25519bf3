"""How a table is laid out, what its figures rest on, and which counts guard its privacy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Patterns = str | Sequence[str]
"""Catalogue keys that name an id, such as "lifecycle.{}"; the first known one."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Columns, words and rows of a table.

    Attributes
    ----------
    columns
        Columns to keep, in this order; those the data lack are left out. All by default.
    words
        Column to the patterns that name its ids, beyond `kinds.WORD_KEYS`.
    by_kpi
        Columns whose kind follows the KPI of the row (column `unit`, else `kpi`).
    sheet_only
        Columns only the workbook shows; those beyond the eighth are added to them.
    page_only
        Columns only the page shows.
    rows_shown
        Rows the page shows; the workbook shows all.
    ranked
        Rows stand by size; hidden ones then go last, or their place would tell it.
    ranked_within
        Column whose rows of one value stand together; hidden ones go last among these.
    covered
        Rows there were, all of them hidden: said instead of what to supply.
    look
        "score", "defs" or "canvas": a variant of the page's table.
    """

    columns: Sequence[str] = ()
    words: Mapping[str, Patterns] = field(default_factory=dict)
    by_kpi: Sequence[str] = ()
    sheet_only: Sequence[str] = ()
    page_only: Sequence[str] = ()
    rows_shown: int = 40
    ranked: bool = False
    ranked_within: str = ""
    covered: bool = False
    look: str = ""


CUSTOMER_KPIS = ("kpi", frozenset({"active_customers", "new_customers"}))
"""The KPIs that are themselves numbers of customers."""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What the figures rest on, for the source line: how many of what (`views.n.<unit>`), when."""

    n: int | None = None
    unit: str = "customers"
    period: str = ""


@dataclass(frozen=True, kw_only=True)
class Suppress:
    """A column that counts customers; under the smallest group it is hidden.

    Attributes
    ----------
    count
        The column.
    hides
        Columns hidden with it; every other number by default.
    only
        A column and the ids in it for which this holds; all rows by default.
    within
        Columns that name a whole whose sum the reader may know, such as `from_segment`, or
        several that name it together; none, `()`, is the whole table. Where the table has none
        of the columns, or has shares or a total, all rows are one whole.
    """

    count: str
    hides: Sequence[str] | None = None
    only: tuple[str, frozenset[str]] | None = None
    within: Sequence[str | tuple[str, ...]] = ()
