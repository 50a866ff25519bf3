"""Every file a client sends reads as it is, or is refused with what to do about it."""

import gzip
import html
import json
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_strategy.data.parse import parse_column
from crm_strategy.errors import DataError
from tests.data.reading import SHARED, notes, raw_cells, typed_cells

SAMPLES = SHARED / "crm-samples"
samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason=f"the sample exports stand in {SAMPLES.parent}, not in a clone"
)
CRM_FILES = sorted(
    path
    for folder in ("generic", "bitrix24")
    for path in (SAMPLES / folder).glob("*")
    if path.suffix != ".md"
)
TWINS = "Номер;Клиент;Сумма\n1;Анна Ёлкина;39\u00a0000,50\n2;ООО «Пример»;12\n"


# ---- delimited text


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


@pytest.mark.parametrize("name", ["orders [1].csv", "it's (2).csv", "заказы*.csv", "[a]/b?.csv"])
def test_any_file_name_reads(write, read, name):
    write(name, "id;n\n1;2\n")
    assert raw_cells(read(name)) == [("1", "2")]


# ---- other kinds


def test_parquet_files_keep_their_types_and_are_read_in_place(tmp_path, read):
    for month in (1, 2):
        table = pa.table({"id": [month, month + 10], "sum": [0.5, None]})
        pq.write_table(table, tmp_path / f"orders_{month}.parquet")
    source = read("orders_*.parquet")
    assert raw_cells(source, "_file", "_row", "id", "sum") == [
        ("orders_1.parquet", 1, 1, 0.5),
        ("orders_1.parquet", 2, 11, None),
        ("orders_2.parquet", 1, 2, 0.5),
        ("orders_2.parquet", 2, 12, None),
    ]
    assert (source.label, source.row_count) == ("orders_*.parquet (2 files)", 4)
    assert [file.row_count for file in source.files] == [2, 2]


def test_a_parquet_file_may_have_any_name_and_a_column_called_filename(tmp_path, read):
    pq.write_table(pa.table({"filename": ["a"], "n": [1]}), tmp_path / "it's [1].parquet")
    source = read("it's [1].parquet")
    assert source.headers == ("filename", "n")
    assert raw_cells(source) == [("a", 1)]


def test_json_lines_read_as_text_whatever_their_keys(write, read):
    write(
        "orders.jsonl",
        '{"id": 12345678901234567890, "sum": 1.5, "ok": true, "tags": ["a", 1], "n": null}\n'
        '\n{"id": "007", "late key/~": "x", "ID": 5}\n',
    )
    source = read("orders.jsonl")
    assert source.headers == ("id", "sum", "ok", "tags", "n", "late key/~", "ID (2)")
    assert raw_cells(source) == [
        ("12345678901234567890", "1.5", "true", '["a",1]', None, None, None),
        ("007", None, None, None, None, "x", "5"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1, "sum": 1.50}, {"id": 2, "sum": null}]',
        '{"result": [{"id": 1, "sum": 1.50}, {"id": 2, "sum": null}], "total": 2}',
        '{\n "result": {"items": [{"id": 1, "sum": 1.50}, {"id": 2, "sum": null}]}}',
        '{"result": {"productRows": [{"id": 1, "sum": 1.50}, {"id": 2, "sum": null}]}}',
        '{"id": 1, "sum": 1.50}\r\n{"id": 2, "sum": null}',
    ],
)
def test_json_records_read_alike_from_lines_arrays_and_answers(write, read, content):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        write("orders.json", content, encoding=encoding)
        source = read("orders.json")
        assert raw_cells(source, "id") == ["1", "2"]
        sums = parse_column(source, "sum", "money", timezone="UTC")
        assert typed_cells(source, sums) == [1.5, None]


@pytest.mark.parametrize("wrapper", ['{"result": %s}', '{"result": {"item": %s}}', "%s"])
def test_one_record_alone_reads(write, read, wrapper):
    write("deal.json", wrapper % '{\n"ID": "410", "OPPORTUNITY": 1000000.00, "x": {"y": 1}}')
    source = read("deal.json")
    assert raw_cells(source) == [("410", "1000000.00", '{"y":1}')]


