"""Tables of what customers say: satisfaction, its value, and who answers at all."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates

BANDS = ("segments.{}.name",)
GROUPS = "value.group.{}"
ENDS = {"low": "share", "high": "share", "range": "interval"}


def satisfaction_table(satisfaction: Data) -> Table:
    """Customers by what they answered last: revenue, and how many bought again."""
    rows = with_range(frame_of(satisfaction), "share")
    return Table(
        hide_telling_rates(
            rows, "repeat_rate", of="customer_count", hides=tuple(ENDS), within=[["kind"]]
        ),
        id="satisfaction",
        formats=ENDS,
        suppress=(Suppress(count="customer_count", within=("kind",)),),
        layout=Layout(
            columns=(
                *("band", "kind", "customer_count", "revenue", "repeat_rate", "range"),
                *("low", "high"),
            ),
            words={"band": BANDS, "kind": "value.survey.{}"},
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )


def satisfaction_value_table(grid: Data) -> Table:
    """Satisfaction against value: whose revenue is at risk."""
    return Table(
        grid,
        id="satisfaction_value",
        suppress=(Suppress(count="customer_count", within=("band", "value_group", ())),),
        layout=Layout(words={"band": BANDS, "value_group": GROUPS}),
    )


def respondents_table(respondents: Data) -> Table:
    """Customers who answered beside those who did not: do the answers speak for all?"""
    rows = with_range(frame_of(respondents), "share")
    return Table(
        hide_telling_rates(
            rows, "repeat_rate", of="customer_count", hides=tuple(ENDS), within=[[]]
        ),
        id="respondents",
        formats=ENDS,
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("group", "customer_count", "revenue_per_customer", "average_order_value"),
                *("repeat_rate", "range", "low", "high"),
            ),
            words={"group": GROUPS},
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )
