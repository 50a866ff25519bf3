"""The switch-off lab end to end: finds the useless channel, and says what it lacks."""

from pathlib import Path
from typing import Any

from crm_strategy import words
from crm_strategy.data.demo_truth import TRUTH
from tests.test_deliverables import payloads

TABLES = ("switch_off", "channel_sets", "holdout_plan", "acquisition")


def column(table: dict[str, Any], name: str) -> list[Any]:
    at = [each["name"] for each in table["columns"]].index(name)
    return [row[at] for row in table["rows"]]


def test_the_channel_built_to_be_useless_is_the_one_to_switch_off(demo_report: Path) -> None:
    found = payloads(demo_report, "en")
    useless = min(TRUTH.channels, key=lambda channel: TRUTH.channels[channel].lift)
    table = found["switch_off"]
    verdicts = dict(zip(table["keys"]["channel"], table["keys"]["verdict"], strict=True))
    assert [channel for channel, verdict in verdicts.items() if verdict == "switch_off"] == [
        useless
    ]
    assert found["holdout_plan"]["keys"]["channel"][0] == useless
    sets = found["channel_sets"]
    cheapest = column(sets, "is_cheapest").index(True)
    (off,) = [
        row for row in column(table, "channel") if row == column(sets, "switched_off")[cheapest]
    ]
    assert off == column(table, "channel")[0]
    # The channels with a true effect are kept, or to be tested.
    assert set(verdicts.values()) == {"switch_off", "test", "keep"}
    # Chance in how much each order brings leaves this one open, whatever the seed.
    assert verdicts["social"] == "test"
    keys = found["holdout_plan"]["keys"]
    plans = dict(zip(keys["channel"], keys["verdict"], strict=True))
    assert (plans[useless], plans["shop"]) == ("cannot_pay", "not_random")


def test_without_touches_and_costs_the_lab_says_what_to_supply(shop_report: Path) -> None:
    found = payloads(shop_report, "en")
    for name in TABLES[:3]:
        assert found[name]["rows"] == []
        assert found[name]["void"] == words.say(f"views.table.{name}.void")
        assert "`data.touches`" in found[name]["void"]
    # New customers are known, what brought them and what they cost is not: never 0.
    won = found["acquisition"]
    assert column(won, "channel") in ([], ["Not known"])
    assert column(won, "cost") in ([], [None])
