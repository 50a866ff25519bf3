"""The product's own attribution of the demo business, beside the truth it is drawn from."""

from pathlib import Path

import pandas as pd
import pytest

from crm_strategy import open_book
from crm_strategy.analysis.attribution import RULES, attribution
from crm_strategy.analysis.paths import conversion_paths
from crm_strategy.data.book import Book
from crm_strategy.data.demo_truth import TRUTH


@pytest.fixture(scope="module")
def demo(demo_workbook: Path) -> Book:
    return open_book(demo_workbook / "params/demo.yml", period="latest", language="en")


def journeys_holding(paths: pd.DataFrame) -> pd.Series:
    """Journeys that hold a channel, converted or not, by channel."""
    known = paths[paths["path"].notna()]
    count = known["conversions"] + known["nulls"]
    each = known["path"].str.split(" > ").map(set).explode()
    return count.loc[each.index].groupby(each.to_numpy()).sum()


def credit_per_journey(book: Book, lookback_days: int) -> pd.DataFrame:
    """What each rule credits per journey that holds the channel, all three years; by true lift."""
    paths = conversion_paths(
        book.touches,
        book.orders,
        book.paths,
        start=TRUTH.start,
        end=TRUTH.end,
        lookback_days=lookback_days,
    )
    credit = attribution(paths, order=1).dropna(subset="channel").set_index("channel")
    rates = credit[["conversion_count", *RULES]].div(journeys_holding(paths), axis=0)
    return rates.loc[sorted(TRUTH.channels, key=lambda name: -TRUTH.channels[name].lift)]


def test_within_the_days_a_touch_works_rules_rank_the_channels_as_their_true_lift(
    demo: Book,
) -> None:
    # All but the first touch: the opening e-mail takes the credit of the SMS that follows it.
    rates = credit_per_journey(demo, TRUTH.touch_days).drop(columns="first_touch")
    assert list(rates.index)[-1] == "call"
    for rule in rates:
        assert rates[rule].is_monotonic_decreasing, rates[rule]
        # The channel without an effect stands far behind the weakest that has one.
        assert rates.at["call", rule] < 0.5 * rates.at["email", rule]


def test_within_a_month_the_orders_a_channel_had_part_in_still_rank_it_as_its_true_lift(
    demo: Book,
) -> None:
    # The rules themselves blur then: what touches often takes the credit of what works.
    assert credit_per_journey(demo, 30)["conversion_count"].is_monotonic_decreasing
