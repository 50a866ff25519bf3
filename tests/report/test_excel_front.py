"""The sheets around the tables: contents, summary, dictionary, notes, the file's own properties."""

from crm_strategy.report.merge import merge
from tests.report.by_hand import notebook, said, segments_table, shown
from tests.report.excel_by_hand import book, report


def test_contents_link_to_every_sheet_and_every_sheet_links_back():
    read = book(report())
    contents = read["Contents"]
    linked = [row[0] for row in contents.iter_rows(min_row=4, max_row=12)]
    assert [cell.value for cell in linked] == read.sheetnames[2:]
    assert [cell.hyperlink.location for cell in linked] == [
        f"'{name}'!A1" for name in read.sheetnames[2:]
    ]
    assert contents["C5"].value == "1 of 3 goals is on track"
    for sheet in read:
        back = [cell.hyperlink.location for cell in sheet[1] if cell.hyperlink]
        assert back == ([] if sheet.title == "Contents" else ["'Contents'!A1"])


def test_the_summary_takes_decisions_in_open_validated_cells_of_a_locked_sheet():
    sheet = book(report())["Summary"]
    assert sheet["A1"].value == "1 decision is asked"
    assert [cell.value for cell in sheet[4]][:6] == [
        "D1",
        "Fund a win-back for 2,640 at-risk customers",
        "They hold 23% of revenue.",
        "CRM lead",
        "measured",
        "Segments",
    ]
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("G4", '"Yes,No,Later"')
    assert not sheet["G4"].protection.locked
    assert not sheet["H4"].protection.locked
    assert sheet["B4"].protection.locked
    assert sheet.protection.sheet
    assert sheet.protection.password is None


def test_the_summary_shows_goals_and_kpis_below_the_decisions():
    sheet = book(report())["Summary"]
    assert [(named.name, named.ref) for named in sheet.tables.values()] == [
        ("tblDecisions", "A3:H4"),
        ("tblSummaryGoals", "A7:H10"),
        ("tblSummaryKpis", "A13:H16"),
    ]
    assert [sheet["B9"].value, sheet["D9"].value, sheet["F9"].value] == [
        "Retention rate",
        0.31,
        "▲ At risk",
    ]
    assert sheet["H15"].value == "Signal, low"


def test_a_report_without_decisions_says_so():
    made = merge([notebook(said(), shown(segments_table()), chapter="03_segments")], {})
    assert book(made)["Summary"]["A1"].value == "No decision is asked this period"


def test_the_dictionary_defines_the_kpis_shown():
    sheet = book(report())["Dictionary"]
    names = [sheet.cell(row, 1).value for row in range(4, 8)]
    assert names[:2] == ["Revenue", "Customer retention rate"]
    assert all(sheet.cell(4, column).value for column in (2, 3, 4))


def test_data_notes_say_what_was_not_supplied():
    sheet = book(report())["Data notes"]
    notes = {row[0]: row[1] for row in sheet.iter_rows(min_row=4, max_col=2, values_only=True)}
    assert notes["Not supplied: cost by channel"] == "Add data.costs to the parameters file."
    assert "fewer than 10 customers" in notes["Privacy"]


def test_the_files_own_properties_are_filled():
    properties = book(report()).properties
    assert properties.title == "Eco Mart: CRM strategy workbook, 2026 Q3"
    assert properties.subject == "CRM strategy, 2026 Q3"
    assert properties.description == "Data to 30\u00a0Sep\u00a02026, EUR"
    assert properties.language == "en"
