"""Charts of the goals chapter: goals against their targets."""

from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.bullets import Bullet, BulletWords, bullets
from crm_strategy.views.cells import Data
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.goal_tables import FEW_CUSTOMERS, is_over, told_goals
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, cell_kinds, column_cells, numbers
from crm_strategy.views.table import Table
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import format_date

_ORDER: Final = ("off_track", "at_risk", "missed", "on_track", "reached", "no_data", "not_begun")


def goal_bullets_chart(goals: Data) -> Chart:
    """Goals as bullets: actual against target, with what is expected by today."""
    figures = Table(
        _dated(goals),
        id="goals",
        suppress=FEW_CUSTOMERS,
        layout=Layout(
            columns=(
                "goal",
                "kpi",
                "priority",
                "baseline",
                "expected",
                "actual",
                "target",
                "status",
            ),
            by_kpi=("baseline", "expected", "actual", "target"),
        ),
    )
    return Chart(
        figures,
        id="goal_bullets",
        kind="bullets",
        category="goal",
        values=("actual", "target"),
        paint=_paint,
        alt=_alt,
        beside="goals",
    )


def _dated(goals: Data) -> pd.DataFrame:
    """The goals as they may be told; one that is over names its date."""
    rows = told_goals(goals)
    if rows.empty or not (over := is_over(rows)).any():
        return rows
    days = rows["by"].map(lambda by: format_date(pd.Timestamp(by).date()))
    return rows.assign(goal=rows["goal"].where(~over, rows["goal"] + " (" + days + ")"))


def _paint(figures: TablePayload) -> Drawing:
    say = words.say
    return bullets(
        _bullets(figures),
        BulletWords(
            goal=say("views.bullets.goal"),
            actual=say("views.column.actual"),
            target=say("views.column.target"),
            status=say("views.column.status"),
            baseline=say("views.bullets.baseline"),
            bands=say("views.bullets.bands"),
            of=say("views.bullets.of", actual="{actual}", target="{target}"),
        ),
    )


def _bullets(figures: TablePayload) -> list[Bullet]:
    kinds = cell_kinds(figures, "actual")
    actual, target = numbers(figures, "actual"), numbers(figures, "target")
    baseline, expected = numbers(figures, "baseline"), numbers(figures, "expected")
    kpis, ranks = figures["keys"]["kpi"], figures["keys"]["priority"]
    found = []
    for at, name in enumerate(column_cells(figures, "goal")):
        lower = (kpi := kpis[at]) in KPIS and KPIS[str(kpi)].lower_is_better
        goal = target[at]
        share = _share(actual[at], goal)
        status = str(figures["keys"]["status"][at])
        found.append(
            Bullet(
                name=f"{name} ↓" if lower else str(name),
                status=status,
                word=column_cells(figures, "status")[at],
                share=share,
                expected=_share(expected[at], goal),
                baseline=_share(baseline[at], goal),
                actual=cell_text(column_cells(figures, "actual")[at], _short(kinds[at])),
                target=print_value(goal, _short(kinds[at])),
                blank=words.say(
                    f"views.bullets.{'no_scale' if actual[at] is not None else 'no_data'}"
                ),
                primary=ranks[at] == "primary",
                lower_is_better=lower,
            )
        )
    return found


def _share(value: float | None, target: float | None) -> float | None:
    """A part of the target; none where the target is not above zero."""
    return None if value is None or not target or target <= 0 else value / target


def _short(kind: str) -> str:
    return "short_money" if kind == "money" else kind


def _alt(figures: TablePayload) -> str:
    goals = _bullets(figures)
    said = []
    for status in _ORDER:
        group = [goal for goal in goals if goal.status == status]
        if group:
            of = words.say("views.bullets.of", actual="{0}", target="{1}")
            texts = [of.format(goal.actual, goal.target) for goal in group]
            said.append(f"{group[0].word}: {listing([goal.name for goal in group], texts)}.")
    count = words.say_count("views.n.goals", len(goals))
    return alt_text("goal_bullets", figures=" ".join(said), count=count)
