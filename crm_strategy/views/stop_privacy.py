"""Where purchases stopped: stages to hide beside buyers and answers that other tables tell."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kind_privacy import stops_of_hidden_size
from crm_strategy.views.privacy import rows_to_hide, small, with_hidden

DONE = ("ordered", "lead_won", "order_open", "lead_open")
"""Stages at which nobody has stopped: what is open still goes on."""

ORDERED, RESPONDED, CONTACTED = "ordered", "responded", "contacted"
"""Stages: who ordered, who answered and went no further, who did not even answer."""


def stops_to_hide(
    stopped: pd.DataFrame, responses: "Data | None" = None, total: "Data | None" = None
) -> list[int]:
    """Positions of the stages to hide: the small ones, and what would tell these.

    Those who ordered are the buyers of the KPIs: only the other stages can hide one another. Of
    a single channel, those who answered less those who stopped there went on, and few of
    them may not be told either; nor few who went on without an answer, of a channel or of the
    segment of those who never answered any. Where segments by the same stages are told, so is
    the difference: who stands at a stage and never ordered.

    Parameters
    ----------
    stopped
        Result of `purchase_stops.stopped_at`.
    responses
        Result of `responses.responses` of the same period.
    total
        Result of `lifetime_value.total_value`: how many customers there are. Few with whom
        nothing went on may not be told either.
    """
    counts = [float(n) for n in stopped["customer_count"]]
    stages = list(stopped["stage"])
    inside = _in_segments(stopped)
    went_on = _went_on(dict(zip(stages, counts, strict=True)), responses)
    beside = _beside_silent(dict(zip(stages, inside or counts, strict=True)), responses)
    # A stage whose difference is a few is hidden as a small one is.
    asked = [
        1.0 if small(went_on.get(stage)) or (stage == CONTACTED and small(beside)) else n
        for stage, n in zip(stages, counts, strict=True)
    ]
    known = [stage == ORDERED for stage in stages]
    hide = {*rows_to_hide(counts, groups=[known]), *rows_to_hide(asked, groups=[known])}
    rest = _untold(stopped, total)
    if small(rest):
        wholes = [*map(str, known), "False"]
        hide |= {*rows_to_hide([*counts, rest], groups=[wholes])} - {len(counts)}
    if inside:
        unseen = stops_of_hidden_size(dict(zip(stages, inside, strict=True)))
        outside = [n - of for n, of in zip(counts, inside, strict=True)]
        hide |= {place for place, stage in enumerate(stages) if stage in unseen}
        hide |= {*rows_to_hide(outside, groups=[known])}
        if small(sum(outside)):
            hide |= {place for place, ordered in enumerate(known) if not ordered}
    return sorted(hide)


def shares_tell(stopped: pd.DataFrame, total: "Data | None") -> bool:
    """Whether shares of all who stand at a stage tell the few who stand at none."""
    return small(_untold(stopped, total))


def _untold(stopped: pd.DataFrame, total: "Data | None") -> float:
    """Customers with whom nothing went on: all less those of the stages."""
    if total is None:
        return 0.0
    counts = _in_segments(stopped) or [float(n) for n in stopped["customer_count"]]
    return float(frame_of(total)["customer_count"].sum()) - sum(counts)


def _in_segments(stopped: pd.DataFrame) -> list[float]:
    """Customers of each stage whom segments hold; none where no segments are told."""
    if "segment_count" not in stopped or stopped["segment_count"].isna().any():
        return []
    return [float(n) for n in stopped["segment_count"]]


def told_stops(
    stopped: Data, responses: "Data | None" = None, total: "Data | None" = None
) -> pd.DataFrame:
    """The stages with those hidden that would tell a few; arguments as in `stops_to_hide`."""
    rows = frame_of(stopped)
    if rows.empty:
        return rows
    places = stops_to_hide(rows, responses, total)
    known = rows.assign(known=rows["stage"] == ORDERED)
    inside = _in_segments(rows)
    apart = float(rows["customer_count"].sum()) - sum(inside) if inside else 0.0
    if small(apart) or small(_untold(rows, total)):
        # The share of one stage would tell how many all are, in segments or not.
        known = known.assign(share=None)
    told = with_hidden(known, places, hides=("share",), within=[["known"]])
    return told.drop(columns=["known", "segment_count"], errors="ignore")


def _went_on(counts: dict[str, float], responses: "Data | None") -> dict[str, float]:
    """How many went on from the stages of a contact, where one channel tells it."""
    rows = frame_of([] if responses is None else responses)
    if len(rows) != 1 or rows["response_count"].isna().any():
        return {}
    answered = float(rows["response_count"].iloc[0])
    silent = float(rows["customer_count"].iloc[0]) - answered
    return {
        RESPONDED: answered - counts.get(RESPONDED, 0.0),
        CONTACTED: silent - counts.get(CONTACTED, 0.0),
    }


def _beside_silent(counts: dict[str, float], responses: "Data | None") -> float:
    """How many more never answered than were contacted and went no further, or fewer."""
    rows = frame_of([] if responses is None else responses)
    if rows.empty or "silent_count" not in rows or CONTACTED not in counts:
        return 0.0
    return abs(float(rows["silent_count"].iloc[0]) - counts[CONTACTED])
