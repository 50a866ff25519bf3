"""Tables of how customers respond: by channel, where they stopped, which leads are hot."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.stop_privacy import told_stops
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates

ENDS = {"low": "share", "high": "share", "range": "interval"}
RATE = ("response_rate", "low", "high", "range")
RESPONDED = (
    Suppress(count="customer_count"),
    Suppress(count="response_count", hides=RATE),
)


def responses_table(responses: Data) -> Table:
    """Contacts and answers by channel."""
    rows = with_range(frame_of(responses), "share")
    answered = hide_telling_rates(
        rows,
        "response_rate",
        of="customer_count",
        hides=("response_count", *RATE[1:]),
        tells="rate_tells",
    ).drop(columns=["rate_tells", "silent_count"], errors="ignore")
    return Table(
        hide_telling_rates(answered, "conversion_rate", of="customer_count"),
        id="responses",
        formats=ENDS,
        suppress=RESPONDED,
        layout=Layout(
            columns=(
                *("channel", "touch_count", "customer_count", "response_count"),
                *("response_rate", "range", "conversion_rate", "low", "high"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )


def stopped_at_table(
    stopped: Data, responses: "Data | None" = None, total: "Data | None" = None
) -> Table:
    """Where customers stopped on the way to an order.

    Parameters
    ----------
    stopped
        Result of `purchase_stops.stopped_at`.
    responses
        Result of `responses.responses`, which may tell of one channel how many went on.
    total
        Result of `lifetime_value.total_value`: how many customers there are.
    """
    return Table(
        told_stops(stopped, responses, total),
        id="stopped_at",
        layout=Layout(words={"stage": STAGES}),
    )


STAGES = ("segments.{}.name", "plan.stage.{}", "views.funnel.{}")


def hot_leads_table(leads: Data) -> Table:
    """Leads by how probable an order is, with what came of earlier ones."""
    rows = with_range(frame_of(leads), "share")
    return Table(
        hide_telling_rates(rows, "observed_rate", of="lead_count", hides=tuple(ENDS)),
        id="hot_leads",
        formats=ENDS,
        suppress=(Suppress(count="lead_count"), Suppress(count="open_count", hides=())),
        layout=Layout(
            columns=(
                *("band", "lead_count", "open_count", "expected_rate", "observed_rate"),
                *("range", "low", "high"),
            ),
            words={"band": "value.band.{}"},
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )
