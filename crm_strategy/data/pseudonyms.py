"""Customers told apart by name, e-mail or phone: by a hash of it, so that none is stored."""

from typing import Any

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.mapping import MappedColumn, Mapping
from crm_strategy.data.source import Source
from crm_strategy.data.vocabulary import header_words, is_personal, may_name_people

_PHONES = {"phone", "telephone", "tel", "mobile", "телефон", "тел", "моб", "мобильный"}


def personal_header(source: Source, mapping: Mapping) -> str | None:
    """The header of the customer column if it holds people's names, e-mails or phones.

    The header says so, or most values do: they hold an @, or, under a header such as
    Customer, no digit at all.
    """
    column = mapping.columns.get("customer_id")
    for part in column.parts if column else ():
        header = part.header
        unsure = may_name_people(header)
        if is_personal(header) and not unsure:
            return header
        text = source.table[header].cast("string")
        filled = source.table.filter(text.strip() != "")
        sums = filled.aggregate(
            n=_.count(),
            mails=text.contains("@").sum().fill_null(0),
            wordy=(~text.re_search("[0-9]")).sum().fill_null(0),
        )
        found = engine.rows(sums)[0]
        if 2 * found["mails"] > found["n"] or (unsure and 2 * found["wordy"] > found["n"]):
            return header
    return None


def pseudonym(customer_id: Any, column: MappedColumn) -> Any:
    """A customer's hash: equal for one e-mail in any case, one phone in any spelling."""
    text = customer_id.lower().re_replace(r"\s+", " ").strip()
    if any(_PHONES & set(header_words(part.header)) for part in column.parts):
        digits = text.re_replace(r"\D", "")
        # Russian numbers begin with 8 at home and with 7 abroad.
        inland = (digits.length() == 11) & digits.startswith("8")
        text = inland.ifelse(ibis.literal("7") + digits.substr(1), digits)
    return ibis.literal("c") + text.hexdigest("sha256").substr(0, 16)
