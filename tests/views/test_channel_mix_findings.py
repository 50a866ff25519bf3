import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.channel_mix_samples import CHANNEL_MIX_ROWS, with_crowds

SINGLE, PLAN, SETS, WON = (
    pd.DataFrame(CHANNEL_MIX_ROWS[name])
    for name in ("switch_off", "holdout_plan", "channel_sets", "acquisition")
)


def smaller(times: int) -> pd.DataFrame:
    """The sets of so many times fewer orders."""
    fewer = SETS.assign(conversions=SETS["conversions"] / times)
    return pd.DataFrame(with_crowds(fewer.to_dict("records")))


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
    # n, interval, assumption, what would change it, and what is not known.
    assert found.text.startswith(
        "In 640 journeys with this channel there were 48 orders with €1,300 of margin. "
        "The bound, €1,900, is the upper end of the 95% interval"
    )
    assert "Assumed: " in found.text
    assert "No margin rate would change this; a cost below €1,900 would." in found.text
    assert found.text.endswith("Left on, for their cost or their journeys are not known: “shop”.")


def test_the_margin_that_leaves_a_switch_off_open_is_that_of_its_bound() -> None:
    # 1,300 of margin at risk × 120 % of revenue / 1,900: beyond it the bound is above the cost.
    row = SINGLE[:1].assign(flip_margin=1.2)
    said = "It would be open if more than 82% of revenue were margin, or at a cost below €1,900."
    assert said in findings.switch_off_finding(row, PLAN).text
    # Orders of no value tell no rate.
    worthless = SINGLE[:1].assign(flip_margin=None, margin_lost=0.0)
    text = findings.switch_off_finding(worthless, PLAN).text
    assert "A cost below €1,900 would change this, and a higher margin may." in text
    with speaking(language="ru"):
        assert "если бы маржа превысила 82" in findings.switch_off_finding(row, PLAN).text


def test_a_switch_off_of_few_orders_is_said_without_them() -> None:
    few = SINGLE.assign(conversions_lost=[4.0, 240.0, 1200.0, 310.0])
    found = findings.switch_off_finding(few, PLAN[:0])
    assert found.title == "Switching off “call” saves €8,091, more than its orders could bring"
    assert "€1,900" not in str(found.payload())
    assert "€1,300" not in str(found.payload())
    assert found.decision is not None
    assert found.decision.title == (
        "Switch off “call” in one region or week after another, and compare orders"
    )


def test_a_channel_that_no_test_could_keep_goes_without_one() -> None:
    plan = PLAN.assign(verdict=["cannot_pay", *PLAN["verdict"][1:]])
    found = findings.switch_off_finding(SINGLE, plan)
    assert found.decision is not None
    assert found.decision.title == "Switch off “call”"
    assert found.decision.why.endswith("so no test is needed.")
    assert "No test is needed for “call”" in findings.holdout_plan_finding(plan).text


def test_without_a_margin_revenue_is_not_called_one() -> None:
    single, plan = SINGLE.assign(basis="revenue"), PLAN.assign(basis="revenue")
    off = findings.switch_off_finding(single, plan)
    assert (
        off.title == "Switching off “call” saves €8,091 and puts at most €1,900 of revenue at risk"
    )
    assert "No margin rate" not in off.text
    assert "No margin is known and all revenue stands for it" in off.text
    test = findings.switch_off_finding(single[1:], plan)
    assert "€900–€7,900 of revenue (95%)" in test.text
    assert "Even if all revenue were margin" in test.text
    by_lot = findings.holdout_plan_finding(plan)
    assert "keep the channel" not in by_lot.text
    assert "the margin they did" not in by_lot.text
    assert "switch the channel off, whatever its margin. Above, it is open" in by_lot.text
    names = [column["name"] for column in tables.switch_off_table(single).payload()["columns"]]
    assert "revenue_lost" in names
    assert not {"margin_lost", "net_gain"} & set(names)
    won = tables.acquisition_table(WON.assign(basis="revenue")).payload()["columns"]
    assert not {"ltv", "ltv_to_cac", "earned_so_far"} & {column["name"] for column in won}


def test_where_it_depends_a_test_is_asked_for_and_the_break_even_said() -> None:
    found = findings.switch_off_finding(SINGLE[1:], PLAN)
    assert found.title == ("No channel can go without a test; the figures leave it open for “sms”")
    assert "if other channels win back more than 44% of its orders" in found.text
    assert "2,100 journeys with it and 240 orders at risk, worth €900–€7,900" in found.text
    assert found.decision is not None
    assert found.decision.title == ("Hold out “sms” for a random 10% of its customers for 11 weeks")
    # Without a size there is no test to ask for.
    assert findings.switch_off_finding(SINGLE[1:], PLAN[:0]).decision is None


