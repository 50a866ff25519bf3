"""Tables of who the customers are: attributes, the ideal customer, personas."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import with_value_names
from crm_strategy.views.privacy import rows_to_hide, with_hidden
from crm_strategy.views.ranges import with_range
from crm_strategy.views.repeat_privacy import without_few_repeats
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import few_beside, hide_telling_rates

OF_ATTRIBUTE = Suppress(count="customer_count", within=("attribute",))


def attributes_table(attributes: Data) -> Table:
    """Customers by attribute and value, and their revenue against the base's (100)."""
    rows = without_few_repeats(frame_of(attributes), within=["attribute"])
    return Table(
        with_value_names(with_range(rows, "count")),
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
    rows = frame_of(ideal)
    if rows.empty:
        return told_ideal_table(rows)
    gone = tops_to_hide(rows)
    ranged = with_range(rows, "count")
    hides = ("share_in_top", "share_in_all", "index", "low", "high", "range")
    hidden_rows = with_hidden(ranged, gone, hides=hides, within=[["attribute"]])
    # Hidden values stand last, by name: their place would tell them.
    kept = [place for place in range(len(rows)) if place not in set(gone)]
    last = hidden_rows.iloc[gone].sort_values(["attribute", "value"])
    return told_ideal_table(pd.concat([hidden_rows.iloc[kept], last]))


def told_ideal_table(rows: pd.DataFrame) -> Table:
    """The table of values that may be told, or whose figures are hidden already."""
    return Table(
        with_value_names(rows if "range" in rows else with_range(rows, "count")),
        id="ideal_customer",
        formats={"low": "count", "high": "count", "range": "interval"},
        layout=Layout(
            columns=(
                *("attribute", "value", "share_in_top", "share_in_all", "index", "range"),
                *("low", "high", "customer_count", "in_profile"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
            rows_shown=15,
        ),
    )


def tops_to_hide(ideal: pd.DataFrame) -> list[int]:
    """Positions of the rows to hide: few at the top or outside it, or what would tell these.

    The top customers of all values are known, by a share and its count; those of values that
    are not listed, being rare, are the rest, and a group as well. `is_told` says what would
    follow from the customers of each value in all.
    """
    counts = [float(n) for n in ideal["customer_count"]]
    names = list(ideal["attribute"])
    known = (ideal["customer_count"] / ideal["share_in_top"]).round().groupby(ideal["attribute"])
    listed = ideal.groupby("attribute")["customer_count"].sum()
    rest = (known.max() - listed).clip(lower=0).dropna()
    groups = [[*names, *rest.index]]
    hide = {*rows_to_hide([*counts, *(float(n) for n in rest)], groups=groups)}
    if "is_told" in ideal:
        hide |= {place for place, told in enumerate(ideal["is_told"]) if not told}
    return sorted(place for place in hide if place < len(counts))


def profile_fit_table(fit: Data) -> Table:
    """Customers like the most valuable ones, customers unlike them, and what each bring."""
    rows, ends = with_range(frame_of(fit), "share"), ("low", "high", "range")
    told = hide_telling_rates(
        rows, "top_rate", of="customer_count", hides=ends, within=[[]], tells="rate_tells"
    )
    if len(rows):
        hides = ("customer_share", "revenue", "revenue_share", "top_rate", *ends)
        told = with_hidden(told, fits_to_hide(rows), hides=hides, within=[[]])
    return Table(
        told.drop(columns=["size_tells", "rate_tells"], errors="ignore"),
        id="profile_fit",
        formats={"low": "share", "high": "share", "range": "interval"},
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


def fits_to_hide(fit: pd.DataFrame) -> list[int]:
    """Positions of the groups to hide: the small ones, and what would tell these.

    A group whose size leaves a few beside the values that lie within it is hidden as a small one.
    """
    counts = [float(n) for n in fit["customer_count"]]
    few = few_beside(fit, "size_tells")
    asked = [1.0 if place in few else n for place, n in enumerate(counts)]
    whole = [()] * len(counts)
    return sorted({*rows_to_hide(counts, groups=[whole]), *rows_to_hide(asked, groups=[whole])})
