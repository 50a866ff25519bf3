"""Preferences: what each customer chooses most often, by the orders.

Whoever orders often has had the chance to show a habit; one order shows a choice. So customers
with many orders are likelier found among the commonest choices, and what the customers of a
choice bring in all partly mirrors their number of orders.
"""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.attributes import attribute_rows
from crm_strategy.analysis.spans import until

PREFERENCES = ("category", "payment_method", "delivery_method", "channel", "weekday", "hour")
"""What customers choose; the category from order lines, the rest from orders."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

HOURS = ("00–05", "06–11", "12–17", "18–23")
"""Quarters of the day, by the hours they hold."""

_QUARTER = 6


def customer_preferences(
    orders: ibis.Table, order_lines: ibis.Table, profiles: ibis.Table, *, as_of: date
) -> ibis.Table:
    """What each customer chose in most orders; of equals the one chosen last, then by alphabet.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`,
        and those of `payment_method`, `delivery_method`, `channel` that are known. Refunds
        choose nothing.
    order_lines
        One row per line: `customer_id`, `ordered_at` (timestamp), `order_id`, `category`,
        `is_refund`. A category counts once an order.
    profiles
        One row per customer: `customer_id`.
    as_of
        Last day observed; later orders are ignored.

    Returns
    -------
    Table
        Attributes of kind `preference` (see `attributes`), one row per customer and
        preference: weekdays by name, hours in quarters of the day. `unknown` where nothing
        was stated; the hour of an order at midnight sharp is not known.
    """
    parts = [
        _preferred(profiles, chosen, name)
        for name, chosen in _choices(orders, order_lines, as_of).items()
    ]
    return ibis.union(*parts)


def _choices(orders: ibis.Table, order_lines: ibis.Table, as_of: date) -> dict[str, ibis.Table]:
    """Each preference's choices: `customer_id`, `value`, `place`, `n` (orders), `last`."""
    placed = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    lines = order_lines.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    at = placed.ordered_at
    day = at.day_of_week.index()
    quarter = (at.hour() // _QUARTER).cast("int64")
    timed = at != at.truncate("day")
    found = {"category": _counted(lines, lines.category, by_order=True)}
    for name in ("payment_method", "delivery_method", "channel"):
        if name in placed.columns:
            found[name] = _counted(placed, placed[name])
    found["weekday"] = _counted(placed, _named(day, WEEKDAYS), day + 1)
    found["hour"] = _counted(placed, ibis.ifelse(timed, _named(quarter, HOURS), None), quarter + 1)
    return found


def _counted(
    rows: ibis.Table,
    value: ibis.Value,
    place: ibis.Value | None = None,
    *,
    by_order: bool = False,
) -> ibis.Table:
    chosen = rows.mutate(
        value=value.cast("string").strip().nullif(""),
        place=ibis.literal(0) if place is None else place,
    ).filter(_.value.notnull())
    return chosen.group_by("customer_id", "value").agg(
        place=_.place.max(),
        n=_.order_id.nunique() if by_order else _.count(),
        last=_.ordered_at.max(),
    )


def _preferred(profiles: ibis.Table, chosen: ibis.Table, name: str) -> ibis.Table:
    first = ibis.window(
        group_by="customer_id", order_by=[chosen.n.desc(), chosen["last"].desc(), chosen.value]
    )
    best = (
        chosen.mutate(rank=ibis.row_number().over(first))
        .filter(_["rank"] == 0)
        .select("customer_id", "value", "place")
    )
    joined = profiles.select("customer_id").left_join(best, "customer_id")
    return attribute_rows(
        joined, kind="preference", attribute=name, value=joined.value, place=joined.place
    )


def _named(number: ibis.Value, names: tuple[str, ...]) -> ibis.Value:
    return ibis.cases(*((number == place, name) for place, name in enumerate(names)))
