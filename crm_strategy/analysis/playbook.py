"""Playbook: for each segment what an offer costs, when it pays, how to test it, and until when."""

from datetime import date, timedelta

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.holdout_plan import SHARES, holdout_size

COLUMNS = (
    *("segment", "customer_count", "offer_cost", "break_even_uplift", "gain", "holdout_count"),
    *("deadline", "verdict", "holdout_share", "own_rate", "order_value", "order_margin"),
    "cause",
)


def contact_cost(channel_terms: pd.DataFrame, *, stated: float | None = None) -> float | None:
    """What it costs to write to one customer: as stated, else of the cheapest channel.

    Parameters
    ----------
    channel_terms
        `channel`, `per_touch` (money, missing where unknown); channels that cost nothing a touch
        are not asked.
    stated
        The client's own figure.

    Returns
    -------
    float or None
        Money; None when nobody has said.
    """
    if stated is not None:
        return stated
    prices = channel_terms["per_touch"].astype("float64")
    prices = prices[prices > 0]
    return None if prices.empty else float(prices.min())


def playbook(
    customers: ibis.Table,
    values: ibis.Table,
    *,
    as_of: date,
    days: int,
    active_days: int,
    discount: float,
    uplift: float,
    contact_cost: float | None = None,
    margin_rate: float | None = None,
) -> pd.DataFrame:
    """One offer a segment: audience, cost, break-even, hold-out and deadline.

    With b the chance that a customer orders within `days` anyway, s the value of an order, m its
    margin, d = discount × s and c the cost of contact, an offer costs Σ (c + b d) if it moves
    nobody, breaks even when Σ (c + b d) = r Σ (m − d) and gains Σ (u (m − d) − b d − c) when
    u = uplift × (1 − b) more order: customer by customer, as `win_back_offers` has it, for who
    buys often may buy for more. The hold-out is the smallest share of the segment
    with which a test finds the larger of r and u with 80 % power (see
    `holdout_plan.holdout_size`).

    Parameters
    ----------
    customers
        Result of `rfm.customer_segments`: `customer_id`, `segment`, `recency_days`.
    values
        As in `win_back.win_back_offers`, with `days` as horizon.
    as_of
        Last day observed.
    days
        How long an offer works.
    active_days
        A customer is active so many days after an order.
    discount, uplift, contact_cost, margin_rate
        As in `win_back.win_back_offers`.

    Returns
    -------
    DataFrame
        One row per segment, highest gain first: `segment`, `customer_count`, `offer_cost` and
        `gain` (money), `break_even_uplift` (r, share of the segment; NaN where no response
        pays), `holdout_count`, `holdout_share` (NaN when the segment is too small to tell),
        `deadline` (the day on which half of the segment is lapsed, at the earliest the day
        after `as_of` and at the latest `days` after it), `verdict` (`pays`, `costs` at the
        assumed uplift, `never` where the discount takes the whole margin), `own_rate` (mean b),
        `order_value` (mean s), `order_margin` (mean m), `cause` of a loss: `margin` (the
        discount takes the whole margin), `anyway` (most who order would have without it,
        b > u), `response` (what more orders bring is less than contact and discount cost), None
        where it pays.
    """
    rate = 1.0 if margin_rate is None else margin_rate
    people = customers.select("customer_id", "segment", "recency_days")
    sums = (
        people.inner_join(values, "customer_id")
        .filter(_.p_no_order.notnull())
        .group_by("segment")
        .agg(
            customer_count=_.count(),
            own_rate=1 - _.p_no_order.mean(),
            order_value=_.expected_spend.mean(),
            own_spend=((1 - _.p_no_order) * _.expected_spend).mean(),
            recency=_.recency_days.median(),
        )
        .to_pandas()
    )
    terms = {"discount": discount, "uplift": uplift, "cost": contact_cost or 0.0, "rate": rate}
    rows = []
    for row in sums.to_dict("records"):
        left = min(max(active_days - int(row["recency"]), 1), days)
        rows.append(_play(row, **terms) | {"deadline": as_of + timedelta(days=left)})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["gain", "segment"], ascending=[False, True], ignore_index=True)


def _play(
    row: dict[str, float], *, discount: float, uplift: float, cost: float, rate: float
) -> dict[str, object]:
    n, own, value = int(row["customer_count"]), row["own_rate"], row["order_value"]
    margin, kept = value * rate, value * (rate - discount)
    spent = cost + row["own_spend"] * discount
    gain = n * (uplift * (value - row["own_spend"]) * (rate - discount) - spent)
    found: dict[str, object] = {
        "segment": row["segment"],
        "customer_count": n,
        "offer_cost": n * spent,
        "gain": gain,
        "own_rate": own,
        "order_value": value,
        "order_margin": margin,
        "verdict": "never" if kept <= 0 else "pays" if gain > 0 else "costs",
        "cause": _cause(gain, kept, own, uplift * (1 - own)),
    }
    needed = spent / kept if kept > 0 else 1.0
    if needed > 1 - own:
        return found | {"verdict": "never"}
    return found | {"break_even_uplift": needed} | _holdout(n, own, max(needed, uplift * (1 - own)))


def _cause(gain: float, kept: float, own: float, more: float) -> str | None:
    if gain > 0:
        return None
    return "margin" if kept <= 0 else "anyway" if own > more else "response"


def _holdout(n: int, own: float, needed: float) -> dict[str, object]:
    """The smallest share to leave without the offer that tells so many more orders."""
    reached = own + needed
    if not (0 < needed <= reached < 1):
        return {}
    for share in SHARES:
        size = holdout_size(reached, needed, share=share)
        if size <= share * n:
            return {"holdout_share": share, "holdout_count": size}
    return {}
