"""Small clients whose data are checked, and what is printed of them."""

from pathlib import Path

import pytest

from crm_strategy.data.check_words import remedy_text
from crm_strategy.errors import CrmStrategyError
from crm_strategy.words import speaking
from tests.data.clients import Prepared, client, prepared

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


def printed(found: Prepared, table: str, check: str, language: str = "en") -> str:
    with speaking(language=language, currency="EUR"):
        return remedy_text(found.finding(table, check))
