"""Counts, BG/NBD and forecasts of a file of orders by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from crm_strategy.analysis.buying_models import expected_orders
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.purchase_counts import buying_histories, unique_counts
from crm_strategy.data import engine

KNOWN = ["frequency", "recency", "T"]


def results(path: Path, as_of: date, horizon_weeks: int) -> dict[str, pd.DataFrame]:
    """Parameters in weeks and the orders expected of each customer; see `value_task`."""
    # What the engine cannot hold in so little memory it would spill beside the orders.
    con = engine.connect(memory_limit="300MB", temp=path.parent / "spilled")
    con.raw_sql(_GIVE_BACK)
    orders = con.read_parquet(path)
    counts = buying_histories(orders, as_of=as_of).cache()
    rows = unique_counts(counts).to_pandas()
    fit = fit_buying_model(rows, model="bg_nbd")
    seen = (rows[name] for name in KNOWN)
    told = expected_orders("bg_nbd", fit.parameters, 7 * horizon_weeks, *seen)
    forecasts = counts.join(ibis.memtable(rows[KNOWN].assign(expected=told)), KNOWN)
    errors = fit.covariance.to_numpy().diagonal() ** 0.5
    parameters = pd.DataFrame({"value": fit.parameters, "log_error": errors})
    parameters.loc["alpha", "value"] /= 7
    return {
        "parameters": parameters.rename_axis("parameter").reset_index(),
        "forecasts": forecasts.select("customer_id", "expected").to_pyarrow().to_pandas(),
    }


_GIVE_BACK = """
SET allocator_flush_threshold = '1MB';
SET allocator_bulk_deallocation_flush_threshold = '1MB'
"""
"""Memory that the engine is done with goes back to the system, not into its stock."""
