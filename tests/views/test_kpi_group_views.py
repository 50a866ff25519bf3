"""KPIs by group: what is told of groups, what is hidden, and what is no more than chance."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.views import findings, tables
from crm_strategy.views.kpi_group_privacy import told_groups
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import speaking
from crm_strategy.words.kpis import KPIS

PERIODS = ("", "previous_", "last_year_")


def row(group, kpi, value, *, breakdown="country", n=500.0, customers=500.0, smallest=None, **more):
    counts = {f"{when}customers": customers for when in PERIODS}
    counts |= {f"{when}smallest_count": smallest for when in PERIODS}
    counts |= {
        f"{when}{count}": None for when in PERIODS for count in ("buyers", "members", "actives")
    }
    return {
        "breakdown": breakdown,
        "group": group,
        "kpi": kpi,
        "value": value,
        "low": value * 0.9,
        "high": value * 1.1,
        "previous": value,
        "last_year": value * 0.8,
        "change": 0.0,
        "verdict": "noise",
        "target": None,
        "status": None,
        "n": n,
        "unit": KPIS[kpi].kind,
        "false_alarm": 0.019,
        "within": (),
        **counts,
        **more,
    }


def table(*rows):
    numbers = ["value", "low", "high", "previous", "last_year", "change", "target", "n"]
    told = ("customers", "smallest_count", "buyers", "members", "actives")
    numbers += [f"{when}{count}" for when in PERIODS for count in told]
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "float64"))


def of_customers(name, *, customers, new, retained, started):
    both = {"customers": customers}
    kept = min((n for n in (retained, started - retained) if n > 0), default=None)
    share = retained / started if started else float("nan")
    return [
        row(name, "revenue", 10.0 * customers, n=customers + 3.0, **both),
        row(name, "new_customers", float(new), n=new, smallest=new or None, **both),
        row(name, "customer_retention_rate", share, n=started, smallest=kept, **both),
    ]


def hidden_of(rows, kpi, column="value"):
    return hidden_in(told_groups(rows), kpi, column)


def hidden_in(told, kpi, column="value"):
    of = told[told["kpi"] == kpi]
    return {group for group, cell in zip(of["group"], of[column], strict=True) if is_hidden(cell)}


def test_a_small_group_is_hidden_with_the_next_and_everywhere():
    rows = table(
        *(
            row(name, "revenue", 50.0 * n, customers=n)
            for name, n in zip("abc", (400, 30, 4), strict=True)
        )
    )
    for column in ("value", "n", "previous", "last_year", "customers"):
        assert hidden_of(rows, "revenue", column) == {"b", "c"}
    line = tables.kpi_groups_table(rows).payload()
    assert [is_hidden(cell) for cell in column_cells(line, "revenue")] == [False, True, True]
    assert [is_hidden(cell) for cell in column_cells(line, "customer_count")] == [False, True, True]
    assert [is_hidden(cell) for cell in column_cells(line, "year_change")] == [False, True, True]
    full = tables.kpi_breakdowns_table(rows).payload()
    for column in ("value", "range", "low", "high", "change", "previous", "n"):
        assert [is_hidden(cell) for cell in column_cells(full, column)] == [False, True, True]
    assert full["keys"]["verdict"] == ["noise", None, None]


def test_a_group_of_hidden_revenue_stands_last_or_its_place_would_tell_it():
    rows = table(
        row("c", "revenue", 90.0, customers=4.0),
        row("b", "revenue", 80.0, customers=11.0),
        row("a", "revenue", 70.0, customers=400.0),
        row("z", "revenue", 10.0, breakdown="channel"),
    )
    assert told_groups(rows)["group"].tolist() == ["a", "b", "c", "z"]
    assert told_groups(rows.tail(2))["group"].tolist() == ["a", "z"]


def test_each_period_is_hidden_for_its_own_customers():
    rows = table(
        row("a", "revenue", 90.0),
        row("b", "revenue", 80.0, previous_customers=4.0),
        row("c", "revenue", 70.0),
    )
    # The others are of one size: neither is the smaller one.
    assert hidden_of(rows, "revenue", "previous") == {"a", "b", "c"}
    assert hidden_of(rows, "revenue", "value") == set()
    assert hidden_of(rows, "revenue", "change") == hidden_of(rows, "revenue", "previous")


def test_kpis_that_tell_one_another_are_hidden_together_and_others_are_shown():
    rows = table(
        *of_customers("a", customers=300, new=4, retained=100, started=200),
        *of_customers("b", customers=200, new=40, retained=50, started=90),
        *of_customers("c", customers=260, new=90, retained=60, started=95),
    )
    assert hidden_of(rows, "new_customers") == {"a", "b"}
    assert hidden_of(rows, "customer_retention_rate") == {"a", "b"}
    assert hidden_of(rows, "revenue") == set()


a_group = st.fixed_dictionaries(
    {
        "customers": st.integers(0, 60),
        "new": st.integers(0, 40),
        "retained": st.integers(0, 40),
        "lapsed": st.integers(0, 40),
    }
)


@given(st.lists(a_group, min_size=1, max_size=6))
def test_what_is_hidden_is_of_two_groups_and_ten_customers_at_least(made):
    names = "abcdef"[: len(made)]
    rows = table(
        *(
            each
            for name, of in zip(names, made, strict=True)
            for each in of_customers(
                name,
                customers=of["customers"],
                new=of["new"],
                retained=of["retained"],
                started=of["retained"] + of["lapsed"],
            )
        )
    )
    told = told_groups(rows)
    for kpi, count in (
        ("revenue", "customers"),
        ("new_customers", "new"),
        *(("customer_retention_rate", side) for side in ("retained", "lapsed")),
    ):
        gone = hidden_in(told, kpi)
        sizes = {name: of[count] for name, of in zip(names, made, strict=True) if of[count]}
        assert {name for name, n in sizes.items() if n < 10} <= gone
        inside = [n for name, n in sizes.items() if name in gone]
        if inside and len(inside) < len(sizes):
            assert len(inside) > 1
            assert sum(inside) >= 10


def test_groups_and_breakdowns_bear_printed_names():
    rows = table(
        row("champions", "revenue", 9.0, breakdown="segment"),
        row("unknown", "revenue", 9.0, breakdown="country"),
        row("web", "revenue", 9.0, breakdown="channel"),
    )
    with speaking(language="ru", labels={"channel.web": "Сайт"}):
        payload = tables.kpi_groups_table(rows).payload()
    assert column_cells(payload, "breakdown") == ["Сегменты RFM", "Страна", "Канал заказа"]
    assert column_cells(payload, "group") == ["Чемпионы", "Не указано", "Сайт"]


def test_a_line_names_the_signals_of_its_group():
    kpis = ("repeat_rate", "csat", "nps", "conversion_rate")
    rows = table(
        row("DE", "revenue", 90.0),
        *(row("DE", kpi, 0.5, verdict="signal_low", smallest=90.0) for kpi in kpis),
    )
    payload = tables.kpi_groups_table(rows).payload()
    assert column_cells(payload, "signals") == [
        "Repeat rate ↓; Customer satisfaction (CSAT) ↓; Net promoter score (NPS) ↓; 1 more"
    ]


def series(kpi, *verdicts, breakdown="country"):
    return [
        row(
            f"g{n:02d}",
            kpi,
            0.3,
            breakdown=breakdown,
            verdict=verdict,
            n=900.0 - n,
            customers=500.0 + n,
            smallest=90.0 + n,
        )
        for n, verdict in enumerate(verdicts)
    ]


def scorecard(**verdicts):
    return pd.DataFrame({"kpi": verdicts.keys(), "verdict": verdicts.values()})


def test_few_signals_of_many_series_are_no_more_than_chance():
    rows = table(
        *series("repeat_rate", "signal_low", *["noise"] * 39), *series("csat", *["noise"] * 40)
    )
    found = findings.kpi_breakdowns_finding(rows, scorecard(repeat_rate="noise"))
    assert found.title == (
        "By group, 1 of 80 series left their natural limits: no more than chance gives of so many "
        "(about 2)"
    )
    assert (found.severity, found.decision) == ("good", None)


def test_more_signals_than_expected_are_not_called_no_more_when_none_is_clear():
    rows = table(*series("repeat_rate", "signal_low", *["noise"] * 2))
    found = findings.kpi_breakdowns_finding(rows, scorecard(repeat_rate="noise"))
    assert found.title == (
        "By group, 1 of 3 series left their natural limits; chance alone gives fewer than one, "
        "and no KPI has clearly more than that"
    )
    assert (found.severity, found.decision) == ("note", None)


def test_a_kpi_that_moved_in_more_groups_than_chance_gives_is_named_with_interval_and_n():
    rows = table(
        *series("repeat_rate", *["signal_low"] * 6, *["noise"] * 6), *series("csat", *["noise"] * 9)
    )
    found = findings.kpi_breakdowns_finding(rows, scorecard(repeat_rate="signal_low"))
    assert found.title == (
        "By group, 6 of 21 series left their natural limits; chance alone gives fewer than one"
    )
    assert found.text.startswith(
        "Repeat rate: below the limits in 6 groups: g00 (30.0%, 27.0–33.0%, n 900); "
    )
    assert "; and 2 more. The same happened to all customers together" in found.text
    assert (found.severity, found.decision) == ("watch", None)


def test_what_moved_in_groups_and_not_in_all_asks_to_look_there():
    rows = table(*series("repeat_rate", *["signal_low"] * 3, *["noise"] * 6))
    found = findings.kpi_breakdowns_finding(rows, scorecard(repeat_rate="noise"))
    assert found.severity == "act"
    assert found.decision.title == "Look for the cause in g00: Repeat rate"
    good = table(*series("repeat_rate", *["signal_high"] * 3, *["noise"] * 6))
    found = findings.kpi_breakdowns_finding(good, scorecard(repeat_rate="noise"))
    assert (found.severity, found.decision) == ("note", None)


def test_a_hidden_group_is_in_no_sentence_and_in_no_count():
    rows = table(
        *series("repeat_rate", *["signal_low"] * 3, *["noise"] * 6),
        row("tiny", "repeat_rate", 0.3, verdict="signal_low", customers=4.0, smallest=2.0),
    )
    found = findings.kpi_breakdowns_finding(rows, scorecard(repeat_rate="noise"))
    assert "tiny" not in found.text
    assert found.figures["series"] == 8  # without the smallest of the others, which would tell it


def test_no_groups_and_short_histories_are_said():
    short = table(row("DE", "revenue", 9.0, verdict="too_short"))
    for rows in (short, short.head(0)):
        found = findings.kpi_breakdowns_finding(rows, scorecard())
        assert found.title == "Too short a history to tell signal from noise in groups"
        assert found.figures == {}
    assert tables.kpi_groups_table(short.head(0)).payload()["void"].startswith("None of the break")
    assert tables.kpi_breakdowns_table(short.head(0)).payload()["rows"] == []
