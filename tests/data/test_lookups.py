"""Lookups join further columns by a key; what has no key, or no match, is said."""

import re
from pathlib import Path

import ibis
import pytest

from crm_strategy.data.check_words import remedy_text, without_ids
from crm_strategy.data.prepare import prepare
from crm_strategy.errors import CrmStrategyError
from crm_strategy.plan.params import read_params
from crm_strategy.words import LANGUAGES, speaking
from tests.data.clients import Prepared, client, prepared

LINES = """\
order_id,customer_id,ordered_at,product_id,amount
1,a,2026-01-05,p1,10
1,a,2026-01-05,p2,5
2,b,2026-01-06,p3,20
"""
BY_NUMBER = re.sub(r",p(\d)", r",\1", LINES)
PRODUCTS = "product_id,product,category\np1,Tea,Drinks\np2,Cup,Dishes\np3,Pot,Dishes\n"
DATA = "  order_lines:\n    file: ../data/lines.csv\n    lookups: [{file: ../data/%s, by: %s}]\n"


def with_lookup(
    folder: Path,
    products: str = PRODUCTS,
    *,
    lines: str = LINES,
    by: str = "product_id",
    file: str = "products.csv",
) -> Prepared:
    return prepared(client(folder, DATA % (file, by), {"lines.csv": lines, file: products}))


def refused(folder: Path, *given: str, **more: str) -> str:
    with pytest.raises(CrmStrategyError) as error:
        with_lookup(folder, *given, **more)
    return str(error.value)


def categories(found: Prepared) -> dict[str, str]:
    return {row["product_id"]: row["category"] for row in found.rows("order_lines")}


def test_a_lookup_adds_the_columns_of_its_file(tmp_path: Path):
    found = with_lookup(tmp_path)
    assert categories(found) == {"p1": "Drinks", "p2": "Dishes", "p3": "Dishes"}
    assert set(found.column("order_lines", "product")) == {"Tea", "Cup", "Pot"}
    assert found.counts("order_lines") == (3, 3, 0)
    assert found.findings() == {}


def test_the_file_of_a_lookup_is_recorded_with_its_hash(tmp_path: Path):
    sources = with_lookup(tmp_path).rows("data_sources")
    assert [(row["table"], row["file"], row["row_count"]) for row in sources] == [
        ("order_lines", "lines.csv", 3),
        ("order_lines", "products.csv", 3),
    ]
    assert len({row["sha256"] for row in sources}) == 2


def test_the_key_may_have_another_header_in_each_file(tmp_path: Path):
    products = PRODUCTS.replace("product_id", "SKU")
    found = with_lookup(tmp_path, products, by="{product_id: SKU}")
    assert categories(found) == {"p1": "Drinks", "p2": "Dishes", "p3": "Dishes"}


def test_headers_of_a_key_may_differ_in_case_and_signs(tmp_path: Path):
    assert categories(with_lookup(tmp_path, PRODUCTS.replace("product_id", "ProductID")))


def test_several_columns_together_may_be_the_key(tmp_path: Path):
    products = "order_id,product_id,category\n1,p1,Drinks\n2,p1,Other\n1,p2,Dishes\n2,p3,Dishes\n"
    found = with_lookup(tmp_path, products, by="[order_id, product_id]")
    assert categories(found) == {"p1": "Drinks", "p2": "Dishes", "p3": "Dishes"}


def test_a_lookup_may_use_what_the_one_before_it_brought(tmp_path: Path):
    data = (
        "  order_lines:\n    file: ../data/lines.csv\n    lookups:\n"
        "      - {file: ../data/products.csv, by: product_id}\n"
        "      - {file: ../data/categories.csv, by: CategoryID}\n"
    )
    files = {
        "lines.csv": LINES,
        "products.csv": "product_id,CategoryID\np1,1\np2,2\np3,2\n",
        "categories.csv": "CategoryID,category\n1.0,Drinks\n2.0,Dishes\n",
    }
    found = prepared(client(tmp_path, data, files))
    assert categories(found) == {"p1": "Drinks", "p2": "Dishes", "p3": "Dishes"}


