"""Every check finds what it should, and says what to do; what would give wrong numbers stops."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from crm_strategy.data.check_words import check_name, notes_text, remedy_text
from crm_strategy.errors import CrmStrategyError, DataError, ParamsError
from crm_strategy.words import LANGUAGES, known, say, speaking
from tests.data.clients import TODAY, Prepared, client, prepared, prepared_orders

HEAD = "order_id,customer_id,ordered_at,amount\n"
ORDERS = HEAD + "1,a,2026-01-05,10\n2,b,2026-01-06,20\n"
BOTH = "  orders: {file: ../data/orders.csv}\n"


def refused(folder: Path, data: str, files: dict[str, str | bytes], **head: str) -> str:
    """The message with which a client's data are refused."""
    with pytest.raises(CrmStrategyError) as error:
        prepared(client(folder, data, files, **head))
    return str(error.value)


def refused_orders(folder: Path, orders: str, **head: str) -> str:
    return refused(folder, BOTH, {"orders.csv": orders}, **head)


def with_table(folder: Path, name: str, content: str, *, head: str = "") -> Prepared:
    """Two orders and one more table."""
    data = f"{BOTH}  {name}: {{file: ../data/{name}.csv}}\n"
    files = {"orders.csv": ORDERS, f"{name}.csv": content}
    return prepared(client(folder, data, files, head=head))


def test_missing_columns_name_the_line_of_the_params(tmp_path: Path):
    data = "  orders:\n    file: ../data/orders.csv\n    columns: {customer_id: customer_id}\n"
    files = {"orders.csv": "customer_id,orderdate,amount\na,2026-01-05,10\n"}
    assert refused(tmp_path, data, files) == (
        "orders.csv: no column 'ordered_at'; found customer_id, orderdate, amount.\n"
        f"Did you mean 'orderdate'? Map it in {tmp_path}/params/acme.yml (line 7), "
        "data.orders.columns:\n"
        "    ordered_at: orderdate"
    )


def test_lines_without_orders_must_say_when_they_were_bought(tmp_path: Path):
    data = "  order_lines: {file: ../data/lines.csv}\n"
    assert refused(tmp_path, data, {"lines.csv": "order_id,product,price\n1,tea,5\n"}) == (
        "lines.csv: no column 'ordered_at'; found order_id, product, price.\n"
        f"Map it in {tmp_path}/params/acme.yml (line 5), data.order_lines.columns:\n"
        "    ordered_at: …"
    )


def test_columns_that_look_misspelt_and_those_not_needed_are_told_apart(tmp_path: Path):
    orders = "order_id,customer_id,ordered_at,amount,curency,weather\n1,a,2026-01-05,10,EUR,wet\n"
    found = prepared_orders(tmp_path, orders)
    assert found.findings() == {("orders", "unknown_columns"): 1, ("orders", "unused_columns"): 1}
    assert printed(found, "orders", "unknown_columns") == (
        "Map these columns in the parameters file, if they are what they seem: curency (currency?)."
    )


def printed(found: Prepared, table: str, check: str, language: str = "en") -> str:
    with speaking(language=language, currency="EUR"):
        return remedy_text(found.finding(table, check))


def test_a_few_unreadable_dates_are_counted_and_left_out(tmp_path: Path):
    orders = HEAD + "1,a,2026-01-05,10\n2,b,2026-01-06,20\n3,b,2026-02-30,5\n4,a,soon,5\n5,a,,5\n"
    found = prepared_orders(tmp_path, orders)
    assert found.counts("orders") == (5, 2, 3)
    assert found.exclusions() == {
        ("orders", "unparsable_dates"): 2,
        ("orders", "missing_dates"): 1,
    }
    unreadable = found.finding("orders", "unparsable_dates")
    assert (unreadable["severity"], unreadable["row_count"]) == ("warning", 2)
    assert (unreadable["example"], unreadable["column"]) == ("2026-02-30", "ordered_at")
    assert found.finding("orders", "missing_dates")["example"] == "5"


def test_mostly_unreadable_dates_are_an_error(tmp_path: Path):
    message = refused_orders(tmp_path, HEAD + "1,a,2026-01-05,10\n2,b,soon,20\n3,b,later,5\n")
    assert message == (
        "orders.csv: column 'ordered_at' (ordered_at): 2 of 3 values are not dates, "
        "e.g. 'soon' in row 2.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 5), data.orders.columns, "
        "or say how they are written, data.orders:\n"
        '    format: {dates: "%d.%m.%Y"}'
    )


