"""Chapter 2 of a client with orders only, and of one with ready-made journeys."""

from pathlib import Path
from typing import Any

import papermill
import pytest

from crm_strategy import words
from tests.conftest import REPO
from tests.small_business import make_workbook
from tests.test_clickstream import outputs

pytestmark = pytest.mark.whole

VOID = (
    *("funnel", "funnel_segments", "funnel_change", "drop_offs", "incidents", "occasions"),
    *("touchpoints", "touchpoint_actions", "touchpoint_coverage", "touchpoint_canvas"),
    *("transitions", "conversion_time"),
)


def chapter(params: Path, language: str) -> dict[str, dict[str, Any]]:
    out = params.with_suffix(f".{language}.ipynb")
    papermill.execute_notebook(
        REPO / "notebooks/02_touchpoints.ipynb",
        out,
        {"params": str(params), "language": language},
        progress_bar=False,
        request_save_on_cell_execute=False,
    )
    return outputs(out)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workbook(tmp_path_factory.mktemp("orders-only") / "shop")


def test_orders_alone_make_a_chapter_that_says_what_to_supply(shop: Path) -> None:
    found = chapter(shop, "ru")
    with words.speaking(language="ru"):
        for name in VOID:
            assert found["table"][name]["rows"] == [], name
            assert found["table"][name]["void"] == words.say(f"views.table.{name}.void")
    assert all(finding["decision"] is None for finding in found["finding"].values())


def test_ready_made_journeys_show_their_steps(shop: Path) -> None:
    (shop.parent.parent / "paths.csv").write_text(
        "path,conversions,nulls\nemail > ads,60,40\nads,30,20\n", "utf-8"
    )
    text = shop.read_text("utf-8")
    params = shop.with_name("paths.yml")
    params.write_text(
        text.replace("  orders: ", "  paths: {file: ../paths.csv}\n  orders: "), "utf-8"
    )
    table = chapter(params, "en")["table"]["transitions"]
    pairs = zip(table["keys"]["source"], table["keys"]["target"], strict=True)
    times = dict(zip(pairs, (row[2] for row in table["rows"]), strict=True))
    assert times["START", "email"] == 100
    assert times["ads", "CONVERSION"] == 90
