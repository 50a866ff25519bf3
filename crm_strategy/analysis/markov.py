"""Markov attribution: what would be lost if a channel led nowhere."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

from crm_strategy.analysis.path_steps import MEASURES, Real, Steps, Whole, numbered, sums


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
    return _removal_effects(steps, order)[measure].rename("removal_effect")


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
    return markov_credits(steps, order=order)[measure].rename("markov")


def markov_credits(steps: Steps, *, order: int = 1) -> pd.DataFrame:
    """As `markov_credit`, of both measures from one chain: `conversions`, `value` by `channel`."""
    effects = _removal_effects(steps, order).mul(steps.converting, axis=0)
    totals = pd.Series({measure: steps.measure(measure).sum() for measure in MEASURES})
    whole = effects.sum(skipna=False)
    return effects * totals / whole.where(whole != 0, 1.0)


def _removal_effects(steps: Steps, order: int) -> pd.DataFrame:
    chain = _chain(steps, order)
    whole = _earned(chain, np.ones(len(chain.newest), dtype=bool))
    earns = whole != 0
    lost = [
        np.where(
            earns,
            np.clip(1 - _earned(chain, chain.newest != c) / np.where(earns, whole, 1.0), 0.0, 1.0),
            0.0,
        )
        for c in range(len(steps.channels))
    ]
    names = pd.Index(steps.channels, name="channel", dtype="object")
    return pd.DataFrame(np.reshape(lost, (-1, len(MEASURES))), index=names, columns=MEASURES)


@dataclass(frozen=True)
class _Chain:
    newest: Whole
    """The last channel of each state."""
    steps: sparse.csc_array
    earned: Real
    """What a journey earns by ending there: a column a measure."""
    start: Real


def _chain(steps: Steps, order: int) -> _Chain:
    state, codes = numbered(steps.context(order))
    size = len(codes)
    journeys = steps.conversions + steps.nulls
    weight = journeys[steps.path]
    leaving = np.bincount(state, weight, minlength=size)
    onward = np.flatnonzero(steps.position < steps.length - 1)
    place, pairs = numbered(state[onward] * size + state[onward + 1])
    source, target = np.divmod(pairs, max(size, 1))
    taken = sums(place, weight[onward], len(pairs))
    last = np.flatnonzero(steps.position == steps.length - 1)
    first = np.flatnonzero(steps.position == 0)
    earned = [sums(state[last], steps.measure(measure), size) for measure in MEASURES]
    newest = np.zeros(size, dtype=np.intp)
    newest[state] = steps.channel
    return _Chain(
        newest,
        sparse.csc_array((taken / leaving[source], (source, target)), shape=(size, size)),
        np.column_stack(earned) / leaving[:, None],
        sums(state[first], journeys, size) / max(journeys.sum(), 1e-300),
    )


def _earned(chain: _Chain, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Real:
    """What a journey earns on average, by each measure, when only the kept states lead on."""
    places = np.flatnonzero(kept)
    unknown = np.where(np.isnan(chain.earned).any(axis=0), np.nan, 0.0)
    if not len(places):
        return unknown
    among = chain.steps[:, places][places, :]
    earned = np.nan_to_num(chain.earned[places])
    solved = splu(sparse.eye_array(len(places), format="csc") - among).solve(earned)
    return np.asarray(chain.start[places] @ solved + unknown, dtype=np.float64)
