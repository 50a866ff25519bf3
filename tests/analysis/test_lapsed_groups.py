import pytest

from crm_strategy.analysis.lapsed_groups import COLUMNS, lapsed_groups
from tests.analysis.builders import records, table

PEOPLE = {
    "customer_id": "string",
    "recency_days": "int64",
    "revenue": "float64",
    "kind": "string",
}


def people(*rows):
    """Profiles as (kind, days since the last order, revenue)."""
    return table(
        PEOPLE,
        [
            {"customer_id": f"c{at}", "kind": kind, "recency_days": days, "revenue": money}
            for at, (kind, days, money) in enumerate(rows)
        ],
    )


def test_a_group_that_had_brought_more_is_told_from_the_other_lapsed():
    rows = [("company", 200, 900.0 + n) for n in range(20)] + [("company", 5, 9_999.0)] * 5
    rows += [("person", 300, 200.0 + n) for n in range(60)] + [(None, 300, 50_000.0)]
    found = lapsed_groups(people(*rows), active_days=100)
    columns = ("value", "customer_count", "past_revenue", "other_count", "verdict")
    assert records(found, *columns) == [
        ("company", 20, 18_190.0, 60, "dear"),
        ("person", 60, 13_770.0, 20, "usual"),
    ]
    assert found.loc[0, ["lapsed_share", "mean_revenue", "other_mean"]].tolist() == pytest.approx(
        [20 / 25, 909.5, 229.5]
    )


@pytest.mark.parametrize("rows", [[], [("company", 5, 10.0)], [(None, 500, 10.0)]])
def test_without_lapsed_customers_of_a_known_kind_there_is_no_group(rows):
    found = lapsed_groups(people(*rows), active_days=100)
    assert (len(found), tuple(found.columns)) == (0, COLUMNS)


def test_customers_alike_are_no_dear_group():
    rows = [(kind, 200, 100.0 + n) for n in range(30) for kind in ("company", "person")]
    assert set(lapsed_groups(people(*rows), active_days=100)["verdict"]) == {"usual"}


def test_a_group_is_not_dear_where_the_others_scatter_too_much_to_tell():
    # Of the group 205 to 215 each, surely; of six others 0, five times, and 900.
    rows = [("company", 200, 205.0 + n % 11) for n in range(60)]
    rows += [("person", 200, money) for money in (0.0,) * 5 + (900.0,)]
    found = lapsed_groups(people(*rows), active_days=100).set_index("value")
    assert found.loc["company", "low"] > found.loc["company", "other_mean"] == 150
    assert found.loc["company", "verdict"] == "usual"
