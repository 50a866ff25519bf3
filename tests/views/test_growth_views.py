"""Chapter 5 says what is sure, holds back small groups, and speaks both languages."""

import json

import pandas as pd
import pytest

from crm_strategy import words
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import cell_kinds, column_cells

PAIR = {
    "product": "Filter", "with_product": "Coffee", "order_count": 686, "support": 0.0255,
    "confidence": 0.284, "lift": 3.09, "lift_low": 2.9, "margin": 12.23, "price": 29.58,
    "expected_count": 211.0, "q_value": 0.0, "without_count": 1729, "customer_count": 577,
    "confidence_low": 0.266, "product_id": "P-1", "with_product_id": "P-2",
    "extra_value": 5_809.0, "pair_count": 1,
}  # fmt: skip
LOOKED = {"n": 26_897, "tried": 763}


def pairs(*changes):
    return pd.DataFrame([PAIR | change for change in changes])


def hits(*counts, low, high, n=867):
    rates = {"offers": counts[0], "popular": counts[1], "difference": counts[0] - counts[1]}
    return pd.DataFrame(
        [
            {
                "method": method, "customer_count": n, "hit_count": count, "hit_rate": count / n,
                "low": low, "high": high, "k": 5,
            }
            for method, count in rates.items()
        ]
    )  # fmt: skip


def test_the_surest_pair_is_named_with_n_bound_and_assumption():
    found = findings.cross_sell_finding(pairs({}), **LOOKED)
    assert found.title == "Orders with “Filter” hold “Coffee” 3.09 times as often as all orders"
    assert (
        "686 orders hold both: 28% of the orders with the first; lift at least 2.90" in found.text
    )
    assert "Of 763 pairs in 26,897 orders, 1 pair is bought together" in found.text
    assert "only a test shows" in found.text
    assert found.decision is not None


@pytest.mark.parametrize("guard", ["customer_count", "order_count", "without_count"])
def test_a_pair_of_few_is_in_no_sentence_table_or_chart(guard):
    few = pairs({guard: 7})
    assert "686 orders" not in str(findings.cross_sell_finding(few, **LOOKED).payload())
    for view in (tables.cross_sell_table(few), charts.cross_sell_chart(few)):
        payload = view.payload()
        payload.pop("wide", None), payload.pop("narrow", None)
        said = json.dumps(payload)
        assert "3.09" not in said
        assert "0.284" not in said


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_pair_is_a_finding_too(language):
    with words.speaking(language=language):
        nothing = findings.cross_sell_finding(pairs().reindex(columns=list(PAIR)), **LOOKED)
        assert nothing.decision is None
        assert nothing.title == words.say("growth.cross_sell.none")
        assert tables.cross_sell_table(pairs()).payload()["void"]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.07, 0.12, "better"), (-0.01, 0.01, "same"), (-0.1, -0.05, "worse")],
)
def test_offers_are_judged_by_the_interval_of_the_difference(low, high, verdict):
    found = findings.next_offers_finding(hits(400, 300, low=low, high=high), customers=900, n=1000)
    assert found.figures["verdict"] == verdict
    assert (found.decision is not None) == (verdict == "better")
    assert "867 customers" in found.text


def test_hits_of_few_are_in_no_sentence_and_no_table():
    few = hits(9, 4, low=-0.1, high=0.1)
    assert "hit_rate" not in findings.next_offers_finding(few, customers=900, n=1000).figures
    payload = tables.offer_hits_table(few).payload()
    assert "0.0103" not in json.dumps(payload["rows"])


def lapsed(*rows):
    names = ("segment", "customer_count", "past_revenue", "p_alive", "expected_value",
             "own_return_rate", "discount_share", "gain")  # fmt: skip
    return pd.DataFrame(rows, columns=list(names))


SEGMENTS = lapsed(
    ("at_risk", 210, 61_300.0, 0.06, 90.0, 0.02, 0.3, 120.0),
    ("lost", 185, 12_100.0, 0.2, 200.0, 0.04, 0.2, 60.0),
)


REASONS = {"not_known_count": [0, 0, 2], "no_margin_count": [0, 0, 13],
           "contact_count": [0, 0, 20]}  # fmt: skip


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_without_a_model_nobody_is_said_to_cost_more_than_contact(language):
    unknown = lapsed(("lost", 80, 6_151.0, None, None, None, None, None))
    actions = unknown.assign(action="leave_alone", not_known_count=80, no_margin_count=0,
                             contact_count=0)  # fmt: skip
    with words.speaking(language=language):
        text = findings.win_back_finding(unknown, actions, discount=0.1, uplift=0.05).text
        assert words.say("growth.win_back.reason_not_known") in text
        assert words.say("growth.win_back.reason_contact") not in text
    assert "\N{EN DASH}," not in text
    assert words.numbers.MISSING not in text.replace(" \N{EN DASH} ", "")


