"""The order of a Markov chain: how many of the last channels say where a journey goes next."""

from typing import Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.path_steps import Real, Steps, Whole, numbered, sums

ORDERS: Final = (1, 2, 3)
"""How many of the last channels may say where a journey goes next."""

MOST_STATES: Final = 5_000
"""Orders that need more states than this are not tried."""

LEAST_GAIN: Final = 0.005
"""Log-likelihood a journey that a longer memory must gain; less is the smoothing's doing."""

MOST_JUDGED: Final = 300_000
"""Journeys that suffice to judge the orders by."""

HELD_BACK: Final = 0.2
"""Share of the journeys, drawn by lot, that the orders are judged by."""


def markov_orders(steps: Steps, *, seed: int = 0) -> pd.DataFrame:
    """Judge the orders of the chain by journeys that it has not seen.

    A fifth of the journeys, drawn by lot, is held back; the rest give the chances of each step.
    Of more than `MOST_JUDGED` journeys, about so many are drawn first.
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
    random = np.random.default_rng(seed)
    steps = _drawn(steps, random)
    held, kept = _split(steps, random)
    target, contexts, path, ended = _events(steps)
    seen = _by_end(kept, path, ended)
    chances = _chance(seen, np.zeros_like(target), target, 1 / (len(steps.channels) + 2))
    chosen, best, rows = ORDERS[0], np.zeros(len(held)), []
    for order in ORDERS:
        longer = contexts[order] != contexts.get(order - 1, -1)
        chances = np.where(longer, _chance(seen, contexts[order], target, chances), chances)
        journeys = _of_journeys(np.log(chances), path, ended, len(steps.conversions))
        states = len(numbered(steps.context(order))[1])
        tried = held.sum() > 0 and states <= MOST_STATES
        likelihood = np.average(journeys, weights=held) if tried else np.nan
        if tried and (order == ORDERS[0] or _clearly_above(journeys - best, held)):
            chosen, best = order, journeys
        rows.append((order, states, likelihood))
    table = pd.DataFrame(rows, columns=["order", "state_count", "log_likelihood"])
    return table.assign(chosen=table["order"] == chosen)


def _drawn(steps: Steps, random: np.random.Generator) -> Steps:
    """As many journeys as suffice, by lot."""
    total = (steps.conversions + steps.nulls).sum()
    if total <= MOST_JUDGED:
        return steps
    counts = (np.rint(each).astype(np.int64) for each in (steps.conversions, steps.nulls))
    conversions, nulls = (random.binomial(n, MOST_JUDGED / total).astype(float) for n in counts)
    return steps.recounted(conversions, steps.value, nulls)


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
        codes = steps.context(order)
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
    pair, _ = numbered(context * wide + target)
    whole, _ = numbered(context)
    of_pair = np.bincount(pair, seen)[pair] if len(pair) else seen
    of_whole = np.bincount(whole, seen)[whole] if len(whole) else seen
    return np.asarray((of_pair + before) / (of_whole + 1), dtype=np.float64)