def test_keys_that_a_spreadsheet_made_decimal_are_the_same_keys(tmp_path: Path):
    products = "product_id,category\n1.0,Drinks\n2.0,Dishes\n3.0,Dishes\n"
    found = with_lookup(tmp_path, products, lines=BY_NUMBER)
    assert categories(found) == {"1": "Drinks", "2": "Dishes", "3": "Dishes"}


def test_whole_numbers_of_a_parquet_file_are_the_same_keys_as_text(tmp_path: Path):
    (tmp_path / "data").mkdir()
    products = ibis.memtable({"product_id": [1, 2, 3], "category": ["Drinks", "Dishes", "Dishes"]})
    products.to_parquet(tmp_path / "data/products.parquet")
    content = (tmp_path / "data/products.parquet").read_bytes()
    files = {"lines.csv": BY_NUMBER, "products.parquet": content}
    found = prepared(client(tmp_path, DATA % ("products.parquet", "product_id"), files))
    assert categories(found) == {"1": "Drinks", "2": "Dishes", "3": "Dishes"}


def test_a_column_both_files_have_keeps_its_name_in_the_first(tmp_path: Path):
    data = (
        "  order_lines:\n    file: ../data/lines.csv\n"
        "    columns: {category: products.AMOUNT}\n"
        "    lookups: [{file: ../data/products.csv, by: product_id}]\n"
    )
    files = {"lines.csv": LINES, "products.csv": "product_id,AMOUNT\np1,7\np2,8\np3,9\n"}
    found = prepared(client(tmp_path, data, files))
    assert categories(found) == {"p1": "7", "p2": "8", "p3": "9"}
    assert sum(found.column("order_lines", "amount")) == 35


def test_a_lookup_is_read_with_the_decimal_mark_of_its_own_file(tmp_path: Path):
    data = (
        "  order_lines:\n    file: ../data/lines.csv\n    columns: {amount: Price}\n"
        "    format: {decimal: '.'}\n"
        "    lookups: [{file: ../data/products.csv, by: product_id, format: {decimal: ','}}]\n"
    )
    files = {
        "lines.csv": LINES.replace("amount", "rank"),
        "products.csv": "product_id;Price\np1;1,234\np2;2,5\np3;3,5\n",
    }
    found = prepared(client(tmp_path, data, files))
    assert sorted(found.column("order_lines", "amount")) == [1.234, 2.5, 3.5]


def test_equal_rows_of_a_lookup_count_once(tmp_path: Path):
    found = with_lookup(tmp_path, PRODUCTS + "p1,Tea,Drinks\n")
    assert found.counts("order_lines") == (3, 3, 0)


def test_empty_keys_match_nothing_and_are_no_finding(tmp_path: Path):
    found = with_lookup(tmp_path, PRODUCTS + ",None,None\n", lines=LINES + "3,b,2026-01-07,,5\n")
    assert categories(found)[None] is None  # type: ignore[index]
    assert found.findings() == {}


def test_copies_are_told_by_the_files_own_columns(tmp_path: Path):
    found = with_lookup(tmp_path, lines=LINES + "2,b,2026-01-06,p3,20\n")
    assert found.exclusions() == {("order_lines", "exact_duplicates"): 1}


