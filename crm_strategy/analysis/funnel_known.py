"""Groups of journeys beside the same groups of customers, whom other chapters count."""

from collections.abc import Sequence
from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.funnel import reached
from crm_strategy.analysis.funnel_sizes import ALL, Inside
from crm_strategy.analysis.journey_times import Stage
from crm_strategy.analysis.spans import until, within

OF_JOURNEYS = (ALL, "channel", "touchpoint")
"""What journeys are divided by that is no attribute of their customers."""


def counted_customers(
    people: ibis.Table,
    orders: ibis.Table,
    *,
    start: date,
    end: date,
    as_of: date,
    segments: bool = False,
) -> ibis.Table:
    """The customers whom chapters on segments and KPIs count, with what they are.

    Parameters
    ----------
    people
        One row per customer: `customer_id` and columns to divide journeys by.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    start, end
        First and last day of the period.
    as_of
        Last day observed; later orders are ignored.
    segments
        Whether other chapters have the same segments: those of marks that the client chose.

    Returns
    -------
    Table
        One row per customer who ever ordered: the columns of `people` and `bought`, whether in
        the period.
    """
    placed = orders.filter(until(_.ordered_at, as_of), _.customer_id.notnull(), ~_.is_refund)
    buyers = placed.group_by("customer_id").agg(bought=within(_.ordered_at, start, end).any())
    kept = [name for name in people.columns if segments or name != "segment"]
    return people.select(*kept).join(buyers, "customer_id")


def with_not_here(
    funnels: pd.DataFrame,
    journeys: ibis.Table,
    counted: ibis.Table | None,
    stages: Sequence[Stage],
    attributes: Sequence[str],
) -> pd.DataFrame:
    """The funnels with `not_here`: how many fewer reach a step than another chapter counts.

    Of a group of 30 customers 26 were touched: both numbers tell that 4 were not. So do those
    who ordered in the period beside those who did on their journey. Where as many journeys are of
    customers who are not counted there, nothing follows, and the column has no value.

    Parameters
    ----------
    funnels
        One row per group and stage: `attribute`, `value`, `stage`, `customer_count`.
    journeys
        Result of `funnel.journeys_of`.
    counted
        Result of `counted_customers`; None where no other chapter counts groups.
    stages
        Steps of the journeys.
    attributes
        What they are divided by.
    """
    names = [] if counted is None else [name for name in attributes if name in counted.columns]
    names = [name for name in names if name not in OF_JOURNEYS]
    if counted is None or not names:
        return funnels.assign(not_here=float("nan"))
    got_to = {f"to_{place}": reached(journeys, place, stages) for place in range(len(stages))}
    far = journeys.mutate(**got_to).group_by("customer_id")
    far = far.agg(**{name: _[name].any() for name in got_to})
    both = counted.left_join(far, "customer_id")
    rows = pd.concat([_missing(both, name, stages) for name in names])
    found = funnels.merge(rows, on=["attribute", "value", "stage"], how="left")
    strangers = found["customer_count"] - (found["counted"] - found["missing"])
    # One who is counted nowhere else keeps the difference from telling anything.
    least = found["missing"].where(strangers < found["missing"])
    buyers = found["missing_buyers"].where(found["stage"] == "ordered")
    found["not_here"] = pd.concat([least, buyers.where(buyers > 0)], axis=1).min(axis=1)
    return found.drop(columns=["counted", "missing", "missing_buyers"])


def _missing(both: ibis.Table, attribute: str, stages: Sequence[Stage]) -> pd.DataFrame:
    """By value and stage the customers counted, and those of them who did not get there."""
    sums: dict[str, ibis.Value] = {"counted": both.count()}
    for place in range(len(stages)):
        away = ~both[f"to_{place}"].fill_null(False)
        sums |= {f"missing_{place}": away.sum(), f"buyers_{place}": (away & both.bought).sum()}
    wide = both.group_by(value=both[attribute].cast("string")).agg(**sums).to_pandas()
    return pd.concat(
        pd.DataFrame(
            {
                "attribute": attribute,
                "value": wide["value"],
                "stage": stage.id,
                "counted": wide["counted"],
                "missing": wide[f"missing_{place}"],
                "missing_buyers": wide[f"buyers_{place}"],
            }
        )
        for place, stage in enumerate(stages)
    )


def groups_inside(journeys: ibis.Table, funnels: pd.DataFrame) -> list[Inside]:
    """Groups of the funnels all of whose journeys are of one group of another attribute."""
    # A segment lies within a region by chance, if it does.
    names = [n for n in dict.fromkeys(funnels["attribute"]) if n not in (*OF_JOURNEYS, "segment")]
    found = []
    for name in names:
        others = [other for other in names if other != name]
        values = funnels.loc[(funnels["attribute"] == name) & funnels["listed"], "value"]
        if not others or values.empty:
            continue
        ends: dict[str, ibis.Value] = {}
        for place, other in enumerate(others):
            text = journeys[other].cast("string")
            ends |= {f"first_{place}": text.min(), f"last_{place}": text.max()}
            ends[f"none_{place}"] = text.isnull().any()
        named = journeys.mutate(value=journeys[name].cast("string"))
        rows = named.group_by("value").agg(**ends).filter(_.value.isin([*values.unique()]))
        for row in rows.to_pandas().to_dict("records"):
            found += [
                Inside(name, row["value"], other, row[f"first_{place}"])
                for place, other in enumerate(others)
                if row[f"first_{place}"] == row[f"last_{place}"] and not row[f"none_{place}"]
            ]
    return sorted(found)
