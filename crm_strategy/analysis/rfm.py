"""RFM: how recently, how often and how much each customer buys, and the segments of that."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

import ibis
from ibis import _

from crm_strategy.analysis.members import EXPECTED, with_values
from crm_strategy.analysis.profiles import customer_behaviour
from crm_strategy.analysis.rfm_maps import (
    MAPS,
    SEGMENT_CODES,
    SEGMENT_KPIS,
    SEGMENTS,
    segments_of_scores,
)

__all__ = [
    "MAPS",
    "SEGMENTS",
    "SEGMENT_CODES",
    "SEGMENT_KPIS",
    "customer_segments",
    "cut_points",
    "rf_grid",
    "rfm_scores",
    "scores_of_profiles",
    "segment_of",
    "segment_summary",
]

Cuts = Mapping[str, Sequence[float]]
"""Cut points by measure (`recency_days`, `order_count`, `revenue`): a score is 1 + the number of
them a customer reaches; of days, the fewer the better."""

_LEVELS = 5
_DAYS = "recency_days"
_REACHED_BY_ALL = {True: math.inf, False: -math.inf}
"""Cut points that any customer reaches, of days and of what is the better the more."""
_SCORES = {
    _DAYS: "recency_score",
    "order_count": "frequency_score",
    "revenue": "monetary_score",
}


def rfm_scores(
    orders: ibis.Table, *, as_of: date, bins: int = 5, cuts: Cuts | None = None
) -> ibis.Table:
    """Score each customer 1 (worst) to `bins` (best) on recency, frequency, monetary.

    Parameters
    ----------
    orders, as_of
        As in `profiles.customer_behaviour`.
    bins, cuts
        As in `scores_of_profiles`.

    Returns
    -------
    Table
        As of `scores_of_profiles`.
    """
    return scores_of_profiles(customer_behaviour(orders, as_of=as_of), bins=bins, cuts=cuts)


def scores_of_profiles(
    profiles: ibis.Table, *, bins: int = 5, cuts: Cuts | None = None
) -> ibis.Table:
    """Score each customer 1 (worst) to `bins` (best) on recency, frequency, monetary.

    score = 1 + floor(bins × share of customers strictly worse), so equal customers score
    alike and one-off buyers are never promoted by chance. A measure that is the same of all
    customers tells nothing of anybody: days score the best, for nobody came later, all else the
    middle, floor((bins + 1) / 2); but where nobody has bought twice, frequency and equal revenue
    stay at 1. With cut points, score = 1 + the number of cut points reached, so that two periods
    compare.

    Parameters
    ----------
    profiles
        Result of `profiles.customer_behaviour` or `customer_profiles`.
    bins
        Number of score levels.
    cuts
        Cut points of the measures that are not to be cut by shares of customers: the client's
        own, or those of another period (`cut_points`).

    Returns
    -------
    Table
        One row per customer: `customer_id`, `recency_days` (last order to `as_of`),
        `order_count`, `revenue` (money, net), `recency_score`, `frequency_score`,
        `monetary_score`.
    """
    customers = profiles.select("customer_id", *_SCORES)
    scores = {
        score: _fixed_score(customers[measure], measure, cuts[measure])
        if cuts and measure in cuts
        else _score(customers, measure, bins)
        for measure, score in _SCORES.items()
    }
    return customers.mutate(**scores)


def cut_points(
    scores: ibis.Table, *, bins: int = 5, cuts: Cuts | None = None
) -> dict[str, tuple[float, ...]]:
    """The cut points behind scores: with them, another period is scored by the same marks.

    Parameters
    ----------
    scores
        Result of `rfm_scores` or `scores_of_profiles`.
    bins
        Its number of score levels.
    cuts
        The client's own cut points, where the scores were made by some: these stay.

    Returns
    -------
    dict
        By measure: the worst value of each level above the first, worst first. A level nobody
        reaches has none. Where a measure is the same of all customers, anything reaches the
        level they have: what tells nobody apart moves nobody.
    """
    asked = {
        f"{measure}_{level}": (
            scores[measure].max(where=scores[score] >= level)
            if measure == _DAYS
            else scores[measure].min(where=scores[score] >= level)
        )
        for measure, score in _SCORES.items()
        for level in range(2, bins + 1)
    }
    for measure, score in _SCORES.items():
        alike = (scores[measure].min() == scores[measure].max()) & (
            scores[score].max() == _score_of_alike(measure, bins)
        )
        asked[f"{measure}_alike"] = alike
    found = scores.aggregate(**asked).to_pandas().iloc[0]
    marks = {
        measure: tuple(
            _REACHED_BY_ALL[measure == _DAYS]
            if found[f"{measure}_alike"]
            else float(found[f"{measure}_{level}"])
            for level in range(2, bins + 1)
            if found.notna()[f"{measure}_{level}"]
        )
        for measure in _SCORES
    }
    return marks | {measure: tuple(own) for measure, own in (cuts or {}).items()}


def customer_segments(
    scores: ibis.Table, *, bins: int = 5, segment_map: str = "named"
) -> ibis.Table:
    """Name the segment of each customer.

    Parameters
    ----------
    scores
        Result of `rfm_scores` or `scores_of_profiles`.
    bins
        Number of score levels of `scores`. Other than five are spread evenly over 1 to 5,
        1 + round(4 (score − 1) / (bins − 1)), halves up: best stays best, worst stays worst.
    segment_map
        `named` (eight segments), `codes` (eleven, by all three scores) or `grid` (ten, by
        recency and frequency).

    Returns
    -------
    Table
        `scores` and `segment`, one of `MAPS[segment_map]`.
    """
    return scores.mutate(segment=segment_of(scores, bins=bins, segment_map=segment_map))


def segment_of(scores: ibis.Table, *, bins: int = 5, segment_map: str = "named") -> ibis.Value:
    """The segment alone, as a value of `scores`; see `customer_segments`."""
    recency, frequency, monetary = (_level(scores[score], bins) for score in _SCORES.values())
    names = ibis.literal(segments_of_scores(segment_map), type="array<string>")
    # Places in the list, from 0: the scores as figures of a number to the base of five.
    return names[(recency - 1) * _LEVELS**2 + (frequency - 1) * _LEVELS + monetary - 1]


def segment_summary(customers: ibis.Table, values: ibis.Table | None = None) -> ibis.Table:
    """Size and worth of each segment; Σ of all segments is all customers who ever ordered.

    Parameters
    ----------
    customers
        Result of `customer_segments`.
    values
        Per customer `customer_id`, `p_alive`, `expected_orders`, `expected_value` (money);
        without them these have no value.

    Returns
    -------
    Table
        One row per segment that has customers, most revenue first: `segment`,
        `customer_count`, `customer_share`, `revenue` (money, net), `revenue_share` (no value
        unless total revenue is above 0), `average_order_value` = revenue / orders,
        `purchase_frequency` = orders / customers, both over all observed time, `p_alive` and
        `expected_orders` (means per customer), `expected_value` (Σ), `kpi` (the KPI that work
        with the segment should move), `median_recency_days`, `order_count`.
    """
    sizes = (
        with_values(customers, values)
        .group_by("segment")
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum(),
            order_count=_.order_count.sum(),
            median_recency_days=_.recency_days.median(),
            **EXPECTED,
        )
    )
    total = sizes.revenue.sum().over()
    return sizes.select(
        "segment",
        "customer_count",
        customer_share=_.customer_count / _.customer_count.sum().over(),
        revenue=_.revenue,
        revenue_share=ibis.ifelse(total > 0, sizes.revenue / total, None),
        average_order_value=_.revenue / _.order_count,
        purchase_frequency=_.order_count / _.customer_count,
        p_alive=_.p_alive,
        expected_orders=_.expected_orders,
        expected_value=_.expected_value,
        kpi=_.segment.cases(*SEGMENT_KPIS.items()),
        median_recency_days=_.median_recency_days,
        order_count=_.order_count,
    ).order_by(_.revenue.desc(), _.segment)


def rf_grid(scores: ibis.Table, *, bins: int = 5) -> ibis.Table:
    """Customers and revenue in each cell of recency and frequency.

    Parameters
    ----------
    scores, bins
        As in `customer_segments`.

    Returns
    -------
    Table
        One row per cell with customers, best first: `recency_score`, `frequency_score`,
        `segment` of the grid, `customer_count`, `revenue` (money, net).
    """
    return (
        customer_segments(scores, bins=bins, segment_map="grid")
        .group_by("recency_score", "frequency_score", "segment")
        .agg(customer_count=_.count(), revenue=_.revenue.sum())
        .order_by(_.recency_score.desc(), _.frequency_score.desc())
    )


def _score(customers: ibis.Table, measure: str, bins: int) -> ibis.Value:
    value = customers[measure]
    # rank() starts at 0 and ties share the lowest rank: it counts those strictly worse.
    worst_first = value.desc() if measure == _DAYS else value
    score = ibis.rank().over(order_by=worst_first) * bins // value.count().over() + 1
    alike = value.min().over() == value.max().over()
    if measure != _DAYS:
        # Customers with one order are new, however alike they are.
        alike = alike & (customers.order_count.max().over() > 1)
    return ibis.ifelse(alike, _score_of_alike(measure, bins), score)


def _score_of_alike(measure: str, bins: int) -> int:
    """The score of a measure that is the same of all customers."""
    return bins if measure == _DAYS else (bins + 1) // 2


def _level(score: ibis.Value, bins: int) -> ibis.Value:
    if bins == _LEVELS:
        return score
    steps = bins - 1
    return 1 + (2 * (_LEVELS - 1) * (score - 1) + steps) // (2 * steps)


def _fixed_score(value: ibis.Value, measure: str, cuts: Sequence[float]) -> ibis.Value:
    better = [value <= cut if measure == _DAYS else value >= cut for cut in cuts]
    score: ibis.Value = ibis.literal(1, type="int64")
    for reached in better:
        score = score + reached.cast("int64")
    return score
