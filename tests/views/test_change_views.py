from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.period_changes import COLUMNS
from crm_strategy.analysis.restatements import COLUMNS as RESTATED
from crm_strategy.views import findings, tables
from crm_strategy.words import speaking


def goal(**more):
    row = dict.fromkeys(COLUMNS) | {
        "subject": "goal",
        "id": "g",
        "name": "Keep buyers",
        "kpi": "repeat_rate",
        "change": "worse",
        "was": "on_track",
        "now": "off_track",
        "value_before": 0.34,
        "expected_before": 0.33,
        "value": 0.29,
        "expected": 0.35,
        "unit": "share",
        "smallest_count": 300.0,
    }
    return row | more


def kpi(**more):
    row = {
        "subject": "kpi",
        "name": None,
        "kpi": "csat",
        "change": "new_signal",
        "was": "noise",
        "now": "signal_low",
        "value_before": 0.8,
        "expected_before": None,
        "value": 0.6,
        "expected": None,
        "n": 512.0,
    }
    return goal() | row | more


def decision(**more):
    row = dict.fromkeys(("value_before", "expected_before", "value", "expected")) | {
        "subject": "decision",
        "name": "Write monthly",
        "change": "scored",
        "was": "too_early",
        "now": "not_seen",
    }
    return goal() | row | more


def frame(*rows):
    return pd.DataFrame(rows, columns=list(COLUMNS))


def column(payload, name):
    at = [each["name"] for each in payload["columns"]].index(name)
    return [row[at] for row in payload["rows"]]


def told(*rows):
    return findings.period_changes_finding(frame(*rows), before="2026 Q2")


def test_what_changed_is_said_in_words_with_both_values_and_what_was_expected():
    finding = told(goal(), kpi(), decision())
    assert finding.title == (
        "Since 2026 Q2: 1 goal fell back, 1 KPI left its natural range, "
        "1 decision can now be scored"
    )
    assert finding.text.replace("\xa0", " ").startswith(
        "“Keep buyers”: on track → off track; it stood at 34.0% where 33.0% was expected, now at "
        "29.0% where 35.0% is. Customer satisfaction (CSAT): 80.0% → 60.0% (n = 512), now below "
        "its natural range. “Write monthly” can be scored for the first time: no more than chance. "
        "Both periods are counted by today's definitions"
    )
    assert finding.severity == "act"
    assert finding.figures == {"worse": 1, "new_signal": 1, "scored": 1, "compared": 3}


def test_the_same_is_said_in_russian():
    with speaking(language="ru"):
        finding = told(goal(), goal(change="better", was="off_track", now="on_track"), kpi())
    assert finding.title == (
        "По сравнению с прошлым периодом (2026 Q2): статус ухудшился у 1 цели, "
        "статус улучшился у 1 цели, 1 показатель вышел за естественные границы"
    )
    assert "«Keep buyers»: по плану → отстаёт от плана; было 34,0\xa0%" in finding.text


@pytest.mark.parametrize(
    ("rows", "severity"),
    [
        ([goal(change="better", was="at_risk", now="on_track")], "good"),
        ([kpi(change="ceased", was="signal_low", now="noise")], "good"),
        ([kpi(change="ceased", was="signal_high", now="noise")], "note"),
        ([kpi(kpi="churn_rate", change="ceased", was="signal_high", now="noise")], "good"),
        ([kpi(now="signal_high")], "note"),
        ([kpi(kpi="churn_rate", now="signal_high")], "act"),
        ([goal(change="due", now="off_track")], "act"),
        ([goal(change="due", now="reached")], "note"),
    ],
)
def test_worse_asks_for_action_and_better_is_good(rows, severity):
    assert told(*rows).severity == severity


