"""Hold-out plan: how many customers to leave without a channel, how long, and when to decide."""

import math
from collections.abc import Sequence
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_power import ALPHA, POWER, sample_size
from crm_strategy.analysis.funnel import RESPONSES
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches, next_orders, placed_orders, soon_after

COLUMNS = (
    *("channel", "verdict", "holdout_share", "weeks", "holdout_count", "contacted_count"),
    *("rate", "break_even_drop", "customer_count", "converted_count"),
    *("rate_low", "rate_high", "basis", "is_sent", "lost_customers", "ordering_count"),
)

REACHED = ("channel", "customer_count", "converted_count", "ordering_count", "sent_count")

SHARES = (0.1, 0.2, 0.3, 0.5)
"""Shares of the customers that may be left without the channel; the smallest that suffices."""

LEAST_WEEKS, GOOD_WEEKS, MOST_WEEKS = 4, 13, 52
"""A test takes at least four weeks; a smaller share may not make it longer than a quarter; a
test longer than a year is none."""

_RANDOM_KINDS = ("owned",)
_RANKS = {"switch_off": 0, "test": 1, "keep": 2}


def holdout_size(
    rate: float, drop: float, *, share: float, power: float = POWER, alpha: float = ALPHA
) -> int:
    """Customers to leave without the channel so that a drop of their order rate is found.

    The two-sided test of two proportions, groups of unequal size.

    Parameters
    ----------
    rate
        Share of contacted customers who order, whatever led them to it.
    drop
        By how much it would fall without the channel, at most `rate`.
    share
        Share of all customers in the test who are left without it.
    power, alpha
        See `experiment_power`, whose formula this is.
    """
    size = sample_size(rate - drop, rate, power=power, alpha=alpha, ratio=(1 - share) / share)
    return math.ceil(size)


def reached_customers(
    touches: ibis.Table, orders: ibis.Table, *, start: date, end: date, conversion_days: int
) -> pd.DataFrame:
    """Customers a channel reached in a period, and how many of them ordered in it.

    Parameters
    ----------
    touches, orders, conversion_days
        As in `responses`.
    start, end
        First and last day of the period.

    Returns
    -------
    DataFrame
        By name: `channel`, `customer_count` (customers touched), `converted_count` (who ordered
        soon after a touch of it, as `responses` counts them), `ordering_count` (who ordered at
        all in the period, before a touch or long after: what a test of so many days compares),
        `sent_count` (to whom the client sent something, or called: what customers do themselves,
        such as a visit or a click, is no sending; NaN where no action of the channel is known).
    """
    sent = known_touches(touches).filter(within(_.touched_at, start, end))
    sent = sent.mutate(touchpoint=_.channel)
    bought = orders.filter(within(_.ordered_at, start, end))
    customers = placed_orders(bought).select("customer_id").distinct()
    customers = customers.mutate(ordered=ibis.literal(1))
    made = _made_by_client(sent)
    soon = next_orders(sent, bought)
    soon = soon.mutate(soon=soon_after(_.placed_at, _.touched_at, conversion_days))
    counts = (
        soon.left_join(customers, "customer_id")
        .group_by("channel")
        .agg(
            customer_count=_.customer_id.nunique(),
            converted_count=_.customer_id.nunique(where=_.soon),
            ordering_count=_.customer_id.nunique(where=_.ordered.notnull()),
        )
    )
    table = counts.order_by("channel").to_pandas()
    table["sent_count"] = table["channel"].map(made).astype("float64")
    return table[list(REACHED)]


def _made_by_client(touches: ibis.Table) -> pd.Series:
    """Customers to whom a channel sent something; channels without a known action are left out."""
    if "action" not in touches.columns:
        return pd.Series(dtype="float64")
    counts = touches.group_by("channel").agg(
        known=_.action.count(),
        made=_.customer_id.nunique(where=_.action.notnull() & ~_.action.isin(RESPONSES)),
    )
    found = counts.to_pandas().set_index("channel")
    return found.loc[found["known"] > 0, "made"]


