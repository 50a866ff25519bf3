"""CRM strategy workbook: from a client's export to goals, segments, channels and KPIs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_strategy.data.book import Book, open_book

__all__ = ["Book", "open_book"]


def __getattr__(name: str) -> object:
    # Imported when first asked for: the command line must not wait for the engine.
    if name in __all__:
        from crm_strategy.data import book

        return getattr(book, name)
    raise AttributeError(name)
