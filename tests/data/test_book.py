"""The book: one client, one period; its tables, its plan, and what it says of itself."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy import words
from crm_strategy.data.book import META_MIME, open_book
from crm_strategy.data.report_period import OrderDays, chosen_period
from crm_strategy.errors import CrmStrategyError
from tests.data.clients import client

HEAD = "order_id,customer_id,ordered_at,amount,status\n"
ORDERS = HEAD + (
    "1,a,2025-09-30,10,done\n2,b,2026-04-06,20,done\n3,a,2026-06-30,30,done\n"
    "4,b,2026-06-30,-5,done\n5,b,2026-06-30,7,cancelled\n6,a,2026-07-01,8,new\n"
)
LINES = "order_id,product,amount\n1,tea,10\n2,tea,20\n3,jam,30\n5,jam,7\n"
DATA = "  orders: {file: ../data/orders.csv}\n  order_lines: {file: ../data/lines.csv}\n"
FILES = {"orders.csv": ORDERS, "lines.csv": LINES}
PLAN = (
    "language: [en, ru]\n"
    "business_goals: [{id: grow, goal: Grow, kpi: revenue, target: 100, by: 2026-12-31}]\n"
    "goals: [{id: more, goal: Sell more, serves: grow, priority: primary, kpi: revenue, "
    "baseline: 20, baseline_at: 2025-12-31, target: 100, by: 2026-12-31}]\n"
    "channels: {email: {label: {en: Newsletter, ru: Рассылка}, kind: owned, "
    "cost: {per_touch: 0.01, monthly: 30}}, shop: {}}\n"
    "touchpoints: [{id: cart, name: Cart mail, channel: email, place: online, stage: buy, "
    "evidence: assumed, actions: {champions: {target_action: order again}}}]\n"
    "privacy: {min_cell: 7}\n"
)


@pytest.fixture(autouse=True)
def _own_voice():
    with words.speaking():
        yield


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return client(tmp_path_factory.mktemp("book"), DATA, FILES, head=PLAN)


def test_latest_is_the_last_quarter_that_the_orders_cover(params: Path):
    book = open_book(params)
    assert (book.period.id, book.as_of) == ("2026-Q2", date(2026, 6, 30))
    assert (book.previous.id, book.year_before.id) == ("2026-Q1", "2025-Q2")
    assert (book.first_day, book.last_day) == (date(2025, 9, 30), date(2026, 6, 30))
    assert [period.id for period in book.history] == ["2025-Q4", "2026-Q1", "2026-Q2"]


def test_orders_are_those_won_and_lines_are_theirs(params: Path):
    book = open_book(params)
    assert ids(book.orders, "order_id") == ["1", "2", "3", "4"]
    assert ids(book.all_orders, "order_id") == ["1", "2", "3", "4", "5", "6"]
    assert ids(book.order_lines, "order_id") == ["1", "2", "3"]
    assert ids(book.customers, "customer_id") == ["a", "b"]
    assert ids(book.touches, "customer_id") == []
    book.close()
    assert ids(book.orders, "order_id") == ["1", "2", "3", "4"]


def ids(table, column: str) -> list[str]:
    return sorted(table[column].to_pyarrow().to_pylist())


def test_a_book_holds_no_connection_before_it_is_asked_for_a_table(params: Path):
    book = open_book(params)
    assert "_con" not in vars(book)
    # A process may fork now: nothing of the engine is open.
    child = os.fork()
    if child == 0:
        os._exit(0 if ids(book.orders, "order_id") == ["1", "2", "3", "4"] else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_opening_sets_the_voice(params: Path):
    open_book(params, language="ru")
    voice = words.voice()
    assert (voice.language, voice.currency, voice.min_cell) == ("ru", "EUR", 7)
    assert (voice.labels["channel.email"], voice.as_of) == ("Рассылка", date(2026, 6, 30))


def test_findings_come_with_their_remedy_in_the_books_language(params: Path):
    english, russian = open_book(params), open_book(params, language="ru")
    columns = ["table", "severity", "check", "row_count", "example", "remedy"]
    assert list(english.data_findings.columns) == columns
    assert list(english.data_findings["check"]) == ["lost_orders", "open_orders", "refunds"]
    assert english.data_findings["remedy"][2] == (
        "They lessen revenue, or are left out if the rules say so. Nothing to do."
    )
    assert russian.data_findings["remedy"][2] == (
        "Они уменьшают выручку, а если правила их исключают, не учтены. Делать ничего не нужно."
    )


def test_tables_that_describe_the_data_are_at_hand(params: Path):
    book = open_book(params)
    assert ids(book.data_tables, "table") == ["customers", "order_lines", "orders"]
    assert ids(book.data_sources, "file") == ["lines.csv", "orders.csv"]
    assert book.data_exclusions.count().to_pyarrow().as_py() == 0
    assert set(ids(book.data_columns, "how")) == {"name"}


def test_the_plan_is_at_hand(params: Path):
    book = open_book(params, language="ru")
    (goal,) = book.goal_rows({("revenue", "all"): 45.0})
    assert (goal["goal_id"], goal["actual"], goal["status"]) == ("more", 45.0, "off_track")
    assert {row["check"] for row in book.goal_checks()} >= {"owned"}
    assert [row["touchpoint_id"] for row in book.touchpoints] == ["cart"]
    actions = book.touchpoint_actions(["champions", "lost"])
    assert [row["target_action"] for row in actions] == ["order again", None]
    terms = book.channel_terms
    assert list(terms.columns) == ["channel", "label", "kind", "per_touch", "monthly"]
    assert list(terms["label"]) == ["Рассылка", "shop"]
    assert terms["monthly"].isna().tolist() == [False, True]


def test_a_book_describes_itself(params: Path):
    bundle = open_book(params, language="ru")._repr_mimebundle_()
    assert bundle[META_MIME] == {
        "client": "Acme",
        "slug": "acme",
        "period": "2026-Q2",
        "period_label": "2\u00a0кв.\u00a02026",
        "start": "2026-04-01",
        "end": "2026-06-30",
        "data_to": "2026-06-30",
        "language": "ru",
        "currency": "EUR",
        "rhythm": "quarter",
        "min_cell": 7,
        "version": bundle[META_MIME]["version"],
        "demo": False,
    }
    assert bundle["text/plain"] == "Acme · 2\u00a0кв.\u00a02026 · 30.06.2026"
    assert bundle["text/html"] == "<p>Acme · 2\u00a0кв.\u00a02026 · 30.06.2026</p>"


@pytest.mark.parametrize(
    ("period", "message"),
    [
        (
            "2024-Q1",
            "period 2024-Q1: the orders begin only on 2025-09-30.\n"
            "Choose 2026-Q2 or an earlier period, or days within 2025-09-30..2026-06-30.",
        ),
        (
            "2026-Q4",
            "period 2026-Q4: the orders end on 2026-06-30.\n"
            "Choose 2026-Q2 or an earlier period, or days within 2025-09-30..2026-06-30.",
        ),
        (
            "2026",
            "period 2026: not finished: it ends on 2026-12-31, the orders end on 2026-06-30.\n"
            "Choose 2026-Q2 or an earlier period, or days within 2025-09-30..2026-06-30.",
        ),
        (
            "Q2 2026",
            "period 'Q2 2026': not a period.\n"
            "Write 2026-Q3, 2026-09, 2026-H1, 2026, 2026-07-01..2026-09-30 or latest.",
        ),
    ],
)
def test_a_period_the_orders_do_not_cover_is_refused(params: Path, period: str, message: str):
    with pytest.raises(CrmStrategyError) as error:
        open_book(params, period=period)
    assert str(error.value) == message


def test_a_period_without_orders_among_others_is_one_of_no_orders(params: Path):
    book = open_book(params, period="2026-Q1")
    assert book.period.id == "2026-Q1"
    days = OrderDays((date(2026, 1, 5), date(2026, 3, 9)))
    assert chosen_period("latest", rhythm="month", days=days).id == "2026-02"


def test_latest_does_not_begin_after_the_last_order():
    # Every 70 days: the last order covers 69 more, and so the two months that follow it.
    days = OrderDays(tuple(date(2020, 1, 10) + timedelta(70 * n) for n in range(25)))
    assert days.last == date(2024, 8, 16)
    assert days.covered_to == date(2024, 10, 24)
    assert chosen_period("latest", rhythm="month", days=days).id == "2024-08"


def test_data_of_less_than_a_period_are_refused_by_latest(tmp_path: Path):
    orders = HEAD + "1,a,2026-05-30,10,done\n2,b,2026-06-06,20,done\n"
    params = client(tmp_path, "  orders: {file: ../data/orders.csv}\n", {"orders.csv": orders})
    with pytest.raises(CrmStrategyError) as error:
        open_book(params)
    assert str(error.value) == (
        "no quarter is complete: orders run from 2026-05-30 to 2026-06-06.\n"
        "Name the days: --period 2026-05-30..2026-06-06."
    )
    book = open_book(params, period="2026-05-30..2026-06-06")
    assert book.history == [book.period]


def test_a_shop_closed_at_the_weekend_covers_the_sunday_that_ends_a_month():
    # 30 and 31 May 2026 are a weekend.
    weekdays = [date(2026, 3, 2) + timedelta(n) for n in range(89)]
    days = OrderDays(tuple(day for day in weekdays if day.weekday() < 5))
    assert days.last == date(2026, 5, 29)
    assert chosen_period("latest", rhythm="month", days=days).id == "2026-05"
    assert chosen_period("2026-05", rhythm="month", days=days).end == date(2026, 5, 31)


@given(
    st.sets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), min_size=1, max_size=60),
    st.sampled_from(["month", "quarter", "half", "year"]),
)
def test_a_chosen_period_always_meets_the_orders_and_is_covered(found: set[date], rhythm: str):
    days = OrderDays(tuple(sorted(found)))
    try:
        period = chosen_period("latest", rhythm=rhythm, days=days)
    except CrmStrategyError:
        return
    assert period.start <= days.last
    assert period.end >= days.first
    assert period.end <= days.covered_to
