"""The demo business: believable, seeded, dirty as stated, and true to its parameters."""

import pandas as pd
import pytest

from crm_strategy.data.demo import FILES, TRUTH, needs_demo, write_demo
from tests.data.demo_records import cells

CSV_FILES = [name for name in FILES if name.endswith(".csv")]


def test_the_same_seed_gives_the_same_files(tmp_path):
    first, second = (write_demo(tmp_path / name, customers=400) for name in ("a", "b"))
    assert [path.name for path in first] == list(FILES)
    for one, other in zip(first, second, strict=True):
        if one.suffix == ".xlsx":
            assert cells(one) == cells(other)
        else:
            assert one.read_bytes() == other.read_bytes()


def test_another_seed_gives_other_files(tmp_path):
    write_demo(tmp_path / "a", customers=400)
    write_demo(tmp_path / "b", customers=400, seed=1)
    for name in CSV_FILES:
        assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()


def test_a_demo_is_needed_until_it_is_whole_and_of_this_version(tmp_path):
    folder = tmp_path / "demo"
    assert needs_demo(folder)
    write_demo(folder, customers=60)
    assert not needs_demo(folder)
    (folder / "demo-version.txt").write_text("0\n")
    assert needs_demo(folder)
    write_demo(folder, customers=60)
    (folder / "leads.csv").unlink()
    assert needs_demo(folder)


def test_an_interrupted_run_leaves_no_half_file_and_no_marker(tmp_path):
    write_demo(tmp_path, customers=60)
    before = (tmp_path / "surveys.csv").read_bytes()
    (tmp_path / "touches.csv").unlink()
    (tmp_path / "touches.csv").mkdir()  # a file cannot be renamed over a folder
    with pytest.raises(OSError, match=r"touches\.csv"):
        write_demo(tmp_path, customers=80)
    assert needs_demo(tmp_path)
    assert (tmp_path / "surveys.csv").read_bytes() == before
    assert not list(tmp_path.glob(".demo-*"))


