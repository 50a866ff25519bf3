"""An order-1 Markov chain over ready paths, by ChannelAttribution as it comes: simulated."""

from pathlib import Path
from typing import Any

import ChannelAttribution
import pandas as pd


def results(data: Path, **settings: Any) -> dict[str, pd.DataFrame]:
    """Credit by channel: `channel`, `conversions`, `value`."""
    credit = ChannelAttribution.markov_model(
        pd.read_parquet(data / "paths.parquet"),
        "path",
        "conversions",
        var_value="value",
        var_null="nulls",
        ncore=2,
        verbose=False,
        flg_pro=False,
        **settings,
    )
    credit.columns = ["channel", "conversions", "value"]
    return {"credit": credit}
