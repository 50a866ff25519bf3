"""Columns that may hold one of a few words: what people write there, in our words."""

import ibis

from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.distinct import MOST_VALUES, translate, value_counts
from crm_strategy.data.schema import STAGE_GROUPS, TABLES
from crm_strategy.data.staging import Staged
from crm_strategy.data.vocabulary import value_of

_SUBJECTS = {("surveys", "kind"): "survey_kind"}


def with_allowed(table: ibis.Table, staged: Staged) -> tuple[ibis.Table, list[DataFinding]]:
    """Translate every column that allows only some words; other texts become empty.

    Stage groups are left alone: statuses have rules of their own.
    """
    findings: list[DataFinding] = []
    for column in TABLES[staged.name].readable:
        mapped = staged.mapping.columns.get(column.name)
        if mapped is None or not column.allowed or column.allowed == STAGE_GROUPS:
            continue
        subject = _SUBJECTS.get((staged.name, column.name), column.name)
        counts = value_counts(table, column.name)
        words = {text: value_of(subject, text) for text in counts}
        if len(counts) > MOST_VALUES:
            table = table.mutate(**{column.name: ibis.null("string")})
        table = translate(table, column.name, words)
        unknown = {text: count for text, count in counts.items() if words[text] is None}
        if unknown:
            findings.append(
                DataFinding(
                    table=staged.name,
                    check="unknown_values",
                    severity="warning",
                    row_count=sum(unknown.values()),
                    example=next(iter(unknown)),
                    column=mapped.parts[0].header,
                    detail={"allowed": (", ".join(column.allowed), "text")},
                )
            )
    return table, findings
