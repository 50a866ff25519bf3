"""Counts, BG/NBD and forecasts of a file of orders by this package."""

from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from crm_strategy.analysis.buying_models import expected_orders
from crm_strategy.analysis.model_fits import fit_buying_model
from crm_strategy.analysis.purchase_counts import purchase_counts, unique_counts
from crm_strategy.data import engine


def results(path: Path, as_of: date, horizon_weeks: int) -> dict[str, pd.DataFrame]:
    """Parameters in weeks and the orders expected of each customer; see `value_task`."""
    orders = engine.connect().read_parquet(path)
    counts = purchase_counts(orders, as_of=as_of).cache()
    rows = unique_counts(counts).to_pandas()
    fit = fit_buying_model(rows, model="bg_nbd")
    seen = rows["frequency"], rows["recency"], rows["T"]
    told = expected_orders("bg_nbd", fit.parameters, 7 * horizon_weeks, *seen)
    keys = ["frequency", "recency", "T"]
    forecasts = counts.join(ibis.memtable(rows[keys].assign(expected=told)), keys)
    errors = fit.covariance.to_numpy().diagonal() ** 0.5
    parameters = pd.DataFrame({"value": fit.parameters, "log_error": errors})
    parameters.loc["alpha", "value"] /= 7
    return {
        "parameters": parameters.rename_axis("parameter").reset_index(),
        "forecasts": forecasts.select("customer_id", "expected").to_pandas(),
    }
