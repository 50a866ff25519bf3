"""Workbooks read exactly, and those that would fill the memory are refused unread."""

import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta

import pytest

from crm_strategy.data.parse import parse_column
from crm_strategy.data.spreadsheets import text
from crm_strategy.errors import DataError
from tests.data.reading import SHARED, notes, raw_cells, typed_cells


def refusal(read, *given, **other):
    with pytest.raises(DataError) as refused:
        read(*given, **other)
    return str(refused.value)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (1001.0, "1001"),
        (39000.5, "39000.5"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (-12.0, "-12"),
        (123456789012345.0, "123456789012345"),
        (1.2345678901234567e19, "12345678901234567000"),
        # One thousand two hundred and thirty-four to a reader of "1.234".
        (1.234, "1.2340"),
        (1234.567, "1234.567"),
        (True, "true"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1, 9, 0, 7), "2024-03-01 09:00:07"),
        (time(9, 5), "09:05:00"),
        (timedelta(hours=30, seconds=61), "30:01:01"),
        ("01002", "01002"),
        (" \u00a0", None),
        ("", None),
        (None, None),
        (7, "7"),
    ],
)
def test_a_cell_becomes_text_that_says_exactly_what_it_holds(cell, expected):
    assert text(cell) == expected


def test_a_report_with_a_title_and_a_total_reads_as_a_table(write_xlsx, read):
    # Mixed cells as Excel keeps them: numbers, text, dates, a serial without its format.
    write_xlsx(
        "report.xlsx",
        [
            ["Отчёт по заказам за март 2024"],
            [],
            ["Номер заказа", "Дата", "Сумма, руб.", "Сумма, руб."],
            [1001, date(2024, 3, 1), 39000, None],
            ["01002", "05.03.2024", "1\u00a0250\u00a0000,50", 1.234],
            [None, None, None, None],
            [1003, 45384, None, 5],
            ["Итого", None, 1289000.5, None],
        ],
    )
    source = read("report.xlsx")
    assert source.headers == ("Номер заказа", "Дата", "Сумма, руб.", "Сумма, руб. (2)")
    assert raw_cells(source, "Номер заказа", "_row") == [("1001", 1), ("01002", 2), ("1003", 4)]
    assert source.files[0].header_row == 3
    assert notes(source) == {
        "title_rows": {"count": 1},
        "duplicate_headers": {"headers": "Сумма, руб. (2)"},
        "total_rows": {"count": 1},
        "blank_rows": {"count": 1},
    }
    amount, other, placed = (
        typed_cells(source, parse_column(source, header, kind, timezone="UTC"))
        for header, kind in [
            ("Сумма, руб.", "money"),
            ("Сумма, руб. (2)", "money"),
            ("Дата", "date"),
        ]
    )
    assert amount == [39000, 1250000.5, None]
    assert other == [None, 1.234, 5]
    assert placed == [date(2024, 3, 1), date(2024, 3, 5), date(2024, 4, 2)]


def test_numbers_excel_has_rounded_are_noted(write_xlsx, read):
    write_xlsx("orders.xlsx", [["id", "n"], [12345678901234567890, 1], ["12345678901234567890", 2]])
    source = read("orders.xlsx")
    # Text keeps all digits; of a number the workbook itself holds 16.
    assert raw_cells(source, "id") == ["12345678901234570000", "12345678901234567890"]
    assert notes(source) == {"rounded_numbers": {"column": "id", "count": 1}}


def test_the_first_visible_sheet_with_cells_is_read_and_noted(write_xlsx, read):
    write_xlsx("book.xlsx", Empty=[], Orders=[["id", "n"], [1, 2]], Costs=[["x", "y"], [3, 4]])
    source = read("book.xlsx")
    assert raw_cells(source) == [("1", "2")]
    assert notes(source) == {"sheet_chosen": {"sheet": "Orders", "others": "Empty, Costs"}}


def test_a_sheet_is_found_by_its_name_whatever_its_case(write_xlsx, read):
    write_xlsx("book.xlsx", Orders=[["id", "n"], [1, 2]], Costs=[["x", "y"], [3, 4]])
    source = read("book.xlsx", sheet=" costs")
    assert raw_cells(source) == [("3", "4")]
    assert notes(source) == {}


def test_a_sheet_that_is_not_there_is_named_with_a_guess(write_xlsx, read):
    write_xlsx("book.xlsx", Orders=[["id"], [1]], Costs=[["x"], [3]])
    assert refusal(read, "book.xlsx", sheet="Cost") == (
        "book.xlsx: no sheet 'Cost'.\nDid you mean 'Costs'? Sheets: Orders, Costs."
    )


