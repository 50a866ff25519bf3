"""Preferences: what each customer chooses most often, by the orders.

Whoever orders often has had the chance to show a habit; one order shows a choice. So customers
with many orders are likelier found among the commonest choices, and what the customers of a
choice bring in all partly mirrors their number of orders.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import PREFERRED, CustomerAttributes, known_text
from crm_strategy.analysis.members import UNKNOWN
from crm_strategy.analysis.spans import until

PREFERENCES = ("category", "payment_method", "delivery_method", "channel", "weekday", "hour")
"""What customers choose; the category from order lines, the rest from orders."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

HOURS = ("00–05", "06–11", "12–17", "18–23")
"""Quarters of the day, by the hours they hold."""

_OF_ORDERS = ("payment_method", "delivery_method", "channel")
_NAMED: Mapping[str, Sequence[str]] = {"weekday": WEEKDAYS, "hour": HOURS}

_QUARTER = 6
_BLANK = " \t\n\r\v\f"
"""What the engine strips from texts."""
_ONE_MORE = float(2**35)
"""What a choice weighs beside the number of its day: more than the days of a million choices."""
_DAY_SECONDS = 86_400
_FEW = 24
"""Values of a preference that can be counted side by side in one pass over the rows."""


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
    at = placed.ordered_at
    timed = at != at.truncate("day")
    told = {name: placed[name] for name in _OF_ORDERS if name in placed.columns}
    numbers = {
        "weekday": at.day_of_week.index(),
        "hour": ibis.ifelse(timed, at.hour() // _QUARTER, None),
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
        distinct = said.distinct().limit(_FEW + 1).to_pandas()["value"]
        if 0 < len(distinct) <= _FEW:
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
    many = [_best_of_many(rows, name, told[name]) for name in told if name not in few]
    places = {name: _place(told[name], listed) for name, listed in few.items()} | dict(numbers)
    few |= {name: _NAMED[name] for name in numbers}
    return [*many, _best_of_few(rows, places, few)] if few else many


def _place(value: ibis.Value, listed: Sequence[str]) -> ibis.Value:
    return value.cases(*((each, place) for place, each in enumerate(listed)))


def _best_of_few(
    rows: ibis.Table, places: Mapping[str, ibis.Value], few: Mapping[str, Sequence[str]]
) -> ibis.Table:
    """Per customer the best value of each preference, all in one pass."""
    placed = rows.select("customer_id", choice=_choice(rows.ordered_at), **places)
    aims = [(name, place) for name, listed in few.items() for place in range(len(listed))]
    # Conditions as values: with a filter in each, the engine cuts all columns for every one.
    keyed = placed.group_by("customer_id").agg(
        **{
            f"{name}_{place}": ibis.ifelse(placed[name] == place, placed.choice, 0.0).sum()
            for name, place in aims
        }
    )
    best = {}
    for name, listed in few.items():
        keys = [keyed[f"{name}_{place}"] for place in range(len(listed))]
        most = ibis.greatest(*keys)
        # Values stand by the alphabet, so the first of equals is found first.
        named = [each.strip(_BLANK) or UNKNOWN for each in listed]
        steps = [((key == most) & (key > 0), each) for key, each in zip(keys, named, strict=True)]
        best[name] = ibis.cases(*steps)
    return keyed.select("customer_id", **best)


def _best_of_many(rows: ibis.Table, name: str, value: ibis.Value) -> ibis.Table:
    """Per customer the best value of a preference, however many there are."""
    chosen = rows.select("customer_id", choice=_choice(rows.ordered_at), value=value)
    said = chosen.value.notnull()
    if value.type().is_string():
        said &= chosen.value != ""
    keyed = chosen.filter(said).group_by("customer_id", "value").agg(key=_.choice.sum())
    # No sorting by customer: one pass finds the greatest key, another the first with it.
    firsts = keyed.group_by("customer_id", "key").agg(value=_.value.min())
    best = firsts.group_by("customer_id").agg(value=_.value.argmax(_.key))
    return best.select("customer_id", **{name: known_text(best.value)})


def _choice(at: ibis.Value) -> ibis.Value:
    """A choice as a number: sums of them are greatest for the commonest, of equals the latest."""
    return (at.epoch_seconds() // _DAY_SECONDS).cast("float64") + _ONE_MORE
