"""Win-back: who has lapsed, what they are worth, and the largest discount worth giving them."""

from typing import Literal

import ibis
from ibis import _

ACTIONS = ("offer", "remind", "leave_alone")
"""offer: the planned discount pays. remind: contact pays, the discount does not, for too many
would have ordered anyway. leave_alone: not even contact pays."""

REASONS = ("not_known", "no_margin", "contact")
"""Why a customer is left alone: no model says what to expect; an order brings no margin; the
margin to expect because of contact is below what contact costs."""


def lapsed_customers(customers: ibis.Table, *, active_days: int) -> ibis.Table:
    """Customers whose last order is `active_days` or more ago, whenever they lapsed.

    Parameters
    ----------
    customers
        Result of `rfm.customer_segments`: `customer_id`, `segment`, `recency_days`, `revenue`.
    active_days
        As in `lifecycle.customer_stages`.
    """
    return customers.filter(_.recency_days >= active_days)


def win_back_offers(
    lapsed: ibis.Table,
    values: ibis.Table,
    *,
    discount: float,
    uplift: float,
    contact_cost: float | None = None,
    margin_rate: float | None = None,
) -> ibis.Table:
    """What an offer may cost and bring, customer by customer.

    Let b be the chance to order without an offer within the values' horizon, u = uplift × (1 − b)
    the chance to order because of it, m the margin of an order, c the cost of contact. A
    discount d is given to all who order, also to those who would have anyway, so the offer
    brings u m − (u + b) d − c. It breaks even at the largest affordable discount
    d = (u m − c) / (u + b).

    Parameters
    ----------
    lapsed
        Result of `lapsed_customers`.
    values
        Result of `lifetime_value.customer_values` by MBG/NBD or Pareto/NBD (BG/NBD calls each
        one-time buyer alive), or of `observed_returns.with_observed_returns`; its horizon is the
        time that an offer has to work.
    discount
        Planned, as a fraction of the order.
    uplift
        Assumed until tested: of those who would not order by themselves, the share who do
        because of the offer.
    contact_cost
        Money for writing to one customer; None, unknown, is left out.
    margin_rate
        Margin of a unit of revenue; None, unknown: revenue stands for it.

    Returns
    -------
    Table
        One row per customer: `customer_id`, `segment`, `past_revenue` (money, net), `p_alive`,
        `own_return` (b), `expected_value` (money to expect without an offer), `affordable`
        (money, the largest discount; 0 when contact alone costs more), `expected_spend` (money
        of an order), `gain` (money that the planned offer brings), `action` (of `ACTIONS`),
        `reason` (of `REASONS`; null but for `leave_alone`). Null, and `leave_alone`, where no
        model can be used.
    """
    cost = contact_cost or 0.0
    rate = 1.0 if margin_rate is None else margin_rate
    known = lapsed.select("customer_id", "segment", past_revenue=_.revenue).inner_join(
        values, "customer_id"
    )
    own = 1 - known.p_no_order
    more = uplift * known.p_no_order
    margin = known.expected_spend * rate
    planned = known.expected_spend * discount
    largest = (more * margin - cost) / (more + own)
    # The engine's greatest takes 0 for what is not known.
    affordable = ibis.ifelse(largest.isnull(), None, ibis.greatest(largest, 0.0))
    action = ibis.cases(
        ((affordable >= planned) & (affordable > 0), "offer"),
        (affordable > 0, "remind"),
        else_="leave_alone",
    )
    reason = ibis.cases(
        (affordable > 0, None),
        (known.p_no_order.isnull() | margin.isnull(), "not_known"),
        (margin <= 0, "no_margin"),
        else_="contact",
    )
    return known.select(
        "customer_id",
        "segment",
        "past_revenue",
        "p_alive",
        "expected_value",
        "expected_spend",
        own_return=own,
        affordable=affordable,
        gain=more * margin - (more + own) * planned - cost,
        action=action,
        reason=reason,
    )


def win_back_summary(
    offers: ibis.Table,
    customers: ibis.Table | None = None,
    *,
    by: Literal["segment", "action"] = "segment",
    period_days: int = 0,
) -> ibis.Table:
    """Lapsed customers by segment, or by what to do with them.

    Parameters
    ----------
    offers
        Result of `win_back_offers`.
    customers
        As in `lapsed_customers`, for the size of each segment.
    by
        The column.
    period_days
        Days of the period, up to the day on which recency counts.

    Returns
    -------
    Table
        The column, `customer_count`, `past_revenue` (money, net, all orders observed), `p_alive`
        (mean), `expected_value` (money, sum, without an offer), `own_return_rate` (mean chance
        to order without an offer), `discount_share` (Σ largest affordable discounts / Σ values of
        an order), `gain` (money that the planned offer brings, sent to all of them); most
        revenue first; `not_known_count`, `no_margin_count`, `contact_count` (customers to leave
        alone, by reason). With `customers` also `segment_count` (of the segment, lapsed or not).
    """
    sums = (
        offers.group_by(by)
        .agg(
            customer_count=_.count(),
            past_revenue=_.past_revenue.sum(),
            p_alive=_.p_alive.mean(),
            expected_value=_.expected_value.sum(),
            own_return_rate=_.own_return.mean(),
            discount_share=_.affordable.sum()
            / _.expected_spend.sum(where=_.affordable.notnull()).nullif(0.0),
            gain=_.gain.sum(),
            **{f"{reason}_count": (_.reason == reason).sum().fill_null(0) for reason in REASONS},
        )
        .order_by(_.past_revenue.desc(), by)
    )
    if customers is None:
        return sums
    sizes = customers.group_by("segment").agg(
        segment_count=_.count(), buyer_count=(_.recency_days < period_days).sum()
    )
    joined = sums.join(sizes, "segment").select(*sums.columns, *sizes.columns[1:])
    return joined.order_by(_.past_revenue.desc(), by)