def test_mostly_unreadable_amounts_are_an_error(tmp_path: Path):
    message = refused_orders(tmp_path, HEAD + "1,a,2026-01-05,ten\n2,b,2026-01-06,dear\n")
    assert message == (
        "orders.csv: column 'amount' (amount): 2 of 2 values are not numbers, "
        "e.g. 'ten' in row 1.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 5), data.orders.columns, "
        "or say how they are written, data.orders:\n"
        '    format: {decimal: ","}'
    )


def test_unreadable_amounts_are_counted_and_left_out(tmp_path: Path):
    found = prepared_orders(tmp_path, ORDERS + "3,b,2026-01-07,dear\n4,b,2026-01-07,\n")
    assert found.exclusions() == {
        ("orders", "unparsable_amounts"): 1,
        ("orders", "missing_amounts"): 1,
    }
    assert found.finding("orders", "unparsable_amounts")["example"] == "dear"


def test_open_deals_may_lack_an_amount(tmp_path: Path):
    orders = HEAD.strip() + ",status\n1,a,2026-01-05,10,done\n2,b,2026-01-06,,new\n"
    found = prepared_orders(tmp_path, orders)
    assert found.column("orders", "amount") == [10.0, None]


def test_rows_that_cannot_be_used_at_all_are_an_error(tmp_path: Path):
    orders = HEAD + "1,,2026-01-05,10\n2,,2026-01-06,20\n3,a,1970-01-01,5\n"
    data = "  rules: {without_customer: exclude}\n" + BOTH
    assert refused(tmp_path, data, {"orders.csv": orders}) == (
        "orders.csv: none of its 3 rows can be used: without customer 2, implausible dates 1.\n"
        f"Mend the file, its mapping in {tmp_path}/params/acme.yml (line 6), "
        "data.orders.columns, or data.rules."
    )


def test_only_refunds_are_an_error(tmp_path: Path):
    assert refused_orders(tmp_path, HEAD + "1,a,2026-01-05,-10\n2,b,2026-01-06,-5\n") == (
        "orders.csv: all 2 orders are refunds: there is no sale.\n"
        "Export the sales too, or turn the sign of the amounts round."
    )


def test_no_won_order_is_an_error(tmp_path: Path):
    orders = HEAD.strip() + ",Stage\n1,a,2026-01-05,10,lost\n2,b,2026-01-06,5,in progress\n"
    data = "  orders: {file: ../data/orders.csv, columns: {status: Stage}}\n"
    assert refused(tmp_path, data, {"orders.csv": orders}) == (
        "orders.csv: no order is won (column 'Stage'): 1 lost, 1 open.\n"
        f"Name the statuses that are sales in {tmp_path}/params/acme.yml, data.orders:\n"
        "    stages: {won: […]}"
    )


def test_one_order_of_one_customer_prepares(tmp_path: Path):
    found = prepared_orders(tmp_path, HEAD + "1,a,2026-01-05,10\n")
    assert found.counts("orders") == (1, 1, 0)
    assert found.counts("customers") == (1, 1, 0)
    assert found.findings() == {}


def test_another_currency_is_an_error(tmp_path: Path):
    orders = (
        HEAD.strip() + ",currency\n"
        "1,a,2026-01-05,10,EUR\n2,b,2026-01-06,5,\n3,b,2026-01-06,5,USD\n"
        "4,b,2026-01-06,5,$\n5,b,2026-01-06,5,тугрик\n6,b,2026-01-06,5,евро\n"
    )
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'currency': 3 rows in another currency than EUR: "
        "USD (2), тугрик (1); the first is row 3.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: USD in "
        f"{tmp_path}/params/acme.yml if all are in USD."
    )


def test_another_currency_beside_an_amount_is_an_error(tmp_path: Path):
    orders = HEAD + "1,a,2026-01-05,10 €\n2,b,2026-01-06,5 $\n"
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'amount': 1 row in another currency than EUR: USD (1); "
        "the first is row 2.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: USD in "
        f"{tmp_path}/params/acme.yml if all are in USD."
    )