def holdout_plan(
    single: pd.DataFrame,
    reached: pd.DataFrame,
    channel_terms: pd.DataFrame | None = None,
    *,
    start: date,
    end: date,
    shares: Sequence[float] = SHARES,
) -> pd.DataFrame:
    """Which channel to test first, with which share of its customers, for how many weeks.

    The test compares shares of customers with any order in its weeks, so `rate` is that share.
    The drop worth finding is the one at which the channel just pays: cost saved / margin lost
    of the customers who ordered soon after a touch. Above `rate` it cannot occur: then even the
    loss of all their orders costs less than the channel. Both shares over other times follow
    1 − (1 − share)^(weeks / weeks observed). Assumed: the channel reaches the same customers as
    in the days observed, each is held out for the whole test, and who no longer orders after a
    touch does not order otherwise.

    To decide: the difference of the two order rates with its 95 % interval. Its lower end above
    `break_even_drop`: keep the channel. Its upper end below: switch it off. Else go on. Where no
    margin is known, all revenue stands for it: a difference below is too small whatever the
    margin is, one above tells nothing yet.

    Parameters
    ----------
    single
        Result of `switch_offs`.
    reached
        As `reached_customers` returns it, of the same days.
    channel_terms
        `channel`, `kind`: only channels of kind `owned`, or of none, can be withheld from
        single customers, and of these only those through which the client sends: nobody can be
        kept out of a shop by lot.
    start, end
        First and last day that `single` and `reached` cover.
    shares
        See `SHARES`.

    Returns
    -------
    DataFrame
        One row per channel with a known cost, the first to test first: those that may be
        switched off before those to test and to keep, dearest first, those without a plan last.
        `channel`, `verdict`, `holdout_share`, `weeks`, `holdout_count` and `contacted_count`
        (customers needed in the two groups), `rate` (share of the contacted with any order in so
        many weeks), `break_even_drop` (points of that rate, a fraction), `customer_count`
        (reached), `converted_count` (of them, ordered soon after a touch), `rate_low` and
        `rate_high` (95 % of `rate`), `basis` (`margin` or `revenue`, as `switch_offs` has it),
        `is_sent` (whether touches show that the client sends by the channel; None: they tell
        no actions, so it is assumed), `lost_customers` (as `switch_offs` has it),
        `ordering_count` (of those reached, ordered at all).

        Verdicts: `ready`, `cannot_pay` (no drop of the rate, its whole interval included,
        reaches the break-even, so no test could tell to keep it), `too_few` (not within a year),
        `not_random` (advertising, visits and the like: test by region or week instead),
        `no_rate` (nothing is known of its customers, or all of them order).
        Figures but the counts are NaN where there is no plan; `cannot_pay` has `rate` and
        `break_even_drop` of the days observed.
    """
    kinds = {} if channel_terms is None else channel_terms.set_index("channel")["kind"].to_dict()
    people = reached.set_index("channel")[list(REACHED[1:])]
    judged = single[single["verdict"].isin(_RANKS)].join(people, on="channel")
    weeks = ((end - start).days + 1) / 7
    rows = [
        _plan(row, weeks, shares, can_draw=_may_draw(kinds.get(row["channel"]), row["sent_count"]))
        for row in judged.to_dict("records")
    ]
    plans = pd.DataFrame(rows, columns=list(COLUMNS))
    order = pd.DataFrame(
        {
            "late": (~plans["verdict"].isin(["ready", "cannot_pay"])).to_numpy(),
            "rank": judged["verdict"].map(_RANKS).to_numpy(),
            "saved": -judged["cost_saved"].astype("float64").to_numpy(),
            "channel": judged["channel"].to_numpy(),
        }
    ).sort_values(["late", "rank", "saved", "channel"])
    return plans.loc[order.index].reset_index(drop=True)


def _may_draw(kind: object, sent: float) -> bool:
    return sent != 0 and (not isinstance(kind, str) or kind in _RANDOM_KINDS)


def _plan(
    row: dict[str, float], observed: float, shares: Sequence[float], *, can_draw: bool
) -> dict[str, object]:
    people, soon, lost = row["customer_count"], row["converted_count"], row["margin_lost"]
    found: dict[str, object] = {
        "channel": row["channel"],
        "customer_count": people,
        "converted_count": soon,
        "basis": row.get("basis", "margin"),
        "lost_customers": row.get("lost_customers", np.nan),
        "ordering_count": row["ordering_count"],
        "is_sent": True if row["sent_count"] > 0 else None,
    }
    if not can_draw:
        return found | {"verdict": "not_random", "is_sent": False}
    is_known = people > 0 and soon > 0 and lost > 0 and row["cost_saved"] > 0
    if not is_known or row["ordering_count"] >= people:
        return found | {"verdict": "no_rate"}
    rate, needed = row["ordering_count"] / people, row["cost_saved"] / lost
    ends = [end or 0.0 for end in share_interval(row["ordering_count"], people)]
    if needed * soon / people > ends[1]:
        terms = {"rate": rate, "break_even_drop": needed * soon / people}
        return found | {"verdict": "cannot_pay", "rate_low": ends[0], "rate_high": ends[1]} | terms
    in_good_time = [(share, GOOD_WEEKS) for share in sorted(shares)]
    for share, most in [*in_good_time, (max(shares), MOST_WEEKS)]:
        for weeks in range(LEAST_WEEKS, most + 1):
            now = _over(rate, weeks / observed)
            # Over a longer time the two shares draw nearer: more than all cannot be lost.
            drop = min(needed * _over(soon / people, weeks / observed), now)
            size = holdout_size(now, drop, share=share)
            if size <= share * people:
                return found | {
                    "verdict": "ready",
                    "holdout_share": share,
                    "weeks": weeks,
                    "holdout_count": size,
                    "contacted_count": math.ceil(size * (1 - share) / share),
                    "rate": now,
                    "rate_low": _over(ends[0], weeks / observed),
                    "rate_high": _over(ends[1], weeks / observed),
                    "break_even_drop": drop,
                }
    return found | {"verdict": "too_few"}


def _over(share: float, times: float) -> float:
    """The share who order in so many times the days observed."""
    return float(1 - (1 - share) ** times)
