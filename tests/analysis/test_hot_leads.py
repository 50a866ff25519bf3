from datetime import date, timedelta

import numpy as np
import pytest

from crm_strategy.analysis.hot_leads import BANDS, PRIOR, hot_leads, lead_scores
from tests.analysis.builders import records, touches
from tests.analysis.customer_builders import leads

AS_OF = date(2026, 9, 30)
COLUMNS = [*("band", "lead_count", "open_count", "expected_rate", "observed_rate", "low", "high")]


def day(ago):
    return AS_OF - timedelta(days=ago)


def drawn(seed, count=1500):
    """A year of leads: of referrals 60 % are won within a month, of others 5 %."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        ago = int(random.integers(0, 360))
        source = "referral" if random.random() < 0.3 else "search"
        wins = random.random() < (0.6 if source == "referral" else 0.05)
        won_after = int(random.integers(1, 30))
        if wins and won_after <= ago:
            ending = ("won", day(ago - won_after))
        else:
            ending = ("open",) if ago < 30 else ("lost",)
        rows.append((f"l{number}", None, day(ago), source, *ending))
    return leads(*rows)


def test_rates_are_drawn_to_those_of_the_group_around_them():
    # Thirty days ago two leads stood: both of one age and silent, of two sources; a was won.
    table = leads(
        ("a", None, day(32), "web", "won", day(10)),
        ("b", None, day(32), "fair", "lost"),
        ("c", None, day(2), "web", "open"),
        ("d", None, day(2), "new", "open"),
    )
    found = lead_scores(table, touches(), as_of=AS_OF, snapshots=1).order_by("lead_id")
    web = (1 + PRIOR * 0.5) / (1 + PRIOR)
    assert records(found) == [
        ("c", pytest.approx(web), "warm"),
        ("d", pytest.approx(0.5), "warm"),
    ]


def test_what_the_customer_did_lately_counts():
    rows = [(f"w{n}", f"w{n}", day(32), "web", "won", day(10)) for n in range(40)]
    rows += [(f"l{n}", f"l{n}", day(32), "web", "lost") for n in range(60)]
    answered = [(f"w{n}", day(31), "email", None, "opened") for n in range(40)]
    now = [("hot", "x", day(2), "web", "open"), ("cold", "y", day(2), "web", "open")]
    found = lead_scores(
        leads(*rows, *now),
        touches(*answered, ("x", day(1), "email", None, "clicked")),
        as_of=AS_OF,
        snapshots=1,
    )
    bands = dict(records(found, "lead_id", "band"))
    assert bands == {"hot": "hot", "cold": "cold"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hot_leads_are_won_as_often_as_forecast_out_of_time(seed):
    table = drawn(seed)
    found = hot_leads(table, touches(), as_of=AS_OF)
    assert list(found.columns) == COLUMNS
    assert found["band"].tolist() == list(BANDS)
    hot, cold = found.iloc[0], found.iloc[2]
    assert hot["observed_rate"] > 3 * cold["observed_rate"]
    # The rates were learned on other days: 95 % intervals widened by half for that.
    center, half = (hot["low"] + hot["high"]) / 2, (hot["high"] - hot["low"]) / 2
    assert hot["expected_rate"] == pytest.approx(center, abs=1.5 * half)
    waiting = table.filter(table.status_group == "open").count().to_pandas()
    assert found["open_count"].sum() == waiting


def test_scores_and_bands_agree():
    table = drawn(4, count=400)
    scores = lead_scores(table, touches(), as_of=AS_OF).to_pandas()
    found = hot_leads(table, touches(), as_of=AS_OF).set_index("band")["open_count"]
    counted = scores["band"].value_counts().reindex(found.index, fill_value=0)
    assert counted.to_dict() == found.to_dict()
    assert scores["lead_id"].is_unique
    assert scores["expected_rate"].between(0, 1).all()


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (("a", None, day(5), "web", "open"),),
        (("a", None, day(50), "web", "lost"), ("b", None, day(5), "web", "open")),
        # Won, and nobody knows when.
        (("a", None, day(50), "web", "won"), ("b", None, day(5), "web", "open")),
    ],
)
def test_without_won_leads_nothing_can_be_learned(rows):
    found = hot_leads(leads(*rows), touches(), as_of=AS_OF)
    assert list(found.columns) == COLUMNS
    assert found.empty


def test_nobody_waiting_and_nobody_tested_leave_counts_of_nothing():
    # Won 290 days ago: only the older half of the days saw it.
    found = hot_leads(leads(("a", None, day(310), "web", "won", day(290))), touches(), as_of=AS_OF)
    assert found[["lead_count", "open_count"]].sum().tolist() == [0, 0]
    assert found[["expected_rate", "observed_rate", "low", "high"]].isna().all(axis=None)
