"""Markov attribution: what would be lost if a channel led nowhere."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

from crm_strategy.analysis.path_steps import Real, Steps, Whole, numbered


def removal_effects(steps: Steps, *, order: int = 1, measure: str = "conversions") -> pd.Series:
    """Share of what journeys earn that is lost when a channel leads nowhere.

    effect(c) = 1 − E(without c) / E in an absorbing Markov chain whose state is the last
    `order` channels; a step into c ends the journey. Solved exactly: (I − Q) x = r, with Q the
    shares of steps from state to state, r what a journey earns by ending there, E = start · x.
    Journeys that ended in none are used where there are any. It says nothing of customers whom
    another channel would have led instead.

    Parameters
    ----------
    steps
        As `steps_of` returns them.
    order
        1, 2 or 3.
    measure
        `conversions` or `value`.

    Returns
    -------
    Series
        `removal_effect` in [0, 1] by `channel`; 0 where nothing was earned, NaN where the
        value is not known. Effects do not sum to 1.

    References
    ----------
    Anderl et al. (2016), IJRM 33(3). doi:10.1016/j.ijresmar.2016.03.001
    """
    chain = _chain(steps, order, measure)
    whole = _earned(chain, np.ones(len(chain.newest), dtype=bool))
    kept = [_earned(chain, chain.newest != c) for c in range(len(steps.channels))]
    effects = [np.clip(1 - each / whole, 0.0, 1.0) if whole != 0 else 0.0 for each in kept]
    names = pd.Index(steps.channels, name="channel", dtype="object")
    return pd.Series(effects, index=names, name="removal_effect", dtype="float64")


def markov_credit(steps: Steps, *, order: int = 1, measure: str = "conversions") -> pd.Series:
    """Credit in proportion to the removal effects; Σ is what the paths earned.

    A channel in no converting journey earns nothing, though a chain of short memory may lead
    through it to an order.

    Parameters
    ----------
    steps, order, measure
        As in `removal_effects`.

    Returns
    -------
    Series
        Credit by `channel`, in the unit of the measure (orders or money).
    """
    effects = removal_effects(steps, order=order, measure=measure)
    effects = effects.where(steps.converting, 0.0)
    total = steps.measure(measure).sum()
    whole = effects.sum(skipna=False)
    return (effects * total / whole if whole != 0 else effects * total).rename("markov")


@dataclass(frozen=True)
class _Chain:
    newest: Whole
    """The last channel of each state."""
    steps: sparse.csc_array
    earned: Real
    start: Real


def _chain(steps: Steps, order: int, measure: str) -> _Chain:
    state, codes = numbered(steps.contexts[order - 1])
    size = len(codes)
    journeys = steps.conversions + steps.nulls
    weight = journeys[steps.path]
    leaving = np.bincount(state, weight, minlength=size)
    onward = np.flatnonzero(steps.position < steps.length - 1)
    moves = sparse.coo_array(
        (weight[onward] / leaving[state[onward]], (state[onward], state[onward + 1])),
        shape=(size, size),
    )
    last = steps.position == steps.length - 1
    first = steps.position == 0
    earned = steps.measure(measure)[steps.path[last]]
    newest = np.zeros(size, dtype=np.intp)
    newest[state] = steps.channel
    return _Chain(
        newest,
        moves.tocsc(),
        np.bincount(state[last], earned, minlength=size) / leaving,
        np.bincount(state[first], weight[first], minlength=size) / max(journeys.sum(), 1e-300),
    )


def _earned(chain: _Chain, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float:
    """What a journey earns on average when only the kept states lead on."""
    places = np.flatnonzero(kept)
    if not len(places) or np.isnan(chain.earned).any():
        return float("nan") if np.isnan(chain.earned).any() else 0.0
    among = chain.steps[:, places][places, :]
    solved = splu(sparse.eye_array(len(places), format="csc") - among).solve(chain.earned[places])
    return float(chain.start[places] @ solved)
