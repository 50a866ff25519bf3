"""All tables on who the customers are, read together: no small group can be worked out.

The attacker reads every count printed of a small client, turns shares into counts, knows which
city lies in which region, and solves for the rest by linear programming.
"""

from itertools import product
from random import Random

import numpy as np
import pandas as pd
import pytest

from crm_strategy.analysis.attribute_summary import attribute_lifts, attribute_summary
from crm_strategy.analysis.attributes import common_values
from crm_strategy.analysis.ideal_customer import ideal_customer, top_members
from crm_strategy.analysis.personas import personas
from crm_strategy.analysis.segment_kinds import segments_by_kind
from crm_strategy.views import tables
from crm_strategy.views.naming import attribute_name, kind_name, value_name
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden
from tests.analysis.customer_builders import attributes, members, profiles
from tests.analysis.test_told_counts import CITIES, ends

LEAST = 10
NAMES = ("region", "city", "gender")
KINDS = ("rules", *(f"attribute:{name}" for name in NAMES))


def people(seed: int) -> pd.DataFrame:
    """A small client: 150 customers by segment, region, city and gender, worth more or less."""
    random = Random(seed)
    cities = random.choices([*CITIES, "unknown"], weights=[60, 9, 25, 6, 8], k=150)
    rows = [
        {
            "customer_id": f"c{at:03}",
            "segment": random.choices("abc", weights=[70, 60, 14])[0],
            "city": city,
            "region": CITIES.get(city, random.choice(["Styria", "Upper Austria"])),
            "gender": random.choices(["f", "m", "unknown"], weights=[50, 40, 7])[0],
            "top": "top" if at < 40 else "rest",
        }
        for at, city in enumerate(cities)
    ]
    return pd.DataFrame(rows)


def cells(payload: TablePayload, *names: str) -> list[tuple]:
    """Rows of a table as tuples of some columns."""
    return list(zip(*(column_cells(payload, name) for name in names), strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_no_small_group_follows_from_all_tables_on_who_the_customers_are(seed: int) -> None:
    raw = people(seed)
    ids = raw["customer_id"]
    base = profiles(*((name, 1, float(200 - at)) for at, name in enumerate(ids)))
    stated = attributes(**{name: dict(zip(ids, raw[name], strict=True)) for name in NAMES})
    known = common_values(stated, min_count=LEAST)
    segments = members(**dict(zip(ids, raw["segment"], strict=True)))
    tops = top_members(base, top_share=40 / 150)
    by_kind = known.table.join(segments.rename(rules="segment"), "customer_id")
    by_kind = by_kind.select("customer_id", *KINDS)
    lifts = attribute_lifts(known, segments, min_count=LEAST)
    shown = {
        "attributes": tables.attributes_table(attribute_summary(known, base)),
        "ideal": tables.ideal_customer_table(ideal_customer(known, tops, min_count=LEAST)),
        "personas": tables.personas_table(personas(lifts, min_count=LEAST)),
        "kinds": tables.segment_kinds_table(segments_by_kind(by_kind, base)),
    }
    read = {name: table.payload() for name, table in shown.items()}
    now = by_kind.to_pandas().set_axis(["customer_id", "segment", *NAMES], axis="columns")
    now = now.merge(raw[["customer_id", "top"]])
    axes = ["segment", "top", *NAMES]
    places = pd.DataFrame(product(*(sorted(set(now[axis])) for axis in axes)), columns=axes)
    inside = [CITIES.get(c, r) == r for r, c in zip(places["region"], places["city"], strict=True)]
    places = places[inside].merge(now.groupby(axes).size().rename("n").reset_index(), how="left")
    n = places["n"].fillna(0).to_numpy(dtype=float)
    named = {attribute_name(name): name for name in NAMES}
    kinds = {kind_name(f"attribute:{name}"): name for name in NAMES} | {
        kind_name("rules"): "segment"
    }

    def of(**asked: str) -> np.ndarray:
        found = np.ones(len(places))
        for axis, value in asked.items():
            printed = [
                each if axis in ("segment", "top") else value_name(axis, each)
                for each in places[axis]
            ]
            found *= np.array(
                [value in (each, raw) for each, raw in zip(printed, places[axis], strict=True)]
            )
        return found

    told = [np.ones(len(places)), of(top="top")]
    for attribute, value, count in cells(
        read["attributes"], "attribute", "value", "customer_count"
    ):
        told += [] if is_hidden(count) else [of(**{named[attribute]: value})]
    for kind, segment, count in cells(read["kinds"], "kind", "segment", "customer_count"):
        told += [] if is_hidden(count) else [of(**{kinds[kind]: segment})]
    ideal = cells(read["ideal"], "attribute", "value", "customer_count", "share_in_top")
    lines = cells(read["personas"], "attribute", "value", "customer_count", "share", "segment")
    for attribute, value, count, share, *segment in [*ideal, *lines]:
        if not attribute or is_hidden(count):
            continue
        name = named.get(attribute, attribute)
        group = {"segment": segment[0]} if segment else {"top": "top"}
        told.append(of(**group, **{name: value}))
        if share and round(count / share) < of(**group) @ n:
            told.append(of(**group) - of(**group, **{name: "unknown"}))
    groups = [{axis: value} for axis in axes for value in set(places[axis])]
    groups += [
        {one: first, other: second}
        for one, other in (*product(("segment", "top"), NAMES), ("region", "city"))
        for first, second in product(sorted(set(places[one])), sorted(set(places[other])))
    ]
    assert len(told) > 15
    for group in groups:
        if 0 < of(**group) @ n < LEAST:
            low, high = ends(told, n, of(**group))
            assert high - low > 0.5, (group, low, high)
