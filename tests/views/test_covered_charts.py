"""Charts of which (nearly) all is hidden, or with nothing to compare: no grid of dots."""

from typing import Any

import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.markup import figure_html
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking
from tests.views.samples import sample
from tests.views.segment_samples import SIZES, TOTAL


def grid(counts: list[int]) -> pd.DataFrame:
    """A diagonal of recency and frequency, a segment a cell."""
    scores = [*range(1, len(counts) + 1)]
    return pd.DataFrame(
        {
            "recency_score": scores,
            "frequency_score": scores,
            "segment": ["lost", "champions", "loyal", "new", "promising"][: len(counts)],
            "customer_count": counts,
            "revenue": [10.0 * n for n in counts],
        }
    )


def moves(*rows: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["from_segment", "to_segment", "customer_count"])
    return table.assign(revenue=table["customer_count"] * 10.0)


COVERED: dict[str, Any] = {
    "rf_grid": charts.rf_grid_chart(grid([3, 4, 5, 6, 7])),
    "satisfaction_value": charts.satisfaction_value_chart(
        sample("satisfaction_value").assign(customer_count=4), pd.DataFrame(TOTAL)
    ),
    "stopped_at": charts.stopped_at_chart(sample("stopped_at").assign(customer_count=4)),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COVERED)
def test_a_chart_that_is_hidden_as_a_whole_is_not_drawn_and_says_why(
    name: str, language: str
) -> None:
    with speaking(language=language):
        payload = COVERED[name].payload()
        html = figure_html(payload)
    assert payload["wide"] is None
    assert not payload["rows"]
    assert payload["title"] in payload["void_title"]
    assert "10" in payload["void"]
    # The table beside it has rows: the reason is printed all the same.
    assert payload["void"] in html


def test_a_heatmap_with_one_figure_in_ten_is_a_grid_of_dots_and_not_drawn() -> None:
    pairs = [(f"rule {row}", f"rule {column}") for row in range(4) for column in range(4)]
    sizes = [40, 30, *([5] * 14)]
    rows = moves(*((old, new, n) for (old, new), n in zip(pairs, sizes, strict=True)))
    assert charts.segment_migration_chart(rows).payload()["wide"] is None


def test_an_alt_text_without_figures_ends_its_sentence() -> None:
    # Everybody moved: nobody to say of that they stayed.
    rows = moves(("loyal", "lost", 40), ("lost", "loyal", 60))
    assert (
        charts.segment_migration_chart(rows)
        .payload()["alt"]
        .startswith("Heatmap of moves between segments, % of row. Stayed: none that may be shown.")
    )


def test_the_alt_text_of_satisfaction_by_value_names_what_is_shown() -> None:
    alt = charts.satisfaction_value_chart(sample("satisfaction_value")).payload()["alt"]
    assert "·" not in alt
    assert "Detractors – Top third: €" in alt


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (["touch_share"], "share of revenue / share of expected value: Champions 41% / 46%"),
        (["expected_value_share"], "share of revenue / share of contacts: Champions"),
    ],
)
def test_shares_that_nobody_knows_are_not_drawn_beside_the_others(
    gone: list[str], said: str
) -> None:
    rows = sample("effort").assign(**dict.fromkeys(gone, float("nan")))
    alt = charts.effort_chart(rows, pd.DataFrame(SIZES)).payload()["alt"]
    assert "–" not in alt
    assert said.split(":")[0] in alt


def test_revenue_alone_weighs_nothing_and_is_not_drawn_twice() -> None:
    gone = dict.fromkeys(["touch_share", "expected_value_share"], float("nan"))
    payload = charts.effort_chart(sample("effort").assign(**gone), pd.DataFrame(SIZES)).payload()
    assert payload["wide"] is None
    assert figure_html(payload) == ""


def test_without_a_value_model_the_curve_is_said_to_be_of_revenue_alone() -> None:
    rows = sample("value_curve").assign(expected_value_share=float("nan"))
    alt = charts.value_curve_chart(rows, pd.DataFrame(TOTAL)).payload()["alt"]
    assert alt.startswith("Concentration curve. The most valuable 20% of customers hold ")
    assert alt.endswith("of past revenue.")


def test_where_nobody_stopped_short_of_an_order_no_stages_are_drawn() -> None:
    rows = sample("stopped_at")
    ordered = rows.assign(
        customer_count=rows["customer_count"].where(rows["stage"] == "ordered", 0)
    )
    payload = charts.stopped_at_chart(ordered).payload()
    assert payload["wide"] is None
    assert payload["void"] in figure_html(payload)
    title = findings.stopped_at_finding(ordered).payload()["title"]
    assert title == "Nobody is known to have stopped short of an order"
    assert payload["void"].startswith(title)


def test_stages_that_are_hidden_are_not_said_to_be_unknown() -> None:
    few = sample("stopped_at").assign(customer_count=4)
    title = findings.stopped_at_finding(few).payload()["title"]
    assert title.startswith("Where customers stopped is not shown")


def test_where_no_move_may_be_told_one_line_says_why_and_no_empty_moves_are_listed() -> None:
    pairs = [(old, new) for old in ("loyal", "lost") for new in ("loyal", "lost")]
    rows = moves(*((*pair, 4) for pair in pairs))
    table = tables.segment_migration_table(rows).payload()
    assert table["rows"] == []
    assert table["void"].startswith("Nearly all groups have fewer than 10 customers")
    assert table["void_title"].startswith("Not shown: Moves between segments")
    chart = charts.segment_migration_chart(rows).payload()
    assert (chart["wide"], figure_html(chart)) == (None, "")


def test_the_page_lists_the_moves_that_are_told_and_the_workbook_the_others() -> None:
    pairs = [(f"rule {row}", f"rule {column}") for row in range(4) for column in range(4)]
    sizes = [40, 30, 30, 40, *([5] * 12)]
    table = tables.segment_migration_table(
        moves(*((old, new, n) for (old, new), n in zip(pairs, sizes, strict=True)))
    ).payload()
    told = [not is_hidden(n) for n in column_cells(table, "customer_count")]
    assert table["rows_shown"] == sum(told) > 0
    assert all(told[: table["rows_shown"]])
    assert table["row_count"] == len(pairs)