def test_nothing_changed_and_nothing_to_compare_with_are_two_things():
    same = goal(change="same", now="on_track")
    assert told(same, kpi(change="same", now="noise")).title == (
        "Since 2026 Q2 no goal changed its status, and no KPI left its natural range or came back"
    )
    assert told().title == (
        "Nothing to compare with 2026 Q2: the data do not cover it, or no goal, KPI or decision "
        "can be judged"
    )
    # Hidden changes leave no row either: an empty table is no all-clear.
    for rows in ([same], [kpi(smallest_count=4.0)], []):
        payload = tables.period_changes_table(frame(*rows)).payload()
        assert (payload["rows"], payload["void_title"]) == ([], "No change to show")


@pytest.mark.parametrize(
    ("row", "english", "russian"),
    [
        (
            kpi(change="ceased", was="signal_low", now="noise", smallest_count=4.0),
            "Since 2026 Q2 no goal changed its status, and no KPI that can be shown left its "
            "natural range or came back",
            "По сравнению с прошлым периодом (2026 Q2) ни одна цель не сменила статус, ни один "
            "показатель из тех, что можно показать, не вышел за естественные границы и не вернулся "
            "в них",
        ),
        (
            goal(change="same"),
            "Since 2026 Q2 no goal changed its status; no KPI could be judged",
            "По сравнению с прошлым периодом (2026 Q2) ни одна цель не сменила статус; ни об одном "
            "показателе судить нельзя",
        ),
        (
            goal(change="known", now="no_data"),
            "Since 2026 Q2: data on 1 goal came or went",
            "По сравнению с прошлым периодом (2026 Q2): данные появились или пропали у 1 цели",
        ),
        (
            decision(change="rescored", was="as_expected", now="opposite"),
            "Since 2026 Q2: 1 decision is scored anew",
            "По сравнению с прошлым периодом (2026 Q2): 1 решение оценено заново",
        ),
    ],
)
def test_what_is_hidden_unknown_or_scored_anew_is_no_all_clear(row, english, russian):
    assert told(row).title == english
    with speaking(language="ru"):
        assert told(row).title == russian


def test_the_table_puts_the_most_pressing_first_and_leaves_out_what_stands():
    rows = [
        decision(),
        goal(name="Better", change="better", now="on_track"),
        goal(name="Same", change="same"),
        kpi(),
        goal(name="Worse"),
    ]
    payload = tables.period_changes_table(frame(*rows)).payload()
    assert column(payload, "name") == [
        "Worse",
        "Better",
        "Customer satisfaction (CSAT)",
        "Write monthly",
    ]
    assert column(payload, "now") == ["Off track", "On track", "Signal, low", "No more than chance"]


def test_figures_of_a_few_customers_are_in_neither_words_nor_table():
    few = {"smallest_count": 4.0}
    rows = [goal(**few), kpi(**few), decision(**few)]
    finding, payload = told(*rows), tables.period_changes_table(frame(*rows)).payload()
    assert "“Keep buyers”: on track → off track." in finding.text
    assert "CSAT" not in finding.text
    assert "no more than chance" not in finding.text
    assert not any(number in str(payload["rows"]) for number in ("0.29", "0.34", "0.6"))


def restated(**more):
    row = {
        "kpi": "active_customers",
        "period": "2026-Q2",
        "as_reported": 3002.0,
        "restated": 1971.0,
        "difference": -1031.0,
        "n": 1971.0,
        "unit": "count",
        "smallest_count": 372.0,
    }
    return pd.DataFrame([row | more], columns=list(RESTATED))


CHANGED = [
    {
        "since": date(2026, 7, 1),
        "period": "2026-Q3",
        "was": {"active_days": 365, "refunds": "exclude", "margin_rate": 0.4},
        "now": {"active_days": None, "refunds": "net", "margin_rate": 0.35},
        "note": "customers return faster",
    }
]


def test_a_restated_kpi_is_said_with_the_old_and_the_new_value_and_why():
    finding = findings.kpi_restatements_finding(restated(), CHANGED)
    assert finding.title == "1 KPI of earlier periods is restated: its definition changed"
    assert finding.text.replace("\xa0", " ").startswith(
        "Since 2026 Q3: days a customer counts as active 365 → from the data; refunds left out → "
        "netted; margin assumed 40.0% → 35.0%. Reason: customers return faster. Active customers, "
        "2026 Q2: reported as 3,002, restated 1,971 (n = 1,971)."
    )
    payload = tables.kpi_restatements_table(restated()).payload()
    assert column(payload, "moved") == ["−1,031"]
    assert column(payload, "period") == ["2026\xa0Q2"]


