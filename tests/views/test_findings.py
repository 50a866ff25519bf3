from typing import Any

import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.views.finding import Basis
from crm_strategy.words import LANGUAGES, speaking


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


SEGMENTS = frame(
    "segment customer_count customer_share revenue revenue_share purchase_frequency",
    ("champions", 100, 0.1, 6000.0, 0.6, 3.0),
    ("at_risk", 200, 0.2, 3000.0, 0.3, 2.0),
    ("lost", 700, 0.7, 1000.0, 0.1, 1.0),
)
KPIS = frame(
    "kpi value low high previous last_year change verdict target status n unit",
    ("revenue", 900.0, None, None, 1000.0, 600.0, -0.1, "too_short", None, None, 90, "money"),
    ("churn_rate", 0.3, 0.2, 0.4, 0.2, 0.2, 0.1, "signal_high", None, None, 90, "share"),
    ("csat", 0.9, 0.8, 0.95, 0.9, 0.9, 0.0, "noise", None, None, 90, "share"),
)


def test_the_segment_with_most_revenue_is_named_with_both_shares() -> None:
    found = findings.largest_segment_finding(SEGMENTS)
    assert found.title == "“Champions” bring 60% of revenue with 10% of the customers"
    assert found.figures == {"revenue_share": 0.6, "customer_share": 0.1}


def test_a_win_back_is_priced_by_the_usual_order_and_marked_as_assumed() -> None:
    # 200 customers × 2 orders brought 3000: an order is 7.50; 3 to 9 of 100 are 45 to 135.
    found = findings.at_risk_finding(SEGMENTS)
    assert found.decision is not None
    assert found.decision.evidence == "assumed"
    assert found.decision.why == (
        "If 3 to 9 in 100 order once more at their usual €7.50, that is €45–€135 of revenue. "
        "The response is assumed: hold out a part to measure it."
    )
    assert found.title == (
        "Good customers who stopped ordering brought 30% of all revenue so far: 200 customers"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            " hold out a part to measure it. Left alone, the model expects €500 of value from "
            "them, 10% of that of all customers: try the win-back on a part of them, beside a "
            "control group, before it is funded.",
        ),
        (
            "ru",
            " оставьте контрольную группу, чтобы его измерить. Без возврата модель ожидает от них "
            "500 € ценности, 10 % от всех клиентов: сначала испытайте возврат на части из них, "
            "с контрольной группой.",
        ),
    ],
)
def test_a_win_back_stands_beside_what_a_model_expects_without_it(language: str, said: str) -> None:
    with speaking(language=language):
        found = findings.at_risk_finding(SEGMENTS.assign(expected_value=[4000.0, 500.0, 500.0]))
    assert found.decision is not None
    assert found.decision.why.replace("\xa0", " ").endswith(said)


@pytest.mark.parametrize("expected", [float("nan"), 0.0, [4000.0, float("nan"), 500.0]])
def test_where_no_model_can_tell_a_win_back_stands_alone(expected: float | list[float]) -> None:
    found = findings.at_risk_finding(SEGMENTS.assign(expected_value=expected))
    assert found.decision == findings.at_risk_finding(SEGMENTS).decision


def test_a_win_back_of_customers_who_brought_nothing_is_not_asked_for() -> None:
    for segments in (SEGMENTS.assign(revenue=0.0), SEGMENTS.assign(revenue=[9000.0, -5.0, 10.0])):
        found = findings.at_risk_finding(segments)
        assert found.title.startswith("Good customers who stopped ordering brought no revenue")
        assert found.decision is None
        assert found.severity != "act"


def test_a_group_under_ten_is_in_no_sentence() -> None:
    few = SEGMENTS.assign(customer_count=[100, 9, 700])
    assert findings.at_risk_finding(few).decision is None
    assert "9 customers" not in str(findings.at_risk_finding(few).payload())


def test_the_lifecycle_identity_is_printed() -> None:
    stages = frame(
        "stage customer_count revenue",
        ("new", 30, 1.0), ("retained", 100, 1.0), ("returned", 20, 1.0), ("lapsed", 60, 0.0),
    )  # fmt: skip
    found = findings.lifecycle_finding(stages)
    assert found.title == "The active base shrank by 10 customers: 50 gained, 60 lapsed"
    assert found.text == "Active 150 = new 30 + retained 100 + returned 20."


def test_a_rise_of_what_should_fall_asks_for_its_cause() -> None:
    found = findings.kpi_signals_finding(KPIS)
    assert found.title == "1 of 2 KPIs moved beyond their natural range"
    assert found.decision is not None
    assert found.decision.title == "Look for the cause: Churn rate"
    assert found.text.endswith("Not judged, for their history is too short: Revenue.")


def test_nothing_moved_is_good_only_if_everything_was_judged() -> None:
    quiet = KPIS[KPIS["kpi"] != "churn_rate"]
    assert findings.kpi_signals_finding(quiet).severity == "note"
    assert "too short: Revenue." in findings.kpi_signals_finding(quiet).text
    assert findings.kpi_signals_finding(quiet[quiet["kpi"] == "csat"]).severity == "good"


def test_revenue_stands_beside_the_previous_period_and_last_year() -> None:
    title = findings.revenue_finding(KPIS).title
    assert title == "Revenue €900: −10.0% on the previous period, +50.0% on a year ago"


