"""KPIs by group: every figure of every group and period, each table read once a breakdown."""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.data_reach import kpi_reach
from crm_strategy.analysis.group_members import by_period, in_groups, members_then, span_table
from crm_strategy.analysis.group_orders import group_counts, order_cells
from crm_strategy.analysis.kpi_groups import ACQUISITION, SEGMENT, Groups
from crm_strategy.analysis.kpis import COLUMNS as KPI_COLUMNS
from crm_strategy.analysis.kpis import KPI_IDS, kpi_rows
from crm_strategy.analysis.loyalty import LOYAL
from crm_strategy.analysis.members import OTHER, UNKNOWN
from crm_strategy.analysis.spans import PeriodLike, Span, layers, spans_of
from crm_strategy.analysis.spending import marketing_costs
from crm_strategy.analysis.survey_counts import group_survey_counts
from crm_strategy.analysis.touch_counts import group_touch_counts, touch_cells

OF_LINES: Final = (
    *("revenue", "gross_margin", "order_count", "active_customers"),
    *("repeat_rate", "average_order_value", "purchase_frequency"),
)
"""KPIs of order lines. An order holds several categories: for which of them somebody came is
not known, so none has new or retained customers."""

OF_ORDERS: Final = (*OF_LINES, "new_customers", "customer_retention_rate", "churn_rate")
"""KPIs of orders. The rest are of customers, who may order through several channels."""

COLUMNS: Final = ("breakdown", "group", *KPI_COLUMNS, "buyers", "members", "actives", "within")
_MEANINGFUL: Final = {
    "customers": tuple(kpi for kpi in KPI_IDS if kpi != "roi"),
    "orders": OF_ORDERS,
    "lines": OF_LINES,
}


