"""Effort: whether contacts are spent where the value is."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.responses import asked_channels
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches

MORE, HOLD, LESS = "more", "hold", "less"
"""What a segment's share of contacts should do."""

TOLERANCE = 0.25
"""A segment's contacts may be a quarter above or below its share of the value."""


def effort(
    members: ibis.Table,
    profiles: ibis.Table,
    touches: ibis.Table,
    values: ibis.Table | None = None,
    *,
    start: date,
    end: date,
) -> pd.DataFrame:
    """Each segment's share of customers, revenue, expected value and contacts.

    `more` where the share of contacts is below that of the expected value (of revenue where
    no value is known) by more than a quarter, `less` where it is above by as much, else
    `hold`. A signpost: what one more contact would bring, only a test can tell.

    Parameters
    ----------
    members
        `customer_id`, `segment`.
    profiles
        One row per customer: `customer_id`, `revenue` (money, net).
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `action`?.
        Channels in which customers came by themselves cost no effort and are left out.
    values
        `customer_id`, `expected_value` (money).
    start, end
        First and last day in which contacts count.

    Returns
    -------
    DataFrame
        Most value first: `segment`, `customer_share`, `revenue_share`, `expected_value_share`
        (NaN without values), `touch_share` (of the contacts of these customers), `verdict`
        (None where either share is unknown). A share is NaN unless its total is above 0.
    """
    made = known_touches(touches).filter(within(_.touched_at, start, end))
    counts = (
        made.semi_join(asked_channels(touches), "channel")
        .group_by("customer_id")
        .agg(touch_count=_.count())
    )
    customers = (
        members.select("customer_id", "segment")
        .join(profiles.select("customer_id", "revenue"), "customer_id")
        .left_join(counts, "customer_id")
        .select("customer_id", "segment", "revenue", touch_count=_.touch_count.fill_null(0))
    )
    if values is None:
        valued = customers.mutate(expected_value=ibis.null("float64"))
    else:
        expected = values.select("customer_id", "expected_value")
        joined = customers.left_join(expected, "customer_id")
        valued = joined.select(*customers.columns, "expected_value")
    table = (
        valued.group_by("segment")
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum(),
            expected_value=_.expected_value.sum(),
            touch_count=_.touch_count.sum(),
        )
        .to_pandas()
    )
    shares = pd.DataFrame(
        {
            "segment": table["segment"],
            "customer_share": _share(table["customer_count"]),
            "revenue_share": _share(table["revenue"]),
            "expected_value_share": _share(table["expected_value"]),
            "touch_share": _share(table["touch_count"]),
        }
    )
    worth = shares["expected_value_share"].fillna(shares["revenue_share"])
    shares["verdict"] = _verdicts(shares["touch_share"], worth)
    ordered = shares.assign(worth=worth).sort_values(["worth", "segment"], ascending=[False, True])
    return ordered.drop(columns="worth").reset_index(drop=True)


def _share(amounts: pd.Series) -> pd.Series:
    known = amounts.astype("float64")
    total = known.sum()
    return known.fillna(0.0) / total if total > 0 else pd.Series(np.nan, index=amounts.index)


def _verdicts(touch_share: pd.Series, worth: pd.Series) -> pd.Series:
    verdicts = pd.Series(HOLD, index=touch_share.index, dtype=object)
    verdicts[touch_share < worth * (1 - TOLERANCE)] = MORE
    verdicts[touch_share > worth.clip(lower=0) * (1 + TOLERANCE)] = LESS
    return verdicts.where(touch_share.notna() & worth.notna(), None)