def test_where_no_share_won_back_makes_it_pay_the_finding_says_what_is_open() -> None:
    chance = SINGLE[1:].assign(break_even=None)
    assert "only chance leaves it open" in findings.switch_off_finding(chance, PLAN).text
    few = SINGLE[1:].assign(least_conversions_lost=3.0)
    found = findings.switch_off_finding(few, PLAN)
    assert "worth at most €7,900 of margin" in found.text
    assert "€900" not in found.text
    fewer = SINGLE[1:].assign(conversions_lost=5.0)
    assert "€7,900" not in findings.switch_off_finding(fewer, PLAN).text


def test_channels_that_pay_are_good_news_told_of_the_least_sure() -> None:
    found = findings.switch_off_finding(SINGLE[2:3], PLAN)
    assert found.severity == "good"
    assert found.decision is None
    assert "at least €9,000 of margin (95%)" in found.text
    # 30,000 of margin at risk × 5 % of revenue / 9,000.
    assert "cost more than €9,000, or if less than 17% of revenue were margin" in found.text
    few = findings.switch_off_finding(SINGLE[2:3].assign(least_conversions_lost=3.0), PLAN)
    assert "€9,000" not in few.text


def test_channels_that_cost_nothing_are_kept_since_nothing_is_saved() -> None:
    free = SINGLE[2:3].assign(cost_saved=0.0, flip_margin=0.0, break_even=None, basis="revenue")
    two = pd.concat([free.assign(channel="shop", journey_count=90), free])
    found = findings.switch_off_finding(two, PLAN[:0])
    assert found.title == (
        "What costs nothing stays on, for switching it off would save nothing: “shop”, “email”"
    )
    assert "The fewest journeys are those with “shop”: 90 journeys." in found.text
    assert "A cost above 0 would change this." in found.text
    beside = findings.switch_off_finding(
        pd.concat([SINGLE[2:3], free[:1].assign(channel="shop")]), PLAN
    )
    assert beside.title.endswith("earns more than it costs: “email”")
    assert beside.text.endswith(
        "Cost nothing, so that switching them off would save nothing: “shop”."
    )


def test_of_many_channels_a_sentence_names_six() -> None:
    many = pd.concat([SINGLE[2:3].assign(channel=f"c{at}") for at in range(40)])
    found = findings.switch_off_finding(many, PLAN)
    assert found.title.endswith("“c0”, “c1”, “c2”, “c3”, “c4”, “c5” and 34 more")
    assert "“c6”" not in str(found.payload())


def test_the_cheapest_set_is_named_with_what_it_keeps() -> None:
    found = findings.channel_sets_finding(SETS)
    assert found.title == "Without “call”, 97.0% of orders stay at 49% of the cost"
    assert "95.0–99.0% of 1,600 orders" in found.text
    assert "these could go as well: call, sms. Assumed: " in found.text
    assert found.text.endswith("more than 97.0% of the orders kept needs another set.")
    few = smaller(20)
    hidden = findings.channel_sets_finding(few)
    assert "97.0%" not in str(hidden.payload())
    assert hidden.title == "Channels could go, but the orders at risk are too few to be shown"


def test_few_orders_in_all_are_not_told_with_the_sets() -> None:
    few = smaller(320)
    for sets in (few, few.assign(is_cheapest=few["off_count"] == 0)):
        found = findings.channel_sets_finding(sets)
        assert found.title == "Too few orders follow touches for sets of channels to be shown"
        assert not found.text


def test_a_plan_of_many_channels_names_six_a_reason() -> None:
    many = pd.concat([PLAN[2:3].assign(channel=f"c{at}") for at in range(40)])
    assert findings.holdout_plan_finding(many).text.endswith("“c5” and 34 more.")


def test_where_no_set_can_go_the_finding_says_of_how_many_orders_and_what_would_change_it() -> None:
    found = findings.channel_sets_finding(SETS.assign(is_cheapest=SETS["off_count"] == 0))
    assert found.title == "No channel can go without putting more than 5% of orders at risk"
    assert found.text.startswith("Counted on 1,600 orders after a touch")
    assert "which only a hold-out test tells, more could go." in found.text
    with speaking(language="ru"):
        one = findings.channel_sets_finding(SETS).title
    assert one.startswith("Без канала «call» остаётся")


def test_the_first_test_comes_with_its_size_and_its_rule() -> None:
    found = findings.holdout_plan_finding(PLAN)
    assert found.title == "Test “call” first: leave 143 customers without it for 9 weeks"
    assert "Whole interval above 5.3\N{NO-BREAK SPACE}pp: keep the channel." in found.text
    assert "Assumed from 320 customers: " in found.text