def test_files_of_others_stay_as_they_are(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_demo(tmp_path, customers=60)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("customers", [1, 2, 5, 20])
def test_a_handful_of_customers_still_makes_a_business(tmp_path, customers):
    write_demo(tmp_path, customers=customers)
    assert len(pd.read_csv(tmp_path / "customers.csv")) == customers


def test_orders_are_written_as_a_german_export(demo_folder):
    head = (demo_folder / "orders.csv").read_bytes()[:400]
    assert head.startswith(b"\xef\xbb\xbfOrder No;Customer No;Order date;Status;Total;")
    assert b"\r\nEM-100001;C-000001;01.10.2023 " in head
    assert head.split(b"\r\n")[1].split(b";")[4].count(b",") == 1


def test_costs_have_two_title_rows_above_the_header(demo):
    assert demo.cost_rows[0][0] == "Eco Mart: marketing costs by channel"
    assert demo.cost_rows[1][0] == "As of 30.09.2026, net of VAT"
    assert demo.cost_rows[2] == ("From", "To", "Channel", "Item", "Kind", "Amount, EUR")


def test_no_file_has_a_column_for_names_or_addresses(demo_folder):
    headers = {
        word
        for name in CSV_FILES
        for word in (demo_folder / name).read_text("utf-8-sig").split("\n")[0].lower().split(",")
    }
    assert not {h for h in headers if any(w in h for w in ("name", "mail", "phone", "street"))}


def test_duplicates_are_as_many_as_stated(demo):
    for raw, once in (
        (demo.raw_orders, demo.all_orders),
        (demo.raw_lines, demo.lines),
        (demo.raw_touches, demo.touches),
    ):
        assert 1 - len(once) / len(raw) == pytest.approx(TRUTH.duplicate_rows, rel=0.25)


def test_order_dirt_is_as_much_as_stated(demo):
    orders = demo.all_orders
    counts = orders["Status"].value_counts()
    known = len(demo.orders)
    assert counts["refunded"] / known == pytest.approx(TRUTH.refunds, rel=0.05)
    assert counts["cancelled"] / known == pytest.approx(TRUTH.cancelled, rel=0.05)
    assert counts["processing"] == TRUTH.open_orders
    assert orders["Order date"][orders["at"].isna()].tolist() == list(TRUTH.bad_dates)
    assert (orders["Total"] == 0).sum() == TRUTH.zero_amounts
    till = orders["Customer No"] == ""
    assert till.sum() / known == pytest.approx(TRUTH.till, rel=0.05)
    assert (orders["Sales channel"][till] == "shop").all()


def test_refunds_are_the_only_negative_amounts_and_name_an_earlier_order(demo):
    refunds = demo.all_orders[demo.all_orders["Status"] == "refunded"]
    assert (refunds["Total"] < 0).all()
    assert (demo.all_orders["Total"] < 0).sum() == len(refunds)
    paid = demo.all_orders.set_index("Order No").loc[refunds["Order No"].str.removesuffix("-R")]
    assert (paid["at"].to_numpy() < refunds["at"].to_numpy()).all()
    assert (paid["Customer No"].to_numpy() == refunds["Customer No"].to_numpy()).all()
    assert (paid["Total"].to_numpy() >= -refunds["Total"].to_numpy() - 0.005).all()


def test_every_key_is_unique_and_every_reference_is_known(demo):
    assert demo.customers["customer_id"].is_unique
    assert demo.all_orders["Order No"].is_unique
    assert demo.touches["touch_id"].is_unique
    assert demo.leads["lead_id"].is_unique
    assert not demo.lines.duplicated(["order_id", "line_id"]).any()
    assert not demo.lines.duplicated(["order_id", "product_id"]).any()
    people, orders = set(demo.customers["customer_id"]), set(demo.all_orders["Order No"])
    assert set(demo.orders["Customer No"]) <= people
    assert set(demo.touches["customer_id"]) <= people
    assert set(demo.surveys["customer_id"]) <= people
    assert set(demo.consents["customer_id"]) <= people
    assert set(demo.tests["customer_id"]) <= people
    assert set(demo.leads["customer_id"].dropna()) <= people
    assert set(demo.lines["order_id"]) <= orders
    assert set(demo.touches["order_id"].dropna()) <= orders


def test_lines_sum_to_their_order(demo):
    lines = demo.lines
    assert (lines["amount"] - lines["price"] * lines["quantity"]).abs().max() < 0.005
    sums = lines.groupby("order_id")[["amount", "cost"]].sum()
    orders = demo.all_orders.dropna(subset="at").set_index("Order No")
    assert (sums["amount"] - orders["Total"]).abs().max() < 0.005
    assert (sums["cost"] - orders["Cost of goods"]).abs().max() < 0.005


def test_a_touch_comes_before_the_order_it_led_to(demo):
    led = demo.touches.dropna(subset="order_id")
    orders = demo.all_orders.set_index("Order No").loc[led["order_id"]]
    assert (orders["Customer No"].to_numpy() == led["customer_id"].to_numpy()).all()
    assert (orders["at"].to_numpy() > led["touched_at"].to_numpy()).all()


def test_nobody_is_contacted_without_consent(demo):
    contacts = demo.touches[demo.touches["channel"].isin(demo.consents["channel"].unique())]
    allowed = contacts.merge(demo.consents, on=["customer_id", "channel"])
    assert len(allowed) == len(contacts)
    assert (allowed["touched_at"] > allowed["granted_at"]).all()
    assert not (allowed["touched_at"] > allowed["withdrawn_at"]).any()


def test_all_days_lie_within_the_three_years(demo):
    for times in (
        demo.sold["at"],
        demo.touches["touched_at"],
        demo.surveys["answered_at"],
        demo.customers["created_at"],
        demo.leads["created_at"],
    ):
        assert times.min().date() >= TRUTH.start
        assert times.max().date() <= TRUTH.end


def test_totals_are_those_of_a_small_shop(demo):
    assert len(demo.customers) == 6000
    assert 25_000 < len(demo.orders) < 30_000
    assert 60 < demo.orders["Total"].mean() < 75
    assert 70 <= demo.lines["product_id"].nunique() <= 100
    assert 120_000 < len(demo.touches) < 200_000
    years = demo.sold.groupby(demo.sold["at"].dt.year)["Total"].sum()
    assert years.loc[[2024, 2025]].between(500_000, 700_000).all()


def test_every_quarter_after_the_opening_is_believable(demo):
    quarters = demo.by_quarter()
    assert len(quarters) == 12
    later = quarters.iloc[1:]
    assert (later["cost"] / later["new"]).between(20, 30).all()
    assert later["cost"].between(6_000, 10_100).all()
    assert (1 - later["goods"] / later["revenue"]).between(0.38, 0.42).all()
    christmas = later["revenue"][later.index.quarter == 4]
    assert christmas.min() > later["revenue"][later.index.quarter != 4].max()


def test_answers_are_those_of_a_well_liked_shop(demo):
    csat = demo.surveys[demo.surveys["kind"] == "csat"]["score"]
    nps = demo.surveys[demo.surveys["kind"] == "nps"]["score"]
    assert csat.between(1, 5).all()
    assert nps.between(0, 10).all()
    assert (csat >= 4).mean() == pytest.approx(sum(TRUTH.csat[3:]), abs=0.015)
    net = (nps >= 9).mean() - (nps <= 6).mean()
    assert net == pytest.approx(sum(TRUTH.nps[9:]) - sum(TRUTH.nps[:7]), abs=0.03)
