"""Drop-offs: what it costs that a segment stumbles at a step where another does not."""

from collections.abc import Mapping, Sequence

import pandas as pd

from crm_strategy.analysis.funnel_sizes import ALL
from crm_strategy.analysis.intervals import CONFIDENCE, difference_interval

LEAST = 30
"""Journeys at the stage before from which a rate is compared."""

OF_THEIR_TIME = frozenset({ALL, "segment"})
"""Held against the period before: segments by past orders differ in how far they get anyway."""

COLUMNS = (
    *("attribute", "value", "stage", "before_stage", "before_count", "before_customers"),
    *("step_rate", "against", "best_value", "best_count", "best_customers", "best_rate"),
    *("gap", "low", "high"),
    *("lost_orders", "lost_value", "lost_low", "lost_high", "verdict"),
)


def stage_values(funnels: pd.DataFrame) -> dict[str, float]:
    """What a journey that is lost at a stage would have brought, on average of all journeys.

    Up to the order: money of a journey with an order, all its orders. After it: money of the
    orders after the first, of a journey with any.

    Parameters
    ----------
    funnels
        Result of `segment_funnels.segment_funnels`.

    Returns
    -------
    dict
        Money by stage; stages without a known value are left out.
    """
    stages = list(dict.fromkeys(funnels["stage"]))
    upto = stages.index(_order_stage(stages)) + 1 if stages else 0
    first = _mean(funnels, "amount", "ordered_count")
    later = _mean(funnels, "repeat_amount", "repeat_count")
    found = dict.fromkeys(stages[:upto], first) | dict.fromkeys(stages[upto:], later)
    return {stage: value for stage, value in found.items() if value is not None}


def _order_stage(stages: Sequence[str]) -> str:
    return "ordered" if "ordered" in stages else stages[-1]


def _mean(funnels: pd.DataFrame, money: str, count: str) -> float | None:
    whole = funnels[funnels["attribute"] == ALL]
    if whole.empty or not whole[count].iloc[0]:
        return None
    return float(whole[money].iloc[0]) / float(whole[count].iloc[0])


def drop_offs(
    funnels: pd.DataFrame, previous: pd.DataFrame, *, values: Mapping[str, float]
) -> pd.DataFrame:
    """Steps at which a group loses more than another, or than before, by what that costs.

    Lost orders = journeys at the stage before × (best rate − own rate) × share of the segment's
    own journeys that go on from this stage to the conversion (`ordered`, else the last stage;
    the share of all journeys where its own is left out).
    Lost value = that × the value of the stage. All journeys and segments by past orders
    (`segment`) are held against the period before; each value of any other attribute against
    the value with the highest rate. Rates of fewer than 30 journeys are left out. The intervals
    hold for all comparisons together (Bonferroni over every pair and step).

    Parameters
    ----------
    funnels, previous
        Results of `segment_funnels.segment_funnels` for the period and the one before.
    values
        Money by stage (`stage_values`); where it is unknown, so is the lost value.

    Returns
    -------
    DataFrame
        Dearest first, those beyond chance before the rest: `attribute`, `value`, `stage`,
        `before_stage`, `before_count` and `before_customers` (journeys and customers at the
        stage before), `step_rate`, `against` (best or previous), `best_value` (the
        value held against; its own for the period before), `best_count`, `best_customers`,
        `best_rate`, `gap` (best − own), `low`, `high` (Newcombe), `lost_orders` (journeys with
        an order), `lost_value`, `lost_low`, `lost_high` (money; ends of the gap's interval,
        never below 0), `verdict`: loses, or chance where the interval holds 0.
    """
    pairs = [*_best_pairs(funnels), *_earlier_pairs(funnels, previous)]
    level = 1 - (1 - CONFIDENCE) / max(_tests(funnels), 1)
    stages = list(dict.fromkeys(funnels["stage"]))
    counts = funnels.set_index(["attribute", "value", "stage"])["journey_count"]
    rows = [_priced(own, best, stages, counts, level, values) for own, best in pairs]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    found = found.assign(_chance=found["verdict"] == "chance")
    order = ["_chance", "lost_value", "lost_orders", "attribute", "value", "stage"]
    found = found.sort_values(order, ascending=[True, False, False, True, True, True])
    return found.drop(columns="_chance").reset_index(drop=True)


