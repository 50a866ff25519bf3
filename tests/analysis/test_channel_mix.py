from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.channel_groups import channel_groups
from crm_strategy.analysis.channel_mix import SETS, channel_sets
from crm_strategy.analysis.switch_offs import COLUMNS, switch_offs
from tests.analysis.builders import records


def paths(*rows):
    """Paths as (path, conversions, value, nulls)."""
    return pd.DataFrame(list(rows), columns=["path", "conversions", "value", "nulls"])


def costs(**known):
    return pd.DataFrame({"channel": list(known), "cost": list(known.values())}, dtype="object")


THREE = paths(
    ("email > call", 2, 200.0, 8),
    ("email", 6, 600.0, 20),
    ("call > email > call", 1, 100.0, 9),
    ("sms", 1, 50.0, 3),
)
PRICES = costs(email=10.0, call=90.0, sms=5.0)


def by_set(found, substitution):
    return found[found["substitution"] == substitution].set_index("channels")


def test_conversions_kept_worked_by_hand():
    found = channel_sets(THREE, PRICES, draws=0)
    assert list(found.columns) == list(SETS)
    assert len(found) == 3 * 8
    # Without calls 6 + 1 stay; half or all of the 3 that had a call are won back by e-mail.
    for substitution, kept in ((0.0, 7.0), (0.5, 8.5), (1.0, 10.0)):
        row = by_set(found, substitution).loc["email + sms"]
        assert (row["conversions"], row["cost"]) == (kept, 15.0)
        assert row["cost_per_conversion"] == pytest.approx(15 / kept)
        assert (row["switched_off"], row["off_count"]) == ("call", 1)
    # A path none of whose channels is on is lost whatever the substitution.
    assert by_set(found, 1.0).loc["call", "conversions"] == 3
    assert by_set(found, 0.0).loc["call", "conversions"] == 0


@pytest.mark.parametrize("margin_rate", [None, 0.5])
def test_what_costs_nothing_is_kept_whatever_the_margin(margin_rate):
    # Nothing is saved, even where no order is its own, or none at all followed.
    free = costs(call=0.0, email=0.0, sms=0.0, push=0.0)
    found = switch_offs(
        pd.concat([THREE, paths(("push", 0, 0.0, 40))]), free, margin_rate=margin_rate
    )
    assert set(found["verdict"]) == {"keep"}
    assert found["break_even"].isna().all()


def test_the_cheapest_set_keeps_the_stated_share():
    found = channel_sets(THREE, PRICES, keep=0.7, draws=0)
    cheapest = found[found["is_cheapest"]].set_index("substitution")
    assert cheapest["channels"].to_dict() == {0.0: "email + sms", 0.5: "email", 1.0: "email"}
    assert (cheapest["conversion_share"] >= 0.7).all()


def test_the_frontier_has_no_set_that_keeps_less_for_as_much():
    found = channel_sets(THREE, PRICES, draws=0)
    frontier = found[found["is_frontier"] & (found["substitution"] == 0)]
    assert records(frontier, "channels", "cost", "conversions") == [
        ("", 0.0, 0.0),
        ("sms", 5.0, 1.0),
        ("email", 10.0, 6.0),
        ("email + sms", 15.0, 7.0),
        ("call + email", 100.0, 9.0),
        ("call + email + sms", 105.0, 10.0),
    ]


def test_a_channel_without_a_known_cost_is_never_free():
    found = channel_sets(THREE, costs(email=10.0, call=90.0, sms=np.nan), draws=0)
    assert found["channels"].str.contains("sms").all()
    assert len(found) == 3 * 4
    # Its conversions stay in every set, its cost is in none.
    least = by_set(found, 0.0).loc["sms"]
    assert (least["cost"], least["conversions"]) == (0.0, 1.0)
    single = switch_offs(THREE, costs(email=10.0, call=90.0)).set_index("channel")
    assert single.loc["sms", "verdict"] == "left_on"
    assert np.isnan(single.loc["sms", "cost_saved"])


