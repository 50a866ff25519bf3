from datetime import date

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.kpi_group_table import COLUMNS, chance_signals, kpi_group_table
from crm_strategy.analysis.signals import false_alarm_rate, signal
from crm_strategy.analysis.spans import Span

MONTHS = [
    Span(
        f"{2025 + n // 12}-{n % 12 + 1:02}", *[date(2025 + n // 12, n % 12 + 1, d) for d in (1, 28)]
    )
    for n in range(14)
]
BESIDE = {"period": MONTHS[13], "previous": MONTHS[12], "year_before": MONTHS[1]}


def history(breakdown, group, kpi, *values):
    return pd.DataFrame(
        {
            "breakdown": breakdown,
            "group": group,
            "kpi": kpi,
            "period": [span.id for span in MONTHS],
            "value": values,
            **dict.fromkeys(("low", "high", "smallest_count"), float("nan")),
            "n": 100.0,
            **dict.fromkeys(("customers", "buyers"), 80.0),
            "members": 90.0,
            "actives": float("nan"),
            "within": [()] * len(MONTHS),
            "unit": "share",
            "start": [span.start for span in MONTHS],
            "end": [span.end for span in MONTHS],
        }
    )


def test_each_group_is_judged_by_its_own_past_and_has_the_chance_of_a_false_alarm():
    calm = [0.5, 0.52] * 7
    rows = pd.concat(
        [
            history("country", "DE", "csat", *calm[:13], 0.8),
            history("country", "FR", "csat", *calm),
            history("country", "FR", "nps", *[float("nan")] * 14),
        ]
    )
    table = kpi_group_table(rows, **BESIDE)
    assert list(table.columns) == list(COLUMNS)
    # A KPI that never had a value has no row.
    assert table[["group", "kpi"]].to_numpy().tolist() == [["DE", "csat"], ["FR", "csat"]]
    assert table["verdict"].tolist() == ["signal_high", "noise"]
    assert table["false_alarm"].tolist() == [false_alarm_rate(13)] * 2
    assert table.loc[0, ["value", "previous", "last_year"]].tolist() == [0.8, 0.5, 0.52]


def test_goals_of_a_segment_are_held_against_it_and_nobody_else():
    goals = [{"kpi": "csat", "segment": "new", "target": 0.9, "status": "at_risk"}]
    rows = pd.concat(
        [history(breakdown, "new", "csat", *[0.5] * 14) for breakdown in ("segment", "country")]
    )
    table = kpi_group_table(rows, **BESIDE, goals=goals)
    assert table["target"].tolist() == [0.9, pytest.approx(float("nan"), nan_ok=True)]
    assert table["status"].tolist()[0] == "at_risk"


def test_no_groups_give_no_rows_and_the_same_columns():
    table = kpi_group_table(history("a", "b", "csat", *[0.5] * 14).head(0), **BESIDE)
    assert (len(table), list(table.columns)) == (0, list(COLUMNS))


def test_chance_counts_what_was_judged_and_no_mirror():
    rows = pd.DataFrame(
        {
            "kpi": ["csat", "nps", "churn_rate", "revenue"],
            "verdict": ["signal_low", "noise", "signal_high", "too_short"],
            "false_alarm": [0.02, 0.03, 0.02, 0.0],
        }
    )
    found = chance_signals(rows)
    assert (found.series, found.signals) == (2, 1)
    assert found.expected == pytest.approx(0.05)
    # Binomial with the mean chance: 1 − 0.975².
    assert found.probability == pytest.approx(1 - 0.975**2)


@pytest.mark.parametrize("earlier", [8, 12, 24])
def test_noise_alone_gives_as_many_signals_as_stated(earlier):
    random = np.random.default_rng(20260930)
    drawn = random.standard_normal((4000, earlier + 1)).tolist()
    share = sum(signal(each[:-1], each[-1]) != "noise" for each in drawn) / len(drawn)
    assert share == pytest.approx(false_alarm_rate(earlier), abs=0.008)


def test_too_few_values_give_no_false_alarm():
    assert false_alarm_rate(7) == 0
    assert false_alarm_rate(14) == false_alarm_rate(12)
