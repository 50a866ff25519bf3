"""Touches, leads, costs, surveys and the rest: each row checked by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.allowed import with_allowed
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.distinct import MOST_VALUES, translate, value_counts
from crm_strategy.data.duplicates import PLACE, flag, superseded
from crm_strategy.data.marking import (
    REASON,
    Marked,
    Reason,
    canonical_columns,
    mark,
    never_rows,
    outside,
)
from crm_strategy.data.path_rows import check_paths, with_path_channels
from crm_strategy.data.sale_rows import SaleRows, drop_copies
from crm_strategy.data.schema import TABLES
from crm_strategy.data.stages import with_stage_group
from crm_strategy.data.staging import Staged
from crm_strategy.data.vocabulary import fold
from crm_strategy.plan.params import Params

EVENT_DAYS = {
    "touches": "touched_at",
    "leads": "created_at",
    "surveys": "answered_at",
}
"""The moment of what happened, by table; no such moment lies in the future."""

CHANNELS = {
    "touches": "channel",
    "costs": "channel",
    "leads": "source_channel",
    "consents": "channel",
    "orders": "channel",
    "customers": "source_channel",
}
"""The column that names a channel, by table."""

_KEYS = {
    "touches": ("touch_id", "action", "touched_at"),
    "leads": ("lead_id",),
    "experiments": ("experiment", "customer_id"),
}
_NAMELESS = {"surveys"}
"""Tables whose rows count without a customer: a score is a score."""


def event_rows(
    con: ibis.BaseBackend, staged: Staged, *, params: Params, today: date
) -> tuple[Marked, list[DataFinding]]:
    """Rows of a table that is neither customers nor sales, marked, with canonical columns.

    Raises
    ------
    DataError
        A ready-made path with a step that is not named, or a count below 0.
    """
    if staged.name == "paths":
        check_paths(staged)
    rows = SaleRows(staged, staged.table)
    drop_copies(con, rows, rules=params.data.rules)
    _drop_superseded(con, rows)
    rows.table, found = with_allowed(rows.table, staged)
    rows.findings += found
    if "status_group" in staged:
        rows.table, found = with_stage_group(
            rows.table,
            columns=("status_group",),
            result="status_group",
            said=_stages(params, staged.name),
            place=staged.place,
        )
        rows.findings += found
    rows.table = with_channel_ids(rows.table, staged.name, params)
    rows.reasons += _required(staged)
    if staged.name in EVENT_DAYS:
        rows.reasons += outside(EVENT_DAYS[staged.name], today=today)
    if staged.name == "surveys":
        rows.reasons.append(("score_outside_scale", _outside_scale(staged)))
    if staged.name == "costs":
        rows.table = _with_period_end(rows.table, staged)
        rows.reasons.append(("period_reversed", _.period_end < _.period_start))
        # Counted, they would take from what a channel costs, and it would seem to pay.
        rows.reasons.append(("negative_costs", _.amount < 0))
    stored = engine.store(con, f"marked_{staged.name}", [mark(rows.table, rows.reasons)])
    rejected = never_rows(staged.source)
    read = staged.source.row_count + sum(rejected.values())
    columns = canonical_columns(stored, staged.name, more=(REASON,))
    return Marked(staged.name, columns, read, rejected), rows.findings


def with_channel_ids(table: ibis.Table, name: str, params: Params) -> ibis.Table:
    """Channels as the params call them, where id or label differ only in spelling."""
    spelled: dict[str, str] = {}
    for channel, terms in params.channels.items():
        for text in (channel, *_labels(terms.label)):
            spelled.setdefault(fold(text), channel)
    if name == "paths" and spelled:
        return with_path_channels(table, spelled)
    column = CHANNELS.get(name)
    if column is None or column not in table.columns or not spelled:
        return table
    counts = value_counts(table, column)
    words: Mapping[str, str | None] = {text: spelled.get(fold(text), text) for text in counts}
    return translate(table, column, words) if len(counts) <= MOST_VALUES else table


def _labels(label: Any) -> list[str]:
    if label is None:
        return []
    return [label.in_language(language) for language in ("en", "ru")]


def _stages(params: Params, name: str) -> Any:
    given = params.data.tables()[name]
    return given.stages


def _drop_superseded(con: ibis.BaseBackend, rows: SaleRows) -> None:
    name = rows.staged.name
    wanted = _KEYS.get(name, ())
    key = [column for column in wanted if column in rows.staged]
    if not key or wanted[0] not in key or (name == "experiments" and len(key) < len(wanted)):
        return
    earlier = superseded(con, rows.table, name=name, key=key)
    count = engine.count(earlier)
    if not count:
        return
    first = engine.rows(earlier.order_by(list(PLACE)).limit(1))[0]
    rows.findings.append(
        DataFinding(
            table=name,
            check="duplicate_keys",
            severity="warning",
            row_count=count,
            example=str(first[key[0]]),
            column=key[0],
        )
    )
    rows.table = flag(rows.table, earlier, "_is_superseded")
    rows.reasons.append(("duplicate_keys", _["_is_superseded"]))


def _required(staged: Staged) -> list[Reason]:
    reasons: list[Reason] = []
    for column in TABLES[staged.name].readable:
        if not column.required or (column.name == "customer_id" and staged.name in _NAMELESS):
            continue
        kind = {"id": "ids", "date": "dates", "timestamp": "dates", "text": "values"}
        plural = kind.get(column.type, "amounts")
        if plural in {"dates", "amounts"}:
            reasons.append((f"unparsable_{plural}", staged.is_bad(column.name)))
        reasons.append((f"missing_{plural}", _[column.name].isnull()))
    return reasons


def _outside_scale(staged: Staged) -> Any:
    """NPS runs from 0 to 10; satisfaction from 1 (0 where a scale of 10 is used) to its top."""
    top: Any = ibis.literal(5.0)
    if "scale_max" in staged:
        top = _.scale_max.fill_null(5)
    is_nps = _.kind == "nps"
    low = (is_nps | (top >= 10)).ifelse(0, 1)
    return (_.score < low) | (_.score > is_nps.ifelse(10, top))


def _with_period_end(table: ibis.Table, staged: Staged) -> ibis.Table:
    """Fill `period_end`: the month's last day where periods start months, else the same day."""
    end = _.period_end if "period_end" in staged else ibis.null("date")
    table = table.mutate(period_end=end)
    unsaid = table.filter(_.period_end.isnull())
    later = engine.count(unsaid.filter(_.period_start.day() != 1))
    next_month = _.period_start.truncate("M") + ibis.interval(months=1)
    assumed = _.period_start if later else (next_month - ibis.interval(days=1)).cast("date")
    return table.mutate(period_end=_.period_end.fill_null(assumed))
