import math
from datetime import date

import pandas as pd
import pytest

from crm_strategy.plan.goal_chain import LINKS
from crm_strategy.views import findings, tables
from crm_strategy.views.payload import hidden
from crm_strategy.words import speaking


def chain(*missing):
    return pd.DataFrame(
        [
            {
                "goal_id": goal,
                "goal": goal.title(),
                "link": link,
                "holds": None if (goal, link) in missing else "it",
                "verdict": "broken" if (goal, link) in missing else "whole",
                "line": 12 if (goal, link) in missing else None,
                "remedy": "Do" if (goal, link) in missing else None,
            }
            for goal in ("b", "a")
            for link in LINKS
        ]
    )


def goals(**more):
    row = {
        "goal_id": "g",
        "goal": "Keep buyers",
        "kpi": "repeat_rate",
        "unit": "share",
        "target": 0.4,
        "by": date(2026, 12, 31),
        "owner": "CRM lead",
        "smallest_count": 300,
    }
    return pd.DataFrame([row | more])


def outlook(chance=0.1):
    row = {
        "goal_id": "g",
        "confidence": chance,
        "expected_at_end": 0.32,
        "low": 0.28,
        "high": 0.36,
        "n": 11,
        "basis": "drift",
    }
    return pd.DataFrame([row])


def scores(**more):
    row = {
        "decision_id": "d",
        "decision": "Write monthly",
        "period": "2026-Q2",
        "kpi": "repeat_rate",
        "expected_change": 0.05,
        "observed_change": 0.04,
        "low": 0.01,
        "high": 0.07,
        "verdict": "as_expected",
        "before": 0.3,
        "now": 0.34,
        "basis": "interval",
        "n": 400.0,
        "smallest_count": 120.0,
    }
    return pd.DataFrame([row | more])


def column(payload, name):
    at = [each["name"] for each in payload["columns"]].index(name)
    return [row[at] for row in payload["rows"]]


def test_the_chain_names_the_line_of_what_is_missing():
    with speaking(language="en"):
        table = tables.goal_chain_table(chain(("a", "test"))).payload()
        broken = tables.broken_links_table(chain(("a", "test"))).payload()
        found = findings.goal_chain_finding(chain(("a", "test")))
    assert column(table, "goal") == ["B", "A"]
    assert column(table, "test") == ["it", "missing: line 12"]
    assert broken["rows"] == [["A", "Test", 12, "Do"]]
    assert found.title == "1 of 2 goals can be followed all the way to a decision"
    assert found.text.startswith("1 link is missing, most often: Test.")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_goal_whose_date_has_passed_is_not_counted_in_the_chain_nor_its_links_mended(language):
    rows = chain(("a", "test"), ("b", "test"))
    past = rows["goal_id"] == "b"
    rows.loc[past, ["verdict", "line", "remedy"]] = ["over", None, None]
    with speaking(language=language):
        found = findings.goal_chain_finding(rows)
        table = tables.goal_chain_table(rows).payload()
        broken = tables.broken_links_table(rows).payload()
        alone = findings.goal_chain_finding(rows[past])
    assert found.figures == {"goals": 1, "whole": 0, "broken": 1}
    assert found.text.endswith(
        "1 goal whose date has passed is not counted: nothing of it is left to mend."
        if language == "en"
        else "1 цель, срок которой прошёл, не учтена: исправлять в ней нечего."
    )
    assert column(table, "test")[0] is None
    assert column(broken, "goal") == ["A"]
    assert (alone.severity, alone.decision) == ("note", None)


def test_the_outlook_counts_only_goals_whose_date_lies_ahead():
    with speaking(language="en"):
        ahead, over = (outlook(each).assign(goal_id=str(each)) for each in (0.9, math.nan))
        named = [goals(goal_id=each, status="on_track") for each in ("0.9", "nan")]
        told = pd.concat([ahead, over.assign(basis="over_missed")])
        found = findings.goal_outlook_finding(told, pd.concat(named))
    assert found.title == (
        "As things go, of 1 goal whose date lies ahead, 1 likely to be reached, 0 uncertain, "
        "0 unlikely"
    )


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_whole_chain_is_good_news_and_no_goals_are_said(language):
    with speaking(language=language):
        assert findings.goal_chain_finding(chain()).severity == "good"
        assert findings.goal_chain_finding(chain()[:0]).severity == "act"
        assert not tables.broken_links_table(chain()).payload()["rows"]
        assert tables.goal_chain_table(chain()[:0]).payload()["void"]


