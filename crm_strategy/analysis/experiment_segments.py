"""Lifts by segment: whether an experiment worked better for some customers than for others."""

from collections.abc import Sequence
from typing import Any

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.experiment_counts import control_of
from crm_strategy.analysis.experiment_tests import holm, interaction_test
from crm_strategy.analysis.intervals import difference_interval

COLUMNS = (
    *("experiment", "variant", "segment", "size", "control_size", "rate", "control_rate"),
    *("difference", "low", "high", "p_adjusted"),
)


def segment_lifts(people: ibis.Table, members: ibis.Table) -> pd.DataFrame:
    """Each variant against its control, segment by segment.

    Parameters
    ----------
    people
        Result of `experiment_counts.participants`.
    members
        `experiment`, `customer_id`, `segment` as known before the test, such as
        `experiment_counts.order_bands`.

    Returns
    -------
    DataFrame
        `experiment`, `variant`, `segment`, `size`, `control_size`, `rate`, `control_rate`,
        `difference`, `low`, `high` (95 %, Newcombe), `p_adjusted` (Holm over all rows: that the
        segment's difference is that of all other customers of the experiment; z test of two
        differences).
    """
    counted = (
        people.filter(_.left_out.isnull(), _.customer_id.notnull(), _.conversions.notnull())
        .join(members, ["experiment", "customer_id"])
        .group_by("experiment", "segment", "variant")
        .agg(size=_["size"].sum(), conversions=_.conversions.sum())
        .order_by("experiment", "segment", "variant")
        .to_pandas()
    )
    rows: list[dict[str, Any]] = []
    for experiment, group in counted.groupby("experiment", sort=True):
        control = control_of(group["variant"])
        for variant in sorted(set(group["variant"]) - {control}):
            both = group.pivot(index="segment", columns="variant").reindex(
                columns=[
                    (what, who) for what in ("size", "conversions") for who in (variant, control)
                ]
            )
            table = both.fillna(0).to_numpy(dtype="float64")
            for place, segment in enumerate(both.index):
                ours = _segment(table[place], table.sum(axis=0) - table[place])
                rows.append(
                    {"experiment": experiment, "variant": variant, "segment": segment} | ours
                )
    for row, p in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row["p_adjusted"] = p
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _segment(own: Sequence[float], others: Sequence[float]) -> dict[str, Any]:
    size, control_size, count, control_count = (float(value) for value in own)
    rate, base = _share(count, size), _share(control_count, control_size)
    low, high = difference_interval(count, size, control_count, control_size)
    return {
        "size": int(size),
        "control_size": int(control_size),
        "rate": rate,
        "control_rate": base,
        "difference": rate - base,
        "low": low,
        "high": high,
        "p_value": interaction_test(own, others),
    }


def _share(count: float, size: float) -> float:
    return count / size if size > 0 else float("nan")