def test_a_page_named_xls_reads_its_largest_table(write, read):
    page = (
        '<meta charset="windows-1251"><table><tr><td>menu<td>home</table>'
        "<table border=1><tr><td colspan=3>Отчёт за март</td></tr>"
        "<tr><th>Номер<th>Имя<th>Сумма, руб.</tr>"
        "<tr><td> 01&nbsp;</td><td>A &amp; Б<br>В</td><td>1&nbsp;200,50</td></tr>"
        "<tr><td>02<td><table><tr><td>inner</table><td>7</tr>"
        "<tr><td>Итого</td><td></td><td>1 207,50</td></tr></table>"
    )
    write("orders.xls", page, encoding="cp1251")
    source = read("orders.xls")
    assert source.headers == ("Номер", "Имя", "Сумма, руб.")
    assert raw_cells(source) == [("01", "A & Б\nВ", "1\u00a0200,50"), ("02", None, "7")]
    (file,) = source.files
    assert (file.kind, file.encoding, file.header_row, file.decimal) == ("html", "cp1251", 2, ",")
    assert notes(source) == {"title_rows": {"count": 1}, "total_rows": {"count": 1}}


def test_content_counts_and_not_the_name(write, write_xlsx, read):
    os.rename(write_xlsx("orders.xlsx", [["id", "sum"], [1, 2]]), write("orders.csv", ""))
    source = read("orders.csv")
    assert raw_cells(source) == [("1", "2")]
    assert notes(source) == {"wrong_extension": {"kind": "xlsx"}}
    write("page.csv", "<table><tr><th>id<th>n<tr><td>1<td>2</table>")
    assert notes(read("page.csv")) == {"wrong_extension": {"kind": "html"}}


# ---- many files


def test_files_of_one_shape_are_one_table_in_the_order_of_their_names(write, read):
    write("2024-02.csv", "sum,id\n5.5,3\n")
    write("2024-01.csv", "id;sum\n1;1,5\n2;2,5\n")
    write("2024-03.csv", "id;sum\n")
    source = read("2024-*.csv")
    assert raw_cells(source, "_file", "_row", "id", "sum") == [
        ("2024-01.csv", 1, "1", "1,5"),
        ("2024-01.csv", 2, "2", "2,5"),
        ("2024-02.csv", 1, "3", "5.5"),
    ]
    assert [file.row_count for file in source.files] == [2, 1, 0]
    sums = parse_column(source, "sum", "money", timezone="UTC")
    assert typed_cells(source, sums) == [1.5, 2.5, 5.5]


def test_a_file_with_another_header_is_refused_with_both_names(write, read):
    write("a.csv", "id;sum\n1;2\n")
    write("b.csv", "id;total\n1;2\n")
    with pytest.raises(DataError) as refused:
        read("?.csv")
    assert str(refused.value) == (
        "a.csv and b.csv have different columns: b.csv lacks sum; only b.csv has total.\n"
        "Files taken together need the same header: export them alike, or name fewer of them."
    )


def test_parquet_files_with_other_columns_are_refused(tmp_path, read):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": [1], "x": [1]}), tmp_path / "b.parquet")
    with pytest.raises(DataError) as refused:
        read("*.parquet")
    assert str(refused.value).startswith(
        "a.parquet and b.parquet have different columns: only b.parquet has x.\n"
    )


def test_files_of_two_kinds_are_refused(tmp_path, write, read):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "a.parquet")
    write("b.csv", "id;n\n1;2\n")
    with pytest.raises(DataError) as refused:
        read("*.*")
    assert str(refused.value) == (
        "a.parquet is a Parquet file, b.csv is not.\n"
        "Files taken together must be of one kind: name them apart."
    )


# ---- bad input


def refusal(read, file, **form):
    with pytest.raises(DataError) as refused:
        read(file, format=form)
    return str(refused.value)


def test_a_missing_file_is_named_with_a_guess(write, read, tmp_path):
    write("data/orders.csv", "a;b\n1;2\n")
    where = f"data.orders.file is relative to the folder of the parameters file, {tmp_path}."
    assert refusal(read, "data/ordrs.csv") == (
        f"data/ordrs.csv: no such file.\nDid you mean 'orders.csv'? {where}"
    )
    assert refusal(read, "nowhere/x.csv") == f"nowhere/x.csv: no such file.\n{where}"
    assert refusal(read, "data/*.xlsx") == f"data/*.xlsx: no file matches.\n{where}"


