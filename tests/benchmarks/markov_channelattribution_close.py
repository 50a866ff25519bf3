"""An order-1 Markov chain over ready paths, by ChannelAttribution when it simulates for long.

Until its repetitions agree, and journeys of any length: by default none is longer than the longest
path.
"""

from pathlib import Path

import pandas as pd

from tests.benchmarks import markov_channelattribution


def results(data: Path) -> dict[str, pd.DataFrame]:
    """As `markov_channelattribution`."""
    return markov_channelattribution.results(data, conv_par=0.005, max_step=100_000)
