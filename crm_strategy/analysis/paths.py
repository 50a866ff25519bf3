"""Paths: customers' journeys as strings of channels, with how often they ended in an order."""

from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.spans import DAY, midnight, within
from crm_strategy.analysis.timeline import known_touches, next_orders, placed_orders, soon_after
from crm_strategy.errors import DataError

STEP = " > "
"""What stands between the channels of a path."""

COLUMNS = ("path", "conversions", "value", "nulls")

_KEY = ("customer_id", "order_id", "until", "window")
_FIRST_PLACE = 10**9


def conversion_paths(
    touches: ibis.Table,
    orders: ibis.Table,
    ready: ibis.Table | None = None,
    *,
    start: date,
    end: date,
    lookback_days: int,
    collapse: bool = True,
) -> pd.DataFrame:
    """The client's ready-made paths where there are any, else those of touches and orders.

    Parameters
    ----------
    touches, orders, start, end, lookback_days, collapse
        As in `journey_paths`.
    ready
        As in `ready_paths`; taken as they are, of whatever time.

    Returns
    -------
    DataFrame
        As `journey_paths` returns it.
    """
    given = ready_paths(ready) if ready is not None else pd.DataFrame()
    if len(given):
        return given
    return journey_paths(
        touches, orders, start=start, end=end, lookback_days=lookback_days, collapse=collapse
    ).to_pandas()


def journey_paths(
    touches: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    lookback_days: int,
    collapse: bool = True,
) -> ibis.Table:
    """Count the journeys of a period by their channels in order.

    A journey that converts: the touches at most `lookback_days` calendar days before an order
    of the period; those after it count for the next one. The touches of the period that no
    order followed in time end in none: counted back from the customer's next order or the
    period's last day, each `lookback_days` + 1 days of them are one journey, as long as those
    that convert. Touches of one moment stand by the name of their channel. As in
    `last_touch_credit`, a touch may lead to several orders.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `touchpoint`.
        Touches before the period count for its orders.
    orders
        One row per won order or refund: `order_id`, `customer_id`, `ordered_at` (timestamp),
        `amount` (money), `is_refund`. Refunds and orders without a customer are left out.
    start, end
        First and last day of the period.
    lookback_days
        Calendar days before an order in which a touch can earn its credit.
    collapse
        Whether touches of one channel, one right after the other, are one step.

    Returns
    -------
    Table
        One row per distinct path: `path` (channels joined by " > "; null: orders without a
        touch in time), `conversions` (orders), `value` (money of those orders), `nulls`
        (journeys that ended in none); sorted by path.
    """
    placed = placed_orders(orders).filter(within(_.ordered_at, start, end))
    reach = start - lookback_days * DAY
    near = known_touches(touches).filter(within(_.touched_at, reach, end))
    won = _converting(near, placed, lookback_days)
    lost = _null(near.filter(within(_.touched_at, start, end)), placed, end, lookback_days)
    journeys = _journeys(ibis.union(won, lost), collapse=collapse)
    untouched = placed.anti_join(won, "order_id").select(
        path=ibis.null("string"), amount=_.amount.cast("float64"), converted=ibis.literal(True)
    )
    return (
        ibis.union(journeys, untouched)
        .group_by("path")
        .agg(
            conversions=_.converted.cast("int64").sum().cast("float64"),
            value=_.amount.sum(where=_.converted).fill_null(0.0),
            nulls=(~_.converted).cast("int64").sum().cast("float64"),
        )
        .order_by("path")
    )


def _converting(touches: ibis.Table, placed: ibis.Table, lookback_days: int) -> ibis.Table:
    """Each order with each of the touches that can earn its credit."""
    bought = placed.select("customer_id", "order_id", "placed_at", "amount")
    pairs = bought.join(touches.select("customer_id", "touched_at", "channel"), "customer_id")
    credited = pairs.filter(
        _.touched_at <= _.placed_at, soon_after(_.placed_at, _.touched_at, lookback_days)
    )
    return credited.select(
        customer_id=_.customer_id,
        order_id=_.order_id.cast("string"),
        until=_.placed_at.date(),
        window=ibis.literal(0).cast("int64"),
        at=_.touched_at,
        channel=_.channel,
        amount=_.amount.cast("float64"),
    )


