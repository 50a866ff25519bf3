"""Lifetime value: fits on counted rows, choice by holdout, values by customer and in all."""

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.buying_models import MODELS, expected_orders, p_alive
from crm_strategy.analysis.lifetime_value import (
    customer_values,
    expected_margin_rate,
    total_value,
)
from crm_strategy.analysis.model_choice import NAIVE, model_rows, naive_orders
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.order_forecasts import discounted
from crm_strategy.analysis.purchase_counts import purchase_counts
from crm_strategy.analysis.spend_model import expected_spend
from crm_strategy.analysis.value_fits import ValueFits, fit_value
from tests.analysis.builders import orders
from tests.analysis.cdnow import CALIBRATION_END, HOLDOUT_END, cdnow

AS_OF = date(2026, 9, 30)
COLUMNS = (
    *("customer_id", "p_alive", "expected_orders", "p_no_order", "expected_spend"),
    *("expected_margin", "expected_value", "low", "high"),
)


@pytest.fixture(scope="module")
def cdnow_counts() -> ibis.Table:
    return purchase_counts(cdnow(), as_of=HOLDOUT_END).cache()


@pytest.fixture(scope="module")
def cdnow_fits(cdnow_counts) -> ValueFits:
    return fit_value(cdnow(), cdnow_counts, as_of=HOLDOUT_END, horizon_days=273, bootstrap_draws=40)


def valued(table: ibis.Table, as_of: date = AS_OF, **options):
    counts = purchase_counts(table, as_of=as_of).cache()
    fits = fit_value(table, counts, as_of=as_of, bootstrap_draws=4)
    return fits, customer_values(counts, fits, **options).to_pandas()


def regulars(*, customers=150, gap=30, amount=50.0, repeats=lambda number: 5):
    """Customers who began on different days and bought every `gap` days."""
    first = date(2025, 1, 1)
    return orders(
        *(
            (f"c{number}", first + timedelta(days=number % 20 + gap * repeat), amount)
            for number in range(customers)
            for repeat in range(repeats(number) + 1)
        )
    )


def test_parameters_from_counted_rows_match_fader_hardie_lee_2005():
    rows = model_rows(purchase_counts(cdnow(), as_of=CALIBRATION_END))
    fit = fit_buying_model(
        rows.assign(T=rows["T"] / 7, recency=rows["recency"] / 7), model="bg_nbd"
    )
    published = {"r": 0.242594, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}
    assert fit.parameters.to_dict() == pytest.approx(published, abs=2e-5)
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=1e-3)


def test_the_naive_formula_foretells_2930_orders_of_cdnow():
    counts = purchase_counts(cdnow(), as_of=CALIBRATION_END).to_pandas()
    assert naive_orders(counts["frequency"], counts["T"], 273).sum() == pytest.approx(2930, abs=0.5)


def test_models_beat_the_naive_formula_on_days_held_out(cdnow_fits):
    errors = dict(cdnow_fits.holdout.errors)
    naive = errors.pop(NAIVE)
    assert set(errors) == set(MODELS)
    assert max(errors.values()) < naive
    assert cdnow_fits.chosen != "bg_nbd"


def test_each_customer_has_the_values_of_their_own_history(cdnow_counts, cdnow_fits):
    table = customer_values(cdnow_counts, cdnow_fits, horizon_days=273, discount_rate=0.0)
    assert table.columns == COLUMNS
    merged = table.to_pandas().merge(cdnow_counts.to_pandas(), on="customer_id")
    assert len(merged) == 2357
    model, parameters = cdnow_fits.chosen, cdnow_fits.buying[cdnow_fits.chosen].parameters
    seen = merged["frequency"], merged["recency"], merged["T"]
    foretold = expected_orders(model, parameters, 273, *seen)
    spend = expected_spend(
        cdnow_fits.spend.parameters, merged["frequency"], merged["monetary_value"]
    )
    assert np.allclose(merged["p_alive"], p_alive(model, parameters, *seen))
    assert np.allclose(merged["expected_orders"], foretold)
    assert np.allclose(merged["expected_spend"], spend)
    assert np.allclose(merged["expected_value"], foretold * spend)
    assert merged["expected_margin"].isna().all()
    assert (merged["low"] < merged["expected_value"]).all()
    assert (merged["expected_value"] < merged["high"]).all()