def _tests(funnels: pd.DataFrame) -> int:
    """Comparisons that are made: every pair of values a step, or each value with its past."""
    steps = max(int(funnels["stage"].nunique()) - 1, 1)
    values = funnels.groupby("attribute")["value"].nunique()
    pairs = [int(n) * (1 if name in OF_THEIR_TIME else int(n) - 1) for name, n in values.items()]
    return sum(pairs) * steps


def _best_pairs(funnels: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
    """Each value and step beside the best value of its attribute at that step."""
    enough = funnels[funnels["before_count"] >= LEAST]
    enough = enough[~enough["attribute"].isin(OF_THEIR_TIME)]
    pairs = []
    for _key, group in enough.groupby(["attribute", "stage"], sort=False):
        best = group.sort_values(["step_rate", "before_count"], ascending=False).iloc[0]
        pairs += [
            (own, best) for _at, own in group.iterrows() if own["step_rate"] < best["step_rate"]
        ]
    return pairs


def _earlier_pairs(
    funnels: pd.DataFrame, previous: pd.DataFrame
) -> list[tuple[pd.Series, pd.Series]]:
    """Each value and step beside itself in the period before, where it went better then."""
    keys = ["attribute", "value", "stage"]
    earlier = previous[(previous["before_count"] >= LEAST)].set_index(keys)
    now = funnels[(funnels["before_count"] >= LEAST) & funnels["attribute"].isin(OF_THEIR_TIME)]
    pairs = []
    for _at, own in now.iterrows():
        key = tuple(own[keys])
        if key in earlier.index and earlier.loc[key, "step_rate"] > own["step_rate"]:
            pairs.append((own, pd.concat([earlier.loc[key], own[["value"]]])))
    return pairs


def _priced(
    own: pd.Series,
    best: pd.Series,
    stages: Sequence[str],
    counts: pd.Series,
    level: float,
    values: Mapping[str, float],
) -> dict[str, object]:
    ours = (own["journey_count"], own["before_count"])
    low, high = difference_interval(
        best["journey_count"], best["before_count"], *ours, confidence=level
    )
    order_stage, value = _order_stage(stages), values.get(own["stage"])
    place = stages.index(own["stage"])
    onward = 1.0
    if place < stages.index(order_stage):
        onward = _onward(own, order_stage, counts)
    gap = best["step_rate"] - own["step_rate"]
    each = own["before_count"] * onward
    money = each * value if value is not None else None
    return {
        "attribute": own["attribute"],
        "value": own["value"],
        "stage": own["stage"],
        "before_stage": stages[place - 1],
        "before_count": own["before_count"],
        "before_customers": own["before_customers"],
        "step_rate": own["step_rate"],
        "against": "previous" if own["attribute"] in OF_THEIR_TIME else "best",
        "best_value": best["value"],
        "best_count": best["before_count"],
        "best_customers": best["before_customers"],
        "best_rate": best["step_rate"],
        "gap": gap,
        "low": low,
        "high": high,
        "lost_orders": each * gap,
        "lost_value": None if money is None else money * gap,
        "lost_low": None if money is None or low is None else money * max(low, 0.0),
        "lost_high": None if money is None or high is None else money * high,
        "verdict": "loses" if low is not None and low > 0 else "chance",
    }


def _onward(own: pd.Series, order_stage: str, counts: pd.Series) -> float:
    """Share that goes on to an order: of the group, else of all where its orders are too few."""
    for group in ((own["attribute"], own["value"]), (ALL, ALL)):
        went_on = counts.get((*group, order_stage))
        if went_on is not None and counts.get((*group, own["stage"])):
            return float(went_on / counts[(*group, own["stage"])])
    return 0.0
