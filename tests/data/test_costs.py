"""The file of costs: money in another currency or below 0 is never counted in silence."""

from pathlib import Path

import pytest

from crm_strategy.data.check_words import remedy_text
from crm_strategy.errors import DataError
from crm_strategy.words import speaking
from tests.data.clients import Prepared, client, prepared

ORDERS = "order_id,customer_id,ordered_at,amount\n1,a,2026-01-05,10\n2,b,2026-02-05,20\n"
HEAD = "period_start,period_end,channel,amount"


def read(folder: Path, name: str, content: str) -> Prepared:
    """What was prepared of two orders and one more table."""
    data = f"  orders: {{file: ../data/orders.csv}}\n  {name}: {{file: ../data/{name}.csv}}\n"
    return prepared(client(folder, data, {"orders.csv": ORDERS, f"{name}.csv": content}))


def test_costs_in_another_currency_are_an_error(tmp_path: Path) -> None:
    costs = (
        f"{HEAD},currency\n2026-01-01,2026-01-31,email,100,EUR\n2026-01-01,2026-01-31,ads,500,USD\n"
    )
    with pytest.raises(DataError) as caught:
        read(tmp_path, "costs", costs)
    assert str(caught.value) == (
        "costs.csv: column 'currency': 1 row in another currency than EUR: USD (1); "
        "the first is row 2.\n"
        "No exchange rates are known: give every amount in EUR, or set currency: USD in "
        f"{tmp_path}/params/acme.yml if all are in USD."
    )


def test_costs_that_say_the_clients_currency_are_read_and_nothing_is_left_to_do(
    tmp_path: Path,
) -> None:
    costs = f"{HEAD},Валюта\n2026-01-01,2026-01-31,email,100,евро\n2026-01-01,2026-01-31,ads,5,\n"
    found = read(tmp_path, "costs", costs)
    assert sorted(found.column("costs", "amount")) == [5.0, 100.0]
    assert found.findings() == {}


def test_the_currency_of_touches_matters_only_with_a_cost(tmp_path: Path) -> None:
    plain = "customer_id,touched_at,channel,currency\na,2026-01-01,email,USD\n"
    assert read(tmp_path, "touches", plain).counts("touches") == (1, 1, 0)
    costly = "customer_id,touched_at,channel,cost,currency\na,2026-01-01,email,2,USD\n"
    with pytest.raises(DataError, match=r"^touches.csv: column 'currency': 1 row in another"):
        read(tmp_path, "touches", costly)


def test_costs_below_0_are_left_out_and_named(tmp_path: Path) -> None:
    costs = (
        f"{HEAD}\n2026-01-01,2026-01-31,email,-100\n2026-01-01,2026-01-31,ads,500\n"
        "2026-01-01,2026-01-31,sms,0\n"
    )
    found = read(tmp_path, "costs", costs)
    assert found.exclusions() == {("costs", "negative_costs"): 1}
    assert sorted(found.column("costs", "amount")) == [0.0, 500.0]
    finding = found.finding("costs", "negative_costs")
    assert (finding["severity"], finding["example"]) == ("warning", "email")
    with speaking(language="en"):
        assert remedy_text(finding) == (
            "They are left out, for example of email: counted, they would make a channel look "
            "cheaper than it is. Turn a wrong sign round; take credit notes off the cost they "
            "belong to."
        )