def test_the_total_is_the_sum_and_its_interval_wider_than_chance_would_make_it(
    cdnow_counts, cdnow_fits
):
    terms = {"horizon_days": 365, "discount_rate": 0.1, "margin_rate": 0.3}
    total = total_value(cdnow_counts, cdnow_fits, **terms).iloc[0]
    each = customer_values(cdnow_counts, cdnow_fits, **terms).to_pandas()
    assert total["customer_count"] == 2357
    assert total["expected_value"] == pytest.approx(each["expected_value"].sum())
    assert total["expected_orders"] == pytest.approx(each["expected_orders"].sum())
    spread = (each["high"] - each["low"]) / 2
    # Parameters are shared: errors neither cancel like chance nor add up in full.
    half = (total["high"] - total["low"]) / 2
    assert np.sqrt((spread**2).sum()) < half < spread.sum()


def test_the_interval_of_the_total_covers_refits_of_resampled_customers(cdnow_counts, cdnow_fits):
    terms = {"horizon_days": 365, "discount_rate": 0.0}
    total = total_value(cdnow_counts, cdnow_fits, **terms).iloc[0]
    rows = model_rows(cdnow_counts)
    random = np.random.default_rng(7)
    totals = []
    for _ in range(6):
        drawn = random.multinomial(rows["n"].sum(), rows["n"] / rows["n"].sum())
        fit = fit_buying_model(rows.assign(n=drawn), model=cdnow_fits.chosen)
        told = expected_orders(
            fit.model, fit.parameters, 365, rows["frequency"], rows["recency"], rows["T"]
        )
        totals.append((told * rows["n"]).sum())
    # Orders alone: spending adds to the interval.
    spread = (total["high"] / total["low"]) ** 0.5
    assert np.std(np.log(totals)) < np.log(spread) / 1.96 < 4 * np.std(np.log(totals))


def test_margin_scales_values_and_shows_as_margin(cdnow_counts, cdnow_fits):
    whole = customer_values(cdnow_counts, cdnow_fits, discount_rate=0.0).to_pandas()
    part = customer_values(
        cdnow_counts, cdnow_fits, discount_rate=0.0, margin_rate=0.25
    ).to_pandas()
    assert np.allclose(part["expected_value"], whole["expected_value"] / 4)
    assert np.allclose(part["expected_margin"], part["expected_value"])


def test_a_loss_on_each_order_has_its_low_below_its_high(cdnow_counts, cdnow_fits):
    values = customer_values(cdnow_counts, cdnow_fits, margin_rate=-0.1).to_pandas()
    assert (values["low"] < values["expected_value"]).all()
    assert (values["expected_value"] < values["high"]).all()


def test_discounting_a_steady_stream_matches_the_integral():
    # 2 a day for 365 days at 10 % a year: 2 (1 − 1.1^−1) / (ln 1.1 / 365).
    worth = discounted(lambda days: np.array([2.0 * days]), horizon_days=365, discount_rate=0.1)
    assert worth[0] == pytest.approx(2 * (1 - 1 / 1.1) / (np.log(1.1) / 365), rel=1e-9)


def test_without_discounting_worth_is_the_number_expected():
    worth = discounted(lambda days: np.array([0.5 * days]), horizon_days=10, discount_rate=0.0)
    assert worth[0] == 5.0


def test_weeks_instead_of_days_hardly_change_the_parameters(monkeypatch):
    counts = purchase_counts(cdnow(), as_of=HOLDOUT_END)
    exact = fit_buying_model(model_rows(counts), model="mbg_nbd")
    monkeypatch.setattr("crm_strategy.analysis.model_choice.MOST_ROWS", 1300)
    coarse_rows = model_rows(counts)
    coarse = fit_buying_model(coarse_rows, model="mbg_nbd")
    assert coarse_rows["n"].sum() == 2357
    assert len(coarse_rows) <= 1300
    errors = np.sqrt(np.diag(exact.covariance))
    assert (np.abs(np.log(coarse.parameters / exact.parameters)) < 0.1 * errors).all()


