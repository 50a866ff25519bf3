"""The KPIs of every group of a period: beside the past, natural limits, and what chance gives."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd
from scipy.stats import binom

from crm_strategy.analysis.kpi_groups import SEGMENT
from crm_strategy.analysis.kpi_table import COLUMNS as KPI_COLUMNS
from crm_strategy.analysis.kpi_table import judged_values, kpi_table
from crm_strategy.analysis.signals import false_alarm_rate
from crm_strategy.analysis.spans import PeriodLike
from crm_strategy.words.kpis import KPIS

_COUNTS: Final = ("buyers", "members", "actives")
_WHEN: Final = ("", "previous_", "last_year_")

COLUMNS: Final = (
    *("breakdown", "group", *KPI_COLUMNS, "false_alarm"),
    *(f"{when}{count}" for count in _COUNTS for when in _WHEN),
    "within",
)

MIRRORS: Final = frozenset({"churn_rate", "ltv_to_cac", "payback_months"})
"""KPIs that move with another by their definition: no second sign of the same."""


def kpi_group_table(
    breakdowns: pd.DataFrame,
    *,
    period: PeriodLike,
    previous: PeriodLike,
    year_before: PeriodLike,
    goals: Sequence[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """One row per group and KPI that ever had a value: `kpis.kpi_table` of every group.

    Parameters
    ----------
    breakdowns
        Result of `kpi_breakdowns.kpi_breakdowns`.
    period, previous, year_before
        The periods to show.
    goals
        Goals with their status, as in `kpi_table`: those of a segment are held against it.

    Returns
    -------
    DataFrame
        `breakdown`, `group`, the columns of `kpis.kpi_table`, `false_alarm` (the chance that
        noise alone gives a signal, 0 where too few earlier values are known), `buyers`,
        `previous_buyers`, `last_year_buyers`, `members`, `previous_members`,
        `last_year_members`, `actives`, `previous_actives`, `last_year_actives`, `within` (as of
        `kpi_breakdowns`).
    """
    parts = []
    for (breakdown, group), rows in breakdowns.groupby(["breakdown", "group"], sort=False):
        known = rows[rows["value"].notna().groupby(rows["kpi"]).transform("any")]
        own = [dict(goal) | {"segment": "all"} for goal in goals if goal["segment"] == group]
        table = kpi_table(
            known,
            period=period,
            previous=previous,
            year_before=year_before,
            goals=own if breakdown == SEGMENT else (),
        )
        chances = [_false_alarm(known[known["kpi"] == kpi], period) for kpi in table["kpi"]]
        counts = rows.drop_duplicates("period").set_index("period")[list(_COUNTS)]
        told = {
            f"{when}{count}": counts[count].get(each.id, math.nan)
            for when, each in zip(_WHEN, (period, previous, year_before), strict=True)
            for count in _COUNTS
        }
        within = [rows["within"].iloc[0]] * len(table)
        named = {"breakdown": breakdown, "group": group, "within": within}
        parts.append(table.assign(**named, false_alarm=chances, **told))
    found = [part for part in parts if len(part)]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    # No goal at all is a column of nothing, whose type is lost beside others.
    return pd.concat([part.astype({"status": "object"}) for part in found], ignore_index=True)[
        list(COLUMNS)
    ]


class Chance(NamedTuple):
    """What chance alone would give of so many series."""

    series: int
    signals: int
    expected: float
    probability: float
    """Of as many signals or more, were the series independent and nothing but noise."""


def chance_signals(table: pd.DataFrame) -> Chance:
    """How many signals noise alone would give, beside those that there are.

    Parameters
    ----------
    table
        Rows of `kpi_group_table`: `kpi`, `verdict`, `false_alarm`. KPIs that mirror another do
        not count.
    """
    judged = table[table["verdict"].isin(["signal_high", "signal_low", "noise"])]
    judged = judged[~judged["kpi"].isin(MIRRORS)]
    signals, series = int((judged["verdict"] != "noise").sum()), len(judged)
    expected = math.fsum(judged["false_alarm"])
    likely = float(binom.sf(signals - 1, series, expected / series)) if series else 1.0
    return Chance(series, signals, expected, likely)


def _false_alarm(rows: pd.DataFrame, period: PeriodLike) -> float:
    seasonal = KPIS[str(rows["kpi"].iloc[0])].seasonal
    earlier, now = judged_values(rows, period=period, seasonal=seasonal)
    known = [value for value in earlier if value is not None and math.isfinite(value)]
    return false_alarm_rate(len(known)) if now is not None and math.isfinite(now) else 0.0
