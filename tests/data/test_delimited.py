"""Delimited text of every encoding, delimiter and shape reads with no cell or row lost."""

import gzip
import html
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_strategy.data.parse import parse_column
from tests.data.reading import notes, raw_cells, typed_cells
from tests.data.twins import TWINS


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1251", "cp1251"),
        ("utf-16", "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_cells(write, read, encoding, found):
    write("orders.csv", TWINS, encoding=encoding)
    source = read("orders.csv")
    assert source.headers == ("Номер", "Клиент", "Сумма")
    assert raw_cells(source) == [
        ("1", "Анна Ёлкина", "39\u00a0000,50"),
        ("2", "ООО «Пример»", "12"),
    ]
    (file,) = source.files
    assert (file.kind, file.encoding, file.delimiter, file.header_row) == ("csv", found, ";", 1)


def test_big_endian_utf16_without_windows_line_ends_reads(write, read):
    write("orders.txt", b"\xfe\xff" + "a\tb\n1\tё\n".encode("utf-16-be"))
    assert raw_cells(read("orders.txt")) == [("1", "ё")]


def test_western_text_is_not_taken_for_russian(write, read):
    write("orders.csv", "name;city\nMüller;Köln\nLefèvre;Orléans\n", encoding="cp1252")
    source = read("orders.csv")
    assert raw_cells(source, "name") == ["Müller", "Lefèvre"]
    assert source.files[0].encoding == "cp1252"


def test_a_declared_encoding_wins(write, read):
    write("orders.csv", "имя;n\nАнна;1\n", encoding="koi8-r")
    assert raw_cells(read("orders.csv", format={"encoding": "koi8-r"}), "имя") == ["Анна"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_delimiter_gives_the_same_cells(write, read, delimiter):
    lines = [["id", "name", "note"], ["1", '"x;y,z|\t"', "a"], ["2", '"say ""hi"""', ""]]
    write("orders.txt", "\n".join(delimiter.join(line) for line in lines))
    source = read("orders.txt")
    assert raw_cells(source) == [("1", "x;y,z|\t", "a"), ("2", 'say "hi"', None)]
    assert source.files[0].delimiter == delimiter


def test_a_declared_delimiter_wins_and_tab_has_a_name(write, read):
    write("orders.csv", "a\tb,c\n1\t2,3\n")
    assert read("orders.csv", format={"delimiter": "tab"}).headers == ("a", "b,c")
    assert read("orders.csv", format={"delimiter": ","}).headers == ("a b", "c")


def test_a_sep_line_and_trailing_delimiters_leave_no_trace(write, read):
    write("orders.csv", 'sep=;\r\n"a";"b";\r\n"1";"2";\r\n"3";"4";\r\n')
    source = read("orders.csv")
    assert source.headers == ("a", "b")
    assert raw_cells(source) == [("1", "2"), ("3", "4")]
    assert source.files[0].header_row == 2


def test_delimiters_that_trail_only_the_rows_or_only_the_header_leave_no_trace(write, read):
    write("orders.csv", "a;b\n1;2;\n3;4;\n")
    assert raw_cells(read("orders.csv")) == [("1", "2"), ("3", "4")]
    write("orders.csv", "a;b;\n1;2\n3;4\n")
    assert raw_cells(read("orders.csv")) == [("1", "2"), ("3", "4")]


def test_a_column_without_name_is_kept_when_it_holds_something(write, read):
    write("orders.csv", "a;;c;\n1;x;3;\n4;;6;\n")
    source = read("orders.csv")
    assert source.headers == ("a", "column 2", "c")
    assert raw_cells(source) == [("1", "x", "3"), ("4", None, "6")]


def test_title_rows_above_the_header_are_left_out_and_counted(write, read):
    write("orders.csv", "Report for March\n\nid;name;sum\n1;A;5\n")
    source = read("orders.csv")
    assert raw_cells(source) == [("1", "A", "5")]
    assert source.files[0].header_row == 3
    assert notes(source) == {"title_rows": {"count": 1}}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_within_quotes_stay_in_their_cell(write, read, end):
    write("orders.csv", f'a;b{end}1;"x\ny"{end}2;z{end}')
    assert raw_cells(read("orders.csv")) == [("1", "x\ny"), ("2", "z")]


def test_mixed_line_ends_lose_no_row(write, read):
    write("orders.csv", "a;b\n1;2\r\n3;4\r5;6\n")
    assert raw_cells(read("orders.csv")) == [("1", "2"), ("3", "4"), ("5", "6")]


def test_a_header_over_two_lines_is_one_name(write, read):
    write("orders.csv", '"Сумма,\r\nруб.";b\r\n1;2\r\n')
    assert read("orders.csv").headers == ("Сумма, руб.", "b")


def test_lines_that_do_not_fit_are_counted_with_the_first(write, read):
    body = "".join(f"{number};x;y\n" for number in range(98))
    write("orders.csv", f'a;b;c\n{body}5;torn\n6;x;y;z\n7;"x" y;z\n')
    source = read("orders.csv")
    assert (source.row_count, source.files[0].dropped) == (98, {"rejected_lines": 3})
    assert notes(source) == {
        "rejected_lines": {"count": 3, "line": 100, "problem": "missing_columns"}
    }


def test_an_exporter_that_does_not_quote_loses_no_name_with_quotes(write, read):
    write("orders.csv", 'a;b\n1;"Ромашка" ООО\n2;Труба 5"\n3;"x ""y"" z"\n4;"open\n5;"\n6;""\n')
    assert raw_cells(read("orders.csv")) == [
        ("1", '"Ромашка" ООО'),
        ("2", 'Труба 5"'),
        ("3", 'x "y" z'),
        ("4", '"open'),
        ("5", '"'),
        ("6", None),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_an_open_quote_swallows_are_all_counted(write, read, end):
    body = "".join(f"{number};x\n" for number in range(50))
    text = f'a;b\n{body}1;"open\n2;lost\n3;"x" y\n4;"a;b"\n'
    write("orders.csv", text.replace("\n", end))
    source = read("orders.csv")
    assert (source.row_count, source.files[0].dropped) == (51, {"rejected_lines": 3})


def test_an_exporter_that_leaves_out_empty_cells_at_the_end_loses_nothing(write, read):
    write("orders.csv", "a;b;c\n1;2;3\n4\n5;6\n")
    source = read("orders.csv")
    assert raw_cells(source) == [("1", "2", "3"), ("4", None, None), ("5", "6", None)]
    assert notes(source) == {"short_rows": {"count": 2}}


def test_total_rows_and_blank_rows_are_left_out_and_counted(write, read):
    write(
        "orders.csv",
        "id;name;sum\n1;A;5\n;;\nИтого;;5,00\n2;Total;7\nTotal;Energies;9\n"
        ";ВСЕГО:;12\nTotal;;1 000 руб.\nИтого\u00a0;2;3\n",
    )
    source = read("orders.csv")
    # A customer called Total is not a total.
    assert raw_cells(source, "id", "name", "_row") == [
        ("1", "A", 1),
        ("2", "Total", 4),
        ("Total", "Energies", 5),
    ]
    assert source.files[0].dropped == {"total_rows": 4, "blank_rows": 1}
    assert source.row_count == 3


def test_duplicate_headers_are_numbered(write, read):
    write("orders.csv", "id;Сумма;Сумма;ID\n1;2;3;4\n")
    source = read("orders.csv")
    assert source.headers == ("id", "Сумма", "Сумма (2)", "ID (2)")
    assert raw_cells(source) == [("1", "2", "3", "4")]
    assert notes(source) == {"duplicate_headers": {"headers": "Сумма (2), ID (2)"}}


def test_compressed_text_reads_like_plain_text(write, read):
    for encoding in ("utf-8", "cp1251"):
        write("orders.csv.gz", gzip.compress(TWINS.encode(encoding)))
        source = read("orders.csv.gz")
        assert raw_cells(source, "Клиент") == ["Анна Ёлкина", "ООО «Пример»"]
        assert source.files[0].encoding == encoding


def test_the_hash_is_of_the_files_own_bytes(write, read):
    path = write("orders.csv", "a;b\n1;2\n")
    # sha256sum of the eight bytes above.
    assert read(path).files[0].sha256 == (
        "403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291"
    )


HARD_TEXTS = [
    "<script>alert(1)</script>",
    "=cmd()|' /C calc'!A0",
    "+7 (999) 000-00-00",
    'He said "yes"; then, no|more',
    "🛒🧾 семья",
    "שלום عليكم",
    "к" * 300,
    "12345678901234567890",
    "a\u00a0b\u202fc",
    "O'Neil & Söhne",
    "line one\nline two",
    "{json: [1]}",
    "\\N \\n \\",
    "\u200f",
]


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "jsonl"])
def test_hard_texts_survive_every_door(write, write_xlsx, read, form):
    texts = [text for text in HARD_TEXTS if form != "html" or "\n" not in text]
    if form == "csv":
        body = "".join('"' + text.replace('"', '""') + '";1\n' for text in texts)
        write("hard.csv", "name;n\n" + body)
    elif form == "xlsx":
        write_xlsx("hard.xlsx", [["name", "n"], *([text, 1] for text in texts)])
    elif form == "html":
        body = "".join(f"<tr><td>{html.escape(text)}</td><td>1</td></tr>" for text in texts)
        write("hard.html", f"<table><tr><th>name</th><th>n</th></tr>{body}</table>")
    else:
        write("hard.jsonl", "".join(json.dumps({"name": text, "n": 1}) + "\n" for text in texts))
    source = read(f"hard.{form}")
    assert typed_cells(source, parse_column(source, "name", "text", timezone="UTC")) == texts


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'"), min_size=1
        ).filter(lambda text: text.strip(" \u00a0\u2007\u202f\u2009\u200b\ufeff") == text),
        min_size=1,
        max_size=10,
    )
)
def test_any_name_survives_a_csv_file(texts, write, read):
    body = "".join(
        f'{number};"' + text.replace('"', '""') + '"\n' for number, text in enumerate(texts)
    )
    write("orders.csv", "id;name\n" + body)
    source = read("orders.csv", format={"delimiter": ";"})
    column = parse_column(source, "name", "text", timezone="UTC")
    assert typed_cells(source, column) == texts


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_file_longer_than_what_is_looked_at_first_reads_whole(write, read, encoding):
    rows = "".join(f"{number:06d};Ёлкина Анна;{number},5\n" for number in range(60_000))
    write("orders.csv", "Отчёт\n\nНомер;Имя;Сумма\n" + rows, encoding=encoding)
    source = read("orders.csv")
    assert source.row_count == 60_000
    assert raw_cells(source)[-1] == ("059999", "Ёлкина Анна", "59999,5")
    assert raw_cells(source, "_row") == list(range(1, 60_001))
