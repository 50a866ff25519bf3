"""Which column of a file is which canonical column: said, preset, or guessed by its header."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_strategy.data.column_errors import (
    Place,
    not_in_file,
    unknown_canonical,
    unknown_preset,
    wrong_preset,
)
from crm_strategy.data.guess import find_header, guess_columns, named_columns, reach
from crm_strategy.data.preset import Preset, presets
from crm_strategy.data.schema import TABLES
from crm_strategy.data.vocabulary import fold, is_personal, special_category
from crm_strategy.plan.data_params import TableParams, computed_text
from crm_strategy.plan.expression import parse_expression

_FLAT = ("orders", "order_lines")


@dataclass(frozen=True)
class MappedPart:
    """A header of the file, and what to put before its values."""

    header: str
    prefix: str = ""


@dataclass(frozen=True)
class MappedColumn:
    """Where a canonical column comes from; the first part that is not empty gives the value.

    `how` is said (in the params), computed (as they say), preset, name (the header is the
    canonical name) or guessed; values in `empty` mean nothing.
    """

    parts: tuple[MappedPart, ...]
    how: str
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """What a file's columns are.

    Parameters
    ----------
    table
        The canonical table.
    columns
        Where each canonical column found comes from; a flat file's include the other table's.
    customers
        What to keep of a customer besides the canonical columns, by name: attributes of the
        customers file; of a flat file, the customer columns the params name.
    constants
        Columns that hold one value throughout.
    personal, unused
        Headers left out because they name a person; because nothing needs them.
    """

    table: str
    columns: dict[str, MappedColumn]
    customers: dict[str, MappedColumn] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def __contains__(self, column: str) -> bool:
        return column in self.columns or column in self.constants

    @property
    def names_products(self) -> bool:
        """Whether the file says which product a row is about."""
        return "product_id" in self.columns or "product" in self.columns


def map_columns(
    headers: Sequence[str], *, given: TableParams, place: Place, shared: bool = False
) -> Mapping:
    """Map a file's headers onto a canonical table, which `place` names.

    What the params say counts first, then the preset, then headers that are canonical names.
    Only when the params name neither columns nor preset are headers guessed by known aliases.
    A customers file of its own keeps every further column as an attribute, unless it names a
    person; one that is `shared` with another table keeps only what is mapped.

    Raises
    ------
    ParamsError
        The params name an unknown canonical column or preset.
    DataError
        The params name a header that the file lacks.
    """
    table = place.table
    preset = _preset(given, place) if given.preset else None
    columns, customers = _said(headers, given=given, place=place)
    if preset:
        columns = _from_preset(preset, headers) | columns
    columns = _free(named_columns(headers, table=table), columns, "name") | columns
    if not given.columns and not preset:
        columns = _free(guess_columns(headers, table=table), columns, "guessed") | columns
    taken = {part.header for each in columns.values() for part in each.parts}
    taken |= {part.header for each in customers.values() for part in each.parts}
    ignored = preset.ignored if preset else frozenset()
    left = [each for each in headers if each not in taken and fold(each) not in {"", *ignored}]
    personal = [each for each in left if is_personal(each)]
    personal += [customers.pop(each).parts[0].header for each in filter(is_personal, [*customers])]
    plain = [each for each in left if each not in personal]
    if TABLES[table].open and not shared:
        customers |= {each: MappedColumn((MappedPart(each),), "name") for each in plain}
        plain = []
    return Mapping(
        table=table,
        columns=columns,
        customers=customers,
        constants=_constants(preset, columns),
        personal=tuple(personal),
        unused=tuple(each for each in plain if each not in _reckoned_with(given, headers)),
    )


def special_columns(headers: Iterable[str]) -> dict[str, str]:
    """Headers that speak of a special category of personal data, with the category."""
    found = {header: special_category(header) for header in headers}
    return {header: category for header, category in found.items() if category}


def _said(
    headers: Sequence[str], *, given: TableParams, place: Place
) -> tuple[dict[str, MappedColumn], dict[str, MappedColumn]]:
    own = reach(place.table)
    customer_columns = [each.name for each in TABLES["customers"].readable[1:]]
    columns: dict[str, MappedColumn] = {}
    customers: dict[str, MappedColumn] = {}
    for name, wanted in given.columns.items():
        is_computed = computed_text(wanted) is not None
        header = wanted if is_computed else find_header(wanted, headers)
        bare = name.removeprefix("customers.")
        if name in own:
            kept = columns
        elif (
            place.table == "customers"
            or bare != name
            or (place.table in _FLAT and name in customer_columns and name != "created_at")
        ):
            kept = customers
        else:
            known = own + (tuple(customer_columns) if place.table in _FLAT else ())
            raise unknown_canonical(name, known, place)
        if header is None:
            raise not_in_file(wanted, name, headers, place)
        kept[bare if kept is customers else name] = MappedColumn(
            (MappedPart(header),), "computed" if is_computed else "said"
        )
    return columns, customers


def _reckoned_with(given: TableParams, headers: Sequence[str]) -> set[str | None]:
    texts = [text for each in given.columns.values() if (text := computed_text(each))]
    return {find_header(name, headers) for text in texts for name in parse_expression(text).names}


def _preset(given: TableParams, place: Place) -> Preset:
    preset = presets().get(given.preset or "")
    if preset is None:
        raise unknown_preset(given.preset or "", presets(), place)
    if preset.table != place.table:
        raise wrong_preset(preset.name, preset.table, place)
    return preset


def _from_preset(preset: Preset, headers: Sequence[str]) -> dict[str, MappedColumn]:
    by_fold = {fold(header): header for header in reversed(headers)}
    found: dict[str, MappedColumn] = {}
    for column, parts in preset.columns.items():
        present = tuple(
            MappedPart(by_fold[next(each for each in part.headers if each in by_fold)], part.prefix)
            for part in parts
            if any(each in by_fold for each in part.headers)
        )
        if present:
            found[column] = MappedColumn(present, "preset", preset.empty.get(column, ()))
    return found


def _free(
    found: dict[str, str], columns: dict[str, MappedColumn], how: str
) -> dict[str, MappedColumn]:
    taken = {part.header for each in columns.values() for part in each.parts}
    return {
        column: MappedColumn((MappedPart(header),), how)
        for column, header in found.items()
        if column not in columns and header not in taken
    }


def _constants(preset: Preset | None, columns: dict[str, MappedColumn]) -> dict[str, str]:
    constants = dict(preset.constants) if preset else {}
    if "score" in columns:
        # A survey file of one kind often says so only in the header of its score.
        header = fold(columns["score"].parts[0].header)
        kind = next((kind for kind in ("csat", "nps") if kind in header), None)
        if kind is not None:
            constants["kind"] = kind
    return {column: value for column, value in constants.items() if column not in columns}
