"""Numbers of customers that follow from a table and another of the same chapter are not told."""

import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.views.payload import column_cells, is_hidden
from tests.views.samples import sample


@pytest.mark.parametrize(("older", "told"), [(0, True), (9, False), (10, True)])
def test_newcomers_do_not_tell_the_few_whose_only_order_is_older(older: int, told: bool) -> None:
    rows = sample("newcomers")
    payload = tables.newcomers_table(rows, older=older).payload()
    found = findings.newcomers_finding(rows, older=older)
    assert bool(payload["rows"]) == bool(found.figures) == told
    assert ("are hidden" in payload["void"]) != told
    assert bool(payload["n"]) == told


@pytest.mark.parametrize(("other", "told"), [(0, True), (5, False), (10, True)])
def test_respondents_do_not_tell_the_few_who_answered_another_survey(
    other: int, told: bool
) -> None:
    said = sample("satisfaction")
    answered = int(said[said["kind"] == "nps"]["customer_count"].sum()) + other
    heard = sample("respondents").assign(customer_count=[answered, 400])
    said = said[said["kind"] == "nps"]
    payload = tables.respondents_table(heard, said).payload()
    found = findings.respondents_finding(heard, said)
    assert bool(payload["rows"]) == bool(found.figures) == told


def test_not_contacted_customers_do_not_tell_the_few_of_them_who_ordered() -> None:
    sizes = {
        ("response", "not_contacted"): 21,
        ("response", "email"): 60,
        ("response", "sms"): 29,
        ("stopped_at", "ordered"): 46,
        ("stopped_at", "contacted"): 51,
        ("stopped_at", "other"): 13,
    }
    rows = [
        {"kind": kind, "segment": name, "customer_count": n, "customer_share": n / 110}
        for (kind, name), n in sizes.items()
    ]
    payload = tables.segment_kinds_table(pd.DataFrame(rows)).payload()
    segments, counts = (column_cells(payload, name) for name in ("segment", "customer_count"))
    hidden = {name for name, n in zip(segments, counts, strict=True) if is_hidden(n)}
    assert hidden == {"Not contacted", "sms"}


@pytest.mark.parametrize(("least", "told"), [(9, False), (10, True)])
def test_who_was_active_at_the_start_is_hidden_with_who_was_at_the_end_before(
    least: int, told: bool
) -> None:
    kpis = sample("kpis").iloc[:3]
    kpis.loc[0, "kpi"] = "active_customers"
    beside = kpis.assign(previous_smallest_count=[least, 50, 50])
    payload = tables.kpis_table(beside).payload()
    n = dict(zip(payload["keys"]["kpi"], column_cells(payload, "n"), strict=True))
    assert is_hidden(n["customer_retention_rate"]) != told
    assert not is_hidden(n["average_order_value"])


@pytest.mark.parametrize(("more", "told"), [(0, True), (1, False), (10, True)])
def test_customers_with_an_offer_do_not_tell_the_few_without_an_order_line(
    more: int, told: bool
) -> None:
    asked = {"everyone": 260 + more}
    offered = pd.DataFrame({"product": ["Cups"], "customer_count": [122], "first_count": [52]})
    found = findings.next_offers_finding([], customers=260, n=260, **asked)
    assert ("260" in found.text) == told
    payload = tables.next_offers_table(offered, n=260, **asked).payload()
    assert (payload["n"] == 260) == told


@pytest.mark.parametrize(("everyone", "told"), [(66, 3), (75, 2), (76, 3)])
def test_stages_do_not_tell_the_few_with_whom_nothing_went_on(everyone: int, told: int) -> None:
    sizes = {"contacted": 11, "responded": 26, "ordered": 29}
    rows = pd.DataFrame({"stage": [*sizes], "customer_count": [*sizes.values()], "share": 0.3})
    total = pd.DataFrame({"customer_count": [everyone]})
    payload = tables.stopped_at_table(rows, None, total).payload()
    shown = [n for n in column_cells(payload, "customer_count") if not is_hidden(n)]
    assert len(shown) == told
    if told == 2:
        assert 11 not in shown
        assert "11 customers" not in findings.stopped_at_finding(rows, None, total).title


@pytest.mark.parametrize(("left", "told"), [(None, True), (8, False), (10, True)])
def test_best_customers_of_the_profile_do_not_tell_the_few_of_them_in_no_listed_city(
    left: int | None, told: bool
) -> None:
    fit = sample("profile_fit").assign(top_rate=0.25, size_tells=None)
    fit["rate_tells"] = [left, None, None]
    payload = tables.profile_fit_table(fit).payload()
    assert [c["name"] for c in payload["columns"]][-1] == "high"
    rates = column_cells(payload, "top_rate")
    # Another goes with it: how many the best are in all is known.
    assert [is_hidden(cell) for cell in rates] == [not told, False, not told]
    for end in ("range", "low", "high"):
        ends = column_cells(payload, end)
        assert [is_hidden(cell) for cell in ends] == [is_hidden(cell) for cell in rates]
    assert not any(map(is_hidden, column_cells(payload, "customer_count")))


@pytest.mark.parametrize(("left", "told"), [(None, True), (8, False), (10, True)])
def test_customers_like_the_best_do_not_tell_the_few_of_them_in_no_listed_city(
    left: int | None, told: bool
) -> None:
    fit = sample("profile_fit").assign(top_rate=0.25, rate_tells=None)
    fit["size_tells"] = [left, None, None]
    payload = tables.profile_fit_table(fit).payload()
    for name in ("customer_count", "customer_share", "revenue", "revenue_share", "top_rate"):
        hid = [is_hidden(cell) for cell in column_cells(payload, name)]
        assert hid == [not told, False, not told]
    text = findings.ideal_customer_finding(sample("ideal_customer"), fit).text
    assert bool(text) == told
