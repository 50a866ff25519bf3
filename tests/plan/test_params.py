from datetime import date
from pathlib import Path

import pydantic
import pytest

from crm_strategy.plan.data_params import TableParams
from crm_strategy.plan.params import Params, read_params

SMALLEST = """\
client: Acme
data:
  orders: {file: orders.csv}
"""

DESIGN = """\
# yaml-language-server: $schema=params.schema.json
client: Eco Mart
language: [en, ru]
currency: EUR
timezone: Europe/Berlin
rhythm: quarter                   # month | quarter | half | year
data:
  engine: duckdb
  orders:
    file: data/orders.csv
    preset: bitrix24.deals
    columns: {order_id: InvoiceNo, ordered_at: InvoiceDate, customer_id: CustomerID, amount: Sales}
    format: {encoding: cp1251, delimiter: ";", decimal: ",", dates: "%d.%m.%Y"}
    stages: {won: [Успешно], lost: [Отказ, Дубль]}
  costs: {file: data/costs.xlsx, sheet: Costs}
  touches: {table: crm.touches}
business_goals:
  - {id: growth, goal: "Grow revenue by 15 % in 2026", kpi: revenue, target: 4200000,
     by: 2026-12-31}
goals:
  - {id: retain, goal: "Keep more first-time buyers", serves: growth, priority: primary,
     kpi: customer_retention_rate, segment: all, baseline: 0.31, target: 0.38, by: 2026-12-31,
     owner: CRM lead}
segments: {}
touchpoints:
  - {id: cart_email, name: Abandoned-cart e-mail, channel: email, place: online,
     stage: consideration, evidence: measured, pain: "Pays on a second page",
     actions: {new: {target_action: second order, message: Hello, kpi: conversion_rate}}}
channels:
  email: {label: E-mail, kind: owned, cost: {per_touch: 0.01, monthly: 300}}
  sms: {kind: paid}
scenarios:
  - {id: comeback, segment: at_risk,
     steps: [{channel: email, wait_days: 2, stop_on: opened}, {channel: sms}]}
decisions:
  - {id: D1, decision: Send it, period: 2026-Q3, kpi: repeat_rate, expected: "A quarter more"}
privacy: {min_cell: 10}
"""


def test_the_file_of_the_design_reads_as_it_stands(read):
    params = read(DESIGN)

    assert params.language == ("en", "ru")
    assert params.data.orders == TableParams.model_validate(
        {
            "file": "data/orders.csv",
            "preset": "bitrix24.deals",
            "columns": {
                "order_id": "InvoiceNo",
                "ordered_at": "InvoiceDate",
                "customer_id": "CustomerID",
                "amount": "Sales",
            },
            "format": {"encoding": "cp1251", "delimiter": ";", "decimal": ",", "dates": "%d.%m.%Y"},
            "stages": {"won": ["Успешно"], "lost": ["Отказ", "Дубль"]},
        }
    )
    assert list(params.data.tables()) == ["orders", "touches", "costs"]
    assert params.goals[0].by == date(2026, 12, 31)
    assert params.touchpoints[0].actions["new"].target_action.en == "second order"
    assert [step.wait_days for step in params.scenarios[0].steps] == [2, 0]


def test_what_is_left_out_has_the_default_of_the_design(read):
    params = read(SMALLEST)

    assert params.language == ("en",)
    assert (params.currency, params.timezone, params.rhythm) == ("EUR", "UTC", "quarter")
    assert (params.goals, params.segments, params.decisions) == ((), {}, ())
    assert params.data.engine == "duckdb"
    assert params.data.rules.model_dump() == {
        "refunds": "net",
        "duplicates": "drop",
        "without_customer": "keep",
        "zero_amounts": "keep",
        "same_day": "separate",
    }
    assert params.privacy.min_cell == 10
    assert (params.rfm.bins, params.rfm.map, params.rfm.cuts.by_measure()) == (5, "named", {})
    assert params.segment_kinds == (
        *("rfm", "lifecycle", "value", "regularity", "tier", "response", "satisfaction", "rules"),
    )
    assert (params.tiers.by, params.tiers.at_least, params.tiers.shares) == ("revenue", {}, {})
    assert (params.value.horizon_days, params.value.discount_rate) == (365, 0.1)
    assert params.value.models == ("bg_nbd", "mbg_nbd", "pareto_nbd")
    assert params.personas == {}
    assert params.kpis.active_days is None
    assert params.kpis.conversion_days == 30
    assert params.attribution.lookback_days == 30


