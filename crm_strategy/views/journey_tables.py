"""Tables of the touchpoints chapter: use, target actions, funnel, steps between channels."""

from crm_strategy import words
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.flow_privacy import touches_told, without_telling_steps
from crm_strategy.views.journey_names import STEP_WORDS, counts_minutes
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.step_privacy import without_telling_stages
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates

STEP_NAMES = ("views.step.{}", "label:channel")
"""Names of journey steps: start, conversion and end, else the channel's own."""

REACHED = (
    Suppress(count="customer_count"),
    Suppress(count="converted_count", hides=("conversion_rate",)),
)


def touchpoints_table(touchpoints: Data) -> Table:
    """The touchpoints of the plan with their measured use."""
    layout = Layout(
        columns=(
            "touchpoint_id",
            "touchpoint",
            "channel",
            "place",
            "stage",
            "evidence",
            "touch_count",
            "customer_count",
            "conversion_rate",
            "pain",
            "owner",
            "converted_count",
        ),
        words={"stage": "plan.stage.{}"},
        sheet_only=("touchpoint_id", "pain", "owner", "converted_count"),
    )
    rows = hide_telling_rates(
        frame_of(touchpoints), "conversion_rate", of="customer_count", hides=("converted_count",)
    )
    return Table(rows, id="touchpoints", suppress=REACHED, layout=layout)


def touchpoint_actions_table(actions: Data) -> Table:
    """What each segment should do next at each touchpoint: what is agreed, then the gaps."""
    rows = frame_of(actions).copy()
    agreed = 0
    if len(rows):
        gap = rows["target_action"].isna()
        agreed = int((~gap).sum())
        rows = rows.assign(_gap=gap).sort_values("_gap", kind="stable")
        rows["target_action"] = rows["target_action"].fillna(words.say("plan.gap"))
    layout = Layout(
        columns=(
            *("segment", "touchpoint", "target_action", "kpi", "customer_count"),
            *("conversion_rate", "evidence", "message", "offer", "touchpoint_id"),
        ),
        sheet_only=("message", "offer", "touchpoint_id"),
        rows_shown=max(agreed, 10),
    )
    if "conversion_rate" in rows:
        rows = hide_telling_rates(
            rows, "conversion_rate", of="customer_count", within=[["touchpoint_id"]]
        )
    return Table(
        rows,
        id="touchpoint_actions",
        suppress=(
            Suppress(count="customer_count", hides=("conversion_rate",), within=("touchpoint_id",)),
        ),
        layout=layout,
    )


def funnel_table(funnel: Data) -> Table:
    """Customers at each stage, the share of the stage before and of the first."""
    rows = frame_of(funnel)
    of_sessions = "median_minutes" in rows and counts_minutes(rows)
    layout = Layout(
        columns=(
            *("stage", "customer_count", "step_rate", "overall_rate"),
            *(("median_minutes", "journey_count") if of_sessions else ("median_days",)),
        ),
        words={"stage": STEP_WORDS},
        sheet_only=("journey_count",),
    )
    return Table(
        without_telling_stages(rows) if len(rows) else rows,
        id="funnel",
        formats={"median_minutes": "count"},
        suppress="customer_count",
        layout=layout,
    )


def transitions_table(transitions: Data) -> Table:
    """Steps from channel to channel, most frequent first."""
    steps = frame_of(transitions)
    if len(steps):
        steps = steps.sort_values(["n", "source", "target"], ascending=[False, True, True])
    layout = Layout(
        columns=("source", "target", "n", "share"),
        words={"source": STEP_NAMES, "target": STEP_NAMES},
        rows_shown=15,
        ranked=True,
    )
    total = int(steps["n"].sum()) if len(steps) and touches_told(steps) else None
    return Table(
        without_telling_steps(steps) if len(steps) else steps,
        id="transitions",
        formats={"n": "count", "share": "share"},
        suppress="n",
        layout=layout,
        basis=Basis(n=total, unit="steps"),
    )