def test_an_unlikely_goal_asks_its_owner():
    with speaking(language="en"):
        found = findings.goal_outlook_finding(outlook(), goals())
        likely = findings.goal_outlook_finding(outlook(0.9), goals())
    assert "“Keep buyers”: chance 10%, from 11 changes of its KPI." in found.text
    assert found.decision is not None
    assert found.decision.owner == "CRM lead"
    assert likely.severity == "good"
    assert likely.decision is None
    with speaking(language="en"):
        none = findings.goal_outlook_finding(outlook()[:0], goals()[:0])
    assert none.title.startswith("No goals are set")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("basis", ["over_reached", "over_missed", "over_unknown"])
def test_a_goal_past_its_date_has_no_chance_and_asks_for_nothing(language, basis):
    over = outlook(math.nan).assign(basis=basis, smallest_count=60.0)
    with speaking(language=language):
        found = findings.goal_outlook_finding(over, goals(status="off_track"))
        table = tables.goal_outlook_table(over, goals()).payload()
    assert found.decision is None
    assert found.text.startswith(("“Keep buyers”: its date, ", "«Keep buyers»: срок, "))
    assert column(table, "confidence") == [None]


def test_what_came_of_few_customers_on_a_goals_date_is_not_told():
    over = outlook(math.nan).assign(basis="over_missed", smallest_count=4.0)
    with speaking(language="en", min_cell=10):
        found = findings.goal_outlook_finding(over, goals())
    assert found.title == "The dates of all goals are over"
    assert found.text.endswith("missed, by a value that rests on too few customers to be shown.")


def of_chances(*rows):
    """Goals of each chance and status, beside their outlook."""
    named = [
        goals(goal_id=str(at), goal=f"Goal {at}", status=status, **more)
        for at, (_, status, more) in enumerate(rows)
    ]
    chances = [outlook(chance).assign(goal_id=str(at)) for at, (chance, _, _) in enumerate(rows)]
    with speaking(language="en"):
        return findings.goal_outlook_finding(pd.concat(chances), pd.concat(named))


def test_every_goal_is_counted_once_by_its_chance():
    found = of_chances(
        (0.67, "on_track", {}), (0.66, "on_track", {}), (0.34, "at_risk", {}),
        (0.33, "off_track", {}), (float("nan"), "on_track", {}),
    )  # fmt: skip
    assert found.title == (
        "As things go, of 5 goals 1 likely to be reached, 2 uncertain, 1 unlikely, 1 not foretold"
    )
    assert sum(found.figures[each] for each in ("likely", "even", "unlikely", "unknown")) == 5


def test_a_status_that_the_chance_contradicts_is_told_with_the_reason():
    found = of_chances((0.88, "off_track", {}), (0.1, "on_track", {}), (0.9, "reached", {}))
    assert (
        "“Goal 0” is off track today, yet its chance is 88%, from 11 changes of its KPI"
        in found.text
    )
    assert "“Goal 1” is on track today, yet its chance is 10%" in found.text
    assert "Goal 2" not in found.text


@pytest.mark.parametrize("basis", ["drift", "year_on_year", "year_on_year_level", "forecast"])
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("chance", "status"), [(0.9, "at_risk"), (0.1, "reached"), (0.1, "at_risk")]
)
def test_contradictions_are_told_in_both_languages(language, chance, status, basis):
    with speaking(language=language):
        found = findings.goal_outlook_finding(
            outlook(chance).assign(basis=basis), goals(status=status)
        )
        assert found.title
        assert "Keep buyers" in found.text


def test_an_unlikely_goal_within_chance_of_its_path_is_to_be_watched():
    found = of_chances((0.1, "at_risk", {"standing": "noise"}))
    assert (found.severity, found.decision) == ("watch", None)
    assert of_chances((0.1, "at_risk", {"standing": "behind"})).severity == "act"


def test_the_outlook_of_a_few_customers_is_hidden():
    with speaking(language="en", min_cell=10):
        table = tables.goal_outlook_table(outlook(), goals(smallest_count=4)).payload()
        found = findings.goal_outlook_finding(outlook(), goals(smallest_count=4))
    for name in ("confidence", "expected_at_end", "range", "low", "high"):
        assert isinstance(column(table, name)[0], dict)
    assert found.title == "There are too few periods to say how likely the goals are."


