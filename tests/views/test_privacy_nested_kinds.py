"""Segments by region and by city, beside a third kind, tell no small group together."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.segment_overlap import segment_overlap
from crm_strategy.views import tables
from crm_strategy.views.naming import segment_name
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import table

CITIES = {"A1": 0.2, "A2": 0.1, "A3": 0.1, "B1": 0.2, "B2": 0.1, "B3": 0.1, "C1": 0.12, "C2": 0.08}
SEGMENTS = {"champions": 0.3, "loyal": 0.25, "at_risk": 0.2, "lost": 0.15, "new": 0.1}


def people(seed: int) -> pd.DataFrame:
    """A client of 220 customers by city, of a region each, and by segment."""
    chance = np.random.default_rng(seed)
    city = chance.choice([*CITIES], 220, p=[*CITIES.values()])
    named = {"attribute:region": [f"R{each[0]}" for each in city], "attribute:city": city}
    segment = chance.choice([*SEGMENTS], 220, p=[*SEGMENTS.values()])
    ids = [f"k{at}" for at in range(220)]
    return pd.DataFrame({"customer_id": ids, **named, "rfm": segment})


def told(who: pd.DataFrame) -> dict[frozenset[str], int]:
    """The customers shown of each two segments."""
    kinds = dict.fromkeys(who.columns, "string")
    overlap = segment_overlap(table(kinds, who.to_dict("records")))
    payload = tables.segment_overlap_table(overlap).payload()
    columns = ("segment", "with_segment", "customer_count")
    rows = zip(*(column_cells(payload, each) for each in columns), strict=True)
    return {frozenset(map(str, pair)): n for *pair, n in rows if not is_hidden(n)}


@pytest.mark.parametrize("seed", range(4))
def test_no_few_of_a_region_in_a_segment_follow_from_its_cities(seed: int) -> None:
    who = people(seed)
    shown = told(who)
    assert shown
    for segment, region in product(map(segment_name, SEGMENTS), "ABC"):
        whole = shown.get(frozenset((segment, f"R{region}")))
        cities = [shown.get(frozenset((segment, city))) for city in CITIES if city[0] == region]
        inside = [n for n in cities if n is not None]
        if whole is not None and inside:
            # What the cities hide would follow from the region.
            assert whole == sum(inside)
