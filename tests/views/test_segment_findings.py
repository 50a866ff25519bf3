"""Findings of the segments chapter: what they say, what they hold back, what they admit."""

import math
from typing import Any

import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.words import LANGUAGES, speaking
from tests.views.samples import sample
from tests.views.segment_samples import BESIDE, TOTAL

MORE: dict[str, dict[str, Any]] = {"hot_leads": {"days": 30}, "expected_value": {"days": 365}}
SECOND: dict[str, Any] = BESIDE | {"ideal_customer": pd.DataFrame(sample("profile_fit"))}
TABLE_OF = {"stereotype": "attributes"}
NAMES = (
    *("value_curve", "value_models", "newcomers", "attributes", "stereotype", "ideal_customer"),
    *("personas", "satisfaction", "satisfaction_value", "respondents", "responses", "stopped_at"),
    *("hot_leads", "segment_kinds", "segment_overlap", "effort", "expected_value"),
)


def finding(name: str, frame: pd.DataFrame | None = None) -> findings.Finding:
    shown = frame
    if shown is None:
        table = TABLE_OF.get(name, name)
        shown = pd.DataFrame(TOTAL) if name == "expected_value" else sample(table)
    beside = [SECOND[name]] if name in SECOND else []
    made = getattr(findings, f"{name}_finding")
    found: findings.Finding = made(shown, *beside, **MORE.get(name, {}))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_finding_is_a_sentence_with_a_figure_in_its_language(name: str, language: str) -> None:
    with speaking(language=language):
        found = finding(name)
    assert any(character.isdigit() for character in found.title)
    assert "{" not in f"{found.title} {found.text}"
    cyrillic = any("а" <= character.lower() <= "я" for character in found.title)
    assert cyrillic == (language == "ru")


@pytest.mark.parametrize("name", NAMES)
def test_without_rows_a_finding_says_so_and_asks_nothing(name: str) -> None:
    table = TABLE_OF.get(name, name)
    rows = pd.DataFrame(TOTAL) if name == "expected_value" else sample(table)
    found = finding(name, rows.head(0))
    assert found.title
    assert found.decision is None


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("no_repeat_buyers", "Nobody has ordered on two days, so the data cannot tell how"),
        ("few_customers", "Fewer than 100 customers are too few to fit BG/NBD."),
        ("no_dropout", "The data cannot tell who has left for good: BG/NBD finds no drop-out"),
    ],
)
def test_what_the_data_cannot_tell_is_said(problem: str, sentence: str) -> None:
    rows = sample("value_models").query("model == 'bg_nbd'")
    found = finding("value_models", rows.assign(chosen=False, problem=problem))
    assert found.title == "The data cannot tell what customers will be worth"
    assert sentence in found.text


def test_a_model_that_does_not_beat_the_past_rate_is_not_praised() -> None:
    rows = sample("value_models")
    worse = rows.assign(holdout_error=rows["holdout_error"].where(rows["model"] == "naive", 3.0))
    assert finding("value_models", worse).title == (
        "No model beats the past rate: “MBG/NBD” is off by 3.00 orders per customer, "
        "the past rate by 2.20"
    )


def test_the_model_that_foresaw_best_is_named_with_its_error() -> None:
    assert finding("value_models").title == (
        "“MBG/NBD” foresaw best: off by 1.58 orders per customer, the past rate by 2.20"
    )


def test_one_of_the_most_valuable_is_compared_with_the_others() -> None:
    # The first fifth holds 0.2^0.25 = 66.9 %: (0.669 / 0.2) / (0.331 / 0.8) = 8.08.
    assert finding("value_curve").text == (
        "One of them is worth about 8 of the others: they merit personal care."
    )


def test_the_point_nearest_to_the_fifth_speaks_for_it() -> None:
    # Of 4,338 customers a fifth is no whole number: the points lie beside it.
    curve = sample("value_curve").assign(
        customer_share=lambda rows: (rows["customer_share"] * 4338).apply(math.ceil) / 4338
    )
    assert finding("value_curve", curve).title.startswith("The most valuable 20% of customers")
    # Where its own point may not be shown, the next one says what it stands for.
    gone = sample("value_curve").drop(index=4)
    assert finding("value_curve", gone).title.startswith("The most valuable 15% of customers")