def _null(touches: ibis.Table, placed: ibis.Table, end: date, lookback_days: int) -> ibis.Table:
    """The touches that no order followed in time, each with the journey it belongs to."""
    seen = next_orders(touches, placed)
    missed = seen.filter(~soon_after(seen.placed_at, seen.touched_at, lookback_days))
    until = ibis.coalesce(missed.placed_at, ibis.literal(midnight(end))).date()
    before = until.delta(missed.touched_at.date(), unit="day")
    return missed.select(
        customer_id=_.customer_id,
        order_id=ibis.null("string"),
        until=until,
        window=(before // (lookback_days + 1)).cast("int64"),
        at=_.touched_at,
        channel=_.channel,
        amount=ibis.null("float64"),
    )


def _journeys(steps: ibis.Table, *, collapse: bool) -> ibis.Table:
    """One row per journey: its path, the amount of its order, whether it had one."""
    in_order = ibis.window(group_by=_KEY, order_by=["at", "channel"])
    # Every place has as many digits, so that texts sort as the places do.
    place = (ibis.row_number().over(in_order) + _FIRST_PLACE).cast("string")
    placed = steps.mutate(
        # The sign between steps is no part of a channel's name.
        step=place + _.channel.replace(">", "›"),
        repeated=_.channel == _.channel.lag().over(in_order),
    )
    if collapse:
        placed = placed.filter(~_.repeated.fill_null(False))
    # A list sorted afterwards: not every engine sorts while it joins strings.
    whole = placed.group_by(_KEY).agg(steps=_.step.collect(), amount=_.amount.max())
    digits = len(str(_FIRST_PLACE))
    return whole.select(
        path=_.steps.sort().map(lambda step: step.substr(digits)).join(STEP),
        amount=_.amount,
        converted=_.order_id.notnull(),
    )


def ready_paths(paths: ibis.Table) -> pd.DataFrame:
    """The client's own paths: names trimmed, equal paths summed.

    Parameters
    ----------
    paths
        One row per path: `path` (channels with > between them), `conversions`, `value`
        (money)?, `nulls`? (journeys that ended in none).

    Returns
    -------
    DataFrame
        As `journey_paths`; `value` is NaN where it was not supplied.

    Raises
    ------
    DataError
        A path with an empty step, or a count below 0.
    """
    # By name: prepared tables have no order of rows, and the same error must name the same row.
    rows = paths.order_by("path").to_pandas().reindex(columns=list(COLUMNS))
    rows = rows.astype(dict.fromkeys(COLUMNS[1:], "float64"))
    parts = [[step.strip() for step in path.split(">")] for path in rows["path"]]
    empty = rows["path"][["" in steps for steps in parts]]
    if len(empty):
        raise DataError(
            f"paths: an empty step in {len(empty)} of {len(rows)} rows; the first is "
            f"'{empty.iloc[0]}'.\n"
            f"Write a channel between any two '{STEP.strip()}', or leave the row out."
        )
    counts = rows[["conversions", "nulls"]].fillna(0.0)
    below = rows["path"][(counts < 0).any(axis=1)]
    if len(below):
        raise DataError(
            f"paths: conversions or nulls below 0 in {len(below)} of {len(rows)} rows; the first "
            f"is '{below.iloc[0]}'.\nCorrect it, or leave the row out."
        )
    rows[["conversions", "nulls"]] = counts
    # Nothing was earned where nothing was bought, whether a file says so or not.
    rows["value"] = rows["value"].where((counts["conversions"] > 0) | rows["value"].notna(), 0.0)
    rows["path"] = [STEP.join(steps) for steps in parts]
    summed = rows.groupby("path", sort=True).agg(
        conversions=("conversions", "sum"),
        value=("value", lambda values: values.sum(skipna=False)),
        nulls=("nulls", "sum"),
    )
    return summed.reset_index()
