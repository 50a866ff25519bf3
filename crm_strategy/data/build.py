"""Builds the prepared tables: read, map, check, type, and write, in one connection."""

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from datetime import date
from pathlib import Path

import ibis

from crm_strategy.data import channel_checks, cross_checks
from crm_strategy.data.checks import check_required, check_special, column_findings
from crm_strategy.data.column_errors import Place, place_of
from crm_strategy.data.computed import with_computed
from crm_strategy.data.currencies import check_currency
from crm_strategy.data.customer_rows import Customers, customers_of_file, customers_of_sales
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.data_records import write_records
from crm_strategy.data.event_rows import event_rows, with_channel_ids
from crm_strategy.data.inputs import read_inputs
from crm_strategy.data.mapping import Mapping, map_columns
from crm_strategy.data.marking import Marked
from crm_strategy.data.pseudonyms import personal_header
from crm_strategy.data.row_checks import left_out_findings, no_sales, sale_findings
from crm_strategy.data.sales import Sales, prepare_sales
from crm_strategy.data.schema import TABLES, canonical
from crm_strategy.data.source import Source
from crm_strategy.data.staging import Staged, stage
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import TableParams
from crm_strategy.plan.params import Params

Step = Callable[[str], None]

SORT = {
    "customers": ("customer_id",),
    "orders": ("customer_id", "ordered_at", "order_id", "amount"),
    "order_lines": (
        *("customer_id", "ordered_at", "order_id", "line_id"),
        *("product_id", "product", "amount"),
    ),
    "touches": ("customer_id", "touched_at", "channel", "action", "touch_id"),
    "paths": ("path",),
    "leads": ("created_at", "lead_id"),
    "costs": ("period_start", "channel", "campaign", "cost_item", "amount"),
    "surveys": ("customer_id", "answered_at", "kind", "score"),
    "consents": ("customer_id", "channel", "purpose", "granted_at"),
    "experiments": ("experiment", "variant", "customer_id"),
}
"""In which order prepared rows stand: one input, one file. What a customer did lies together,
because most analyses count by customer: the engine then takes half to three quarters of the time.
Where rows often have no customer, days lie together."""


def build_tables(
    con: ibis.BaseBackend, params: Params, *, scratch: Path, today: date, on_step: Step
) -> None:
    """Write every prepared table of a client into `con`.

    Raises
    ------
    DataError, ParamsError
        The data can't be read, or would give wrong numbers.
    """
    sources = read_inputs(con, params, scratch=scratch, on_step=on_step)
    staged = _stage(con, sources, params, on_step=on_step)
    on_step("Preparing orders")
    sales = prepare_sales(
        con, staged.get("orders"), staged.get("order_lines"), data=params.data, today=today
    )
    _check_sales(sales, params)
    on_step("Preparing customers")
    main = staged.get("orders") or staged["order_lines"]
    customers = (
        customers_of_file(con, staged["customers"])
        if "customers" in staged
        else customers_of_sales(con, main, sales.rows.table)
    )
    marked = {"customers": customers.marked, "orders": sales.orders}
    if sales.lines is not None:
        marked["order_lines"] = sales.lines
    findings = [each for table in staged.values() for each in table.findings]
    findings += [*sales.findings, *customers.findings]
    findings += sale_findings(sales.rows, table=_main_table(sales))
    for name, table in staged.items():
        if name not in {"customers", "orders", "order_lines"}:
            on_step(f"Preparing {name}")
            marked[name], found = event_rows(con, table, params=params, today=today)
            findings += found
    on_step("Writing the prepared tables")
    for name in TABLES:
        _write(con, name, marked.get(name), params)
    on_step("Checking across tables")
    findings += [each for table in marked.values() for each in left_out_findings(table)]
    findings += _column_findings(staged, customers, params)
    findings += _cross_findings(con, staged, marked, params)
    write_records(con, staged, marked, findings)


