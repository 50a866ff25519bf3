"""Findings of the data chapter: how much of the export can be used, and what to mend."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_share

_MAIN = ("order_lines", "orders")
"""The table that the business lives on: the first of these that was read."""


def data_quality_finding(data_tables: Data, data_findings: Data) -> Finding:
    """The share of order rows that can be used, and the warnings that wait for someone."""
    tables = frame_of(data_tables).set_index("table")
    read = tables["rows_read"].fillna(0)
    main = next((name for name in _MAIN if read.get(name, 0) > 0), None)
    if main is None:
        return Finding("data_quality", title=say("findings.data_quality.none"), severity="act")
    checks = frame_of(data_findings)
    warnings = checks[checks["severity"].isin(["error", "warning"])]
    kept = tables.loc[main, "rows_kept"] / read[main]
    names = [say(f"checks.{check}.name") for check in dict.fromkeys(warnings["check"])]
    return Finding(
        "data_quality",
        title=say(
            "findings.data_quality.title",
            share=format_share(kept),
            rows=say_count("findings.order_rows", int(read[main])),
            warnings=say_count("findings.warnings", len(warnings))
            if len(warnings)
            else say("findings.data_quality.no_warnings"),
        ),
        text=say("findings.data_quality.text", names="; ".join(names))
        if names
        else say("findings.data_quality.clean"),
        severity="watch" if len(warnings) else "good",
        figures={
            "rows_read": int(read[main]),
            "kept_share": float(kept),
            "warning_count": format_count(len(warnings)),
        },
    )
