"""What was planted in the demo business is in its files, and nothing else is."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import chi2_contingency

from crm_strategy.data.demo import TRUTH
from crm_strategy.data.demo_customers import draw_customers
from tests.data.demo_records import Demo


def natural_limits(series: pd.Series) -> tuple[float, float]:
    """XmR limits: mean ± 2.66 × mean moving range."""
    spread = 2.66 * series.diff().abs().mean()
    return series.mean() - spread, series.mean() + spread


def test_shares_in_the_table_of_truth_sum_to_one():
    for shares in (TRUTH.csat, TRUTH.nps, [share for share, _ in TRUTH.sources.values()]):
        assert sum(shares) == pytest.approx(1)
    assert np.mean(TRUTH.order_season) == pytest.approx(1, abs=0.01)
    assert np.mean(TRUTH.order_weekday) == pytest.approx(1, abs=0.01)


def test_customers_are_drawn_from_the_stated_distributions():
    drawn = draw_customers(np.random.default_rng(7), 100_000)
    usual = drawn[np.isinf(drawn["lapses_at"])]
    rate = TRUTH.rate_shape / TRUTH.rate_scale_weeks
    leave = TRUTH.drop_out_a / (TRUTH.drop_out_a + TRUTH.drop_out_b)
    assert usual["rate_weekly"].mean() == pytest.approx(rate, rel=0.02)
    assert usual["rate_weekly"].var() == pytest.approx(rate / TRUTH.rate_scale_weeks, rel=0.05)
    assert usual["drop_out"].mean() == pytest.approx(leave, rel=0.02)
    assert usual["mean_order_value"].mean() == pytest.approx(TRUTH.spend_mean, rel=0.02)
    assert drawn["first_at"].isna().mean() == pytest.approx(TRUTH.never_bought)
    assert (~np.isinf(drawn["lapses_at"])).mean() == pytest.approx(TRUTH.lapsed_share)
    shares = drawn["source_channel"].value_counts(normalize=True)
    for source, (share, _) in TRUTH.sources.items():
        assert shares[source] == pytest.approx(share, abs=0.02)


def test_a_bg_nbd_fit_recovers_how_customers_buy_and_leave(demo):
    r, alpha, a, b = fitted_bg_nbd(demo.orders)
    assert r == pytest.approx(TRUTH.rate_shape, rel=0.2)
    # Touches raise the order rate: the fitted scale is shorter than that of the untouched.
    assert 0.65 * TRUTH.rate_scale_weeks < alpha < TRUTH.rate_scale_weeks
    leave = TRUTH.drop_out_a / (TRUTH.drop_out_a + TRUTH.drop_out_b)
    assert a / (a + b) == pytest.approx(leave, rel=0.2)


def fitted_bg_nbd(orders: pd.DataFrame) -> np.ndarray:
    """Maximum likelihood of Fader, Hardie and Lee (2005), equation 6; weeks."""
    days = orders.groupby("Customer No")["at"].agg(["min", "max", "count"])
    end = pd.Timestamp(TRUTH.end)
    x = days["count"].to_numpy() - 1
    t_x = ((days["max"] - days["min"]).dt.days / 7).to_numpy()
    T = ((end - days["min"]).dt.days / 7).to_numpy()

    def loss(logs: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logs)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        common += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        alive = -(r + x) * np.log(alpha + T)
        gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
        return -np.sum(common + np.where(x > 0, np.logaddexp(alive, gone), alive))

    return np.exp(minimize(loss, np.zeros(4), method="Nelder-Mead").x)


def test_orders_after_a_touch_rank_the_channels_as_their_lift(demo):
    touches = demo.touches[demo.touches["channel"].isin(TRUTH.channels)]
    followed = pd.merge_asof(
        touches.sort_values("touched_at"),
        demo.orders[["Customer No", "at"]].sort_values("at"),
        left_on="touched_at",
        right_on="at",
        left_by="customer_id",
        right_by="Customer No",
        direction="forward",
        tolerance=pd.Timedelta(days=TRUTH.touch_days),
    )
    rates = followed["at"].notna().groupby(followed["channel"]).mean()
    assert list(rates.sort_values(ascending=False).index) == list(TRUTH.channels)
    lifts = [channel.lift for channel in TRUTH.channels.values()]
    assert lifts == sorted(lifts, reverse=True)


def test_calls_lead_to_no_order_and_cost_most_a_touch(demo):
    calls = demo.touches[demo.touches["channel"] == "call"]
    assert len(calls) > 3000
    assert calls["order_id"].isna().all()
    actual = demo.costs[demo.costs["Kind"] == "actual"]
    cost = actual.groupby("Channel")["Amount, EUR"].sum()
    per_touch = cost / demo.touches["channel"].value_counts()
    own = per_touch.loc[list(TRUTH.channels)]
    assert own.idxmax() == "call"
    assert own["call"] > 2 * own.drop("call").max()


def test_order_frequency_falls_below_its_natural_limits_in_the_last_quarter(demo):
    frequency = demo.by_quarter()["frequency"]
    low, _ = natural_limits(frequency.iloc[:-1])
    assert frequency.index[-1].start_time.date() == TRUTH.fall_from
    assert 0.85 * low < frequency.iloc[-1] < low
    assert frequency.iloc[:-1].min() > low


def test_what_was_not_planted_stays_within_its_natural_limits(demo):
    quarters = demo.by_quarter()
    answered = demo.surveys["answered_at"].dt.to_period("Q")
    score = demo.surveys["score"]
    csat = demo.surveys["kind"] == "csat"
    levels = {
        "order value": quarters["order_value"],
        "margin": 1 - quarters["goods"] / quarters["revenue"],
        "cost per new customer": quarters["cost"] / quarters["new"],
        "csat": (score >= 4)[csat].groupby(answered).mean(),
        "nps": ((score >= 9) * 1.0 - (score <= 6))[~csat].groupby(answered).mean(),
    }
    for name, level in levels.items():
        low, high = natural_limits(level.iloc[:-1])
        assert low <= level.iloc[-1] <= high, name


def test_the_dead_product_sold_until_its_day_and_hardly_since(demo):
    pieces = pieces_of(demo, TRUTH.dead_product)
    before = pieces[pieces.index < pd.Timestamp(TRUTH.dead_from)]
    since = pieces[pieces.index >= pd.Timestamp(TRUTH.dead_from)]
    assert before.sum() / 24 > 15
    assert since.sum() / 12 < 0.05 * before.sum() / 24


def test_the_seasonal_product_sells_in_its_months_only(demo):
    pieces = pieces_of(demo, TRUTH.seasonal_product)
    bought = pieces[pieces > 0]
    by_month = bought.groupby(bought.index.month).sum()
    index = np.array(TRUTH.seasonal_index)
    assert set(by_month.index) == set(np.flatnonzero(index) + 1)
    assert by_month.idxmax() == index.argmax() + 1


def pieces_of(demo: Demo, product: str) -> pd.Series:
    lines = demo.lines[demo.lines["product_id"] == product]
    at = demo.all_orders.set_index("Order No")["at"].loc[lines["order_id"]]
    return pd.Series(lines["quantity"].to_numpy(), index=at.to_numpy())


def test_the_planted_pair_is_the_strongest_pair(demo):
    baskets = pd.crosstab(demo.lines["order_id"], demo.lines["product_id"]).clip(upper=1)
    together = baskets.T @ baskets
    share = np.diag(together) / len(baskets)
    lift = together / len(baskets) / np.outer(share, share)
    enough = np.triu(together >= 30, k=1)
    assert lift.where(enough).stack().idxmax() == TRUTH.pair
    assert lift.loc[TRUTH.pair] > 3


def test_a_group_of_dear_companies_stopped_buying(demo):
    companies = demo.customers[demo.customers["kind"] == "company"]["customer_id"]
    by_customer = demo.orders.groupby("Customer No").agg(
        count=("at", "size"), revenue=("Total", "sum"), last=("at", "max")
    )
    mine = by_customer[by_customer.index.isin(companies)]
    first, last = (pd.Timestamp(day) for day in TRUTH.lapsed_between)
    # Their last order comes some weeks before the day on which they were lost.
    lost = mine[mine["last"].between(first - pd.Timedelta(days=60), last)]
    dear = lost[(lost["count"] >= 9) & (lost["revenue"] >= 1000)]
    assert len(dear) >= 0.9 * TRUTH.lapsed_share * len(demo.customers)
    assert dear["revenue"].mean() > 5 * by_customer["revenue"].mean()


def test_one_experiment_has_a_winner_and_the_other_has_none(demo):
    p_values = {}
    for test in (TRUTH.winning_test, TRUTH.null_test):
        rows = demo.tests[demo.tests["experiment"] == test.experiment]
        assert set(rows["assigned_at"].dt.date) == {test.assigned}
        assert set(rows["variant"]) == {"control", test.variant}
        split = (rows["variant"] == "control").mean()
        assert split == pytest.approx(0.5, abs=0.03)
        table = pd.crosstab(rows["variant"], rows["conversions"])
        p_values[test.experiment] = chi2_contingency(table, correction=False).pvalue
    assert p_values[TRUTH.winning_test.experiment] < 0.001
    assert p_values[TRUTH.null_test.experiment] > 0.1
    rates = demo.tests.groupby(["experiment", "variant"])["conversions"].mean()
    winner = TRUTH.winning_test
    assert rates[winner.experiment, winner.variant] > 1.4 * rates[winner.experiment, "control"]


def test_experiment_counts_are_the_orders_after_the_draw(demo):
    joined = demo.tests.merge(demo.orders, left_on="customer_id", right_on="Customer No")
    since = (joined["at"] - joined["assigned_at"]) / pd.Timedelta(days=1)
    counted = joined[(since >= 0) & (since < TRUTH.test_days) & (joined["Total"] > 0)]
    assert demo.tests["revenue"].sum() == pytest.approx(counted["Total"].sum())
    pairs = counted.drop_duplicates(["experiment", "customer_id"])
    assert demo.tests["conversions"].sum() == len(pairs)


def test_leads_are_won_as_often_as_stated(demo):
    closed = demo.leads[demo.leads["status_group"] != "open"]
    rates = (closed["status_group"] == "won").groupby(closed["source_channel"]).mean()
    for source, (_, win_rate) in TRUTH.sources.items():
        assert rates[source] == pytest.approx(win_rate, abs=0.02)


def test_leads_that_were_not_won_have_an_offer_as_often_as_stated(demo):
    rest = demo.leads[demo.leads["status_group"] != "won"]
    assert rest["amount"].notna().mean() == pytest.approx(TRUTH.quoted_leads, abs=0.02)
    assert demo.leads.loc[demo.leads["status_group"] == "won", "amount"].notna().all()


def test_truth_covers_three_years():
    assert (TRUTH.start, TRUTH.end) == (date(2023, 10, 1), date(2026, 9, 30))
