"""Journeys by the day they began: how many of each group reached each stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from crm_strategy.analysis.funnel import journeys_of, reached
from crm_strategy.analysis.funnel_sizes import ALL
from crm_strategy.analysis.journey_times import FUNNEL, JourneyTerms, Stage
from crm_strategy.analysis.segment_funnels import MOST_VALUES

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class DailySteps:
    """One step of one group, day by day: journeys at the stage before, and those that went on.

    Attributes
    ----------
    attribute, value
        The group; both "all" for all journeys.
    before_stage, stage
        The step.
    n, k
        Journeys at the stage before and at the stage, a day.
    onward
        Share of the journeys at the stage that reached the conversion; None where orders are
        no part of the series.
    """

    attribute: str
    value: str
    before_stage: str
    stage: str
    n: Counts
    k: Counts
    onward: float | None


CONTACT_MINUTES = 24 * 60
"""Minutes without a touch that end a contact, where journeys are whole customers."""

OF_ORDERS = ("ordered", "ordered_again")


def observed_steps(
    touches: ibis.Table,
    orders: ibis.Table,
    people: ibis.Table,
    terms: JourneyTerms,
    *,
    start: date,
    end: date,
) -> list[DailySteps]:
    """Every step of every group by day, of cases that had the same time to go on.

    Sessions count as they are. Where a journey is all of a customer's touches, those that
    began early had more time: then cases are contacts, touches less than a day apart, and
    steps are those that touches tell; orders are left out, since the time to the next contact
    differs from day to day. Groups are then touchpoints (channels, where a touch names none):
    what is sent on a day decides who is touched, so other groups are no like with like.

    Parameters
    ----------
    touches, orders, people, terms, start, end
        As in `funnel.journeys_of`.

    Returns
    -------
    list of DailySteps
        Sessions by the client's attributes and the channel; none where fewer than two steps
        are left.
    """
    sessions = terms.gap_minutes is not None
    stages = tuple(each for each in terms.stages if sessions or each.id not in OF_ORDERS)
    if len(stages) < 2:
        return []
    minutes = terms.gap_minutes or CONTACT_MINUTES
    like = replace(terms, stages=stages, gap_minutes=minutes)
    cases = journeys_of(touches, orders, people, like, start=start, end=end)
    attributes = list(dict.fromkeys([*terms.attributes, "channel"]))
    if not sessions:
        cases = cases.mutate(touchpoint=ibis.coalesce(_.touchpoint, _.channel))
        attributes = ["touchpoint"]
    counted = daily_counts(cases, stages, attributes=attributes)
    series = daily_steps(counted, stages, start=start, end=end)
    return series if sessions else [replace(each, onward=None) for each in series]


def daily_counts(
    journeys: ibis.Table,
    stages: Sequence[Stage] = FUNNEL,
    *,
    attributes: Sequence[str] = (),
) -> pd.DataFrame:
    """How many journeys of each group began on each day, and how many reached each stage.

    Parameters
    ----------
    journeys
        Result of `funnel.with_attributes`.
    stages
        Its stages.
    attributes
        Columns of the journeys to divide them by; of each the eight values of most journeys.

    Returns
    -------
    DataFrame
        One row per group and day on which one of its journeys began: `attribute`, `value`
        ("all" for all), `day`, `reached_0`, `reached_1` … (journeys); by attribute as given,
        most journeys first, then by day.
    """
    known = [name for name in attributes if name in journeys.columns]
    sums = {
        f"reached_{place}": journeys.count(where=reached(journeys, place, stages))
        for place in range(len(stages))
    }
    parts = []
    for name in [ALL, *known]:
        value = ibis.literal(ALL) if name == ALL else journeys[name].cast("string")
        part = journeys.group_by(value=value, day=journeys.began_at.date()).agg(**sums)
        parts.append(part.mutate(attribute=ibis.literal(name)).filter(_.value.notnull()))
    counted = ibis.union(*parts).to_pandas() if len(parts) > 1 else parts[0].to_pandas()
    sizes = counted.groupby(["attribute", "value"])["reached_0"].sum().reset_index()
    sizes["place"] = [[ALL, *known].index(name) for name in sizes["attribute"]]
    sizes = sizes.sort_values(["place", "reached_0", "value"], ascending=[True, False, True])
    sizes = sizes.groupby("attribute", sort=False).head(MOST_VALUES)
    sizes["rank"] = range(len(sizes))
    ranked = counted.merge(sizes[["attribute", "value", "rank"]], on=["attribute", "value"])
    ranked = ranked.sort_values(["rank", "day"])
    columns = ["attribute", "value", "day", *sums]
    return ranked[columns].reset_index(drop=True)


def daily_steps(
    counted: pd.DataFrame, stages: Sequence[Stage], *, start: date, end: date
) -> list[DailySteps]:
    """Every step of every group as arrays over the days from `start` to `end`."""
    days = (end - start).days + 1
    found = []
    conversion = conversion_place(stages)
    for (attribute, value), group in counted.groupby(["attribute", "value"], sort=False):
        at = (pd.to_datetime(group["day"]) - pd.Timestamp(start)).dt.days.to_numpy()
        series = [
            np.bincount(at, group[f"reached_{place}"], minlength=days).astype("float64")
            for place in range(len(stages))
        ]
        for before, place in pairwise(range(len(stages))):
            went_on = series[place].sum()
            onward = 1.0
            if place < conversion and went_on:
                onward = float(series[conversion].sum() / went_on)
            group_of_days = (str(attribute), str(value))
            step = (stages[before].id, stages[place].id)
            found.append(DailySteps(*group_of_days, *step, series[before], series[place], onward))
    return found


def conversion_place(stages: Sequence[Stage]) -> int:
    """Place of the stage that counts as an order: `ordered`, else the last."""
    ids = [stage.id for stage in stages]
    return ids.index("ordered") if "ordered" in ids else len(ids) - 1
