"""Where a client's data are and how they read: the `data` part of a parameters file."""

from typing import Literal

from pydantic import Field, model_validator

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


class TableParams(Strict):
    """One canonical table: the file or engine table it comes from, and its columns."""

    file: Plain | None = Field(
        default=None, description="path relative to this file; * takes many files of one shape"
    )
    table: Plain | None = Field(default=None, description="a table of the engine instead of a file")
    sheet: Plain | None = Field(
        default=None, description="sheet of a workbook; the first one otherwise"
    )
    preset: Plain | None = Field(
        default=None, description="a CRM system's own headers, such as bitrix24.deals"
    )
    columns: dict[Plain, Plain] = Field(
        default_factory=dict, description="our column: the file's header"
    )
    format: FormatParams = Field(
        default=FormatParams(), description="how the file is written; detected otherwise"
    )
    stages: dict[Literal["open", "won", "lost"], tuple[Plain, ...]] = Field(
        default_factory=dict, description="which of the system's statuses are open, won and lost"
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "TableParams":
        if self.file is None and self.table is None:
            raise RefusedError("neither file nor table is given.", "Add file: path/to/export.csv.")
        if self.file is not None and self.table is not None:
            raise RefusedError("file and table are both given.", "Keep the one the data come from.")
        if self.table is not None and self.sheet is not None:
            raise RefusedError(
                "a table of the engine has no sheet.", "Remove sheet, or name a file."
            )
        return self


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


class DataParams(Strict):
    """The client's tables; orders or order_lines is needed, everything else is optional."""

    engine: Plain = Field(
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

    def tables(self) -> dict[str, TableParams]:
        """The tables that are supplied, by canonical name."""
        given = {name: getattr(self, name) for name in TABLE_NAMES}
        return {name: table for name, table in given.items() if table is not None}
