"""The funnel by group: how far each segment, platform or channel got, and how surely."""

from collections.abc import Sequence

import ibis
import pandas as pd

from crm_strategy.analysis.funnel import stage_measures
from crm_strategy.analysis.funnel_known import groups_inside, with_not_here
from crm_strategy.analysis.funnel_sizes import ALL, without_small_steps
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.journey_times import FUNNEL, Stage

MOST_VALUES = 8
"""Values of an attribute that are compared: those of most journeys."""


def segment_funnels(
    journeys: ibis.Table,
    stages: Sequence[Stage] = FUNNEL,
    *,
    attributes: Sequence[str] = (),
    least: int = 0,
    counted: ibis.Table | None = None,
) -> pd.DataFrame:
    """The funnel of all journeys and of each value of the attributes.

    Parameters
    ----------
    journeys
        Result of `with_attributes`.
    stages
        Its stages.
    attributes
        Columns of the journeys to divide them by; those they lack are left out. Of each the
        eight values of most journeys are kept, journeys without a value left out.
    least
        Smallest group that may be told: steps that fewer took, or fewer did not take, are left
        out, with what would tell them (see `without_small_steps`).
    counted
        The customers whom other chapters count by these attributes
        (`funnel_known.counted_customers`), so that no difference tells fewer.

    Returns
    -------
    DataFrame
        One row per value and stage, all journeys first, then by attribute and size:
        `attribute` ("all" for all), `value`, `stage`, `customer_count`, `journey_count`,
        `before_count` (journeys and customers at the stage before: `before_customers`),
        `step_rate`, `low`, `high` (Wilson, 95 %), `overall_rate`, `median_days`,
        `median_minutes`, `amount` (money of all orders of these journeys, on every row),
        `ordered_count` (journeys with an order, on every row), `repeat_amount` and
        `repeat_count` (money of orders after the first, and journeys with one, on every row),
        `stopped_customers` (customers of whose journeys any stopped before this stage).
        Stages that no journey was seen in are left out.
    """
    parts = [
        _group_measures(journeys, stages, name)
        for name in [ALL, *(name for name in attributes if name in journeys.columns)]
    ]
    wide = (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pandas()
    tall = _tall(wide, stages, [ALL, *attributes])
    if not least or tall.empty:
        return tall[tall["listed"].astype("bool")].reset_index(drop=True)[list(SEGMENT_COLUMNS)]
    tall = with_not_here(tall, journeys, counted, stages, attributes)
    inside = groups_inside(journeys, tall)
    return without_small_steps(tall, least, inside=inside)[list(SEGMENT_COLUMNS)]


def _group_measures(journeys: ibis.Table, stages: Sequence[Stage], attribute: str) -> ibis.Table:
    value = ibis.literal(ALL) if attribute == ALL else journeys[attribute].cast("string")
    groups = journeys.mutate(value=value)
    return (
        groups.group_by("value")
        .agg(
            **stage_measures(groups, stages),
            amount=groups.amount.sum(),
            ordered_count=groups.amount.count(),
            repeat_amount=groups.repeat_amount.sum(),
            repeat_count=groups.repeat_amount.count(),
        )
        .mutate(attribute=ibis.literal(attribute))
    )


def _tall(wide: pd.DataFrame, stages: Sequence[Stage], attributes: Sequence[str]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    everything = wide[wide["attribute"] == ALL]
    places = [place for place in range(len(stages)) if everything[f"seen_{place}"].sum() > 0]
    for attribute in attributes:
        found = wide[wide["attribute"] == attribute]
        found = found.sort_values(["journeys_0", "value"], ascending=[False, True])
        known = 0
        for _at, row in found.iterrows():
            # Journeys without a value, and those of rare ones, follow from all less the listed.
            listed = known < MOST_VALUES and not pd.isna(row["value"])
            known += listed
            rows += [each | {"listed": listed} for each in _stage_rows(row, stages, places)]
    return pd.DataFrame(rows, columns=[*SEGMENT_COLUMNS, "listed"])


SEGMENT_COLUMNS = (
    *("attribute", "value", "stage", "customer_count", "journey_count"),
    *("before_count", "before_customers", "step_rate"),
    *("low", "high", "overall_rate", "median_days", "median_minutes", "amount", "ordered_count"),
    *("repeat_amount", "repeat_count", "stopped_customers"),
)


def _stage_rows(
    row: pd.Series, stages: Sequence[Stage], places: Sequence[int]
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    before: int | None = None
    customers: int | None = None
    stopped: int | None = None
    for place in places:
        n = int(row[f"journeys_{place}"])
        low, high = (None, None) if before is None else share_interval(n, before)
        first = int(row[f"journeys_{places[0]}"])
        rows.append(
            {
                "attribute": row["attribute"],
                "value": row["value"],
                "stage": stages[place].id,
                "customer_count": int(row[f"customers_{place}"]),
                "journey_count": n,
                "before_count": before,
                "before_customers": customers,
                "step_rate": n / before if before else None,
                "low": low,
                "high": high,
                "overall_rate": n / first if first else None,
                "median_days": row[f"days_{place}"] if before is not None else None,
                "median_minutes": row[f"minutes_{place}"] if before is not None else None,
                "amount": row["amount"],
                "ordered_count": int(row["ordered_count"]),
                "repeat_amount": row["repeat_amount"],
                "repeat_count": int(row["repeat_count"]),
                "stopped_customers": stopped,
            }
        )
        before, customers = n, int(row[f"customers_{place}"])
        # Where stages between were not seen, who stopped before one stopped before the next.
        stopped = int(row[f"ended_{place}"]) if place + 1 < len(stages) else None
    return rows