def _stage(
    con: ibis.BaseBackend, sources: MappingType[str, Source], params: Params, *, on_step: Step
) -> dict[str, Staged]:
    reasons = params.privacy.special_categories
    given = params.data.tables()
    places: dict[str, Place] = {}
    computed: dict[str, Source] = {}
    mappings: dict[str, Mapping] = {}
    for name, raw in sources.items():
        place = places[name] = place_of(name, raw.label, params)
        check_special(raw.headers, place=place, reasons=reasons)
        source = with_computed(raw, given[name], place=place, timezone=params.timezone)
        mapping = map_columns(
            source.headers, given=given[name], place=place, shared=_shared(given, name)
        )
        check_required(mapping, source.headers, place=place, with_orders="orders" in sources)
        computed[name], mappings[name] = source, mapping
    named_by = {name: personal_header(computed[name], each) for name, each in mappings.items()}
    staged: dict[str, Staged] = {}
    for name, source in computed.items():
        on_step(f"Checking {source.label}")
        staged[name] = stage(
            con,
            source,
            mappings[name],
            place=places[name],
            timezone=params.timezone,
            pseudonyms=any(named_by.values()),
            named_by=named_by[name],
        )
        check_currency(staged[name], currency=params.currency)
    return staged


def _shared(given: MappingType[str, TableParams], name: str) -> bool:
    """Whether another table comes from the same file or engine table."""
    origin = (given[name].file, given[name].table)
    return sum((each.file, each.table) == origin for each in given.values()) > 1


def _main_table(sales: Sales) -> str:
    flat = sales.lines is not None and sales.rows.staged.name != "orders"
    named = sales.rows.staged.mapping.names_products and sales.lines is not None
    return "order_lines" if flat or named else "orders"


def _check_sales(sales: Sales, params: Params) -> None:
    main = sales.rows.staged
    label = main.place.label
    kinds = no_sales(sales.orders.kept)
    if kinds.get("won"):
        return
    if not kinds:
        marked = sales.lines if sales.lines is not None and main.name != "orders" else sales.orders
        left = ", ".join(
            f"{reason.replace('_', ' ')} {count:,}"
            for reason, count in sorted(marked.exclusions().items(), key=lambda each: -each[1])
        )
        raise DataError(
            f"{label}: none of its {marked.rows_read:,} rows can be used: {left}.\n"
            f"Mend the file, its mapping in {main.place.columns()}, or data.rules."
        )
    if set(kinds) == {"refund"}:
        raise DataError(
            f"{label}: all {kinds['refund']:,} orders are refunds: there is no sale.\n"
            "Export the sales too, or turn the sign of the amounts round."
        )
    found = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    status = main.mapping.columns.get("status") or main.mapping.columns.get("stage_group")
    column = f" (column '{status.parts[0].header}')" if status else ""
    raise DataError(
        f"{label}: no order is won{column}: {found}.\n"
        f"Name the statuses that are sales in {params.path}, data.{main.name}:\n"
        "    stages: {won: […]}"
    )


def _write(con: ibis.BaseBackend, name: str, marked: Marked | None, params: Params) -> None:
    if marked is None:
        con.create_table(name, schema=canonical(name))
        return
    rows = with_channel_ids(marked.kept, name, params)
    if name == "orders":
        rows = rows.mutate(currency=ibis.literal(params.currency))
    con.create_table(name, rows.order_by(list(SORT[name])))


def _column_findings(
    staged: MappingType[str, Staged], customers: Customers, params: Params
) -> list[DataFinding]:
    main = "customers" if "customers" in staged else next(iter(staged))
    return [
        each
        for name, table in staged.items()
        for each in column_findings(
            table.mapping,
            identifying=customers.identifying if name == main else (),
            named_by=table.named_by,
            reasons=params.privacy.special_categories,
        )
    ]


def _cross_findings(
    con: ibis.BaseBackend,
    staged: MappingType[str, Staged],
    marked: MappingType[str, Marked],
    params: Params,
) -> list[DataFinding]:
    tables = con.table
    found = [*cross_checks.till_account(tables), *cross_checks.gaps(tables)]
    if {"orders", "order_lines"} <= set(staged):
        found += cross_checks.lines_total(tables)
        found += cross_checks.orders_without_lines(tables)
    from_file = "customers" in staged
    found += cross_checks.unknown_customers(tables, marked, from_file=from_file)
    found += channel_checks.unknown_channels(tables, marked, channels=params.channels)
    if not params.channels:
        planned = [step.channel for each in params.scenarios for step in each.steps]
        found += channel_checks.scenario_channels(tables, marked, planned=planned)
    mapped = [touchpoint.id for touchpoint in params.touchpoints]
    found += cross_checks.unknown_touchpoints(tables, marked, touchpoints=mapped)
    found += channel_checks.channel_spellings(tables, marked)
    found += channel_checks.costs_without_touches(tables, marked)
    priced = params.priced_channels
    found += channel_checks.touches_without_costs(tables, marked, priced=priced)
    if "costs" in marked:
        found += cross_checks.overlapping_costs(tables)
    return found
