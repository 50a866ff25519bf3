import pytest

from crm_strategy.analysis.bands import AGE_CUTS, band_names, band_of, number_cuts, number_of
from tests.analysis.builders import records
from tests.analysis.customer_builders import profiles


def customers_with(**columns):
    count = max(len(values) for values in columns.values())
    return profiles(*((f"c{place}", 1, 1) for place in range(count)), **columns)


def test_a_band_names_what_it_holds():
    assert band_names([18, 25.5, 40]) == ["< 18", "18–25.5", "25.5–40", "≥ 40"]
    assert band_names(AGE_CUTS, whole=True)[1:3] == ["18–24", "25–34"]


def test_a_cut_begins_the_next_band():
    table = customers_with(score=[-3.0, 9.9, 10.0, 20.0, None, float("nan"), float("inf")])
    named = table.select(name=band_of(number_of(table.score), [10, 20]))
    expected = ["< 10", "< 10", "10–20", "≥ 20", None, None, None]
    assert [name for (name,) in records(named)] == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *((" 12 ", 12.0), ("-3,5", -3.5), ("1e5", None), ("12-24", None)),
        *(("1.000,00", None), ("", None), ("nan", None)),
    ],
)
def test_a_text_is_a_number_only_when_it_is_nothing_else(text, number):
    table = customers_with(points=[text])
    assert records(table.select(number=number_of(table.points))) == [(number,)]


def test_cuts_are_fifths_to_two_digits():
    # 1 to 1000: fifths at 200.8, 400.6, 600.4, 800.2.
    table = customers_with(score=[float(number) for number in range(1, 1001)])
    assert number_cuts(table, columns=["score"]) == {"score": [200.0, 400.0, 600.0, 800.0]}


def test_cuts_keep_all_digits_where_two_would_make_them_equal():
    table = customers_with(score=[float(year) for year in range(1950, 1975)])
    cuts = number_cuts(table, columns=["score"])["score"]
    assert cuts == pytest.approx([1954.8, 1959.6, 1964.4, 1969.2])


def test_columns_of_few_values_or_of_words_are_not_cut():
    words = [f"{number} years" for number in range(30)]
    table = customers_with(score=[1.0, 2.0] * 15, points=words)
    assert number_cuts(table, columns=["score", "points"]) == {}


def test_text_counts_as_numbers_when_95_of_100_values_are():
    numbers = [str(number) for number in range(1, 96)]
    mostly = customers_with(points=[*numbers, *["unknown"] * 5, None, None])
    barely = customers_with(points=[*numbers, *["unknown"] * 6])
    assert number_cuts(mostly, columns=["points"]) == {"points": [20.0, 39.0, 57.0, 76.0]}
    assert number_cuts(barely, columns=["points"]) == {}


def test_most_customers_at_the_lowest_value_leave_no_empty_band():
    table = customers_with(score=[0.0] * 75 + [float(number) for number in range(1, 26)])
    (cuts,) = number_cuts(table, columns=["score"]).values()
    assert cuts == [5.2]


def test_nobody_needs_no_cuts():
    assert number_cuts(customers_with(score=[]), columns=["score"]) == {}
    assert number_cuts(customers_with(score=[]), columns=[]) == {}
