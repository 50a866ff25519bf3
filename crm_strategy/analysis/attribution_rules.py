"""Rules of thumb: how the steps of a journey share the credit for its order."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from crm_strategy.analysis.path_steps import Real, Steps

DIRECT = frozenset({"direct", "(direct)"})
"""Channels, in small letters, that mean that a customer came without being led."""

ENDS_SHARE = 0.4
"""What the first and the last step each earn by position; the others share the rest."""


def rule_credit(
    steps: Steps,
    measure: str = "conversions",
    *,
    direct: Collection[str] = DIRECT,
    weights: Mapping[str, Real] | None = None,
) -> pd.DataFrame:
    """Credit of each channel under each rule; every rule's Σ is what the paths earned.

    first_touch, last_touch: all to that step. last_non_direct: to the last step that is not
    `direct`, or to the last one where all are. linear: equal shares. time_decay: each step
    half as much as the next, for a path has no dates. position_based: 40 % to the first, 40 %
    to the last, 20 % shared by those between; halves for two steps.

    Parameters
    ----------
    steps
        As `steps_of` returns them.
    measure
        `conversions` or `value`.
    direct
        Names in small letters of channels that the third rule passes over.
    weights
        Result of `rule_weights`, for those who ask for several measures.

    Returns
    -------
    DataFrame
        A column a rule by `channel`, in the unit of the measure (orders or money).
    """
    if weights is None:
        weights = rule_weights(steps, direct=direct)
    credit = {rule: steps.summed(each, measure) for rule, each in weights.items()}
    return pd.DataFrame(credit, index=pd.Index(steps.channels, name="channel", dtype="object"))


def rule_weights(steps: Steps, *, direct: Collection[str] = DIRECT) -> dict[str, Real]:
    """Each step's share of what its path earned, under each rule of `rule_credit`."""
    return {
        "first_touch": (steps.position == 0).astype(float),
        "last_touch": (steps.position == steps.length - 1).astype(float),
        "last_non_direct": _last_non_direct(steps, direct),
        "linear": 1 / np.maximum(steps.length, 1),
        "time_decay": _time_decay(steps),
        "position_based": _position_based(steps),
    }


def _last_non_direct(steps: Steps, direct: Collection[str]) -> Real:
    skipped = np.array([name.lower() in direct for name in steps.channels], dtype=bool)
    led = ~skipped[steps.channel] if len(skipped) else np.zeros(0, dtype=bool)
    chosen = np.zeros(len(steps.conversions), dtype=np.intp)
    places = np.arange(len(steps.channel))
    np.maximum.at(chosen, steps.path, places)
    of_led = np.full(len(chosen), -1)
    np.maximum.at(of_led, steps.path[led], places[led])
    chosen = np.where(of_led >= 0, of_led, chosen)
    return np.asarray(chosen[steps.path] == places, dtype=np.float64)


def _time_decay(steps: Steps) -> Real:
    weights = 0.5 ** (steps.length - 1 - steps.position).astype(float)
    whole = np.bincount(steps.path, weights, minlength=len(steps.conversions))
    return weights / whole[steps.path]


def _position_based(steps: Steps) -> Real:
    end = (steps.position == 0) | (steps.position == steps.length - 1)
    between = (1 - 2 * ENDS_SHARE) / np.maximum(steps.length - 2, 1)
    shares = np.where(end, ENDS_SHARE, between)
    return np.where(steps.length <= 2, 1 / np.maximum(steps.length, 1), shares)
