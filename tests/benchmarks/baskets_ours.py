"""Pairs of products by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.baskets import product_baskets
from crm_strategy.analysis.cross_sell import cross_sell
from crm_strategy.data import engine


def rules(sales: Path, support: float) -> pd.DataFrame:
    """Each pair both ways round."""
    rows = engine.connect().read_parquet(sales)
    lines = rows.filter(_.CustomerID.notnull(), _.Quantity > 0, _.UnitPrice > 0).select(
        order_id="InvoiceNo",
        customer_id=_.CustomerID.cast("string"),
        ordered_at="InvoiceDate",
        product_id="StockCode",
        product=ibis.null("string"),
        amount=_.Quantity * _.UnitPrice,
        is_refund=ibis.literal(False),
    )
    baskets = product_baskets(lines, end=date(9999, 12, 30))
    return cross_sell(baskets, min_support=support, min_orders=1)
