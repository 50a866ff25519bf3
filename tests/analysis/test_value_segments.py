"""Segments by value: deciles, regularity, newcomers, the curve; and the models' tables."""

from dataclasses import replace
from datetime import date

import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.model_choice import Holdout
from crm_strategy.analysis.model_fits import Fit
from crm_strategy.analysis.value_fits import ValueFits
from crm_strategy.analysis.value_models import (
    HOLDOUT_COLUMNS,
    MODEL_COLUMNS,
    value_holdout,
    value_models,
)
from crm_strategy.analysis.value_segments import (
    DECILES,
    newcomers,
    regularity,
    value_curve,
    value_deciles,
)
from tests.analysis.builders import FEW, records, table
from tests.analysis.customer_builders import profiles


def values(*rows):
    """Values as (customer, expected value) or with P(no order) behind."""
    names = {"customer_id": "string", "expected_value": "float64", "p_no_order": "float64"}
    return table(names, [dict(zip(names, row, strict=False)) for row in rows])


def counts(*rows):
    """Counts as (customer, frequency, T, revenue)."""
    names = {"customer_id": "string", "frequency": "int64", "T": "int64", "revenue": "float64"}
    return table(names, [dict(zip(names, row, strict=False)) for row in rows])


def segments(members):
    return dict(records(members, "customer_id", "segment"))


def test_ten_customers_are_ten_deciles_best_first():
    found = segments(value_deciles(values(*((f"c{n}", 100.0 - n) for n in range(10)))))
    assert found == {f"c{n}": DECILES[n] for n in range(10)}


def test_equal_values_share_a_decile():
    found = segments(value_deciles(values(("a", 9.0), ("b", 1.0), ("c", 1.0), ("d", 1.0))))
    # One of four is better than the other three: 1 + floor(10 / 4).
    assert found == {"a": "decile_01", "b": "decile_03", "c": "decile_03", "d": "decile_03"}


def test_customers_without_value_are_unknown_and_move_nobody():
    found = segments(value_deciles(values(("a", 2.0), ("b", 1.0), ("c", None), ("d", None))))
    assert found == {"a": "decile_01", "b": "decile_06", "c": "unknown", "d": "unknown"}


@FEW
@given(st.lists(st.none() | st.integers(0, 5), max_size=30))
def test_deciles_hold_each_customer_once_and_equal_values_together(worths):
    table = values(
        *((f"c{n}", None if worth is None else float(worth)) for n, worth in enumerate(worths))
    )
    found = segments(value_deciles(table))
    assert len(found) == len(worths)
    for n, worth in enumerate(worths):
        for other, same in enumerate(worths):
            assert (worth != same) or found[f"c{n}"] == found[f"c{other}"]


def test_one_time_regular_and_frequent_buyers():
    rows = [("a", 1), ("b", 2), ("c", 2), ("d", 3), ("e", 4), ("f", 10)]
    assert segments(regularity(profiles(*((who, n, 5) for who, n in rows)))) == {
        "a": "one_time",
        "b": "regular",
        "c": "regular",
        "d": "regular",
        "e": "regular",
        "f": "frequent",
    }


@pytest.mark.parametrize("reverse", [False, True])
def test_equal_repeat_buyers_at_the_mark_of_the_frequent_stay_together(reverse):
    # Of six with more than one order four fifths are 4.8: three or fewer order less often.
    rows = [("a", 2), ("b", 2), ("c", 2), ("d", 7), ("e", 7), ("f", 7)]
    made = profiles(*((who, n, 5) for who, n in sorted(rows, reverse=reverse)))
    assert set(segments(regularity(made)).values()) == {"regular"}


@pytest.mark.parametrize("reverse", [False, True])
def test_newcomers_of_equal_chances_stay_in_one_band(reverse):
    rows = sorted("abcd", reverse=reverse)
    known = counts(*((who, 0, 10, 5.0) for who in rows))
    told = values(*((who, 1.0, 0.5) for who in rows))
    assert records(newcomers(known, told)) == [("low", 4, pytest.approx(0.5), 20.0)]


