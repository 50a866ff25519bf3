import math

import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.outlook_samples import OUTLOOK_ROWS

RESULTS = pd.DataFrame(OUTLOOK_ROWS["experiments"])
LIFTS = pd.DataFrame(OUTLOOK_ROWS["experiment_segments"])


def test_the_winner_is_named_with_its_interval_and_is_asked_to_be_rolled_out() -> None:
    found = findings.experiments_finding(RESULTS, days=30)
    assert found.severity == "act"
    assert found.title == (
        "Roll out “free” (experiment “mail”): 12.8% converted against 7.5% of the control, "
        "+5.3\u00a0pp (+3.1\u00a0pp to +7.5\u00a0pp)"
    )
    assert found.decision is not None
    assert found.decision.title == "Roll out “free”"
    assert found.decision.why.startswith("It brought €4.00 more a customer in the test (€1.70 to")
    for said in (
        "Stop “early” (experiment “sms”): 11.3% against 9.6%",
        "it would take 20,314 customers a group, and 929 took part",
        "orders count for 30 days",
        "Left out: 48 assignments of customers to several variants.",
    ):
        assert said in found.text


def test_a_difference_by_chance_asks_for_nothing() -> None:
    found = findings.experiments_finding(RESULTS.tail(2), days=30)
    assert (found.severity, found.decision) == ("note", None)


def test_an_empty_group_is_told_without_figures_that_are_not_known() -> None:
    unknown = dict.fromkeys(["rate", "difference", "low", "high"], math.nan)
    tried = RESULTS["verdict"] != "control"
    rows = RESULTS.assign(reason="empty", verdict=RESULTS["verdict"].where(~tried, "extend"))
    rows.loc[tried, list(unknown)] = math.nan
    found = findings.experiments_finding(rows, days=30)
    assert found.title.endswith("”): it cannot be compared with the control")
    assert "–" not in found.title + found.text


def three_variants(reason: str = "worse") -> pd.DataFrame:
    """The test that “free” won, with a third variant, of ready counts: no interval of revenue."""
    third = RESULTS.iloc[[1]].assign(
        variant="paid", verdict="stop", reason=reason, difference=-0.04, low=-0.06, high=-0.02
    )
    third = third.assign(revenue_difference=4.0, revenue_low=math.nan)
    return pd.concat([RESULTS.head(2), third], ignore_index=True)


@pytest.mark.parametrize(
    ("language", "said", "compared", "revenue"),
    [
        (
            "en",
            "roll out “free” of this test, not this one.",
            "with the control of its test",
            "Revenue a customer points the other way, +€4.00 against the control, and whether",
        ),
        (
            "ru",
            "по этому тесту внедряйте «free», а не этот вариант.",
            "с контролем своего теста",
            "Выручка на клиента говорит об обратном: +4,00",
        ),
    ],
)
def test_beside_a_winner_a_loser_is_not_told_to_keep_the_control(
    language: str, said: str, compared: str, revenue: str
) -> None:
    with speaking(language=language, currency="EUR"):
        found = findings.experiments_finding(three_variants(), days=30)
    for each in (said, compared, revenue):
        assert each in found.text
    assert "keep the control" not in found.text
    assert "оставьте контроль" not in found.text


@pytest.mark.parametrize("reason", ["revenue_worse", "no_effect", "out_of_reach"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_to_stop_names_the_winner_of_its_test(language: str, reason: str) -> None:
    with speaking(language=language):
        found = findings.experiments_finding(three_variants(reason=reason), days=30)
        alone = findings.experiments_finding(three_variants(reason=reason).tail(1), days=30)
    assert found.text.count("free") == 1
    assert "free" not in alone.text


def test_revenue_that_points_the_other_way_within_chance_is_told_with_its_interval() -> None:
    both = three_variants().assign(revenue_low=-1.0, revenue_high=9.0)
    found = findings.experiments_finding(both, days=30)
    assert "the other way, +€4.00 against the control (−€1.00 to €9.00), but chance" in found.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "reason",
    [
        *("worse", "revenue_worse", "no_effect", "too_small", "out_of_reach", "running", "split"),
        *("no_conversions", "empty", "better", "revenue_better"),
    ],
)
def test_every_reason_has_its_sentence_and_its_word(reason: str, language: str) -> None:
    with speaking(language=language):
        rows = RESULTS.head(2).assign(reason=reason)
        assert findings.experiments_finding(rows, days=30).text
        words = column_cells(tables.experiments_table(rows).payload(), "reason")
        assert reason not in words


def test_segments_alike_are_said_to_be_and_one_apart_is_an_idea() -> None:
    found = findings.experiment_segments_finding(LIFTS)
    assert found.title == ("No segment responded unlike the others beyond chance, in 2 comparisons")
    apart = findings.experiment_segments_finding(LIFTS.assign(p_adjusted=[1.0, 0.01]))
    assert apart.severity == "watch"
    assert "“2–4 orders before” responded unlike the others: +4.9\u00a0pp" in apart.title
    assert "an idea for the next test" in apart.text


def test_few_conversions_are_in_no_table_chart_or_sentence() -> None:
    few = RESULTS.copy()
    few.loc[few["variant"] == "free", ["rate", "conversions"]] = [9 / 1423, 9]
    table = tables.experiments_table(few).payload()
    hidden = [is_hidden(cell) for cell in column_cells(table, "rate")]
    # The control is hidden with it, for the total may be known; the other experiment is not.
    assert hidden == [True, True, False, False]
    assert [is_hidden(cell) for cell in column_cells(table, "difference")][1]
    assert "free" not in findings.experiments_finding(few, days=30).title
    assert column_cells(charts.experiment_forest_chart(few).payload(), "variant") == ["early"]
    told = tables.experiment_segments_table(LIFTS.assign(rate=[9 / 334, 0.098])).payload()
    assert is_hidden(column_cells(told, "rate")[0])
    # A few left out are a few customers.
    assert is_hidden(
        column_cells(
            tables.experiments_table(RESULTS.assign(late_count=3)).payload(), "late_count"
        )[0]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_experiments_it_says_so(language: str) -> None:
    with speaking(language=language):
        assert findings.experiments_finding(RESULTS.head(0), days=30).title
        assert findings.experiment_segments_finding(LIFTS.head(0)).title


@pytest.mark.parametrize(
    ("verdict", "said", "severity"), [("roll_out", "Roll out", "act"), ("extend", "Extend", "note")]
)
def test_a_verdict_of_hidden_figures_is_told_as_its_table_does(
    verdict: str, said: str, severity: str
) -> None:
    # 3 of 200 converted in either group: no rate may be told.
    rows = RESULTS.head(2).assign(size=200, rate=0.015, verdict=["control", verdict])
    with speaking(language="en", min_cell=10):
        found = findings.experiments_finding(rows, days=30)
        payload = tables.experiments_table(rows).payload()
    assert all(map(is_hidden, column_cells(payload, "rate")))
    assert column_cells(payload, "verdict")[1] == said
    assert found.title.startswith(f"{said} “free” (experiment “mail”): the figures are hidden")
    assert found.severity == severity
    assert (found.decision is not None) == (verdict == "roll_out")
    assert not any(digit in str(found.payload()) for digit in ("1.5", "200"))


def test_no_experiment_is_no_verdict() -> None:
    with speaking(language="en"):
        found = findings.experiments_finding(RESULTS[:0], days=30)
    assert found.title == "No experiment has enough results to be told"
