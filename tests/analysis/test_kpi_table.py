from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.kpi_table import COLUMNS, kpi_table, kpi_verdict
from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, orders, records, surveys, touches

MONTHS = [
    Span(f"{year}-{month:02}", date(year, month, 1), date(year, month, 28))
    for year in (2025, 2026)
    for month in range(1, 13)
]
NOW, BEFORE, YEAR = MONTHS[22], MONTHS[21], MONTHS[10]


def rows(kpi, *values, spans=MONTHS):
    return pd.DataFrame(
        {
            "kpi": kpi,
            "period": [span.id for span in spans[: len(values)]],
            "value": values,
            "low": None,
            "high": None,
            "n": 100.0,
            "customers": 80.0,
            "unit": "",
            "start": [span.start for span in spans[: len(values)]],
            "end": [span.end for span in spans[: len(values)]],
        }
    )


def card(*parts, goals=()):
    table = kpi_table(pd.concat(parts), period=NOW, previous=BEFORE, year_before=YEAR, goals=goals)
    return table.set_index("kpi")


def test_a_value_stands_beside_the_previous_period_and_last_year():
    row = card(rows("cac", *range(1, 25))).loc["cac"]
    assert (row["value"], row["previous"], row["last_year"]) == (23, 22, 11)
    assert row["change"] == pytest.approx(1 / 22)
    assert row["unit"] == "unit_money"


def test_shares_and_scores_change_by_difference_all_else_by_proportion():
    share = card(rows("csat", *[0.5] * 22, 0.6)).loc["csat"]
    score = card(rows("nps", *[-20.0] * 22, 10.0)).loc["nps"]
    roi = card(rows("roi", *[-2.0] * 22, -1.0)).loc["roi"]
    assert share["change"] == pytest.approx(0.1)
    assert score["change"] == 30
    assert roi["change"] == 0.5


def test_no_change_from_zero_or_from_nothing():
    assert pd.isna(card(rows("cac", *[0.0] * 22, 5.0)).loc["cac", "change"])
    assert pd.isna(card(rows("cac", *[None] * 22, 5.0)).loc["cac", "change"])


def test_periods_the_history_lacks_have_no_value():
    table = kpi_table(rows("cac", 1.0), period=NOW, previous=BEFORE, year_before=YEAR)
    assert records(table, *COLUMNS[:7]) == [("cac", None, None, None, None, None, None)]
    assert table["verdict"].tolist() == ["too_short"]


def test_a_goal_whose_date_lies_before_the_period_is_no_target_of_it():
    past = {"kpi": "cac", "segment": "all", "target": 20.0, "status": "missed"}
    past |= {"by": date.fromordinal(NOW.start.toordinal() - 1)}
    now = past | {"target": 15.0, "by": NOW.start}
    table = card(rows("cac", *range(24)), goals=[past])
    assert pd.isna(table.loc["cac", "target"])
    table = card(rows("cac", *range(24)), goals=[past, now])
    assert table.loc["cac", ["target", "status"]].tolist() == [15.0, "missed"]


def test_goals_of_all_customers_bring_target_and_status():
    goals = [
        {"kpi": "cac", "segment": "new", "target": 1.0, "status": "reached"},
        {"kpi": "cac", "segment": "all", "target": 20.0, "status": "at_risk"},
        {"kpi": "cac", "segment": "all", "target": 15.0, "status": "off_track"},
    ]
    for each in (goals, pd.DataFrame(goals)):
        table = card(rows("cac", *range(24)), rows("csat", *[0.5] * 24), goals=each)
        assert table.loc["cac", ["target", "status"]].tolist() == [20.0, "at_risk"]
        assert pd.isna(table.loc["csat", "target"])
        assert pd.isna(table.loc["csat", "status"])


def test_levels_are_judged_by_the_periods_before():
    series = rows("csat", *[0.5, 0.52] * 11, 0.9)
    assert kpi_verdict(series, period=NOW, seasonal=False) == "signal_high"
    assert kpi_verdict(series, period=MONTHS[8], seasonal=False) == "noise"
    assert kpi_verdict(series, period=MONTHS[7], seasonal=False) == "too_short"


def test_seasonal_flows_are_judged_by_their_change_on_a_year_ago():
    # Each month sells ten times its number; 2026 sells a tenth more, but November 2026 half.
    values = [10.0 * m for m in range(1, 13)] + [11.0 * m for m in range(1, 13)]
    assert kpi_verdict(rows("revenue", *values), period=NOW, seasonal=True) == "noise"
    values[22] = 55.0
    series = rows("revenue", *values)
    assert kpi_verdict(series, period=NOW, seasonal=True) == "signal_low"
    # Against the level of all months before, half of November is nothing special.
    assert kpi_verdict(series, period=NOW, seasonal=False) == "noise"


def test_the_scorecard_of_a_history_holds_every_kpi_in_order():
    history = kpi_history(
        orders=orders(("a", "2026-11-05", 5)),
        touches=touches(),
        surveys=surveys(),
        costs=costs(),
        periods=MONTHS,
        active_days=31,
    )
    table = kpi_table(history, period=NOW, previous=BEFORE, year_before=YEAR)
    assert list(table.columns) == list(COLUMNS)
    assert table["kpi"].tolist() == history["kpi"].unique().tolist()
    assert table.loc[0, "value"] == 5
    assert table["status"].isna().all()