def test_another_currency_in_a_header_is_an_error(tmp_path: Path):
    orders = 'order_id,customer_id,ordered_at,"Сумма, руб."\n1,a,2026-01-05,10\n'
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'Сумма, руб.' is in RUB; the client's currency is EUR.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: RUB in "
        f"{tmp_path}/params/acme.yml if all are in RUB."
    )


def test_a_special_category_is_refused(tmp_path: Path):
    people = "customer_id,Диагноз,religion\na,x,y\n"
    data = BOTH + "  customers: {file: ../data/people.csv}\n"
    files: dict[str, str | bytes] = {"orders.csv": ORDERS, "people.csv": people}
    assert refused(tmp_path, data, files) == (
        "people.csv: columns of special categories of personal data: 'Диагноз' (health), "
        "'religion' (religion).\n"
        "Export the file without them; if the law allows their use, say why in "
        f"{tmp_path}/params/acme.yml:\n"
        '    privacy: {special_categories: {Диагноз: "explicit consent, form of 2026-01-15"}}'
    )


def test_a_special_category_with_a_reason_is_kept_and_told(tmp_path: Path):
    people = "customer_id,religion\na,x\nb,y\n"
    head = 'privacy: {special_categories: {Religion: "asked for by the parish"}}\n'
    data = BOTH + "  customers: {file: ../data/people.csv}\n"
    files = {"orders.csv": ORDERS, "people.csv": people}
    found = prepared(client(tmp_path, data, files, head=head))
    assert found.column("customers", "religion") == ["x", "y"]
    assert printed(found, "customers", "special_columns") == (
        "Column “religion” is used for this reason: asked for by the parish. "
        "Have a lawyer confirm it."
    )


def test_exact_duplicates_are_dropped_or_kept_and_counted(tmp_path: Path):
    orders = "customer_id,ordered_at,amount\n" + "a,2026-01-05,10\n" * 3 + "b,2026-01-06,5\n"
    dropped = prepared_orders(tmp_path / "drop", orders)
    assert dropped.counts("orders") == (4, 2, 2)
    assert dropped.exclusions() == {("orders", "exact_duplicates"): 2}
    assert dropped.finding("orders", "exact_duplicates")["example"] == "2"
    kept = prepared_orders(tmp_path / "keep", orders, more="  rules: {duplicates: keep}\n")
    assert kept.counts("orders") == (4, 4, 0)
    assert kept.findings() == {("orders", "exact_duplicates_kept"): 2}


def test_an_order_on_rows_of_different_amounts_is_an_error(tmp_path: Path):
    orders = HEAD + "1,a,2026-01-05,10\n1,a,2026-01-05,1250\n2,b,2026-01-06,5\n"
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: 1 order stands on several rows with different amounts, e.g. order '1' "
        "(2 rows, 10.00 to 1,250.00).\n"
        "If each row is a product of the order, name the file under data.order_lines in "
        f"{tmp_path}/params/acme.yml; otherwise keep one row an order."
    )


def test_a_lead_on_several_rows_counts_as_it_stands_last(tmp_path: Path):
    leads = "lead_id,created_at,status\nL1,2026-01-01,new\nL2,2026-01-02,new\nL1,2026-01-01,lost\n"
    found = with_table(tmp_path, "leads", leads)
    assert sorted(
        zip(found.column("leads", "lead_id"), found.column("leads", "status_group"), strict=True)
    ) == [("L1", "lost"), ("L2", "open")]
    assert found.findings() == {("leads", "duplicate_keys"): 1}


def test_refunds_are_netted_or_left_out_and_counted(tmp_path: Path):
    orders = ORDERS + "R1,a,2026-01-08,-4\n"
    netted = prepared_orders(tmp_path / "net", orders)
    assert netted.column("orders", "amount") == [10.0, 20.0, -4.0]
    assert netted.column("orders", "is_refund") == [False, False, True]
    assert netted.findings() == {("orders", "refunds"): 1}
    left = prepared_orders(tmp_path / "out", orders, more="  rules: {refunds: exclude}\n")
    assert left.counts("orders") == (3, 2, 1)
    assert left.exclusions() == {("orders", "refunds"): 1}
    assert left.findings() == {("orders", "refunds"): 1}


