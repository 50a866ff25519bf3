"""What a file is written like is found out from its bytes and first rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_strategy.data import detect
from crm_strategy.data.marks import proven_marks


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"PAR1rest", "parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"a;b\n1\0;2", "binary: it starts with the bytes 61 3B 62 0A"),
        (b"\x01\x02\x03\x04abc", "binary: it starts with the bytes 01 02 03 04"),
        (b"\xef\xbb\xbf<table><tr>", "html"),
        (b'\n <META http-equiv="x">', "html"),
        (b"<!DOCTYPE html>", "html"),
        (b'<?xml version="1.0"?><html>', "html"),
        (b'<?xml version="1.0"?><Workbook>', "xml"),
        (b' {"id": 1}', "json"),
        (b"[1]", "json"),
        (b"a;b\n1;2", "text"),
        ("a\tb\n1\t2".encode("utf-16"), "text"),
        ("имя;дата".encode("cp1251"), "text"),
        (b"<5 years;>5 years\n1;2", "text"),
    ],
)
def test_content_says_what_a_file_is(head, kind):
    assert detect.content_kind(head) == kind


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1;2;3\n", ";"),
        ("a,b,c\n1,2,3\n", ","),
        ("a\tb\tc\n1\t2\t3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        # Commas in names and numbers do not separate.
        ("Сумма, руб.;Скидка, руб.\n1,5;2,5\n3,5;4,5\n", ";"),
        ("quantity;amount\n2,000;39 000,50\n5,000;12,25\n", ";"),
        # Quoted delimiters do not count.
        ('name,comment\nA,"x;y;z;w"\nB,"p;q;r;s"\n', ","),
        ("Report for March\n\na;b;c\n1;2;3\n4;5;6\n", ";"),
        ("a, b, c\n1, 2, 3\n", ","),
        # A cell in which a quote never closes ends the sample.
        ('a;b\n1;2\n3;"' + "x" * 200_000, ";"),
    ],
)
def test_the_delimiter_splits_rows_evenly_under_names(text, delimiter):
    assert detect.likely_delimiter(text) == delimiter


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("sep=;\r\na;b", (";", 7)),
        ('"sep=,"\na,b', (",", 8)),
        ("SEP=\t\na", ("\t", 6)),
        ("a;b", (None, 0)),
    ],
)
def test_a_sep_line_declares_the_delimiter(text, declared):
    assert detect.declared_delimiter(text) == declared


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["id", "name", "sum"], ["1", "A", "5"]], 0),
        ([["Отчёт за март", "", ""], ["id", "name", "sum"], ["1", "A", "5"]], 1),
        ([["Period:", "01.03.2024", ""], ["id", "name", "sum"], ["1", "A", "5"]], 1),
        # A group of names above the names themselves.
        ([["Client", None, "Order", None], ["id", "name", "no", "sum"], ["1", "A", "2", "5"]], 1),
        # Names that look like numbers, as months do.
        ([["Client", "2024-01", "2024-02"], ["A", "1", "2"]], 0),
        # One column, and data as wordy as the names.
        ([["city"], ["Berlin"], ["Bonn"]], 0),
    ],
)
def test_the_header_is_the_first_row_full_of_words(rows, place):
    assert detect.header_row(rows) == place


def test_duplicate_names_are_numbered_and_case_counts_for_nothing():
    names, numbered = detect.column_names(["Sum", "sum", " Sum\n", None, "_row", "ID"], 7)
    assert names == ("Sum", "sum (2)", "Sum (3)", "column 4", "_row (2)", "ID", "column 7")
    assert numbered == ("sum (2)", "Sum (3)", "_row (2)")


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=30))
def test_column_names_never_clash(cells):
    names, _ = detect.column_names(cells, len(cells))
    assert len({name.casefold() for name in names} | {"_file", "_row"}) == len(cells) + 2


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller;Café;Straße", "cp1252"),
        ("Иванова Анна;ООО «Пример»;Ёлка", "cp1251"),
    ],
)
def test_western_letters_within_words_tell_cp1252_from_cp1251(text, encoding):
    assert detect.likely_legacy(text.encode(encoding)) == encoding


@pytest.mark.parametrize(
    ("columns", "marks"),
    [
        ([["39 000,00", "12,5"]], (",", " ")),
        ([["1\u00a0250\u00a0000,5"]], (",", "\u00a0")),
        ([["1,250,000.50", "7"]], (".", ",")),
        ([["1.250,50"]], (",", ".")),
        ([["1,000", "2,000"]], (None, None)),
        ([["12", "7"]], (None, None)),
        # Columns that disagree prove nothing; words do not count.
        ([["0,5"], ["0.5"]], (None, None)),
        ([["0,5"], ["v1.5", "x", "y"]], (",", None)),
        ([[], ["", None]], (None, None)),
    ],
)
def test_marks_are_proven_by_numbers_that_read_in_one_way_only(columns, marks):
    assert proven_marks(columns) == marks
