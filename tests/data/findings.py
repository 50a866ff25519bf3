"""What the mapping of headers found."""

from crm_strategy.data.mapping import Mapping


def found(mapping: Mapping) -> dict[str, str]:
    return {name: column.parts[0].header for name, column in mapping.columns.items()}