def test_a_channel_in_no_path_cannot_be_judged():
    found = channel_sets(THREE, costs(email=10.0, tv=1000.0), draws=0)
    assert found["channels"].str.contains("tv").all()
    assert (found["cost"] >= 1000).all()
    single = switch_offs(THREE, costs(email=10.0, tv=1000.0)).set_index("channel")
    assert single.loc["tv", "verdict"] == "left_on"
    assert np.isnan(single.loc["tv", "conversions_lost"])


def test_switch_offs_worked_by_hand():
    found = switch_offs(THREE, PRICES, margin_rate=0.5).set_index("channel")
    assert list(found.reset_index().columns) == list(COLUMNS)
    call = found.loc["call"]
    # Three of its conversions, 300 of value, 150 of margin; 90 saved: ρ must win back 60 of 150.
    assert (call["conversions_lost"], call["margin_lost"]) == (3, 150)
    assert (call["cost_saved"], call["net_gain"]) == (90, -60)
    assert call["break_even"] == pytest.approx(60 / 150)
    assert call["flip_margin"] == pytest.approx(90 / 300)
    assert (call["journey_count"], call["least_conversions_lost"]) == (20, 0)
    # E-mail alone won 6: 300 of margin are lost at any ρ, so it never pays to stop it.
    assert np.isnan(found.loc["email", "break_even"])


def many(channel_costs, **more):
    big = THREE.assign(conversions=THREE["conversions"] * 50, value=THREE["value"] * 50)
    found = switch_offs(big.assign(nulls=big["nulls"] * 50), channel_costs, **more)
    return found.set_index("channel")["verdict"].to_dict()


def test_verdicts_depend_on_what_chance_and_substitution_leave_open():
    prices = costs(email=100.0, call=30_000.0, sms=1200.0)
    assert many(prices, margin_rate=0.5) == {"call": "switch_off", "email": "keep", "sms": "test"}
    # Without a margin a loss is taken at full value, and nothing is called worth keeping.
    assert many(prices)["email"] == "test"
    no_value = THREE.drop(columns="value")
    assert set(switch_offs(no_value, prices)["verdict"]) == {"left_on"}


def test_bounds_hold_the_scatter_of_single_orders():
    # 100 orders by calls alone, half of 10 and half of 190: drawn anew, their sum of 10,000
    # scatters by √Σv² = 1,345, of a hundred orders of 100 each by 1,000.
    alike = paths(("call", 100, 10_000.0, 900))
    apart = alike.assign(value_squares=50 * 10.0**2 + 50 * 190.0**2)
    random = np.random.default_rng(0)
    counts = random.poisson(50, (4000, 2)) @ np.array([10.0, 190.0])
    ends = {}
    for name, known in (("paths", alike), ("orders", apart)):
        row = switch_offs(known, costs(call=1.0), margin_rate=0.5).iloc[0]
        assert row["scatter"] == name
        ends[name] = (row["low"], row["high"])
    assert ends["orders"] == pytest.approx(np.quantile(counts, [0.025, 0.975]) / 2, rel=0.03)
    # Alike they are Poisson's: 100 events hold 81.4 to 121.6 (Garwood 1936).
    assert ends["paths"] == pytest.approx((81.4 * 50, 121.6 * 50), rel=1e-3)


def test_no_conversion_in_few_journeys_is_no_proof():
    few = paths(("email", 50, 5000.0, 50), ("call", 0, 0.0, 5))
    found = switch_offs(few, costs(call=20.0), margin_rate=1.0).set_index("channel")
    assert found.loc["call", "conversions_lost"] == 0
    # Wilson's upper bound of 0 in 5 is 43 %: 2.2 conversions of 100 each.
    assert found.loc["call", "high"] == pytest.approx(0.4345 * 5 * 100, rel=1e-3)
    assert found.loc["call", "verdict"] == "test"
    unknown = switch_offs(few.drop(columns="nulls"), costs(call=20.0), margin_rate=1.0)
    assert unknown.set_index("channel").loc["call", "verdict"] == "left_on"


def test_odd_paths():
    odd = paths(
        ("email >  > email", 1, 10.0, 0),
        (" > ", 5, 50.0, 0),
        ("sms>email", 1, 10.0, 0),
        (None, 9, 90.0, 0),
    )
    groups = channel_groups(odd)
    assert groups.channels == ("email", "sms")
    assert groups.conversions.tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize("rows", [[], [("email", 0, 0.0, 9)]])
