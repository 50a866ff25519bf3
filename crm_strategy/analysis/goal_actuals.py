"""Where goals stand: the KPI of each goal, for all customers or for one segment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import nan
from typing import Any

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.data_reach import kpi_reach
from crm_strategy.analysis.kpis import kpi_actuals, kpi_history
from crm_strategy.analysis.members import every_member
from crm_strategy.analysis.profiles import customer_profiles
from crm_strategy.analysis.rfm import customer_segments, scores_of_profiles
from crm_strategy.analysis.segment_rules import rule_members
from crm_strategy.analysis.spans import PeriodLike

Figures = dict[tuple[str, str], float | None]

EVERYONE = "all"
OF_CHANNELS = ("marketing_cost", "cac", "roi")
"""KPIs that rest on costs: these belong to channels, not to segments."""


def goal_actuals(
    history: pd.DataFrame,
    customers: ibis.Table,
    *,
    segments: Iterable[str],
    period: PeriodLike,
    orders: ibis.Table,
    touches: ibis.Table,
    surveys: ibis.Table,
    **terms: Any,
) -> tuple[Figures, Figures]:
    """The values of a period by KPI and segment, for the goals to be held against.

    A segment's figures are those of the customers in it at the period's end; `OF_CHANNELS`
    have no value for a segment.

    Parameters
    ----------
    history
        Result of `kpis.kpi_history` for all customers.
    customers
        Result of `rfm.customer_segments` at the period's end.
    segments
        Segments that goals name; `all` is everyone.
    period
        The period.
    orders, touches, surveys, terms
        As in `kpis.kpi_history`; a segment has no costs of its own.

    Returns
    -------
    tuple of dict
        By (kpi, segment): the values, and the fewest customers that each rests on or tells.
    """
    found = {EVERYONE: history}
    # Touches of a segment's customers do not tell when touches began.
    reach = kpi_reach(touches, None, lookback_days=0) if terms.get("first_day") else None
    for segment in sorted({*segments} - {EVERYONE}):
        members = customers.filter(_.segment == segment).select("customer_id")
        figures = kpi_history(
            orders=orders.semi_join(members, "customer_id"),
            touches=touches.semi_join(members, "customer_id"),
            surveys=surveys.semi_join(members, "customer_id"),
            periods=[period],
            **(terms | {"costs": None, "reach": reach}),
        )
        figures = figures[~figures["kpi"].isin(OF_CHANNELS)]
        found[segment] = figures
    actuals: Figures = {}
    smallest: Figures = {}
    for segment, figures in found.items():
        which: dict[str, Any] = {"period": period, "segment": segment}
        actuals |= kpi_actuals(figures, **which)
        told = figures.assign(smallest_count=figures[["smallest_count", "customers"]].min(axis=1))
        smallest |= kpi_actuals(told, **which, column="smallest_count")
    return actuals, smallest


def segments_on_dates(
    goals: Sequence[Mapping[str, Any]],
    members: Callable[..., ibis.Table],
    *,
    periods: Iterable[PeriodLike],
    **terms: Any,
) -> dict[str, tuple[float, float]]:
    """What the goals of one segment came to in the periods that held their dates.

    Parameters
    ----------
    goals
        `goal_id`, `kpi`, `segment`, `by` (day).
    members
        `goal_segments` with all but `as_of`: who is in each segment at the end of a day.
    periods
        The periods up to the last one observed; only dates that they hold have passed.
    terms
        As in `goal_actuals`.

    Returns
    -------
    dict
        By goal: its value, and the fewest customers that it tells; NaN for what is not known.
        Goals of all customers, and those whose date lies in none of the periods, are left out.
    """
    found = {}
    for period in periods:
        ended = [
            goal
            for goal in goals
            if goal["segment"] != EVERYONE
            and period.start <= pd.Timestamp(goal["by"]).date() <= period.end
        ]
        if not ended:
            continue
        nobody = pd.DataFrame(columns=["kpi", "period", "value", "smallest_count", "customers"])
        values, smallest = goal_actuals(
            nobody,
            members(as_of=period.end),
            segments={goal["segment"] for goal in ended},
            period=period,
            **terms,
        )
        for goal in ended:
            pair = (each.get((goal["kpi"], goal["segment"])) for each in (values, smallest))
            value, count = (nan if each is None else float(each) for each in pair)
            found[goal["goal_id"]] = (value, count)
    return found


def goal_segments(
    orders: ibis.Table,
    customers: ibis.Table,
    *,
    as_of: date,
    rules: Callable[[ibis.Table], Mapping[str, ibis.Value]],
    scores: Mapping[str, Any],
    segments: Mapping[str, Any],
) -> ibis.Table:
    """Who is in each segment that a goal may name, at the end of a day.

    Parameters
    ----------
    orders, customers, as_of
        As in `profiles.customer_profiles`.
    rules
        Gives the client's own segments over such profiles, as for `segment_rules.rule_members`.
    scores
        Terms of `rfm.scores_of_profiles`.
    segments
        Terms of `rfm.customer_segments`.

    Returns
    -------
    Table
        `customer_id`, `segment`: a customer once by scores, once by the client's rules.
    """
    people = customer_profiles(orders, customers, as_of=as_of)
    by_scores = customer_segments(scores_of_profiles(people, **scores), **segments)
    return every_member(by_scores, rule_members(people, rules(people)))
