from datetime import date
from typing import Any

import pytest

from crm_strategy.analysis.experiment_counts import order_bands, participants
from crm_strategy.analysis.experiment_segments import segment_lifts
from crm_strategy.analysis.experiments import COLUMNS, experiment_results
from crm_strategy.analysis.spans import Span
from crm_strategy.analysis.touch_counts import touch_counts
from crm_strategy.analysis.win_back_results import win_back_results
from tests.analysis.builders import at, orders, records, table, touches

EXPERIMENTS = {
    "experiment": "string",
    "variant": "string",
    "customer_id": "string",
    "assigned_at": "timestamp(6)",
    "size": "int64",
    "conversions": "int64",
    "revenue": "float64",
}
AS_OF = date(2026, 9, 30)


def ready(*rows: tuple[Any, ...]):
    """Ready counts as (experiment, variant, size, conversions), or with revenue behind."""
    names = ("experiment", "variant", "size", "conversions", "revenue")
    return table(EXPERIMENTS, [dict(zip(names, row, strict=False)) for row in rows])


def assigned(*rows: tuple[Any, ...]):
    """Assignments as (variant, customer, day), or with conversions and revenue behind."""
    return table(
        EXPERIMENTS,
        [
            {
                "experiment": "test",
                "variant": row[0],
                "customer_id": row[1],
                "assigned_at": at(row[2]),
                "size": 1 if len(row) > 3 else None,
                "conversions": row[3] if len(row) > 3 else None,
                "revenue": row[4] if len(row) > 4 else None,
            }
            for row in rows
        ],
    )


def results(experiments, placed=None, **terms):
    people = participants(experiments, orders() if placed is None else placed, as_of=AS_OF)
    return experiment_results(people, as_of=AS_OF, **terms).set_index("variant")


