"""Overlaps beside what other tables tell of the same people: no small group follows from both."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.satisfaction import BANDS
from crm_strategy.analysis.segment_overlap import segment_overlap
from crm_strategy.views.segment_kind_tables import strongest_pairs
from crm_strategy.views.telling_rates import telling_rates
from tests.analysis.builders import table

Counts = Mapping[tuple[str, str], int]


def shown(kinds: tuple[str, str], counts: Counts) -> dict[tuple[str, str], int]:
    """The customers that the overlap of two kinds shows."""
    names = [pair for pair, n in counts.items() for _ in range(n)]
    who = pd.DataFrame(names, columns=[*kinds])
    who.insert(0, "customer_id", [f"k{at}" for at in range(len(who))])
    overlap = segment_overlap(table(dict.fromkeys(who.columns, "string"), who.to_dict("records")))
    rows = strongest_pairs(overlap)
    rows = rows[~rows["hides"]]
    found = {}
    for kind, first, _, second, n in rows.iloc[:, :5].itertuples(index=False, name=None):
        found[(first, second) if kind == kinds[0] else (second, first)] = int(n)
    return found


def determined(counts: Counts, known: list[tuple[list[tuple[str, str]], int]]) -> set[str]:
    """The cells that follow from the margins and from what else is known: sums of cells."""
    cells = [pair for pair, n in counts.items() if n]
    sums = [[cell[axis] == name for cell in cells] for axis in (0, 1) for name in
            dict.fromkeys(cell[axis] for cell in cells)]  # fmt: skip
    sums += [[cell in of for cell in cells] for of, _n in known]
    _left, sizes, turned = np.linalg.svd(np.array(sums, dtype="float64"))
    moves = turned[(sizes > 1e-6).sum() :]
    free = np.abs(moves).max(axis=0, initial=0.0) > 1e-6
    return {" ".join(cell) for cell, moved in zip(cells, free, strict=True) if not moved}


def few(counts: Counts) -> set[str]:
    return {" ".join(cell) for cell, n in counts.items() if 0 < n < 10}


BEHAVIOUR = ("frequent", "one_time", "regular")
ANSWERS = (*BANDS["nps"], "unknown")


@pytest.mark.parametrize("kinds", [("regularity", "satisfaction"), ("satisfaction", "regularity")])
def test_frequent_promoters_do_not_follow_from_the_repeat_rate_of_promoters(
    kinds: tuple[str, str],
) -> None:
    # Of 49 promoters 12 ordered once, as a repeat rate of 75.5 % tells; 29 are regular, so 8 are
    # frequent.
    matrix = [[2, 4, 8, 15], [4, 9, 12, 31], [17, 19, 29, 70]]
    straight = kinds[0] == "regularity"
    counts = {
        (segment, band) if straight else (band, segment): n
        for segment, line in zip(BEHAVIOUR, matrix, strict=True)
        for band, n in zip(ANSWERS, line, strict=True)
    }
    told = shown(kinds, counts)
    assert len(told) == 5
    once = [
        (["one_time", band] if straight else [band, "one_time"]) for band in ("promoter", "unknown")
    ]
    known = [([cell], n) for cell, n in told.items()]
    known += [([(cell[0], cell[1])], 0) for cell in once]
    assert not few(counts) & determined(counts, known)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_few_follows_from_repeat_rates_and_the_overlap(seed: int) -> None:
    chance = np.random.default_rng(seed)
    matrix = chance.multinomial(300, np.outer([0.15, 0.3, 0.55], [0.15, 0.2, 0.25, 0.4]).ravel())
    cells = [(segment, band) for segment in BEHAVIOUR for band in ANSWERS]
    counts = {cell: int(n) for cell, n in zip(cells, matrix, strict=True)}
    sizes = [sum(counts[segment, band] for segment in BEHAVIOUR) for band in ANSWERS]
    rates = [1 - counts["one_time", band] / n for band, n in zip(ANSWERS, sizes, strict=True)]
    gone = telling_rates(rates, sizes, groups=[[0, 0, 0, 1]])
    known = [([("one_time", band)], 0) for at, band in enumerate(ANSWERS) if at not in gone]
    known += [([cell], n) for cell, n in shown(("regularity", "satisfaction"), counts).items()]
    assert not few(counts) & determined(counts, known)


def test_the_first_tenth_of_a_region_does_not_follow_from_the_most_valuable_fifth() -> None:
    # 26 of Styria are among the first two tenths, which are the most valuable fifth.
    by_region = {"Styria": [15, 11, 13, 12, 14, 13, 13, 12, 16, 11]}
    by_region["other"] = [25 - n for n in by_region["Styria"]]
    by_region["other"][8] = 9
    tenths = [f"decile_{place:02}" for place in range(1, 11)]
    counts = {
        (tenth, region): n
        for region, line in by_region.items()
        for tenth, n in zip(tenths, line, strict=True)
    }
    told = shown(("value", "attribute:region"), counts)
    assert told
    known = [([cell], n) for cell, n in told.items()]
    known += [([(tenth, region) for tenth in tenths[:2]], 0) for region in by_region]
    assert not few(counts) & determined(counts, known)