@pytest.mark.parametrize("cause", ["margin", "anyway", "response"])
def test_a_playbook_names_the_cause_of_a_loss(cause):
    plays = pd.DataFrame(
        {
            "segment": ["lost"], "customer_count": [1000], "offer_cost": [313.0],
            "break_even_uplift": [None], "gain": [-1.0], "holdout_count": [None],
            "deadline": pd.to_datetime(["2026-10-01"]), "verdict": ["never"], "cause": [cause],
        }
    )  # fmt: skip
    text = findings.playbook_finding(plays, uplift=0.05, discount=0.1, cost_known=True).text
    assert words.say(f"growth.playbook.losing_{cause}", segments="Lost") in text
    assert "to those of them who have lapsed an offer may still pay" in text
    gains = findings.playbook_finding(
        plays.assign(gain=1.0), uplift=0.05, discount=0.1, cost_known=True
    )
    assert "whole segments" not in gains.text


def test_occasions_begin_a_sentence_whichever_comes_first():
    rows = pd.DataFrame([("season", 20, 1.0)], columns=["moment", "customer_count", "revenue"])
    assert findings.moments_finding(rows, days=92).text.startswith("Ordered in these days")


def test_lapsed_customers_whom_a_model_takes_all_for_active_are_not_called_likely_to_buy():
    rows = lapsed(("at_risk", 184, 70_000.0, 0.997, 100.0, 0.02, 0.3, 200.0))
    actions = rows.head(0).rename(columns={"segment": "action"})
    text = findings.win_back_finding(rows, actions, discount=0.1, uplift=0.05).text
    assert "likely to buy again" not in text
    assert "the model finds hardly any drop-out and takes nearly all for active" in text


def test_a_win_back_says_whom_to_offer_remind_and_leave_alone():
    actions = (
        lapsed(
            ("offer", 300, 70_000.0, 0.1, 100.0, 0.02, 0.3, 200.0),
            ("remind", 60, 3_000.0, 0.5, 100.0, 0.3, 0.05, -20.0),
            ("leave_alone", 35, 400.0, 0.1, 0.0, 0.01, 0.0, -1.0),
        )
        .rename(columns={"segment": "action"})
        .assign(**REASONS)
    )
    found = findings.win_back_finding(SEGMENTS, actions, discount=0.1, uplift=0.05)
    assert found.title == "395 customers have lapsed; they had brought €73.4k"
    assert "A discount of 10% pays for 300 customers: €200" in found.text
    assert "assumed until tested" in found.text
    assert (
        "To leave alone: 35 customers: the margin to expect is below the cost of contact; "
        "an order of theirs brings no margin." in found.text
    )
    assert found.decision is not None
    assert found.decision.evidence == "assumed"
    few = actions.assign(customer_count=[386, 5, 4])
    said = str(findings.win_back_finding(SEGMENTS, few, discount=0.1, uplift=0.05).payload())
    assert "To leave alone" not in said
    assert "386" not in said
    shown = json.dumps(tables.win_back_actions_table(few).payload()["rows"])
    assert "386" not in shown


def groups(count, other):
    names = ("attribute", "value", "customer_count", "lapsed_share", "past_revenue",
             "mean_revenue", "low", "high", "other_count", "other_mean", "verdict")  # fmt: skip
    row = ("kind", "company", count, 0.74, 145_063.0, 967.0, 674.0, 1_260.0, other, 243.0, "dear")
    return pd.DataFrame([row], columns=list(names))


def test_a_dear_group_among_the_lapsed_is_named_unless_it_or_the_others_are_few():
    found = findings.lapsed_groups_finding(groups(150, 3_560))
    assert "“Company”" in found.title
    assert "€967 each, the others €243" in found.title
    assert "150 customers (€674–€1,260 each" in found.text
    for few in (groups(9, 3_560), groups(150, 9)):
        assert "967" not in str(findings.lapsed_groups_finding(few).payload())


def test_a_playbook_of_a_small_segment_does_not_follow_from_the_total():
    plays = pd.DataFrame(
        {
            "segment": ["lost", "loyal", "new"], "customer_count": [1000, 40, 6],
            "offer_cost": [313.0, 11.5, 7.25], "break_even_uplift": [0.01] * 3,
            "gain": [954.0, -12.0, -5.5], "holdout_count": [260.0, None, None],
            "deadline": pd.to_datetime(["2026-10-01"] * 3), "verdict": ["pays", "costs", "costs"],
            "cause": [None, "anyway", "anyway"],
        }
    )  # fmt: skip
    payload = tables.playbook_table(plays).payload()
    assert "11.5" not in json.dumps(payload["rows"])
    found = findings.playbook_finding(plays, uplift=0.05, discount=0.1, cost_known=False)
    assert found.title == "An offer earns most with “Lost”: €954 from 1,000 customers"
    assert "The cost of contact is not known" in found.text
    # The segments chapter may ask for fewer contacts of the same segment: each names the other.
    assert "asks for fewer standing contacts of “Lost”" in found.text
    moved = words.say("findings.effort.why", over="Lost", touches="11%", value="4%")
    assert "a single offer to “Lost” pays, its test in the playbook of the growth" in moved
    assert found.decision is not None
    title = found.decision.title.replace("\N{NO-BREAK SPACE}", " ")
    assert title == "Send the offer to “Lost” by 1 Oct 2026"


