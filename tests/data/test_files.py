"""Every file a client sends reads as it is, or is refused with what to do about it."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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


@pytest.mark.parametrize("name", ["orders [1].csv", "it's (2).csv", "заказы*.csv", "[a]/b?.csv"])
def test_any_file_name_reads(write, read, name):
    write(name, "id;n\n1;2\n")
    assert raw_cells(read(name)) == [("1", "2")]


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
