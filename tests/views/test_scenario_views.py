import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.samples import sample


def named():
    return speaking(labels={"channel.email": "E-mail", "scenario.comeback": "Come back"})


def hidden(payload, column: str) -> list[bool]:
    return [is_hidden(cell) for cell in column_cells(payload, column)]


def test_the_communication_plan_names_what_ends_a_step():
    with named():
        payload = tables.communication_plan_table(sample("communication_plan")).payload()
    assert column_cells(payload, "scenario") == ["Come back", "Come back"]
    assert column_cells(payload, "stop_on") == ["Clicked", "Any answer"]
    assert column_cells(payload, "day") == [0, 4]


def test_a_step_answered_by_few_is_hidden_with_all_that_follows_from_it():
    steps = sample("cascades")
    steps.loc[0, "response_count"] = 7
    payload = tables.cascades_table(steps).payload()
    assert hidden(payload, "reach") == [True, True, True]
    rates = tables.cascade_rates_table(steps).payload()
    assert hidden(rates, "rate") == [True, False, False]
    assert hidden(rates, "range") == [True, False, False]
    assert hidden(rates, "reachable_count") == [False, False, False]


def test_few_who_did_not_answer_are_hidden_too():
    steps = sample("cascades")
    steps.loc[1, "response_count"] = steps.loc[1, "n"] - 4
    assert hidden(tables.cascade_rates_table(steps).payload(), "rate") == [False, True, False]


def test_what_is_not_known_is_a_dash_and_said():
    payload = tables.cascade_rates_table(sample("cascade_rates")).payload()
    assert column_cells(payload, "rate")[2] is None
    assert column_cells(payload, "rate_basis")[2] == "This answer is not recorded"
    assert column_cells(payload, "consent")[2] == "None recorded for it"


def test_alternatives_that_rest_on_few_are_in_no_sentence_table_or_chart():
    few = sample("cascade_comparison").assign(smallest_count=6.0)
    payload = tables.cascade_comparison_table(few).payload()
    assert all(hidden(payload, "cost"))
    found = findings.cascade_finding(few, sample("cascades"))
    assert found.decision is None
    assert found.title.startswith("No scenario has both")
    assert "€" not in charts.cascade_chart(few).payload()["alt"]


def planned_for(cost: float, **best: object) -> pd.DataFrame:
    """The comparison with another cost of the planned order; the cheapest one's is 13."""
    rows = sample("cascade_comparison")
    rows.loc[rows["option"] == "cascade", "cost"] = cost
    for column, value in best.items():
        rows.loc[rows["option"] == "best", column] = value
    return rows


def test_a_cheaper_order_is_asked_for_with_its_price_and_what_would_change_it():
    with named():
        found = findings.cascade_finding(planned_for(16.0), sample("cascades"))
    assert found.title == (
        "“Come back” should start with “E-mail”: 62 responses for €13.00 instead of €16.00"
    )
    assert found.text == (
        "Expected of 648 customers who may be written to: 46–88 as far as chance goes (95% "
        "intervals of the response rates). Every step to everyone would cost €14.18 and bring no "
        "more; “sms”, the best channel alone, brings 35 responses. “E-mail” keeps its place as "
        "long as more than 1.1% answer it; no rates within their intervals change the order. "
        "Assumed: a message is answered as often inside the cascade as it was outside it, and an "
        "answer is worth the same by any channel."
    )
    assert found.decision is not None
    assert found.decision.title == "Send “Come back” in the order E-mail → sms"
    assert (found.severity, found.decision.evidence) == ("act", "measured")


def test_an_order_that_saves_less_than_a_tenth_makes_no_difference():
    # 13 / 0.9 = 14.44: a planned order at that cost would save just a tenth.
    for cost, verdict in ((14.44, "note"), (14.45, "act")):
        found = findings.cascade_finding(planned_for(cost), sample("cascades"))
        assert found.severity == verdict
        assert (found.decision is not None) == (verdict == "act")
    with named():
        found = findings.cascade_finding(planned_for(14.0), sample("cascades"))
    assert found.title == (
        "In “Come back” the order of the steps hardly matters: the cheapest costs €13.00, "
        "the planned one €14.00, for 62 responses"
    )


