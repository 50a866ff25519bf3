"""A client begins with one command: workbook, params, guesses."""

from pathlib import Path

import pytest

from crm_strategy.data.demo import FILES, needs_demo
from crm_strategy.errors import DataError, ParamsError
from crm_strategy.plan.params import Params, read_params
from crm_strategy.report import workbook
from crm_strategy.report.workbook import begin_client, begin_demo


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def begin(client: str, *files: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    return begin_client(Path(), client, [Path(file) for file in files], languages=languages)


def write(file: str, text: str) -> None:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(text, encoding="utf-8")


def begun(name: str = "acme") -> Params:
    return read_params(Path(f"params/{name}.yml"))


def test_an_empty_folder_becomes_a_workbook(here: Path):
    begin("Acme")
    assert sorted(path.name for path in here.iterdir()) == ["notebooks", "params", "reports"]
    packaged = workbook.packaged_notebooks().glob("*.ipynb")
    copied = {path.name: path.read_bytes() for path in Path("notebooks").iterdir()}
    assert copied == {path.name: path.read_bytes() for path in packaged}
    assert sorted(path.name for path in Path("params").iterdir()) == [
        "acme.yml",
        "params.schema.json",
    ]


def test_a_workbook_only_gains_the_params_file():
    begin("Acme")
    Path("notebooks/mine.ipynb").write_text("mine")
    write("params/acme.yml", "mine")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    begin("Beta")
    after = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert {path for path in after if before.get(path) != after[path]} == {Path("params/beta.yml")}


def test_params_that_are_there_stay_as_they_are():
    write("params/acme.yml", "mine")
    with pytest.raises(ParamsError) as told:
        begin("Acme")
    assert str(told.value) == (
        "params/acme.yml is already there and stays as it is.\n"
        "Edit it, or begin with another client name."
    )
    assert Path("params/acme.yml").read_text() == "mine"


def test_columns_are_guessed_from_a_flat_files_headers():
    write(
        "export/sales.csv",
        "InvoiceNo,Description,Quantity,UnitPrice,InvoiceDate,CustomerID,Country,Note\n"
        "1,Cup,2,3.5,2026-01-02,7,Spain,x\n",
    )
    told = begin("Acme", "export/sales.csv")
    given = begun().data.order_lines
    assert given.file == "../export/sales.csv"
    assert given.columns == {
        "order_id": "InvoiceNo",
        "product": "Description",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "ordered_at": "InvoiceDate",
        "customer_id": "CustomerID",
        "country": "Country",
    }
    assert told[0] == "sales.csv: 1 rows of order_lines, with the columns"
    assert "  order_id: InvoiceNo" in told
    assert told[-4:] == [
        "  not used: Note",
        "Written: params/acme.yml. Look through it: currency, timezone, columns, goals.",
        "Next: crm-strategy check params/acme.yml",
        "Then: crm-strategy report params/acme.yml",
    ]


def test_several_files_give_several_tables():
    write("orders.csv", "order_id,customer_id,ordered_at,amount\n1,7,2026-01-02,10\n")
    write("costs.csv", "period_start,channel,amount\n2026-01-01,email,300\n")
    write("answers.csv", "customer_id,answered_at,kind,score\n7,2026-01-03,nps,9\n")
    begin("Acme", "orders.csv", "costs.csv", "answers.csv")
    data = begun().data
    assert [data.orders.file, data.costs.file, data.surveys.file] == [
        "../orders.csv",
        "../costs.csv",
        "../answers.csv",
    ]


def test_files_of_one_shape_become_one_glob():
    for year in (2024, 2025):
        write(
            f"orders_{year}.csv", f"order_id,customer_id,ordered_at,amount\n1,7,{year}-01-02,10\n"
        )
    told = begin("Acme", "orders_2024.csv", "orders_2025.csv")
    assert begun().data.orders.file == "../orders_202*.csv"
    assert told[0] == "orders_202*.csv: 2 rows of orders, with the columns"


def test_a_second_file_of_a_table_is_told_of_when_no_glob_takes_just_the_two():
    for name in ("a1", "a2", "a3"):
        write(f"{name}.csv", "order_id,customer_id,ordered_at,amount\n1,7,2026-01-02,10\n")
    told = begin("Acme", "a1.csv", "a2.csv")
    assert begun().data.orders.file == "../a1.csv"
    assert "a2.csv: 2 rows of orders, which a1.csv supplies." in told


def test_an_export_of_a_known_system_is_read_by_its_preset(bitrix_deals: str):
    told = begin("Acme", bitrix_deals)
    assert begun().data.orders.preset == "bitrix24.deals"
    assert told[0] == "deals.csv: 1 rows of orders, by the preset bitrix24.deals"


@pytest.fixture
def bitrix_deals() -> str:
    write(
        "deals.csv",
        "ID;Название сделки;Стадия сделки;Сумма;Валюта;Контакт: ID;Дата создания\n"
        "1;Заказ;Сделка успешна;100,50;RUB;7;01.02.2026\n",
    )
    return "deals.csv"


def test_the_currency_is_taken_from_the_file():
    write("orders.csv", "order_id;customer_id;ordered_at;Сумма, руб.\n1;7;02.01.2026;10,5\n")
    begin("Acme", "orders.csv", languages=("ru", "en"))
    assert begun().currency == "RUB"
    assert begun().language == ("ru", "en")


def test_a_file_that_fits_no_table_is_left_out_and_told_of():
    write("prices.csv", "sku,list\n1,2\n")
    told = begin("Acme", "prices.csv")
    assert told[:2] == [
        "prices.csv: 1 rows fit no table by their columns: sku, list.",
        "  Left out; map it in the params file under data.",
    ]


def test_nothing_is_written_when_a_file_is_missing(here: Path):
    with pytest.raises(DataError) as told:
        begin("Acme", "orders.csv")
    assert str(told.value) == (
        "orders.csv: no such file.\nNames of files are relative to this folder."
    )
    assert list(here.iterdir()) == []


def test_a_client_named_after_a_path_stays_in_the_params_folder(here: Path):
    begin("../../x")
    assert [path.name for path in Path("params").glob("*.yml")] == ["x.yml"]
    assert begun("x").client == "../../x"


@pytest.mark.parametrize(
    ("client", "language", "message"),
    [
        (
            "???",
            "en",
            "'???' leaves no name for the params file.\n"
            "Use at least one Latin or Cyrillic letter or digit.",
        ),
        (
            "Acme",
            "de",
            "--lang de: reports speak en and ru.\n"
            "Name one of them, or both by naming the option twice.",
        ),
    ],
)
def test_a_client_or_language_that_cannot_be_is_refused(client, language, message, here: Path):
    with pytest.raises(ParamsError) as told:
        begin(client, languages=(language,))
    assert str(told.value) == message
    assert list(here.iterdir()) == []


def test_the_demo_is_a_workbook_with_its_files():
    told = begin_demo(Path("eco"))
    params = read_params(Path("eco/params/demo.yml"))
    business = params.path.parent / params.data.demo
    assert not needs_demo(business)
    assert {path.name for path in business.iterdir()} >= set(FILES)
    assert told[1:] == ["Next: cd eco", "Next: crm-strategy report params/demo.yml"]


def test_the_demo_leaves_a_file_of_its_name_alone():
    write("params/demo.yml", "mine")
    with pytest.raises(ParamsError) as told:
        begin_demo(Path())
    assert str(told.value) == (
        "params/demo.yml is already there and is not the demo's.\n"
        "Choose another folder: crm-strategy demo DIR"
    )
