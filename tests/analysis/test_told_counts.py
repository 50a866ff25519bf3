"""Attributes tell no small group: not by a difference, a share, or a value within another.

The attacker knows every size printed, which city lies in which region, and solves for the rest
by linear programming.
"""

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from crm_strategy.analysis.attribute_summary import attribute_lifts
from crm_strategy.analysis.attributes import CustomerAttributes, common_values
from crm_strategy.analysis.ideal_customer import ideal_customer
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import FEW
from tests.analysis.customer_builders import attributes, members

LEAST = 10
CITIES = {"Graz": "Styria", "Leoben": "Styria", "Linz": "Upper Austria", "Wels": "Upper Austria"}
SIZES = st.sampled_from([0, 1, 3, 9, 11, 14, 40, 60])
PLACES = [
    (segment, region, city)
    for segment in ("top", "rest")
    for region in ("Styria", "Upper Austria")
    for city in (*(city for city, of in CITIES.items() if of == region), "unknown", "other")
]
Counts = dict[tuple[str, str, str], int]


def population(counts: Counts) -> tuple[CustomerAttributes, dict[str, str]]:
    """Customers by segment, region and city; "other" cities are all of different names."""
    who = [place for place, n in counts.items() for _ in range(n)]
    names = [f"c{at:03}" for at in range(len(who))]
    city = {
        name: f"Village {name}" if place[2] == "other" else place[2]
        for name, place in zip(names, who, strict=True)
    }
    region = {name: place[1] for name, place in zip(names, who, strict=True)}
    known = common_values(attributes(region=region, city=city), min_count=LEAST)
    return known, {name: place[0] for name, place in zip(names, who, strict=True)}


