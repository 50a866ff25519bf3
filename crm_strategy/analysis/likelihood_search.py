"""Maximum likelihood on weighted rows: several starts, analytic gradients, covariance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from crm_strategy.analysis.histories import Floats

Scores = Callable[[Floats], tuple[Floats, Floats]]
"""At the logarithms of the parameters: log-likelihood of each row, and its gradient by each
logarithm (one row a parameter)."""


@dataclass(frozen=True)
class Sample:
    """Distinct rows, how often each occurs, and how likely parameters make them."""

    scores: Scores
    weights: Floats

    def mean(self, place: Floats) -> tuple[float, Floats]:
        """Mean log-likelihood over the customers and its gradient."""
        values, scores = self.scores(place)
        count = self.weights.sum()
        return float(values @ self.weights) / count, scores @ self.weights / count

    def curvature(self, place: Floats) -> Floats:
        """Minus the second derivatives of the mean log-likelihood."""
        steps = np.eye(len(place)) * _STEP
        rows = [(self.mean(place - s)[1] - self.mean(place + s)[1]) / (2 * _STEP) for s in steps]
        curvature = np.array(rows)
        return np.asarray((curvature + curvature.T) / 2)


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
    full: Sample,
    thin: Sample,
    starts: Sequence[Floats],
    *,
    low: Floats,
    high: Floats,
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
    found = [_climb(thin, np.clip(start, low, high), low, high, _ROUGH) for start in starts]
    start = max(found, key=lambda place: thin.mean(place)[0])
    return refine(full, start, thin.curvature(start), low=low, high=high)


def refine(sample: Sample, start: Floats, curvature: Floats, *, low: Floats, high: Floats) -> Found:
    """Maximise from a place near the maximum, whose curvature is about known."""
    place = peak(sample, start, curvature, low=low, high=high)
    mean, gradient = sample.mean(place)
    curvature = sample.curvature(place)
    for _ in range(_POLISHES):
        step = _newton_step(gradient, curvature)
        if step is None or np.abs(step).max() < _EXACT:
            break
        next_place = np.clip(place + step, low, high)
        next_mean, next_gradient = sample.mean(next_place)
        if not next_mean >= mean - _FLAT:
            break
        place, mean, gradient = next_place, next_mean, next_gradient
        if np.abs(step).max() > _NEAR:
            curvature = sample.curvature(place)
    return Found(
        place,
        mean,
        curvature,
        _runaway(place, curvature * sample.weights.sum(), low, high),
        bool(np.abs(gradient).max() < _LEVEL),
    )


def peak(
    sample: Sample,
    start: Floats,
    curvature: Floats,
    *,
    low: Floats,
    high: Floats,
    level: float = 1e-7,
) -> Floats:
    """Climb from near the top to where the slope is below `level`.

    Seen through the root of the curvature the hill is round, and few steps reach its top.
    """
    try:
        root = linalg.cholesky(curvature, lower=True)
    except (linalg.LinAlgError, ValueError):
        return _climb(sample, start, low, high)
    if np.diag(root).min() < _NEAR * np.diag(root).max():
        return _climb(sample, start, low, high)

    def place_of(seen: Floats) -> Floats:
        return np.asarray(start + linalg.solve_triangular(root, seen, lower=True, trans="T"))

    def loss(seen: Floats) -> tuple[float, Floats]:
        place = place_of(seen)
        inside = np.clip(place, low, high)
        mean, gradient = sample.mean(inside)
        # Outside the bounds the hill falls away, so that the search turns back.
        over = place - inside
        slope = gradient * (over == 0) - over
        value = mean - float(over @ over) / 2
        return -value, -linalg.solve_triangular(root, slope, lower=True)

    options = {"gtol": level, "maxiter": 60}
    found = optimize.minimize(loss, np.zeros_like(start), jac=True, method="BFGS", options=options)
    return np.asarray(np.clip(place_of(found.x), low, high))


def inverse(curvature: Floats) -> Floats:
    """Covariance of the logarithms; no value where the likelihood has no single peak."""
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(curvature), np.eye(len(curvature))))
    except (linalg.LinAlgError, ValueError):
        return np.full(curvature.shape, np.nan)


_STEP = 1e-4
_EXACT = 1e-9
_NEAR = 1e-4
_FLAT = 1e-12
_ROUGH = 1e-5
_LEVEL = 1e-5
_POLISHES = 12
_AT_BOUND = 1.0
_LOOSE = 3.0
"""A standard error of 3 on a logarithm leaves a parameter free by factors of 400."""


def _climb(sample: Sample, start: Floats, low: Floats, high: Floats, level: float = 1e-8) -> Floats:
    def loss(place: Floats) -> tuple[float, Floats]:
        mean, gradient = sample.mean(place)
        return -mean, -gradient

    found = optimize.minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, high, strict=True)),
        options={"maxiter": 300, "ftol": level / 1e5, "gtol": level},
    )
    return np.asarray(found.x)


def _newton_step(gradient: Floats, curvature: Floats) -> Floats | None:
    step = inverse(curvature) @ gradient
    return step if np.isfinite(step).all() else None


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