def test_a_folder_is_no_file(write, read):
    write("data/orders.csv", "a;b\n1;2\n")
    assert refusal(read, "data") == "data: a folder, not a file.\nTake its files with data/*.csv."


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(write, read, content):
    write("orders.csv", content)
    assert refusal(read, "orders.csv") == (
        "orders.csv: the file is empty.\nExport it again, or name another file."
    )


def test_a_file_of_delimiters_alone_is_refused(write, read):
    write("orders.csv", ";;\n;;\n")
    assert refusal(read, "orders.csv") == (
        "orders.csv: the file is empty.\nExport it again, or name another file."
    )


@pytest.mark.parametrize("form", ["csv", "xlsx", "html", "parquet"])
def test_a_header_without_rows_is_refused(write, write_xlsx, read, tmp_path, form):
    if form == "csv":
        write("orders.csv", "id;sum;\n")
    elif form == "xlsx":
        write_xlsx("orders.xlsx", [["id", "sum"]])
    elif form == "html":
        write("orders.html", "<table><tr><th>id<th>sum</table>")
    else:
        pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "orders.parquet")
    assert refusal(read, f"orders.{form}") == (
        f"orders.{form}: only a header, no rows.\n"
        "Export it again with its data, or remove data.orders from the parameters."
    )


def test_binary_files_named_csv_are_refused(write, read):
    remedy = "Name a CSV, XLSX, Parquet or JSON lines file."
    write("orders.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert refusal(read, "orders.csv") == (f"orders.csv: not a table but a PNG picture.\n{remedy}")
    write("orders.csv", bytes(range(256)) * 4)
    assert refusal(read, "orders.csv") == (
        "orders.csv: not a table but binary: it starts with the bytes 00 01 02 03.\n" + remedy
    )


def test_old_excel_files_are_refused(write, read):
    write("orders.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert refusal(read, "orders.xls") == (
        "orders.xls: an old binary Excel file (.xls), or a workbook with a password.\n"
        "Open it in Excel or LibreOffice and save it as .xlsx without a password."
    )


def test_xml_files_are_refused(write, read):
    write("orders.xls", '<?xml version="1.0"?><Workbook/>')
    assert refusal(read, "orders.xls") == (
        "orders.xls: an XML file, not a table.\n"
        "Open it in Excel or LibreOffice and save it as .xlsx."
    )


def test_a_page_without_a_table_is_refused(write, read):
    write("orders.xls", "<html><body>Please log in</body></html>")
    assert refusal(read, "orders.xls") == (
        "orders.xls: an HTML page without a table.\n"
        "Export it again as .xlsx or .csv: the server may have answered with an error page."
    )


def test_a_file_we_may_not_read_is_refused(read):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text("a;b\n1;2\n")
        Path(folder).chmod(0o755)
        path.chmod(0o000)
        was = os.geteuid()
        if was == 0:  # the superuser may read everything: be somebody else
            os.seteuid(65534)
        try:
            message = refusal(read, str(path))
        finally:
            os.seteuid(was)
    assert message == (
        "orders.csv: no permission to read it.\nGive yourself read access to the file, and close "
        "the programs that hold it."
    )


def test_a_truncated_archive_is_refused(write, read):
    write("orders.csv.gz", gzip.compress(TWINS.encode() * 1000)[:-20])
    assert refusal(read, "orders.csv.gz") == (
        "orders.csv.gz: the compressed file is damaged or cut off.\n"
        "Copy or download it again, or unpack it and name the unpacked file."
    )


def test_a_truncated_parquet_file_is_refused(write, read):
    write("orders.parquet", b"PAR1 and no more")
    assert refusal(read, "orders.parquet") == (
        "orders.parquet: the Parquet file is damaged or cut off.\nCopy or download it again."
    )


def test_broken_json_is_refused(write, read):
    remedy = "The file may be cut off: export it again."
    lines = '{"id": 1}\n\n{"id": 2,\n{"id": 3}\n'
    write("orders.jsonl", lines)
    assert refusal(read, "orders.jsonl") == (
        "orders.jsonl: not valid JSON: line 3, character 10: Expecting property name enclosed in "
        f"double quotes.\n{remedy}"
    )
    write("orders.json", '[{"id": 1},\n{"id": 2}')
    assert refusal(read, "orders.json") == (
        "orders.json: not valid JSON: the array is not closed, or a record in it is broken."
        f"\n{remedy}"
    )
    write("orders.json", '{"result": [\n{"id": 1}')
    assert refusal(read, "orders.json") == (
        f"orders.json: not valid JSON: line 2, character 10: Expecting ',' delimiter.\n{remedy}"
    )


def test_json_without_records_is_refused(write, read):
    for content in ("[]", '{"result": []}', "[1, 2]", "5"):
        write("orders.json", content)
        assert refusal(read, "orders.json") == (
            "orders.json: no records in it.\nExpected are JSON lines, an array of objects, or an "
            "object whose 'result' holds them."
        )


def test_damaged_utf8_is_not_taken_for_another_encoding(write, read):
    write("orders.csv", "имя;n\nАнна Иванова;1\n".encode() + b"\xd0;2\n")
    assert refusal(read, "orders.csv") == (
        "orders.csv: line 3 is not valid UTF-8, though the text before it is: the file is damaged "
        "or mixes encodings.\n"
        "Export it again; or, if it is in another encoding throughout, say so:\n"
        "    format: {encoding: cp1251}"
    )


def test_an_encoding_nobody_knows_is_refused(write, read):
    write("orders.csv", "a;b\n1;2\n")
    assert refusal(read, "orders.csv", encoding="cp9999") == (
        "orders.csv: format.encoding: there is no encoding 'cp9999'.\n"
        "Common ones are utf-8, cp1251, utf-16 and cp1252."
    )


def test_an_encoding_that_does_not_fit_is_refused(write, read):
    write("orders.csv", "имя;n\nАнна;1\n", encoding="cp1251")
    assert refusal(read, "orders.csv", encoding="utf-8") == (
        "orders.csv: the text is not utf-8: invalid continuation byte.\n"
        "Say which encoding it is in, or export it again as UTF-8:\n    format: {encoding: …}"
    )


def test_a_delimiter_is_one_character(write, read):
    write("orders.csv", "a;b\n1;2\n")
    assert refusal(read, "orders.csv", delimiter="::") == (
        "orders.csv: format.delimiter is one character, not '::'.\n"
        "Common ones are ; , | and tab:\n    format: {delimiter: tab}"
    )


def test_a_file_most_of_whose_lines_do_not_fit_is_refused(write, read):
    write("orders.csv", 'a;b;c\n1;2;3\n4;"5" five;6;7\n7;"8;8" eight;9\n')
    assert refusal(read, "orders.csv") == (
        "orders.csv: 2 of 3 lines do not fit the 3 columns of the header; first: line 3: a quote "
        "that is not closed, or text after it.\n"
        "The delimiter is taken to be ';'; if it is another, say so:\n"
        '    format: {delimiter: ";"}'
    )


def test_a_quote_that_would_swallow_the_rest_of_the_file_is_refused(write, read):
    body = "".join(f'{number};"x;y"\n' for number in range(2000))
    write("orders.csv", f'a;b\n{body}1;"open\n' + "2;lost\n" * 1999)
    assert refusal(read, "orders.csv") == (
        "orders.csv: line 2002: a quote is opened and not closed: the lines after it would be "
        "lost.\nClose it, or export the file again with quotes in a cell doubled."
    )


# ---- the sample exports


@samples
@pytest.mark.parametrize("path", CRM_FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_sample_export_reads(path, read):
    source = read(path)
    assert source.row_count > 0
    assert source.headers


@samples
@pytest.mark.parametrize("name", ["utf8_bom", "cp1251"])
def test_the_generic_russian_exports_read_alike(read, name):
    source = read(SAMPLES / "generic" / f"orders_ru_excel_{name}.csv")
    amount = parse_column(source, "Сумма, руб.", "money", timezone="Europe/Moscow")
    assert typed_cells(source, amount) == [39000, 1250000.5, None]
    placed = parse_column(source, "Дата заказа", "timestamp", timezone="Europe/Moscow")
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in typed_cells(source, placed)] == [
        "2024-03-01 00:00",
        "2024-03-05 09:00",
        "2024-04-02 00:00",
    ]


@samples
def test_the_crm_exports_of_one_deal_list_read_alike(read):
    files = ["deals_ru_utf8_bom.csv", "deals_ru_cp1251.csv", "deals_ru_html.xls"]
    sources = [read(SAMPLES / "bitrix24" / name) for name in files]
    rows = [
        [tuple((cell or "").replace("×", "x") for cell in row) for row in raw_cells(source)]
        for source in sources
    ]
    assert rows[0] == rows[1] == rows[2]
    assert sources[0].headers == sources[1].headers == sources[2].headers
