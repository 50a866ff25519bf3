"""Maximum likelihood on weighted rows: several starts, analytic gradients, covariance."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crm_strategy.analysis.histories import Floats

Scores = Callable[[Floats], tuple[Floats, Floats]]
"""At the logarithms of the parameters: log-likelihood of each row, and its gradient by each
logarithm (one row a parameter)."""


@dataclass(frozen=True)
class Sample:
    """Distinct rows, in parts that stay in the processor's cache, and how often each occurs.

    Sums are einsum's: a matrix product wakes threads for some microseconds of work, and adds
    up in an order that depends on their number.
    """

    parts: Sequence[Scores]
    weights: Sequence[Floats]
    """Of each part."""

    @property
    def count(self) -> float:
        """Customers."""
        return sum(float(weights.sum()) for weights in self.weights)

    def mean(self, place: Floats) -> tuple[float, Floats]:
        """Mean log-likelihood over the customers and its gradient."""
        value, gradient = 0.0, np.zeros_like(place)
        for values, scores, weights in self._parts_at(place):
            value += float(np.einsum("j,j", values, weights))
            gradient += np.einsum("ij,j->i", scores, weights)
        return value / self.count, gradient / self.count

    def curvature(self, place: Floats, slope: Floats | None = None) -> Floats:
        """Minus the second derivatives of the mean log-likelihood, whose slope may be known."""
        slope = self.mean(place)[1] if slope is None else slope
        steps = np.eye(len(place)) * _STEP
        curvature = np.array([(slope - self.mean(place + step)[1]) / _STEP for step in steps])
        return np.asarray((curvature + curvature.T) / 2)

    def spread(self, place: Floats) -> Floats:
        """Mean square of the gradients: about the curvature, and never below 0 as that may be."""
        squares = np.zeros((len(place), len(place)))
        for _, scores, weights in self._parts_at(place):
            squares += np.einsum("ik,jk->ij", scores * weights, scores)
        return squares / self.count

    def scores(self, place: Floats) -> Floats:
        """Gradients of all rows, one row a parameter."""
        return np.concatenate([scores for _, scores, _ in self._parts_at(place)], axis=1)

    def reweighted(self, weights: Floats) -> "Sample":
        """The same rows, each as often as now said of all."""
        ends = np.cumsum([len(part) for part in self.weights])
        return Sample(self.parts, np.split(weights, ends[:-1]))

    def _parts_at(self, place: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
        for part, weights in zip(self.parts, self.weights, strict=True):
            yield (*part(place), weights)


@dataclass(frozen=True)
class Found:
    """Where the likelihood is greatest."""

    place: Floats
    """Logarithms of the parameters."""
    mean: float
    """Mean log-likelihood there."""
    curvature: Floats
    """Minus its second derivatives there."""
    runaway: tuple[bool, ...]
    """Which parameters ran to a bound, or so far that the data do not hold them."""
    converged: bool
    """Whether the gradient vanishes in all other parameters."""


def search(
    full: Sample, thin: Sample, starts: Sequence[Floats], *, low: Floats, high: Floats
) -> Found:
    """Maximise the likelihood: all starts on a thin sample, the best of them on all rows.

    Parameters
    ----------
    full, thin
        All rows; some of them, or all again, to find the way cheaply.
    starts
        Logarithms of the parameters to start from.
    low, high
        Bounds of the logarithms.
    """
    found = [
        climb(thin, start, thin.spread(start), low=low, high=high, level=_ROUGH) for start in starts
    ]
    start = max(found, key=lambda place: thin.mean(place)[0])
    return refine(full, start, thin.curvature(start), low=low, high=high)


def refine(sample: Sample, start: Floats, curvature: Floats, *, low: Floats, high: Floats) -> Found:
    """Maximise from a place near the maximum, whose curvature is about known."""
    place, mean, gradient = _climbed(sample, start, curvature, low=low, high=high)
    curvature = sample.curvature(place, gradient)
    for _ in range(_POLISHES):
        if not np.isfinite(inverse(curvature)).all():
            break
        step, _ = _step_inside(curvature, gradient, place, low, high)
        if np.abs(step).max() < _EXACT:
            break
        next_place = np.clip(place + step, low, high)
        next_mean, next_gradient = sample.mean(next_place)
        if not next_mean >= mean - _FLAT:
            break
        place, mean, gradient = next_place, next_mean, next_gradient
        if np.abs(step).max() > _NEAR:
            curvature = sample.curvature(place, gradient)
    return Found(
        place,
        mean,
        curvature,
        _runaway(place, curvature * sample.count, low, high),
        bool(np.abs(gradient).max() < _LEVEL),
    )


def climb(
    sample: Sample,
    start: Floats,
    curvature: Floats,
    *,
    low: Floats,
    high: Floats,
    level: float = 1e-7,
    least: float = 0.0,
) -> Floats:
    """Climb to where the slope is below `level`, by BFGS from the curvature about known.

    A parameter that runs into its bound stays there while the others climb on. The climb also
    ends where the next step would raise the mean log-likelihood by less than `least`.
    """
    return _climbed(sample, start, curvature, low=low, high=high, level=level, least=least)[0]


def _climbed(
    sample: Sample,
    start: Floats,
    curvature: Floats,
    *,
    low: Floats,
    high: Floats,
    level: float = 1e-7,
    least: float = 0.0,
) -> tuple[Floats, float, Floats]:
    """Where a climb ends, with the mean log-likelihood and its slope there."""
    place, bends = np.clip(start, low, high), _round(curvature)
    height, slope = sample.mean(place)
    for _ in range(_CLIMBS):
        step, free = _step_inside(bends, slope, place, low, high)
        if not np.abs(slope * free).max() >= level or slope @ step < 2 * least:
            break
        step *= min(_room(step, place, low, high), _FARTHEST / np.abs(step).max())
        rise = float(slope @ step)
        for _ in range(_SHORTER):
            next_place = np.clip(place + step, low, high)
            next_height, next_slope = sample.mean(next_place)
            if next_height >= height + _WORTH * rise - _FLAT:
                break
            # To the top of the parabola through what is known; not so far if nothing is.
            share = rise / 2 / (height + rise - next_height)
            share = float(np.fmin(np.fmax(share, 0.1), 0.5))
            step, rise = share * step, share * rise
        else:
            break
        bends = _bent(bends, step, slope - next_slope)
        place, height, slope = next_place, next_height, next_slope
    return np.asarray(place), height, slope


def inverse(curvature: Floats) -> Floats:
    """Covariance of the logarithms; no value where the likelihood has no single peak."""
    try:
        root = np.linalg.inv(np.linalg.cholesky(curvature))
    except np.linalg.LinAlgError:
        return np.full(curvature.shape, np.nan)
    return np.asarray(root.T @ root)


_STEP = 1e-6
_EXACT = 1e-9
_NEAR = 1e-4
_FLAT = 1e-12
_ROUGH = 1e-5
_LEVEL = 1e-5
_POLISHES = 12
_CLIMBS = 100
_SHORTER = 20
_FARTHEST = 2.0
"""No step changes a parameter by more than a factor of 7."""
_WORTH = 1e-4
_FLATTEST = 1e-6
_AT = 1e-9
_AT_BOUND = 1.0
_LOOSE = 3.0
"""A standard error of 3 on a logarithm leaves a parameter free by factors of 400."""


def _round(curvature: Floats) -> Floats:
    """A curvature seen as a hill's also where it is flat or a valley's."""
    if not np.isfinite(curvature).all():
        return np.eye(len(curvature))
    bends, axes = np.linalg.eigh(curvature)
    bends = np.abs(bends)
    bends = np.maximum(bends, _FLATTEST * max(bends.max(), _FLATTEST))
    return np.asarray((axes * bends) @ axes.T)


def _bent(bends: Floats, step: Floats, change: Floats) -> Floats:
    """The curvature after a step over which the slope has fallen by `change`: BFGS."""
    turn, pull = float(step @ change), bends @ step
    if not turn > _FLATTEST * np.sqrt(float(step @ step) * float(change @ change)):
        return bends
    known = np.outer(pull, pull) / float(step @ pull)
    return np.asarray(bends - known + np.outer(change, change) / turn)


def _step_inside(
    bends: Floats, slope: Floats, place: Floats, low: Floats, high: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Newton's step of the parameters that don't push against a bound, and which these are."""
    free = np.ones(len(place), dtype=bool)
    while True:
        step = np.zeros_like(place)
        step[free] = np.linalg.solve(bends[np.ix_(free, free)], slope[free])
        out = ((place >= high - _AT) & (step > 0)) | ((place <= low + _AT) & (step < 0))
        if not out.any():
            return step, free
        free &= ~out


def _room(step: Floats, place: Floats, low: Floats, high: Floats) -> float:
    """The share of a step that ends at the first bound; at most all of it."""
    far, ahead = np.abs(step), np.where(step > 0, high - place, place - low)
    shares = np.divide(ahead, far, out=np.ones_like(far), where=far > 0)
    return float(min(1.0, shares.min()))


def _runaway(place: Floats, information: Floats, low: Floats, high: Floats) -> tuple[bool, ...]:
    covariance = inverse(information)
    # Where the peak is flat, its flattest direction says which parameters are loose.
    if np.isfinite(covariance).all():
        loose = np.sqrt(np.diag(covariance)) > _LOOSE
    else:
        flattest = np.linalg.eigh(information)[1][:, 0] if np.isfinite(information).all() else 1.0
        loose = np.abs(flattest) * np.ones(len(place)) > 1 / 2
    bound = (place < low + _AT_BOUND) | (place > high - _AT_BOUND)
    return tuple(bool(runs) for runs in loose | bound)