def test_a_returned_quantity_makes_its_line_a_refund(tmp_path: Path):
    lines = (
        "order_id,customer_id,ordered_at,product,quantity,price\n"
        "1,a,2026-01-05,tea,2,5\nC1,a,2026-01-06,tea,-1,5\n"
    )
    data = "  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"lines.csv": lines}))
    assert found.column("order_lines", "amount") == [10.0, -5.0]
    assert found.column("orders", "is_refund") == [False, True]
    assert found.findings() == {
        ("order_lines", "refunds"): 1,
        ("order_lines", "cancellations"): 1,
    }


def test_order_numbers_with_a_c_are_no_cancellations_where_they_are_sales(tmp_path: Path):
    found = prepared_orders(
        tmp_path, HEAD + "C1,a,2026-01-05,10\nC2,b,2026-01-06,-2\nC3,b,2026-01-06,5\n"
    )
    assert found.findings() == {("orders", "refunds"): 1}


def test_orders_without_customer_are_kept_or_left_out_and_counted(tmp_path: Path):
    orders = ORDERS + "3,,2026-01-08,4\n"
    kept = prepared_orders(tmp_path / "keep", orders)
    assert kept.column("orders", "customer_id") == ["a", "b", None]
    assert kept.counts("customers") == (2, 2, 0)
    left = prepared_orders(tmp_path / "out", orders, more="  rules: {without_customer: exclude}\n")
    assert left.exclusions() == {("orders", "without_customer"): 1}
    for found in (kept, left):
        assert found.findings() == {("orders", "without_customer"): 1}
        assert found.finding("orders", "without_customer")["example"] == "3"


def test_a_till_file_without_any_customer_column_prepares(tmp_path: Path):
    found = prepared_orders(tmp_path, "order_id,ordered_at,amount\n1,2026-01-05,10\n")
    assert found.findings() == {("orders", "without_customer"): 1}
    assert found.rows("customers") == []


def test_implausible_and_future_days_are_left_out(tmp_path: Path):
    orders = ORDERS + "3,a,1970-01-01,4\n4,a,2026-10-16,4\n5,a,2026-10-17,4\n6,a,2062-01-05,1\n"
    found = prepared_orders(tmp_path, orders)
    assert found.exclusions() == {("orders", "implausible_dates"): 1, ("orders", "future_dates"): 2}
    assert found.finding("orders", "implausible_dates")["example"] == "1970-01-01"
    assert found.finding("orders", "future_dates")["example"] == "2062-01-05"
    assert max(found.column("orders", "ordered_at")).date() == date(2026, 10, 16)
    assert date(2026, 10, 15) == TODAY


def test_a_hole_in_the_series_is_found(tmp_path: Path):
    days = [f"{n},a,2026-{1 + n // 28:02}-{1 + n % 28:02},10\n" for n in range(28 * 6)]
    orders = HEAD + "".join(day for day in days if "2026-03" not in day)
    found = prepared_orders(tmp_path, orders)
    gap = found.finding("orders", "gaps")
    assert (gap["row_count"], gap["example"]) == (31, "2026-03-01–2026-03-31")
    assert printed(found, "orders", "gaps", "ru") == (
        "Самый длинный пропуск: с 01.03.2026 по 31.03.2026; всего пропусков: 1. "
        "Проверьте, полна ли выгрузка."
    )


def test_weekends_and_rare_orders_are_no_holes(tmp_path: Path):
    rare = HEAD + "".join(f"{n},a,2025-{1 + n:02}-05,10\n" for n in range(12))
    assert prepared_orders(tmp_path, rare).findings() == {}


def test_amounts_of_zero_are_kept_or_left_out_and_counted(tmp_path: Path):
    orders = ORDERS + "3,a,2026-01-08,0\n"
    kept = prepared_orders(tmp_path / "keep", orders)
    assert kept.counts("orders") == (3, 3, 0)
    left = prepared_orders(tmp_path / "out", orders, more="  rules: {zero_amounts: exclude}\n")
    assert left.exclusions() == {("orders", "zero_amounts"): 1}
    for found in (kept, left):
        assert found.findings() == {("orders", "zero_amounts"): 1}


