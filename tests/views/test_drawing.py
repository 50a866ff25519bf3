from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy import words
from crm_strategy.views import lettering, theme
from crm_strategy.views.axes import month_labels, spread, tick_names, two_lines
from crm_strategy.views.kinds import print_value
from crm_strategy.views.kpi_limits import limits_of
from crm_strategy.views.privacy import small
from crm_strategy.views.scales import Scale, from_zero, round_values
from tests.views.samples import history

VALUES = st.floats(-1e9, 1e9)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_has_a_contrast_of_4_5_to_the_paper(tokens):
    for role in ("ink", "mut", "focus", "good", "risk", "bad", "none"):
        assert contrast(tokens[role], tokens["paper"]) >= 4.5, role
        assert contrast(tokens[role], tokens["surf"]) >= 4.5, role


def test_chart_marks_have_a_contrast_of_3_to_white():
    for mark in ("actual", "other"):
        assert contrast(theme.MARKS[mark], "#FFFFFF") >= 3
    for step, colour in enumerate(theme.HEAT):
        text = "#FFFFFF" if step >= 3 else theme.LIGHT["ink"]
        assert contrast(text, colour) >= 4.5


def test_excel_formats_follow_language_and_currency():
    assert theme.excel_format("money") == '"€"#,##0'
    assert theme.excel_format("unit_money") == '"€"#,##0.00'
    assert theme.excel_format("points") == '+0.0"\u00a0pp";-0.0"\u00a0pp";0.0"\u00a0pp"'
    assert theme.excel_format("date") == "d mmm yyyy"
    assert theme.excel_format("word") == "General"
    with words.speaking(currency="CHF"):
        assert theme.excel_format("money") == '"CHF "#,##0'
    with words.speaking(language="ru"):
        assert theme.excel_format("money") == '#,##0 "€"'
        assert theme.excel_format("date") == "dd.mm.yyyy"
    assert theme.excel_value(-0.033, "points") == -3.3
    assert theme.excel_value(0.758, "share") == 0.758


def test_scores_and_months_are_written_with_one_decimal():
    assert print_value(4.0, "score_change") == "+4.0"
    assert print_value(-4.26, "score_change") == "−4.3"
    assert print_value(4.26, "months") == "4.3"
    assert print_value(None, "months") == "–"


@given(st.text(max_size=80), st.floats(0.3, 4.0))
def test_a_text_fits_the_width_it_is_given(text, width):
    clean = lettering.drawable(text)
    for line in lettering.wrap(clean, width, 9.5, lines=2, bold=True).split("\n"):
        assert lettering.width_of(line, 9.5, bold=True) <= width or line == lettering.ELLIPSIS


def test_a_long_name_wraps_and_then_ends_in_an_ellipsis():
    name = "Customers who bought once and then for a long time nothing at all"
    first, second = lettering.wrap(name, 1.6, 9.5, lines=2).split("\n")
    assert name.startswith(f"{first} {second.removesuffix('…')}")
    assert second.endswith("…")
    assert lettering.wrap(name, 9.0, 9.5, lines=2) == name
    assert lettering.wrap("x" * 300, 1.0, 9.5, lines=2).endswith("x…")


def test_what_no_font_can_draw_becomes_one_box():
    assert lettering.drawable("a\u200b\u202eb\x00") == "ab"
    assert lettering.drawable("a 𓀀𓀁 b") == "a □ b"
    assert lettering.drawable("two\nlines\there") == "two lines here"


@given(VALUES, VALUES)
def test_round_values_enclose_what_they_are_made_for(one, other):
    low, high = sorted((one, other))
    ticks = round_values(low, high)
    assert ticks == sorted(ticks)
    slack = 1e-9 * max(abs(low), abs(high), 1)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack


def test_bars_start_at_zero():
    assert from_zero([3.0, None, 8.0]) == (0.0, 8.0)
    assert from_zero([-2.0, 5.0]) == (-2.0, 5.0)
    assert from_zero([None, 0.0]) == (0.0, 1.0)
    scale = Scale(0, 4, 1.0, 3.0)
    assert [scale(0), scale(2), scale(4)] == [1.0, 2.0, 3.0]


@given(st.lists(st.floats(0, 3), min_size=1, max_size=6))
def test_labels_are_moved_apart_in_their_order(places):
    moved = spread(places, 0.2, low=0, high=3)
    order = sorted(range(len(places)), key=places.__getitem__)
    for one, other in pairwise(order):
        assert moved[other] - moved[one] >= 0.2 - 1e-9
    assert max(moved) <= 3 + 1e-9


def test_an_axis_drops_idle_zeros_only_if_all_its_values_have_them():
    shares = [0.74, 0.76, 0.78]
    thousands = [0.0, 2500.0, 5000.0]
    half = [0.5, 1.0]
    assert tick_names(shares, lambda v: print_value(v, "share")) == ["74%", "76%", "78%"]
    assert tick_names(thousands, lambda v: print_value(v, "count")) == ["0", "2,500", "5,000"]
    assert tick_names(half, lambda v: print_value(v, "score")) == ["0.5", "1.0"]
    with words.speaking(language="ru"):
        money = tick_names([0.0, 20_000.0], lambda v: print_value(v, "short_money"))
    assert money == ["0\u00a0€", "20\u00a0тыс.\u00a0€"]


def test_months_are_named_at_quarters_and_years_below_january():
    months = [date(2025 + (9 + at) // 12, (9 + at) % 12 + 1, 1) for at in range(14)]
    assert month_labels(months, wide=True) == [
        *("Oct\n2025", "", "", "Jan\n2026", "", "", "Apr", "", "", "Jul", "", "", "Oct", ""),
    ]
    assert [label for label in month_labels(months, wide=False) if label] == ["Jan\n2026", "Jul"]


def test_a_period_is_split_before_its_year():
    assert [two_lines(text) for text in ("2026 Q3", "3 кв. 2026", "Sep\u00a02026", "2026")] == [
        *("Q3\n2026", "3 кв.\n2026", "Sep\n2026", "2026"),
    ]


def test_limits_come_from_the_periods_before_the_last():
    rows = limits_of(history(["csat"]))
    earlier = rows["value"].iloc[:-1]
    # XmR by hand: mean ± 2.66 × mean moving range (Wheeler 2000).
    half = 2.66 * earlier.diff().abs().mean()
    assert rows["lower_limit"].tolist() == pytest.approx([earlier.mean() - half] * 13)
    assert rows["upper_limit"].tolist() == pytest.approx([earlier.mean() + half] * 13)
    assert set(rows["verdict"]) == {"signal_low"}


def test_seasonal_limits_follow_last_year():
    rows = history(["revenue"])
    rows["value"] = [100 + 50 * (at % 4 == 1) + at * (1 + at % 2) / 10 for at in range(13)]
    limits = limits_of(rows)
    assert limits["lower_limit"].isna().tolist() == [True] * 4 + [False] * 9
    peak = limits["upper_limit"].iloc[9]
    assert peak > 140 > limits["upper_limit"].iloc[10]


def test_too_short_a_history_has_no_limits():
    rows = limits_of(history(["csat"]).head(8))
    assert rows["lower_limit"].isna().all()
    assert set(rows["verdict"]) == {"too_short"}


@pytest.mark.parametrize(("count", "is_small"), [(0, False), (1, True), (9, True), (10, False)])
def test_a_group_of_one_to_nine_is_small(count, is_small):
    assert small(count) is is_small
