"""The demo's parameters fit its files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest
from ruamel.yaml import YAML

from crm_strategy.analysis.kpis import kpi_history
from crm_strategy.analysis.lifecycle import repurchase_gap_days
from crm_strategy.data.demo import FILES, TRUTH
from crm_strategy.plan.goals import LOWER_IS_BETTER, goal_status
from crm_strategy.plan.params import read_params
from crm_strategy.plan.period import history, parse_period
from tests.data.demo_records import Demo

PARAMS = Path(__file__).parents[2] / "params" / "demo.yml"


def test_the_demo_params_read_and_name_every_file(demo):
    params = read_params(PARAMS)
    assert params.client == "Eco Mart"
    assert params.data.demo == "../reports/.cache/demo"
    named = {table.file for table in params.data.tables().values()}
    assert named == {f"{params.data.demo}/{name}" for name in FILES}
    assert set(demo.touches["touchpoint"]) <= {point.id for point in params.touchpoints}
    used = {*demo.touches["channel"], *demo.costs["Channel"], *demo.leads["source_channel"]}
    assert used <= set(params.channels)
    assert {goal.serves for goal in params.goals} == {goal.id for goal in params.business_goals}


def test_demo_params_name_a_schema_and_price_channels_as_they_truly_cost():
    assert PARAMS.read_text("utf-8").startswith(
        "# yaml-language-server: $schema=params.schema.json"
    )
    channels = read_params(PARAMS).channels
    for name, truth in TRUTH.channels.items():
        cost = channels[name].cost
        assert cost is not None
        assert (cost.per_touch or 0.0, cost.monthly) == (truth.per_touch, truth.monthly)


def test_every_printed_text_of_the_demo_params_is_russian_in_russian():
    texts = list(texts_in(YAML(typ="safe", pure=True).load(PARAMS)))
    assert len(texts) > 70
    for text in texts:
        assert set(text) == {"en", "ru"}
        assert re.search("[а-яё]", text["ru"]), text
        latin = set(re.findall(r"[A-Za-z]+", text["ru"]))
        assert latin <= {"Eco", "Mart", "CRM", "SMS"}, text


def test_demo_goals_start_from_what_was_measured_and_differ_in_status(measured):
    values = measured.set_index(["kpi", "period"])["value"]
    statuses = set()
    for goal in read_params(PARAMS).goals:
        assert goal.baseline is not None
        quarter = pd.Period(goal.baseline_at, "Q")
        then = values[goal.kpi, f"{quarter.year}-Q{quarter.quarter}"]
        assert goal.baseline == pytest.approx(then, rel=0.01), goal.id
        status = goal_status(
            values[goal.kpi, "2026-Q3"],
            baseline=goal.baseline,
            target=goal.target,
            baseline_at=goal.baseline_at,
            by=goal.by,
            today=TRUTH.end,
            lower_is_better=goal.kpi in LOWER_IS_BETTER,
        )
        statuses.add(status.status)
    assert statuses == {"reached", "on_track", "at_risk", "off_track"}


@pytest.fixture(scope="module")
def measured(demo: Demo) -> pd.DataFrame:
    sold = demo.sold.rename(
        columns={"Order No": "order_id", "Total": "amount", "Cost of goods": "cost_amount"}
    ).assign(
        customer_id=demo.sold["Customer No"].mask(demo.sold["Customer No"] == ""),
        ordered_at=demo.sold["at"],
        is_refund=demo.sold["Status"] == "refunded",
    )
    costs = demo.costs.set_axis(
        ["period_start", "period_end", "channel", "cost_item", "cost_kind", "amount"], axis=1
    )
    for column in ("period_start", "period_end"):
        costs[column] = costs[column].dt.date
    columns = ["order_id", "customer_id", "ordered_at", "amount", "cost_amount", "is_refund"]
    orders = ibis.memtable(sold[columns])
    gap = repurchase_gap_days(orders, as_of=TRUTH.end)
    assert gap is not None
    return kpi_history(
        orders=orders,
        touches=ibis.memtable(demo.touches),
        surveys=ibis.memtable(demo.surveys),
        costs=ibis.memtable(costs),
        periods=history(parse_period("2026-Q3"), TRUTH.start),
        active_days=gap,
    )


def texts_in(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "en" in value or "ru" in value:
            yield value
        else:
            for part in value.values():
                yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