def test_one_customer_with_over_a_fifth_of_the_orders_is_found(tmp_path: Path):
    till = [f"t{n},till,2026-01-05 10:{n:02},10\n" for n in range(25)]
    people = [f"p{n},p{n},2026-01-05 11:{n % 60:02},10\n" for n in range(75)]
    found = prepared_orders(tmp_path, HEAD + "".join(till + people))
    assert found.findings() == {("orders", "till_account"): 25}
    assert found.finding("orders", "till_account")["example"] is None
    assert printed(found, "orders", "till_account") == (
        "One customer holds 25.0% of the orders (25): a till, a marketplace or a test account? "
        "Empty the customer on these orders in the source."
    )
    fewer = prepared_orders(tmp_path / "fewer", HEAD + "".join(till[:18] + people))
    assert fewer.findings() == {}


def test_lines_that_do_not_sum_to_their_order_are_found(tmp_path: Path):
    lines = "order_id,product,amount\n1,tea,10\n2,tea,15\n"
    data = BOTH + "  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"orders.csv": ORDERS, "lines.csv": lines}))
    assert found.findings() == {("order_lines", "lines_total"): 1}
    assert printed(found, "order_lines", "lines_total").startswith(
        "Off by −€5 in all, for example order 2."
    )


def test_orders_without_lines_are_found(tmp_path: Path):
    data = BOTH + "  order_lines: {file: ../data/lines.csv}\n"
    lines = "order_id,product,amount\n1,tea,10\n"
    found = prepared(client(tmp_path, data, {"orders.csv": ORDERS, "lines.csv": lines}))
    assert found.findings() == {("orders", "orders_without_lines"): 1}


def test_an_order_of_two_customers_is_found(tmp_path: Path):
    lines = (
        "order_id,customer_id,ordered_at,product,amount\n"
        "1,a,2026-01-05,tea,10\n1,b,2026-01-05,jam,10\n2,b,2026-01-06,tea,5\n"
    )
    data = "  order_lines: {file: ../data/lines.csv}\n"
    found = prepared(client(tmp_path, data, {"lines.csv": lines}))
    assert found.findings() == {("orders", "two_customers"): 1}


@pytest.mark.parametrize(
    ("table", "content"),
    [
        ("touches", "customer_id,touched_at,channel\na,2026-01-01,email\nzz,2026-01-01,email\n"),
        (
            "surveys",
            "customer_id,answered_at,kind,score\na,2026-01-09,nps,9\nzz,2026-01-09,nps,3\n",
        ),
        (
            "leads",
            "lead_id,customer_id,created_at\nL1,a,2026-01-01\nL2,zz,2026-01-01\nL3,,2026-01-01\n",
        ),
    ],
)
def test_rows_that_name_unknown_customers_are_found(tmp_path: Path, table: str, content: str):
    found = with_table(tmp_path, table, content)
    assert found.findings()[table, "unknown_customers"] == 1
    finding = found.finding(table, "unknown_customers")
    assert finding["example"] is None
    assert json.loads(finding["detail"]) == {"share": [0.5, "share"]}


def test_orders_of_customers_that_their_file_lacks_are_found(tmp_path: Path):
    found = with_table(tmp_path, "customers", "customer_id,city\na,Riga\n")
    assert found.findings() == {("orders", "unknown_customers"): 1}


@pytest.mark.parametrize(
    ("table", "content", "severity"),
    [
        (
            "touches",
            "customer_id,touched_at,channel\na,2026-01-01,email\na,2026-01-01,fax\n",
            "warning",
        ),
        ("costs", "month,channel,amount\n2026-01-01,email,5\n2026-01-01,fax,5\n", "warning"),
        ("leads", "lead_id,created_at,source\nL1,2026-01-01,email\nL2,2026-01-01,fax\n", "note"),
    ],
)
def test_channels_without_a_description_are_found(
    tmp_path: Path, table: str, content: str, severity: str
):
    found = with_table(tmp_path, table, content, head="channels: {email: {}}\n")
    finding = found.finding(table, "unknown_channels")
    assert (finding["row_count"], finding["example"]) == (1, "fax")
    assert finding["severity"] == severity


