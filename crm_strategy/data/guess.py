"""Guesses which column of a file is which canonical column, by what people call them."""

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from crm_strategy.data.schema import TABLES
from crm_strategy.data.vocabulary import aliases, fold

ORDER_COLUMNS_OF_LINES = (
    "customer_id",
    "ordered_at",
    "currency",
    "stage_group",
    "status",
    "channel",
    "payment_method",
    "delivery_method",
    "coupon",
)
"""Columns of an order that a flat file of order lines repeats on each line."""

LINE_COLUMNS_OF_ORDERS = (
    "line_id",
    "product_id",
    "product",
    "category",
    "quantity",
    "price",
    "cost",
)
"""Columns of a line that a file of orders holds when it has one row per product."""

_FLAT = ("orders", "order_lines")
_MORE = {"order_lines": ORDER_COLUMNS_OF_LINES, "orders": LINE_COLUMNS_OF_ORDERS}


def reach(table: str) -> tuple[str, ...]:
    """Canonical columns a file of this table may hold, customer attributes aside.

    Wherever there is money, a column may say its currency: it is read to be checked.
    """
    own = [column.name for column in TABLES[table].readable]
    money = any(column.type == "money" for column in TABLES[table].readable)
    return tuple(dict.fromkeys([*own, *_MORE.get(table, ()), *(["currency"] if money else [])]))


def find_header(wanted: str, headers: Sequence[str]) -> str | None:
    """The header somebody names: as it is written, else but for case and punctuation."""
    if wanted in headers:
        return wanted
    alike = [each for each in headers if fold(each) == fold(wanted) and fold(wanted)]
    return alike[0] if len(alike) == 1 else None


def named_columns(headers: Sequence[str], *, table: str) -> dict[str, str]:
    """Headers that are canonical names, but for case and punctuation, by column."""
    by_fold = _first_by_fold(headers)
    names = {column: fold(column) for column in reach(table)}
    return {column: by_fold[name] for column, name in names.items() if name in by_fold}


def guess_columns(headers: Sequence[str], *, table: str) -> dict[str, str]:
    """The likeliest header of each canonical column of `table`, by known aliases.

    A header stands for one column only; canonical names go first, then the table's own
    columns, then those of the other table that a flat file feeds. Line columns of a file of
    orders are guessed only where it names a product.
    """
    found = named_columns(headers, table=table)
    by_fold = _first_by_fold(headers)
    for column in reach(table):
        if column in found:
            continue
        free = {name: each for name, each in by_fold.items() if each not in found.values()}
        match = next((free[name] for name in _names(table, column) if name in free), None)
        if match is not None:
            found[column] = match
    if table == "orders" and not {"product", "product_id"} & set(found):
        return {each: found[each] for each in found if each not in LINE_COLUMNS_OF_ORDERS}
    return found


def likely_table(headers: Sequence[str]) -> str | None:
    """The canonical table a file's headers fit; None when they fit none.

    Everything the table needs must be found; among several it is the one that knows most
    headers, orders before the others when they know as many.
    """
    known: dict[str, int] = {}
    for table in sorted(TABLES, key=lambda each: each not in ("order_lines", "orders")):
        found = set(guess_columns(headers, table=table))
        if _NEEDED.get(table, set(TABLES[table].required)) <= found:
            known[table] = len(found)
    return max(known, key=lambda table: known[table], default=None)


_NEEDED = {
    "order_lines": {"order_id", "product", "ordered_at"},
    "experiments": {"experiment", "variant"},
    "consents": {"customer_id", "channel", "granted_at"},
    "customers": {"customer_id", "created_at"},
}


def nearest_header(column: str, headers: Collection[str], *, table: str) -> str | None:
    """The header that most likely means a column that was not found."""
    names = _names(table, column)
    exact = next((each for name in names for each in headers if fold(each) == name), None)
    if exact is not None:
        return exact
    scored = [(max(_alike(fold(each), name) for name in names), each) for each in headers]
    score, header = max(scored, key=lambda each: each[0], default=(0.0, ""))
    return header if score >= 0.7 else None


def nearest_column(header: str, columns: Collection[str], *, table: str) -> str | None:
    """The canonical column that an unknown header is most likely a misspelling of."""
    name = fold(header)
    for column in columns:
        if name in _names(table, column):
            return column
    scored = [(_alike(name, fold(column)), column) for column in columns]
    score, column = max(scored, key=lambda each: each[0], default=(0.0, ""))
    return column if score >= 0.8 else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _names(table: str, column: str) -> tuple[str, ...]:
    if column not in aliases(table) and table in _FLAT:
        table = _FLAT[1 - _FLAT.index(table)]
    elif column == "currency":
        table = "orders"
    return aliases(table).get(column, (fold(column),))


def _first_by_fold(headers: Sequence[str]) -> dict[str, str]:
    by_fold: dict[str, str] = {}
    for header in headers:
        by_fold.setdefault(fold(header), header)
    by_fold.pop("", None)
    return by_fold