SEGMENTS = (
    SMALLEST
    + """\
segments:
  vip: revenue >= 500 and country in ["DE", "AT"]
  dormant: recency_days > 365
segment_kinds: [rfm, rules, "attribute:country", preference:hour, rfm]
tiers: {by: order_count, at_least: {gold: 10, silver: 3}}
rfm: {bins: 3, map: grid, cuts: {recency_days: [30, 90], revenue: [0, 99.5]}}
value: {horizon_days: 90, models: [mbg_nbd]}
personas:
  vip: {needs: [Speed, {en: Care, ru: Забота}]}
"""
)


def test_segments_are_chosen_by_parameters(read):
    params = read(SEGMENTS)

    assert list(params.segments) == ["vip", "dormant"]
    assert params.segment_kinds == ("rfm", "rules", "attribute:country", "preference:hour")
    assert params.tiers.at_least == {"gold": 10, "silver": 3}
    assert params.rfm.cuts.by_measure() == {"recency_days": (30, 90), "revenue": (0.0, 99.5)}
    assert (params.value.horizon_days, params.value.models) == (90, ("mbg_nbd",))
    assert [line.in_language("ru") for line in params.personas["vip"].needs] == ["Speed", "Забота"]


def test_one_language_may_be_written_without_brackets(read):
    assert read(SMALLEST + "language: ru\n").language == ("ru",)


def test_a_language_written_twice_counts_once(read):
    assert read(SMALLEST + "language: [ru, en, ru]\n").language == ("ru", "en")


@pytest.mark.parametrize("by", ["2026-12-31", "'2026-12-31'"])
def test_a_day_is_a_day_with_and_without_quotes(read, by):
    params = read(SMALLEST + f"goals: [{{id: a, goal: G, kpi: nps, target: 40, by: {by}}}]\n")

    assert params.goals[0].by == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("by", "baseline_at"), [("2026-12-31", date(2025, 12, 31)), ("2028-02-29", date(2027, 2, 28))]
)
def test_a_baseline_is_a_year_before_the_deadline_unless_said(read, by, baseline_at):
    params = read(SMALLEST + f"goals: [{{id: a, goal: G, kpi: nps, target: 40, by: {by}}}]\n")

    assert params.goals[0].baseline_at == baseline_at


def test_secrets_stay_names_of_environment_variables(read):
    engine = "postgres://crm:${CRM_PASSWORD}@db/shop"

    text = f"client: Acme\ndata:\n  engine: {engine}\n  orders: {{table: orders}}\n"
    assert read(text).data.engine == engine


def test_keys_are_text_as_written(read):
    text = SMALLEST + "channels: {on: {label: On-site}, 2: {}, no: {}}\n"

    assert list(read(text).channels) == ["on", "2", "no"]


def test_parameters_never_change(read):
    params = read(SMALLEST)

    with pytest.raises(pydantic.ValidationError, match="frozen"):
        params.client = "Other"  # type: ignore[misc]
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        params.data.rules.refunds = "exclude"  # type: ignore[misc]


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path):
    file = tmp_path / "acme.yml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())

    assert read_params(file).client == "Acme"


def test_a_place_has_the_line_it_stands_in_or_that_of_what_holds_it(read):
    params = read(DESIGN)

    assert params.line_of(("goals", 0, "target")) == 22
    assert params.line_of(("goals", 0, "note")) == 21
    assert params.line_of(("data", "orders", "columns", "amount")) == 12
    assert params.line_of(("rfm", "bins")) is None


def test_the_workbook_is_the_folder_above_params(read, tmp_path):
    params = read(SMALLEST)

    assert params.path == Path("params/acme.yml")
    assert params.root == tmp_path


def test_a_file_outside_a_params_folder_is_in_the_workbook_itself(tmp_path):
    file = tmp_path / "acme.yml"
    file.write_text(SMALLEST, encoding="utf-8")

    assert read_params(file).root == tmp_path


def test_a_file_named_from_inside_its_folder_has_the_same_workbook(read, tmp_path, monkeypatch):
    read(SMALLEST)
    monkeypatch.chdir(tmp_path / "params")

    assert read_params("acme.yml").root == tmp_path


def test_a_client_name_cannot_leave_the_reports_folder(read):
    params = read(SMALLEST.replace("Acme", "../../x"))

    assert params.client == "../../x"
    assert params.slug == "x"


def test_parameters_survive_being_written_as_json(read):
    params = read(DESIGN)

    again = Params.model_validate_json(params.model_dump_json())

    assert again.model_dump() == params.model_dump()


def test_the_params_of_the_demo_business_read_and_make_a_plan_in_both_languages():
    params = read_params(Path(__file__).parents[2] / "params/demo.yml")

    assert params.slug == "eco-mart"
    assert 5 <= len(params.goals) <= 10
    assert all(goal.goal.en and goal.goal.ru for goal in params.goals)
