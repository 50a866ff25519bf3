"""Stages of the lifecycle: which to hide, as active customers tell one from the others."""

import math
from collections.abc import Mapping

import pandas as pd

from crm_strategy.analysis.lifecycle import smallest_stage_counts
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.payload import hidden, too_few
from crm_strategy.views.privacy import narrowed, small

SUMS = (("new", "retained", "returned"), ("retained", "lapsed"))
"""Stages whose sums the KPIs tell: active customers now and a period ago."""


def stages_to_hide(counts: Mapping[str, float]) -> set[str]:
    """Stages whose size would tell a small group, itself or through the KPIs.

    Parameters
    ----------
    counts
        Customers by stage; `inactive` where it is known.
    """
    stages = {stage: float(counts.get(stage, 0)) for stage in (*SUMS[0], "lapsed")}
    told = smallest_stage_counts(**stages, inactive=float(counts.get("inactive", math.nan)))
    return {stage for stage, n in told.items() if small(n)}


def without_telling_stages(stages: Data, total: "Data | None" = None) -> pd.DataFrame:
    """Stages without the numbers that would tell a small one.

    Parameters
    ----------
    stages
        `stage`, `customer_count` and other numbers; `period` where there are several.
    total
        Result of `lifetime_value.total_value`: how many customers there are, now.
    """
    rows = frame_of(stages)
    if rows.empty:
        return rows
    index, rows = rows.index, rows.reset_index(drop=True)
    numbers = [each for each in rows.columns if each not in ("kind", "segment", "stage", "period")]
    shown = rows.astype(dict.fromkeys(numbers, "object"))
    periods = rows.groupby("period").groups.values() if "period" in rows else [rows.index]
    for period in periods:
        sizes = rows.loc[period].set_index("stage")["customer_count"]
        counts = {str(stage): float(n) for stage, n in sizes.items()}
        known = counts | inactive_of(counts, total)
        gone = stages_to_hide(known)
        sums = [[(stage in each, stage not in each and stage) for stage in known] for each in SUMS]
        places = [at for at, stage in enumerate(known) if stage in gone]
        unsaid = {[*known][at] for at in narrowed([*known.values()], places, sums)}
        for at in period:
            stage, count = rows.at[at, "stage"], rows.at[at, "customer_count"]
            if stage in gone:
                for each in numbers:
                    if not pd.isna(rows.at[at, each]):
                        shown.at[at, each] = hidden()
                few = small(count) and stage not in unsaid
                shown.at[at, "customer_count"] = too_few() if few else hidden()
    return shown.set_axis(index)


def inactive_of(counts: Mapping[str, float], total: "Data | None") -> dict[str, float]:
    """Customers of no stage, where it is known how many there are in all."""
    if total is None or "inactive" in counts:
        return {}
    return {"inactive": float(frame_of(total)["customer_count"].sum() - sum(counts.values()))}
