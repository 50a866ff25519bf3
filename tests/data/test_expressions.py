from datetime import date

import ibis
import pytest

from crm_strategy.data.expressions import compile_condition, compile_expression
from crm_strategy.plan.expression import ExpressionError, parse_expression
from tests.analysis.builders import at, table

COLUMNS = {
    "id": "string",
    "country": "string",
    "points": "string",
    "order_count": "int64",
    "revenue": "float64",
    "visits": "int64",
    "birth_date": "date",
    "last_order": "timestamp(6)",
    "member": "boolean",
}
PEOPLE = [
    {
        "id": "a",
        "country": "DE",
        "points": "12.5",
        "order_count": 3,
        "revenue": 90.0,
        "visits": 0,
        "birth_date": date(1990, 5, 1),
        "last_order": at("2026-09-30 23:59"),
        "member": True,
    },
    {
        "id": "b",
        "country": "FR",
        "points": "none",
        "order_count": 1,
        "revenue": -5.0,
        "visits": 4,
        "last_order": at("2026-01-01 00:00"),
        "member": False,
    },
    {"id": "c", "order_count": 2, "revenue": 0.0},
]


def people():
    return table(COLUMNS, PEOPLE)


def columns(rows):
    return {name: rows[name] for name in rows.columns}


def who(rule):
    rows = people()
    found = rows.filter(compile_condition(parse_expression(rule), columns(rows)))
    return "".join(sorted(found.id.to_pandas()))


def values(text):
    rows = people()
    value = compile_expression(parse_expression(text), columns(rows))
    found = rows.select("id", value=value).order_by("id").to_pandas().value.astype(object)
    return [None if each != each or each is None else each for each in found]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ('country == "DE" and order_count >= 3', "a"),
        ("order_count > 1", "ac"),
        ("revenue / order_count == 30", "a"),
        ("revenue < 0 or visits == 0", "ab"),
        ('not country == "DE"', "b"),
        ('country != "DE"', "b"),
        ('country != "DE" or country is missing', "bc"),
        ("country is missing", "c"),
        ("country is not missing", "ab"),
        ('country in ["DE", "IT"]', "a"),
        ('country not in ["DE", "IT"]', "b"),
        ("order_count in [1, 2.0]", "bc"),
        ("points > 12", "a"),
        ("12.5 == points", "a"),
        ("points in [12.5]", "a"),
        ("points * 2 == 25", "a"),
        ('points == "none"', "b"),
        ('birth_date < "2000-01-01"', "a"),
        ('"2026-09-30" == last_order', "a"),
        ('last_order in ["2026-01-01"]', "b"),
        ("last_order > birth_date", "a"),
        ("member", "a"),
        ("not member", "b"),
        ("member == false", "b"),
        ("true", "abc"),
        ("revenue / visits > 0", ""),
        ("revenue / visits is missing", "ac"),
        ("-revenue == 5", "b"),
        ("order_count > 99999999999999999999", ""),
    ],
)
def test_a_rule_finds_whom_it_names(rule, found):
    assert who(rule) == found


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity"])
def test_a_text_that_an_engine_takes_for_a_number_is_none(text):
    rows = table({"id": "string", "points": "string"}, [{"id": "a", "points": text}])
    for rule in ("points > 12", "points * 2 > 12", "points < 12"):
        condition = compile_condition(parse_expression(rule), columns(rows))
        assert rows.filter(condition).count().execute() == 0


def test_dividing_by_zero_gives_no_value():
    assert values("revenue / visits") == [None, -1.25, None]
    assert values("1 / (visits - visits)") == [None, None, None]


def test_what_is_reckoned_with_nothing_is_nothing():
    assert values("points + 1") == [13.5, None, None]


def test_whole_numbers_are_reckoned_as_fractions():
    assert values("order_count / 2") == [1.5, 0.5, 1.0]
    assert values("order_count * 9e18") == [2.7e19, 9e18, 1.8e19]


def test_a_value_alone_is_the_same_for_every_row():
    assert values('"nps"') == ["nps", "nps", "nps"]


def test_a_hundred_parts_are_no_burden():
    assert who(" or ".join(["order_count == 3"] * 100)) == "a"
    assert who("+".join(["order_count"] * 100) + " == 300") == "a"


def refused(rule, make=compile_condition):
    rows = people()
    with pytest.raises(ExpressionError) as error:
        make(parse_expression(rule), columns(rows))
    return str(error.value)


def test_an_unknown_column_is_named_with_the_nearest_one():
    assert refused('order_count > 1 and contry == "DE"') == (
        "unknown column 'contry' (character 21).\n"
        '    order_count > 1 and contry == "DE"\n'
        "                        ^\n"
        "Did you mean 'country'? Columns: id, country, points, order_count, revenue, visits, "
        "birth_date, last_order, member."
    )


def test_a_division_by_zero_that_can_be_seen_is_refused():
    assert refused("revenue / 0 > 3") == (
        "this divides by zero (character 11).\n"
        "    revenue / 0 > 3\n"
        "              ^\n"
        "Divide by another number."
    )


def test_of_very_many_columns_the_first_are_listed():
    many = {f"column_{n}": ibis.literal(1) for n in range(100)}
    with pytest.raises(ExpressionError) as error:
        compile_expression(parse_expression("colum_99"), many)
    assert str(error.value).splitlines()[-1] == (
        "Did you mean 'column_99'? Columns: "
        + ", ".join(f"column_{n}" for n in range(30))
        + " and 70 more."
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("order_count", "this is a value, not a condition (character 1)."),
        ('"DE"', "this is a value, not a condition (character 1)."),
        ("country and member", "this is a value, not a condition (character 1)."),
        ("not revenue", "this is a value, not a condition (character 5)."),
        ('order_count > "3"', "a text is compared with a number (character 15)."),
        ('order_count + "3" > 1', "this is no number (character 15)."),
        ("member + 1 > 1", "this is no number (character 1)."),
        ("revenue / -0 > 3", "this divides by zero (character 11)."),
        ("revenue / false > 3", "this is no number (character 11)."),
        ('birth_date > "1.5.1990"', "this is compared with a day (character 14)."),
        ("birth_date > country", "this is compared with a day (character 14)."),
        ("birth_date > 1990", "a day is compared with a number (character 1)."),
        ("member == 1", "a condition is compared with a number (character 1)."),
        ('country in ["DE", 1]', "the list holds texts and numbers (character 13)."),
        ("(country == 1) == 'x'", "a condition is compared with a text (character 10)."),
    ],
)
def test_parts_that_do_not_go_together_are_refused(rule, message):
    assert refused(rule).split("\n")[0] == message


@pytest.mark.parametrize(
    ("rule", "remedy"),
    [
        ('order_count > "3"', "Leave the quotes out: 3."),
        ('order_count == "three"', "Write a number."),
    ],
)
def test_a_text_beside_a_number_is_told_how_to_become_one(rule, remedy):
    assert refused(rule).split("\n")[-1] == remedy


def test_a_rule_has_sql_for_other_engines():
    rows = ibis.table(COLUMNS, name="people")
    rule = parse_expression('country == "DE" and revenue / order_count > 3 and not member')
    asked = rows.filter(compile_condition(rule, columns(rows)))
    for dialect in ("clickhouse", "postgres"):
        assert ibis.to_sql(asked, dialect=dialect)
