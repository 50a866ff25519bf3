"""Tables of what changed since the period before, and of figures restated."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.period_changes import CHANGES, SAME
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chain_tables import printed_change
from crm_strategy.views.layout import CUSTOMER_KPIS, Layout
from crm_strategy.views.naming import period_label
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.words import say

FIGURES: Final = ("value_before", "expected_before", "value", "expected")
_TOLD: Final = ("value_before", "value")
_WORDS: Final = {
    "goal": "plan.status.{}",
    "kpi": "views.verdict.{}",
    "decision": "plan.decision_verdict.{}",
}


def period_changes_table(changes: Data) -> Table:
    """Goals, KPIs and decisions that stand otherwise than a period before."""
    rows = told_changes(changes)
    if len(rows):
        rows = rows[rows["change"] != SAME]
        rows = rows.assign(
            was=[printed_word(*pair) for pair in zip(rows["subject"], rows["was"], strict=True)],
            now=[printed_word(*pair) for pair in zip(rows["subject"], rows["now"], strict=True)],
        )
    return Table(
        rows,
        id="period_changes",
        formats=dict.fromkeys(("name", "was", "now"), "text") | {"n": "count"},
        layout=Layout(
            columns=("name", "was", "now", *FIGURES, "subject", "change", "id", "kpi", "n"),
            words={"subject": "plan.changed.subject.{}", "change": "plan.changed.change.{}"},
            by_kpi=FIGURES,
            sheet_only=("change", "id", "kpi", "n"),
            rows_shown=15,
        ),
    )


def told_changes(changes: Data) -> pd.DataFrame:
    """The changes, the most pressing first, without figures that would tell a few customers."""
    rows = frame_of(changes)
    if rows.empty:
        return rows
    order = {each: place for kind in CHANGES.values() for place, each in enumerate(kind)}
    subjects = list(CHANGES)
    rows = (
        rows.assign(_subject=rows["subject"].map(subjects.index), _order=rows["change"].map(order))
        .sort_values(["_subject", "_order"], kind="stable")
        .drop(columns=["_subject", "_order"])
        .reset_index(drop=True)
    )
    names = [
        say(f"kpis.{row.kpi}.name") if row.subject == "kpi" else row.name
        for row in rows[["subject", "kpi", "name"]].itertuples(index=False)
    ]
    rows = rows.assign(name=names).astype(dict.fromkeys((*_TOLD, "now"), "object"))
    few = rows["smallest_count"].map(small)
    for column in _TOLD:
        counted = rows["kpi"].isin(CUSTOMER_KPIS[1]) & rows[column].map(small)
        for row in rows.index[few | counted]:
            if not pd.isna(rows.at[row, column]):
                rows.at[row, column] = hidden()
    for row in rows.index[few & (rows["subject"] == "decision")]:
        rows.at[row, "now"] = hidden()
    # Whether a hidden KPI is a signal would tell where it lies.
    gone = (rows["subject"] == "kpi") & rows["value"].map(is_hidden)
    return rows[~gone].reset_index(drop=True)


def kpi_restatements_table(restated: Data) -> Table:
    """Figures of earlier periods as they were reported, and by today's definition."""
    rows = told_restatements(restated)
    if len(rows):
        rows = rows.assign(period=rows["period"].map(period_label))
    return Table(
        rows,
        id="kpi_restatements",
        formats={"n": "count", "period": "text", "moved": "interval"},
        layout=Layout(
            columns=("kpi", "period", "as_reported", "restated", "difference", "moved", "n"),
            by_kpi=("as_reported", "restated", "difference"),
            sheet_only=("difference",),
            page_only=("moved",),
            rows_shown=15,
        ),
    )


def told_restatements(restated: Data) -> pd.DataFrame:
    """The restated figures; where old and new differ by a few customers, the new ones alone."""
    rows = frame_of(restated)
    if rows.empty:
        return rows
    columns = ("as_reported", "restated", "difference", "moved", "n")
    pairs = zip(rows["difference"], rows["kpi"], strict=True)
    rows = rows.assign(moved=[printed_change(value, str(kpi)) for value, kpi in pairs])
    shown = rows.astype(dict.fromkeys(columns, "object"))
    few = rows["smallest_count"].map(small)
    for row in rows.index[few]:
        for column in columns:
            if not pd.isna(rows.at[row, column]):
                shown.at[row, column] = hidden()
    return shown


def printed_word(subject: str, word: object) -> object:
    """The printed status of a goal, or verdict on a KPI or a decision; hidden as it is."""
    if word is None or is_hidden(word):
        return word
    return None if pd.isna(word) else say(_WORDS[subject].format(word))