def test_a_playbook_names_no_segment_that_its_table_hides():
    plays = pd.DataFrame(
        {
            "segment": ["need_attention", "lost", "cant_lose"], "customer_count": [13, 180, 7],
            "offer_cost": [3.0, 50.0, 2.0], "break_even_uplift": [0.01] * 3,
            "gain": [90.0, 40.0, -5.5], "holdout_count": [None] * 3,
            "deadline": pd.to_datetime(["2026-10-01"] * 3), "verdict": ["pays", "pays", "costs"],
            "cause": [None, None, "anyway"],
        }
    )  # fmt: skip
    with words.speaking(language="en", min_cell=10):
        found = findings.playbook_finding(plays, uplift=0.05, discount=0.1, cost_known=True)
        shown = column_cells(tables.playbook_table(plays).payload(), "customer_count")
    assert "13" not in shown
    assert found.title == "An offer earns most with “Lost”: €40 from 180 customers"


@pytest.mark.parametrize(
    ("days", "language", "title"),
    [
        (365, "en", "Points would cost €264 a year; they pay from 5.0% more purchases on"),
        (31, "en", "Points would cost €264 in the 31 days known; they pay from 5.0% more"),
        (31, "ru", "Баллы обойдутся в 264\u00a0€ за 31 известный день; они окупаются"),
    ],
)
def test_points_cost_so_much_of_the_days_that_are_known(days, language, title):
    rows = pd.DataFrame(
        {
            "tier": ["other"],
            "customer_count": [60],
            "revenue": [12_600.0],
            "revenue_share": [1.0],
            "points_cost": [264.0],
            "running_cost": [None],
            "break_even_uplift": [0.05],
            "order_count": [248],
            "days": [days],
        }
    )
    with words.speaking(language=language):
        found = findings.loyalty_finding(rows, cost_known=False, margin_known=False)
        assert found.title.startswith(title)
        shown = [each["name"] for each in tables.loyalty_programme_table(rows).payload()["columns"]]
        assert "days" not in shown


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_empty_results_say_what_to_supply(language):
    nothing = pd.DataFrame(columns=["customer_count", "revenue", "segment", "past_revenue"])
    with words.speaking(language=language):
        for table in (
            tables.bundles_table([]), tables.next_offers_table([]), tables.offer_hits_table([]),
            tables.win_back_actions_table([]), tables.win_back_results_table([]),
            tables.moments_table([]), tables.playbook_table([]),
            tables.loyalty_programme_table([]),
        ):  # fmt: skip
            assert table.payload()["void"].endswith(".")
        terms = {"uplift": 0.05, "discount": 0.1}
        for finding in (
            findings.bundles_finding(nothing), findings.moments_finding(nothing, days=92),
            findings.next_offers_finding(nothing, customers=0, n=0),
            findings.win_back_finding(nothing, nothing, **terms),
            findings.win_back_results_finding(nothing, days=30),
            findings.lapsed_groups_finding(nothing),
            findings.playbook_finding(nothing, cost_known=True, **terms),
            findings.loyalty_finding(nothing, cost_known=True, margin_known=True),
        ):  # fmt: skip
            assert finding.title
            assert finding.decision is None


def test_a_difference_of_shares_and_its_interval_are_in_percentage_points():
    rows = pd.DataFrame(
        {
            "experiment": ["winter"] * 2,
            "variant": ["control", "offer"],
            "customer_count": [871, 869],
            "returned_count": [130, 161],
            "return_rate": [0.149, 0.185],
            "low": [0.127, 0.16],
            "high": [0.174, 0.212],
            "difference": [None, 0.036],
            "difference_low": [None, 0.001],
            "difference_high": [None, 0.071],
            "verdict": [None, "more"],
        }
    )
    payload = tables.win_back_results_table(rows).payload()
    assert column_cells(payload, "difference_range")[1] == "+0.1\u00a0pp to +7.1\u00a0pp"
    kinds = {column["name"]: column["kind"] for column in payload["columns"]}
    assert kinds["difference_low"] == "points"
    text = findings.win_back_results_finding(rows, days=30).text
    assert "(+0.1\u00a0pp to +7.1\u00a0pp, 95%)" in text


def test_the_difference_of_hit_rates_and_its_interval_are_in_percentage_points():
    payload = tables.offer_hits_table(hits(90, 60, low=-0.01, high=0.05)).payload()
    assert cell_kinds(payload, "hit_rate")[-1] == cell_kinds(payload, "low")[-1] == "points"
    assert set(cell_kinds(payload, "hit_rate")[:-1]) == {"share"}
    ends = column_cells(payload, "range")[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert ends == "−1.0 pp to +5.0 pp"
