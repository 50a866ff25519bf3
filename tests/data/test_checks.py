"""Every check finds what it should, and says what to do; what would give wrong numbers stops."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

from crm_strategy.data.check_words import check_name, notes_text
from crm_strategy.words import LANGUAGES, known, say, speaking
from tests.data.clients import TODAY, client, prepared, prepared_orders
from tests.data.refusals import BOTH, HEAD, ORDERS, printed, refused_orders, with_table


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


def test_one_order_of_one_customer_prepares(tmp_path: Path):
    found = prepared_orders(tmp_path, HEAD + "1,a,2026-01-05,10\n")
    assert found.counts("orders") == (1, 1, 0)
    assert found.counts("customers") == (1, 1, 0)
    assert found.findings() == {}


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


def test_amounts_of_zero_are_kept_or_left_out_and_counted(tmp_path: Path):
    orders = ORDERS + "3,a,2026-01-08,0\n"
    kept = prepared_orders(tmp_path / "keep", orders)
    assert kept.counts("orders") == (3, 3, 0)
    left = prepared_orders(tmp_path / "out", orders, more="  rules: {zero_amounts: exclude}\n")
    assert left.exclusions() == {("orders", "zero_amounts"): 1}
    for found in (kept, left):
        assert found.findings() == {("orders", "zero_amounts"): 1}


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
