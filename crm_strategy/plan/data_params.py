"""Where a client's data are and how they read: the `data` part of a parameters file."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from crm_strategy.plan.expression import parse_expression
from crm_strategy.plan.fields import Plain, Strict
from crm_strategy.plan.problems import RefusedError

TABLE_NAMES = (
    "customers",
    "orders",
    "order_lines",
    "touches",
    "paths",
    "leads",
    "costs",
    "surveys",
    "consents",
    "experiments",
)
"""The canonical tables a file can supply."""


class FormatParams(Strict):
    """How a file is written; each is detected when left out."""

    encoding: Plain | None = Field(
        default=None, description="character set, such as utf-8 or cp1251"
    )
    delimiter: str | None = Field(
        default=None, min_length=1, description="what separates the columns"
    )
    decimal: Literal[",", "."] | None = Field(default=None, description="decimal mark")
    thousands: str | None = Field(default=None, description="mark between thousands")
    dates: Plain | None = Field(default=None, description="how dates are written, such as %d.%m.%Y")


class OriginParams(Strict):
    """The file, or the table of the engine, that rows come from."""

    file: Plain | None = Field(
        default=None, description="path relative to this file; * takes many files of one shape"
    )
    table: Plain | None = Field(default=None, description="a table of the engine instead of a file")
    sheet: Plain | None = Field(
        default=None, description="sheet of a workbook; the first one otherwise"
    )
    format: FormatParams = Field(
        default=FormatParams(), description="how the file is written; detected otherwise"
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "OriginParams":
        if self.file is None and self.table is None:
            raise RefusedError("neither file nor table is given.", "Add file: path/to/export.csv.")
        if self.file is not None and self.table is not None:
            raise RefusedError("file and table are both given.", "Keep the one the data come from.")
        if self.table is not None and self.sheet is not None:
            raise RefusedError(
                "a table of the engine has no sheet.", "Remove sheet, or name a file."
            )
        return self

    @property
    def origin(self) -> str:
        """What the parameters name: the file, else the table."""
        return self.file or self.table or ""


def _pairs(value: object) -> object:
    names = [value] if isinstance(value, str) else value
    pairs = {name: name for name in names} if isinstance(names, (list, tuple)) else names
    if pairs == {}:
        raise RefusedError("no key.", "Name the column that both files have: by: product_id.")
    return pairs


Key = Annotated[
    dict[Plain, Plain],
    BeforeValidator(_pairs),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
                {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "minProperties": 1,
                },
            ]
        }
    ),
]
"""Columns by which rows of two files belong together: this file's header, the other's."""


class LookupParams(OriginParams):
    """A file whose columns join another's by a key, such as products those of order lines."""

    by: Key = Field(
        description="the key that both files have, such as product_id; {ours: theirs} if the "
        "headers differ"
    )


def computed_text(column: str) -> str | None:
    """The expression that computes a column, where what is mapped to it begins with `=`."""
    return column[1:].strip() if column.startswith("=") else None


def _readable(column: str) -> str:
    text = computed_text(column)
    if text is not None:
        parse_expression(text)
    return column


class TableParams(OriginParams):
    """One canonical table: the file or engine table it comes from, and its columns."""

    preset: Plain | None = Field(
        default=None, description="a CRM system's own headers, such as bitrix24.deals"
    )
    columns: dict[Plain, Annotated[Plain, AfterValidator(_readable)]] = Field(
        default_factory=dict,
        description="our column: the file's header, or = and an expression over its headers, "
        "such as = UnitPrice * Quantity",
    )
    lookups: tuple[LookupParams, ...] = Field(
        default=(), description="files with further columns, found by a key that both have"
    )
    stages: dict[Literal["open", "won", "lost"], tuple[Plain, ...]] = Field(
        default_factory=dict, description="which of the system's statuses are open, won and lost"
    )

    def origins(self, name: str) -> Iterator[tuple[str, OriginParams]]:
        """The table's own file and each lookup's, with its place: `orders.lookups[0]`."""
        yield name, self
        for number, lookup in enumerate(self.lookups):
            yield f"{name}.lookups[{number}]", lookup


class DataRules(Strict):
    """What to do with rows that can be read in more than one way; all are counted."""

    refunds: Literal["net", "exclude"] = Field(
        default="net", description="net: refunds lessen revenue; exclude: they are left out"
    )
    duplicates: Literal["drop", "keep"] = Field(
        default="drop", description="rows equal in every column"
    )
    without_customer: Literal["keep", "exclude"] = Field(
        default="keep", description="keep: orders without customer count in revenue only"
    )
    zero_amounts: Literal["keep", "exclude"] = Field(
        default="keep", description="orders of amount 0"
    )
    same_day: Literal["separate", "merge"] = Field(
        default="separate", description="merge: one customer's orders of one day are one order"
    )


def _without_password(address: str) -> str:
    # Of postgres://crm:secret@db/shop the part between the second colon and the @.
    found = re.search(r"://[^/@]*?:(?P<password>[^/@]+)@", address)
    if found and not re.fullmatch(r"\$\{\w+\}", found["password"]):
        raise RefusedError(
            "a password stands in the address.",
            "Write ${CRM_PASSWORD} in its place, and set that variable of the environment.",
        )
    return address


class DataParams(Strict):
    """The client's tables; orders or order_lines is needed, everything else is optional."""

    engine: Annotated[Plain, AfterValidator(_without_password)] = Field(
        default="duckdb",
        description="duckdb, or another engine's address; secrets only as ${ENV_NAME}",
    )
    demo: Plain | None = Field(
        default=None, description="folder in which the demo business' files are made if absent"
    )
    rules: DataRules = Field(
        default=DataRules(), description="rows that can be read in more than one way"
    )
    customers: TableParams | None = Field(default=None, description="one row per customer")
    orders: TableParams | None = Field(default=None, description="one row per order or deal")
    order_lines: TableParams | None = Field(
        default=None, description="one row per product of an order"
    )
    touches: TableParams | None = Field(
        default=None, description="one row per contact with a customer"
    )
    paths: TableParams | None = Field(
        default=None, description="ready-made journeys instead of touches"
    )
    leads: TableParams | None = Field(default=None, description="one row per lead")
    costs: TableParams | None = Field(
        default=None, description="what each channel cost in each period"
    )
    surveys: TableParams | None = Field(default=None, description="one row per answer: csat or nps")
    consents: TableParams | None = Field(
        default=None, description="who allowed contact on which channel"
    )
    experiments: TableParams | None = Field(
        default=None, description="tests: who got which variant"
    )

    @model_validator(mode="after")
    def _engine_is_used(self) -> "DataParams":
        used = any(origin.table is not None for origin in self.origins().values())
        if self.engine != "duckdb" and not used:
            raise RefusedError(
                "engine is given, but no table is read from it.",
                "Write {table: name} in the place of a file, or remove engine.",
            )
        return self

    def tables(self) -> dict[str, TableParams]:
        """The tables that are supplied, by canonical name."""
        given = {name: getattr(self, name) for name in TABLE_NAMES}
        return {name: table for name, table in given.items() if table is not None}

    def origins(self) -> dict[str, OriginParams]:
        """Every file and engine table that is read, by its place: `orders`, `orders.lookups[0]`."""
        return dict(each for name, table in self.tables().items() for each in table.origins(name))
