"""A cascade beside its alternatives: one channel alone, other orders, every step to everyone."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.cascade_reach import Audience
from crm_strategy.analysis.cascades import CascadePlan, send
from crm_strategy.analysis.histories import Floats

OPTIONS: Final = ("cascade", "best", "reversed", "single", "everyone")
"""As planned; cheapest order; planned order from its end; one channel; every step to everyone."""

THEN: Final = " > "
"""What stands between the channels of a chain."""

COLUMNS: Final = (
    *("scenario", "option", "channels", "customer_count", "message_count", "cost"),
    *("expected_responses", "low", "high", "cost_per_response", "cost_low", "cost_high"),
    *("is_best", "is_sure", "flip_channel", "flip_rate", "smallest_count"),
)


def cascade_comparison(plan: CascadePlan) -> pd.DataFrame:
    """Cost and expected responses of each scenario and of its alternatives.

    Every order of the same steps is answered equally often, for a customer answers none of
    them with the chance Π (1 − rate); the order decides only the cost. The cheapest order
    sends what costs least a response first: swapping two neighbours a, b saves money for every
    customer whom both reach exactly if price(b) / rate(b) < price(a) / rate(a), and changes
    nothing for the others (Smith's rule).

    Parameters
    ----------
    plan
        As `cascades.cascade_plan` returns it.

    Returns
    -------
    DataFrame
        Rows of each scenario in the order of `OPTIONS`: `scenario`, `option`, `channels` (in
        their order, joined by " > "), `customer_count` (whom any of them reaches),
        `message_count`, `cost` (money), `expected_responses` (customers), `low`, `high` (all
        rates at the ends of their intervals), `cost_per_response`, `cost_low`, `cost_high`
        (money, at the highest and lowest rates), `is_best` (no order costs less), `is_sure` (and
        none does at any rates within their intervals), `flip_channel` and `flip_rate` (of the
        best order: the first channel that would lose its place, and the rate below which it
        does), `smallest_count` (the smallest number of customers behind, for those who hide
        small groups). Unknown rates and prices leave NaN, and no best order.

    References
    ----------
    Smith (1956), Naval Research Logistics Quarterly 3. doi:10.1002/nav.3800030106
    """
    rows = [
        row
        for scenario, steps in plan.steps.groupby("scenario", sort=False)
        for row in _options(str(scenario), steps, plan.audiences[str(scenario)])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def best_order(rates: Floats, prices: Floats) -> list[int] | None:
    """The cheapest order of steps: by price a response; None where one is not known.

    Channels that are never answered come last, equals as they were planned.
    """
    if np.isnan([*rates, *prices]).any():
        return None
    dear = _per_response(rates, prices)
    return sorted(range(len(rates)), key=lambda place: (dear[place], place))


def _per_response(rates: Floats, prices: Floats) -> Floats:
    known = rates > 0
    return np.where(known, prices / np.where(known, rates, 1.0), np.inf)


def _options(scenario: str, steps: pd.DataFrame, audience: Audience) -> list[dict[str, Any]]:
    rates = steps[["rate", "rate_low", "rate_high"]].to_numpy(float)
    prices = steps["per_touch"].to_numpy(float)
    # Whom a channel reaches nobody of, it neither asks nor costs anything.
    idle = audience.reachable == 0
    rates, prices = np.where(idle[:, None], 0.0, rates), np.where(idle, 0.0, prices)
    planned = list(range(len(steps)))
    best = best_order(rates[:, 0], prices)
    chains: list[tuple[str, list[int]]] = [("cascade", planned)]
    if best is not None and best != planned:
        chains.append(("best", best))
    if len(planned) > 1 and planned[::-1] != best:
        chains.append(("reversed", planned[::-1]))
    if len(planned) > 1:
        chains += [("single", [place]) for place in planned]
        chains.append(("everyone", planned))
    cheapest = _cost(audience, best, rates[:, 0], prices) if best is not None else np.nan
    rows = []
    for option, order in chains:
        row = _row(audience, order, rates, prices, stops=option != "everyone")
        ordered = option in {"cascade", "best", "reversed"}
        row["is_best"] = ordered and bool(row["cost"] <= cheapest * (1 + 1e-12))
        if row["is_best"]:
            row["is_sure"] = _is_sure(order, rates, prices)
            row["flip_channel"], row["flip_rate"] = _flip(audience, order, rates[:, 0], prices)
        row["smallest_count"] = _smallest(steps.iloc[order], audience.reachable[order])
        rows.append({"scenario": scenario, "option": option} | row)
    return rows


def _row(
    audience: Audience, order: Sequence[int], rates: Floats, prices: Floats, *, stops: bool
) -> dict[str, Any]:
    base, low, high = (
        send(audience, order, rates[:, end], prices, stops=stops) for end in range(3)
    )
    responses, cost = base.responses.sum(), base.cost.sum()
    return {
        "channels": THEN.join(audience.channels[place] for place in order),
        "customer_count": audience.sizes[audience.holds[:, list(order)].any(axis=1)].sum(),
        "message_count": base.reach.sum(),
        "cost": cost,
        "expected_responses": responses,
        "low": low.responses.sum(),
        "high": high.responses.sum(),
        "cost_per_response": cost / responses if responses > 0 else np.nan,
        "cost_low": high.cost.sum(),
        "cost_high": low.cost.sum(),
    }


def _cost(audience: Audience, order: Sequence[int], rates: Floats, prices: Floats) -> float:
    return float(send(audience, order, rates, prices).cost.sum())


def _is_sure(order: Sequence[int], rates: Floats, prices: Floats) -> bool:
    """Whether no rates within their intervals would let a later step go first."""
    most, least = _per_response(rates[:, 1], prices), _per_response(rates[:, 2], prices)
    return all(
        most[first] <= least[later] for at, first in enumerate(order) for later in order[at + 1 :]
    )


def _flip(
    audience: Audience, order: Sequence[int], rates: Floats, prices: Floats
) -> tuple[str | None, float]:
    """The channel nearest to losing its place to the next one, and the rate at which it does."""
    found = [
        (needed / rates[first], audience.channels[first], needed)
        for first, later in pairwise(order)
        if prices[later] > 0 and rates[first] > 0
        for needed in [rates[later] * prices[first] / prices[later]]
        if needed > 0
    ]
    return max(found)[1:] if found else (None, np.nan)


def _smallest(steps: pd.DataFrame, reachable: Floats) -> float:
    """The smallest number of customers, above none, that a figure of these steps rests on."""
    answered, asked = steps["response_count"].to_numpy(float), steps["n"].to_numpy(float)
    counts = np.concatenate([answered, asked - answered, reachable])
    known = counts[counts > 0]
    return float(known.min()) if len(known) else np.nan
