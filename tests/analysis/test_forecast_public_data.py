"""Backtests on public data: never worse than the seasonal naive, with honest intervals."""

from collections.abc import Callable
from datetime import date

import ibis
import pandas as pd
import pytest

from crm_strategy.analysis.forecast import sales_forecasts
from crm_strategy.analysis.forecast_scores import forecast_backtest
from crm_strategy.analysis.monthly_sales import monthly_sales
from tests.analysis.cdnow import cdnow
from tests.conftest import shared


def online_retail() -> ibis.Table:
    lines = pd.read_parquet(shared("data/online_retail/online_retail.parquet"))
    sold = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0) & lines["CustomerID"].notna()]
    return _orders(
        sold["CustomerID"],
        sold["InvoiceDate"],
        sold["Quantity"] * sold["UnitPrice"],
        sold["InvoiceNo"],
    )


def complete_journey() -> ibis.Table:
    lines = pd.read_parquet(shared("data/complete_journey_mini/transactions.parquet"))
    return _orders(
        lines["household_id"],
        lines["transaction_timestamp"],
        lines["sales_value"],
        lines["basket_id"],
    )


def _orders(customer: pd.Series, at: pd.Series, amount: pd.Series, order: pd.Series) -> ibis.Table:
    lines = pd.DataFrame({"customer_id": customer, "ordered_at": at, "amount": amount})
    summed = lines.groupby(order.to_numpy()).agg(
        customer_id=("customer_id", "first"),
        ordered_at=("ordered_at", "min"),
        amount=("amount", "sum"),
    )
    typed = summed.assign(customer_id=summed["customer_id"].astype("string"), is_refund=False)
    return ibis.memtable(typed.reset_index(drop=True))


@pytest.mark.parametrize(
    ("orders", "as_of", "months"),
    [
        # The files end on 9 December 2011, 30 June 1998 and 1 January 2018.
        (online_retail, date(2011, 12, 31), 12),
        (lambda: cdnow("master"), date(1998, 6, 30), 18),
        (complete_journey, date(2018, 1, 31), 12),
    ],
    ids=["online_retail", "cdnow", "complete_journey_mini"],
)
def test_the_chosen_forecast_beats_or_is_the_seasonal_naive_and_its_intervals_hold(
    orders: Callable[[], ibis.Table], as_of: date, months: int
) -> None:
    tested = forecast_backtest(sales_forecasts(monthly_sales(orders(), as_of=as_of)))
    chosen = tested[tested["chosen"]]
    assert list(chosen["measure"]) == ["revenue", "order_count", "active_customers"]
    assert set(chosen["month_count"]) == {months}
    assert (chosen["against_naive"] <= 1).all()
    assert chosen["coverage"].between(0.80, 0.97).all()
    assert not chosen["is_seasonal"].any()
