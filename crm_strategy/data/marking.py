"""Rows with the reason, if any, why they are left out: each row has one, the first that fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.schema import TABLES, canonical
from crm_strategy.data.source import Source

REASON = "_reason"

Reason = tuple[str, Any]
"""The id of a reason, and the condition (deferred, so that it fits any step of a table)."""

FIRST_PLAUSIBLE_DAY = date(1990, 1, 1)
"""Earlier days come from empty or broken fields: 1900, 1970 and the like."""


@dataclass(frozen=True)
class Marked:
    """Rows of a canonical table with the column `_reason`: null for rows that are kept.

    Parameters
    ----------
    rows_read
        Rows of the source, rejected lines and totals included; of a table summed from another,
        the rows there could be.
    unseen
        Rows that were left out before they could be marked, by reason.
    """

    name: str
    table: ibis.Table
    rows_read: int
    unseen: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> ibis.Table:
        """Rows without a reason."""
        return self.table.filter(self.table[REASON].isnull()).drop(REASON)

    def exclusions(self) -> dict[str, int]:
        """Rows left out by reason."""
        counts = self.table.group_by(REASON).agg(n=_.count())
        found = {row[REASON]: row["n"] for row in engine.rows(counts) if row[REASON]}
        return found | {reason: count for reason, count in self.unseen.items() if count}


def mark(table: ibis.Table, reasons: Sequence[Reason]) -> ibis.Table:
    """Add `_reason`: the first reason whose condition holds, null when none does."""
    if not reasons:
        return table.mutate(**{REASON: ibis.null("string")})
    return table.mutate(**{REASON: ibis.cases(*[(when, reason) for reason, when in reasons])})


def outside(column: str, *, today: date) -> list[Reason]:
    """Moments outside any plausible time; tomorrow passes, for time zones."""
    day = _[column].date()
    return [
        ("implausible_dates", day < ibis.literal(FIRST_PLAUSIBLE_DAY)),
        ("future_dates", day > ibis.literal(today + timedelta(days=1))),
    ]


def never_rows(source: Source) -> dict[str, int]:
    """Lines of the files that never became rows: they fit no column, or held totals."""
    reasons = ("rejected_lines", "total_rows")
    dropped = [file.dropped for file in source.files]
    return {reason: sum(each.get(reason, 0) for each in dropped) for reason in reasons}


def canonical_columns(table: ibis.Table, name: str, *, more: Sequence[str] = ()) -> ibis.Table:
    """The columns of canonical table `name` in order, nulls for those it lacks, then `more`."""
    types = canonical(name)
    columns = {
        column: table[column].cast(types[column])
        if column in table.columns
        else ibis.null(types[column])
        for column in TABLES[name].names
    }
    return table.select(**columns, **{column: table[column] for column in more})
