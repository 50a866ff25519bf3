"""What a check found in the data: which check, how grave, how many rows, an example."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The gravest first: an error would make numbers wrong, a warning may, a note says."""

Detail = Mapping[str, tuple[Any, str]]
"""Values a remedy prints, by name, each with its kind: `{"share": (0.41, "share")}`."""


@dataclass(frozen=True)
class DataFinding:
    """One check of one table that found something.

    Parameters
    ----------
    table, check
        Ids; the printed name and remedy are the words `checks.<check>.name` and `.remedy`.
    severity
        How grave it is.
    row_count
        Rows concerned (columns, for checks of columns).
    example
        A value, an order number or a day: never a name or another sign of a customer.
    column
        The canonical column, or the file's header, it is about.
    detail
        What the remedy prints besides.
    """

    table: str
    check: str
    severity: Severity
    row_count: int
    example: str | None = None
    column: str | None = None
    detail: Detail = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As a row of the table `data_findings`."""
        plain = {name: [_plain(value), kind] for name, (value, kind) in self.detail.items()}
        return {
            "table": self.table,
            "severity": self.severity,
            "check": self.check,
            "row_count": self.row_count,
            "example": self.example,
            "column": self.column,
            "detail": json.dumps(plain, ensure_ascii=False, sort_keys=True),
        }


def gravest_first(findings: Iterable[DataFinding]) -> list[DataFinding]:
    """Findings by severity, then by the number of rows they concern."""
    return sorted(
        findings,
        key=lambda each: (
            SEVERITIES.index(each.severity),
            -each.row_count,
            each.table,
            each.check,
            each.column or "",
        ),
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
