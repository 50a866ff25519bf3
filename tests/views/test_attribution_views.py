import pandas as pd
import pytest

from crm_strategy.analysis.attribution import attribution
from crm_strategy.analysis.channel_crowds import UNSHARED
from crm_strategy.analysis.channel_verdicts import channel_verdicts
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.analysis.path_builders import paths
from tests.analysis.test_channel_verdicts import costs
from tests.views.samples import sample


def test_every_rule_has_a_column_and_its_total_is_all_orders():
    payload = tables.attribution_table(sample("attribution")).payload()
    shown = [each["name"] for each in payload["columns"] if not each["sheet_only"]]
    assert shown == [
        *("channel", "first_touch", "last_touch", "linear", "time_decay", "position_based"),
        *("markov", "shapley"),
    ]
    assert column_cells(payload, "channel") == ["email", "sms", "call", "No touch in time", "Total"]
    assert column_cells(payload, "last_touch")[-1] == 656 + 143 + 121 + 338


@pytest.mark.parametrize(
    ("language", "reason"), [("en", "sales without one"), ("ru", "продажи без клиента")]
)
def test_the_note_says_why_the_total_may_be_smaller_than_all_orders(language, reason):
    with speaking(language=language):
        assert reason in tables.attribution_table(sample("attribution")).payload()["note"]


def test_revenue_that_is_not_known_has_no_total():
    unknown = sample("attribution").assign(linear_value=float("nan"))
    payload = tables.attribution_value_table(unknown).payload()
    assert column_cells(payload, "linear_value")[-1] is None
    assert column_cells(payload, "markov_value")[-1] > 0


def test_without_any_touch_the_tables_say_what_to_supply():
    untouched = sample("attribution").tail(1)
    assert tables.attribution_table(untouched).payload()["void"].startswith("No touches before")
    assert charts.attribution_range_chart(untouched).payload()["void"]


def test_a_channel_of_few_orders_is_hidden_and_does_not_follow_from_the_total():
    few = sample("attribution").assign(conversion_customers=[1112, 231, 7, 338])
    payload = tables.attribution_table(few).payload()
    hidden = [is_hidden(cell) for cell in column_cells(payload, "linear")]
    assert hidden.count(True) == 2
    assert column_cells(payload, "channel")[-2] == "sms"
    verdicts = sample("attribution_verdicts").assign(conversion_customers=[7, 1112, 70, 231])
    found = findings.attribution_finding(verdicts)
    assert "call" not in str(found.payload())


def test_the_channel_that_no_rule_speaks_for_is_named_with_its_figures():
    found = findings.attribution_finding(sample("attribution_verdicts"))
    # 25 of margin an order: 12 to 121 orders on a cost of 8,091; 121 bring 7,562.50 of revenue.
    assert found.title == "“call” pays under none of the eight rules: ROI −0.96 to −0.63"
    assert found.text == (
        "Under every rule pay: email. It depends on the rule or on chance for: sms. Under no rule "
        "pay: call. It cost €8,091; the rules credit it with €750 to €7,562 of revenue, out of "
        "journeys with 124 orders. Journeys drawn anew (95% intervals) give an ROI of −0.97 to "
        "−0.58. Even if all its revenue were margin, no rule would cover its cost; only a lower "
        "cost would change this. "
        "Assumed: every channel's revenue has the same margin, and customers who were reached "
        "would not have ordered without it."
    )


def test_of_a_channel_that_depends_on_the_rule_the_margin_it_needs_is_told():
    verdicts = sample("attribution_verdicts")
    found = findings.attribution_finding(verdicts[verdicts["channel"] != "call"])
    assert found.title == "Whether “sms” pays depends on the rule: ROI −0.41 to 0.24"
    assert found.decision is None
    assert (
        "Under the most generous rule it pays once 32% of revenue is margin; now it is 40%."
    ) in found.text


