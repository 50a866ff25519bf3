import pytest

from crm_strategy.analysis.kpi_groups import ORDER_COLUMNS
from crm_strategy.data.kpi_breakdowns import OTHERWISE, kpi_breakdowns
from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import read_params
from tests.analysis.builders import table

PARAMS = "client: Acme\ndata: {orders: {file: orders.csv}}\n"
PEOPLE = table({"customer_id": "string", "country": "string", "points": "int64"}, [])


@pytest.fixture
def asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def breakdowns(more=""):
        (tmp_path / "acme.yml").write_text(PARAMS + more, encoding="utf-8")
        return kpi_breakdowns(read_params("acme.yml"), PEOPLE)

    return breakdowns


def test_kpis_are_broken_down_by_four_unless_told_otherwise(asked):
    assert asked() == ["segment", "channel", "country", "category"]


def test_columns_of_orders_and_of_customers_break_kpis_down_each_once(asked):
    assert asked("kpis: {breakdowns: [points, channel, points]}\n") == ["points", "channel"]
    assert asked("kpis: {breakdowns: []}\n") == []


def test_a_breakdown_by_no_column_is_refused_with_its_line(asked):
    with pytest.raises(ParamsError) as error:
        asked("kpis:\n  breakdowns: [segment, contry]\n")
    assert str(error.value) == (
        "acme.yml, line 4, kpis.breakdowns[1]: neither orders nor customers have a column "
        "'contry'.\n"
        "Did you mean 'country'? Breakdowns: segment, category, channel, payment_method, "
        "delivery_method, coupon, country, points.\n"
        "A column that names people, or has a value of its own for most customers, is left out: "
        "crm-strategy check lists those."
    )


def test_what_divides_orders_is_what_the_analysis_divides_them_by():
    assert ("segment", "category", *ORDER_COLUMNS) == OTHERWISE
