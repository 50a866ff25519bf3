"""Groups to look at KPIs by: none of a few customers is named."""

import ibis

from crm_strategy.analysis import attributes
from crm_strategy.analysis.kpi_breakdowns import kpi_breakdowns
from tests.analysis.builders import orders, table
from tests.analysis.kpi_cases import Q3
from tests.analysis.test_kpi_breakdowns import PERIODS, groups_of, through


def who_live(**cities):
    """Customers with one order each, by city; the region is the first letter of the city."""
    names = [f"{city}{n}" for city, many in cities.items() for n in range(many)]
    rows = [{"customer_id": who, "city": who[:2], "region": who[0]} for who in names]
    kinds = dict.fromkeys(("customer_id", "city", "region"), "string")
    return table(kinds, rows), orders(*((who, "2026-08-01", 10) for who in names))


def test_groups_by_attribute_are_those_of_segments_so_that_none_of_a_few_is_named():
    # In r but for a1 live two: with a1 named they would be the difference.
    listed, made = who_live(aa=12, ab=2, ba=15, bb=20, bc=1)
    found = groups_of("region", "city", customers=listed, orders=made, min_count=10)
    assert [set(each.names) for each in found] == [
        {"a", "b", "unknown"},
        {"bb", "other", "unknown"},
    ]
    assert found[1].within["bb"] == (("region", "b"),)
    shown = attributes.common_values(
        attributes.customer_attributes(listed, as_of=Q3.end), min_count=10
    )
    sizes = shown.table["attribute:city"].value_counts().to_pandas()
    mine = found[1].table["group"].value_counts().to_pandas()
    assert sorted(map(tuple, sizes.to_numpy())) == sorted(map(tuple, mine.to_numpy()))


def test_a_coupon_of_a_few_customers_is_not_named():
    made = through(*((f"c{n}", "2026-08-01", 10, "web" if n < 12 else "ann") for n in range(14)))
    found = groups_of("channel", orders=made, min_count=10)
    assert found[0].names == ("web", "other", "unknown")


def test_the_table_tells_how_many_of_a_group_are_customers_and_what_it_lies_within():
    listed, made = who_live(aa=12, ba=15, bb=20)
    found = kpi_breakdowns(
        groups_of("region", "city", customers=listed, orders=made, min_count=10),
        orders=made,
        **PERIODS,
    )
    last = found[(found["period"] == Q3.id) & (found["kpi"] == "revenue")]
    known = last.set_index("group")[["buyers", "members"]].astype(int).to_dict("index")
    assert known["bb"] == {"buyers": 20, "members": 20}
    assert last.set_index("group")["within"]["bb"] == (("region", "b"),)


def test_orders_of_a_delivery_lie_within_the_channel_that_all_of_them_come_through():
    rows = [(f"c{n}", "2026-08-01", 10, "web" if n < 15 else "shop") for n in range(30)]
    made = through(*rows)
    by_post = ibis.ifelse(made.channel == "web", "parcel", made.order_id.right(1))
    made = made.mutate(delivery_method=ibis.ifelse(made.order_id == "o3", "desk", by_post))
    found = groups_of("channel", "delivery_method", orders=made, min_count=10)
    assert found[1].within["parcel"] == (("channel", "web"),)
    told = kpi_breakdowns(found, orders=made, **PERIODS)
    last = told[(told["period"] == Q3.id) & (told["kpi"] == "revenue")].set_index("group")
    assert last.loc["web", ["buyers", "members", "actives"]].tolist() == [15, 30, 30]
