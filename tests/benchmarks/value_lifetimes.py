"""The same by lifetimes 0.11.3, as its manual does it."""

from datetime import date
from pathlib import Path

import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import summary_data_from_transaction_data


def results(path: Path, as_of: date, horizon_weeks: int) -> dict[str, pd.DataFrame]:
    """Parameters in weeks and the orders expected of each customer; see `value_task`."""
    orders = pd.read_parquet(path, columns=["customer_id", "ordered_at"])
    summary = summary_data_from_transaction_data(
        orders,
        "customer_id",
        "ordered_at",
        observation_period_end=pd.Timestamp(as_of),
        freq="D",
        freq_multiplier=7,
    )
    model = BetaGeoFitter().fit(summary["frequency"], summary["recency"], summary["T"])
    expected = model.conditional_expected_number_of_purchases_up_to_time(
        horizon_weeks, summary["frequency"], summary["recency"], summary["T"]
    )
    parameters = model.params_.rename("value").rename_axis("parameter")
    return {
        "parameters": parameters.reset_index(),
        "forecasts": expected.rename("expected").reset_index(),
    }
