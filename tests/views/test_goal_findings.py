import pytest

from crm_strategy.views import findings, tables
from crm_strategy.words import speaking


def goal(status="off_track", standing=None, *, name="Sell more", season=None, **more):
    row = {"goal_id": name, "goal": name, "kpi": "revenue", "priority": "primary", "owner": "Me"}
    row |= {"segment": "all", "baseline": 100.0, "target": 150.0, "by": "2026-12-31"}
    row |= {"actual": 110.0, "expected": 140.0, "progress": 0.2, "expected_progress": 0.8}
    row |= {"status": status, "standing": standing, "season_expected": season, "unit": "money"}
    return row | {"serves": "growth", "smallest_count": None} | more


def said(*rows, language="en"):
    with speaking(language=language):
        return findings.goals_finding(list(rows))


def test_only_a_gap_beyond_chance_asks_for_action():
    behind = said(goal(standing="behind"))
    assert behind.severity == "act"
    assert behind.text == "Off track by more than chance explains: Sell more."
    assert behind.decision is not None
    assert behind.decision.why.endswith("by more than 5% and by more than chance explains.")
    for standing in ("noise", "unjudged"):
        found = said(goal(standing=standing))
        assert (found.severity, found.decision) == ("watch", None)
    assert found.text.startswith("Off track, with too little history to tell the gap from chance")


def test_the_decision_is_on_the_goal_that_is_behind_not_on_the_one_farther_off_by_chance():
    noise = goal(standing="noise", name="Noise", progress=-3.0)
    found = said(noise, goal(standing="behind", name="Real", priority="secondary"))
    assert found.decision is not None
    assert "“Real”" in found.decision.title


def test_a_goal_that_its_season_explains_is_told_beside_that():
    found = said(goal(standing="ahead", season=105.0))
    assert found.severity == "watch"
    assert found.text == (
        "“Sell more”: off track by the even path, but its KPI follows the season, whose path "
        "expects €105 by now; at €110 it is there or beyond."
    )


def test_a_goal_on_the_even_path_yet_behind_its_season_is_no_good_news():
    found = said(goal("on_track", "behind", season=130.0))
    assert found.severity == "watch"
    assert "at €110 it is behind that by more than chance explains" in found.text
    assert said(goal("on_track", "ahead", season=105.0)).text == ""


def test_of_few_customers_no_standing_is_told():
    with speaking(language="en", min_cell=10):
        few = goal(standing="noise", season=105.0, smallest_count=4)
        found = findings.goals_finding([few])
        payload = tables.goals_table([few]).payload()
    assert found.text == "Off track: Sell more."
    at = [each["name"] for each in payload["columns"]].index("standing")
    assert isinstance(payload["rows"][0][at], dict)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("standing", ["ahead", "noise", "behind", "unjudged"])
@pytest.mark.parametrize("status", ["on_track", "at_risk", "off_track", "reached"])
def test_every_pair_of_status_and_standing_can_be_said(language, standing, status):
    for season in (None, 105.0):
        said(goal(status, standing, season=season), language=language)
        with speaking(language=language):
            table = tables.goals_table([goal(status, standing, season=season)]).payload()
        names = [each["name"] for each in table["columns"]]
        assert ("season_expected" in names) == (season is not None)


def test_the_page_names_who_owns_a_goal_beside_how_it_stands():
    payload = tables.goals_table([goal(standing="noise", season=105.0)]).payload()
    shown = [each["name"] for each in payload["columns"] if not each["sheet_only"]]
    assert {"status", "standing", "expected", "owner"} <= set(shown)


@pytest.mark.parametrize(("language", "told"), [("en", "Not begun"), ("ru", "ещё не начаты")])
def test_goals_that_have_not_begun_are_named_but_neither_judged_nor_counted(language, told):
    later = goal("not_begun", name="Later")
    found = said(goal("on_track"), later, language=language)
    assert found.severity == "good"
    assert "Later" in found.text
    assert told in found.text
    assert "2" not in found.title
    alone = said(later, language=language)
    assert (alone.severity, alone.decision) == ("note", None)