def test_an_order_that_chance_leaves_open_is_not_asked_for():
    found = findings.cascade_finding(planned_for(16.0, is_sure=False), sample("cascades"))
    assert found.title.startswith("Chance leaves open whether “comeback” is cheaper")
    assert (found.severity, found.decision) == ("note", None)
    assert "the intervals of the rates leave the order open" in found.text


def test_other_scenarios_are_told_by_whether_their_order_can_be_cheaper():
    rows = planned_for(16.0)
    calm = rows[rows["option"] == "best"].assign(option="cascade", scenario="calm")
    late = rows.assign(scenario="late", cost=rows["cost"] * 0.9)
    found = findings.cascade_finding(pd.concat([rows, late, calm]), sample("cascades"))
    assert found.title.startswith("“comeback”")
    assert "Cheaper in another order too: “late”." in found.text
    assert "In the cheapest order, or nearly so: “calm”." in found.text


def test_a_channel_that_nobody_was_contacted_by_is_not_said_to_lack_actions():
    unknown = sample("cascade_comparison").assign(cost=float("nan"))
    silent = sample("cascades").assign(rate=None, rate_basis="no_contacts", per_touch=0.1)[:1]
    assert findings.cascade_finding(unknown, silent).text == (
        "No touch of the last year is by: email; look whether the name is spelled as in the data."
    )


def test_a_scenario_in_its_cheapest_order_asks_nothing():
    rows = sample("cascade_comparison")
    best = rows[rows["option"] == "best"].assign(option="cascade")
    kept = pd.concat([best, rows[rows["option"].isin(["single", "everyone"])]])
    found = findings.cascade_finding(kept, sample("cascades"))
    assert found.title.endswith("stands in its cheapest order: 62 responses for €13.00")
    assert found.decision is None


def test_without_prices_or_rates_the_finding_names_what_is_missing():
    unknown = sample("cascade_comparison").assign(cost=float("nan"))
    found = findings.cascade_finding(unknown, sample("cascades"))
    assert found.text == (
        "No response rate is known for: call; touches need actions such as delivered, opened, "
        "clicked. No price of a message is known for: call; add `cost: {per_touch: …}` under "
        "`channels`."
    )


def test_sources_that_differ_are_named_with_intervals_and_the_price_of_a_won_lead():
    found = findings.lead_funnel_finding(sample("lead_funnel"))
    assert found.title == (
        "Leads from “Not known” are won more often (47%) than those from “email” (25%)"
    )
    assert found.text == (
        "“Not known”: 34.4–60.3% (95%) of 53 decided leads. “email”: 18.5–32.4% (95%) of 145 "
        "decided leads. Fewer than 32% of later leads from “Not known” won, or more than 34% of "
        "those from “email”, would change the verdict. A won lead costs €37.50 by “sms” "
        "and €54.20 by “email”, where it would cost as little if 36% were won. Assumed: leads "
        "still open will end as the decided ones did."
    )
    assert found.decision is not None


def test_sources_whose_intervals_overlap_ask_for_nothing():
    near = sample("lead_funnel").assign(low=0.1, high=0.6)
    found = findings.lead_funnel_finding(near)
    assert found.decision is None
    assert "The intervals overlap" in found.text
    assert found.title.startswith("Win rates do not differ by more than chance between sources: ")


def test_sources_that_differ_are_named_before_extremes_of_few_leads():
    # Of 40 and of 10 leads the rates are extreme; the intervals of the other two lie apart.
    rates = {"win_rate": [0.3, 0.277, 0.058, 0.01], "low": [0.18, 0.23, 0.043, 0.0]}
    four = pd.concat([sample("lead_funnel").iloc[[0]]] * 4, ignore_index=True).assign(
        **rates, high=[0.45, 0.327, 0.077, 0.28], source_channel=["7", "8", "13", "18"]
    )
    found = findings.lead_funnel_finding(four)
    assert found.title == "Leads from “8” are won more often (28%) than those from “13” (6%)"
    assert found.severity == "act"