def ends(rows: list[np.ndarray], counts: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """The least and the most customers of a group, given the sums told."""
    told = np.array(rows)
    found = [
        linprog(sign * group, A_eq=told, b_eq=told @ counts, bounds=(0, None), method="highs")
        for sign in (1, -1)
    ]
    # Without an end there is no limit.
    return tuple(
        sign * each.fun if each.status == 0 else np.inf
        for sign, each in zip((1, -1), found, strict=True)
    )


def cells_of(known: CustomerAttributes, segments: dict[str, str]) -> pd.DataFrame:
    """Customers by segment, region and city as they are told: rare cities are `other`."""
    rows = known.table.to_pandas().assign(segment=lambda frame: frame["customer_id"].map(segments))
    keys = ["segment", "attribute:region", "attribute:city"]
    return (
        rows.groupby(keys)
        .size()
        .rename("n")
        .reset_index()
        .set_axis(["segment", "region", "city", "n"], axis="columns")
    )


def unknowns(cells: pd.DataFrame) -> pd.DataFrame:
    """Every cell that may hold customers: a city that is listed lies in one region."""
    places = {
        (segment, region, city)
        for segment in cells["segment"]
        for region in cells["region"]
        for city in cells["city"]
        if CITIES.get(city, region) == region
    }
    every = pd.DataFrame(sorted(places), columns=["segment", "region", "city"])
    return every.merge(cells, how="left").fillna({"n": 0})


@FEW
@given(st.fixed_dictionaries(dict.fromkeys(PLACES, SIZES)))
@example(dict.fromkeys(PLACES, 0) | {PLACES[0]: 95, PLACES[2]: 5, PLACES[4]: 60, PLACES[6]: 80})
@example(dict.fromkeys(PLACES, 20) | {PLACES[0]: 95, PLACES[3]: 3, PLACES[2]: 2, PLACES[1]: 0})
def test_no_few_customers_of_a_city_a_region_or_a_segment_can_be_worked_out(counts: Counts) -> None:
    known, segments = population(counts)
    if sum(counts.values()) < 2 * LEAST or len(set(segments.values())) < 2:
        return
    sizes = pd.Series(segments).value_counts()
    if (sizes < LEAST).any():
        return
    lifts = attribute_lifts(known, members(**segments), min_count=LEAST)
    cells = unknowns(cells_of(known, segments))
    n = cells["n"].to_numpy(dtype=float)

    def of(**names: str) -> np.ndarray:
        found = np.ones(len(cells))
        for column, name in names.items():
            found *= (cells[column] == name).to_numpy(dtype=float)
        return found

    told = [of(segment=each) for each in sizes.index]
    told += [of(region=each) for each in cells["region"].unique()]
    told += [of(city=each) for each in cells["city"].unique()]
    for segment, attribute, value, told_one, few_known in zip(
        lifts["segment"],
        lifts["attribute"],
        lifts["value"],
        lifts["is_told"],
        lifts["known_count"],
        strict=True,
    ):
        if not told_one:
            continue
        told.append(of(segment=segment, **{attribute: value}))
        without = of(segment=segment, **{attribute: "unknown"})
        if few_known < sizes[segment]:
            # A share and its count tell how many are known.
            told.append(of(segment=segment) - without)
        elif value == "other":
            told[-1] += without
    groups = [of(region=each) for each in cells["region"].unique()]
    groups += [of(city=each) for each in cells["city"].unique()]
    groups += [of(region=r, city=c) for r in set(cells["region"]) for c in ("other", "unknown")]
    groups += [of(segment=s, region=r) for s in sizes.index for r in set(cells["region"])]
    groups += [of(segment=s, city=c) for s in sizes.index for c in set(cells["city"])]
    for group in groups:
        if 0 < group @ n < LEAST:
            low, high = ends(told, n, group)
            assert high - low > 0.5, (low, high)


def test_top_customers_of_a_value_and_those_outside_it_are_told_only_together() -> None:
    # Of 60 from Graz 55 are top: five are not, by the sizes of both.
    counts = dict.fromkeys(PLACES, 0) | {
        ("top", "Styria", "Graz"): 55,
        ("rest", "Styria", "Graz"): 5,
        ("top", "Styria", "Leoben"): 40,
        ("rest", "Styria", "Leoben"): 80,
        ("top", "Upper Austria", "Linz"): 60,
        ("rest", "Upper Austria", "Linz"): 90,
    }
    known, segments = population(counts)
    ideal = ideal_customer(known, members(**segments), min_count=LEAST)
    payload = tables.ideal_customer_table(ideal).payload()
    shown = {
        value: not is_hidden(count)
        for value, count in zip(
            column_cells(payload, "value"), column_cells(payload, "customer_count"), strict=True
        )
    }
    # The other cities are hidden with Graz: beside the regions they would tell it.
    assert {value for value, told in shown.items() if told} == {"Styria", "Upper Austria"}
    assert "Graz" not in charts.ideal_customer_chart(ideal).payload()["alt"]
    assert "Graz" not in findings.ideal_customer_finding(ideal, []).payload()["title"]


def test_few_at_the_top_whose_value_is_unknown_count_among_all() -> None:
    counts = dict.fromkeys(PLACES, 0) | {
        ("top", "Styria", "Graz"): 40,
        ("top", "Styria", "unknown"): 4,
        ("rest", "Styria", "Graz"): 40,
        ("rest", "Styria", "unknown"): 40,
    }
    known, segments = population(counts)
    lifts = attribute_lifts(known, members(**segments), min_count=LEAST)
    graz = lifts[(lifts["value"] == "Graz") & (lifts["segment"] == "top")].iloc[0]
    assert graz["known_count"] == 44
    exact = attribute_lifts(known, members(**segments))
    assert exact.loc[exact["value"] == "Graz", "known_count"].tolist() == [40, 40]


def test_a_city_that_all_but_a_few_of_its_region_live_in_is_other() -> None:
    counts = dict.fromkeys(PLACES, 0) | {
        ("top", "Styria", "Graz"): 95,
        ("top", "Styria", "other"): 5,
        ("top", "Upper Austria", "Linz"): 60,
        ("top", "Upper Austria", "other"): 50,
    }
    known, _segments = population(counts)
    cities = known.table["attribute:city"].value_counts().to_pandas()
    assert dict(zip(*(cities.iloc[:, at] for at in (0, 1)), strict=True)) == {
        "Linz": 60,
        "other": 150,
    }
    assert {(each.value, each.within) for each in known.nested} == {("Linz", "Upper Austria")}


def test_few_who_prefer_the_shop_do_not_follow_from_those_who_mostly_pick_up_there():
    # 100 prefer the shop: 95 of them mostly pick up, 5 are served otherwise.
    channel = {f"c{at}": "shop" if at < 100 else "web" for at in range(200)}
    delivery = {
        name: "pickup" if at < 95 else "desk" if at < 100 else "parcel"
        for at, name in enumerate(channel)
    }
    known = common_values(attributes(channel_=channel, delivery_method_=delivery), min_count=LEAST)
    counts = known.table["preference:delivery_method"].value_counts().to_pandas()
    sizes = dict(zip(counts.iloc[:, 0], counts.iloc[:, 1].astype(int), strict=True))
    assert sizes == {"parcel": 100, "other": 100}
