import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.channel_mix_samples import CHANNEL_MIX_ROWS

SINGLE, PLAN, SETS, WON = (
    pd.DataFrame(CHANNEL_MIX_ROWS[name])
    for name in ("switch_off", "holdout_plan", "channel_sets", "acquisition")
)


def test_the_channel_that_costs_more_than_it_can_bring_is_switched_off_with_a_proof() -> None:
    found = findings.switch_off_finding(SINGLE, PLAN)
    assert found.title == (
        "Switching off “call” saves €8,091 and puts at most €1,900 of margin at risk"
    )
    assert found.severity == "act"
    assert found.decision is not None
    assert found.decision.title == (
        "Switch off “call”, but keep it for a random 50% of its customers for 9 weeks"
    )
    # n, assumption, what would change it, and what is not known.
    assert "In 640 journeys with this channel there were 48 orders" in found.text
    assert "Assumed: " in found.text
    assert "No margin rate would change this." in found.text
    assert found.text.endswith("Left on, for their cost or their journeys are not known: “shop”.")


def test_a_switch_off_of_few_orders_is_said_without_them() -> None:
    few = SINGLE.assign(conversions_lost=[4.0, 240.0, 1200.0, 310.0])
    found = findings.switch_off_finding(few, PLAN[:0])
    assert found.title == "Switching off “call” saves €8,091, more than its orders could bring"
    assert "€1,900" not in str(found.payload())
    assert "€1,300" not in str(found.payload())
    assert found.decision is not None
    assert found.decision.title == (
        "Switch off “call” step by step and compare orders with and without it"
    )


def test_where_it_depends_a_test_is_asked_for_and_the_break_even_said() -> None:
    found = findings.switch_off_finding(SINGLE[1:], PLAN)
    assert found.title == ("No channel can go without a test; the figures leave it open for “sms”")
    assert "if other channels win back more than 44% of its orders" in found.text
    assert found.decision is not None
    assert found.decision.title == ("Hold out “sms” for a random 10% of its customers for 11 weeks")
    # Without a size there is no test to ask for.
    assert findings.switch_off_finding(SINGLE[1:], PLAN[:0]).decision is None


def test_channels_that_pay_are_good_news() -> None:
    found = findings.switch_off_finding(SINGLE[2:3], PLAN)
    assert found.severity == "good"
    assert found.decision is None


def test_of_many_channels_a_sentence_names_six() -> None:
    many = pd.concat([SINGLE[2:3].assign(channel=f"c{at}") for at in range(40)])
    found = findings.switch_off_finding(many, PLAN)
    assert found.title.endswith("“c0”, “c1”, “c2”, “c3”, “c4”, “c5” and 34 more")
    assert "“c6”" not in str(found.payload())


def test_the_cheapest_set_is_named_with_what_it_keeps() -> None:
    found = findings.channel_sets_finding(SETS)
    assert found.title == "Without call, 97.0% of orders stay at 49% of the cost"
    assert "95.0–99.0% of 1,600 orders" in found.text
    assert "these could go as well: call, sms. Assumed: " in found.text
    assert found.text.endswith("more than 97.0% of the orders kept needs another set.")
    few = SETS.assign(conversions=SETS["conversions"] / 200)
    hidden = findings.channel_sets_finding(few)
    assert "97.0%" not in str(hidden.payload())
    assert hidden.title == "Channels could go, but the orders at risk are too few to be shown"


def test_where_no_set_can_go_the_finding_says_of_how_many_orders_and_what_would_change_it() -> None:
    found = findings.channel_sets_finding(SETS.assign(is_cheapest=SETS["off_count"] == 0))
    assert found.title == "No channel can go without putting more than 5% of orders at risk"
    assert found.text.startswith("Counted on 1,600 orders after a touch")
    assert "which only a hold-out test tells, more could go." in found.text


def test_the_first_test_comes_with_its_size_and_its_rule() -> None:
    found = findings.holdout_plan_finding(PLAN)
    assert found.title == "Test “call” first: leave 143 customers without it for 9 weeks"
    assert "Whole interval above 5.3\N{NO-BREAK SPACE}pp: keep the channel." in found.text
    assert "Assumed from 320 customers: " in found.text


def test_a_channel_that_no_drop_of_orders_makes_pay_needs_no_test() -> None:
    hopeless = PLAN[PLAN["verdict"] == "cannot_pay"]
    said = (
        "No test is needed for “tv”: of 299 customers, 7.4% ordered in the period, and it would "
        "earn its cost only if the channel made a difference of 15.0\N{NO-BREAK SPACE}pp."
    )
    assert said in findings.holdout_plan_finding(PLAN).text
    found = findings.holdout_plan_finding(hopeless)
    assert found.title == "No drop in orders could make “tv” pay, so there is nothing to test"
    assert found.text.startswith(said)
    # Nine who ordered would follow from the rates and from the sizes.
    few = hopeless.assign(converted_count=9)
    assert "7.4" not in str(findings.holdout_plan_finding(few).payload())
    payload = tables.holdout_plan_table(few).payload()
    assert all(is_hidden(column_cells(payload, name)[0]) for name in ("rate", "break_even_drop"))


def test_customers_who_do_not_pay_come_before_those_who_do() -> None:
    stop = findings.acquisition_finding(WON, days=365)
    assert (
        stop.title
        == "A customer won through “fair” costs €150.00 and is worth €90.00 within 365 days"
    )
    assert stop.severity == "act"
    assert stop.decision is not None
    scale = findings.acquisition_finding(WON[WON["channel"] != "fair"], days=365)
    assert scale.decision is not None
    assert scale.decision.title.startswith("Spend more on “search” step by step")
    assert "Below a margin of 6% of revenue a customer would not pay back." in scale.text
    hold = findings.acquisition_finding(WON[WON["channel"] == "social"], days=365)
    assert hold.decision is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_data_the_lab_says_so_and_asks_nothing(language: str) -> None:
    with speaking(language=language):
        for found in (
            findings.switch_off_finding(SINGLE[:0], PLAN[:0]),
            findings.switch_off_finding(SINGLE[3:], PLAN),
            findings.channel_sets_finding(SETS[:0]),
            findings.holdout_plan_finding(PLAN[:0]),
            findings.acquisition_finding(WON[:0], days=365),
            findings.acquisition_finding(WON[3:], days=365),
        ):
            assert found.title
            assert found.decision is None


def test_few_orders_follow_neither_from_a_set_nor_from_a_switch_off() -> None:
    single = SINGLE.assign(
        conversions_lost=[4.0, 240.0, 1200.0, 310.0],
        least_conversions_lost=[2.0, 3.0, 420.0, 110.0],
    )
    table = tables.switch_off_table(single).payload()
    cells = {name: column_cells(table, name) for name in ("margin_lost", "break_even", "low")}
    channels = column_cells(table, "channel")
    call, sms = channels.index("call"), channels.index("sms")
    assert is_hidden(cells["margin_lost"][call])
    assert not is_hidden(cells["margin_lost"][sms])
    assert cells["break_even"][sms] is None
    assert is_hidden(cells["low"][sms])
    sets = SETS.assign(conversions=SETS["conversions"] / 10)
    table = tables.channel_sets_table(sets).payload()
    # Without calls 160 × 0.03 orders less: both rows' own figures would tell them.
    assert is_hidden(column_cells(table, "conversions")[1])
    assert not is_hidden(column_cells(table, "conversions")[2])
