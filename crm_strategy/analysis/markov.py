"""Markov attribution: what would be lost if a channel led nowhere."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import splu

from crm_strategy.analysis.path_steps import Real, Steps, Whole, sums

ORDERS: Final = (1, 2, 3)
"""How many of the last channels may say where a journey goes next."""

MOST_STATES: Final = 5_000
"""Orders that need more states than this are not tried."""

LEAST_GAIN: Final = 0.005
"""Log-likelihood a journey that a longer memory must gain; less is the smoothing's doing."""

HELD_BACK: Final = 0.2
"""Share of the journeys, drawn by lot, that the orders are judged by."""


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


def markov_orders(steps: Steps, *, seed: int = 0) -> pd.DataFrame:
    """Judge the orders of the chain by journeys that it has not seen.

    A fifth of the journeys, drawn by lot, is held back; the rest give the chances of each step.
    p_k(next | last k) = (n(last k, next) + p_(k−1)(next | last k − 1)) / (n(last k) + 1), so
    that a step not seen before has a chance too; where a journey is no longer than k − 1, p_k
    is p_(k−1).

    Parameters
    ----------
    steps
        As `steps_of` returns them.
    seed
        Of the lot.

    Returns
    -------
    DataFrame
        One row per order: `order`, `state_count`, `log_likelihood` (of the journeys held back,
        a journey; NaN where none are or the order is not tried), `chosen`: the longest memory
        that foretells them better than the shorter one before it by more than two standard
        errors.
    """
    held, kept = _split(steps, np.random.default_rng(seed))
    target, contexts, path, ended = _events(steps)
    seen = _by_end(kept, path, ended)
    chances = _chance(seen, np.zeros_like(target), target, 1 / (len(steps.channels) + 2))
    chosen, best, rows = ORDERS[0], np.zeros(len(held)), []
    for order in ORDERS:
        longer = contexts[order] != contexts.get(order - 1, -1)
        chances = np.where(longer, _chance(seen, contexts[order], target, chances), chances)
        journeys = _of_journeys(np.log(chances), path, ended, len(steps.conversions))
        states = len(np.unique(_states(steps, order)))
        tried = held.sum() > 0 and states <= MOST_STATES
        likelihood = np.average(journeys, weights=held) if tried else np.nan
        if tried and (order == ORDERS[0] or _clearly_above(journeys - best, held)):
            chosen, best = order, journeys
        rows.append((order, states, likelihood))
    table = pd.DataFrame(rows, columns=["order", "state_count", "log_likelihood"])
    return table.assign(chosen=table["order"] == chosen)


@dataclass(frozen=True)
class _Chain:
    newest: Whole
    """The last channel of each state."""
    steps: sparse.csc_array
    earned: Real
    start: Real


def _chain(steps: Steps, order: int, measure: str) -> _Chain:
    codes, state = np.unique(_states(steps, order), return_inverse=True)
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


def _states(steps: Steps, order: int) -> Whole:
    """The last `order` channels up to each step, as one number."""
    base = len(steps.channels) + 1
    codes = (steps.channel + 1).astype(np.intp)
    for back in range(1, order):
        earlier = np.flatnonzero(steps.position >= back)
        codes[earlier] += (steps.channel[earlier - back] + 1) * base**back
    return codes


def _split(steps: Steps, random: np.random.Generator) -> tuple[Real, Real]:
    """Orders and nulls of each path, one after the other: those held back, and the rest."""
    counts = np.rint(np.concatenate([steps.conversions, steps.nulls])).astype(np.int64)
    held = random.binomial(counts, HELD_BACK).astype(float)
    return held, counts - held


def _events(steps: Steps) -> tuple[Whole, dict[int, Whole], Whole, Whole]:
    """Each move of a journey: where to, the channels before it, its path, how that ended.

    `ended` is 0 for moves that all journeys of a path make, 1 into an order, 2 into none.
    """
    last = np.flatnonzero(steps.position == steps.length - 1)
    onward = np.flatnonzero(steps.position < steps.length - 1)
    first = np.flatnonzero(steps.position == 0)
    into = len(steps.channels)
    target = np.concatenate(
        [
            steps.channel[first],
            steps.channel[onward + 1],
            np.full(len(last), into),
            np.full(len(last), into + 1),
        ]
    )
    contexts = {}
    for order in ORDERS:
        codes = _states(steps, order)
        contexts[order] = np.concatenate(
            [np.zeros(len(first), dtype=np.intp), codes[onward], codes[last], codes[last]]
        )
    path = steps.path[np.concatenate([first, onward, last, last])]
    ended = np.repeat([0, 0, 1, 2], [len(first), len(onward), len(last), len(last)])
    return target, contexts, path, ended


def _by_end(counts: Real, path: Whole, ended: Whole) -> Real:
    """How often each move was made, given how often each path ended in either way."""
    bought, nulls = np.split(counts, 2)
    return np.where(ended == 1, bought[path], np.where(ended == 2, nulls[path], 0.0)) + np.where(
        ended == 0, bought[path] + nulls[path], 0.0
    )


def _of_journeys(logs: Real, path: Whole, ended: Whole, count: int) -> Real:
    """Log-likelihood of a journey of each path: those with an order, then those without."""
    moves, bought, nulls = (
        sums(path[ended == end], logs[ended == end], count) for end in (0, 1, 2)
    )
    return np.concatenate([moves + bought, moves + nulls])


def _clearly_above(gain: Real, weights: Real) -> bool:
    """Whether a gain is above 0 by more than two standard errors of its mean, and not tiny."""
    mean = np.average(gain, weights=weights)
    spread = np.average((gain - mean) ** 2, weights=weights)
    return bool(mean > max(2 * np.sqrt(spread / weights.sum()), LEAST_GAIN))


def _chance(seen: Real, context: Whole, target: Whole, before: Real | float) -> Real:
    """Chance of each move after its context, drawn towards what a shorter context says."""
    wide = target.max(initial=0) + 1
    _, pair = np.unique(context * wide + target, return_inverse=True)
    _, whole = np.unique(context, return_inverse=True)
    of_pair = np.bincount(pair, seen)[pair] if len(pair) else seen
    of_whole = np.bincount(whole, seen)[whole] if len(whole) else seen
    return np.asarray((of_pair + before) / (of_whole + 1), dtype=np.float64)
