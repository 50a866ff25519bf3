"""Chapter 6 end to end: what was planted in the demo business is found, and nothing else."""

from pathlib import Path
from typing import Any

import nbformat

from crm_strategy.data.demo_truth import TRUTH
from crm_strategy.views.payload import FINDING_MIME
from tests.test_deliverables import payloads


def findings(report: Path) -> dict[str, dict[str, Any]]:
    book = nbformat.read(report / "report.en.ipynb", as_version=4)
    found = (
        output["data"][FINDING_MIME]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if FINDING_MIME in output.get("data", {})
    )
    return {each["id"]: each for each in found}


def column(table: dict[str, Any], name: str) -> list[Any]:
    at = [each["name"] for each in table["columns"]].index(name)
    keys = table["keys"].get(name)
    return list(keys) if keys else [row[at] for row in table["rows"]]


def test_the_test_built_to_win_is_rolled_out_and_the_other_is_not(demo_report: Path) -> None:
    results = payloads(demo_report, "en")["experiments"]
    verdicts = dict(zip(column(results, "variant"), column(results, "verdict"), strict=True))
    winner, null = TRUTH.winning_test.variant, TRUTH.null_test.variant
    assert verdicts == {"control": "control", winner: "roll_out", null: "stop"}
    told = findings(demo_report)
    assert told["experiments"]["figures"]["variant"] == winner
    assert told["experiments"]["decision"]["title"] == f"Roll out “{winner}”"
    assert told["experiment_segments"]["title"].startswith("No segment responded unlike the others")


def test_the_dead_product_alone_is_called_without_interest(demo_report: Path) -> None:
    table = payloads(demo_report, "en")["products"]
    moved = {
        product
        for product, verdict in zip(
            column(table, "product_id"), column(table, "verdict"), strict=True
        )
        if verdict in ("no_interest", "faller", "riser")
    }
    assert moved == {TRUTH.dead_product}
    assert findings(demo_report)["products"]["figures"]["product_id"] == TRUTH.dead_product


def test_the_seasonal_product_alone_is_said_to_sell_in_one_season(demo_report: Path) -> None:
    table = payloads(demo_report, "en")["seasonality"]
    once = {
        product
        for product, verdict in zip(
            column(table, "product_id"), column(table, "verdict"), strict=True
        )
        if verdict == "one_season"
    }
    assert once == {TRUTH.seasonal_product}
    assert findings(demo_report)["seasonality"]["figures"]["product_id"] == TRUTH.seasonal_product


def test_the_forecast_is_no_worse_than_the_naive_one_and_its_intervals_hold(
    demo_report: Path,
) -> None:
    table = payloads(demo_report, "en")["forecast_backtest"]
    rows = zip(
        *(column(table, name) for name in ("chosen", "against_naive", "coverage")), strict=True
    )
    chosen = [(against, coverage) for is_chosen, against, coverage in rows if is_chosen]
    assert len(chosen) == 3
    for against, coverage in chosen:
        assert against <= 1
        assert 0.80 <= coverage <= 0.97


def test_the_planted_fall_is_below_what_was_foretold(demo_report: Path) -> None:
    scored = payloads(demo_report, "en")["forecast_score"]
    verdicts = dict(zip(column(scored, "measure"), column(scored, "verdict"), strict=True))
    assert verdicts["order_count"] == "below"
    assert "above" not in verdicts.values()
