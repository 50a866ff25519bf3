"""Who took part in a test, who ordered within its time, and who has to be left out."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import ibis
from ibis import _

from crm_strategy.analysis.spans import until
from crm_strategy.analysis.timeline import soon_after

KEYS = ("experiment", "variant")

CONTROL: Final = "control"
"""The variant that others are held against; where none is called so, the first by name."""

_MOMENT = "timestamp(6)"
_MOSTLY = 0.5


def participants(
    experiments: ibis.Table, orders: ibis.Table, *, as_of: date, days: int = 30
) -> ibis.Table:
    """One row a participant, or a row of ready counts, with what came of it.

    Results given with the row are taken as they are; without them a participant converts by an
    order from the moment of assignment on, up to the end of the `days`-th calendar day after it,
    as for the conversion rate. Left out, by `left_out`:

    - `late`: assigned after the order that would count. Of a given result: no order from the
      assignment on, but one before, in an experiment most of whose conversions are orders.
      Without a result: an order since the experiment's first assignment and before the
      customer's own.
    - `double`: the customer is in several variants of the experiment.

    Parameters
    ----------
    experiments
        `experiment`, `variant`, `customer_id`, `assigned_at` (timestamp), or ready `size`,
        `conversions`, `revenue` (money).
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    as_of
        Last day observed: later assignments and orders are ignored.
    days
        Calendar days after the assignment in which an order counts.

    Returns
    -------
    Table
        `experiment`, `variant`, `customer_id`, `assigned_at`, `size`, `conversions`, `revenue`
        (null where not known), `left_out` (null for most).
    """
    started = experiments.filter(_.assigned_at.isnull() | until(_.assigned_at, as_of))
    ready = started.filter(_.customer_id.isnull(), _["size"].notnull()).select(
        *KEYS,
        "customer_id",
        assigned_at=_.assigned_at.cast(_MOMENT),
        size=_["size"].cast("int64"),
        conversions=_.conversions.cast("int64"),
        revenue=_.revenue.cast("float64"),
        left_out=ibis.null("string"),
    )
    drawn = (
        started.filter(_.customer_id.notnull())
        .group_by(*KEYS, "customer_id")
        .agg(
            assigned_at=_.assigned_at.min().cast(_MOMENT),
            size=_["size"].max().cast("int64"),
            conversions=_.conversions.max().cast("int64"),
            revenue=_.revenue.max().cast("float64"),
        )
    )
    whole = ibis.window(group_by="experiment")
    own = ibis.window(group_by=("experiment", "customer_id"))
    drawn = drawn.mutate(first_at=_.assigned_at.min().over(whole), variants=_.count().over(own))
    judged = _with_orders(drawn, orders, as_of, days)
    given = judged["size"].notnull()
    converted = (judged.conversions > 0).fill_null(False)
    ordered = (converted & (judged.after_count > 0)).sum().over(whole)
    # Conversions that are no orders, but clicks or visits, are not judged by orders.
    are_orders = ordered > _MOSTLY * converted.sum().over(whole)
    late = ibis.ifelse(
        given,
        are_orders & converted & (judged.after_count == 0) & (judged.before_count > 0),
        judged.since_count > 0,
    ).fill_null(False)
    found = judged.select(
        *KEYS,
        "customer_id",
        "assigned_at",
        size=_["size"].fill_null(1),
        conversions=ibis.ifelse(given, _.conversions, (_.within_count > 0).cast("int64")),
        revenue=ibis.ifelse(given, _.revenue, _.within_revenue),
        left_out=ibis.cases((judged.variants > 1, "double"), (late, "late"), else_=None),
    )
    return ibis.union(ready, found)


def _with_orders(drawn: ibis.Table, orders: ibis.Table, as_of: date, days: int) -> ibis.Table:
    """Each participant's orders: before the assignment, since the test began, within its time."""
    placed = orders.filter(until(_.ordered_at, as_of), ~_.is_refund, _.customer_id.notnull())
    bought = placed.select(buyer=_.customer_id, at=_.ordered_at.cast(_MOMENT), amount="amount")
    pairs = drawn.join(bought, drawn.customer_id == bought.buyer)
    after = pairs["at"] >= pairs.assigned_at
    inside = after & soon_after(pairs["at"], pairs.assigned_at, days)
    counted = pairs.group_by(*KEYS, "customer_id").agg(
        before_count=(~after).sum(),
        after_count=after.sum(),
        since_count=(~after & (pairs["at"] >= pairs.first_at)).sum(),
        within_count=inside.sum(),
        within_revenue=pairs.amount.sum(where=inside),
    )
    joined = drawn.left_join(counted, [*KEYS, "customer_id"])
    counts = ("before_count", "after_count", "since_count", "within_count")
    return joined.mutate(
        **{name: _[name].fill_null(0) for name in counts},
        within_revenue=_.within_revenue.fill_null(0.0),
    )


def order_bands(people: ibis.Table, orders: ibis.Table) -> ibis.Table:
    """Participants by the orders they had before they were assigned, so that no test moves them.

    Parameters
    ----------
    people
        Result of `participants`.
    orders
        As in `participants`.

    Returns
    -------
    Table
        `experiment`, `customer_id`, `segment`: `orders_0`, `orders_1`, `orders_2_4`,
        `orders_5_more`.
    """
    placed = orders.filter(~_.is_refund, _.customer_id.notnull()).select(
        buyer=_.customer_id, at=_.ordered_at.cast(_MOMENT)
    )
    known = people.filter(_.customer_id.notnull(), _.left_out.isnull())
    pairs = known.left_join(
        placed, (known.customer_id == placed.buyer) & (placed["at"] < known.assigned_at)
    )
    counted = pairs.group_by("experiment", "customer_id").agg(n=_.buyer.count())
    band = ibis.cases(
        (counted.n == 0, "orders_0"),
        (counted.n == 1, "orders_1"),
        (counted.n < 5, "orders_2_4"),
        else_="orders_5_more",
    )
    return counted.select("experiment", "customer_id", segment=band)


def control_of(variants: Iterable[str]) -> str:
    """The control among an experiment's variants: see `CONTROL`."""
    names = sorted(str(name) for name in variants)
    return next((name for name in names if name.casefold() == CONTROL), names[0])
