"""Findings of touchpoints and of a funnel without loss: only what applies is asked for."""

import pandas as pd
import pytest

from crm_strategy.views import findings
from crm_strategy.words import speaking


def coverage(*gaps: str) -> pd.DataFrame:
    """A touchpoint a gap."""
    return pd.DataFrame(
        {
            "name": [f"point {number}" for number in range(len(gaps))],
            "gap": gaps,
            "touch_count": [0 if gap == "mapped_unused" else 50 for gap in gaps],
        }
    )


@pytest.mark.parametrize(
    ("gaps", "ask", "why"),
    [
        (
            ("used_unmapped",),
            "Put on the map or switch off what runs without a plan",
            "What is not mapped has no owner and no target action.",
        ),
        (
            ("mapped_unused",),
            "Record what is planned, or take off the map what nobody uses",
            "What is not recorded cannot be measured.",
        ),
        (
            ("used_unmapped", "mapped_unused"),
            "Put on the map or switch off what runs without a plan; record what is planned",
            "What is not mapped has no owner and no target action. "
            "What is not recorded cannot be measured.",
        ),
    ],
)
def test_only_the_gap_that_is_there_is_to_be_closed(
    gaps: tuple[str, ...], ask: str, why: str
) -> None:
    decision = findings.touchpoint_coverage_finding(coverage(*gaps)).decision
    assert decision is not None
    assert (decision.title, decision.why) == (ask, why)


def test_without_touches_no_finding_speaks_as_if_there_were_some() -> None:
    coverage_said = findings.touchpoint_coverage_finding(coverage()).title
    assert coverage_said.startswith("No touches that name a touchpoint were supplied")
    assert findings.drop_off_finding(pd.DataFrame()).title.startswith("No groups with enough")
    untouched = findings.drop_off_finding(pd.DataFrame(), pd.DataFrame())
    assert untouched.title.startswith("No touches of the period were supplied")
    with speaking(language="ru"):
        days = findings.incident_finding(pd.DataFrame(columns=["verdict"]), [], []).title
    assert days == "Касания, по которым видны шаги, не переданы, поэтому дни не сравнить"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Nobody drops out: every customer goes on at every step"),
        ("ru", "Потерь нет: на каждом шаге дальше идут все клиенты"),
    ],
)
def test_a_funnel_without_loss_has_no_narrowest_step(language: str, title: str) -> None:
    rows = pd.DataFrame(
        {
            "stage": ["touched", "ordered"],
            "customer_count": [129, 129],
            "step_rate": [None, 1.0],
            "overall_rate": [1.0, 1.0],
        }
    )
    with speaking(language=language):
        found = findings.funnel_finding(rows)
    assert found.severity == "note"
    assert found.title == title
    # n, interval, assumption and what would change it.
    assert "129" in found.text
    assert "97" in found.text
