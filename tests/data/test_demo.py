"""The demo business: believable, seeded, dirty as stated, and true to its parameters."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import openpyxl
import pandas as pd
import pytest
from ruamel.yaml import YAML
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import chi2_contingency

from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.lifecycle import repurchase_gap_days
from crm_strategy.data.demo import FILES, TRUTH, needs_demo, write_demo
from crm_strategy.data.demo_customers import draw_customers
from crm_strategy.plan.goals import LOWER_IS_BETTER, goal_status
from crm_strategy.plan.params import read_params
from crm_strategy.plan.period import history, parse_period

PARAMS = Path(__file__).parents[2] / "params" / "demo.yml"
CSV_FILES = [name for name in FILES if name.endswith(".csv")]


class Demo:
    """The files of the demo business, read with the standard means of pandas."""

    def __init__(self, folder: Path) -> None:
        self.raw_orders = pd.read_csv(
            folder / "orders.csv", sep=";", decimal=",", keep_default_na=False, encoding="utf-8-sig"
        )
        self.all_orders = self.raw_orders.drop_duplicates().assign(
            at=lambda rows: pd.to_datetime(
                rows["Order date"], format="%d.%m.%Y %H:%M", errors="coerce"
            )
        )
        dated = self.all_orders.dropna(subset="at")
        self.sold = dated[dated["Status"].isin(["completed", "refunded"])]
        self.orders = self.sold[(self.sold["Total"] >= 0) & (self.sold["Customer No"] != "")]
        self.raw_touches = pd.read_csv(folder / "touches.csv", parse_dates=["touched_at"])
        self.touches = self.raw_touches.drop_duplicates()
        self.raw_lines = pd.read_csv(folder / "order_lines.csv")
        self.lines = self.raw_lines.drop_duplicates()
        self.customers = pd.read_csv(folder / "customers.csv", parse_dates=["created_at"])
        self.surveys = pd.read_csv(folder / "surveys.csv", parse_dates=["answered_at"])
        self.leads = pd.read_csv(folder / "leads.csv", parse_dates=["created_at"])
        self.consents = pd.read_csv(
            folder / "consents.csv", parse_dates=["granted_at", "withdrawn_at"]
        )
        self.tests = pd.read_csv(folder / "experiments.csv", parse_dates=["assigned_at"])
        rows = list(cells(folder / "costs.xlsx"))
        self.cost_rows = rows
        self.costs = pd.DataFrame(rows[3:], columns=rows[2])

    def by_quarter(self) -> pd.DataFrame:
        quarter = self.sold["at"].dt.to_period("Q")
        placed = self.orders["at"].dt.to_period("Q")
        spent = self.costs[(self.costs["Kind"] == "actual") & (self.costs["Item"] != "goods")]
        firsts = self.orders.groupby("Customer No")["at"].min().dt.to_period("Q")
        table = pd.DataFrame(
            {
                "revenue": self.sold.groupby(quarter)["Total"].sum(),
                "goods": self.sold.groupby(quarter)["Cost of goods"].sum(),
                "orders": self.orders.groupby(placed).size(),
                "buyers": self.orders.groupby(placed)["Customer No"].nunique(),
                "new": firsts.value_counts(),
                "cost": spent.groupby(spent["From"].dt.to_period("Q"))["Amount, EUR"].sum(),
            }
        )
        table["order_value"] = self.orders.groupby(placed)["Total"].mean()
        table["frequency"] = table["orders"] / table["buyers"]
        return table


def cells(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def natural_limits(series: pd.Series) -> tuple[float, float]:
    """XmR limits: mean ± 2.66 × mean moving range."""
    spread = 2.66 * series.diff().abs().mean()
    return series.mean() - spread, series.mean() + spread


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def demo(folder: Path) -> Demo:
    return Demo(folder)


# ── Files ────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_files(tmp_path):
    first, second = (write_demo(tmp_path / name, customers=400) for name in ("a", "b"))
    assert [path.name for path in first] == list(FILES)
    for one, other in zip(first, second, strict=True):
        if one.suffix == ".xlsx":
            assert cells(one) == cells(other)
        else:
            assert one.read_bytes() == other.read_bytes()


def test_another_seed_gives_other_files(tmp_path):
    write_demo(tmp_path / "a", customers=400)
    write_demo(tmp_path / "b", customers=400, seed=1)
    for name in CSV_FILES:
        assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()


def test_a_demo_is_needed_until_it_is_whole_and_of_this_version(tmp_path):
    folder = tmp_path / "demo"
    assert needs_demo(folder)
    write_demo(folder, customers=60)
    assert not needs_demo(folder)
    (folder / "demo-version.txt").write_text("0\n")
    assert needs_demo(folder)
    write_demo(folder, customers=60)
    (folder / "leads.csv").unlink()
    assert needs_demo(folder)


def test_an_interrupted_run_leaves_no_half_file_and_no_marker(tmp_path):
    write_demo(tmp_path, customers=60)
    before = (tmp_path / "surveys.csv").read_bytes()
    (tmp_path / "touches.csv").unlink()
    (tmp_path / "touches.csv").mkdir()  # a file cannot be renamed over a folder
    with pytest.raises(OSError, match=r"touches\.csv"):
        write_demo(tmp_path, customers=80)
    assert needs_demo(tmp_path)
    assert (tmp_path / "surveys.csv").read_bytes() == before
    assert not list(tmp_path.glob(".demo-*"))


def test_files_of_others_stay_as_they_are(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_demo(tmp_path, customers=60)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("customers", [1, 2, 5, 20])
def test_a_handful_of_customers_still_makes_a_business(tmp_path, customers):
    write_demo(tmp_path, customers=customers)
    assert len(pd.read_csv(tmp_path / "customers.csv")) == customers


def test_orders_are_written_as_a_german_export(folder):
    head = (folder / "orders.csv").read_bytes()[:400]
    assert head.startswith(b"\xef\xbb\xbfOrder No;Customer No;Order date;Status;Total;")
    assert b"\r\nEM-100001;C-000001;01.10.2023 " in head
    assert head.split(b"\r\n")[1].split(b";")[4].count(b",") == 1


def test_costs_have_two_title_rows_above_the_header(demo):
    assert demo.cost_rows[0][0] == "Eco Mart: marketing costs by channel"
    assert demo.cost_rows[1][0] == "As of 30.09.2026, net of VAT"
    assert demo.cost_rows[2] == ("From", "To", "Channel", "Item", "Kind", "Amount, EUR")


def test_no_file_has_a_column_for_names_or_addresses(folder):
    headers = {
        word
        for name in CSV_FILES
        for word in (folder / name).read_text("utf-8-sig").split("\n")[0].lower().split(",")
    }
    assert not {h for h in headers if any(w in h for w in ("name", "mail", "phone", "street"))}


# ── Dirt ─────────────────────────────────────────────────────────────────────────────────


def test_duplicates_are_as_many_as_stated(demo):
    for raw, once in (
        (demo.raw_orders, demo.all_orders),
        (demo.raw_lines, demo.lines),
        (demo.raw_touches, demo.touches),
    ):
        assert 1 - len(once) / len(raw) == pytest.approx(TRUTH.duplicate_rows, rel=0.25)


def test_order_dirt_is_as_much_as_stated(demo):
    orders = demo.all_orders
    counts = orders["Status"].value_counts()
    known = len(demo.orders)
    assert counts["refunded"] / known == pytest.approx(TRUTH.refunds, rel=0.05)
    assert counts["cancelled"] / known == pytest.approx(TRUTH.cancelled, rel=0.05)
    assert counts["processing"] == TRUTH.open_orders
    assert orders["Order date"][orders["at"].isna()].tolist() == list(TRUTH.bad_dates)
    assert (orders["Total"] == 0).sum() == TRUTH.zero_amounts
    till = orders["Customer No"] == ""
    assert till.sum() / known == pytest.approx(TRUTH.till, rel=0.05)
    assert (orders["Sales channel"][till] == "shop").all()


def test_refunds_are_the_only_negative_amounts_and_name_an_earlier_order(demo):
    refunds = demo.all_orders[demo.all_orders["Status"] == "refunded"]
    assert (refunds["Total"] < 0).all()
    assert (demo.all_orders["Total"] < 0).sum() == len(refunds)
    paid = demo.all_orders.set_index("Order No").loc[refunds["Order No"].str.removesuffix("-R")]
    assert (paid["at"].to_numpy() < refunds["at"].to_numpy()).all()
    assert (paid["Customer No"].to_numpy() == refunds["Customer No"].to_numpy()).all()
    assert (paid["Total"].to_numpy() >= -refunds["Total"].to_numpy() - 0.005).all()


# ── Keys ─────────────────────────────────────────────────────────────────────────────────


def test_every_key_is_unique_and_every_reference_is_known(demo):
    assert demo.customers["customer_id"].is_unique
    assert demo.all_orders["Order No"].is_unique
    assert demo.touches["touch_id"].is_unique
    assert demo.leads["lead_id"].is_unique
    assert not demo.lines.duplicated(["order_id", "line_id"]).any()
    assert not demo.lines.duplicated(["order_id", "product_id"]).any()
    people, orders = set(demo.customers["customer_id"]), set(demo.all_orders["Order No"])
    assert set(demo.orders["Customer No"]) <= people
    assert set(demo.touches["customer_id"]) <= people
    assert set(demo.surveys["customer_id"]) <= people
    assert set(demo.consents["customer_id"]) <= people
    assert set(demo.tests["customer_id"]) <= people
    assert set(demo.leads["customer_id"].dropna()) <= people
    assert set(demo.lines["order_id"]) <= orders
    assert set(demo.touches["order_id"].dropna()) <= orders


def test_lines_sum_to_their_order(demo):
    lines = demo.lines
    assert (lines["amount"] - lines["price"] * lines["quantity"]).abs().max() < 0.005
    sums = lines.groupby("order_id")[["amount", "cost"]].sum()
    orders = demo.all_orders.dropna(subset="at").set_index("Order No")
    assert (sums["amount"] - orders["Total"]).abs().max() < 0.005
    assert (sums["cost"] - orders["Cost of goods"]).abs().max() < 0.005


def test_a_touch_comes_before_the_order_it_led_to(demo):
    led = demo.touches.dropna(subset="order_id")
    orders = demo.all_orders.set_index("Order No").loc[led["order_id"]]
    assert (orders["Customer No"].to_numpy() == led["customer_id"].to_numpy()).all()
    assert (orders["at"].to_numpy() > led["touched_at"].to_numpy()).all()


def test_nobody_is_contacted_without_consent(demo):
    contacts = demo.touches[demo.touches["channel"].isin(demo.consents["channel"].unique())]
    allowed = contacts.merge(demo.consents, on=["customer_id", "channel"])
    assert len(allowed) == len(contacts)
    assert (allowed["touched_at"] > allowed["granted_at"]).all()
    assert not (allowed["touched_at"] > allowed["withdrawn_at"]).any()


def test_all_days_lie_within_the_three_years(demo):
    for times in (
        demo.sold["at"],
        demo.touches["touched_at"],
        demo.surveys["answered_at"],
        demo.customers["created_at"],
        demo.leads["created_at"],
    ):
        assert times.min().date() >= TRUTH.start
        assert times.max().date() <= TRUTH.end


# ── Believable ───────────────────────────────────────────────────────────────────────────


def test_totals_are_those_of_a_small_shop(demo):
    assert len(demo.customers) == 6000
    assert 25_000 < len(demo.orders) < 30_000
    assert 60 < demo.orders["Total"].mean() < 75
    assert 70 <= demo.lines["product_id"].nunique() <= 100
    assert 120_000 < len(demo.touches) < 200_000
    years = demo.sold.groupby(demo.sold["at"].dt.year)["Total"].sum()
    assert years.loc[[2024, 2025]].between(500_000, 700_000).all()


def test_every_quarter_after_the_opening_is_believable(demo):
    quarters = demo.by_quarter()
    assert len(quarters) == 12
    later = quarters.iloc[1:]
    assert (later["cost"] / later["new"]).between(20, 30).all()
    assert later["cost"].between(6_000, 10_100).all()
    assert (1 - later["goods"] / later["revenue"]).between(0.38, 0.42).all()
    christmas = later["revenue"][later.index.quarter == 4]
    assert christmas.min() > later["revenue"][later.index.quarter != 4].max()


def test_answers_are_those_of_a_well_liked_shop(demo):
    csat = demo.surveys[demo.surveys["kind"] == "csat"]["score"]
    nps = demo.surveys[demo.surveys["kind"] == "nps"]["score"]
    assert csat.between(1, 5).all()
    assert nps.between(0, 10).all()
    assert (csat >= 4).mean() == pytest.approx(sum(TRUTH.csat[3:]), abs=0.015)
    net = (nps >= 9).mean() - (nps <= 6).mean()
    assert net == pytest.approx(sum(TRUTH.nps[9:]) - sum(TRUTH.nps[:7]), abs=0.03)


# ── True to the parameters ───────────────────────────────────────────────────────────────


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


# ── params/demo.yml ──────────────────────────────────────────────────────────────────────


def test_the_demo_params_read_and_name_every_file(demo):
    params = read_params(PARAMS)
    assert params.client == "Eco Mart"
    assert params.data.demo == "../reports/.cache/demo"
    named = {table.file for table in params.data.tables().values()}
    assert named == {f"{params.data.demo}/{name}" for name in FILES}
    assert set(demo.touches["touchpoint"]) <= {point.id for point in params.touchpoints}
    used = {*demo.touches["channel"], *demo.costs["Channel"], *demo.leads["source_channel"]}
    assert used <= set(params.channels)
    assert {goal.serves for goal in params.goals} == {goal.id for goal in params.business_goals}


def test_demo_params_name_a_schema_and_price_channels_as_they_truly_cost():
    assert PARAMS.read_text("utf-8").startswith(
        "# yaml-language-server: $schema=params.schema.json"
    )
    channels = read_params(PARAMS).channels
    for name, truth in TRUTH.channels.items():
        cost = channels[name].cost
        assert cost is not None
        assert (cost.per_touch or 0.0, cost.monthly) == (truth.per_touch, truth.monthly)


def test_every_printed_text_of_the_demo_params_is_russian_in_russian():
    texts = list(texts_in(YAML(typ="safe", pure=True).load(PARAMS)))
    assert len(texts) > 70
    for text in texts:
        assert set(text) == {"en", "ru"}
        assert re.search("[а-яё]", text["ru"]), text
        latin = set(re.findall(r"[A-Za-z]+", text["ru"]))
        assert latin <= {"Eco", "Mart", "CRM", "SMS"}, text


def test_demo_goals_start_from_what_was_measured_and_differ_in_status(measured):
    values = measured.set_index(["kpi", "period"])["value"]
    statuses = set()
    for goal in read_params(PARAMS).goals:
        assert goal.baseline is not None
        quarter = pd.Period(goal.baseline_at, "Q")
        then = values[goal.kpi, f"{quarter.year}-Q{quarter.quarter}"]
        assert goal.baseline == pytest.approx(then, rel=0.01), goal.id
        status = goal_status(
            values[goal.kpi, "2026-Q3"],
            baseline=goal.baseline,
            target=goal.target,
            baseline_at=goal.baseline_at,
            by=goal.by,
            today=TRUTH.end,
            lower_is_better=goal.kpi in LOWER_IS_BETTER,
        )
        statuses.add(status.status)
    assert statuses == {"reached", "on_track", "at_risk", "off_track"}


@pytest.fixture(scope="module")
def measured(demo: Demo) -> pd.DataFrame:
    sold = demo.sold.rename(
        columns={"Order No": "order_id", "Total": "amount", "Cost of goods": "cost_amount"}
    ).assign(
        customer_id=demo.sold["Customer No"].mask(demo.sold["Customer No"] == ""),
        ordered_at=demo.sold["at"],
        is_refund=demo.sold["Status"] == "refunded",
    )
    costs = demo.costs.set_axis(
        ["period_start", "period_end", "channel", "cost_item", "cost_kind", "amount"], axis=1
    )
    for column in ("period_start", "period_end"):
        costs[column] = costs[column].dt.date
    columns = ["order_id", "customer_id", "ordered_at", "amount", "cost_amount", "is_refund"]
    orders = ibis.memtable(sold[columns])
    gap = repurchase_gap_days(orders, as_of=TRUTH.end)
    assert gap is not None
    return kpi_history(
        orders=orders,
        touches=ibis.memtable(demo.touches),
        surveys=ibis.memtable(demo.surveys),
        costs=ibis.memtable(costs),
        periods=history(parse_period("2026-Q3"), TRUTH.start),
        active_days=gap,
    )


def texts_in(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "en" in value or "ru" in value:
            yield value
        else:
            for part in value.values():
                yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