def test_where_repeat_buyers_are_alike_nobody_is_frequent():
    found = segments(regularity(profiles(("a", 1, 5), ("b", 2, 5), ("c", 2, 5))))
    assert found == {"a": "one_time", "b": "regular", "c": "regular"}


def test_newcomers_by_their_chance_of_a_second_order():
    known = counts(
        *(("a", 0, 10, 5.0), ("b", 0, 20, 6.0), ("c", 0, 30, 7.0), ("d", 0, 30, 8.0)),
        *(("old", 0, 400, 9.0), ("back", 2, 10, 99.0)),
    )
    told = values(
        *(("a", 1.0, 0.2), ("b", 1.0, 0.4), ("c", 1.0, 0.8), ("d", 1.0, 0.8)),
        *(("old", 1.0, 0.9), ("back", 1.0, 0.1)),
    )
    found = records(newcomers(known, told, newcomer_days=365))
    assert found == [
        ("low", 2, pytest.approx(0.2), 15.0),
        ("medium", 1, pytest.approx(0.6), 6.0),
        ("high", 1, pytest.approx(0.8), 5.0),
    ]


def test_newcomers_without_values_are_not_guessed_at():
    assert records(newcomers(counts(("a", 0, 10, 5.0)), values(("a", None, None)))) == []


def test_the_value_curve_of_four_customers_by_hand():
    known = counts(("a", 0, 1, 10.0), ("b", 0, 1, 60.0), ("c", 0, 1, 30.0), ("d", 0, 1, 0.0))
    told = values(("a", 80.0), ("b", 0.0), ("c", 10.0), ("d", 10.0))
    curve = value_curve(known, told)
    assert records(curve.drop(columns="gap")) == [
        (0.0, 0.0, 0.0),
        (0.25, pytest.approx(0.6), pytest.approx(0.8)),
        (0.5, pytest.approx(0.9), pytest.approx(0.9)),
        (0.75, pytest.approx(1.0), pytest.approx(1.0)),
        (1.0, pytest.approx(1.0), pytest.approx(1.0)),
    ]


def test_the_value_curve_has_21_points_and_no_value_where_none_is_known():
    known = counts(*((f"c{n}", 0, 1, float(n)) for n in range(1000)))
    curve = value_curve(known, values(*((f"c{n}", None) for n in range(1000))))
    assert list(curve["customer_share"].round(2)) == [round(n / 20, 2) for n in range(21)]
    assert curve["revenue_share"].is_monotonic_increasing
    assert curve["expected_value_share"].isna().all()


def test_the_value_curve_of_nobody_is_empty():
    curve = value_curve(counts(), values())
    assert list(curve) == ["customer_share", "revenue_share", "expected_value_share", "gap"]
    assert curve.empty


def fit(model, parameters, problem="", variance=0.01):
    names = list(parameters)
    size = len(names)
    covariance = pd.DataFrame(
        [[variance * (i == j) for j in range(size)] for i in range(size)], names, names
    )
    return Fit(model, pd.Series(parameters, dtype="float64"), -100.0, covariance, 500, problem)


def fits(*, holdout, problem=""):
    buying = fit("bg_nbd", {"r": 0.5, "alpha": 30.0, "a": 1.0, "b": 2.0}, problem)
    spend = fit("gamma_gamma", {"p": 6.0, "q": 4.0, "gamma": 15.0})
    return ValueFits(
        buying={"bg_nbd": buying},
        spend=spend,
        holdout=holdout,
        chosen="" if problem else "bg_nbd",
        mean_spend=9.0,
        buying_covariance=None,
        spend_covariance=None,
    )


def held_out(frequency=(0, 2, 7, 9)):
    rows = pd.DataFrame(
        {
            "frequency": frequency,
            "n": [4, 2, 1, 1],
            "holdout_orders": [2, 2, 4, 6],
            "bg_nbd": [0.5, 1.5, 3.0, 5.0],
            "naive": [0.0, 2.0, 7.0, 9.0],
        }
    )
    return Holdout(date(2026, 6, 30), 92, {"bg_nbd": 0.8, "naive": 1.1}, rows)


