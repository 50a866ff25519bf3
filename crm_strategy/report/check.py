"""Everything that can be found wrong before a run: params, mapping, data, period, plan."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_strategy.analysis.profiles import customer_profiles
from crm_strategy.data import engine
from crm_strategy.data.book import open_book
from crm_strategy.data.check_words import check_name, notes_text, remedy_text
from crm_strategy.data.data_finding import SEVERITIES
from crm_strategy.data.data_records import RECORDS
from crm_strategy.data.prepare import prepare
from crm_strategy.errors import CrmStrategyError, DataError
from crm_strategy.plan.goal_checks import goal_checks
from crm_strategy.plan.params import Params, read_params
from crm_strategy.words import say, speaking

Row = Mapping[str, Any]
Records = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Checked:
    """What was found, as lines to print, and how many errors are among it."""

    text: str
    errors: int


def check_client(path: Path, *, on_step: Callable[[str], None]) -> Checked:
    """Check a client's params and data, and tell in English what was detected and found.

    Parameters
    ----------
    path
        The client's params file.
    on_step
        Told what is being done.

    Raises
    ------
    ParamsError, DataError
        Something that stops a report.
    """
    params = read_params(path)
    prepared = prepare(params, on_step=on_step)
    con = engine.connect(prepared, read_only=True)
    try:
        records = {name: engine.rows(con.table(name)) for name in RECORDS}
    finally:
        engine.disconnect(con)
    with speaking(language="en", currency=params.currency, min_cell=params.privacy.min_cell):
        period = _period(path)
        found = Counter(row["severity"] for row in records["data_findings"])
        lines = [
            *_sources(records),
            *_findings(records["data_findings"]),
            *_plan(params),
            *_summary(found, period, path),
        ]
    return Checked("\n".join(lines), found["error"] + isinstance(period, CrmStrategyError))


def _period(path: Path) -> str | DataError:
    try:
        book = open_book(path)
    except DataError as error:
        return error
    # Rules and kinds of segments name columns, which only the data know.
    book.kind_terms(customer_profiles(book.orders, book.customers, as_of=book.as_of))
    book.close()
    return f"{book.period.id}, {book.period.start} to {book.period.end}"


def _sources(records: Records) -> Iterator[str]:
    for source in records["data_sources"]:
        yield f"{source['table']}: {source['file']}, {source['row_count']:,} rows ({_how(source)})"
        if source["notes"] not in (None, "", "[]"):
            yield f"  {notes_text(source['notes'])}"
    for table in records["data_tables"]:
        yield ""
        yield (
            f"{table['table']}: {table['rows_read'] or 0:,} rows read, {table['rows_kept']:,} kept,"
            f" {table['rows_excluded']:,} left out{_days(table)}"
        )
        yield from _columns(_of(table, records["data_columns"]))
        for exclusion in _of(table, records["data_exclusions"]):
            yield f"  left out: {exclusion['row_count']:,} – {check_name(exclusion['reason'])}"


def _columns(rows: Sequence[Row]) -> Iterator[str]:
    own = [row["column"] for row in rows if row["column"] == row["header"]]
    if own:
        yield f"  by their own names: {', '.join(own)}"
    for row in rows:
        if row["column"] != row["header"]:
            yield f"  {row['column']}: {row['header']} ({row['how']})"


def _of(table: Row, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["table"] == table["table"]]


def _how(source: Row) -> str:
    known = {
        "encoding": "{}",
        "delimiter": "columns split by {!r}",
        "decimal": "decimal mark {!r}",
        "dates": "dates {}",
    }
    said = [form.format(source[name]) for name, form in known.items() if source[name]]
    return ", ".join([source["kind"], *said])


def _days(table: Row) -> str:
    return f"; {table['first_date']} to {table['last_date']}" if table["first_date"] else ""


def _findings(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        example = f", such as {row['example']}" if row["example"] else ""
        yield ""
        yield (
            f"{row['severity'].upper()} in {row['table']}: {check_name(row['check'])}:"
            f" {row['row_count']:,}{example}"
        )
        yield f"  {remedy_text(row)}"


def _plan(params: Params) -> Iterator[str]:
    failed = [row for row in goal_checks(params) if row["verdict"] == "failed"]
    if failed:
        yield ""
        yield "PLAN, shown in the report and stopping nothing:"
    for row in failed:
        name = row["goal_id"] or say("plan.all_goals")
        yield f"  {name}, {say('plan.check.' + str(row['check']))}: {row['remedy']}"


def _summary(found: Mapping[str, int], period: str | DataError, path: Path) -> Iterator[str]:
    counted = [
        f"{found[severity]:,} {severity}{'' if found[severity] == 1 else 's'}"
        for severity in SEVERITIES
    ]
    yield ""
    yield f"{', '.join(counted)}."
    if isinstance(period, DataError):
        yield f"ERROR: {period}"
        return
    yield f"The last complete period: {period}."
    yield f"Next: crm-strategy report {path}"
