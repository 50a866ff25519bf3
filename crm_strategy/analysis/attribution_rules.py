"""Rules of thumb: how the steps of a journey share the credit for its order."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from crm_strategy.analysis.path_steps import Real, Steps, Whole, sums

DIRECT = frozenset({"direct", "(direct)"})
"""Channels, in small letters, that mean that a customer came without being led."""

ENDS_SHARE = 0.4
"""What the first and the last step each earn by position; the others share the rest."""


def rule_credit(
    steps: Steps,
    measure: str = "conversions",
    *,
    direct: Collection[str] = DIRECT,
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

    Returns
    -------
    DataFrame
        A column a rule by `channel`, in the unit of the measure (orders or money).
    """
    count, earned = len(steps.channels), steps.measure(measure)
    # Five rules look at nothing but where a step stands: such steps are credited together.
    channel, position, length, number = steps.places
    together = sums(number, earned[steps.path], len(channel))
    from_end = length - 1 - position
    shares = {
        "first_touch": position == 0,
        "last_touch": from_end == 0,
        "linear": 1 / length,
        "time_decay": 0.5**from_end / (2 - 0.5 ** (length - 1)),
        "position_based": _position_based(position, length),
    }
    credit = {rule: sums(channel, share * together, count) for rule, share in shares.items()}
    led = sums(steps.channel[_last_non_direct(steps, direct)], earned, count)
    return pd.DataFrame(
        credit | {"last_non_direct": led},
        index=pd.Index(steps.channels, name="channel", dtype="object"),
    )


def unshared_channels(steps: Steps, *, direct: Collection[str] = DIRECT) -> dict[str, Whole]:
    """Of the rules that give each order to one channel, that channel of each path.

    Parameters
    ----------
    steps, direct
        As in `rule_credit`.
    """
    ends = np.flatnonzero(steps.position == steps.length - 1)
    return {
        "first_touch": steps.channel[steps.position == 0],
        "last_touch": steps.channel[ends],
        "last_non_direct": steps.channel[_last_non_direct(steps, direct)],
    }


def _last_non_direct(steps: Steps, direct: Collection[str]) -> Whole:
    """The step of each path that earns all."""
    first = np.flatnonzero(steps.position == 0)
    if not len(first):
        return first
    led = np.array([name.lower() not in direct for name in steps.channels])[steps.channel]
    last = np.maximum.reduceat(np.where(led, np.arange(len(led)), -1), first)
    return np.where(last >= 0, last, np.flatnonzero(steps.position == steps.length - 1))


def _position_based(position: Whole, length: Whole) -> Real:
    end = (position == 0) | (position == length - 1)
    between = (1 - 2 * ENDS_SHARE) / np.maximum(length - 2, 1)
    return np.where(length <= 2, 1 / length, np.where(end, ENDS_SHARE, between))