def test_where_only_chance_leaves_it_open_the_title_says_so():
    verdicts = sample("attribution_verdicts")
    near = verdicts[verdicts["channel"] == "sms"].assign(roi_low=0.1, roi_least=-0.2, roi_most=0.5)
    found = findings.attribution_finding(near)
    assert found.title == (
        "Whether “sms” pays is left open by chance: ROI −0.20 to 0.50, though all rules agree"
    )


def test_when_all_pay_nothing_is_asked():
    verdicts = sample("attribution_verdicts")
    found = findings.attribution_finding(verdicts[verdicts["verdict"] == "pays"])
    assert (found.severity, found.decision) == ("good", None)
    assert found.title.startswith("Every channel with a known cost pays")
    # n, interval, what would change it, assumption: 656 × 22 = 14,432 of margin at least, on
    # 41,000 of revenue at least; 40 % × 3,326 / 14,432 = 9 %.
    assert found.text.startswith(
        "Under every rule pay: email. It cost €3,326; the rules credit it with €41.0k to €52.3k "
        "of revenue, out of journeys with 1,112 orders. Journeys drawn anew (95% intervals) give "
        "an ROI of 3.34 to 6.05. It would no longer pay under every rule if less than 9% of "
        "revenue were margin; now it is 40%. Assumed: "
    )


def test_of_channels_that_cost_nothing_the_text_names_the_one_of_fewest_orders():
    free = sample("attribution_verdicts").assign(cost=0.0, verdict="pays", roi_low=None)
    free = free.assign(roi_high=None, roi_least=None, roi_most=None, break_even_share=None)[:2]
    found = findings.attribution_finding(free)
    assert (
        "They cost nothing, so each pays under every rule. The fewest orders are in journeys with "
        "“call”: 124 orders. No interval is needed: no margin is too small to cover a cost of 0. A "
        "cost above 0 would change this."
    ) in found.text
    assert "It cost" not in found.text


def test_all_is_not_said_of_channels_that_are_hidden():
    verdicts = sample("attribution_verdicts")
    verdicts = verdicts[verdicts["channel"].isin(["email", "sms", "call"])]
    verdicts = verdicts.assign(verdict=["never_pays", "pays", "pays"])
    verdicts = verdicts.assign(conversion_customers=[7, 600, 700])
    many = pd.concat([verdicts, verdicts[1:2].assign(channel="push", conversion_customers=9)])
    found = findings.attribution_finding(many)
    assert found.title.startswith("Every channel with a known cost and enough orders to be shown")
    assert found.severity == "note"
    assert "Channels with too few orders to be shown are not judged here." in found.text
    assert "Least sure of these is “sms”." in found.text
    assert "call" not in str(found.payload())


def test_where_no_margin_is_known_no_channel_is_said_to_pay():
    verdicts = sample("attribution_verdicts")
    # Revenue stands for margin: 41,000 to 52,312 of it on a cost of 3,326.
    blind = verdicts[verdicts["channel"] == "email"].assign(
        verdict="no_margin", margin_share=1.0, roi_low=11.33, roi_high=14.73
    )
    found = findings.attribution_finding(blind.assign(roi_least=None, roi_most=None))
    assert found.title == "Whether “email” pays cannot be told: no margin is known"
    assert found.severity == "watch"
    assert "No interval: journeys were not drawn anew." in found.text
    assert "under every rule once 8% of revenue is margin, and under none below 6%" in found.text
    # 50 of revenue by the rule that credits least, on a cost of 100.
    loss = findings.attribution_finding(blind.assign(roi_least=-0.5, roi_most=1.0))
    assert "Under no rule does it pay below 50% of revenue as margin" in loss.text


