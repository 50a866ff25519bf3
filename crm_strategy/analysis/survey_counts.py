"""Answers of each period: how many satisfied, how many promoters and detractors."""

from collections.abc import Sequence

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.group_members import by_period, in_groups, members_then
from crm_strategy.analysis.spans import PeriodLike, Span, bucket_of, edges_of, layers, spans_of

COUNTS = ("csat_answers", "csat_satisfied", "nps_answers", "nps_promoters", "nps_detractors")

_SCALE, _NPS_SCALE = 5, 10
_PROMOTER, _DETRACTOR = 9, 6


def survey_counts(surveys: ibis.Table, *, periods: Sequence[PeriodLike]) -> pd.DataFrame:
    """Count the answers of each period by what they say.

    Parameters
    ----------
    surveys
        One row per answer: `answered_at` (timestamp), `kind` (csat, nps), `score`,
        `scale_max` (of csat 5 where missing). Answers without a score do not count, nor does
        NPS of another scale than 0 to 10.
    periods
        The periods: `id`, `start`, `end` (inclusive days).

    Returns
    -------
    DataFrame
        Indexed by period id, NaN where the period has no answer of that kind:
        `csat_answers`, `csat_satisfied` (the two best boxes: scale_max − 1 and scale_max; of
        scales up to 3 the best alone, for the middle is no praise), `nps_answers`,
        `nps_promoters` (9 or 10), `nps_detractors` (0 to 6).
    """
    spans = spans_of(periods)
    parts = [_layer_counts(surveys, layer) for layer in layers(spans)]
    counted = pd.concat(parts) if parts else pd.DataFrame(columns=list(COUNTS))
    return counted.reindex([span.id for span in spans]).astype("float64")


def group_survey_counts(
    surveys: ibis.Table, members: ibis.Table, layer: Sequence[Span]
) -> pd.DataFrame:
    """As `survey_counts`, for every group of customers and period at once.

    Parameters
    ----------
    surveys
        As in `survey_counts`, with `customer_id`.
    members
        As in `group_orders.group_counts`.
    layer
        Periods that do not overlap.

    Returns
    -------
    DataFrame
        Indexed by `group` and `period` (id), `COUNTS`; without rows of groups nobody answered
        for. 0 where there is no answer of that kind.
    """
    placed = in_groups(_marked(surveys, layer), members_then(members, layer))
    return by_period(_sums(placed, "group", "bucket"), layer)


def _layer_counts(surveys: ibis.Table, layer: Sequence[Span]) -> pd.DataFrame:
    edges = edges_of(layer)
    table = _sums(_marked(surveys, layer), "bucket").set_index("bucket").astype("float64")
    for kind in ("csat", "nps"):
        columns = [column for column in COUNTS if column.startswith(kind)]
        table.loc[table[f"{kind}_answers"] == 0, columns] = float("nan")
    return table.rename(index={edges.index(span.start) + 1: span.id for span in layer})


def _marked(surveys: ibis.Table, layer: Sequence[Span]) -> ibis.Table:
    """Answers with a score, each with its bucket and whether it is of a satisfied customer."""
    scale = surveys.scale_max.fill_null(_SCALE)
    boxes = ibis.ifelse(scale > 3, 1, 0)
    return surveys.filter(_.score.notnull()).mutate(
        bucket=bucket_of(surveys.answered_at, edges_of(layer)),
        satisfied=surveys.score >= scale - boxes,
    )


def _sums(answers: ibis.Table, *keys: str) -> pd.DataFrame:
    csat = answers.kind == "csat"
    nps = (answers.kind == "nps") & (answers.scale_max.fill_null(_NPS_SCALE) == _NPS_SCALE)
    counts = answers.group_by(keys).agg(
        csat_answers=csat.sum(),
        csat_satisfied=(csat & answers.satisfied).sum(),
        nps_answers=nps.sum(),
        nps_promoters=(nps & (answers.score >= _PROMOTER)).sum(),
        nps_detractors=(nps & (answers.score <= _DETRACTOR)).sum(),
    )
    return counts.to_pandas()
