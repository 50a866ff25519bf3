import pytest
from nbformat import validate
from nbformat.v4 import new_code_cell, writes

from crm_strategy.errors import ReportError
from crm_strategy.report.executed import META_MIME, SUMMARY_MIME, chapters, payloads, read_meta
from crm_strategy.report.merge import merge
from crm_strategy.report.summary import summary_text
from tests.report.by_hand import (
    META,
    chart,
    column,
    decision,
    failed,
    finding,
    kpis_table,
    notebook,
    printed,
    prose,
    said,
    shown,
    table,
    whole_report,
)

PREPARED = {"prepared": "2026-10-06"}


def summary_of(*findings, chapter="03_segments"):
    cells = [shown(one) for one in findings]
    return next(payloads(merge([notebook(*cells, chapter=chapter)], META).cells, SUMMARY_MIME))


def test_chapters_stand_in_reading_order_with_the_data_last():
    names = [chapter.name for chapter in chapters(merge(whole_report(), PREPARED), "report")]
    assert names == ["01_goals", "03_segments", "04_channels", "06_kpi_review", "00_data_check"]


def test_a_notebook_without_a_number_stands_between_the_numbered_and_the_data():
    made = [notebook(chapter=name) for name in ("00_data_check", "loyalty", "06_kpi_review")]
    for one in made:
        one.cells.append(prose("text"))
    names = [chapter.name for chapter in chapters(merge(made, META), "report")]
    assert names == ["06_kpi_review", "loyalty", "00_data_check"]


def test_a_notebook_run_by_papermill_is_named_by_its_file():
    made = notebook(prose("text"))
    made.metadata["papermill"] = {"input_path": "notebooks/03_segments.ipynb"}
    assert chapters(merge([made], META), "report")[0].name == "03_segments"


def test_the_report_says_of_itself_what_the_first_book_says_and_when_it_was_prepared():
    assert read_meta(merge(whole_report(), PREPARED)) == {**META, **PREPARED}


def test_only_the_prose_of_the_reports_language_stays():
    made = notebook(
        said({**META, "language": "ru"}),
        prose("Both"),
        prose("English", language="en"),
        prose("Русский", language="ru"),
        chapter="01_goals",
    )
    kept = [cell.source for cell in merge([made], {}).cells if cell.cell_type == "markdown"]
    assert kept == ["Both", "Русский"]


def test_a_merged_notebook_is_valid_and_the_same_each_time():
    first, second = (merge(whole_report(), PREPARED) for _ in range(2))
    validate(first)
    assert writes(first) == writes(second)


def test_times_and_paths_of_the_run_are_left_behind():
    cell = prose("text")
    cell.metadata["papermill"] = {"start_time": "2026-10-06T08:00:00"}
    cell.metadata["execution"] = {"iopub.status.busy": "2026-10-06T08:00:00"}
    made = notebook(cell)
    made.metadata["papermill"] = {"input_path": "/home/ann/notebooks/01_goals.ipynb"}
    text = writes(merge([made], META))
    assert "/home/ann" not in text
    assert "2026-10-06T08" not in text


def test_decisions_are_the_most_urgent_findings_at_most_five():
    findings = [
        finding(name, id=name, severity=severity, decision=decision(name))
        for severity in ("note", "watch", "act")
        for name in (f"{severity} 1", f"{severity} 2")
    ]
    asked = summary_of(finding("No decision", severity="act"), *findings)["decisions"]
    assert [(one["id"], one["title"]) for one in asked] == [
        ("D1", "act 1"),
        ("D2", "act 2"),
        ("D3", "watch 1"),
        ("D4", "watch 2"),
        ("D5", "note 1"),
    ]


def test_a_decision_says_whence_it_comes():
    ask = decision("Fund it", "Why.", "Ann", "assumed")
    asked = summary_of(finding("Title", id="at_risk", severity="act", decision=ask))["decisions"]
    assert asked == [
        {
            "id": "D1",
            "title": "Fund it",
            "why": "Why.",
            "owner": "Ann",
            "evidence": "assumed",
            "finding": "at_risk",
            "chapter": "03_segments",
            "chapter_no": 3,
        }
    ]


def test_the_lead_opens_with_revenue_then_each_chapters_most_urgent_finding():
    summary = next(payloads(merge(whole_report(), PREPARED).cells, SUMMARY_MIME))
    assert summary["lead"] == (
        "Revenue grew by 1.4%. At-risk customers hold 23% of revenue. 1 of 3 goals is on track."
    )


def test_the_data_chapter_leads_when_something_must_be_done_about_it():
    urgent = finding("40% of orders have no customer", severity="act")
    assert summary_of(urgent, chapter="00_data_check")["lead"] == "40% of orders have no customer."


def test_a_summary_holds_goals_and_kpis_only_where_there_are_any():
    summary = next(payloads(merge(whole_report(), PREPARED).cells, SUMMARY_MIME))
    assert (summary["goals"]["id"], summary["kpis"]["id"]) == ("goals", "kpis")
    empty = summary_of()
    assert (empty["goals"], empty["kpis"], empty["decisions"], empty["lead"]) == (
        None,
        None,
        [],
        "",
    )
    assert summary_text(empty) == ""


def test_an_empty_goals_table_is_none():
    made = notebook(shown(table([], [], id="goals")), chapter="01_goals")
    assert next(payloads(merge([made], META).cells, SUMMARY_MIME))["goals"] is None


def test_a_failed_cell_is_an_error_that_names_chapter_and_cell():
    with pytest.raises(ReportError) as error:
        merge([notebook(prose("# T"), failed(), chapter="03_segments")], META)
    assert str(error.value) == (
        "03_segments, cell 2: ValueError: no such column\n"
        "Mend the cell or its input and run the notebook again."
    )


def test_a_notebook_that_was_not_run_is_an_error_that_says_so():
    with pytest.raises(ReportError) as error:
        merge([notebook(printed("x"), new_code_cell("1 + 1"), chapter="03_segments")], META)
    assert str(error.value) == (
        "03_segments, cell 2: not run yet, so there is nothing to show.\n"
        "Run the notebook first: Run > Run All Cells in JupyterLab, or papermill."
    )


def test_empty_cells_need_not_have_run():
    merge([notebook(new_code_cell("  \n"), chapter="03_segments")], META)


def test_a_merged_notebook_says_its_meta_in_plain_text_too():
    cell = merge(whole_report(), PREPARED).cells[0]
    assert cell.outputs[0].data["text/plain"] == "Eco Mart, 2026 Q3"
    assert META_MIME in cell.outputs[0].data


def test_the_scorecard_gets_each_kpis_past_from_the_chart_that_shows_them():
    columns = [column("kpi", "word"), column("period"), column("value", "by_row")]
    rows = [["Orders", "2026 Q2", 17250], ["Revenue", "2026 Q2", 1.2], ["Revenue", "2026 Q3", 1.3]]
    trends = chart(
        columns,
        rows,
        kind="multiples",
        keys={"kpi": ["order_count", "revenue", "revenue"]},
        kinds={"value": ["count", "money", "money"]},
    )
    made = notebook(shown(kpis_table()), shown(trends), chapter="06_kpi_review")
    kpis = next(payloads(merge([made], META).cells, SUMMARY_MIME))["kpis"]
    assert kpis["columns"][-1]["kind"] == "spark"
    assert [row[-1] for row in kpis["rows"]] == [[1.2, 1.3], [], [17250.0]]
    assert kpis["kinds"]["history"] == ["money", "share", "count"]