def test_orders_of_no_known_value_are_not_said_to_be_none():
    credit = attribution(paths(("A > B", 30, 5), ("B", 20, 5)).assign(value=float("nan")))
    found = findings.attribution_finding(channel_verdicts(credit, costs(("A", 5), ("B", 9))))
    assert found.title == (
        "What the credited orders are worth is not known, so no channel can be held against its "
        "cost"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_data_the_finding_says_so_and_asks_nothing(language):
    empty = sample("attribution_verdicts")[:0]
    with speaking(language=language):
        for verdicts in (empty, pd.DataFrame(sample("attribution_verdicts").tail(0))):
            found = findings.attribution_finding(verdicts)
            assert found.title
            assert found.decision is None


def test_the_chart_says_how_long_a_memory_the_chain_has():
    with speaking(language="ru"):
        payload = charts.attribution_range_chart(sample("attribution")).payload()
    assert "email 656–837" in payload["alt"]
    assert "no_touch" not in str(payload["rows"])


def test_few_orders_that_a_rule_gives_to_others_do_not_follow_from_it():
    # Search is in 152 journeys and first in 150, Social in 121 and first in 120.
    known = attribution(
        paths(
            *(("search", 150, 50), ("mail > search", 2, 3), ("social", 120, 40)),
            *(("mail > social", 1, 2), ("mail", 300, 99), ("call > mail", 40, 5), ("call", 30, 9)),
        )
    )
    reached = known.set_index("channel")["conversion_count"]
    payload = tables.attribution_table(known).payload()
    names = column_cells(payload, "channel")
    for rule in UNSHARED:
        cells = dict(zip(names, column_cells(payload, rule), strict=True))
        told = {name: cells[name] for name in reached.index if not is_hidden(cells[name])}
        assert all(not 0 < reached[name] - n < 10 for name, n in told.items())
        # Nor all hidden together, by the total.
        hidden = reached.drop(list(told))
        rest = hidden.sum() - (cells["Total"] - sum(told.values()))
        assert not 0 < rest < 10
    values = tables.attribution_value_table(known).payload()
    at = column_cells(values, "channel").index("search")
    assert is_hidden(column_cells(values, "first_touch_value")[at])
    # A range that ends with it would tell it as well.
    known["low"] = known["first_touch"].where(known["channel"] == "search", known["low"])
    verdicts = channel_verdicts(known, costs(("search", 90), ("mail", 9)), margin_rate=1.0)
    for figures, name in (
        (tables.attribution_verdicts_table(verdicts).payload(), "range"),
        (charts.attribution_range_chart(known).payload(), "low"),
    ):
        place = column_cells(figures, "channel").index("search")
        assert is_hidden(column_cells(figures, name)[place])
    said = findings.attribution_finding(verdicts[verdicts["channel"] == "search"])
    assert "€1,050" not in f"{said.title} {said.text}"


def with_idle(*, cost, among):
    """Verdicts, with a channel that cost so much and led to no order."""
    verdicts = sample("attribution_verdicts")
    idle = verdicts[verdicts["channel"] == "call"].assign(
        channel="fair", cost=cost, value_high=0.0, conversion_count=0, roi_low=-1.0, roi_high=-1.0
    )
    return pd.concat([verdicts[verdicts["channel"].isin(among)], idle], ignore_index=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "No order came after a touch of “fair”"), ("ru", "После касаний не было ни одного")],
)
def test_a_channel_of_nobody_is_no_headline_beside_one_that_is_in_doubt(language, said):
    with speaking(language=language, currency="EUR"):
        found = findings.attribution_finding(with_idle(cost=90_000.0, among=["sms", "email"]))
    assert "sms" in found.title
    assert "fair" not in found.title
    assert said in found.text
    assert "90" in found.text


@pytest.mark.parametrize("among", [[], ["email"]])
def test_what_was_spent_on_channels_of_nobody_is_told_where_no_other_is_in_doubt(among):
    with speaking(language="en", currency="EUR"):
        found = findings.attribution_finding(with_idle(cost=900.0, among=among))
        free = findings.attribution_finding(with_idle(cost=0.0, among=["email"]))
    assert found.title == "“fair”: €900 spent, and no order came after a touch"
    assert found.severity == "watch"
    assert ("Under every rule pay: email." in found.text) == bool(among)
    assert free.title.startswith("Every channel with a known cost pays")
