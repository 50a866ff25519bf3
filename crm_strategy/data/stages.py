"""What a status says about a sale: open, won or lost."""

from collections.abc import Mapping, Sequence
from typing import Literal

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.column_errors import Place
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.distinct import MOST_VALUES, translate, value_counts
from crm_strategy.data.vocabulary import fold, is_refunded, stage_of
from crm_strategy.errors import DataError

Said = Mapping[Literal["open", "won", "lost"], Sequence[str]]
"""The statuses of each group, as the params name them."""

_GROUPS: tuple[Literal["won", "lost", "open"], ...] = ("won", "lost", "open")

MOST_NAMED = 8


def with_stage_group(
    table: ibis.Table, *, columns: Sequence[str], result: str, said: Said, place: Place
) -> tuple[ibis.Table, list[DataFinding]]:
    """Fill the column `result` with open, won or lost, as the first of `columns` that says it.

    The params' words count first, then known ones in English and Russian. Where no column
    says a known word, the sale counts as won, and that is found.

    Raises
    ------
    DataError
        A column holds far too many different texts to be a status.
    """
    sources = [each for each in columns if each in table.columns]
    if not sources:
        return table.mutate(**{result: ibis.literal("won")}), []
    for source in sources:
        counts = value_counts(table, source)
        if len(counts) > MOST_VALUES:
            raise _no_status(source, counts, place)
        groups = {status: _group(status, said) for status in counts}
        table = table.mutate(**{f"_group {source}": table[source]})
        table = translate(table, f"_group {source}", groups)
    said_groups = [table[f"_group {source}"] for source in sources]
    group = ibis.coalesce(*said_groups)
    unsaid = table.filter(group.isnull()).group_by(_status=table[sources[-1]])
    unknown = engine.rows(
        unsaid.agg(_rows=_.count()).order_by([ibis.desc("_rows"), "_status"]).limit(MOST_VALUES)
    )
    filled = table.mutate(**{result: group.fill_null("won")})
    return (
        filled.drop(*[f"_group {source}" for source in sources]),
        _unknown_stages(
            place.table, sources[-1], {row["_status"]: row["_rows"] for row in unknown}
        ),
    )


def refunded_statuses(table: ibis.Table, *, said: Said) -> list[str]:
    """The statuses that say a sale was taken back, unless the params place them themselves."""
    placed = {fold(each) for statuses in said.values() for each in statuses}
    statuses = value_counts(table, "status")
    return sorted(each for each in statuses if is_refunded(each) and fold(each) not in placed)


def _group(status: str, said: Said) -> str | None:
    folded = fold(status)
    for group in _GROUPS:
        if folded in map(fold, said.get(group, ())):
            return group
    return stage_of(status)


def _no_status(column: str, counts: Mapping[str, int], place: Place) -> DataError:
    return DataError(
        f"{place.label}: column '{column}' holds more than {MOST_VALUES:,} different texts, "
        f"e.g. '{next(iter(counts))}': it is no status.\n"
        f"Map another column in {place.columns()}."
    )


def _unknown_stages(
    table: str, column: str, unknown: Mapping[str | None, int]
) -> list[DataFinding]:
    if not unknown:
        return []
    texts = [each for each in unknown if each is not None]
    named = ", ".join(f"«{each}»" for each in texts[:MOST_NAMED])
    more = f" + {len(texts) - MOST_NAMED}" if len(texts) > MOST_NAMED else ""
    return [
        DataFinding(
            table=table,
            check="unknown_stages" if texts else "empty_stages",
            severity="warning",
            row_count=sum(unknown.values()),
            example=texts[0] if texts else None,
            column=column,
            detail={"statuses": (named + more, "text")},
        )
    ]