def test_customers_worth_the_same_merit_no_more_care() -> None:
    alike = sample("value_curve").assign(
        revenue_share=lambda rows: rows["customer_share"],
        expected_value_share=lambda rows: rows["customer_share"],
    )
    assert finding("value_curve", alike).text == (
        "Customers are worth about the same: nobody merits more care for value alone."
    )


def test_customers_all_in_one_segment_are_called_alike() -> None:
    found = findings.largest_segment_finding(sample("segments").head(1))
    assert found.title == (
        "All customers are in one segment: recency, frequency and money do not tell them apart"
    )


def test_segments_without_revenue_are_not_said_to_bring_any() -> None:
    rows = sample("segments").assign(revenue=0.0, revenue_share=float("nan"))
    found = findings.largest_segment_finding(rows)
    assert found.title.startswith("Sales less refunds come to nothing")


def test_where_everybody_answered_there_is_nothing_to_compare() -> None:
    rows = sample("respondents")
    nobody = rows["group"] == "others"
    all_answered = rows.assign(customer_count=rows["customer_count"].mask(nobody, 0))
    assert finding("respondents", all_answered).title == (
        "Nobody answered, or everybody: answers cannot be compared"
    )


def test_a_profile_of_too_few_is_not_called_missing() -> None:
    few = sample("ideal_customer").assign(customer_count=7)
    assert finding("ideal_customer", few).title == (
        "Too few customers share an attribute to show a profile"
    )


def test_subscribers_renewals_are_told_with_interval_and_outlook() -> None:
    found = findings.subscription_finding(sample("subscription"))
    assert found is not None
    assert found.title == "Of 1,000 subscribers due for the first time, 63% renewed (60.1–66.0%)"
    assert found.text == (
        "At renewal 3 it was 82%. Whoever renews then is expected to pay for 5.90 more periods, "
        "discounted."
    )


def test_without_subscribers_nothing_is_said_of_them() -> None:
    none = sample("subscription").head(0)
    assert findings.subscription_finding(none) is None
    assert tables.subscription_table(none) is None


def test_the_clearest_attribute_is_one_that_customers_state() -> None:
    rows = sample("attributes")
    weekday = rows.iloc[[2]].assign(attribute="weekday", value="sunday", kind="preference")
    louder = weekday.assign(index=300.0, low=280.0, high=320.0)
    found = finding("attributes", pd.concat([rows, louder]))
    assert found.title == ("Country, “DE”: revenue per customer is 120 where all customers are 100")


def test_demography_that_tells_nothing_is_called_a_stereotype() -> None:
    assert finding("stereotype").title == (
        "None of 4 groups by demography buys clearly otherwise: do not segment by demography alone"
    )


def test_the_share_outside_the_ideal_profile_is_told_as_measured() -> None:
    assert finding("ideal_customer").text == (
        "55% of all customers are unlike the most valuable and bring 33% of revenue: "
        "the profile guides, it does not exclude."
    )


def test_answers_that_do_not_speak_for_all_are_called_biased() -> None:
    alike = sample("respondents").assign(repeat_rate=0.4, low=0.35, high=0.45)
    assert finding("respondents").severity == "watch"
    assert finding("respondents").title.startswith("Answers do not speak for all: 55%")
    assert finding("respondents", alike).severity == "note"


def test_kinds_that_do_not_add_up_to_the_same_customers_are_reported() -> None:
    assert finding("segment_kinds").severity == "good"
    lost = sample("segment_kinds").iloc[1:]
    assert "do not hold the same customers" in finding("segment_kinds", lost).title


def test_segments_made_of_the_same_orders_are_no_news_when_they_overlap() -> None:
    row = sample("segment_overlap").iloc[[0]]
    same = row.assign(with_kind="tier", with_segment="gold")
    assert finding("segment_overlap", same).decision is None
    assert "No two segments" in finding("segment_overlap", same).title
    assert finding("segment_overlap").title == (
        "80% of “RFM segments: Champions” are also “Country: DE”"
    )


