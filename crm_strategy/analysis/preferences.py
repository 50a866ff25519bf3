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
_LATER = 2**33
"""Seconds of 272 years: more than lie between any two orders."""
_FEW = 8
"""More than there are days of the week or quarters of the day."""


def customer_preferences(
    orders: ibis.Table, order_lines: ibis.Table, profiles: ibis.Table, *, as_of: date
) -> ibis.Table:
    """What each customer chose most often; of equals the one chosen last, then by alphabet.

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
    """Of each preference, what customers chose: `customer_id`, `value`, `last`."""
    placed = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    lines = order_lines.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    at = placed.ordered_at
    timed = at != at.truncate("day")
    found = {"category": _chosen(lines, lines.category)}
    for name in ("payment_method", "delivery_method", "channel"):
        if name in placed.columns:
            found[name] = _chosen(placed, placed[name])
    found["weekday"] = _chosen(placed, at.day_of_week.index().cast("int8"))
    found["hour"] = _chosen(placed, ibis.ifelse(timed, at.hour() // _QUARTER, None).cast("int8"))
    return found


def _chosen(rows: ibis.Table, value: ibis.Value) -> ibis.Table:
    chosen = rows.select("customer_id", value=value, at=rows.ordered_at.epoch_seconds())
    said = chosen.value.notnull()
    return chosen.filter(said & (chosen.value != "") if value.type().is_string() else said)


def _preferred(profiles: ibis.Table, chosen: ibis.Table, name: str) -> ibis.Table:
    counts = chosen.group_by("customer_id", "value").agg(n=_.count(), last=_["at"].max())
    # Count and time as one number, so that one pass finds the best: no sorting by customer.
    keyed = counts.mutate(key=_.n * _LATER + _["last"])
    names = {"weekday": WEEKDAYS, "hour": HOURS}.get(name)
    if names is None:
        firsts = keyed.group_by("customer_id", "key").agg(value=_.value.min())
        best = firsts.group_by("customer_id").agg(value=_.value.argmax(_.key))
        joined = profiles.select("customer_id").left_join(best, "customer_id")
        return attribute_rows(joined, kind="preference", attribute=name, value=joined.value)
    # Small numbers fit into the key too, the first of equals as the greatest.
    packed = keyed.mutate(key=_.key * _FEW + (_FEW - 1 - _.value.cast("int64")))
    best = packed.group_by("customer_id").agg(best=_.key.max())
    joined = profiles.select("customer_id").left_join(best, "customer_id")
    value = _FEW - 1 - joined.best % _FEW
    return attribute_rows(
        joined,
        kind="preference",
        attribute=name,
        value=ibis.cases(*((value == place, each) for place, each in enumerate(names))),
        place=value + 1,
    )
