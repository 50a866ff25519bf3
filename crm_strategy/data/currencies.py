"""Every amount is in the client's currency: without rates, another one is an error."""

from collections.abc import Callable

import ibis

from crm_strategy.data.distinct import MOST_VALUES, value_counts
from crm_strategy.data.staging import Staged
from crm_strategy.data.vocabulary import currency_code, header_currency
from crm_strategy.errors import DataError

_NUMERALS = r"[\d\s.,'’()+\-−–\x{00a0}\x{202f}\x{2009}]+"
_SIGNS = r"[A-Za-zА-яЁё₽$€£₸₴¥₺]"


def check_currency(staged: Staged, *, currency: str) -> None:
    """Check the currency column, the headers of amounts and the amounts themselves.

    An empty cell means the client's currency. Without an amount that is read, its currency
    doesn't matter.

    Raises
    ------
    DataError
        Something is in another currency.
    """
    columns = staged.mapping.columns
    money = {name for name in columns if staged.parsed[name].type == "money"}
    for name, column in columns.items():
        for part in column.parts:
            if name == "currency" and money:
                texts = staged.table.select("_row", _text=staged.table["currency"])
                _check_texts(texts, part.header, staged, currency, code=_code_or_text)
            elif name in money:
                _check_header(part.header, staged, currency)
                _check_amounts(part.header, staged, currency)


def _check_header(header: str, staged: Staged, currency: str) -> None:
    other = header_currency(header)
    if other and other != currency:
        raise DataError(
            f"{staged.place.label}: column '{header}' is in {other}; the client's currency is "
            f"{currency}.\n{_remedy(other, currency, staged)}"
        )


def _check_amounts(header: str, staged: Staged, currency: str) -> None:
    """Amounts such as «100 $»: what is left of them without digits."""
    raw = staged.source.table
    if raw[header].type().is_string():
        texts = raw.filter(raw[header].re_search(_SIGNS))
        texts = texts.select("_row", _text=texts[header].re_replace(_NUMERALS, " ").strip())
        _check_texts(texts, header, staged, currency, code=currency_code)


def _check_texts(
    texts: ibis.Table,
    header: str,
    staged: Staged,
    currency: str,
    *,
    code: Callable[[str], str | None],
) -> None:
    found = value_counts(texts, "_text")
    if len(found) > MOST_VALUES:
        raise DataError(
            f"{staged.place.label}: column '{header}' holds more than {MOST_VALUES:,} different "
            f"texts: it is no currency.\nMap another column in {staged.place.columns()}."
        )
    codes = {text: code(text) for text in found}
    other_texts = [text for text, each in codes.items() if each not in {currency, None}]
    if not other_texts:
        return
    others: dict[str, int] = {}
    for text in other_texts:
        others[str(codes[text])] = others.get(str(codes[text]), 0) + found[text]
    row = texts.filter(texts["_text"].isin(other_texts))["_row"].min().execute()
    listed = ", ".join(f"{each} ({count:,})" for each, count in others.items())
    total = sum(others.values())
    raise DataError(
        f"{staged.place.label}: column '{header}': {total:,} row{'s' if total > 1 else ''} in "
        f"another currency than {currency}: {listed}; the first is row {row}.\n"
        f"{_remedy(next(iter(others)), currency, staged)}"
    )


def _code_or_text(text: str) -> str | None:
    return currency_code(text) or text.strip() or None


def _remedy(other: str, currency: str, staged: Staged) -> str:
    return (
        f"No exchange rates are known: give every amount in {currency}, or set "
        f"currency: {other} in {staged.place.params} if all are in {other}."
    )
