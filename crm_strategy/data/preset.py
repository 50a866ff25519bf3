"""Presets: a CRM system's own headers, mapped once (`presets/<system>.yml`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crm_strategy.data.schema import TABLES
from crm_strategy.data.vocabulary import PRESETS, fold, load_preset_file


@dataclass(frozen=True)
class Part:
    """Where a value may stand: folded headers, likeliest first, and a prefix for the value."""

    headers: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True)
class Preset:
    """One kind of export of one system.

    Parameters
    ----------
    name
        As params write it: `bitrix24.deals`.
    table
        The canonical table it describes.
    columns
        Canonical column to its parts; the first part that is not empty gives the value.
    empty
        Values that mean nothing, by column: Bitrix24 writes contact 0 for none.
    constants
        Columns that hold one value throughout, such as kind: person.
    ignored
        Folded headers of no use, not kept as attributes.
    recognised_by
        Folded headers that no other system writes.
    """

    name: str
    table: str
    columns: Mapping[str, tuple[Part, ...]]
    empty: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    recognised_by: frozenset[str] = frozenset()


@cache
def presets() -> dict[str, Preset]:
    """Every preset by name."""
    files = sorted(path for path in PRESETS.glob("*.yml") if path.stem != "generic")
    return {
        f"{path.stem}.{kind}": _preset(f"{path.stem}.{kind}", contents)
        for path in files
        for kind, contents in load_preset_file(path).items()
    }


def best_preset(headers: list[str]) -> str | None:
    """The preset whose export a file with these headers seems to be; None when of no system.

    It must show a header that only this system writes, and everything its table needs; among
    several the one with most columns found.
    """
    folded = {fold(header) for header in headers}
    found = {
        name: sum(_finds(parts, folded) for parts in preset.columns.values())
        for name, preset in presets().items()
        if preset.recognised_by & folded and _supplies(preset, folded)
    }
    return max(found, key=lambda name: found[name], default=None)


def _supplies(preset: Preset, folded: set[str]) -> bool:
    return all(
        _finds(preset.columns[column], folded)
        for column in TABLES[preset.table].required
        if column not in preset.constants
    )


def _finds(parts: tuple[Part, ...], folded: set[str]) -> bool:
    return any(header in folded for part in parts for header in part.headers)


def _preset(name: str, contents: Mapping[str, Any]) -> Preset:
    return Preset(
        name=name,
        table=contents["table"],
        columns={column: _parts(value) for column, value in contents["columns"].items()},
        empty={column: tuple(texts) for column, texts in contents.get("empty", {}).items()},
        constants=contents.get("constants", {}),
        ignored=frozenset(map(fold, contents.get("ignored", []))),
        recognised_by=frozenset(map(fold, contents["recognised_by"])),
    )


def _parts(value: list[Any]) -> tuple[Part, ...]:
    if value and isinstance(value[0], dict):
        return tuple(
            Part(tuple(map(fold, each["headers"])), each.get("prefix", "")) for each in value
        )
    return (Part(tuple(map(fold, value))),)
