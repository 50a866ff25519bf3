"""The touchpoint map beside what happened: planned, used, and used without a plan."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pandas as pd

MEASURES = ("touch_count", "customer_count", "converted_count", "conversion_rate")
PLAN = ("touchpoint_id", "touchpoint", "channel", "place", "stage", "evidence", "pain", "owner")


def mapped_touchpoints(planned: Sequence[Mapping[str, Any]], use: ibis.Table) -> pd.DataFrame:
    """Every touchpoint of the plan with its measured use, then those used without a plan.

    Parameters
    ----------
    planned
        The plan's touchpoints: `touchpoint_id`, `touchpoint` (its name), `channel`, `place`,
        `stage`, `evidence`, `pain`, `owner`.
    use
        Result of `journeys.touchpoint_use`, whose `touchpoint` holds ids.

    Returns
    -------
    DataFrame
        The plan's columns and `touch_count`, `customer_count`, `converted_count`,
        `conversion_rate`; missing where nothing was measured. Touchpoints that the plan lacks
        follow, most touches first, under their own id.
    """
    plan = pd.DataFrame(planned, columns=list(PLAN))
    found = use.to_pandas()
    used = found[found["touchpoint"].notna()].rename(columns={"touchpoint": "touchpoint_id"})
    # A touchpoint used over several channels is one row a channel: only that of the plan joins.
    keys = ["touchpoint_id", "channel"]
    known = plan.merge(used[[*keys, *MEASURES]], how="left", on=keys)
    lacking = used.merge(plan[keys], how="left", on=keys, indicator=True)
    lacking = lacking[lacking["_merge"] == "left_only"].sort_values(
        ["touch_count", "touchpoint_id"], ascending=[False, True]
    )
    lacking = lacking.assign(touchpoint=lacking["touchpoint_id"], evidence="measured")
    columns = [*PLAN, *MEASURES]
    rows = [
        *known[columns].to_dict("records"),
        *lacking.reindex(columns=columns).to_dict("records"),
    ]
    return pd.DataFrame(rows, columns=columns)
