"""Steps of the funnel that would tell a few: those who took one, or who stopped before it."""

import pandas as pd

from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import small


def told_stages(funnel: pd.DataFrame) -> int:
    """How many stages may be told: up to the first that few reached, or few did not reach."""
    counts = list(funnel["customer_count"])
    ended = list(funnel["ended_customers"]) if "ended_customers" in funnel else [None] * len(counts)
    for place, count in enumerate(counts):
        before = (counts[place - 1] - count, ended[place - 1]) if place else ()
        if small(count) or any(small(each) for each in before):
            return place
    return len(counts)


def without_telling_stages(funnel: pd.DataFrame) -> pd.DataFrame:
    """The funnel with the figures hidden of the first stage that would tell a few, and behind."""
    told = told_stages(funnel)
    figures = [name for name in funnel.columns if name != "stage"]
    shown = funnel.astype(dict.fromkeys(figures, object))
    for place in range(told, len(funnel)):
        few = small(funnel["customer_count"].iloc[place])
        for name in figures:
            at = shown.columns.get_loc(name)
            shown.iat[place, at] = too_few() if few and name == "customer_count" else hidden()
    return shown
