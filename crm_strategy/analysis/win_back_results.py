"""What came of earlier win-backs: lapsed customers who returned, against the hold-out."""

from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.intervals import difference_interval, share_interval
from crm_strategy.analysis.spans import DAY, until

COLUMNS = (
    *("experiment", "variant", "customer_count", "returned_count", "return_rate", "low", "high"),
    *("difference", "difference_low", "difference_high", "verdict"),
    *("drawn_count", "drawn_returned_count"),
)

CONTROL = "control"


def win_back_results(
    experiments: ibis.Table, orders: ibis.Table, *, active_days: int, days: int, as_of: date
) -> pd.DataFrame:
    """Returned of the targeted, in each test, of those who had lapsed when they were drawn.

    Parameters
    ----------
    experiments
        One row per customer and test: `experiment`, `variant`, `customer_id`, `assigned_at`
        (timestamp). Ready counts and rows without a moment are left out.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    active_days
        Lapsed is whose last order was so many days or more before the draw.
    days
        Returned is who ordered up to so many calendar days after it, as for the conversion rate;
        tests not that old yet are left out.
    as_of
        Last day observed.

    Returns
    -------
    DataFrame
        One row per test and variant, the control first (the variant `control`, else the first
        by name): `customer_count`, `returned_count`, `return_rate` with `low`, `high` (Wilson,
        95 %); of the others `difference` to the control with its ends (Newcombe), `verdict`:
        `more`, `fewer` or `open`; `drawn_count` (all drawn, lapsed or not) and
        `drawn_returned_count` (of them, who ordered so soon), as the tables of all tests tell.
    """
    drawn = experiments.filter(_.customer_id.notnull(), _.assigned_at.notnull())
    drawn = drawn.group_by("experiment", "variant", "customer_id").agg(at=_.assigned_at.min())
    drawn = drawn.filter(until(_["at"], as_of - days * DAY))
    bought = orders.filter(~_.is_refund, _.customer_id.notnull()).select(
        "customer_id", "ordered_at"
    )
    joined = drawn.inner_join(bought, "customer_id")
    seen = joined.mutate(since=joined.ordered_at.date().delta(joined["at"].date(), unit="day"))
    people = seen.group_by("experiment", "variant", "customer_id").agg(
        last=_.since.max(where=_.ordered_at < _["at"]),
        returned=((_.ordered_at >= _["at"]) & (_.since <= days)).any(),
    )
    lapsed = (_["last"] <= -active_days).fill_null(False)
    seen_counts = people.group_by("experiment", "variant").agg(
        customer_count=lapsed.sum(),
        returned_count=(lapsed & _.returned).sum(),
        drawn_returned_count=_.returned.sum(),
    )
    sizes = drawn.group_by("experiment", "variant").agg(drawn_count=_.count())
    counts = seen_counts.join(sizes, ["experiment", "variant"]).filter(_.customer_count > 0)
    counts = counts.to_pandas()
    rows = []
    for experiment, variants in counts.groupby("experiment"):
        ordered = variants.assign(late=variants["variant"] != CONTROL)
        ordered = ordered.sort_values(["late", "variant"])
        control = ordered.iloc[0]
        for at, row in enumerate(ordered.to_dict("records")):
            rows.append({"experiment": experiment, **_judged(row, control, is_control=at == 0)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _judged(row: dict[str, float], control: pd.Series, *, is_control: bool) -> dict[str, object]:
    n, returned = int(row["customer_count"]), int(row["returned_count"])
    low, high = share_interval(returned, n)
    found: dict[str, object] = {
        "variant": row["variant"],
        "customer_count": n,
        "returned_count": returned,
        "return_rate": returned / n,
        "low": low,
        "high": high,
        "drawn_count": int(row["drawn_count"]),
        "drawn_returned_count": int(row["drawn_returned_count"]),
    }
    if is_control:
        return found
    other, other_n = int(control["returned_count"]), int(control["customer_count"])
    least, most = difference_interval(returned, n, other, other_n)
    sure = "more" if least is not None and least > 0 else "fewer"
    known = least is not None and most is not None and not least <= 0 <= most
    return found | {
        "difference": returned / n - other / other_n,
        "difference_low": least,
        "difference_high": most,
        "verdict": sure if known else "open",
    }
