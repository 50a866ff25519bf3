import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_strategy.plan.goal_checks import goal_checks
from crm_strategy.plan.params import read_params
from crm_strategy.plan.template import new_params

TABLES = {
    "costs": ("../files/Расходы 2026.xlsx", {}),
    "orders": (
        "../orders.csv",
        {"order_id": "№ заказа", "amount": "Сумма, руб.", "customer_id": "No", "status": "5"},
    ),
}


def with_examples(text):
    """The file as it is when every example's '#' is deleted."""
    return "\n".join(re.sub(r"^#(?! ?$)(?! \S)", "", line) for line in text.splitlines())


def test_the_file_reads_as_it_stands(read):
    params = read(
        new_params(
            "ООО «Ромашка»",
            TABLES,
            languages=["ru", "en"],
            currency="RUB",
            timezone="Europe/Moscow",
            rhythm="month",
        )
    )

    assert params.client == "ООО «Ромашка»"
    assert params.language == ("ru", "en")
    assert (params.currency, params.timezone, params.rhythm) == ("RUB", "Europe/Moscow", "month")
    assert list(params.data.tables()) == ["orders", "costs"]
    assert params.data.orders.file == "../orders.csv"
    assert params.data.orders.columns == TABLES["orders"][1]
    assert params.data.costs.file == "../files/Расходы 2026.xlsx"


def test_nothing_stands_in_the_plan_that_nobody_decided(read):
    params = read(new_params("Acme", TABLES))

    assert params.goals == ()
    assert params.business_goals == ()
    assert params.touchpoints == ()
    assert params.channels == {}
    assert params.scenarios == ()
    assert params.decisions == ()
    assert params.kpis.margin_rate is None


def test_a_place_is_held_for_orders_where_none_are_known(read):
    text = new_params("Acme", {"customers": ("../people.csv", {})})

    assert read(text).data.orders.file == "../data/orders.csv"
    assert "put the shop's export where this line says" in text


@pytest.mark.parametrize("tables", [TABLES, {}])
def test_the_examples_read_too_and_make_a_good_plan(read, tables):
    text = with_examples(new_params("Acme", tables, by=date(2027, 12, 31)))
    params = read(text)

    assert len(params.goals) == 5
    assert len(params.data.tables()) == 9
    assert params.channels["email"].cost.per_touch == 0.01
    assert params.scenarios[0].steps[0].stop_on == "opened"
    assert params.kpis.margin_rate == 0.35
    assert list(params.segments) == ["big_baskets", "capital"]
    assert params.tiers.shares["gold"] == 0.05
    assert params.personas["champions"].interests[0].en == "Novelties"
    assert params.rfm.cuts.by_measure()["order_count"] == (2, 3, 5, 9)
    problems = [
        (row["goal_id"], row["check"])
        for row in goal_checks(params, as_of=date(2026, 9, 30))
        if row["verdict"] == "failed"
    ]
    # What an example can't know: which actions move the other goals.
    assert problems == [(each, "touched") for each in ("retain", "basket", "answers", "cheaper")]


def test_the_first_line_names_the_schema():
    assert new_params("Acme", {}).splitlines()[0] == (
        "# yaml-language-server: $schema=params.schema.json"
    )


def test_a_header_that_begins_with_an_equals_sign_is_named_in_an_expression(tmp_path):
    path = tmp_path / "acme.yml"
    path.write_text(new_params("Acme", {"orders": ("x.csv", {"amount": "=SUM(A1)"})}), "utf-8")
    assert read_params(path).data.orders.columns == {"amount": "= `=SUM(A1)`"}


# Separators that Python takes for blanks, and what begins an expression, read back otherwise.
_IN_HEADERS = st.characters(exclude_categories=["Cs"], exclude_characters="=\x1c\x1d\x1e\x1f")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    client=st.text(min_size=1).map(lambda text: f"Acme{text}x"),
    file=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda t: f"x{t}x"),
    header=st.text(_IN_HEADERS, min_size=1).map(lambda t: f"{t}x"),
)
def test_any_name_reads_back_as_it_was(tmp_path, client, file, header):
    path = tmp_path / "acme.yml"
    text = new_params(client, {"orders": (file, {"order_id": header})})
    path.write_text(text, encoding="utf-8")
    params = read_params(path)

    assert params.client == client.strip()
    assert params.data.orders.file == file
    assert params.data.orders.columns == {"order_id": header.strip()}
