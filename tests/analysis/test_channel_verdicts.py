from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings

from crm_strategy.analysis.attribution import RULES, attribution
from crm_strategy.analysis.channel_costs import channel_costs
from crm_strategy.analysis.channel_verdicts import COLUMNS, channel_verdicts
from tests.analysis.builders import costs as spending
from tests.analysis.builders import orders, touches
from tests.analysis.path_builders import paths, some_paths
from tests.conftest import shared

PRICES = {"ads": 20.0, "email": 10.0, "sms": 500.0}


def costs(*rows):
    return pd.DataFrame(rows, columns=["channel", "cost"])


def test_all_rules_stand_side_by_side_in_the_order_of_the_design():
    found = attribution(paths(("A > B", 4, 6), ("B", 1, 9), (None, 2, 0)))
    assert tuple(found.columns[:9]) == ("channel", *RULES)
    assert found["channel"].isna().tolist() == [False, False, True]
    assert found["conversion_count"].tolist() == [4, 5, 2]
    a = found.iloc[0]
    assert (a["first_touch"], a["last_touch"], a["linear"]) == (4, 0, 2)
    assert (a["low"], a["high"]) == (0, 4)
    # Of paths that know no customers orders stand for them.
    behind = found[["conversion_customers", "last_touch_customers", "untouched_customers"]]
    assert behind.astype(float).to_numpy().tolist() == [[4, 0, 2], [5, 5, 2], [2, 2, 2]]
    assert found["last_touch_apart"][:2].astype(float).tolist() == [4, 0]
    assert found["other_customers"][:2].tolist() == [1, 0]
    assert (a["value_low"], a["value_high"]) == (0, 28)
    assert found["shapley_kind"].dropna().unique().tolist() == ["rates"]


def test_without_journeys_into_none_shapley_is_linear_on_unique_channels():
    found = attribution(paths(("A > B > B", 6, 0))).set_index("channel")
    assert found["shapley"].to_dict() == {"A": 3, "B": 3}
    assert set(found["shapley_kind"]) == {"sets"}


@settings(max_examples=30)
@given(some_paths)
def test_every_rule_sums_to_all_orders_and_all_their_value(rows):
    known = paths(*rows, (None, 3, 0))
    found = attribution(known)
    for rule in RULES:
        assert found[rule].sum() == pytest.approx(known["conversions"].sum())
        assert found[f"{rule}_value"].sum() == pytest.approx(known["value"].sum())
    assert (found["low"] <= found["high"]).all()


def test_no_paths_give_no_rows_and_the_same_columns():
    full = attribution(paths(("A", 1, 0)))
    empty = attribution(paths())
    assert empty.empty
    assert list(empty.columns) == list(full.columns)
    assert channel_verdicts(empty, costs()).empty


def test_an_unknown_value_leaves_the_orders_as_they_are():
    found = attribution(paths(("A > B", 2, 1)).assign(value=float("nan")))
    assert found["linear"].tolist() == [1, 1]
    assert found[["value_low", "value_high"]].isna().all(axis=None)


def test_verdicts_worked_by_hand():
    # Half of revenue is margin. Last touch gives B all 100 of value, first touch A.
    known = attribution(paths(("A > B", 10, 0, 100.0), ("C", 10, 0, 100.0), ("D", 1, 0, 10.0)))
    found = channel_verdicts(
        known,
        costs(("A", 20), ("B", 60), ("C", 30), ("E", 5)),
        margin_rate=0.5,
    ).set_index("channel")
    assert found["verdict"].to_dict() == {
        "A": "depends", "B": "never_pays", "C": "pays", "D": "no_cost", "E": "no_cost",
    }  # fmt: skip
    a = found.loc["A"]
    # 0 to 100 of value: 0 to 50 of margin on a cost of 20; at 20 % margin the best rule pays.
    assert (a["roi_low"], a["roi_high"], a["break_even_share"]) == pytest.approx((-1, 1.5, 0.2))
    # Alone in its journeys C has all 100, but for the chain: 210 × 10 / (10 + 10 + 10 + 1).
    ends = found.loc["C", ["value_low", "value_high"]].tolist()
    assert ends == pytest.approx([210 * 10 / 31, 100])
    assert found.loc["C", "roi_low"] == pytest.approx(210 * 10 / 31 / 2 / 30 - 1)


def test_what_costs_nothing_pays_and_a_missing_cost_is_no_zero():
    known = attribution(paths(("A", 1, 0, 10.0), ("B", 1, 0, 10.0)))
    found = channel_verdicts(known, costs(("A", 0), ("B", None)), margin_rate=0.5)
    assert found["verdict"].tolist() == ["pays", "no_cost"]
    assert found["roi_low"].isna().all()


def test_where_the_margin_is_not_known_a_channel_can_only_be_found_not_to_pay():
    known = attribution(paths(("A", 1, 0, 10.0), ("B", 1, 0, 10.0), ("C", 1, 0, 10.0)))
    found = channel_verdicts(known, costs(("A", 5), ("B", 20), ("C", 0)))
    assert found["verdict"].tolist() == ["no_margin", "never_pays", "pays"]
    assert set(found["roi_basis"]) == {"revenue"}
    assert list(found.columns) == list(COLUMNS)


def test_ready_made_paths_are_judged_though_no_touch_was_supplied():
    # `channel_costs` has no touch to credit, and knows what each channel cost all the same.
    day = date(2026, 9, 1)
    spent = channel_costs(
        spending(*((name, day, day, cost) for name, cost in PRICES.items())),
        touches(),
        orders(("c", day, 10)),
        start=day,
        end=day,
        margin_rate=0.5,
    )
    assert spent["margin"].isna().all()
    known = attribution(
        paths(("email > ads", 9, 5, 90.0), ("ads", 9, 1, 90.0), ("sms", 8, 0, 80.0))
    )
    found = channel_verdicts(known, spent, margin_rate=0.5).set_index("channel")
    # Half of the revenue credited: email 0 to 45 of margin, ads at least 45, sms about 40.
    assert found["verdict"].to_dict() == {"ads": "pays", "email": "depends", "sms": "never_pays"}


def test_returns_match_pymc_marketing_mmm_roas_expected():
    # All rules agree on the true effect, so the return is the true one less the cost itself.
    expected = pd.read_json(shared("data/mmm_roas/expected.json"), typ="series")["mmm_roas_data"]
    weeks = pd.read_csv(shared("data/mmm_roas/mmm_roas_data.csv.gz"))
    true = {"x1": (weeks["y"] - weeks["y01"]).sum(), "x2": (weeks["y"] - weeks["y02"]).sum()}
    assert true == pytest.approx(expected["true_incremental_y"])
    known = attribution(paths(*((name, 1, 0, value) for name, value in true.items())))
    spent = costs(*((name, weeks[name].sum()) for name in true))
    found = channel_verdicts(known, spent, margin_rate=1.0).set_index("channel")
    for name, roas in expected["true_roas"].items():
        assert found.loc[name, "roi_low"] == pytest.approx(roas - 1, abs=5e-5)
        assert found.loc[name, "roi_high"] == pytest.approx(roas - 1, abs=5e-5)