def test_a_channel_that_no_drop_of_orders_makes_pay_needs_no_test() -> None:
    hopeless = PLAN[PLAN["verdict"] == "cannot_pay"]
    said = (
        "No test is needed for “tv”: of 299 customers, 7.4% ordered in the period (4.9–10.9% as "
        "far as chance goes), and it would earn its cost only if the channel made a difference of "
        "15.0\N{NO-BREAK SPACE}pp."
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


def test_where_some_channels_need_no_test_the_finding_says_why_the_rest_have_none() -> None:
    rows = PLAN[PLAN["verdict"].isin(["too_few", "not_random", "cannot_pay"])]
    found = findings.holdout_plan_finding(rows)
    assert found.title == (
        "No test is needed for “tv”, and no other channel can be tested by leaving customers "
        "out by lot"
    )
    assert "Test by region or week: “search”." in found.text
    assert "Too few customers: “email”." in found.text
    with speaking(language="ru"):
        assert "«search»" in findings.holdout_plan_finding(rows).text


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
    # Three times a CAC of 14.4 is the lower end of LTV, 91.7, at 6 % × 99.9 × 3 / 91.7 of margin.
    assert "Scale turns to hold below a margin of 20% of revenue, or above a CAC of €30.57." in (
        scale.text
    )
    # LTV ends at 100: 69 % × 90 / 100.
    assert "Stop turns to hold above a margin of 62% of revenue, or below a CAC of €100.00." in (
        stop.text
    )
    hold = findings.acquisition_finding(WON[WON["channel"] == "social"], days=365)
    assert hold.decision is None
    assert (
        "Hold turns to stop below a margin of 21% of revenue or above a CAC of €95.60" in hold.text
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (WON[:0], "Nobody is known to have ordered for the first time"),
        (WON[3:], "No channel that brought new customers has a known cost"),
        (WON[:1].assign(verdict="no_value"), "What new customers are worth is not known"),
        (WON[:1].assign(new_customers=5), "Too few new customers came"),
    ],
)
def test_acquisition_without_a_verdict_says_which_reason_holds(rows, reason: str) -> None:
    assert findings.acquisition_finding(rows, days=365).title.startswith(reason)


def test_a_plan_without_a_test_says_why_channel_by_channel() -> None:
    rest = PLAN[2:5]
    found = findings.holdout_plan_finding(rest)
    assert found.title == "No channel can be tested by leaving customers out by lot"
    assert "Test by region or week: “search”." in found.text
    assert "Too few customers: “email”." in found.text
    nothing = findings.holdout_plan_finding(PLAN[:0])
    assert nothing.title.startswith("No channel has both a known cost and orders after its touches")


def test_russian_findings_have_no_double_full_stop() -> None:
    with speaking(language="ru"):
        text = findings.holdout_plan_finding(PLAN).text
    assert ".." not in text.replace("\N{NO-BREAK SPACE}", "")


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
    sets = smaller(10)
    table = tables.channel_sets_table(sets).payload()
    # Without calls 160 × 0.03 orders less: both rows' own figures would tell them.
    assert is_hidden(column_cells(table, "conversions")[1])
    assert not is_hidden(column_cells(table, "conversions")[2])


@pytest.mark.parametrize(
    ("language", "said", "left"),
    [
        ("en", "“call” can be tested, but too few customers are behind", "of the tests that are"),
        ("ru", "Проверить можно: «call»;", "за планами возможных проверок"),
    ],
)
def test_a_plan_that_is_hidden_is_not_called_impossible(
    language: str, said: str, left: str
) -> None:
    plan = PLAN[PLAN["channel"].isin(["call", "email"])].assign(converted_count=9)
    hopeless = PLAN[PLAN["verdict"] == "cannot_pay"]
    with speaking(language=language, min_cell=10):
        found = findings.holdout_plan_finding(plan)
        both = findings.holdout_plan_finding(pd.concat([plan, hopeless]))
        untold = findings.holdout_plan_finding(hopeless.assign(converted_count=9)).text
        payload = tables.holdout_plan_table(plan).payload()
    assert payload["keys"]["verdict"][0] == "ready"
    assert is_hidden(column_cells(payload, "rate")[0])
    assert found.title.startswith(said)
    # What the table says of the others is said, and no size of the plan.
    assert "email" in found.text
    assert "call" not in found.text
    assert left in both.title
    assert "tv" in both.title
    assert untold.startswith({"en": "Hidden, of too few", "ru": "Скрыто"}[language])