def test_keys_without_a_match_are_counted(tmp_path: Path):
    found = with_lookup(tmp_path, PRODUCTS.replace("p3", "p4"))
    assert categories(found) == {"p1": "Drinks", "p2": "Dishes", "p3": None}
    unmatched = found.finding("order_lines", "unmatched_keys")
    assert (unmatched["severity"], unmatched["row_count"]) == ("warning", 1)
    with speaking():
        assert remedy_text(unmatched) == (
            "products.csv has no product_id such as p3: what is looked up there stays empty on "
            "these rows. Export both files on one day, or correct lookups in the parameters file."
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_withholds_a_key_that_may_be_a_customer(tmp_path: Path, language: str):
    data = (
        "  orders: {file: ../data/orders.csv}\n  customers:\n    file: ../data/customers.csv\n"
        "    lookups: [{file: ../data/cards.csv, by: customer_id}]\n"
    )
    files = {
        "orders.csv": "order_id,customer_id,ordered_at,amount\n1,a,2026-01-05,10\n",
        "customers.csv": "customer_id,city\na,Ulm\nsecret7,Bonn\n",
        "cards.csv": "customer_id,card\na,gold\n",
    }
    unmatched = prepared(client(tmp_path, data, files)).finding("customers", "unmatched_keys")
    with speaking(language=language):
        assert "secret7" in remedy_text(unmatched)
        assert "secret7" not in remedy_text(without_ids(unmatched))


def test_a_key_that_stands_on_several_rows_is_refused_by_name(tmp_path: Path):
    assert refused(tmp_path, PRODUCTS + "p1,Black tea,Drinks\n") == (
        "products.csv: 'product_id' is no key: 1 of its values stands on several rows, "
        "e.g. 'p1' on 2.\n"
        f"Keep one row for each, or name further columns in {tmp_path}/params/acme.yml (line 7), "
        "data.order_lines.lookups[0]:\n"
        "    by: [product_id, …]"
    )


def test_a_lookup_that_matches_no_row_is_refused(tmp_path: Path):
    assert refused(tmp_path, PRODUCTS.replace(",", "x,").replace("idx", "id")) == (
        "lines.csv: no row finds its 'product_id' in products.csv, e.g. 'p1'.\n"
        f"Correct {tmp_path}/params/acme.yml (line 7), data.order_lines.lookups[0].by, "
        "or remove the lookup."
    )


def test_a_key_this_file_lacks_is_named_with_the_likely_one(tmp_path: Path):
    assert refused(tmp_path, by="product_if") == (
        "lines.csv: no column 'product_if', the key of a lookup; "
        "found order_id, customer_id, ordered_at, product_id, amount.\n"
        f"Did you mean 'product_id'? Correct {tmp_path}/params/acme.yml (line 7), "
        "data.order_lines.lookups[0]:\n"
        "    by: {product_id: product_if}"
    )


def test_a_key_the_other_file_lacks_is_named_with_the_likely_one(tmp_path: Path):
    assert refused(tmp_path, PRODUCTS.replace("product_id", "article")) == (
        "products.csv: no column 'product_id', the key of a lookup; "
        "found article, product, category.\n"
        f"Did you mean 'article'? Correct {tmp_path}/params/acme.yml (line 7), "
        "data.order_lines.lookups[0]:\n"
        "    by: {product_id: article}"
    )


def test_a_lookup_without_a_key_is_refused(tmp_path: Path):
    assert refused(tmp_path, by="{}") == (
        f"{tmp_path}/params/acme.yml, line 7, data.order_lines.lookups[0].by: no key.\n"
        "Name the column that both files have: by: product_id."
    )


def test_a_lookup_file_that_is_missing_is_named_with_its_place(tmp_path: Path):
    params = client(tmp_path, DATA % ("produkts.csv", "product_id"), {"lines.csv": LINES})
    (tmp_path / "data/products.csv").write_text(PRODUCTS)
    with pytest.raises(CrmStrategyError) as error:
        prepared(params)
    assert str(error.value) == (
        "../data/produkts.csv: no such file.\n"
        "Did you mean 'products.csv'? data.order_lines.lookups[0].file is relative to the folder "
        f"of the parameters file, {tmp_path}/params."
    )


def test_a_changed_lookup_file_prepares_the_data_anew(tmp_path: Path):
    files = {"lines.csv": LINES, "products.csv": PRODUCTS}
    params = client(tmp_path, DATA % ("products.csv", "product_id"), files)
    first = prepare(read_params(params))
    assert prepare(read_params(params)) == first
    (tmp_path / "data/products.csv").write_text(PRODUCTS.replace("Drinks", "Hot drinks"))
    assert categories(prepared(params))["p1"] == "Hot drinks"


def test_special_categories_of_a_lookup_are_refused_as_of_any_file(tmp_path: Path):
    message = refused(tmp_path, PRODUCTS.replace("category", "religion"))
    assert message.startswith("lines.csv: column of special categories of personal data: ")