def test_nothing_to_keep_gives_no_sets(rows):
    found = channel_sets(paths(*rows), PRICES)
    assert list(found.columns) == list(SETS)
    assert found.empty
    assert channel_sets(THREE, PRICES.head(0)).empty
    assert list(switch_offs(paths(*rows), PRICES.head(0)).columns) == list(COLUMNS)


def test_one_seed_gives_one_result_and_another_draws_anew():
    first, again = (channel_sets(THREE, PRICES, seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not channel_sets(THREE, PRICES, seed=2)["low"].equals(first["low"])


def test_an_interval_covers_what_the_binomial_law_says():
    # 900 of 1,000 need e-mail only: the share kept without calls is 0.9 ± 1.96 × 0.0095.
    big = paths(("email", 900, 900.0, 0), ("email > call", 100, 100.0, 0))
    found = channel_sets(big, costs(call=1.0), draws=4000)
    row = by_set(found, 0.0).loc["email"]
    assert (row["low"], row["high"]) == pytest.approx((0.8814, 0.9186), abs=0.003)


CHANNELS = "abcd"
some_paths = st.lists(
    st.tuples(
        st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=5).map(" > ".join),
        st.integers(0, 9),
        st.integers(0, 100).map(float),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=8,
)
some_costs = st.dictionaries(
    st.sampled_from(CHANNELS), st.one_of(st.integers(0, 50).map(float), st.just(np.nan)), min_size=1
).map(lambda known: costs(**known))


@given(some_paths, some_costs)
def test_more_channels_or_more_substitution_never_keep_fewer(rows, prices):
    found = channel_sets(paths(*rows), prices, draws=20)
    if found.empty:
        return
    total = sum(row[1] for row in rows)
    assert found["conversions"].between(-1e-9, total + 1e-9).all()
    assert (found["low"] <= found["conversion_share"] + 1e-9).all()
    assert (found["high"] >= found["conversion_share"] - 1e-9).all()
    full = found[found["off_count"] == 0]
    assert full["conversion_share"].to_list() == [1.0] * 3
    assert (found.groupby("substitution")["is_cheapest"].sum() == 1).all()
    for channels, each in found.groupby("channels"):
        assert each.sort_values("substitution")["conversions"].is_monotonic_increasing
        assert each["cost"].nunique() == 1
        inner = set(str(channels).split(" + "))
        for other, bigger in found.groupby("channels"):
            if inner <= set(str(other).split(" + ")):
                pairs = zip(bigger["conversions"], each["conversions"], strict=True)
                assert all(more >= less - 1e-9 for more, less in pairs)


@given(some_paths, some_costs)
def test_single_switch_offs_are_the_sets_with_one_channel_off(rows, prices):
    sets = channel_sets(paths(*rows), prices, draws=0)
    single = switch_offs(paths(*rows), prices, margin_rate=0.4).set_index("channel")
    ones = sets[(sets["off_count"] == 1) & (sets["substitution"] != 0.5)]
    total = sum(row[1] for row in rows)
    for row in ones.itertuples():
        name = "conversions_lost" if row.substitution == 0 else "least_conversions_lost"
        assert total - row.conversions == pytest.approx(single.loc[row.switched_off, name])


def test_above_twelve_channels_a_search_finds_the_cheap_sets():
    names = [f"c{number:02d}" for number in range(14)]
    rows = [(name, 10, 10.0, 0) for name in names[:12]]
    rows += [(f"{a} > {b}", 1, 1.0, 0) for a, b in combinations(names[12:], 2)]
    prices = costs(**{name: 1.0 + at for at, name in enumerate(names)})
    found = channel_sets(paths(*rows), prices, draws=20)
    cheapest = found[found["is_cheapest"] & (found["substitution"] == 0)].iloc[0]
    # The two dear channels bring 1 of 121 conversions together.
    assert cheapest["switched_off"] == "c12 + c13"
    frontier = found[found["is_frontier"] & (found["substitution"] == 0)]
    assert frontier["conversions"].is_monotonic_increasing
    assert len(channel_sets(paths(*rows), costs(**dict.fromkeys(names, 1.0)), draws=0)) > 40