def kpi_breakdowns(
    groups: Iterable[Groups],
    *,
    orders: ibis.Table,
    touches: ibis.Table | None = None,
    surveys: ibis.Table | None = None,
    costs: ibis.Table | None = None,
    segments: ibis.Table | None = None,
    periods: Sequence[PeriodLike],
    active_days: int,
    conversion_days: int = 30,
    lookback_days: int = 30,
    margin_rate: float | None = None,
    discount_rate: float = 0.0,
    channel_terms: pd.DataFrame | None = None,
    first_day: date | None = None,
) -> pd.DataFrame:
    """Every KPI of every group and period, with 95 % intervals of shares and means.

    *Customers* in groups: each KPI is that of the group's customers as if they were all.
    Numerators and denominators add up to those of all customers, so KPIs recombine as Σ / Σ.
    Segments are those at the end of each period, as goals take them: what a customer did in
    the period decides the segment, too, so compare a segment with its own past only.

    *Orders* in groups, such as channels: revenue, margin, orders and new customers (the
    channel of the first order of all) add up to the total; customers do not, for one may order
    in several. Active customers, buyers and their frequency count orders of the group alone.
    Retention: of those active in the group, who was so anywhere at the end, for who changes
    the channel is not lost.

    *Order lines* in groups, such as categories: revenue and margin are of the lines and add up
    to those of all lines; an order counts in each category that it holds, and its average is
    the category's revenue per order that holds it.

    A KPI has no value where it has no meaning: those of customers for orders and lines
    (`OF_ORDERS`, `OF_LINES`), the share of loyal customers for segments, of which it is one,
    costs but for the channel that brought the customer (`source_channel`), and ROI: an order
    is credited to the last touch, not to a group.

    Parameters
    ----------
    groups
        Result of `kpi_groups.kpi_groups`.
    orders, touches, surveys, costs, periods, active_days
        As in `kpis.kpi_history`; surveys with `customer_id`.
    segments
        Result of `loyalty.period_segments`, of all periods; without it no group has a share of
        loyal customers.
    conversion_days, lookback_days, margin_rate, discount_rate, channel_terms, first_day
        As in `kpis.kpi_history`.

    Returns
    -------
    DataFrame
        `breakdown`, `group` and the columns of `kpis.kpi_history`, whose `customers` are here
        those who ordered or returned something, `buyers` (those who ordered), `members` (the
        group's customers who ordered until the period's end, as segments have; where orders or
        lines are divided, all who ordered), `actives` (all active customers, where orders or
        lines are divided; else NaN), `within` (as of `kpi_groups.Groups`, of the group): one row
        per group, KPI and period, groups by revenue of the last period, then `other` and
        `unknown`.
        No value before the first order of a group.
    """
    spans = spans_of(periods)
    window = max([active_days, *(span.days for span in spans)])
    found = list(groups)
    parts: dict[str, list[pd.DataFrame]] = {each.breakdown: [] for each in found}
    everyone = []
    for layer in layers(spans):
        cells = order_cells(orders, layer, active_days=window).cache()
        contacts = None
        if touches is not None and any(each.divides == "customers" for each in found):
            contacts = touch_cells(orders, touches, layer, conversion_days=conversion_days).cache()
        if any(each.divides != "customers" for each in found):
            everyone.append(group_counts(cells.mutate(group=ibis.literal("")), layer))
        for each in found:
            if each.divides != "customers":
                own = order_cells(each.table, layer, active_days=window, group="group").cache()
                parts[each.breakdown].append(group_counts(own, layer))
                continue
            members = each.table
            counted = [group_counts(cells, layer, members=members)]
            if contacts is not None:
                counted.append(group_touch_counts(contacts, members, layer))
            if surveys is not None:
                counted.append(group_survey_counts(surveys, members, layer))
            if segments is not None and each.breakdown != SEGMENT:
                counted.append(_loyal(segments, members, layer))
            if costs is not None and touches is not None and each.breakdown == ACQUISITION:
                spent = marketing_costs(
                    costs, touches, layer, channel_terms=channel_terms, names=each.names
                )
                counted.append(spent)
            parts[each.breakdown].append(pd.concat(counted, axis="columns"))
    terms: dict[str, Any] = {"margin_rate": margin_rate, "discount_rate": discount_rate}
    terms |= {"first_day": first_day, "active_days": active_days}
    if first_day is not None:
        terms["reach"] = kpi_reach(touches, costs, lookback_days=lookback_days)
    terms["whole"] = pd.concat(everyone).droplevel("group") if everyone else None
    tables = [_kpis(each, pd.concat(parts[each.breakdown]), spans, **terms) for each in found]
    some = [table for table in tables if len(table)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame(columns=list(COLUMNS))


def group_actuals(
    breakdowns: pd.DataFrame, *, breakdown: str, period: PeriodLike
) -> dict[tuple[str, str], float | None]:
    """The values of one period as goals ask for them: by KPI and group.

    Parameters
    ----------
    breakdowns
        Result of `kpi_breakdowns`.
    breakdown
        Whose groups, such as `segment`.
    period
        The period.
    """
    asked = breakdowns["breakdown"].eq(breakdown) & breakdowns["period"].eq(period.id)
    return {
        (kpi, group): None if pd.isna(value) else float(value)
        for kpi, group, value in breakdowns.loc[asked, ["kpi", "group", "value"]].itertuples(
            index=False, name=None
        )
    }


def _kpis(
    groups: Groups, counts: pd.DataFrame, spans: Sequence[Span], **terms: Any
) -> pd.DataFrame:
    """The KPIs of each group of a breakdown."""
    periods = [span.id for span in spans]
    last = counts[counts.index.get_level_values("period") == periods[-1]]
    revenue = last["revenue"].droplevel("period").fillna(0.0)
    parts = [
        _of_group(groups, name, counts.xs(name, level="group").reindex(periods), spans, **terms)
        for name in sorted(
            counts.index.unique("group"),
            key=lambda name: (name == UNKNOWN, name == OTHER, -revenue.get(name, 0.0), name),
        )
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(parts)[list(COLUMNS)]
    known = table["kpi"].isin(_MEANINGFUL[groups.divides])
    figures = ["value", "low", "high", "n", "smallest_count"]
    table[figures] = table[figures].where(known)
    # Orders of a group beside its customers are guarded where groups are shown.
    of_orders = table["kpi"].eq("purchase_frequency")
    table["smallest_count"] = table["smallest_count"].mask(of_orders)
    return table if groups.divides == "customers" else table.assign(smallest_count=_told(table))


def _of_group(
    groups: Groups,
    name: str,
    counts: pd.DataFrame,
    spans: Sequence[Span],
    *,
    whole: pd.DataFrame | None,
    **terms: Any,
) -> pd.DataFrame:
    """The KPIs of a group, with the customers that other tables may tell of it."""
    rows = kpi_rows(counts, spans, **terms)
    members, actives = counts["ever"], pd.Series(math.nan, index=counts.index)
    if whole is not None and groups.divides != "customers":
        members, actives = whole["buyers"], whole["active_end"]
    return rows.assign(
        breakdown=groups.breakdown,
        group=name,
        buyers=rows["period"].map(counts["buyers"]),
        members=rows["period"].map(members),
        actives=rows["period"].map(actives),
        within=[groups.within.get(name, ())] * len(rows),
    )


def _told(table: pd.DataFrame) -> pd.Series:
    """The fewest customers that a KPI of orders tells: they belong to several groups, so the
    stages of the lifecycle do not add up and tell no more.
    """
    counted = table["value"].where(table["kpi"].isin(["active_customers", "new_customers"]))
    shared = table["kpi"].isin(["customer_retention_rate", "churn_rate", "repeat_rate"])
    cases = (table["value"] * table["n"]).round().where(shared)
    sides = pd.concat([counted, cases, table["n"] - cases], axis="columns")
    return sides.where(sides > 0).min(axis="columns")


def _loyal(segments: ibis.Table, members: ibis.Table, layer: Sequence[Span]) -> pd.DataFrame:
    """As `loyalty.loyal_counts`, by group."""
    standing = segments.join(span_table(layer), "period").select(*segments.columns, "bucket")
    placed = in_groups(standing, members_then(members, layer))
    counted = placed.group_by("group", "bucket").agg(
        loyal=_.segment.isin(LOYAL).sum(), scored=_.count()
    )
    return by_period(counted.to_pandas(), layer)
