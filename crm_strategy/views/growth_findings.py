"""Findings of chapter 5: whom to win back, and whom to remind."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import format_count, format_share, format_short_money


def win_back_finding(lapsed: Data) -> Finding:
    """How many customers lapsed in the period, and what they had brought."""
    rows = frame_of(lapsed)
    customers = int(rows["customer_count"].sum())
    if customers == 0 or small(customers):
        return Finding("win_back", title=say("findings.win_back.none"))
    shown = without_small(rows, "customer_count")
    text = ""
    if len(shown):
        top = shown.sort_values(["past_revenue", "segment"], ascending=[False, True]).iloc[0]
        text = say(
            "findings.win_back.text",
            segment=say(f"segments.{top['segment']}.name"),
            share=format_share(top["past_revenue"] / rows["past_revenue"].sum(), digits=0),
            customers=say_count("findings.customers", int(top["customer_count"])),
        )
    return Finding(
        "win_back",
        title=say(
            "findings.win_back.title",
            customers=say_count("findings.customers", customers),
            revenue=format_short_money(rows["past_revenue"].sum()),
        ),
        text=text,
        severity="watch",
        figures={"customer_count": customers, "past_revenue": float(rows["past_revenue"].sum())},
    )


def replenishment_finding(due: Data) -> Finding:
    """The product most customers are due to buy again."""
    rows = frame_of(due)
    rows = without_small(rows, "due_count").query("due_count > 0")
    if rows.empty:
        return Finding("replenishment", title=say("findings.replenishment.none"))
    top = rows.sort_values(["due_count", "product"], ascending=[False, True]).iloc[0]
    return Finding(
        "replenishment",
        title=say(
            "findings.replenishment.title",
            customers=say_count("findings.customers", int(top["due_count"])),
            product=top["product"],
            days=say_count("findings.days", round(top["median_days"])),
        ),
        text=say("findings.replenishment.text", products=format_count(len(rows))),
        figures={"due_count": int(top["due_count"]), "median_days": float(top["median_days"])},
    )
