"""Purchase counts: what the value models need to know of each customer, counted by the engine."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import until

_CENTS = 4
_DAY_ONE = date(1, 1, 1)
_SPELL = 62
"""Days whose bits fit into a number, however it is signed."""


def purchase_counts(orders: ibis.Table, *, as_of: date) -> ibis.Table:
    """Repeat purchases of each customer, when they were, and what they brought.

    All orders of one day are one purchase. A refund is no purchase; it does not say which
    purchase it takes back, so it lessens every purchase of its customer in proportion:
    money counts times max(net, 0) / gross.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`. Rows without customer and customers without an order are left out.
    as_of
        Last day observed; later orders are ignored.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `frequency` (purchases after the first),
        `recency` (days from first to last purchase), `T` (days from first purchase to
        `as_of`), `monetary_value` (mean money of the purchases after the first, net; 0
        without one), `revenue` (money, net, to 1/100 cent).

    References
    ----------
    Fader, Hardie & Lee (2005), Marketing Science 24(2). doi:10.1287/mksc.1040.0098
    """
    customers = _customers(orders, as_of)
    kept = ibis.ifelse(
        customers.gross > 0, ibis.greatest(customers.revenue, 0.0) / customers.gross, 0.0
    )
    repeated = (customers.gross - customers.first_money) / customers.frequency
    return customers.select(
        *("customer_id", "frequency", "recency", "T"),
        monetary_value=ibis.ifelse(customers.frequency > 0, kept * repeated, 0.0),
        revenue=customers.revenue,
    )


def holdout_counts(orders: ibis.Table, *, calibration_end: date, as_of: date) -> ibis.Table:
    """What was known of each customer by an earlier day, and how often they bought since.

    Parameters
    ----------
    orders, as_of
        As in `purchase_counts`.
    calibration_end
        Last day of calibration; the days after it until `as_of` are the holdout.

    Returns
    -------
    Table
        One row per customer who bought by `calibration_end`: `customer_id`, `frequency`,
        `recency`, `T` as of that day, and `holdout_orders`, the purchases after it.
    """
    later = _spells(orders, as_of, after=calibration_end).group_by("customer_id")
    held = later.agg(later_orders=_.purchases.sum())
    return (
        _buyers(_spells(orders, calibration_end), calibration_end)
        .left_join(held, "customer_id")
        .select(
            *("customer_id", "frequency", "recency", "T"),
            holdout_orders=_.later_orders.fill_null(0),
        )
    )


def unique_counts(counts: ibis.Table, *, step_days: int = 1) -> ibis.Table:
    """Customers counted by what a value model sees: few rows, however many customers.

    Parameters
    ----------
    counts
        Result of `purchase_counts` or `holdout_counts`.
    step_days
        Width of the classes into which `recency` and `T` are put. A class stands at its
        customers' means, so that even weeks change fitted parameters by far less than
        their error.

    Returns
    -------
    Table
        `frequency`, `recency`, `T` (days) and `n`, the number of customers, in order of the
        first three; of `holdout_counts` also `holdout_orders` and `holdout_squares`, the sums
        of purchases and of their squares.
    """
    held = (
        {
            "holdout_orders": _.holdout_orders.sum(),
            "holdout_squares": (_.holdout_orders * _.holdout_orders).sum(),
        }
        if "holdout_orders" in counts.columns
        else {}
    )
    if step_days == 1:
        alike = counts.group_by("frequency", "recency", "T").agg(n=_.count(), **held)
    else:
        classes = {"last_step": _.recency // step_days, "step": _["T"] // step_days}
        grouped = counts.mutate(**classes).group_by("frequency", "last_step", "step")
        alike = grouped.agg(recency=_.recency.mean(), T=_["T"].mean(), n=_.count(), **held)
        alike = alike.drop("last_step", "step")
    return alike.order_by("frequency", "recency", "T")


def spend_counts(counts: ibis.Table, *, width: float = 0.0) -> ibis.Table:
    """Repeat buyers counted by what the model of their spending sees.

    Parameters
    ----------
    counts
        Result of `purchase_counts`.
    width
        Relative width of the classes of money, such as 0.01; 0 keeps money as it is. A class
        stands at its customers' mean.

    Returns
    -------
    Table
        `frequency`, `monetary_value` (money per purchase, above 0) and `n`, the number of
        customers, in order of the first two.
    """
    paid = counts.filter(_.frequency > 0, _.monetary_value > 0)
    if width:
        grade = (_.monetary_value.ln() / width).floor()
        grouped = paid.mutate(grade=grade).group_by("frequency", "grade")
        alike = grouped.agg(monetary_value=_.monetary_value.mean(), n=_.count()).drop("grade")
    else:
        alike = paid.group_by("frequency", "monetary_value").agg(n=_.count())
    return alike.order_by("frequency", "monetary_value")


def _customers(orders: ibis.Table, as_of: date) -> ibis.Table:
    """Each customer's purchases and money: `first_money`, `gross` and `revenue`, net."""
    buyers = _buyers(_spells(orders, as_of), as_of)
    firsts = buyers.filter(_.frequency > 0).select("customer_id", day=_.first_day)
    placed = orders.filter(until(_.ordered_at, as_of), ~_.is_refund)
    bought = placed.select("customer_id", "amount", day=_.ordered_at.date())
    spent = bought.join(firsts, ["customer_id", "day"]).group_by("customer_id")
    # Sums are rounded, quotients are not: the order of adding decides nothing.
    joined = buyers.left_join(spent.agg(first_money=_.amount.sum().round(_CENTS)), "customer_id")
    return joined.select(*buyers.columns, first_money=_.first_money.fill_null(0.0))


def _buyers(spells: ibis.Table, as_of: date) -> ibis.Table:
    customers = (
        spells.group_by("customer_id")
        .agg(
            first_day=_.first_day.min(),
            last_day=_.last_day.max(),
            purchases=_.purchases.sum(),
            gross=_.gross.sum().fill_null(0.0).round(_CENTS),
            revenue=_.net.sum().fill_null(0.0).round(_CENTS),
        )
        .filter(_.purchases > 0)
    )
    return customers.select(
        "customer_id",
        "first_day",
        frequency=_.purchases - 1,
        recency=_.last_day.delta(_.first_day, unit="day"),
        T=-_.first_day.delta(as_of, unit="day"),
        gross=_.gross,
        revenue=_.revenue,
    )


def _spells(orders: ibis.Table, as_of: date, *, after: date | None = None) -> ibis.Table:
    """Each customer's spells of nine weeks: on how many days something was bought, and money.

    The days of a spell are bits of one number. Groups of single days would be nearly as many
    as orders.
    """
    known = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull())
    if after is not None:
        known = known.filter(~until(_.ordered_at, after))
    numbered = known.select(
        "customer_id",
        "amount",
        day=ibis.ifelse(_.is_refund, None, _.ordered_at.date()),
        bought=ibis.ifelse(_.is_refund, None, _.amount),
        number=_.ordered_at.date().delta(_DAY_ONE, unit="day"),
    )
    bit = ibis.literal(1, type="int64") << (numbered.number % _SPELL)
    return (
        numbered.mutate(bit=ibis.ifelse(numbered.day.isnull(), None, bit))
        .group_by("customer_id", spell=(_.number // _SPELL).cast("int32"))
        .agg(
            first_day=_.day.min(),
            last_day=_.day.max(),
            days=_.bit.bit_or(),
            gross=_.bought.sum(),
            net=_.amount.sum(),
        )
        .mutate(purchases=_ones(_.days).fill_null(0))
    )


def _ones(bits: ibis.Value) -> ibis.Value:
    """How many bits are 1: summed in pairs, fours and bytes side by side, then over bytes."""
    pairs = bits - ((bits >> 1) & 0x5555555555555555)
    fours = (pairs & 0x3333333333333333) + ((pairs >> 2) & 0x3333333333333333)
    octets = (fours + (fours >> 4)) & 0x0F0F0F0F0F0F0F0F
    twice = octets + (octets >> 8)
    again = twice + (twice >> 16)
    return (again + (again >> 32)) & 0x7F
