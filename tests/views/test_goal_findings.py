import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
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
@pytest.mark.parametrize("status", ["on_track", "at_risk", "off_track", "reached", "missed"])
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


def past(status="missed", *, name="Past", **more):
    """A goal whose date, 31 December 2024, has passed."""
    by = {"by": "2024-12-31", "over": True, "expected": 150.0, "expected_progress": 1.0}
    return goal(status, name=name, **by, **more)


@pytest.mark.parametrize(
    ("language", "title", "asks"),
    [
        ("en", "1 of 2 goals on track or reached, 1 missed when due", "Set a new goal in place"),
        ("ru", "По плану или достигнуты: 1 из 2 целей, не достигнуты к сроку: 1", "новую цель"),
    ],
)
def test_a_goal_missed_on_its_date_is_said_with_the_date_and_asks_for_a_new_goal(
    language, title, asks
):
    found = said(goal("on_track"), past(), language=language)
    assert found.title == title
    assert "Past" in found.text
    assert "2024" in found.text
    assert found.severity == "watch"
    assert found.figures == {"on_track": 1, "missed": 1}
    assert asks in found.decision.title
    assert "Off track" not in found.text


def test_a_goal_off_track_is_asked_about_before_one_whose_date_has_passed():
    found = said(past(priority="primary"), goal(standing="behind", name="Late"))
    assert "“Late”" in found.decision.title
    reached = said(past("reached"), past(name="Other"))
    assert "“Other”" in reached.decision.title
    unknown = said(past("no_data", actual=None))
    assert unknown.text == (
        "“Past”: its date, 31\xa0Dec\xa02024, is over; its value of then cannot be told. Where the "
        "date has passed, no course is left to correct: set a new goal, or drop it."
    )


def test_of_few_customers_a_goal_past_its_date_tells_no_value():
    with speaking(language="en", min_cell=10):
        found = findings.goals_finding([past(smallest_count=4)])
    assert "rests on too few customers to be shown" in found.text
    assert "€" not in found.text + found.decision.why


def test_table_and_chart_say_which_goals_were_judged_on_their_date():
    rows = [goal("on_track"), past(), past("reached", name="Done")]
    with speaking(language="en"):
        table, chart = tables.goals_table(rows).payload(), charts.goal_bullets_chart(rows).payload()
        plain = tables.goals_table(rows[:1]).payload()
    assert table["keys"]["status"] == chart["keys"]["status"] == ["on_track", "missed", "reached"]
    assert "the period that holds its date decides" in table["note"]
    assert "the period that holds its date decides" not in plain["note"]
    assert [row[0] for row in chart["rows"]][1:] == [
        "Past (31\xa0Dec\xa02024)",
        "Done (31\xa0Dec\xa02024)",
    ]
    assert "Missed: Past" in chart["alt"]


ANEW = {"kpi": "customer_retention_rate", "unit": "share", "actual": 0.707, "baseline": 0.728}
ANEW |= {"expected": 0.728, "progress": None, "baseline_stated": 0.672}


@pytest.mark.parametrize(
    ("language", "judged", "held", "note"),
    [
        (
            "en",
            "is judged on its baseline by today's definition, 72.8%: stated is 67.2%",
            "its baseline of 67.2% is 72.8% by today's definition, so its target of 70.0% is no",
            "counted anew by today's",
        ),
        (
            "ru",
            "от исходного значения по нынешнему определению, 72,8\u00a0%: указано 67,2",
            "67,2\u00a0% по нынешнему определению составляет 72,8\u00a0%, и цель 70,0",
            "пересчитаны по нынешнему",
        ),
    ],
)
def test_a_goal_judged_on_a_restated_baseline_says_so(language, judged, held, note):
    kept = goal("at_risk", **ANEW, target=0.75, target_stated=None)
    behind = goal("at_risk", **ANEW, target=0.728, target_stated=0.7)
    assert judged in said(kept, language=language).text
    assert held in said(behind, language=language).text
    with speaking(language=language):
        table = tables.goals_table([kept, behind]).payload()
        plain = tables.goals_table([goal()]).payload()
        charts.goal_bullets_chart([behind]).payload()
    assert note in table["note"]
    shown = [{each["name"] for each in of["columns"]} for of in (table, plain)]
    assert [{"baseline_stated", "target_stated"} <= names for names in shown] == [True, False]


def test_the_scorecard_names_the_kpis_whose_goals_have_another_baseline() -> None:
    columns = "kpi value low high previous last_year change verdict target status n unit"
    row = ("customer_retention_rate", 0.7, None, None, 0.6, None, 0.1, "noise", 0.728, "at_risk")
    rows = pd.DataFrame([(*row, 90, "share")], columns=columns.split())
    with speaking(language="en"):
        anew = tables.kpis_table(rows, active_days=92, goals=[goal(**ANEW)]).payload()["note"]
        plain = tables.kpis_table(rows, active_days=92, goals=[goal()]).payload()["note"]
    assert anew.endswith("as the goals chapter tells: Customer retention rate.")
    assert "today's definition" not in plain