def test_another_spelling_of_a_channel_is_guessed_and_not_merged(tmp_path: Path):
    touches = "customer_id,touched_at,channel\na,2026-01-01,e mail 2\na,2026-01-02,emial\n"
    touches += "a,2026-01-03,email\na,2026-01-04,fax\n"
    found = with_table(tmp_path, "touches", touches, head="channels: {email: {}}\n")
    finding = found.finding("touches", "unknown_channels")
    assert finding["row_count"] == 3
    assert all(each in finding["detail"] for each in ("e mail 2 (= email?)", "emial (= email?)"))
    assert "fax (" not in finding["detail"]
    assert set(found.column("touches", "channel")) == {"e mail 2", "emial", "email", "fax"}


def test_scores_outside_their_scale_are_left_out(tmp_path: Path):
    surveys = (
        "customer_id,answered_at,kind,score,scale_max\n"
        "a,2026-01-09,nps,0,\na,2026-01-09,nps,11,\na,2026-01-09,csat,5,\n"
        "b,2026-01-09,csat,6,\nb,2026-01-09,csat,7,7\nb,2026-01-09,csat,0,5\nb,2026-01-09,csat,-1,10\n"
    )
    found = with_table(tmp_path, "surveys", surveys)
    assert sorted(found.column("surveys", "score")) == [0.0, 5.0, 7.0]
    assert found.exclusions() == {("surveys", "score_outside_scale"): 4}


def test_surveys_of_an_unknown_kind_are_left_out(tmp_path: Path):
    surveys = "customer_id,answered_at,kind,score\na,2026-01-09,NPS,9\na,2026-01-09,CES,4\n"
    found = with_table(tmp_path, "surveys", surveys)
    assert found.column("surveys", "kind") == ["nps"]
    assert found.findings() == {
        ("surveys", "unknown_values"): 1,
        ("surveys", "missing_values"): 1,
    }


def test_overlapping_cost_periods_are_found(tmp_path: Path):
    costs = (
        "period_start,period_end,channel,amount\n"
        "2026-01-01,2026-01-31,email,5\n2026-01-15,2026-02-15,email,5\n"
        "2026-02-16,2026-02-28,email,5\n2026-01-01,2026-01-31,sms,5\n"
        "2026-03-31,2026-03-01,sms,5\n"
    )
    found = with_table(tmp_path, "costs", costs)
    assert found.findings() == {("costs", "overlapping_costs"): 1, ("costs", "period_reversed"): 1}
    assert found.finding("costs", "overlapping_costs")["example"] == "email 2026-01-15"
    assert found.counts("costs") == (5, 4, 1)


def test_unknown_statuses_count_as_won_and_are_named(tmp_path: Path):
    orders = (
        HEAD.strip()
        + ",status\n1,a,2026-01-05,10,Фаза 3\n2,b,2026-01-06,5,cancelled\n3,b,2026-01-06,5,\n"
    )
    found = prepared_orders(tmp_path, orders)
    assert found.column("orders", "stage_group") == ["won", "lost", "won"]
    assert found.findings() == {("orders", "unknown_stages"): 2, ("orders", "lost_orders"): 1}
    assert printed(found, "orders", "unknown_stages") == (
        "They count as sales: «Фаза 3». Say in the parameters file, under stages, which are open, "
        "won or lost."
    )


def test_the_params_stages_count_before_known_words(tmp_path: Path):
    orders = HEAD.strip() + ",status\n1,a,2026-01-05,10,Фаза 3\n2,b,2026-01-06,5,Refunded\n"
    data = "  orders: {file: ../data/orders.csv, stages: {won: [refunded], open: [фаза 3]}}\n"
    found = prepared(client(tmp_path, data, {"orders.csv": orders}))
    assert found.column("orders", "stage_group") == ["open", "won"]
    assert found.findings() == {("orders", "open_orders"): 1}


def test_a_column_of_very_many_texts_is_no_status(tmp_path: Path):
    orders = (
        HEAD.strip() + ",status\n" + "".join(f"{n},a,2026-01-05,10,text {n}\n" for n in range(2500))
    )
    assert refused_orders(tmp_path, orders) == (
        "orders.csv: column 'status' holds more than 2,000 different texts, e.g. 'text 0': "
        "it is no status.\n"
        f"Map another column in {tmp_path}/params/acme.yml (line 5), data.orders.columns."
    )


