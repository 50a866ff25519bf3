"""Hold-out plan: how many customers to leave without a channel, how long, and when to decide."""

import math
from collections.abc import Sequence
from datetime import date

import pandas as pd

from crm_strategy.analysis.experiment_power import ALPHA, POWER, sample_size

COLUMNS = (
    *("channel", "verdict", "holdout_share", "weeks", "holdout_count", "contacted_count"),
    *("rate", "break_even_drop", "customer_count"),
)

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
        Share of contacted customers who order.
    drop
        By how much it would fall without the channel, at most `rate`.
    share
        Share of all customers in the test who are left without it.
    power, alpha
        See `experiment_power`, whose formula this is.
    """
    size = sample_size(rate - drop, rate, power=power, alpha=alpha, ratio=(1 - share) / share)
    return math.ceil(size)


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

    The drop worth finding is the one at which the channel just pays: with conversions falling
    by the share cost saved / margin lost, at most all of them. The rate over other times
    follows 1 − (1 − rate)^(weeks / weeks observed). Assumed: the channel reaches the same
    customers as in the days observed, and each is held out for the whole test.

    To decide: the difference of the two order rates with its 95 % interval. Its lower end above
    `break_even_drop`: keep the channel. Its upper end below: switch it off. Else go on.

    Parameters
    ----------
    single
        Result of `switch_offs`.
    reached
        `channel`, `customer_count` (customers touched), `conversion_rate` (of them), as
        `responses` counts them.
    channel_terms
        `channel`, `kind`: only channels of kind `owned`, or of none, can be withheld from
        single customers.
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
        (customers needed in the two groups), `rate` (of orders among the contacted in so many
        weeks), `break_even_drop` (of that rate, a fraction), `customer_count` (reached).

        Verdicts: `ready`, `too_few` (not within a year), `not_random` (advertising and the like:
        test by region or week instead), `no_rate` (nothing is known of its customers). All
        figures but the count are NaN where there is no plan.
    """
    kinds = {} if channel_terms is None else channel_terms.set_index("channel")["kind"].to_dict()
    people = reached.set_index("channel")[["customer_count", "conversion_rate"]]
    judged = single[single["verdict"].isin(_RANKS)].join(people, on="channel")
    weeks = ((end - start).days + 1) / 7
    rows = [
        _plan(row, weeks, shares, can_draw=_may_draw(kinds.get(row["channel"])))
        for row in judged.to_dict("records")
    ]
    plans = pd.DataFrame(rows, columns=list(COLUMNS))
    order = pd.DataFrame(
        {
            "late": (plans["verdict"] != "ready").to_numpy(),
            "rank": judged["verdict"].map(_RANKS).to_numpy(),
            "saved": -judged["cost_saved"].astype("float64").to_numpy(),
            "channel": judged["channel"].to_numpy(),
        }
    ).sort_values(["late", "rank", "saved", "channel"])
    return plans.loc[order.index].reset_index(drop=True)


def _may_draw(kind: object) -> bool:
    return not isinstance(kind, str) or kind in _RANDOM_KINDS


def _plan(
    row: dict[str, float], observed: float, shares: Sequence[float], *, can_draw: bool
) -> dict[str, object]:
    people, rate, lost = row["customer_count"], row["conversion_rate"], row["margin_lost"]
    found: dict[str, object] = {"channel": row["channel"], "customer_count": people}
    if not can_draw:
        return found | {"verdict": "not_random"}
    if not (people > 0 and 0 < rate < 1 and lost > 0 and row["cost_saved"] > 0):
        return found | {"verdict": "no_rate"}
    fall = min(row["cost_saved"] / lost, 1.0)
    in_good_time = [(share, GOOD_WEEKS) for share in sorted(shares)]
    for share, most in [*in_good_time, (max(shares), MOST_WEEKS)]:
        for weeks in range(LEAST_WEEKS, most + 1):
            now = 1 - (1 - rate) ** (weeks / observed)
            size = holdout_size(now, fall * now, share=share)
            if size <= share * people:
                return found | {
                    "verdict": "ready",
                    "holdout_share": share,
                    "weeks": weeks,
                    "holdout_count": size,
                    "contacted_count": math.ceil(size * (1 - share) / share),
                    "rate": now,
                    "break_even_drop": fall * now,
                }
    return found | {"verdict": "too_few"}
