"""Checks of what files hold: their columns, before a row is read for what it says."""

from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from crm_strategy.data.column_errors import Place, missing_columns
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.guess import nearest_column, reach
from crm_strategy.data.mapping import Mapping, special_columns
from crm_strategy.data.schema import TABLES
from crm_strategy.errors import DataError

_MONEY = ("amount", "price")


def check_required(
    mapping: Mapping, headers: Sequence[str], *, place: Place, with_orders: bool
) -> None:
    """Whether everything the table needs was found.

    Lines that come without orders must say themselves when they were bought, but may go
    without an order's number; an amount may be given as a price.

    Raises
    ------
    DataError
        A column is missing.
    """
    needed = list(TABLES[mapping.table].required)
    if mapping.table == "order_lines":
        needed = ["order_id", "amount"] if with_orders else ["ordered_at", "amount"]
    missing = [
        column
        for column in needed
        if column not in mapping and not (column == "amount" and _prices(mapping))
    ]
    if missing:
        used = {part.header for each in mapping.columns.values() for part in each.parts}
        free = [header for header in headers if header not in used]
        raise missing_columns(missing, headers, place, likely=free)


def check_special(headers: Sequence[str], *, place: Place, reasons: MappingType[str, str]) -> None:
    """Columns of special categories are refused unless the params say why they are needed.

    Raises
    ------
    DataError
        A column speaks of health, religion, politics and the like, and no reason is given.
    """
    given = {name.casefold() for name in reasons}
    found = {
        header: category
        for header, category in special_columns(headers).items()
        if header.casefold() not in given
    }
    if not found:
        return
    named = ", ".join(
        f"'{header}' ({category.replace('_', ' ')})" for header, category in found.items()
    )
    several = len(found) > 1
    first = next(iter(found))
    raise DataError(
        f"{place.label}: column{'s' if several else ''} of special categories of personal data: "
        f"{named}.\n"
        f"Export the file without {'them' if several else 'it'}; if the law allows "
        f"{'their' if several else 'its'} use, say why in {place.params}:\n"
        f'    privacy: {{special_categories: {{{first}: "explicit consent, form of 2026-01-15"}}}}'
    )


def column_findings(
    mapping: Mapping,
    *,
    identifying: Sequence[str],
    named_by: str | None,
    reasons: MappingType[str, str],
) -> list[DataFinding]:
    """Columns left out because they name a person or nobody needs them; and special ones in."""
    found: list[DataFinding] = []
    left_out = (*mapping.personal, *identifying)
    if left_out:
        found.append(_columns(mapping.table, "personal_columns", left_out))
    if named_by:
        detail = {"header": (named_by, "text")}
        found.append(
            DataFinding(
                mapping.table, "customers_by_name", "warning", 1, None, "customer_id", detail
            )
        )
    free = [column for column in reach(mapping.table) if column not in mapping]
    meant = {
        header: near
        for header in mapping.unused
        if (near := nearest_column(header, free, table=mapping.table))
    }
    if meant:
        texts = [f"{header} ({near}?)" for header, near in meant.items()]
        found.append(_columns(mapping.table, "unknown_columns", texts, severity="warning"))
    unused = [header for header in mapping.unused if header not in meant]
    if unused:
        found.append(_columns(mapping.table, "unused_columns", unused))
    special = special_columns(mapping.customers)
    for header in special:
        why = next((why for name, why in reasons.items() if name.casefold() == header.casefold()))
        detail = {"columns": (header, "text"), "reason": (why, "text")}
        found.append(
            DataFinding(mapping.table, "special_columns", "note", 1, header, header, detail)
        )
    return found


def _columns(
    table: str, check: str, columns: Sequence[str], *, severity: str = "note"
) -> DataFinding:
    return DataFinding(
        table=table,
        check=check,
        severity="warning" if severity == "warning" else "note",
        row_count=len(columns),
        example=columns[0],
        detail={"columns": (", ".join(columns), "text")},
    )


def _prices(mapping: Mapping) -> bool:
    return any(column in mapping for column in _MONEY)
