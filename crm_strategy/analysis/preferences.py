"""Preferences: what each customer chooses most often, by the orders.

Whoever orders often has had the chance to show a habit; one order shows a choice. So customers
with many orders are likelier found among the commonest choices, and what the customers of a
choice bring in all partly mirrors their number of orders.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import (
    PREFERRED,
    STATED_OTHER,
    CustomerAttributes,
    known_text,
)
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.most_chosen import (
    DAY_SECONDS,
    MOST_VALUES,
    most_of_few,
    most_of_many,
    place_of,
)
from crm_strategy.analysis.spans import until

PREFERENCES = ("category", "payment_method", "delivery_method", "channel", "weekday", "hour")
"""What customers choose; the category from order lines, the rest from orders."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

HOURS = ("00–05", "06–11", "12–17", "18–23")
"""Quarters of the day, by the hours they hold."""

_OF_ORDERS = ("payment_method", "delivery_method", "channel")
_NAMED: Mapping[str, Sequence[str]] = {"weekday": WEEKDAYS, "hour": HOURS}

_QUARTER_SECONDS = 6 * 60 * 60
_THURSDAY = 3
"""The weekday of the first day that moments are counted from, Monday being 0."""


def customer_preferences(
    orders: ibis.Table,
    order_lines: ibis.Table,
    profiles: ibis.Table,
    *,
    as_of: date,
    values: Mapping[str, Sequence[str]] | None = None,
) -> CustomerAttributes:
    """What each customer chose most often; of equals the later on average, then by alphabet.

    Later is by the day. A customer's counts are told apart up to a million choices of a value.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`,
        and those of `payment_method`, `delivery_method`, `channel` that are known. Refunds
        choose nothing.
    order_lines
        One row per line: `customer_id`, `ordered_at` (timestamp), `category`, `is_refund`.
        Each line is a choice.
    profiles
        One row per customer: `customer_id`.
    as_of
        Last day observed; later orders are ignored.
    values
        Every value of the preferences that have few: they are counted faster, with the same
        result. Read from the data (`few_values`) unless given.

    Returns
    -------
    CustomerAttributes
        Each customer of the profiles once: weekdays by name, hours in quarters of the day.
        `unknown` where nothing was stated; the hour of an order at midnight sharp is not known.
    """
    if values is None:
        values = few_values(orders, _OF_ORDERS) | few_values(order_lines, ("category",))
    placed, lines = (
        rows.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
        for rows in (orders, order_lines)
    )
    seconds = placed.ordered_at.epoch_seconds()
    of_day = seconds % DAY_SECONDS
    told = {name: placed[name] for name in _OF_ORDERS if name in placed.columns}
    numbers = {
        "weekday": (seconds // DAY_SECONDS + _THURSDAY) % len(WEEKDAYS),
        "hour": ibis.ifelse(of_day > 0, of_day // _QUARTER_SECONDS, None),
    }
    best = [
        *_preferred(lines, {"category": lines.category}, {}, values),
        *_preferred(placed, told, numbers, values),
    ]
    table = profiles.select("customer_id")
    for place, each in enumerate(best):
        table = table.left_join(each, "customer_id", rname=f"{{name}}_{place}")
    names = [name for each in best for name in each.columns[1:]]
    chosen = {PREFERRED + name: table[name].fill_null(UNKNOWN) for name in names}
    ordinal = {PREFERRED + name: listed for name, listed in _NAMED.items()}
    return CustomerAttributes(table.select("customer_id", **chosen), ordinal)


def few_values(rows: ibis.Table, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The values of each column of text that has no more than can be counted side by side.

    Parameters
    ----------
    rows
        Any table.
    columns
        Which columns; those that are missing are left out.
    """
    texts = [name for name in columns if name in rows.columns and rows[name].type().is_string()]
    found = {}
    for name in texts:
        said = rows.filter(rows[name] != "").select(value=rows[name])
        distinct = said.distinct().limit(MOST_VALUES + 1).to_pandas()["value"]
        if 0 < len(distinct) <= MOST_VALUES:
            found[name] = tuple(sorted(distinct))
    return found


def _preferred(
    rows: ibis.Table,
    told: Mapping[str, ibis.Value],
    numbers: Mapping[str, ibis.Value],
    values: Mapping[str, Sequence[str]],
) -> list[ibis.Table]:
    """Preferences by what rows tell, and by numbers that stand for what `_NAMED` lists."""
    few = {name: values[name] for name in told if values.get(name)}
    many = [
        most_of_many(rows, told[name], at=rows.ordered_at).select(
            "customer_id", **{name: known_text(_.value)}
        )
        for name in told
        if name not in few
    ]
    places = {name: place_of(told[name], listed) for name, listed in few.items()} | dict(numbers)
    few = {name: _no_rest(listed) for name, listed in few.items()}
    few |= {name: _NAMED[name] for name in numbers}
    if not few:
        return many
    best = most_of_few(rows, places, few, at=rows.ordered_at)
    return [*many, best.mutate(**{name: best[name].nullif("") for name in places})]


def _no_rest(listed: Sequence[str]) -> list[str]:
    """The values, in their places, with a stated "other" as `known_text` names it."""
    return [STATED_OTHER if each.strip() == OTHER else each for each in listed]
