"""Pairs of 100,000 products by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from crm_strategy.analysis.baskets import product_baskets
from crm_strategy.analysis.cross_sell import cross_sell
from crm_strategy.data import engine


def rules(lines: Path, support: float) -> pd.DataFrame:
    """Each pair both ways round."""
    table = engine.connect().read_parquet(lines).mutate(product=ibis.null("string"))
    baskets = product_baskets(table, end=date(9999, 12, 30))
    return cross_sell(baskets, min_support=support, min_orders=1)