def test_the_models_table_has_a_row_a_parameter_with_its_interval():
    found = value_models(fits(holdout=held_out()))
    assert list(found) == list(MODEL_COLUMNS)
    assert list(found["model"]) == ["bg_nbd"] * 4 + ["gamma_gamma"] * 3 + ["naive"]
    first = found.iloc[0]
    # Standard error 0.1 on the logarithm: 0.5 / e^0.196 to 0.5 × e^0.196.
    assert first[["low", "high"]].tolist() == pytest.approx([0.41101, 0.60826], abs=1e-5)
    assert first[["log_likelihood", "holdout_error", "chosen"]].tolist() == [-100.0, 0.8, True]
    assert found["chosen"].tolist() == [True] * 7 + [False]
    assert records(found.tail(1), "parameter", "value", "holdout_error") == [(None, None, 1.1)]


def test_a_fit_that_cannot_be_used_shows_its_problem_and_is_not_chosen():
    found = value_models(fits(holdout=None, problem="no_repeat_buyers"))
    assert set(found["problem"]) == {"no_repeat_buyers", ""}
    assert not found["chosen"].any()
    assert "naive" not in set(found["model"])


def test_a_parameter_that_data_do_not_hold_has_no_interval():
    loose = fit("pareto_nbd", {"s": 1e9}, "no_dropout", variance=1e6)
    found = value_models(fits(holdout=None), more=[loose]).iloc[-1]
    assert found["low"] != found["low"]
    assert found["high"] != found["high"]


def test_an_end_a_thousand_times_off_is_no_interval():
    # Standard error 3.5 on the logarithm: e^6.86 = 953 times; 3.6: e^7.06 = 1,160 times.
    for error, known in ((3.5, True), (3.6, False)):
        loose = fit("pareto_nbd", {"beta": 50.0}, variance=error**2)
        found = value_models(fits(holdout=None), more=[loose]).iloc[-1]
        assert pd.notna(found["low"]) == pd.notna(found["high"]) == known


def test_models_tell_of_the_repeat_buyers_behind_them():
    few = replace(
        fits(holdout=held_out()), spend=replace(fits(holdout=None).spend, customer_count=7)
    )
    assert set(value_models(few)["customer_count"]) == {7}
    nobody = replace(few, spend=replace(few.spend, customer_count=0))
    assert records(value_models(nobody).drop_duplicates("model"), "model", "customer_count") == [
        *(("bg_nbd", 500), ("gamma_gamma", 0), ("naive", 500))
    ]


def test_the_holdout_table_by_hand():
    found = value_holdout(fits(holdout=held_out()))
    assert list(found) == list(HOLDOUT_COLUMNS)
    assert records(found) == [
        ("bg_nbd", "0", 4, 0.5, 0.5),
        ("bg_nbd", "2", 2, 1.0, 1.5),
        ("bg_nbd", "7+", 2, 5.0, 4.0),
        ("naive", "0", 4, 0.5, 0.0),
        ("naive", "2", 2, 1.0, 2.0),
        ("naive", "7+", 2, 5.0, 8.0),
    ]


def test_without_days_held_out_the_holdout_table_is_empty():
    found = value_holdout(fits(holdout=None))
    assert list(found) == list(HOLDOUT_COLUMNS)
    assert found.empty


@pytest.mark.parametrize("dialect", ["clickhouse", "postgres"])
def test_members_have_sql_for_other_engines(dialect):
    known = ibis.table(
        {"customer_id": "string", "frequency": "int64", "T": "int64", "revenue": "float64"},
        name="counts",
    )
    told = ibis.table(
        {"customer_id": "string", "expected_value": "float64", "p_no_order": "float64"},
        name="told",
    )
    ordered = ibis.table({"customer_id": "string", "order_count": "int64"}, name="ordered")
    for result in (value_deciles(told), regularity(ordered), newcomers(known, told)):
        assert ibis.to_sql(result, dialect=dialect)
