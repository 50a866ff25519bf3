"""KPIs by group tell no few customers, beside the sizes of groups and groups within groups."""

import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from crm_strategy.views import findings, tables
from crm_strategy.views.kpi_group_privacy import told_groups
from crm_strategy.views.payload import column_cells, is_hidden
from tests.views.test_kpi_group_views import row, table

CITIES = {"Graz": "Styria", "Leoben": "Styria", "Linz": "Upper Austria", "Wels": "Upper Austria"}
COUNTS = st.lists(st.sampled_from([0, 3, 8, 10, 12, 30, 60]), min_size=6, max_size=6)


def bought(name, n, *, of=None, breakdown="segment", within=()):
    """Customers of a group: so many of `of` ordered."""
    known = {"customers": n, "buyers": n, "members": of, "within": within, "breakdown": breakdown}
    return [row(name, kpi, 1.5, n=n, **known) for kpi in ("revenue", "repeat_rate")]


def shown(rows, kpi="revenue"):
    told = told_groups(rows)
    told = told[told["kpi"] == kpi]
    return {g for g, n in zip(told["group"], told["n"], strict=True) if not is_hidden(n)}


def test_those_of_a_segment_who_did_not_order_do_not_follow_from_its_size() -> None:
    # 23 in the segments chapter, 17 of them ordered: six did not.
    sizes = {
        "potential_loyalists": (17, 23),
        "champions": (40, 40),
        "lost": (12, 52),
        "new": (60, 90),
    }
    rows = table(*(each for name, (n, of) in sizes.items() for each in bought(name, n, of=of)))
    for kpi in ("revenue", "repeat_rate"):
        # The next smallest number of those who did not order goes with them.
        assert "potential_loyalists" not in shown(rows, kpi)
        gone = [of - n for name, (n, of) in sizes.items() if name not in shown(rows, kpi)]
        assert sum(n > 0 for n in gone) > 1
    payload = tables.kpi_groups_table(rows).payload()
    assert 17 not in column_cells(payload, "customer_count")


def test_customers_are_those_who_ordered_so_that_few_who_only_returned_hide_nothing() -> None:
    rows = table(*bought("web", 300, of=900), *bought("app", 200, of=400))
    rows = rows.assign(customers=rows["buyers"] + 3)
    assert shown(rows) == {"web", "app"}
    payload = tables.kpi_groups_table(rows).payload()
    assert column_cells(payload, "customer_count") == [300, 200]


def test_a_size_that_other_tables_hide_does_not_follow_from_the_active_and_their_share() -> None:
    rows = table(
        *(
            row(name, "active_share", share, n=float(n), members=n, smallest=12)
            for name, n, share in (("a", 200, 0.5), ("b", 40, 0.5), ("c", 24, 0.5), ("d", 8, 1.0))
        )
    )
    # Neither d nor c, whose size the tables of segments hide; nor b, with c's who are not active.
    assert shown(rows, "active_share") == {"a"}


def places(counts):
    """Customers of two regions: of two listed cities each, and of others."""
    sizes = dict(zip([*CITIES, "Styria", "Upper Austria"], counts, strict=True))
    regions = {
        region: sizes[region] + sum(sizes[city] for city in CITIES if CITIES[city] == region)
        for region in set(CITIES.values())
    }
    cities = {city: sizes[city] for city in CITIES}
    cities["other"] = sizes["Styria"] + sizes["Upper Austria"]
    return regions, cities


@given(COUNTS)
@example([60, 30, 60, 30, 3, 12])
def test_no_few_of_a_region_follow_from_its_cities(counts) -> None:
    regions, cities = places(counts)
    made = [bought(name, n, breakdown="region") for name, n in regions.items() if n]
    for name, n in cities.items():
        within = (("region", CITIES[name]),) if name in CITIES else ()
        made += [bought(name, n, breakdown="city", within=within)] if n else []
    if not made:
        return
    told = shown(table(*(each for of in made for each in of)))
    assert all(n >= 10 for name, n in {**regions, **cities}.items() if n and name in told)
    for region in told & regions.keys():
        inside = [city for city in CITIES if CITIES[city] == region and city in told]
        left = regions[region] - sum(cities[city] for city in inside)
        assert not inside or left == 0 or left >= 10
    if told & regions.keys() and told & cities.keys():
        # Nothing that the cities hide follows from the regions.
        assert {city for city, n in cities.items() if n} <= told


def ordered(name, n, *, total, breakdown="channel", within=(), **more):
    """Buyers of orders of a group, of so many in all, who may order in several groups."""
    counted = {"customers": n, "buyers": n, "members": total, "actives": total, **more}
    known = {"within": within, "breakdown": breakdown, **counted}
    return [row(name, "revenue", 1.5, n=n, **known)]


def test_few_who_never_bought_through_a_channel_do_not_follow_from_all_buyers() -> None:
    rows = table(*(each for n in (95, 60, 50) for each in ordered(f"of {n}", n, total=100)))
    assert "of 95" not in shown(rows)