def test_ready_counts_are_held_against_the_control():
    found = results(ready(("mail", "new", 70, 56), ("mail", "control", 80, 48)))
    assert list(found.index) == ["control", "new"]
    new = found.loc["new"]
    # Newcombe (1998), table II (a).
    assert (new["rate"], new["difference"]) == pytest.approx((0.8, 0.2))
    assert (new["low"], new["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (new["p_value"], new["verdict"], new["reason"]) == (
        pytest.approx(0.008045, abs=5e-7),
        "roll_out",
        "better",
    )
    assert found.loc["control", "verdict"] == "control"


def test_without_a_variant_named_control_the_first_by_name_is_it():
    found = results(ready(("mail", "b", 70, 56), ("mail", "a", 80, 48)))
    assert found.loc["a", "verdict"] == "control"


def test_many_variants_are_judged_together():
    # Alone, p = .03; among three comparisons Holm's is .09.
    rows = [("t", "control", 1000, 100), ("t", "a", 1000, 131), ("t", "b", 1000, 101)]
    found = results(ready(*rows, ("t", "c", 1000, 99)))
    assert found.loc["a", "p_value"] < 0.05
    assert found.loc["a", "p_adjusted"] == pytest.approx(3 * found.loc["a", "p_value"])
    assert set(found["verdict"]) == {"control", "stop"}


@pytest.mark.parametrize(
    ("control", "variant", "verdict", "reason"),
    [
        ((1000, 100), (1000, 60), "stop", "worse"),
        # A rise of a tenth from 10 % takes 14,751 a group.
        ((20_000, 2000), (20_000, 2010), "stop", "no_effect"),
        ((5000, 500), (5000, 510), "extend", "too_small"),
        ((900, 90), (900, 100), "stop", "out_of_reach"),
        ((900, 0), (900, 0), "extend", "no_conversions"),
        ((900, 90), (0, 0), "extend", "empty"),
        ((0, 0), (900, 90), "extend", "empty"),
        ((4000, 400), (5000, 700), "invalid", "split"),
    ],
)
def test_each_verdict_has_its_reason(control, variant, verdict, reason):
    found = results(ready(("t", "control", *control), ("t", "new", *variant))).loc["new"]
    assert (found["verdict"], found["reason"]) == (verdict, reason)


def test_an_order_counts_from_the_assignment_on_and_for_its_days():
    experiments = assigned(
        ("control", "a", "2026-07-01"), ("control", "b", "2026-07-01"), ("new", "c", "2026-07-01"),
        ("new", "d", "2026-07-01"),
    )  # fmt: skip
    placed = orders(
        ("a", "2026-06-30", 10), ("b", "2026-07-20", 20), ("c", "2026-07-02", 30),
        ("c", "2026-07-03", 5), ("d", "2026-08-15", 40), ("d", "2026-07-05", -40),
    )  # fmt: skip
    found = participants(experiments, placed, as_of=AS_OF, days=30).order_by("customer_id")
    assert records(found, "customer_id", "conversions", "revenue", "left_out") == [
        ("a", 0, 0.0, None),
        ("b", 1, 20.0, None),
        ("c", 1, 35.0, None),
        ("d", 0, 0.0, None),
    ]


def test_a_window_of_days_is_calendar_days_in_every_chapter():
    # 30 days after 1 July is 31 July, whatever the hour; 1 August is too late.
    lot = {"a": "2026-07-31", "b": "2026-08-01"}
    experiments = assigned(*(("new", who, "2026-07-01") for who in lot))
    placed = orders(*((who, "2026-01-01", 10) for who in lot), *((w, d, 9) for w, d in lot.items()))
    tested = participants(experiments, placed, as_of=AS_OF, days=30).order_by("customer_id")
    assert records(tested, "customer_id", "conversions") == [("a", 1), ("b", 0)]
    back = win_back_results(experiments, placed, active_days=90, days=30, as_of=AS_OF)
    assert back["returned_count"].tolist() == [1]
    counted = touch_counts(
        placed,
        touches(*((who, "2026-07-01", "email") for who in lot)),
        periods=[Span("q", date(2026, 7, 1), date(2026, 9, 30))],
        conversion_days=30,
        lookback_days=30,
    )
    assert counted["converted"].tolist() == [1]


def test_assigned_after_the_order_is_counted_and_left_out():
    experiments = assigned(
        ("control", "a", "2026-07-01"), ("new", "b", "2026-07-01"), ("new", "c", "2026-07-10"),
        ("new", "d", "2026-07-10"),
    )  # fmt: skip
    # c had ordered since the test began; d before it.
    placed = orders(("c", "2026-07-05", 10), ("c", "2026-07-12", 10), ("d", "2026-06-05", 10))
    found = results(experiments, placed)
    assert found.loc["new", ["size", "late_count"]].tolist() == [2, 1]
    # A conversion given, of which the orders know that it came before.
    told = assigned(
        ("control", "a", "2026-07-01", 1, 9.0), ("control", "d", "2026-07-01", 1, 9.0),
        ("new", "b", "2026-07-01", 1, 10.0),
    )  # fmt: skip
    placed = orders(("a", "2026-07-02", 9), ("d", "2026-07-02", 9), ("b", "2026-06-20", 10))
    found = results(told, placed)
    assert found.loc["new", ["size", "late_count", "reason"]].tolist() == [0, 1, "empty"]
    # Conversions that are no orders, such as visits, are not judged by orders.
    found = results(told, orders(("b", "2026-06-20", 10)))
    assert found.loc["new", ["size", "late_count"]].tolist() == [1, 0]


def test_a_customer_in_two_variants_is_counted_and_left_out_of_both():
    experiments = assigned(
        ("control", "a", "2026-07-01"), ("new", "a", "2026-07-02"), ("control", "b", "2026-07-01"),
        ("new", "c", "2026-07-01"), ("new", "c", "2026-07-01"),
    )  # fmt: skip
    found = results(experiments)
    assert found["size"].to_dict() == {"control": 1, "new": 1}
    assert found["double_count"].to_dict() == {"control": 1, "new": 1}


def test_a_test_that_still_runs_is_extended_unless_the_difference_is_beyond_a_peek():
    def running(conversions: int):
        rows = [
            (variant, f"{variant}{n}", "2026-09-20", int(n < hits), 0.0)
            for variant, hits in (("control", 40), ("new", conversions))
            for n in range(400)
        ]
        return results(assigned(*rows)).loc["new"]

    assert running(64)["p_value"] < 0.05
    assert (running(64)["verdict"], running(64)["reason"]) == ("extend", "running")
    assert running(90)["verdict"] == "roll_out"
    assert running(64)["is_running"]


def test_more_orders_of_less_money_are_not_rolled_out():
    rows = [("control", f"a{n}", "2026-07-01", int(n < 100), 90.0 + n % 7 if n < 100 else 0.0)
            for n in range(1000)]  # fmt: skip
    rows += [("new", f"b{n}", "2026-07-01", int(n < 160), 20.0 + n % 7 if n < 160 else 0.0)
             for n in range(1000)]  # fmt: skip
    found = results(assigned(*rows)).loc["new"]
    assert found["difference"] == pytest.approx(0.06)
    assert found["revenue_high"] < 0
    assert (found["verdict"], found["reason"]) == ("stop", "revenue_worse")
    # Resampling customers agrees with Welch where there are many.
    ends = found[["bootstrap_low", "bootstrap_high"]].tolist()
    assert ends == pytest.approx(found[["revenue_low", "revenue_high"]].tolist(), rel=0.1)


@pytest.mark.parametrize(
    ("hits", "spent", "verdict", "reason"),
    [
        # 100 of the control's 1,000 ordered for 50 each.
        (100, 90, "roll_out", "revenue_better"),
        (60, 200, "roll_out", "revenue_better"),
        (160, 90, "roll_out", "better"),
        (100, 20, "stop", "revenue_worse"),
        (60, 50, "stop", "revenue_worse"),
        (60, 83, "stop", "worse"),
    ],
)
def test_money_decides_for_a_variant_as_well_as_against_it(hits, spent, verdict, reason):
    rows = [
        (variant, f"{variant}{n}", "2026-07-01", int(n < many), float(n < many) * (money + n % 7))
        for variant, many, money in (("control", 100, 50), ("new", hits, spent))
        for n in range(1000)
    ]
    found = results(assigned(*rows)).loc["new"]
    assert (found["verdict"], found["reason"]) == (verdict, reason)


def test_an_empty_variant_is_a_broken_split_for_the_others():
    rows = [("t", "control", 1000, 100), ("t", "a", 0, 0), ("t", "b", 1000, 200)]
    found = results(ready(*rows))
    assert found.loc["b", ["verdict", "reason"]].tolist() == ["invalid", "split"]
    assert found.loc["a", ["verdict", "reason"]].tolist() == ["extend", "empty"]


def test_segments_are_known_before_the_test_and_judged_together():
    rows = [(variant, f"{variant}{n}", "2026-07-01", int(hits(variant, n)), 0.0)
            for variant in ("control", "new") for n in range(2000)]  # fmt: skip
    before = [(f"{v}{n}", "2026-06-01", 9) for v in ("control", "new") for n in range(1000, 2000)]
    placed = orders(*before)
    people = participants(assigned(*rows), placed, as_of=AS_OF)
    found = segment_lifts(people, order_bands(people, placed)).set_index("segment")
    assert list(found.index) == ["orders_0", "orders_1"]
    assert found["difference"].to_dict() == pytest.approx({"orders_0": 0.0, "orders_1": 0.1})
    assert (found["p_adjusted"] < 0.001).all()
    assert found["size"].to_list() == [1000, 1000]


def hits(variant: str, n: int) -> bool:
    """10 % order; of those who had ordered before, 20 % of the new variant."""
    return n % 1000 < (200 if variant == "new" and n >= 1000 else 100)


def test_no_experiments_and_later_ones_give_empty_results():
    for experiments in (ready(), assigned(("control", "a", "2026-10-01"))):
        people = participants(experiments, orders(), as_of=AS_OF)
        found = experiment_results(people, as_of=AS_OF)
        assert (list(found), len(found)) == (list(COLUMNS), 0)
        assert segment_lifts(people, order_bands(people, orders())).empty


def test_one_variant_alone_is_a_control_without_a_verdict():
    found = results(ready(("t", "only", 100, 10)))
    assert found["verdict"].to_dict() == {"only": "control"}
