from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.preferences import PREFERENCES, customer_preferences, few_values
from tests.analysis.builders import FEW, ORDERS, at, order_lines, orders, records, table
from tests.analysis.customer_builders import profiles

AS_OF = date(2026, 9, 30)
PLACED = ORDERS | {"payment_method": "string", "channel": "string"}


def paid(*rows):
    """Orders as (customer, day, payment), or with True behind for a refund."""
    return table(
        PLACED,
        [
            {
                "customer_id": row[0],
                "ordered_at": at(row[1]),
                "payment_method": row[2],
                "amount": 1.0,
                "is_refund": len(row) > 3,
            }
            for row in rows
        ],
    )


def preferred(placed, name, *, lines=(), customers="ab"):
    found = customer_preferences(
        placed, order_lines(*lines), profiles(*((each, 1, 1) for each in customers)), as_of=AS_OF
    )
    rows = records(found.table.order_by("customer_id"), f"preference:{name}")
    return [value for (value,) in rows]


def test_the_commonest_choice_is_preferred():
    placed = paid(
        *(("a", "2026-01-01", "card"), ("a", "2026-01-02", "cash"), ("a", "2026-01-03", "card")),
        *(("b", "2026-01-01", None), ("b", "2026-01-02", " ")),
    )
    assert preferred(placed, "payment_method") == ["card", "unknown"]


def test_of_equals_the_last_choice_is_preferred_then_the_first_by_alphabet():
    placed = paid(
        *(("a", "2026-01-01", "card"), ("a", "2026-01-02", "bill")),
        *(("b", "2026-01-01", "card"), ("b", "2026-01-01", "bill")),
    )
    assert preferred(placed, "payment_method") == ["bill", "bill"]


def test_of_equals_the_choice_of_later_days_on_average_is_preferred():
    # Cards on days 1 and 9: 5 on average; bills on days 5 and 6: 5.5.
    days = (("card", 1), ("bill", 5), ("bill", 6), ("card", 9))
    placed = paid(*(("a", f"2026-01-0{day}", method) for method, day in days))
    assert preferred(placed, "payment_method", customers="a") == ["bill"]


def test_refunds_and_later_orders_choose_nothing():
    placed = paid(
        *(("a", "2026-01-01", "card"), ("a", "2026-01-02", "bill", "refund")),
        *(("a", "2026-01-03", "bill", "refund"), ("b", "2026-10-01", "card")),
    )
    assert preferred(placed, "payment_method") == ["card", "unknown"]


def test_weekdays_have_names_and_hours_are_quarters_of_the_day():
    # 1 October 2026 is a Thursday, so 28 September is a Monday.
    placed = orders(
        *(("a", "2026-09-28 05:59", 1), ("b", "2026-09-27 18:00", 1)),
        *(("c", "2026-09-26 00:00", 1), ("d", "2026-09-26 00:01", 1)),
    )
    assert preferred(placed, "weekday", customers="abcd") == [
        *("monday", "sunday", "saturday", "saturday")
    ]
    assert preferred(placed, "hour", customers="abcd") == ["00–05", "18–23", "unknown", "00–05"]


def test_each_line_is_a_choice_of_its_category():
    lines = (
        *(("o1", "a", "2026-01-01", "soap", 1, "Bath"), ("o1", "a", "2026-01-01", "t", 1, "Tea")),
        *(("o2", "a", "2026-01-02", "gel", 1, "Bath"), ("o2", "b", "2026-01-02", "t", -1, "Tea")),
        ("o3", "a", "2026-01-03", "t", 1, "Tea"),
        ("o3", "a", "2026-01-03", "gel", 1, "Bath"),
    )
    assert preferred(orders(), "category", lines=lines) == ["Bath", "unknown"]


def test_no_customers_have_no_preferences():
    found = customer_preferences(orders(), order_lines(), profiles(), as_of=AS_OF)
    assert found.columns == ("preference:category", "preference:weekday", "preference:hour")
    assert records(found.table) == []


def test_more_values_than_can_be_counted_side_by_side_are_counted_too():
    placed = paid(
        *(("a", "2026-01-01", f"method {number}") for number in range(30)),
        *(("b", "2026-01-01", "card"), ("b", "2026-01-02", "cash"), ("b", "2026-01-03", "cash")),
    )
    assert few_values(placed, ["payment_method"]) == {}
    assert preferred(placed, "payment_method") == ["method 0", "cash"]


def test_a_way_called_other_is_no_rest_however_many_ways_there_are():
    chosen = (("a", "2026-01-01", "other"), ("b", "2026-01-01", " other "))
    many = [("c", "2026-01-01", f"method {number}") for number in range(30)]
    for placed in (paid(*chosen), paid(*chosen, *many)):
        assert preferred(placed, "payment_method") == ["stated_other", "stated_other"]


def a_choice():
    return st.tuples(
        st.sampled_from("abc"),
        st.datetimes(at("2026-09-01"), at("2026-10-02")),
        st.sampled_from(["card", "bill", "other", "", None]),
    )


@FEW
@given(st.lists(a_choice(), max_size=30))
def test_few_values_counted_side_by_side_or_one_by_one_are_the_same(rows):
    placed = paid(*((who, moment.isoformat(" "), method) for who, moment, method in rows))
    customers = profiles(*((each, 1, 1) for each in "abc"))
    columns = ["preference:payment_method", "preference:channel", "preference:weekday"]
    read, one_by_one = (
        sorted(
            records(
                customer_preferences(
                    placed, order_lines(), customers, as_of=AS_OF, values=values
                ).table.select("customer_id", *columns)
            )
        )
        for values in (None, {})
    )
    assert read == one_by_one


@FEW
@given(st.lists(a_choice(), max_size=30), st.randoms())
def test_every_customer_has_one_of_each_preference_in_any_row_order(rows, random):
    named = [(customer, moment.isoformat(" "), method) for customer, moment, method in rows]
    customers = profiles(*((each, 1, 1) for each in "abc"))
    first, second = (
        customer_preferences(paid(*order), order_lines(), customers, as_of=AS_OF)
        for order in (named, random.sample(named, len(named)))
    )
    assert set(first.columns) == {
        f"preference:{name}" for name in set(PREFERENCES) - {"delivery_method"}
    }
    found = sorted(records(first.table))
    assert found == sorted(records(second.table.select(*first.table.columns)))
    assert [customer for customer, *_values in found] == list("abc")
