"""Pairs of products by mlxtend, as its guide has it: lists, encoder, FP-growth, rules."""

from pathlib import Path

import pandas as pd
from mlxtend.frequent_patterns import association_rules, fpgrowth
from mlxtend.preprocessing import TransactionEncoder


def rules(sales: Path, support: float) -> pd.DataFrame:
    """Each pair both ways round."""
    rows = pd.read_parquet(sales)
    lines = rows[rows["CustomerID"].notna() & (rows["Quantity"] > 0) & (rows["UnitPrice"] > 0)]
    baskets = lines.groupby("InvoiceNo")["StockCode"].agg(list).tolist()
    encoder = TransactionEncoder()
    held = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    frequent = fpgrowth(held, min_support=support, max_len=2, use_colnames=True)
    found = association_rules(frequent, metric="support", min_threshold=support)
    first, second = (
        found[side].map(lambda items: next(iter(items))) for side in ("antecedents", "consequents")
    )
    return found.assign(product_id=first, with_product_id=second)
