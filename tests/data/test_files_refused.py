"""Files that cannot be read are refused with what to do."""

import gzip
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_strategy.errors import DataError
from tests.data.twins import TWINS


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