def test_lines_that_fit_no_column_are_counted(tmp_path: Path):
    found = prepared_orders(tmp_path, ORDERS + "3,b,2026-01-07,5,extra,cells\n")
    assert found.counts("orders") == (3, 2, 1)
    assert found.findings() == {("orders", "rejected_lines"): 1}


def test_names_that_attack_stay_text(tmp_path: Path):
    strange = [
        "<script>alert(1)</script>",
        "=cmd()|' /C calc'!A0",
        "+7 999 000-00-01",
        'quo"ted',
        "emoji 🛒",
        "عميل",
        "x" * 300,
        "12345678901234567890",
    ]
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["order_id", "customer_id", "ordered_at", "amount", "product", "category"])
    for n, text in enumerate(strange):
        writer.writerow([n, text, "2026-01-05", 10, text, text])
    found = prepared_orders(tmp_path, sheet.getvalue())
    assert sorted(found.column("order_lines", "category")) == sorted(strange)
    assert set(found.column("orders", "customer_id")) == set(strange)


def test_every_check_and_reason_has_its_words_in_both_languages():
    code = "".join(path.read_text() for path in Path("crm_strategy/data").glob("*.py"))
    named = set(re.findall(r'check="(\w+)"', code)) | set(
        re.findall(r'DataFinding\(\s*"?\w+"?(?:\.\w+)*,\s*"(\w+)"', code)
    )
    assert len(named) > 15
    for language in LANGUAGES:
        with speaking(language=language):
            for check in named:
                assert known(f"checks.{check}.name"), (language, check)
                assert known(f"checks.{check}.remedy"), (language, check)


def test_notes_of_readers_are_printed():
    notes = json.dumps(
        [
            {"key": "title_rows", "values": {"count": 2}},
            {"key": "sheet_chosen", "values": {"sheet": "Costs", "others": "Plan, Draft"}},
        ]
    )
    with speaking(language="en"):
        assert notes_text(notes) == (
            "Rows above the header: 2. Sheet “Costs” was read; there are others: Plan, Draft."
        )
        assert check_name("till_account") == "One customer with very many orders"
        assert say("checks.table.order_lines") == "Order lines"


def test_errors_of_the_data_end_with_code_2():
    assert (DataError.exit_code, ParamsError.exit_code) == (2, 2)


def test_orders_lost_and_open_are_counted(tmp_path: Path):
    orders = HEAD.strip() + ",status\n1,a,2026-01-05,10,done\n2,b,2026-01-06,5,cancelled\n"
    found = prepared_orders(tmp_path, orders + "3,b,2026-01-07,5,processing\n")
    assert found.findings() == {("orders", "lost_orders"): 1, ("orders", "open_orders"): 1}
    assert printed(found, "orders", "lost_orders") == (
        "They are no sales and count nowhere; in the funnel they show where purchases stop. Look "
        "whether data.orders.stages names the right statuses, for example of order 2."
    )


def test_amounts_beyond_belief_are_left_out(tmp_path: Path):
    found = prepared_orders(tmp_path, HEAD + "1,a,2026-01-05,10\n2,b,2026-01-06,1e300\n")
    assert found.column("orders", "amount") == [10.0]
    assert found.findings() == {("orders", "implausible_amounts"): 1}


def test_one_customer_with_all_orders_is_a_till_account(tmp_path: Path):
    rows = "".join(f"{n},a,2026-01-{1 + n % 28:02d},10\n" for n in range(200))
    assert ("orders", "till_account") in prepared_orders(tmp_path, HEAD + rows).findings()


def test_a_touchpoint_that_the_plan_lacks_is_noted_with_its_likely_spelling(tmp_path: Path):
    head = "touchpoints: [{id: newsletter, name: N, channel: email, stage: loyalty}]\n"
    touches = "customer_id,touched_at,channel,touchpoint\na,2026-01-01,email,newsleter\n"
    touches += "a,2026-01-02,email,newsletter\na,2026-01-03,email,kiosk\na,2026-01-04,email,\n"
    found = with_table(tmp_path, "touches", touches, head=head)
    finding = found.finding("touches", "unknown_touchpoints")
    assert (finding["row_count"], finding["severity"]) == (2, "note")
    assert "newsleter (= newsletter?)" in finding["detail"]
    assert "kiosk" in finding["detail"]
