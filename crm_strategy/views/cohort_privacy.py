"""Cohorts: which to hide, as new customers of longer periods tell one from the others."""

import pandas as pd

from crm_strategy.analysis.newcomer_months import months_to_hide
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.privacy import with_hidden
from crm_strategy.views.telling_rates import hide_telling_rates
from crm_strategy.words import voice

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
    months = [pd.Timestamp(cohort).date() for cohort in sizes.index]
    told = dict(zip(months, sizes.tolist(), strict=True))
    hide = months_to_hide(told, least=voice().min_cell)
    gone = {cohort for cohort, month in zip(sizes.index, months, strict=True) if month in hide}
    places = [place for place, cohort in enumerate(rows["cohort"]) if cohort in gone]
    shown = hide_telling_rates(rows, "retention_rate", of="customer_count", hides=("active_count",))
    return with_hidden(shown, places, hides=RETURNED, within=[["period"]])
