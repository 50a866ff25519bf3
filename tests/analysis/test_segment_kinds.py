"""Every kind of segment divides the same customers and the same revenue."""

from datetime import date
from functools import cache

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_strategy.analysis import attributes, preferences, rfm
from crm_strategy.analysis.lifecycle import customer_stages
from crm_strategy.analysis.profiles import customer_profiles
from crm_strategy.analysis.satisfaction import satisfaction_answers
from crm_strategy.analysis.segment_kinds import (
    KINDS,
    Sources,
    members_by_kind,
    segment_members,
    segments_by_kind,
)
from crm_strategy.analysis.segment_overlap import segment_overlap
from crm_strategy.data.schema import canonical
from tests.analysis.builders import FEW, at, records, table

START, END = date(2026, 7, 1), date(2026, 9, 30)
EVERY_KIND = (*KINDS, "attribute:country", "attribute:age_band", "preference:channel")
VALUES = {
    "customer_id": "string",
    "p_alive": "float64",
    "expected_orders": "float64",
    "expected_value": "float64",
}
PEOPLE = {"customer_id": "string", "country": "string", "birth_date": "date"}

FEWER = settings(FEW, max_examples=FEW.max_examples // 3)
"""Each example asks for all kinds."""

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", None]),
    st.dates(date(2026, 1, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda quarters: quarters / 4),
    st.sampled_from(["shop", "web", None]),
)


def canonical_table(name, rows):
    return table(dict(canonical(name).items()), rows)


def sources(rows, **changes):
    """What all kinds are made of: orders (customer, day, amount, channel) and little else."""
    orders = canonical_table(
        "orders",
        [
            {
                "order_id": f"o{number}",
                "customer_id": who,
                "ordered_at": at(day),
                "amount": float(amount),
                "channel": channel,
                "stage_group": "won",
                "is_refund": amount < 0,
            }
            for number, (who, day, amount, channel) in enumerate(rows)
        ],
    )
    known = table(
        PEOPLE,
        [
            {"customer_id": "a", "country": "DE", "birth_date": date(1990, 5, 1)},
            {"customer_id": "b", "country": "FR"},
            {"customer_id": "z", "country": "FR"},
        ],
    )
    touches = canonical_table(
        "touches",
        [
            {"customer_id": "a", "touched_at": at(START), "channel": "email", "action": action}
            for action in ("sent", "opened")
        ],
    )
    surveys = canonical_table(
        "surveys",
        [{"customer_id": "b", "answered_at": at(START), "kind": "nps", "score": 3.0}],
    )
    profiles = customer_profiles(orders, known, as_of=END).cache()
    stated = attributes.customer_attributes(profiles, as_of=END, cuts={})
    lines = canonical_table("order_lines", [])
    chosen = preferences.customer_preferences(orders, lines, profiles, as_of=END)
    given_sources = {
        "profiles": profiles,
        "scores": rfm.scores_of_profiles(profiles).cache(),
        "stages": customer_stages(orders, start=START, end=END, active_days=30).cache(),
        "values": profiles.select(
            "customer_id",
            p_alive=ibis.literal(0.5),
            expected_orders=ibis.literal(2.0),
            expected_value=profiles.revenue,
        ),
        "answers": satisfaction_answers(surveys, as_of=END).cache(),
        "attributes": attributes.common_values(stated, chosen),
        "touches": touches,
        "leads": canonical_table("leads", []),
        "all_orders": orders,
        "start": START,
        "end": END,
        "rules": {"often": profiles.order_count > 1},
    }
    return Sources(**(given_sources | changes))


def all_members(members):
    """Kind, customer and segment of everyone, in one question."""
    rows = members.to_pandas().melt("customer_id", var_name="kind", value_name="segment")
    return sorted(records(rows, "kind", "customer_id", "segment"))


BOUGHT = (
    ("a", date(2026, 8, 1), 50, "web"),
    ("a", date(2026, 9, 1), 30, "web"),
    ("b", date(2026, 1, 5), 10, None),
    ("b", date(2026, 1, 6), -5, None),
    ("c", date(2026, 6, 1), 0, "shop"),
    (None, date(2026, 8, 1), 99, "web"),
    ("d", date(2026, 10, 1), 20, "web"),
)


@cache
def bought():
    return sources(BOUGHT)


@pytest.mark.parametrize(
    ("kind", "segments"),
    [
        # Codes 444, 112 and 211.
        ("rfm", {"a": "loyal", "b": "lost", "c": "lost"}),
        ("grid", {"a": "loyal", "b": "hibernating", "c": "hibernating"}),
        ("lifecycle", {"a": "new", "b": "inactive", "c": "lapsed"}),
        ("value", {"a": "decile_01", "b": "decile_04", "c": "decile_07"}),
        ("regularity", {"a": "regular", "b": "one_time", "c": "one_time"}),
        ("tier", {"a": "gold", "b": "bronze", "c": "other"}),
        ("rules", {"a": "often", "b": "other", "c": "other"}),
        ("response", {"a": "email", "b": "not_contacted", "c": "not_contacted"}),
        ("satisfaction", {"a": "unknown", "b": "detractor", "c": "unknown"}),
        ("attribute:country", {"a": "DE", "b": "FR", "c": "unknown"}),
        ("preference:channel", {"a": "web", "b": "unknown", "c": "shop"}),
    ],
)
def test_a_customer_is_in_the_segment_of_what_they_did_and_are(kind, segments):
    assert dict(records(segment_members(kind, bought()))) == segments


def test_tiers_of_the_clients_own_begin_at_their_values():
    own = sources(BOUGHT, tiers_by="order_count", at_least={"twice": 2})
    assert dict(records(segment_members("tier", own)))["a"] == "twice"


def test_rules_are_a_kind_only_where_there_are_some():
    assert members_by_kind(["rules", "tier"], bought()).columns[1:] == ("rules", "tier")
    without = members_by_kind(["rules", "tier"], sources(BOUGHT, rules={}))
    assert without.columns[1:] == ("tier",)


def test_segments_of_kinds_stand_in_one_table_worked_by_hand():
    of = bought()
    members = members_by_kind(["tier", "rules"], of)
    found = records(segments_by_kind(members, of.profiles, of.values))
    assert [row[:3] + row[4:5] for row in found] == [
        ("tier", "gold", 1, 80.0),
        ("tier", "bronze", 1, 5.0),
        ("tier", "other", 1, 0.0),
        ("rules", "often", 1, 80.0),
        ("rules", "other", 2, 5.0),
    ]
    # Shares of customers and revenue; revenue by order, orders by customer; expectations.
    rest = (pytest.approx(1 / 17), 2.5, 1.0, 0.5, 2.0, 5.0)
    assert (found[-1][3], *found[-1][5:]) == (pytest.approx(2 / 3), *rest)
    unvalued = segments_by_kind(members, of.profiles)
    assert set(records(unvalued, "p_alive", "expected_value")) == {(None, None)}


def test_overlap_of_two_kinds_worked_by_hand():
    # c is in none of the rules and no tier: of the two others, one; of all three, one.
    of = bought()
    overlap = segment_overlap(members_by_kind(["rules", "satisfaction"], of))
    assert records(overlap) == [
        ("rules", "often", "satisfaction", "unknown", 1, 1.0, pytest.approx(1.5)),
        ("rules", "other", "satisfaction", "detractor", 1, 0.5, pytest.approx(1.5)),
        ("rules", "other", "satisfaction", "unknown", 1, 0.5, pytest.approx(0.75)),
        ("satisfaction", "detractor", "rules", "other", 1, 1.0, pytest.approx(1.5)),
        ("satisfaction", "unknown", "rules", "often", 1, 0.5, pytest.approx(1.5)),
        ("satisfaction", "unknown", "rules", "other", 1, 0.5, pytest.approx(0.75)),
    ]


def test_nothing_to_compare_gives_empty_tables():
    of = bought()
    assert records(segment_overlap(members_by_kind(["rules"], of))) == []
    none = members_by_kind([], of)
    assert records(segment_overlap(none)) == []
    assert records(segments_by_kind(none, of.profiles)) == []
    nobody = sources([])
    members = members_by_kind(EVERY_KIND, nobody)
    assert records(segments_by_kind(members, nobody.profiles, nobody.values)) == []
    assert records(segment_overlap(members)) == []


@FEWER
@given(st.lists(an_order, max_size=12))
def test_every_kind_holds_each_customer_once_and_all_the_revenue(rows):
    of = sources(rows)
    profiles = of.profiles.to_pandas()
    members = members_by_kind(EVERY_KIND, of)
    found = all_members(members)
    for kind in members.columns[1:]:
        ids = [who for of_kind, who, segment in found if of_kind == kind and segment is not None]
        assert sorted(ids) == sorted(profiles["customer_id"]), kind
    sizes = segments_by_kind(members, of.profiles, of.values).to_pandas().groupby("kind")
    assert (sizes["customer_count"].sum() == len(profiles)).all()
    assert sizes["revenue"].sum().tolist() == pytest.approx(
        [profiles["revenue"].sum()] * len(sizes)
    )
    assert sizes["customer_share"].sum().tolist() == pytest.approx([1.0] * len(sizes))


@FEWER
@given(st.lists(an_order, max_size=10), st.randoms(use_true_random=False))
def test_row_order_does_not_matter_to_any_kind(rows, random):
    mixed = random.sample(rows, len(rows))
    before, after = (
        all_members(members_by_kind(EVERY_KIND, sources(each))) for each in (rows, mixed)
    )
    assert before == after


@FEWER
@given(st.lists(an_order.filter(lambda row: row[0] in {"c", "d"}), max_size=8))
def test_customers_who_did_the_same_are_in_the_same_segment_of_every_kind(rows):
    # e does all that d does; neither is listed, contacted or asked.
    copied = [*rows, *(("e", *rest) for who, *rest in rows if who == "d")]
    of = sources(copied)
    found = all_members(members_by_kind(EVERY_KIND, of))
    segments = [{(k, s) for k, customer, s in found if customer == who} for who in ("d", "e")]
    assert segments[0] == segments[1]


@FEWER
@given(st.lists(an_order, max_size=12))
def test_overlaps_add_up_to_the_segment(rows):
    members = members_by_kind(["rfm", "regularity", "attribute:country"], sources(rows))
    overlap = segment_overlap(members)
    shares = overlap.groupby(["kind", "segment", "with_kind"])["share"].sum()
    assert shares.tolist() == pytest.approx([1.0] * len(shares))
    turned = overlap.rename(
        columns={
            "kind": "with_kind",
            "segment": "with_segment",
            "with_kind": "kind",
            "with_segment": "segment",
        }
    )
    keys = ["kind", "segment", "with_kind", "with_segment"]
    both = overlap.merge(turned, on=keys, suffixes=("", "_turned"))
    assert both["lift"].tolist() == pytest.approx(both["lift_turned"].tolist())
    assert (both["customer_count"] == both["customer_count_turned"]).all()
