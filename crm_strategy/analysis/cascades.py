"""Cascades: whom each step of a scenario reaches, what it costs, how many it should move."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

import ibis
import numpy as np
import pandas as pd

from crm_strategy.analysis.cascade_rates import response_rates
from crm_strategy.analysis.cascade_reach import Audience, audiences, reachable_customers
from crm_strategy.analysis.histories import Floats

COLUMNS: Final = (
    *("scenario", "step", "channel", "reach", "cost", "expected_responses", "low", "high"),
    *("rate", "rate_low", "rate_high", "n", "contact_count", "response_count", "rate_basis"),
    *("segment", "segment_count", "reachable_count", "consent", "per_touch", "wait_days"),
    *("stop_on", "cost_per_response"),
)


class CascadePlan(NamedTuple):
    """What scenarios rest on: their steps with rates and prices, and their customers."""

    steps: pd.DataFrame
    """One row per step: `scenario`, `segment`, `step`, `channel`, `wait_days`, `stop_on`, the
    columns of `response_rates`, `per_touch` (money; NaN where unknown), `consent` (`recorded`,
    `none_recorded`, `assumed`)."""
    audiences: dict[str, Audience]


class Sent(NamedTuple):
    """What a chain of messages sends and is answered, step by step in its order."""

    reach: Floats
    responses: Floats
    cost: Floats


def cascade_plan(
    scenarios: pd.DataFrame,
    members: ibis.Table,
    touches: ibis.Table,
    orders: ibis.Table,
    consents: ibis.Table,
    channel_terms: pd.DataFrame,
    *,
    as_of: date,
    conversion_days: int = 30,
) -> CascadePlan:
    """Gather what the scenarios rest on: customers, consents, response rates and prices.

    Parameters
    ----------
    scenarios
        One row per step: `scenario`, `segment`, `step`, `channel`, `wait_days`, `stop_on`.
    members
        `customer_id`, `segment`; the segment `all` is every customer in it.
    touches, orders, conversion_days
        As in `cascade_rates.response_rates`.
    consents
        As in `cascade_reach.reachable_customers`; without a row, consent is assumed.
    channel_terms
        `channel`, `per_touch` (money; NaN is unknown, never 0).
    as_of
        Last day observed.
    """
    consented = bool(consents.count().execute())
    reachable = reachable_customers(touches, consents, as_of=as_of, consented=consented)
    by_scenario = {
        str(name): (str(rows["segment"].iloc[0]), [str(each) for each in rows["channel"]])
        for name, rows in scenarios.groupby("scenario", sort=False)
    }
    rated = response_rates(
        scenarios, touches, orders, members, as_of=as_of, conversion_days=conversion_days
    )
    prices = channel_terms.set_index("channel")["per_touch"].astype("float64")
    stated = set(consents.select("channel").distinct().to_pandas()["channel"])
    consent = [
        ("recorded" if channel in stated else "none_recorded") if consented else "assumed"
        for channel in rated["channel"]
    ]
    steps = rated.assign(per_touch=rated["channel"].map(prices).astype("float64"), consent=consent)
    return CascadePlan(steps, audiences(members, reachable, by_scenario))


def cascades(plan: CascadePlan) -> pd.DataFrame:
    """What each step of each scenario reaches, costs and should be answered by.

    reach(k) = Σ over the customers whom step k's channel reaches of the chance that none of the
    earlier steps that reached them was answered; expected responses = reach × rate; cost =
    reach × price of a touch. Standing fees are in none of it. Assumed: a message is answered as
    often in the chain as it was outside it, whatever came before.

    Parameters
    ----------
    plan
        As `cascade_plan` returns it.

    Returns
    -------
    DataFrame
        One row per step, in the order of the plan: `scenario`, `step`, `channel`, `reach`
        (customers), `cost` (money), `expected_responses` (customers), `low`, `high` (of them: the
        ends of the rate's interval at the same reach), the columns of `response_rates`,
        `segment`, `segment_count` (its customers), `reachable_count` (whom the channel reaches,
        whatever came before), `consent`, `per_touch`, `wait_days`, `stop_on`,
        `cost_per_response` (money: what one response more costs by this step). What rests on
        an unknown rate or price is NaN.
    """
    parts = []
    for scenario, rows in plan.steps.groupby("scenario", sort=False):
        audience = plan.audiences[str(scenario)]
        rates, prices = rows["rate"].to_numpy(float), rows["per_touch"].to_numpy(float)
        sent = send(audience, range(len(rows)), rates, prices)
        parts.append(
            rows.assign(
                reach=sent.reach,
                cost=sent.cost,
                expected_responses=sent.responses,
                low=sent.reach * rows["rate_low"],
                high=sent.reach * rows["rate_high"],
                segment_count=audience.sizes.sum(),
                reachable_count=audience.reachable,
                cost_per_response=sent.cost / np.where(sent.responses > 0, sent.responses, np.nan),
            )
        )
    if not parts:
        return pd.DataFrame({name: [] for name in COLUMNS})
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def send(
    audience: Audience,
    order: Sequence[int],
    rates: Floats,
    prices: Floats,
    *,
    stops: bool = True,
) -> Sent:
    """Send a chain of messages: each only to those it reaches and who have not answered yet.

    Parameters
    ----------
    audience
        Customers by the channels that reach them.
    order
        Places of the channels in the audience, in the order they are used.
    rates, prices
        Chance of an answer, and price of a message, of each channel of the audience.
    stops
        Whether an answer ends the chain; else everybody gets every step.

    Returns
    -------
    Sent
        Of each step in its order: customers written to, answers (of customers who had not
        answered before), money. NaN where a rate or price that it rests on is unknown.
    """
    silent = np.ones(len(audience.sizes))
    reach, responses, cost = np.zeros((3, len(order)))
    for place, channel in enumerate(order):
        holds = audience.holds[:, channel]
        # An unknown rate leaves what is known of the customers it does not concern.
        waiting = np.where(holds, audience.sizes * silent, 0.0).sum()
        reach[place] = waiting if stops else audience.sizes[holds].sum()
        responses[place] = waiting * rates[channel] if waiting else 0.0
        cost[place] = reach[place] * prices[channel] if reach[place] else 0.0
        silent = np.where(holds, silent * (1.0 - rates[channel]), silent)
    return Sent(reach, responses, cost)