def test_outcomes_later_than_the_period_are_said_to_be():
    late = sample("lead_funnel").assign(outcomes="known")
    assert "no day is known" in tables.lead_funnel_table(late).payload()["note"]
    assert "not on the period's last day" in findings.lead_funnel_finding(late).text
    then = late.assign(outcomes="period_end")
    assert "as they stood on its last day" in tables.lead_funnel_table(then).payload()["note"]
    assert "last day" not in findings.lead_funnel_finding(then).text


def test_few_open_leads_do_not_follow_from_the_counts_beside_them():
    few = sample("lead_funnel")
    few.loc[0, ["open_count", "lead_count"]] = [2, 147]
    payload = tables.lead_funnel_table(few).payload()
    first = column_cells(payload, "source_channel").index("email")
    for column in ("open_count", "lead_count", "qualified_rate", "qualified_count"):
        assert hidden(payload, column)[first], column
    assert not hidden(payload, "win_rate")[first]


def test_few_won_leads_hide_their_rate_and_are_in_no_sentence():
    few = sample("lead_funnel")
    few.loc[2, "won_count"] = 4
    payload = tables.lead_funnel_table(few).payload()
    at = column_cells(payload, "source_channel").index("Not known")
    assert hidden(payload, "win_rate")[at]
    assert "Not known" not in str(findings.lead_funnel_finding(few).payload())


def test_the_commonest_stated_reason_is_named():
    found = findings.lost_reasons_finding(
        sample("lost_reasons").assign(lead_count=[98, 64, 22, 36])
    )
    assert found.title == "The commonest reason why leads are lost is “price”: 39%"
    assert found.text.startswith("“price”: 95% interval 33.0–46.0%, of 220 lost leads.")
    assert "It would change if “no reply”, 32% now" in found.text


def test_two_reasons_within_chance_are_both_named_and_neither_is_the_commonest():
    # 78 against 64: half lies within 47 to 63 %.
    found = findings.lost_reasons_finding(sample("lost_reasons"))
    assert found.title == ("Which reason is the commonest is open: “price” 39%, “no reply” 32%")
    assert "more lost leads with a reason would tell" in found.text


def test_without_a_commonest_reason_the_finding_says_why():
    rows = sample("lost_reasons")
    for found, said in (
        (rows[:0], "No leads were lost in the period"),
        (rows[3:], "No reason was written down"),
        (rows[:2].assign(lead_count=4), "Each reason was written down for too few"),
    ):
        assert findings.lost_reasons_finding(found).title.startswith(said)
    assert "Write the reason down" in findings.lost_reasons_finding(rows[3:]).text


def test_deals_open_are_summed_and_the_decided_have_a_rate():
    found = findings.deals_finding(sample("deals"))
    assert found.title == "52 deals are open, worth €90,000"
    assert "83.6% were won" in found.text


def test_plan_and_actual_have_a_total_only_where_all_is_known():
    payload = tables.planned_costs_table(sample("planned_costs")).payload()
    assert column_cells(payload, "planned")[-1] == 3100
    unknown = sample("planned_costs")
    unknown.loc[1, ["actual", "difference", "difference_share"]] = None
    payload = tables.planned_costs_table(unknown).payload()
    assert column_cells(payload, "planned")[-1] == 3100
    assert column_cells(payload, "actual")[-1] is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["cascade", "lead_funnel", "lost_reasons", "deals"])
def test_without_data_a_finding_says_so_and_asks_nothing(name, language):
    of = {"cascade": "cascade_comparison"}.get(name, name)
    beside = [sample("cascades")[:0]] if name == "cascade" else []
    with speaking(language=language):
        found = getattr(findings, f"{name}_finding")(sample(of)[:0], *beside)
    assert found.title
    assert found.decision is None


@pytest.mark.parametrize("name", ["cascade", "lead_funnel", "lost_reasons", "deals"])
def test_every_finding_is_said_in_russian(name):
    of = {"cascade": "cascade_comparison"}.get(name, name)
    beside = [sample("cascades")] if name == "cascade" else []
    with speaking(language="ru"):
        found = getattr(findings, f"{name}_finding")(sample(of), *beside)
    assert not {"the", "of", "and"} & set(found.title.split())
