import pandas as pd
import pytest

from crm_strategy.analysis.drop_offs import drop_offs, stage_values
from crm_strategy.analysis.funnel_change import funnel_change
from crm_strategy.analysis.intervals import difference_interval
from crm_strategy.analysis.segment_funnels import SEGMENT_COLUMNS
from tests.analysis.builders import records

STAGES = ("touched", "cart", "ordered")


def funnels(*groups):
    """Groups as (attribute, value, touched, cart, ordered); amounts are 10 an order."""
    rows = []
    for attribute, value, *counts in groups:
        for at, (stage, count) in enumerate(zip(STAGES, counts, strict=True)):
            before = counts[at - 1] if at else None
            rows.append(
                {
                    "attribute": attribute,
                    "value": value,
                    "stage": stage,
                    "customer_count": count,
                    "journey_count": count,
                    "before_count": before,
                    "before_customers": before,
                    "step_rate": count / before if before else None,
                    "overall_rate": count / counts[0],
                    "amount": 10.0 * counts[-1],
                    "ordered_count": counts[-1],
                    "repeat_amount": None,
                    "repeat_count": 0,
                }
            )
    return pd.DataFrame(rows, columns=list(SEGMENT_COLUMNS)).astype({"before_count": "float64"})


NOW = funnels(
    ("all", "all", 2000, 1100, 550),
    ("platform", "phone", 1000, 400, 200),
    ("platform", "desk", 1000, 700, 350),
)
NONE = NOW.head(0)


def test_a_drop_off_is_priced_as_worked_by_hand():
    # 1,000 × (0.7 − 0.4) = 300 carts; half of them order: 150 orders of 10.
    top = drop_offs(NOW, NONE, values=stage_values(NOW)).iloc[0]
    assert (top["value"], top["stage"], top["best_value"]) == ("phone", "cart", "desk")
    assert top["lost_orders"] == pytest.approx(150)
    assert top["lost_value"] == pytest.approx(1500)
    assert top["verdict"] == "loses"
    # Two ordered pairs at two steps, and all against its past at two: six comparisons.
    ends = difference_interval(700, 1000, 400, 1000, confidence=1 - 0.05 / 6)
    assert (top["low"], top["high"]) == pytest.approx(ends)
    assert top["lost_low"] == pytest.approx(1000 * ends[0] * 0.5 * 10)


def test_what_is_lost_after_the_first_order_is_priced_by_the_orders_after_it():
    found = funnels(
        ("all", "all", 2000, 1000, 500), ("p", "a", 999, 500, 200), ("p", "b", 1001, 500, 300)
    )
    names = {"cart": "ordered", "ordered": "ordered_again"}
    now = found.assign(stage=found["stage"].replace(names), repeat_amount=7500.0, repeat_count=500)
    assert stage_values(now) == {"touched": 10.0, "ordered": 10.0, "ordered_again": 15.0}
    again = drop_offs(now, NONE, values=stage_values(now)).set_index("stage").loc["ordered_again"]
    # 500 × (0.6 − 0.4) = 100 journeys, of which the later orders bring 15.
    assert (again["lost_orders"], again["lost_value"]) == pytest.approx((100, 1500))


def test_segments_and_all_are_held_against_the_period_before():
    earlier = funnels(("all", "all", 2000, 1400, 700), ("platform", "phone", 1000, 900, 450))
    found = drop_offs(NOW, earlier, values={})
    of_all = found[found["attribute"] == "all"]
    assert records(of_all, "stage", "against", "best_rate") == [("cart", "previous", 0.7)]
    # What an order is worth is not known, and never taken for 0.
    assert found["lost_value"].isna().all()


def test_equal_groups_lose_nothing():
    alike = funnels(("all", "all", 200, 100, 50), ("p", "a", 100, 50, 25), ("p", "b", 100, 50, 25))
    assert drop_offs(alike, NONE, values=stage_values(alike)).empty


def test_differences_within_chance_say_so():
    near = funnels(("all", "all", 200, 101, 50), ("p", "a", 100, 52, 26), ("p", "b", 100, 49, 24))
    found = drop_offs(near, NONE, values=stage_values(near))
    assert set(found["verdict"]) == {"chance"}
    assert (found["lost_low"] == 0).all()


def test_groups_of_fewer_than_thirty_are_not_compared():
    few = funnels(("all", "all", 49, 30, 9), ("p", "a", 29, 20, 5), ("p", "b", 20, 10, 4))
    assert drop_offs(few, NONE, values=stage_values(few)).empty


def test_no_journeys_have_no_drop_offs():
    assert drop_offs(NONE, NONE, values=stage_values(NONE)).empty
    assert funnel_change(NONE, NONE).empty


def test_a_change_beyond_chance_is_told_with_newcombes_interval():
    earlier = funnels(("all", "all", 2000, 1400, 700))
    found = funnel_change(NOW, earlier)
    names = ("stage", "step_rate", "previous_rate", "verdict")
    assert records(found, *names) == [
        ("cart", 0.55, 0.7, "worse"),
        ("ordered", 0.5, 0.5, "chance"),
    ]
    ends = difference_interval(1100, 2000, 1400, 2000, confidence=0.975)
    assert records(found, "low", "high")[0] == pytest.approx(ends)
