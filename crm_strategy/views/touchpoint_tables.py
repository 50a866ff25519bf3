"""Tables of the touchpoint map: what it lacks, and the canvas for the workshop's wall."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import SEGMENT_COLUMN, word_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.table import Table
from crm_strategy.words import say

GRADES: Final = {"measured": "●", "partial": "◐", "assumed": "○"}
"""Signs of the evidence, as the canvas prints them."""


def touchpoint_coverage_table(coverage: Data) -> Table:
    """Touchpoints used without a plan, planned ones without use, segments without an action."""
    rows = frame_of(coverage)
    if len(rows):
        rows = rows.assign(
            name=[_name(gap, name) for gap, name in zip(rows["gap"], rows["name"], strict=True)]
        )
    return Table(
        rows,
        id="touchpoint_coverage",
        suppress=(
            Suppress(count="customer_count"),
            # All touches of a place would tell those of the touchpoint that few customers met.
            Suppress(count="smallest_count", hides=("touch_count",)),
        ),
        layout=Layout(
            words={"gap": "journeys.gap.{}"},
            sheet_only=("smallest_count",),
            page_only=("smallest_count",),
            rows_shown=14,
        ),
    )


def _name(gap: str, name: str) -> str:
    if gap == "bare_segment":
        return word_of(name, ("segments.{}.name", "label:segment")) or name
    if gap in ("online", "offline"):
        return say("journeys.coverage.touchpoints", count=name)
    return word_of(name, ("label:touchpoint",)) or name


def touchpoint_canvas_table(actions: Data, touchpoints: Data) -> Table:
    """Touchpoints by segments with the target action of each cell, for a sheet of A4."""
    cells, plan = frame_of(actions), frame_of(touchpoints)
    rows: list[dict[str, object]] = []
    if len(cells):
        segments = list(dict.fromkeys(cells["segment"]))
        stages = plan.set_index("touchpoint_id")["stage"].to_dict()
        for touchpoint, group in cells.groupby("touchpoint_id", sort=False):
            by_segment = group.set_index("segment")
            row: dict[str, object] = {
                "touchpoint": group["touchpoint"].iloc[0],
                "stage": word_of(stages.get(touchpoint), ("plan.stage.{}",)),
            }
            row |= {SEGMENT_COLUMN + each: _cell(by_segment.loc[each]) for each in segments}
            rows.append(row)
    return Table(
        rows,
        id="touchpoint_canvas",
        layout=Layout(look="canvas", columns=tuple(rows[0]) if rows else ()),
    )


def _cell(cell: pd.Series) -> str:
    sign = GRADES[str(cell["evidence"])]
    return f"{sign} {cell['target_action']}" if pd.notna(cell["target_action"]) else sign
