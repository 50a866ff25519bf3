"""Tables of who the customers are: attributes, the ideal customer, personas."""

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import with_value_names
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates

OF_ATTRIBUTE = Suppress(count="customer_count", within=("attribute",))


def attributes_table(attributes: Data) -> Table:
    """Customers by attribute and value, and their revenue against the base's (100)."""
    return Table(
        with_value_names(with_range(frame_of(attributes), "count")),
        id="attributes",
        formats={"low": "count", "high": "count", "range": "interval"},
        suppress=(OF_ATTRIBUTE,),
        layout=Layout(
            columns=(
                *("attribute", "value", "customer_count", "revenue", "average_order_value"),
                *("index", "range", "low", "high", "customer_share", "kind"),
            ),
            words={"kind": "attributes.kind.{}"},
            sheet_only=("low", "high", "kind"),
            page_only=("range",),
            rows_shown=16,
            ranked=True,
        ),
    )


def ideal_customer_table(ideal: Data) -> Table:
    """What is more frequent among the most valuable customers than in the base."""
    return Table(
        with_value_names(with_range(frame_of(ideal), "count")),
        id="ideal_customer",
        formats={"low": "count", "high": "count", "range": "interval"},
        suppress=(OF_ATTRIBUTE,),
        layout=Layout(
            columns=(
                *("attribute", "value", "share_in_top", "share_in_all", "index", "range"),
                *("low", "high", "customer_count", "in_profile"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
            rows_shown=15,
            ranked=True,
        ),
    )


def profile_fit_table(fit: Data) -> Table:
    """Customers like the most valuable ones, customers unlike them, and what each bring."""
    rows, ends = with_range(frame_of(fit), "share"), ("low", "high", "range")
    return Table(
        hide_telling_rates(rows, "top_rate", of="customer_count", hides=ends, within=[[]]),
        id="profile_fit",
        formats={"low": "share", "high": "share", "range": "interval"},
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("group", "customer_count", "customer_share", "revenue", "revenue_share"),
                *("top_rate", "range", "low", "high"),
            ),
            words={"group": "value.group.{}"},
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )
