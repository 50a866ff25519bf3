import pytest

from crm_strategy.data.segment_rules import kind_terms, segment_rules
from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import read_params
from tests.analysis.builders import records, table

PARAMS = """\
client: Acme
data: {orders: {file: orders.csv}}
segments:
  vip: revenue >= 500
  often: order_count > 3
"""
PEOPLE = {"customer_id": "string", "order_count": "int64", "revenue": "float64"}
ROWS = [
    {"customer_id": "a", "order_count": 9, "revenue": 500.0},
    {"customer_id": "b", "order_count": 9, "revenue": None},
]


@pytest.fixture
def rules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def rules_of(text):
        (tmp_path / "acme.yml").write_text(text, encoding="utf-8")
        return segment_rules(read_params("acme.yml"), people)

    people = table(PEOPLE, ROWS)
    rules_of.people = people
    return rules_of


def test_rules_are_asked_in_the_order_of_the_plan(rules):
    found = rules(PARAMS)
    assert list(found) == ["vip", "often"]
    asked = rules.people.select("customer_id", **found).order_by("customer_id")
    assert records(asked) == [("a", True, True), ("b", None, True)]


def test_every_rule_that_cannot_be_asked_is_told_with_its_line(rules):
    with pytest.raises(ParamsError) as error:
        rules(PARAMS.replace("revenue", "revenu").replace("> 3", "+ 3"))
    assert str(error.value) == (
        "acme.yml, line 4, segments.vip: unknown column 'revenu' (character 1).\n"
        "    revenu >= 500\n"
        "    ^\n"
        "Did you mean 'revenue'? Columns: order_count, revenue.\n"
        "acme.yml, line 5, segments.often: this is a value, not a condition (character 13).\n"
        "    order_count + 3\n"
        "                ^\n"
        "Compare it: order_count >= 3, say."
    )


def test_the_customer_is_no_column_of_a_rule(rules):
    with pytest.raises(ParamsError, match="unknown column 'customer_id'"):
        rules(PARAMS.replace("revenue >= 500", "customer_id == 'a'"))


def test_kinds_are_about_attributes_that_customers_have(tmp_path):
    file = tmp_path / "acme.yml"
    file.write_text(PARAMS + "segment_kinds: [rfm, attribute:contry]\n", encoding="utf-8")
    params = read_params(file)
    columns = {"customer_id": "string", "country": "string", "birth_date": "date"}
    with pytest.raises(ParamsError) as error:
        kind_terms(params, table(columns, []))
    assert str(error.value) == (
        f"{file}, line 6, segment_kinds[1]: customers have no attribute 'contry'.\n"
        "Did you mean 'country'? Attributes: age_band, country.\n"
        "A column that names people, or has a value of its own for most customers, is left out: "
        "crm-strategy check lists those."
    )


def test_the_terms_of_kinds_are_those_of_the_plan(tmp_path):
    (tmp_path / "acme.yml").write_text(PARAMS + "tiers: {by: order_count, at_least: {gold: 5}}\n")
    terms = kind_terms(read_params(tmp_path / "acme.yml"), table(PEOPLE, ROWS))
    assert list(terms.pop("rules")) == ["vip", "often"]
    assert terms == {
        "tiers_by": "order_count",
        "at_least": {"gold": 5.0},
        "shares": {},
        "bins": 5,
        "segment_map": "named",
    }
