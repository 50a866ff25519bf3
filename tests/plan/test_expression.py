import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.plan.expression import Expression, ExpressionError, parse_expression
from crm_strategy.plan.expression_parts import (
    Among,
    Binary,
    Literal,
    Missing,
    Name,
    Negative,
    Not,
)

NAME = "Write the column's name between the marks: `Order date`."
RULE = 'Write a rule, such as order_count >= 3 and country == "DE".'
WORDS = [
    "a",
    "1",
    "'x'",
    "and",
    "or",
    "not",
    "(",
    ")",
    "==",
    "<",
    "+",
    "-",
    "in",
    "[",
    "]",
    ",",
    "is",
    "missing",
]


def shape(node):
    """The tree as brackets: what binds to what."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Literal):
        return repr(node.value)
    if isinstance(node, Negative):
        return f"(- {shape(node.operand)})"
    if isinstance(node, Not):
        return f"(not {shape(node.operand)})"
    if isinstance(node, Missing):
        return f"({shape(node.operand)} is missing)"
    if isinstance(node, Among):
        return f"({shape(node.operand)} in [{', '.join(map(shape, node.values))}])"
    assert isinstance(node, Binary)
    return f"({shape(node.left)} {node.operator} {shape(node.right)})"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            'country == "DE" and order_count >= 3',
            "((country == 'DE') and (order_count >= 3))",
        ),
        ("a == 1 or b == 2 and not c", "((a == 1) or ((b == 2) and (not c)))"),
        ("(a or b) and c", "((a or b) and c)"),
        ("1 + 2 * 3 - 4 / 2", "((1 + (2 * 3)) - (4 / 2))"),
        ("-a * -(b + 1)", "((- a) * (- (b + 1)))"),
        ("a - -1", "(a - (- 1))"),
        ("not not a", "(not (not a))"),
        ("not a == 1", "(not (a == 1))"),
        ("city is missing", "(city is missing)"),
        ("city is not missing", "(not (city is missing))"),
        ("x in ['a', \"b\"]", "(x in ['a', 'b'])"),
        ("x not in [-1, 2.5]", "(not (x in [-1, 2.5]))"),
        ("x IN [true, FALSE]", "(x in [True, False])"),
        ("`Order date` < [Ship date]", "(Order date < Ship date)"),
        ("UnitPrice * Quantity * (1 - Discount)", "((UnitPrice * Quantity) * (1 - Discount))"),
        ("страна == 'Россия'", "(страна == 'Россия')"),
        ('"nps"', "'nps'"),
        ("row", "row"),
        ("`in` == 1e3", "(in == 1000.0)"),
        (" a\n  and b ", "(a and b)"),
        ("a == 'it says \"no\"'", "(a == 'it says \"no\"')"),
        ("a > 99999999999999999999", "(a > 1e+20)"),
    ],
)
def test_an_expression_reads_as_it_binds(text, read):
    assert shape(parse_expression(text).root) == read


def test_names_are_listed_once_in_the_order_they_stand():
    assert parse_expression("b > 1 and (a < b or not `c d`)").names == ("b", "a", "c d")


def refused(text):
    with pytest.raises(ExpressionError) as error:
        parse_expression(text)
    return str(error.value)


def test_a_value_that_is_missing_is_pointed_at():
    assert refused("order_count >=") == (
        "it ends too early (character 15).\n"
        "    order_count >=\n"
        "                  ^\n"
        "Write a name, a number or a text here."
    )


@pytest.mark.parametrize(
    ("text", "character", "says", "remedy"),
    [
        ("a = 1", 3, "'=' compares nothing", "Write == to compare."),
        ("a b", 3, "'b' does not fit here", "Compare with == < >, join with and, or, not."),
        ("1 < a < 3", 7, "two comparisons in a row", "Join them: 1 < age and age < 30, say."),
        ("a == 'x", 6, "' is never closed", "Add ' where it ends."),
        ("a == “x”", 6, "'“' is no quote here", 'Write straight quotes: "DE".'),
        ("(a", 3, "it ends too early", "Write ) here."),
        ("a)", 2, "')' does not fit here", "Compare with == < >, join with and, or, not."),
        ("a in 3", 6, "'3' does not fit here", "Write [ here."),
        ("a in [b]", 7, "a list holds values alone", 'Write in ["DE", "FR"].'),
        ("a in [-'b']", 7, "a list holds values alone", 'Write in ["DE", "FR"].'),
        ("a in []", 7, "']' does not fit here", "Write a name, a number or a text here."),
        ("a not 3", 3, "'not' stands between two values", 'Write not in ["DE"].'),
        ("a is 3", 6, "'3' does not fit here", "Write missing here."),
        ("`` == 3", 1, "a name is empty", NAME),
        ("a > 1e999", 5, "the number is too large", "Write a number below 1e308."),
        ("", 1, "nothing is written", RULE),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_remedy(text, character, says, remedy):
    message = refused(text)
    first, *_, last = message.split("\n")
    assert first == f"{says} (character {character})."
    assert last == remedy


@pytest.mark.parametrize("text", ["a; b", "a.b", "f(a)", "a := 1", "{a}", "a[0]", "@a", "a\0"])
def test_nothing_else_is_a_part_of_the_language(text):
    refused(text)


def test_ten_thousand_characters_are_refused_before_they_are_read():
    assert refused("a" * 10_000).split("\n")[0] == (
        "10,000 characters long; at most 2,000 are read (character 2001)."
    )


def test_a_long_expression_is_shown_around_its_place():
    text = " or ".join(f"city == 'town number {n}'" for n in range(40)) + " oops"
    first, shown, caret, _ = refused(text).split("\n")
    assert first == "'oops' does not fit here (character 1108)."
    assert shown[caret.index("^") :] == "oops"
    assert len(shown) < 70


@pytest.mark.parametrize("opening", ["(", "not ", "-", "not (", "-("])
def test_deep_nesting_is_refused(opening):
    assert "nested more than 40 deep" in refused(opening * 300 + "a")


def test_long_chains_are_refused():
    assert "more than 100 operations hang on one another" in refused("+".join("a" * 102))
    assert parse_expression("+".join("a" * 101)).names == ("a",)


def outcome(text):
    """What an expression is read into, else its refusal."""
    try:
        return parse_expression(text)
    except ExpressionError as error:
        return error


@given(st.text(st.sampled_from("ab12.,'\"`[]()+-*/=<>! \n«ё\0") | st.characters(), max_size=60))
def test_any_text_is_read_or_refused_with_a_place_inside_it(text):
    found = outcome(text)
    assert not isinstance(found, ExpressionError) or 0 <= found.at <= len(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_row_of_words_is_read_or_refused(words):
    assert isinstance(outcome(" ".join(words)), (Expression, ExpressionError))