def test_effort_moves_from_where_it_exceeds_value_to_where_it_falls_short() -> None:
    decision = finding("effort").decision
    assert decision is not None
    assert decision.title == "Move contacts from “Lost” to “Champions”"


def test_a_segment_of_the_clients_own_rule_names_itself() -> None:
    rows = sample("segments").head(2).assign(segment=["Wholesale", "Retail"])
    found = findings.largest_segment_finding(rows)
    assert found.title.startswith("“Wholesale” bring ")
    assert found.text == "1,100 customers brought €264.0k in all."


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("newcomers", "customer_count"), ("attributes", "customer_count")),
        *(("satisfaction", "customer_count"), ("satisfaction_value", "customer_count")),
        *(("respondents", "customer_count"), ("responses", "response_count")),
        *(("stopped_at", "customer_count"), ("segment_overlap", "customer_count")),
        ("ideal_customer", "customer_count"),
    ],
)
def test_no_group_under_the_smallest_shown_is_in_a_sentence(name: str, column: str) -> None:
    found = finding(name, sample(name).assign(**{column: 7}))
    said = f"{found.title} {found.text} {found.decision}"
    assert "7 customers" not in said
    assert found.decision is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_is_unhappy_that_is_said_and_no_revenue_of_nobody(language: str) -> None:
    rows = sample("satisfaction")
    rows = rows[rows["kind"] == rows["kind"].iloc[0]].reset_index(drop=True)
    nobody = rows.assign(
        customer_count=rows["customer_count"].where(~rows["band"].isin(["detractor", "low"]), 0)
    )
    with speaking(language=language):
        found = finding("satisfaction", nobody)
        few = finding("satisfaction", nobody.assign(customer_count=[0, 9, 60]))
    nobody_word = {"en": "nobody is", "ru": "нет"}[language]
    assert nobody_word in found.title
    assert "0" not in found.title
    assert found.severity == "good"
    # Of how many, where no band of answers is hidden.
    assert found.figures == {"customer_count": int(nobody["customer_count"].sum())}
    assert (few.title, few.text, few.figures) == (found.title, "", {})


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "How many detractors there are"), ("ru", "Сколько критиков")],
)
def test_nobody_is_unhappy_by_one_survey_is_no_good_news_where_another_is_hidden(
    language: str, said: str
) -> None:
    rows = [
        {"kind": kind, "band": band, "customer_count": n, "revenue": 90.0 * n, "repeat_rate": 0.5}
        for kind, band, n in (
            *(("nps", "detractor", 4), ("nps", "passive", 7), ("nps", "promoter", 60)),
            *(("csat", "low", 0), ("csat", "middle", 30), ("csat", "high", 40)),
        )
    ]
    with speaking(language=language, min_cell=10):
        found = findings.satisfaction_finding(pd.DataFrame(rows))
        whole = findings.satisfaction_finding(pd.DataFrame(rows[3:]))
    assert found.title == whole.title
    assert (found.severity, whole.severity) == ("note", "good")
    assert found.text == f"{found.text[: -len(whole.text)]}{whole.text}"
    assert found.text.startswith(said)
    assert "4" not in found.text.replace(whole.text, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_with_refunds_alone_are_said_to_be_in_no_kind(language: str) -> None:
    kinds = sample("segment_kinds")
    with speaking(language=language):
        many, few, none = (
            findings.segment_kinds_finding(kinds, [{"customer_count": n, "revenue": -3825.0 * n}])
            for n in (150, 9, 0)
        )
    assert "150" in many.text
    # How few they are, and their money, is not told.
    assert few.text
    assert not any(digit in few.text for digit in "0123456789")
    assert none.text == ""
    assert many.title == few.title == none.title


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "No hot lead is open; 42%"),
        (3, "Too few hot leads are open"),
        (34, "34 open leads are hot"),
    ],
)
def test_no_open_hot_lead_is_none_and_not_too_few(count: int, said: str) -> None:
    leads = sample("hot_leads").assign(open_count=[count, 80, 190])
    found = finding("hot_leads", leads)
    assert found.title.startswith(said)
    assert (found.decision is None) == (count < 10)
