"""An order-1 Markov chain over ready paths, by this package."""

from pathlib import Path

import pandas as pd

from crm_strategy.analysis.markov import markov_credit
from crm_strategy.analysis.path_steps import steps_of


def results(data: Path) -> dict[str, pd.DataFrame]:
    """Credit by channel: `channel`, `conversions`, `value`."""
    steps = steps_of(pd.read_parquet(data / "paths.parquet"))
    measures = ("conversions", "value")
    credit = {name: markov_credit(steps, order=1, measure=name) for name in measures}
    return {"credit": pd.DataFrame(credit).rename_axis("channel").reset_index()}
