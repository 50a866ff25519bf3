"""Finding of the hold-out plan: the first test, and the channels that need none."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import label, say, say_count
from crm_strategy.words.numbers import format_points, format_share


def holdout_plan_finding(plan: Data) -> Finding:
    """Size, length and rule of the first test, and the channels that no test could save."""
    rows = frame_of(plan)
    ready = _told(rows, "ready")
    hopeless = _told(rows, "cannot_pay")
    needless = " ".join(_needless(row) for _index, row in hopeless.iterrows())
    if ready.empty:
        name = label("channel", hopeless["channel"].iloc[0]) if len(hopeless) else ""
        title = "findings.holdout_plan.none_pays" if name else "findings.holdout_plan.none"
        return Finding("holdout_plan", title=say(title, channel=name), text=needless)
    first = ready.iloc[0]
    return Finding(
        "holdout_plan",
        title=say(
            "findings.holdout_plan.title",
            channel=label("channel", first["channel"]),
            customers=say_count("findings.of_customers", int(first["holdout_count"])),
            weeks=say_count("findings.weeks", int(first["weeks"])),
        ),
        text=say(
            "findings.holdout_plan.text",
            share=format_share(first["holdout_share"], digits=0),
            drop=format_points(first["break_even_drop"]).lstrip("+"),
            rate=format_share(first["rate"]),
            reached=say_count("findings.customers", int(first["customer_count"])),
        )
        + (f" {needless}" if needless else ""),
        figures={"weeks": int(first["weeks"]), "holdout_count": int(first["holdout_count"])},
    )


def _told(plan: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """Rows of a verdict whose customers, and those who ordered after a touch, may be told."""
    rows = without_small(plan, "customer_count")
    rows = rows[rows["verdict"] == verdict] if len(rows) else rows
    return rows[~rows["converted_count"].map(small).astype(bool)]


def _needless(row: pd.Series) -> str:
    """Why no test could tell to keep a channel."""
    return say(
        "findings.holdout_plan.cannot_pay",
        channel=label("channel", row["channel"]),
        reached=say_count("findings.customers", int(row["customer_count"])),
        rate=format_share(row["rate"]),
        drop=format_points(row["break_even_drop"]).lstrip("+"),
    )
