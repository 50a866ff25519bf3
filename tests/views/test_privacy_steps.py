import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.views import tables
from crm_strategy.views.payload import is_hidden, too_few
from tests.analysis.builders import FEW

CHANNELS = ("call", "email", "push", "shop")
COUNTS = st.lists(st.integers(1, 60), min_size=16, max_size=16)


def steps_of(counts):
    rows = pd.DataFrame(
        [(source, target) for source in CHANNELS for target in CHANNELS],
        columns=["source", "target"],
    )
    rows = rows.assign(n=counts)
    return rows.assign(share=rows["n"] / rows.groupby("source")["n"].transform("sum"))


def hidden_steps(payload):
    pairs = zip(payload["keys"]["source"], payload["keys"]["target"], strict=True)
    cells = {pair: row[2] for pair, row in zip(pairs, payload["rows"], strict=True)}
    return {pair: cell for pair, cell in cells.items() if is_hidden(cell)}


def following(hidden):
    """Hidden steps that follow from the sums of all rows and all columns."""
    pairs = sorted(hidden)
    sums = [[float(pair[side] == each) for pair in pairs] for side in (0, 1) for each in CHANNELS]
    rank = np.linalg.matrix_rank(np.array(sums))
    return [
        pair
        for at, pair in enumerate(pairs)
        if np.linalg.matrix_rank(np.vstack([sums, np.eye(len(pairs))[at]])) == rank
    ]


@FEW
@given(COUNTS)
def test_no_hidden_step_follows_from_what_came_into_a_channel_and_went_out_of_it(counts):
    steps = steps_of(counts)
    hidden = hidden_steps(tables.transitions_table(steps).payload())
    small = steps[steps["n"] < 10]
    assert set(zip(small["source"], small["target"], strict=True)) <= set(hidden)
    if hidden:
        assert following(hidden) == []


def test_the_one_small_step_into_a_channel_does_not_follow_from_its_column():
    counts = [50, 40, 7, 30, 60, 50, 40, 3, 50, 60, 50, 40, 60, 50, 40, 30]
    payload = tables.transitions_table(steps_of(counts)).payload()
    hidden = hidden_steps(payload)
    assert hidden["call", "push"] == hidden["email", "shop"] == too_few()
    for source, target in (("call", "push"), ("email", "shop")):
        assert sum(pair[0] == source for pair in hidden) >= 2
        assert sum(pair[1] == target for pair in hidden) >= 2
    # Rows stand by size: the hidden ones last, in the order of their names.
    last = list(zip(payload["keys"]["source"], payload["keys"]["target"], strict=True))
    assert last[-len(hidden) :] == sorted(hidden)
