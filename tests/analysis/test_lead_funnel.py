"""Leads by source and reason, and deals by stage, worked by hand."""

from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.deals import deals
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.lead_funnel import lead_funnel, lost_reasons
from tests.analysis.builders import ORDERS, at, orders, records, table

PERIOD = {"start": date(2026, 7, 1), "end": date(2026, 9, 30)}
LEADS = {
    "lead_id": "string",
    "customer_id": "string",
    "created_at": "timestamp(6)",
    "source_channel": "string",
    "status_group": "string",
    "converted_at": "timestamp(6)",
    "amount": "float64",
    "lost_reason": "string",
}
NO_COSTS = pd.DataFrame({"channel": [], "cost": []})


def leads(*rows):
    """Leads as (source, day, status), or with conversion, amount, customer, reason behind."""
    names = ("source_channel", "created_at", "status_group", "converted_at", "amount")
    names += ("customer_id", "lost_reason")
    filled = [dict(zip(names, row, strict=False)) for row in rows]
    for number, row in enumerate(filled):
        row["lead_id"] = f"l{number}"
        for name in ("created_at", "converted_at"):
            row[name] = at(row[name]) if row.get(name) else None
    return table(LEADS, filled)


def funnel(*rows, placed=(), costs=NO_COSTS):
    return lead_funnel(leads(*rows), orders(*placed), costs, **PERIOD)


def test_rates_days_value_and_cost_worked_by_hand() -> None:
    found = funnel(
        ("ads", "2026-07-01", "won", "2026-07-05", 100.0),
        ("ads", "2026-07-02", "won", "2026-07-12", 60.0),
        ("ads", "2026-07-03", "lost"),
        ("ads", "2026-07-03", "lost", None, 80.0),
        ("ads", "2026-09-30", "open"),
        ("fair", "2026-08-01", "lost"),
        costs=pd.DataFrame({"channel": ["ads"], "cost": [50.0]}),
    )
    low, high = share_interval(2, 4)
    assert records(found)[0] == (
        *("ads", 5, 2, 0.5, 7.0),
        *(pytest.approx(low), pytest.approx(high), 3, 0.6, 1, 2),
        *(160.0, 50.0, 25.0, "period_end"),
        # Leads without a customer are each somebody.
        *(5, 2, 2, 1, 3),
    )
    assert records(found, "source_channel", "won_count", "win_rate", "value", "cost")[1] == (
        "fair",
        *(0, 0.0, None, None),
    )


def test_a_deal_or_order_of_its_customer_since_qualifies_a_lead() -> None:
    found = funnel(
        ("ads", "2026-07-10", "open", None, None, "a"),
        ("ads", "2026-07-10", "open", None, None, "b"),
        ("ads", "2026-07-10", "open", None, None, "c"),
        placed=[("a", "2026-07-10", 10), ("b", "2026-07-09", 10), ("c", "2026-10-01", 10)],
    )
    assert records(found, "lead_count", "qualified_count", "won_count") == [(3, 1, 0)]
    assert found["win_rate"].isna().all()


def test_what_was_decided_after_the_period_was_open_then() -> None:
    found = funnel(
        ("ads", "2026-07-01", "won", "2026-10-02", 100.0),
        ("ads", "2026-07-01", "lost", "2026-10-02"),
        ("ads", "2026-06-30", "won", "2026-07-02", 100.0),
        ("ads", "2026-07-01", None),
    )
    assert records(found, "lead_count", "won_count", "lost_count", "open_count") == [(3, 0, 0, 3)]


def test_without_dates_of_loss_wins_are_not_set_back_to_open_either() -> None:
    # 2 of 4 by now; as of September 1 of 3 if the losses, of whatever day, were all before.
    rows = (
        ("ads", "2026-07-01", "won", "2026-07-05"),
        ("ads", "2026-09-20", "won", "2026-10-02"),
        ("ads", "2026-07-02", "lost", None, None, None, "price"),
        ("ads", "2026-09-25", "lost", None, None, "a", "price"),
        ("ads", "2026-09-26", "open", None, None, "b"),
    )
    counts = ("won_count", "lost_count", "open_count", "win_rate", "qualified_count", "outcomes")
    placed = [("b", "2026-10-03", 10)]
    assert records(funnel(*rows, placed=placed), *counts) == [(2, 2, 1, 0.5, 3, "known")]
    assert lost_reasons(leads(*rows), **PERIOD)["lead_count"].tolist() == [2]
    # With both losses dated all can be told as of the period's end.
    dated = [(*row[:3], row[3] or "2026-10-01", *row[4:]) if "lost" in row else row for row in rows]
    assert records(funnel(*dated), *counts) == [(1, 0, 4, 1.0, 1, "period_end")]
    # Nor does it matter where nothing after the period is known.
    now = [row for row in rows if row[3] != "2026-10-02"]
    assert records(funnel(*now), *counts) == [(1, 2, 1, 1 / 3, 1, "period_end")]


