"""Purchase counts: what the value models need to know of each customer, counted by the engine."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import until

_CENTS = 4


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


def buying_histories(orders: ibis.Table, *, as_of: date) -> ibis.Table:
    """Repeat purchases of each customer and when they were, without money: quicker to count.

    Parameters
    ----------
    orders, as_of
        As in `purchase_counts`.

    Returns
    -------
    Table
        `customer_id`, `frequency`, `recency`, `T` of `purchase_counts`.
    """
    placed = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    day = placed.ordered_at.date()
    # Only those of three orders and more need telling apart.
    listed = ibis.cases((day.min() == day.max(), 1), (day.count() == 2, 2), else_=_listed(day))
    buyers = placed.group_by("customer_id").agg(first=day.min(), last=day.max(), days=listed)
    return buyers.select(
        "customer_id",
        frequency=_.days - 1,
        recency=_["last"].delta(_["first"], unit="day"),
        T=-_["first"].delta(as_of, unit="day"),
    )


def buyer_count(orders: ibis.Table, *, as_of: date) -> int:
    """How many customers have made a purchase; arguments as of `purchase_counts`."""
    placed = orders.filter(until(_.ordered_at, as_of), ~_.is_refund)
    return int(placed.customer_id.nunique().to_pandas())


def older_single_purchases(counts: ibis.Table, *, days: int) -> int:
    """How many customers have made one purchase, so many days ago or longer.

    Parameters
    ----------
    counts
        Result of `purchase_counts`.
    days
        Days since the purchase.
    """
    return int(counts.filter(_.frequency == 0, _["T"] >= days).count().to_pandas())


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
    later = _buyers(orders, as_of, after=calibration_end)
    held = later.select("customer_id", later_orders=_.frequency + 1)
    return (
        _buyers(orders, calibration_end)
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
    buyers = _buyers(orders, as_of)
    # Only where one day has several orders does the first order not say the first day's money.
    several = buyers.filter(_.frequency > 0, _.order_count > _.frequency + 1)
    firsts = several.select("customer_id", day=_.first_day)
    placed = orders.filter(until(_.ordered_at, as_of), ~_.is_refund)
    bought = placed.select("customer_id", "amount", day=_.ordered_at.date())
    spent = bought.join(firsts, ["customer_id", "day"]).group_by("customer_id")
    # Sums are rounded, quotients are not: the order of adding decides nothing.
    joined = buyers.left_join(spent.agg(first_day_money=_.amount.sum()), "customer_id")
    return joined.select(
        *(each for each in buyers.columns if each != "first_money"),
        first_money=ibis.coalesce(_.first_day_money, _.first_money, 0.0).round(_CENTS),
    )


def _buyers(orders: ibis.Table, as_of: date, *, after: date | None = None) -> ibis.Table:
    """Each customer's orders, days of purchase and money; `first_money` is the first order's."""
    known = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull())
    if after is not None:
        known = known.filter(~until(_.ordered_at, after))
    placed = known.select(
        "customer_id",
        "ordered_at",
        "amount",
        day=ibis.ifelse(_.is_refund, None, _.ordered_at.date()),
        bought=ibis.ifelse(_.is_refund, None, _.amount),
    )
    customers = (
        placed.group_by("customer_id")
        .agg(
            first_day=_.day.min(),
            last_day=_.day.max(),
            order_count=_.day.count(),
            purchases=_listed(placed.day),
            first_money=_.bought.argmin(_.ordered_at),
            gross=_.bought.sum().fill_null(0.0).round(_CENTS),
            revenue=_.amount.sum().fill_null(0.0).round(_CENTS),
        )
        .filter(_.order_count > 0)
    )
    return customers.select(
        "customer_id",
        "first_day",
        "order_count",
        "first_money",
        frequency=_.purchases - 1,
        recency=_.last_day.delta(_.first_day, unit="day"),
        T=-_.first_day.delta(as_of, unit="day"),
        gross=_.gross,
        revenue=_.revenue,
    )


def _listed(days: ibis.Value) -> ibis.Value:
    """Distinct days, by a list: half the time of counting distinct ones."""
    return days.collect().unique().length()
