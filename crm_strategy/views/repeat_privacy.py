"""Orders of segments that would tell how few of a segment's customers ordered again."""

from collections.abc import Sequence

import pandas as pd

from crm_strategy.views.privacy import complete, rows_to_hide, small, wholes_of
from crm_strategy.views.telling_rates import without_rates

FOLLOWS = ("order_count", "purchase_frequency", "average_order_value")
"""What tells the orders of a segment beside its customers and revenue."""


def without_few_repeats(rows: pd.DataFrame, *, within: Sequence[str] = ()) -> pd.DataFrame:
    """The rows without the orders of segments of which they tell that a few ordered again.

    Of 137 customers with 138 orders one ordered twice. All orders of all customers are known, so
    the orders of other segments are hidden too where those of one would follow.

    Parameters
    ----------
    rows
        One row a segment: `customer_count`, `order_count` or `purchase_frequency` (orders per
        customer), or else `revenue` and `average_order_value`.
    within
        The columns that name the customers that segments divide; `()` for one division.
    """
    again = _orders_again(rows)
    if not any(map(small, again)):
        return rows
    counts = [None if n != n else n for n in rows["customer_count"]]
    wholes = wholes_of(rows, [within])
    unsized = set(rows_to_hide(counts, groups=wholes))
    gone: set[int] = set()
    for whole in dict.fromkeys(wholes[0]):
        members = {
            place: n
            for place, n in enumerate(again)
            if wholes[0][place] == whole and n is not None and n > 0
        }
        few = {place for place, n in members.items() if small(n) and place not in unsized}
        if few:
            hide = few | (unsized & members.keys())
            complete(hide, members)
            gone |= hide - unsized
    return without_rates(rows, gone, FOLLOWS)


def _orders_again(rows: pd.DataFrame) -> list[float | None]:
    """Orders of each segment less its customers: so many people ordered again at most."""
    if "order_count" in rows:
        orders = rows["order_count"]
    elif "purchase_frequency" in rows:
        orders = rows["purchase_frequency"] * rows["customer_count"]
    elif {"revenue", "average_order_value"} <= set(rows):
        worth = rows["average_order_value"].astype("float64")
        orders = rows["revenue"].astype("float64") / worth.where(worth != 0)
    else:
        return []
    more = (orders.astype("float64") - rows["customer_count"].astype("float64")).round()
    return [None if n != n else float(n) for n in more]
