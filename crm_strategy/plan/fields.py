"""Field types of the parameters file, each with the message its refusal gives."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic import Strict as OnlyThisType
from pydantic_core import CoreSchema

from crm_strategy.plan.file_name import file_name
from crm_strategy.plan.problems import RefusedError, did_you_mean, instead_of
from crm_strategy.words import LANGUAGES
from crm_strategy.words.kpis import KPIS

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years a plan or a client's data can be about."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Strict(BaseModel):
    """Unknown keys are refused; what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Abridged(Strict):
    """What may be written in full, or as one text alone, and so in the schema of editors."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        reference = handler(core_schema)
        definition = handler.resolve_ref_schema(reference)
        in_full = dict(definition)
        definition.clear()
        description = in_full.pop("description")
        alone = {"type": "string", "minLength": 1}
        definition.update({"description": description, "anyOf": [alone, in_full]})
        return reference


def iso_day(value: object) -> date | None:
    """The day that text such as 2026-12-31 names; None for anything else."""
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _known_kpi(kpi: str) -> str:
    if kpi not in KPIS:
        raise RefusedError(f"unknown KPI '{kpi}'.", instead_of(kpi, KPIS, what="KPIs"))
    return kpi


def _day(value: object) -> object:
    if isinstance(value, datetime):
        raise RefusedError(
            f"'{value}' has a time of day.", "Write the day alone, such as 2026-12-31."
        )
    day = value if isinstance(value, date) else iso_day(value)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RefusedError(f"'{value}' is not a date.", "Write year-month-day, such as 2026-12-31.")
    return day


def _number_as_text(value: object) -> object:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if number else value


def _leaves_a_file_name(client: str) -> str:
    if not file_name(client):
        raise RefusedError(
            f"'{client}' leaves no name for the reports' folder.",
            "Use at least one Latin or Cyrillic letter or digit.",
        )
    return client


def _list_of_one(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _once_each(languages: tuple[str, ...]) -> tuple[str, ...]:
    if not languages:
        raise RefusedError("no language.", f"Write one or both: [{', '.join(LANGUAGES)}].")
    return tuple(dict.fromkeys(languages))


def _known_currency(code: str) -> str:
    if code not in list_currencies():
        raise RefusedError(
            f"unknown currency '{code}'.",
            did_you_mean(code, sorted(list_currencies()))
            + "Write its ISO 4217 code, such as EUR or RUB.",
        )
    return code


def _known_timezone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        raise RefusedError(
            f"unknown timezone '{zone}'.",
            did_you_mean(zone, sorted(available_timezones()))
            + "Write a place of the tz database, such as Europe/Berlin.",
        ) from None
    return zone


Plain = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that says something: not empty, without blanks around it."""

Number = Annotated[float, OnlyThisType(), Field(allow_inf_nan=False)]
"""A finite number; text, true and false are none."""

Whole = Annotated[int, OnlyThisType()]
"""A whole number."""

PlainOrNumber = Annotated[
    Plain, BeforeValidator(_number_as_text), WithJsonSchema({"type": ["string", "number"]})
]
"""Text that may look like a number, as the period 2026 does."""

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day, with or without quotes in the YAML."""

KpiId = Annotated[
    Plain, AfterValidator(_known_kpi), WithJsonSchema({"type": "string", "enum": list(KPIS)})
]
"""One of the KPI ids."""

ClientName = Annotated[Plain, AfterValidator(_leaves_a_file_name)]
"""A name a reports' folder can be named after."""

Languages = Annotated[
    tuple[Literal["en", "ru"], ...],
    BeforeValidator(_list_of_one),
    AfterValidator(_once_each),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(LANGUAGES)},
                {"type": "array", "items": {"enum": list(LANGUAGES)}, "minItems": 1},
            ]
        }
    ),
]
"""Languages of the words, one or several."""

Currency = Annotated[Plain, AfterValidator(_known_currency)]
"""An ISO 4217 code."""

Timezone = Annotated[Plain, AfterValidator(_known_timezone)]
"""A name of the tz database."""
