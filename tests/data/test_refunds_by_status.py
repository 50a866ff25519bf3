from pathlib import Path

import pytest

from crm_strategy import open_book
from crm_strategy.data.vocabulary import fold

HEAD = "№ заказа;Клиент код;Дата заказа;Сумма;Статус\n"
DAYS = "".join(
    f"{month}{day};К{day};{day:02d}.0{month}.2025;100,00;Выполнен\n"
    for month in (1, 2, 3)
    for day in range(10, 29)
)
PARAMS = """\
client: Acme
currency: EUR
timezone: Europe/Berlin
rhythm: quarter
data:
  orders:
    file: ../orders.csv
    columns: {order_id: № заказа, customer_id: Клиент код, ordered_at: Дата заказа,
      amount: Сумма, status: Статус}
"""


def revenue(root: Path, lines: str) -> float:
    (root / "params").mkdir()
    (root / "orders.csv").write_text(HEAD + DAYS + lines, "utf-8")
    (root / "params/acme.yml").write_text(PARAMS, "utf-8")
    book = open_book(root / "params/acme.yml", period="2025-01-10..2025-03-28")
    total = float(book.orders.amount.sum().to_pandas())
    book.close()
    return total


def test_negative_rows_lessen_revenue_whatever_their_status_says(tmp_path: Path) -> None:
    # 57 sales of 100, one of 40 taken back by a row of its own marked «Возврат».
    lines = "90;К1;20.03.2025;40,00;Выполнен\n91;К1;21.03.2025;-40,00;Возврат\n"
    assert revenue(tmp_path, lines) == pytest.approx(5700)


def test_a_sale_marked_refunded_beside_its_refund_row_is_taken_back_once(tmp_path: Path) -> None:
    lines = "90;К1;20.03.2025;40,00;Возврат\n91;К1;21.03.2025;-40,00;Возврат\n"
    assert revenue(tmp_path, lines) == pytest.approx(5700)


def test_a_sale_marked_refunded_without_a_refund_row_is_not_counted(tmp_path: Path) -> None:
    assert revenue(tmp_path, "90;К1;20.03.2025;40,00;Возврат\n") == pytest.approx(5700)


@pytest.mark.parametrize("header", ["№ заказа", "Заказ №", "№ Заказа:", "Номер заказа"])
def test_the_number_sign_says_number(header: str) -> None:
    assert fold(header) in {fold("номер заказа"), fold("заказ номер")}