@pytest.mark.parametrize(
    ("unknown", "title"),
    [
        ("last_year", ": −10.0% on the previous period; a year ago cannot be compared"),
        ("previous", ": +50.0% on a year ago; the previous period cannot be compared"),
        ("last_year previous", "; neither the previous period nor a year ago can be compared"),
    ],
)
def test_revenue_says_with_what_it_cannot_be_compared(unknown: str, title: str) -> None:
    rows = KPIS.assign(**dict.fromkeys(unknown.split(), float("nan")))
    assert findings.revenue_finding(rows).title == f"Revenue €900{title}"


@pytest.mark.parametrize(
    ("language", "said", "why"),
    [
        ("en", ": −10.0% on the year before", "30.0% now, 20.0% in the year before"),
        ("ru", "к прошлому году", "годом раньше"),
    ],
)
def test_where_the_period_before_is_the_year_before_it_is_told_once(
    language: str, said: str, why: str
) -> None:
    rows = KPIS.assign(last_year=KPIS["previous"])
    with speaking(language=language, currency="EUR"):
        revenue, signals = findings.revenue_finding(rows), findings.kpi_signals_finding(rows)
        shown = {each["name"] for each in tables.kpis_table(rows).payload()["columns"]}
    assert revenue.title.endswith(said)
    assert revenue.title.count("%") == 1
    assert signals.decision is not None
    assert why in signals.decision.why.replace("\N{NO-BREAK SPACE}%", "%")
    assert "last_year" not in shown
    assert "previous" in shown


def test_lines_without_a_category_are_not_called_missing() -> None:
    columns = "category revenue previous"
    empty = findings.category_finding(frame(columns))
    assert empty.title == "No order line names a category, so categories cannot be compared"
    returned = findings.category_finding(frame(columns, ("tea", -5.0, 9.0)))
    assert returned.title == "No category brought revenue in this period"


def test_the_dearest_channel_is_watched_only_when_it_does_not_pay() -> None:
    channels = frame(
        "channel cost touch_count new_customers order_count revenue cac cost_per_order roi",
        ("call", 1000.0, 300, 0, 10, 500.0, None, 100.0, -0.8),
        ("email", 500.0, 900, 20, 500, 9000.0, 25.0, 1.0, 6.0),
    )
    found = findings.channel_cost_finding(channels)
    assert found.title == "An order costs €100.00 through “call” and €1.00 through “email”"
    assert found.severity == "watch"
    # n, why no interval, assumption, what would change it: 1,000 at 1.00 an order.
    assert found.text.endswith(
        "“email” is credited with 500 orders. No interval: costs are as booked and every order "
        "of the period is counted. Assumed: an order is owed to the last touch before it. "
        "“call” would cost as little with 1,000 orders for the same money."
    )
    paying = channels.assign(roi=[0.1, 6.0])
    assert findings.channel_cost_finding(paying).severity == "note"


def test_the_narrowest_step_of_the_funnel_is_named() -> None:
    funnel = frame(
        "stage customer_count step_rate overall_rate median_days",
        ("touched", 1000, None, 1.0, None),
        ("responded", 600, 0.6, 0.6, 0.0),
        ("ordered", 60, 0.1, 0.06, 4.0),
    )
    assert (
        findings.funnel_finding(funnel).title
        == "The narrowest step: 10% go from “Responded” to “Ordered”"
    )


def test_without_touches_the_funnel_says_that_none_were_supplied() -> None:
    names = "stage customer_count step_rate overall_rate median_days"
    nobody = frame(names, ("touched", 0, None, None, None), ("ordered", 0, None, None, None))
    for rows in (nobody, nobody[:0]):
        assert findings.funnel_finding(rows).title.startswith("No touches of the period")


def test_a_basis_must_stand_in_the_words_of_its_finding() -> None:
    said = {"n": "9 of 20", "interval": "3–5", "assumption": "Assumed: all.", "change": "More."}
    text = "9 of 20 (3–5). Assumed: all. More."
    assert findings.Finding("x", title="It is so", text=text, basis=Basis(**said)).basis
    with pytest.raises(ValueError, match=r"its change 'Less\.' is not said"):
        findings.Finding(
            "x", title="It is so", text=text, basis=Basis(**said | {"change": "Less."})
        )


def test_segments_without_any_action_are_counted() -> None:
    actions = frame(
        "segment touchpoint_id target_action kpi",
        ("champions", "cart", "order", "revenue"),
        ("lost", "cart", None, None),
    )
    found = findings.touchpoint_gaps_finding(actions)
    assert found.title == "1 segment has no agreed target action at any touchpoint"


EMPTY: dict[str, pd.DataFrame] = {
    "at_risk": SEGMENTS[:0],
    "largest_segment": SEGMENTS[:0],
    "kpi_signals": KPIS[:0],
    "revenue": KPIS[:0],
    "lifecycle": frame("stage customer_count revenue"),
    "segment_migration": frame("from_segment to_segment customer_count"),
    "cohort": frame("cohort period customer_count active_count retention_rate"),
    "funnel": frame("stage customer_count step_rate overall_rate median_days"),
    "touchpoint_gaps": frame("segment touchpoint_id target_action kpi"),
    "channel_cost": frame("channel cost new_customers order_count cost_per_order roi"),
    "replenishment": frame("product median_days due_count"),
    "category": frame("category revenue previous"),
    "goals": frame("goal_id goal priority kpi status progress expected_progress"),
    "goal_checks": frame("goal_id check verdict remedy"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_without_data_a_finding_says_so_and_asks_nothing(name: str, language: str) -> None:
    with speaking(language=language):
        found = getattr(findings, f"{name}_finding")(EMPTY[name])
    assert found.title
    assert found.decision is None