def test_few_who_bought_through_two_channels_do_not_follow_from_all_buyers() -> None:
    rows = table(*ordered("shop", 80, total=100), *ordered("web", 26, total=100))
    assert shown(rows) == set()
    apart = table(*ordered("shop", 70, total=100), *ordered("web", 30, total=100))
    assert shown(apart) == {"shop", "web"}


def test_few_who_bought_in_the_shop_and_did_not_pick_up_do_not_follow() -> None:
    made = [ordered(name, n, total=300) for name, n in (("shop", 120), ("web", 220))]
    of_shop = {"breakdown": "delivery_method", "within": (("channel", "shop"),)}
    of_web = {"breakdown": "delivery_method", "within": (("channel", "web"),)}
    made += [
        ordered("pickup", 115, total=300, **of_shop),
        ordered("desk", 20, total=300, **of_shop),
    ]
    made += [ordered("parcel", 220, total=300, **of_web)]
    told = shown(table(*(each for of in made for each in of)))
    assert not {"shop", "pickup"} <= told
    assert told


def test_few_who_are_active_but_did_not_order_in_the_period_do_not_follow() -> None:
    rows = table(
        *(
            row(name, "active_customers", active, n=active, customers=active, buyers=buyers)
            for name, active, buyers in (("a", 200, 120), ("b", 90, 87), ("c", 70, 40))
        )
    )
    assert shown(rows, "active_customers") == {"a"}


def test_few_who_ordered_and_are_not_new_do_not_follow() -> None:
    rows = table(
        *(
            row(name, "new_customers", new, n=new, customers=buyers, buyers=buyers)
            for name, new, buyers in (("a", 100, 120), ("b", 60, 64), ("c", 30, 50))
        )
    )
    assert "b" not in shown(rows, "new_customers")


def test_few_of_a_segment_who_ordered_and_were_there_before_do_not_follow_from_moves() -> None:
    # 31 of the new ordered, 23 of them for the first time, as moves between segments tell.
    sizes = {"new": (31, 23), "champions": (60, 0), "loyal": (45, 0), "potential": (40, 20)}
    made = [
        each
        for name, (buyers, new) in sizes.items()
        for each in (
            *bought(name, buyers, of=200),
            row(name, "new_customers", new, n=new, breakdown="segment", buyers=buyers),
        )
    ]
    told = shown(table(*made))
    assert "new" not in told
    assert told


def test_orders_of_a_group_do_not_tell_how_few_ordered_again() -> None:
    # Kettles: 19 orders by 18 customers, so one came twice; so it was with 17 of 16 before.
    sizes = {"Tea": (300, 200), "Cups": (90, 60), "Kettles": (19, 18), "Gifts": (33, 33)}
    rows = table(
        *(
            row(name, kpi, value, n=float(n), buyers=n, customers=n, breakdown="category")
            | {"previous": value, "previous_buyers": n}
            for name, (orders, n) in sizes.items()
            for kpi, value in (
                ("revenue", 900.0),
                ("order_count", float(orders)),
                ("average_order_value", 900.0 / orders),
                ("purchase_frequency", orders / n),
            )
        )
    )
    told = told_groups(rows)
    for kpi in ("order_count", "average_order_value", "purchase_frequency"):
        for column in ("value", "previous"):
            of = told[told["kpi"] == kpi]
            gone = {g for g, cell in zip(of["group"], of[column], strict=True) if is_hidden(cell)}
            # Of all orders and customers those of Kettles would follow: Cups go with them.
            assert gone == {"Kettles", "Cups"}
    # The n of revenue are the orders.
    assert shown(rows) == {"Tea", "Gifts"}
    payload = tables.kpi_groups_table(rows).payload()
    assert column_cells(payload, "customer_count") == [200, 60, 18, 33]


def test_sales_without_a_customer_are_no_orders_of_few_who_came_again() -> None:
    # Nine till sales of nobody known hide no orders of the others.
    sizes = {"DE": (266, 84), "AT": (90, 40), "unknown": (9, 0)}
    rows = table(
        *(
            row(name, "order_count", float(orders), n=float(orders), buyers=n, customers=n)
            for name, (orders, n) in sizes.items()
        )
    )
    told = told_groups(rows)
    assert not told.loc[told["group"].isin(["DE", "AT"]), "value"].map(is_hidden).any()


def test_a_group_whose_orders_are_hidden_is_named_with_its_customers() -> None:
    sizes = {"Tea": (300, 200), "Cups": (90, 60), "Kettles": (19, 18)}
    rows = table(
        *(
            row(name, kpi, value, n=float(orders), buyers=n, customers=n, breakdown="category")
            | {"verdict": "signal_high", "previous": orders - 1.0}
            for name, (orders, n) in sizes.items()
            for kpi, value in (("revenue", 900.0), ("order_count", float(orders)))
        )
    )
    scorecard = pd.DataFrame({"kpi": ["revenue", "order_count"], "verdict": "noise"})
    found = findings.kpi_breakdowns_finding(rows, scorecard)
    assert "18 customers" in found.text
    assert "n 19" not in found.text
