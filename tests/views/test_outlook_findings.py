from datetime import date

import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.outlook_samples import FAN_ROWS, OUTLOOK_ROWS


def frame(name: str) -> pd.DataFrame:
    return pd.DataFrame(OUTLOOK_ROWS[name])


def test_a_forecast_states_its_range_its_test_its_assumption_and_what_would_change_it() -> None:
    found = findings.forecast_finding(frame("forecast_horizons"), frame("forecast_backtest"))
    assert found.title == (
        "The next half-year should bring €300.0k of revenue, in 9 cases of 10 between €270.0k and "
        "€330.0k"
    )
    for said in (
        "The next month: €50.0k (€45.0k–€55.0k).",
        "Orders over the whole time: 4,800 (4,320–5,280).",
        "over 78 forecasts it missed by 9% on average, and its 90% intervals held 90% of them",
        "It assumes that each month repeats the one a year before",
        # 300 thousand × (1 − 11 %).
        "should that last, €267.0k would come instead",
    ):
        assert said in found.text


def test_buyers_of_a_month_are_not_named_as_the_customers_active_within_a_window() -> None:
    rows = frame("forecast_horizons").assign(measure="active_customers", unit="count")
    payload = tables.forecast_horizons_table(rows).payload()
    assert set(column_cells(payload, "measure")) == {"Customers who ordered"}


def test_a_recent_break_of_level_is_told_with_its_month_and_size() -> None:
    broken = frame("forecast_horizons").assign(
        model="seasonal_level", break_month=date(2026, 1, 1), break_change=0.5
    )
    text = findings.forecast_finding(broken, frame("forecast_backtest")).text
    assert "The level seems to have broken for good: since Jan\u00a02026 it stands at +50%" in text
    assert "Noise alone shows such a break in 1 or 2 series of 100" in text
    assert "It assumes last year’s months at the level of the last three" in text
    whole = findings.forecast_finding(frame("forecast_horizons"), frame("forecast_backtest"))
    assert "broke" not in whole.text
    assert "one of the last two months is not in this forecast" in whole.text


def test_months_far_below_their_neighbours_are_named_as_not_taken_as_they_were() -> None:
    rows = frame("forecast_horizons")
    rows["filled_months"] = [(date(2025, 3, 1), date(2026, 1, 1))] * len(rows)
    text = findings.forecast_finding(rows, frame("forecast_backtest")).text
    assert "Far below the months around: Mar\u00a02025, Jan\u00a02026." in text


def test_months_that_brought_nothing_are_told_as_the_level_since() -> None:
    stopped = frame("forecast_horizons").assign(
        empty_months=3, break_month=date(2026, 7, 1), break_change=-1.0, expected=0.0, low=0.0
    )
    tested = frame("forecast_backtest")
    text = findings.forecast_finding(stopped, tested).text
    assert "The last 3 months brought nothing." in text
    assert "Should orders be missing from the data, or come again" in text
    for untrue in ("broken for good", "It assumes", "last two months", "should that last"):
        assert untrue not in text
    with speaking(language="ru"):
        text = findings.forecast_finding(stopped, tested).text
    assert "Последние 3 месяца не принесли ничего." in text


@pytest.mark.parametrize(
    ("language", "said", "earlier"),
    [
        (
            "en",
            "the misses in the table are those of forecasts as they would have been made",
            "Months before an earlier lasting break of level are taken at the level since",
        ),
        (
            "ru",
            "ошибки в таблице – у прогнозов, какими они были бы в своё время",
            "Месяцы до более раннего устойчивого перелома взяты на уровне после него",
        ),
    ],
)
def test_wherever_months_were_evened_out_the_misses_are_told_apart_from_the_ranges(
    language: str, said: str, earlier: str
) -> None:
    whole, tested = frame("forecast_horizons"), frame("forecast_backtest")
    old = whole.assign(is_evened=True)
    filled = old.assign(filled_months=[(date(2026, 1, 1),)] * len(old))
    broken = old.assign(break_month=date(2026, 1, 1), break_change=0.5)
    with speaking(language=language):
        texts = [findings.forecast_finding(e, tested).text for e in (whole, old, filled, broken)]
    assert [text.count(said) for text in texts] == [0, 1, 1, 1]
    # What is told of a recent break, or of months by name, is not told again.
    assert [earlier in text for text in texts] == [False, True, False, False]


