"""What tells who customers are stays lazy, and other engines' SQL can be written for it."""

from datetime import date

import ibis
import pytest

from crm_strategy.analysis import (
    attributes,
    hot_leads,
    ideal_customer,
    preferences,
    purchase_stops,
    responses,
    satisfaction,
)
from tests.analysis.builders import ORDER_LINES, ORDERS, TOUCHES
from tests.analysis.customer_builders import ANSWERS, LEADS, PROFILES

START, END = date(2026, 7, 1), date(2026, 9, 30)
PERIOD = {"start": START, "end": END}
CUTS = {"points": [10.0, 20.0]}
VALUES = {"channel": ["shop", "web"]}
HEARD = {"email": True, "shop": False}


def results():
    profiles = ibis.table(PROFILES, name="profiles")
    orders = ibis.table(ORDERS | {"stage_group": "string", "channel": "string"}, name="orders")
    touches = ibis.table(TOUCHES, name="touches")
    leads = ibis.table(LEADS, name="leads")
    lines = ibis.table(ORDER_LINES, name="order_lines")
    surveys = ibis.table(ANSWERS, name="surveys")
    who = attributes.customer_attributes(profiles, as_of=END, cuts=CUTS)
    kept = dict.fromkeys(who.columns, ("a",))
    answers = satisfaction.satisfaction_answers(surveys, as_of=END)
    return {
        "attributes": attributes.common_values(who, values=kept).table,
        "preferences": preferences.customer_preferences(
            orders, lines, profiles, as_of=END, values=VALUES
        ).table,
        "answers": answers,
        "satisfaction": satisfaction.satisfaction_members(answers, profiles),
        "responses": responses.response_members(touches, profiles, as_of=END, heard=HEARD),
        "asked": responses.asked_channels(touches),
        "stops": purchase_stops.stopped_at(touches, leads, orders, **PERIOD),
        "stopped": purchase_stops.stopped_at_members(touches, leads, orders, profiles, **PERIOD),
        "tops": ideal_customer.top_members(profiles),
        "leads": hot_leads.standing_leads(leads, touches, day=END, horizon_days=30),
    }


@pytest.mark.parametrize("dialect", ["clickhouse", "postgres"])
def test_every_table_is_lazy_and_has_sql_for_other_engines(dialect):
    for name, result in results().items():
        # Tables without data: anything that executed would have failed by now.
        assert isinstance(result, ibis.Table), name
        assert ibis.to_sql(result, dialect=dialect), name
