"""Products: what sold in a period, and how that changed."""

from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.spans import within


def product_revenue(
    order_lines: ibis.Table,
    *,
    start: date,
    end: date,
    previous_start: date,
    previous_end: date,
) -> ibis.Table:
    """Revenue, orders and customers of each product, beside the previous period.

    Parameters
    ----------
    order_lines
        One row per line of an order or refund: `order_id`, `customer_id`, `ordered_at`
        (timestamp), `product_id`, `product`?, `amount` (money), `is_refund`.
    start, end
        First and last day of the period.
    previous_start, previous_end
        First and last day of the period to compare with.

    Returns
    -------
    Table
        One row per product sold or returned in either period, most revenue first: `product`
        (its name, else its id), `revenue` (money, net of refunds), `order_count`,
        `customer_count` (both without refunds), `revenue_share` (no value unless the total is
        above 0), `previous` (revenue then; null when that period has no lines), `change` =
        revenue / previous − 1 (no value unless previous is above 0), `product_id`,
        `revenue_customers` and `previous_customers` (whose money the revenue of each period is:
        customers who bought, or where nobody did, who returned something).
    """
    named = order_lines.mutate(item=_.product_id.fill_null(_["product"]))
    sums = _revenue(named, "item", (start, end), (previous_start, previous_end))
    # One product, one row, even if its name was changed: the last name by the alphabet.
    names = named.group_by("item").agg(product=_["product"].max())
    return (
        sums.join(names, "item")
        .select(
            product=_["product"].fill_null(_["item"]),
            revenue=_.revenue,
            order_count=_.order_count,
            customer_count=_.customer_count,
            revenue_share=_.revenue_share,
            previous=_.previous,
            change=_.change,
            product_id=_["item"],
            revenue_customers=_.revenue_customers,
            previous_customers=_.previous_customers,
        )
        .order_by(_.revenue.desc(), "product_id")
    )


def category_revenue(
    order_lines: ibis.Table,
    *,
    start: date,
    end: date,
    previous_start: date,
    previous_end: date,
) -> ibis.Table:
    """Revenue, orders and customers of each category, beside the previous period.

    Parameters
    ----------
    order_lines
        As in `product_revenue`, with `category`. Lines without a category are left out.
    start, end, previous_start, previous_end
        As in `product_revenue`.

    Returns
    -------
    Table
        As `product_revenue`, by `category`.
    """
    sums = _revenue(order_lines, "category", (start, end), (previous_start, previous_end))
    return sums.select(
        *("category", "revenue", "order_count", "customer_count"),
        *("revenue_share", "previous", "change", "revenue_customers", "previous_customers"),
    ).order_by(_.revenue.desc(), "category")


def _revenue(
    lines: ibis.Table, key: str, now: tuple[date, date], before: tuple[date, date]
) -> ibis.Table:
    """Sums of both periods in one scan."""
    marked = lines.mutate(
        now=within(lines.ordered_at, *now), before=within(lines.ordered_at, *before)
    ).filter(_.now | _.before, _[key].notnull())
    sums = marked.group_by(key).agg(
        revenue=_.amount.sum(where=_.now).fill_null(0.0),
        order_count=_.order_id.nunique(where=_.now & ~_.is_refund),
        customer_count=_.customer_id.nunique(where=_.now & ~_.is_refund),
        earlier=_.amount.sum(where=_.before),
        revenue_customers=people_behind(_.now),
        previous_customers=people_behind(_.before),
    )
    total = sums.revenue.sum().over()
    known_before = sums.earlier.count().over() > 0
    compared = sums.mutate(
        revenue_share=ibis.ifelse(total > 0, sums.revenue / total, None),
        previous=ibis.ifelse(known_before, sums.earlier.fill_null(0.0), None),
    )
    return compared.mutate(
        change=ibis.ifelse(compared.previous > 0, compared.revenue / compared.previous - 1, None)
    )


def people_behind(told: ibis.Deferred) -> ibis.Deferred:
    """Customers whose money a sum over lines is: who bought, or if nobody, who returned.

    Parameters
    ----------
    told
        Which lines, of `customer_id` and `is_refund`, are summed.
    """
    bought = _.customer_id.nunique(where=told & ~_.is_refund)
    return ibis.ifelse(bought > 0, bought, _.customer_id.nunique(where=told))
