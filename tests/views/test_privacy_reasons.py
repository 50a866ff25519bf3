"""A finding that says nothing gives the true reason: no figures, or too few to be shown."""

import pandas as pd

from crm_strategy.views import charts, findings
from tests.views.samples import sample


def test_channels_of_few_orders_are_not_said_to_lack_orders_or_costs():
    few = sample("attribution_verdicts").assign(conversion_customers=4.0)
    assert findings.attribution_finding(few).title.startswith("Too few orders are credited")
    none = few.assign(verdict="no_cost")
    assert findings.attribution_finding(none).title.startswith("No channel has both")


def test_two_channels_of_few_orders_are_not_said_to_be_fewer_than_two():
    few = pd.DataFrame(
        {"channel": ["a", "b"], "cost": 50.0, "order_count": 4, "cost_per_order": 12.5}
    )
    assert "enough credited orders to be shown" in findings.channel_cost_finding(few).title
    assert "both a cost" in findings.channel_cost_finding(few[:1]).title
    silent = few.assign(order_count=None, cost_per_order=None)
    assert "No touches of channels" in findings.channel_cost_finding(silent).title


def test_a_funnel_hidden_for_the_few_who_stopped_does_not_blame_the_touches():
    rows = pd.DataFrame(
        {"stage": ["touched", "ordered"], "customer_count": [75, 72], "step_rate": [None, 0.96]}
    )
    title = findings.funnel_finding(rows).title
    assert title == "Too few customers were touched, went on or stopped to show a funnel"


def test_an_attribute_without_a_common_value_is_said_to_have_none():
    rows = pd.DataFrame(
        {
            "attribute": ["city", "country", "country"],
            "value": ["other", "DE", "AT"],
            "customer_count": [120, 80, 40],
            "index": [100.0, 101.0, 98.0],
            "low": [100.0, 90.0, 80.0],
            "high": [100.0, 110.0, 115.0],
            "kind": "geography",
        }
    )
    assert "too rare to be shown one by one: City." in findings.attributes_finding(rows).text
    only = findings.attributes_finding(rows[:1])
    assert only.title == "No value of an attribute is common enough to be shown"
    assert findings.attributes_finding(rows[1:]).text == ""


def test_groups_without_intervals_are_not_said_to_buy_alike():
    rows = pd.DataFrame(
        {
            "attribute": "gender",
            "value": ["women", "men"],
            "customer_count": [80, 40],
            "index": [20.0, 260.0],
            "low": [None, None],
            "high": [None, None],
            "kind": "demography",
        }
    ).astype({"low": "float64", "high": "float64"})
    found = findings.attributes_finding(rows)
    assert found.title == "Whether groups by attribute buy otherwise than the base cannot be told"
    assert found.text.startswith("A few customers bring most of the revenue")
    stated = findings.stereotype_finding(rows)
    assert stated.title == "Whether groups by demography buy otherwise cannot be told"
    assert charts.attribute_index_chart(rows).payload()