def test_without_a_changed_definition_the_empty_table_alone_speaks():
    nothing = restated().iloc[:0]
    assert findings.kpi_restatements_finding(nothing, []) is None
    void = tables.kpi_restatements_table(nothing).payload()["void_title"]
    assert void == "No definition of a KPI has changed: nothing is restated"
    unmoved = findings.kpi_restatements_finding(nothing, CHANGED)
    assert unmoved.title.startswith("A definition changed, but no figure")


def test_figures_that_differ_by_a_few_customers_are_not_restated_in_sight():
    few = restated(as_reported=1975.0, difference=-4.0, smallest_count=4.0)
    payload = tables.kpi_restatements_table(few).payload()
    assert not any(number in str(payload["rows"]) for number in ("1975", "1971", "4.0"))
    assert "1,97" not in findings.kpi_restatements_finding(few, CHANGED).text


def test_a_goal_that_fell_back_by_chance_or_season_is_to_be_watched():
    noise, season = told(goal(standing="noise")), told(goal(standing="ahead"))
    assert (noise.severity, season.severity) == ("watch", "watch")
    assert "is, no more than chance explains." in noise.text
    assert "is, as its season has it." in season.text
    assert told(goal(standing="behind")).severity == told(goal()).severity == "act"
    assert told(goal(standing="noise"), goal(standing="behind")).severity == "act"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "still on its path."), ("ru", "по-прежнему на пути к цели.")]
)
def test_a_goal_that_fell_back_to_its_even_path_is_not_explained_by_a_season(language, said):
    with speaking(language=language):
        found = findings.period_changes_finding(
            frame(goal(was="reached", now="on_track", expected=0.28, standing="ahead")), before="Q2"
        )
    assert said in found.text
    assert found.severity == "watch"


MOVED = [
    {
        "since": date(2026, 7, 1),
        "period": "2026-Q2",
        "was": {"active_days": 164},
        "now": {"active_days": 167},
        "automatic": True,
    }
]


def test_days_that_the_data_moved_are_told_with_the_number_that_fixes_them():
    finding = findings.kpi_restatements_finding(restated(), MOVED)
    assert finding.severity == "note"
    assert finding.title == (
        "1 KPI of earlier periods is restated: the days that count as active have moved"
    )
    assert finding.text.replace("\xa0", " ").startswith(
        "A customer now counts as active for 167 days after an order, by the data "
        "known to date; in the report of 2026 Q2 it was 164 days. `kpis: {active_days: 167}` in "
        "the parameters file fixes it. Active customers, 2026 Q2: reported as 3,002"
    )
    assert findings.kpi_restatements_finding(restated().iloc[:0], MOVED) is None


def test_stated_changes_are_told_before_the_days_that_the_data_moved():
    both = findings.kpi_restatements_finding(restated(), [*CHANGED, *MOVED])
    assert both.title.endswith("its definition changed")
    assert both.text.index("refunds left out") < both.text.index("167 days")


@pytest.mark.parametrize(
    ("language", "automatic", "chosen"),
    [
        ("en", "for 167 days after an order: the customers' own", "as the parameters file sets"),
        ("ru", "активным 167 дней после заказа. Это собственный", "как задано в файле параметров"),
    ],
)
def test_the_scorecard_tells_how_long_a_customer_counts_as_active(language, automatic, chosen):
    rows = pd.DataFrame({"kpi": [], "value": []})
    with speaking(language=language):
        told = tables.kpis_table(rows, active_days=167).payload()["note"]
        fixed = tables.kpis_table(rows, active_days=167, chosen=167).payload()["note"]
        plain = tables.kpis_table(rows).payload()["note"]
    assert automatic in told
    assert "`kpis: {active_days: 167}`" in told
    assert chosen in fixed
    assert "167" not in plain