def test_without_two_years_no_season_is_claimed() -> None:
    young = frame("forecast_horizons").assign(is_seasonal=False)
    text = findings.forecast_finding(young, frame("forecast_backtest")).text
    assert "It assumes that the last month goes on." in text
    assert "no season is claimed" in text
    assert "a year before" not in text
    assert "“Naive (last month again)” was chosen" in text
    table = tables.forecast_backtest_table(frame("forecast_backtest").assign(is_seasonal=False))
    assert column_cells(table.payload(), "model")[0] == "Naive (last month again)"


def test_a_period_below_its_forecast_is_to_be_watched_and_one_inside_is_not() -> None:
    found = findings.forecast_score_finding(frame("forecast_score"))
    assert found.severity == "watch"
    assert found.title == (
        "The period brought €124.0k of revenue; €150.0k had been foretold (€121.0k–€185.0k): −17%, "
        "within the interval; outside theirs: Orders"
    )
    with speaking(language="ru"):
        title = findings.forecast_score_finding(frame("forecast_score")).title
    assert title.endswith(", внутри интервала; вне своих интервалов: Заказы")
    assert "Orders: 2,041, foretold 2,405 (2,111–2,740), below the interval." in found.text
    inside = findings.forecast_score_finding(frame("forecast_score").head(1))
    assert inside.severity == "note"
    assert inside.text.endswith("look for no cause.")


def test_a_count_from_customers_is_told_with_its_last_miss_and_which_to_go_by() -> None:
    found = findings.forecast_reconciliation_finding(frame("forecast_reconciliation"))
    assert found.title == (
        "Counted from customers up, 10,063 orders come in the next 12 months: +14% against the "
        "series, within its interval"
    )
    assert found.text.endswith("Go by the series: its misses are known from many months.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_months_the_outlook_says_so(language: str) -> None:
    with speaking(language=language):
        for found in (
            findings.forecast_finding(*(frame(n).head(0) for n in TWO)),
            findings.forecast_score_finding(frame("forecast_score").head(0)),
            findings.forecast_reconciliation_finding(frame("forecast_reconciliation").head(0)),
        ):
            assert found.title
            assert not any(character.isdigit() for character in found.title.replace("100", ""))


TWO = ("forecast_horizons", "forecast_backtest")


@pytest.mark.parametrize(
    ("few", "said"),
    [
        ("customer_count", "No month ahead is told."),
        ("month_customers", "fewer than 10 customers"),
    ],
)
def test_a_fan_of_few_customers_names_no_month_for_what_it_hides(few: str, said: str) -> None:
    rows = pd.DataFrame(FAN_ROWS).assign(**{"customer_count": 9.0, few: 9.0})
    payload = charts.forecast_fan_chart(rows).payload()
    told = payload["alt"] or payload["void"]
    assert said in told
    assert "expected" not in told


def test_a_fan_without_months_ahead_says_so() -> None:
    rows = pd.DataFrame(FAN_ROWS)
    past = rows[rows["expected"].isna()]
    assert "No month ahead is told." in charts.forecast_fan_chart(past).payload()["alt"]


def test_months_of_few_customers_are_in_no_table_chart_or_sentence() -> None:
    few = frame("forecast").assign(customer_count=9.0)
    assert all(map(is_hidden, column_cells(tables.forecast_table(few).payload(), "expected")))
    rows = pd.DataFrame(FAN_ROWS)
    rows.loc[0, "month_customers"] = 9.0
    drawn = column_cells(charts.forecast_fan_chart(rows).payload(), "actual")
    assert [is_hidden(cell) for cell in drawn[:2]] == [True, False]
    horizons = frame("forecast_horizons").assign(customer_count=9.0)
    found = findings.forecast_finding(horizons, frame("forecast_backtest"))
    assert found.title == "Too few customers order in a month for a forecast to be shown"
    assert not findings.forecast_score_finding(
        frame("forecast_score").assign(customer_count=9.0)
    ).figures


def test_after_a_break_of_level_the_series_is_in_force() -> None:
    rows = frame("forecast_reconciliation").assign(broke=True)
    text = findings.forecast_reconciliation_finding(rows).text
    assert "Go by the series: its level broke of late" in text