def test_the_order_of_rows_changes_no_value():
    mixed = cdnow().order_by("amount", ibis.desc("customer_id"))
    terms = {"as_of": HOLDOUT_END, "models": ["mbg_nbd"], "bootstrap_draws": 4}
    found = []
    for table in (cdnow(), mixed):
        counts = purchase_counts(table, as_of=HOLDOUT_END).cache()
        values = customer_values(counts, fit_value(table, counts, **terms))
        found.append(values.order_by("customer_id").to_pandas())
    pd.testing.assert_frame_equal(*found)


def test_margin_to_expect_comes_from_the_orders_own_costs_then_from_the_rate():
    costed = orders(("ann", "2026-09-01", 100, 60), ("bob", "2026-09-02", 100, 70))
    plain = orders(("ann", "2026-09-01", 100))
    assert expected_margin_rate(costed, as_of=AS_OF, margin_rate=0.9) == pytest.approx(0.35)
    assert expected_margin_rate(plain, as_of=AS_OF, margin_rate=0.9) == 0.9
    assert expected_margin_rate(plain, as_of=AS_OF) is None


NOTHING_TO_TELL = {
    "no orders": orders(),
    "few customers": orders(("ann", "2026-09-01", 10), ("ann", "2026-09-09", 10)),
    "no repeat buyers": regulars(repeats=lambda number: 0),
    "a single day": orders(*((f"c{number}", "2026-09-30", 10) for number in range(150))),
    "refunds alone": orders(*((f"c{number}", "2026-09-01", -10) for number in range(150))),
}


@pytest.mark.parametrize("name", NOTHING_TO_TELL)
def test_where_data_cannot_tell_there_are_customers_without_values(name):
    table = NOTHING_TO_TELL[name]
    counts = purchase_counts(table, as_of=AS_OF)
    fits, values = valued(table)
    assert fits.chosen == ""
    assert {fit.problem for fit in fits.buying.values()} <= {"no_repeat_buyers", "few_customers"}
    assert list(values) == list(COLUMNS)
    assert len(values) == counts.count().to_pyarrow().as_py()
    assert values.drop(columns="customer_id").isna().all(axis=None)
    total = total_value(counts.cache(), fits).iloc[0]
    assert total["customer_count"] == len(values)
    assert total.drop("customer_count").isna().all()


def test_customers_all_alike_have_one_value():
    fits, values = valued(regulars())
    assert {fit.problem for fit in fits.buying.values()} <= {"no_dropout", "no_spread"}
    if fits.chosen:
        assert np.isfinite(values["expected_orders"]).all()


def test_free_orders_are_worth_nothing():
    fits, values = valued(regulars(amount=0.0, repeats=lambda number: number % 4))
    assert not fits.knows_spend
    assert (values["expected_value"] == 0).all()
    assert (values["expected_spend"] == 0).all()


def test_one_customer_with_ten_million_orders_frightens_nobody():
    busy = pd.DataFrame({"frequency": [9_999_999], "recency": [499], "T": [500]})
    rest = pd.DataFrame(
        [(x, 40 * x, 300 + x) for x in range(5) for _ in range(60)],
        columns=["frequency", "recency", "T"],
    )
    frame = pd.concat([busy, rest], ignore_index=True)
    frame["customer_id"] = frame.index.astype("str")
    frame["monetary_value"] = 10.0 + frame.index % 7
    frame["revenue"] = frame["monetary_value"] * (frame["frequency"] + 1)
    counts = ibis.memtable(frame)
    nobody = orders(("ann", "2026-09-01", 10))
    fits = fit_value(nobody, counts, as_of=AS_OF, bootstrap_draws=10)
    values = customer_values(counts, fits).to_pandas()
    if fits.chosen:
        assert np.isfinite(values[["p_alive", "expected_orders", "p_no_order"]]).all(axis=None)
    assert len(values) == len(frame)
