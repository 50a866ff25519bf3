"""Bars of a waterfall keep off the figures at the right."""

import pytest
from matplotlib.patches import Rectangle

from crm_strategy.views.drawing import NARROW, WIDE
from crm_strategy.views.waterfalls import GAP, Bridge, waterfall


@pytest.mark.parametrize("form", [NARROW, WIDE])
def test_the_longest_bar_ends_before_the_widest_figure_begins(form):
    texts = ["€31.9k", "€24.0k", "−€9,633"]
    bridge = Bridge(
        "Who came", ["New", "Back", "Stayed"], [31.9, 24.0, -9.6], texts, ("Sum", 46.3, "€46.3k")
    )
    sheet = waterfall([bridge])(form)
    bars = [each for each in sheet.figure.get_children() if isinstance(each, Rectangle)]
    ends = [bar.get_x() + bar.get_width() for bar in bars if bar.get_facecolor()[:3] != (1, 1, 1)]
    begins = sheet.width - 0.03 - form.widest([*texts, "€46.3k"], bold=True)
    assert len(ends) == 4
    assert max(ends) <= begins - GAP