def test_a_value_that_is_missing_leaves_no_sum_and_a_missing_source_is_named() -> None:
    found = funnel(
        (None, "2026-07-01", "won", "2026-07-02", 100.0),
        (None, "2026-07-01", "won", "2026-07-03", None),
        # Converted before it was created: won, but after an unknown time.
        (None, "2026-07-05", "won", "2026-07-03", None),
    )
    assert records(found, "source_channel", "won_count", "value", "median_days") == [
        ("unknown", 3, None, 1.5)
    ]


def test_without_leads_the_tables_are_empty() -> None:
    assert len(funnel()) == len(lost_reasons(leads(), **PERIOD)) == 0
    assert list(funnel().columns)[:5] == [
        *("source_channel", "lead_count", "won_count", "win_rate", "median_days")
    ]


def test_reasons_of_few_leads_stand_together_and_missing_ones_are_told() -> None:
    row = ("ads", "2026-07-01", "lost", None, None, None)
    found = lost_reasons(
        leads(
            *[(*row, "price")] * 3,
            *[(*row, " price ")] * 1,
            *[(*row, "wants Mr Smith")] * 1,
            *[(*row, "no reply")] * 2,
            *[row] * 3,
            ("ads", "2026-07-01", "won", None, None, None, "price"),
        ),
        **PERIOD,
        min_count=2,
    )
    assert records(found, "lost_reason", "lead_count", "share") == [
        ("price", 4, 0.4),
        ("no reply", 2, 0.2),
        ("not_stated", 3, 0.3),
        ("other", 1, 0.1),
    ]
    assert tuple(found.loc[0, ["low", "high"]]) == pytest.approx(share_interval(4, 10))


def test_leads_lost_without_any_reason_are_told_as_such() -> None:
    found = lost_reasons(leads(*[("ads", "2026-07-01", "lost")] * 12), **PERIOD)
    assert records(found, "lost_reason", "lead_count", "share") == [("not_stated", 12, 1.0)]
    none = lost_reasons(leads(("ads", "2026-07-01", "open")), **PERIOD)
    assert list(none.columns) == list(found.columns)
    assert none.empty


def staged(*rows):
    """Deals as (customer, day, amount, group, stage)."""
    columns = ORDERS | {"stage_group": "string", "status": "string"}
    return table(
        columns,
        [
            {
                "order_id": f"o{number}",
                "customer_id": row[0],
                "ordered_at": at(row[1]),
                "amount": float(row[2]),
                "is_refund": row[2] < 0,
                "stage_group": row[3],
                "status": row[4] if len(row) > 4 else None,
            }
            for number, row in enumerate(rows)
        ],
    )


def test_open_deals_of_any_age_and_decided_ones_of_the_period_by_stage() -> None:
    found = deals(
        staged(
            ("a", "2026-01-01", 500, "open", "Offer sent"),
            ("b", "2026-09-20", 300, "open", "Offer sent"),
            ("b", "2026-09-30", 900, "open", "First call"),
            ("c", "2026-08-01", 100, "won", "Paid"),
            ("d", "2026-03-01", 100, "won", "Paid"),
            ("e", "2026-08-01", 70, "lost", "Refused"),
            ("f", "2026-10-01", 70, "open", "Offer sent"),
            ("c", "2026-08-02", -100, "won", "Paid"),
        ),
        **PERIOD,
        min_count=1,
    )
    assert records(found) == [
        # b has a deal in either open stage.
        ("open", "First call", 1, 1, 900.0, 900.0, 0.0, 0.5),
        ("open", "Offer sent", 2, 2, 800.0, 400.0, 141.0, 1.5),
        ("won", "Paid", 1, 1, 100.0, 100.0, None, 1.0),
        ("lost", "Refused", 1, 1, 70.0, 70.0, None, 1.0),
    ]


def test_stages_of_few_people_stand_together() -> None:
    # Of a's four deals with Y none is another's; deals without a customer are somebody's each.
    rows = [
        *(("a", "2026-08-01", 10, "lost", stage) for stage in ("x", "y", "y", "y", "y", "z")),
        *((who, "2026-08-01", 10, "lost", stage) for who, stage in (("b", "z"), (None, "v"))),
        (None, "2026-08-01", 10, "lost", "v"),
    ]
    found = deals(staged(*rows), **PERIOD, min_count=2)
    counts = sorted(records(found, "stage", "deal_count"))
    assert counts == [("other", 5), ("v", 2), ("z", 2)]


def test_where_every_order_is_won_there_is_no_pipeline() -> None:
    assert len(deals(staged(("a", "2026-08-01", 10, "won")), **PERIOD)) == 0
    assert len(deals(staged(), **PERIOD)) == 0
