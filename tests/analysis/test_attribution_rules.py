import pytest
from hypothesis import given

from crm_strategy.analysis.attribution_rules import rule_credit
from tests.analysis.path_builders import some_paths, steps


def credit(*rows, rule, measure="conversions"):
    found = rule_credit(steps(*rows), measure)[rule]
    return {channel: value for channel, value in found.items() if value}


def test_four_steps_worked_by_hand():
    # 10 orders by A > B > C > D; by decay 1 : 2 : 4 : 8 of 15.
    four = ("A > B > C > D", 10, 0)
    assert credit(four, rule="first_touch") == {"A": 10}
    assert credit(four, rule="last_touch") == {"D": 10}
    assert credit(four, rule="linear") == {"A": 2.5, "B": 2.5, "C": 2.5, "D": 2.5}
    assert list(credit(four, rule="time_decay").values()) == pytest.approx(
        [10 * each / 15 for each in (1, 2, 4, 8)]
    )
    assert credit(four, rule="position_based") == pytest.approx({"A": 4, "B": 1, "C": 1, "D": 4})


def test_by_position_two_steps_share_alike_and_one_has_all():
    assert credit(("A > B", 10, 0), rule="position_based") == {"A": 5, "B": 5}
    assert credit(("A", 10, 0), rule="position_based") == {"A": 10}


def test_direct_visits_are_passed_over_unless_there_is_nothing_else():
    rows = (("email > sms > Direct", 3, 0), ("Direct > Direct", 2, 0))
    assert credit(*rows, rule="last_non_direct") == {"sms": 3, "Direct": 2}


def test_a_channel_seen_twice_earns_twice_on_one_line():
    assert credit(("A > B > A > A", 4, 0), rule="linear") == {"A": 3, "B": 1}


def test_value_is_shared_as_orders_are():
    rows = (("A > B", 2, 0, 100.0), ("B", 1, 0, 30.0))
    assert credit(*rows, rule="linear", measure="value") == {"A": 50, "B": 80}


@given(some_paths)
def test_credit_sums_to_orders_and_value_under_every_rule(rows):
    known = steps(*rows)
    for measure in ("conversions", "value"):
        found = rule_credit(known, measure)
        for rule in found:
            assert found[rule].sum() == pytest.approx(known.measure(measure).sum())
            assert (found.loc[~known.converting, rule] == 0).all()