def test_an_empty_sheet_is_refused(write_xlsx, read):
    write_xlsx("book.xlsx", Orders=[], Costs=[["x"], [3]])
    assert refusal(read, "book.xlsx", sheet="Orders") == (
        "book.xlsx: no cells in Orders.\nName the sheet that holds the table with sheet: …"
    )
    write_xlsx("book.xlsx", Orders=[], Costs=[])
    assert refusal(read, "book.xlsx") == (
        "book.xlsx: no cells in Orders, Costs.\nName the sheet that holds the table with sheet: …"
    )


def test_a_truncated_workbook_is_refused(write_xlsx, read):
    path = write_xlsx("book.xlsx", [["id", "name"], *([number, "x"] for number in range(500))])
    path.write_bytes(path.read_bytes()[:-500])
    assert refusal(read, "book.xlsx") == (
        "book.xlsx: the workbook is damaged or cut off: File is not a zip file.\n"
        "Copy or download it again; if Excel still opens it, save it anew as .xlsx."
    )


def test_a_workbook_with_a_broken_part_is_refused(write_xlsx, read):
    path = write_xlsx("book.xlsx", [["id", "name"], *([number, "x"] for number in range(500))])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    content[sheet.header_offset + 200] ^= 0xFF
    path.write_bytes(content)
    message = refusal(read, "book.xlsx")
    assert message.startswith("book.xlsx: the workbook is damaged or cut off: ")
    assert message.endswith(
        "\nCopy or download it again; if Excel still opens it, save it anew as .xlsx."
    )


def test_an_archive_that_is_no_workbook_is_refused(tmp_path, read):
    with zipfile.ZipFile(tmp_path / "orders.csv", "w") as archive:
        archive.writestr("orders.csv", "a;b\n1;2\n")
    assert refusal(read, "orders.csv") == (
        "orders.csv: a ZIP archive, but not an XLSX workbook.\n"
        "Unpack it and name the file inside, or save the table as .xlsx or .csv."
    )


def kilobytes(path):
    return f"{path.stat().st_size / 1024:,.1f}"


def declare_size(path, part, size, *, checksum=None):
    """Say in the archive's directory that a part unpacks to `size` bytes."""
    content = bytearray(path.read_bytes())
    name = part.encode()
    place = content.rindex(name) - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, place + 24, size)
    if checksum is not None:
        struct.pack_into("<I", content, place + 16, checksum)
    path.write_bytes(content)


def test_a_workbook_that_unpacks_to_too_much_is_refused_by_what_it_declares(write_xlsx, read):
    path = write_xlsx("bomb.xlsx", [["id", "n"], [1, 2]])
    declare_size(path, "xl/worksheets/sheet1.xml", 3_000_000_000)
    assert refusal(read, "bomb.xlsx") == (
        f"bomb.xlsx: refused: the workbook unpacks from {kilobytes(path)} KB to 2,861 MB (at most "
        "1,024 MB, and 200 times its size).\nSave the sheet as CSV and name that file."
    )


def test_a_workbook_packed_too_tightly_is_refused(write_xlsx, read):
    path = write_xlsx("bomb.xlsx", [["id", "n"], [1, 2]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(70_000_000))
    assert refusal(read, "bomb.xlsx") == (
        f"bomb.xlsx: refused: the workbook unpacks from {kilobytes(path)} KB to 67 MB (at most "
        "1,024 MB, and 200 times its size).\nSave the sheet as CSV and name that file."
    )


# The second lie holds for what a reader sees that stops at the declared size.
@pytest.mark.parametrize("checksum", [None, zlib.crc32(bytes(1000))])
def test_a_bomb_that_lies_about_its_size_is_refused(write_xlsx, read, checksum):
    path = write_xlsx("bomb.xlsx", [["id", "n"], [1, 2]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(70_000_000))
    declare_size(path, "xl/media/zeros.bin", 1000, checksum=checksum)
    assert refusal(read, "bomb.xlsx") == (
        "bomb.xlsx: the workbook is damaged or cut off: part xl/media/zeros.bin is broken.\n"
        "Copy or download it again; if Excel still opens it, save it anew as .xlsx."
    )


@pytest.mark.skipif(
    not (SHARED / "crm-samples").exists(), reason=f"the sample exports stand in {SHARED}"
)
def test_the_sample_report_reads_as_its_table(read):
    source = read(SHARED / "crm-samples" / "generic" / "orders_ru_report.xlsx")
    assert raw_cells(source, "Номер заказа", "Статус") == [
        ("1001", "Выполнен"),
        ("01002", "Отменён"),
        ("1003", "В работе"),
    ]
    amount = parse_column(source, "Сумма, руб.", "money", timezone="UTC")
    assert typed_cells(source, amount) == [39000, 1250000.5, None]
    placed = parse_column(source, "Дата заказа", "date", timezone="UTC")
    assert typed_cells(source, placed) == [date(2024, 3, 1), date(2024, 3, 5), date(2024, 4, 2)]
