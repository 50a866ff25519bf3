"""Clues: touchpoints that customers met on the days of an incident, and hardly on others."""

from collections.abc import Sequence
from datetime import date

import ibis
import pandas as pd

from crm_strategy.analysis.funnel_sizes import ALL
from crm_strategy.analysis.intervals import difference_interval
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches

LEAST_LIFT = 2.0
"""How many times as often a touchpoint is met inside as outside to be a clue."""

COLUMNS = (
    *("stage", "start", "end", "touchpoint", "customer_count", "all_customers"),
    *("inside_share", "outside_share"),
)


def incident_clues(
    touches: ibis.Table,
    people: ibis.Table,
    incidents: pd.DataFrame,
    *,
    start: date,
    end: date,
    known: Sequence[str] = (),
    least: int = 10,
) -> pd.DataFrame:
    """The touchpoints that stand out on the days of each incident, for those it concerns.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `touchpoint`.
    people
        One row per customer: `customer_id` and the attributes of the incidents.
    incidents
        Result of `incidents.incidents`; those of the verdict `incident` are looked at.
    start, end
        First and last day of the period.
    known
        Touchpoints that are steps themselves, and no clue.
    least
        Customers that must have met it inside.

    Returns
    -------
    DataFrame
        One row per incident and clue, most telling first: `stage`, `start`, `end`,
        `touchpoint`, `customer_count` (met it on these days), `all_customers` (met anything
        then), `inside_share`, `outside_share` (of those met on the other days; a customer met
        on both counts in both).
    """
    seen = known_touches(touches).filter(within(touches.touched_at, start, end))
    rows: list[dict[str, object]] = []
    for each in incidents[incidents["verdict"] == "incident"].to_dict("records"):
        concerned = seen
        if each["attribute"] in people.columns and each["attribute"] != ALL:
            group = people.filter(people[each["attribute"]].cast("string") == each["value"])
            concerned = seen.semi_join(group, "customer_id")
        elif each["attribute"] in seen.columns:
            concerned = seen.filter(seen[each["attribute"]] == each["value"])
        rows += _clues(concerned, each, known, least)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _clues(
    seen: ibis.Table, incident: "dict[str, object] | pd.Series", known: Sequence[str], least: int
) -> list[dict[str, object]]:
    inside = within(seen.touched_at, incident["start"], incident["end"])  # type: ignore[arg-type]
    sizes = {
        "inside": seen.customer_id.nunique(where=inside),
        "outside": seen.customer_id.nunique(where=~inside),
    }
    whole = seen.agg(**sizes).to_pandas().iloc[0]
    met = seen.filter(seen.touchpoint.notnull()).group_by("touchpoint").agg(**sizes).to_pandas()
    found = []
    for row in met.sort_values("touchpoint").to_dict("records"):
        if row["touchpoint"] in known or row["inside"] < least or not whole["outside"]:
            continue
        shares = row["inside"] / whole["inside"], row["outside"] / whole["outside"]
        low, _high = difference_interval(
            row["inside"], whole["inside"], row["outside"], whole["outside"]
        )
        if low is not None and low > 0 and shares[0] >= LEAST_LIFT * shares[1]:
            found.append(
                {name: incident[name] for name in COLUMNS[:3]}
                | {
                    "touchpoint": row["touchpoint"],
                    "customer_count": int(row["inside"]),
                    "all_customers": int(whole["inside"]),
                    "inside_share": shares[0],
                    "outside_share": shares[1],
                }
            )
    return sorted(found, key=lambda each: each["outside_share"] - each["inside_share"])