def test_a_hidden_verdict_is_said_to_be_hidden():
    with speaking(language="en", min_cell=10):
        table = tables.decisions_table(scores(smallest_count=4)).payload()
    assert column(table, "verdict") == column(table, "now") == [hidden()]
    assert table["keys"]["verdict"] == [None]


def test_a_decision_is_held_against_what_it_was_to_bring():
    with speaking(language="en"):
        found = findings.decisions_finding(scores())
        table = tables.decisions_table(scores()).payload()
    assert found.title == (
        "Of 1 decision, 1 moved its KPI as hoped, 0 did not, and 0 left no trace"
    )
    assert "Repeat rate +4.0\N{NO-BREAK SPACE}pp (+1.0" in found.text
    assert column(table, "verdict") == ["As expected"]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        (
            "en",
            "Of 2 decisions, 1 moved its KPI as hoped, 0 did not, 0 left no trace, "
            "and 1 cannot be judged or shown",
        ),
        (
            "ru",
            "2 решения: сдвинули показатель как ожидалось – 1, не сдвинули – 0, без следа – 0, "
            "нельзя оценить или показать – 1",
        ),
    ],
)
def test_decisions_that_cannot_be_judged_are_counted_in_the_title(language, title):
    with speaking(language=language):
        two = pd.concat([scores(), scores(verdict="not_judged")], ignore_index=True)
        assert findings.decisions_finding(two).title == title


@pytest.mark.parametrize(
    ("language", "said", "basis"),
    [
        (
            "en",
            "revenue a customer decided the test: for the better",
            "Test, by revenue a customer",
        ),
        ("ru", "решила выручка на клиента: к лучшему", "Тест, по выручке на клиента"),
    ],
)
def test_a_test_that_revenue_decided_is_told_so(language, said, basis):
    told = {"kpi": "conversion_rate", "basis": "experiment_revenue", "test": "delivery"}
    with speaking(language=language):
        rows = scores(verdict="better", observed_change=-0.04, low=-0.07, high=-0.01, **told)
        assert said in findings.decisions_finding(rows).text
        assert basis in str(tables.decisions_table(rows).payload())


@pytest.mark.parametrize(
    ("language", "ranged", "tested"),
    [
        ("en", "has not left the natural range", "among as many tests chance may"),
        ("ru", "за естественные границы прежних периодов", "среди стольких тестов"),
    ],
)
def test_what_an_interval_beyond_0_does_not_show_says_why(language, ranged, tested):
    def said(**more):
        return findings.decisions_finding(scores(verdict="not_seen", **more)).text

    with speaking(language=language):
        beyond, below = said(low=0.01, high=0.05), said(low=-0.05, high=-0.01)
        held = said(low=-0.01, high=0.05)
        test = said(kpi="conversion_rate", basis="experiment", test="t", low=0.01, high=0.05)
    assert ranged in beyond
    assert ranged in below
    assert tested in test
    assert ranged not in held + test


def test_several_decisions_moved_their_kpis():
    with speaking(language="en"):
        title = findings.decisions_finding(pd.concat([scores(), scores()])).title
    assert title == "Of 2 decisions, 2 moved their KPIs as hoped, 0 did not, and 0 left no trace"


def test_a_decision_about_a_few_customers_is_hidden():
    with speaking(language="en", min_cell=10):
        table = tables.decisions_table(scores(smallest_count=3.0)).payload()
        found = findings.decisions_finding(scores(smallest_count=3.0))
    assert isinstance(column(table, "observed")[0], dict)
    assert "pp" not in found.text


def test_without_decisions_the_remedy_is_said():
    with speaking(language="ru"):
        assert "`decisions`" in findings.decisions_finding(scores()[:0]).title


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "1 decision of a later period is", "2 decisions of later periods are left out."),
        ("ru", "1 решение более позднего периода", "2 решения более поздних периодов не показаны."),
    ],
)
def test_decisions_of_later_periods_are_counted_where_they_are_left_out(language, one, two):
    with speaking(language=language):
        notes = [tables.decisions_table(scores(), later=n).payload()["note"] for n in (0, 1, 2)]
        none = findings.decisions_finding(scores()[:0], later=2)
        void = tables.decisions_table(scores()[:0], later=2).payload()
    assert one in notes[1]
    assert two in notes[2]
    assert one not in notes[0] != ""
    assert none.text == two
    assert (void["void_title"], void["void"]) == (none.title, two)
    assert "`decisions`" not in none.title
