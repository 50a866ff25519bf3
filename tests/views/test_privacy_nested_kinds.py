"""Segments within segments, such as cities of regions, tell no small group beside a third kind."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.segment_overlap import segment_overlap
from crm_strategy.views import tables
from crm_strategy.views.kind_privacy import sizes_to_hide
from crm_strategy.views.naming import segment_name
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.views.segment_kind_tables import strongest_pairs
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
        left = (whole or 0) - sum(n for n in cities if n is not None)
        assert whole is None or left == 0 or left >= 10


STAGES = {"new": 0.1, "retained": 0.3, "returned": 0.1, "lapsed": 0.2, "inactive": 0.3}
ORDERED = ("new", "retained", "returned")


def shoppers(seed: int) -> pd.DataFrame:
    """A client of 240 customers by what they did: of some kinds one tells much of another."""
    chance = np.random.default_rng(seed)
    stage = chance.choice([*STAGES], 240, p=[*STAGES.values()])
    stop = [
        "ordered" if each in ORDERED else chance.choice(["contacted", "other"]) for each in stage
    ]
    often = [
        "one_time" if each == "new" else chance.choice(["regular", "frequent", "one_time"])
        for each in stage
    ]
    tier = ["other" if each == "one_time" else chance.choice(["gold", "other"]) for each in often]
    named = {"lifecycle": stage, "stopped_at": stop, "regularity": often, "tier": tier}
    gender = chance.choice(["f", "m"], 240, p=[0.6, 0.4])
    ids = [f"k{at}" for at in range(240)]
    return pd.DataFrame({"customer_id": ids, **named, "attribute:gender": gender})


def pairs_shown(who: pd.DataFrame) -> set[frozenset[tuple[str, str]]]:
    """The pairs of segments whose customers are shown."""
    overlap = segment_overlap(table(dict.fromkeys(who.columns, "string"), who.to_dict("records")))
    rows = strongest_pairs(overlap)
    rows = rows[~rows["hides"]]
    ends = zip(
        zip(rows["kind"], rows["segment"], strict=True),
        zip(rows["with_kind"], rows["with_segment"], strict=True),
        strict=True,
    )
    return {frozenset(pair) for pair in ends}


@pytest.mark.parametrize("seed", range(5))
def test_no_few_follow_from_all_overlaps_of_three_kinds(seed: int) -> None:
    who = shoppers(seed)
    shown = pairs_shown(who)
    assert len(shown) > 10
    for kinds in combinations(who.columns[1:], 3):
        places = [*product(*(sorted(set(who[kind])) for kind in kinds))]
        for one, other in combinations(range(3), 2):
            # The reader sees which segments have nobody in common, and knows what means what.
            known = set(zip(who[kinds[one]], who[kinds[other]], strict=True))
            places = [place for place in places if (place[one], place[other]) in known]
        counts = who.groupby([*kinds]).size()
        n = np.array([counts.get(place, 0) for place in places])
        of = {
            (kind, segment): np.array([place[at] == segment for place in places], dtype=float)
            for at, kind in enumerate(kinds)
            for segment in set(who[kind])
        }
        groups = {
            frozenset(pair): of[pair[0]] * of[pair[1]]
            for pair in combinations(of, 2)
            if pair[0][0] != pair[1][0]
        }
        unseen = {
            (kind, segment)
            for kind in kinds
            for segment in sizes_to_hide(kind, who[kind].value_counts().to_dict())
        }
        told = [group for each, group in of.items() if each not in unseen]
        told += [group for pair, group in groups.items() if pair in shown]
        told.append(np.ones(len(places)))
        asked = [*groups.values(), *np.eye(len(places))]
        asked += [
            whole - part
            for whole, part in product(told, told)
            if (part <= whole).all() and part.sum() < whole.sum()
        ]
        small = np.array([group for group in asked if 0 < group @ n < 10])
        if len(small):
            _left, sizes, axes = np.linalg.svd(np.array(told), full_matrices=False)
            span = axes[sizes > 1e-8 * sizes[0]]
            free = np.abs(small - small @ span.T @ span).max(axis=1)
            assert (free > 1e-6).all(), kinds
