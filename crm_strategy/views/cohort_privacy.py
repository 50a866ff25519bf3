"""Cohorts: which to hide, as new customers of longer periods tell one from the others."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.privacy import rows_to_hide, with_hidden
from crm_strategy.views.telling_rates import hide_telling_rates

RETURNED = ("active_count", "retention_rate")


def told_cohorts(retention: Data) -> pd.DataFrame:
    """Cohorts with those hidden that would tell a few newcomers, or few who came back or not.

    The new customers of a quarter, a half-year and a year, which the KPIs tell, are the sums
    of its cohorts.

    Parameters
    ----------
    retention
        Result of `cohorts.cohort_retention`.
    """
    rows = frame_of(retention)
    if rows.empty:
        return rows
    sizes = rows.drop_duplicates("cohort").set_index("cohort")["customer_count"]
    months = [pd.Timestamp(cohort) for cohort in sizes.index]
    wholes: list[list[object]] = [[0] * len(months)]
    wholes.extend(
        [(day.year, (day.month - 1) // length) for day in months] for length in (3, 6, 12)
    )
    gone = {sizes.index[at] for at in rows_to_hide(sizes.tolist(), groups=wholes)}
    places = [place for place, cohort in enumerate(rows["cohort"]) if cohort in gone]
    shown = hide_telling_rates(rows, "retention_rate", of="customer_count", hides=("active_count",))
    return with_hidden(shown, places, hides=RETURNED, within=[["period"]])
