"""Verdicts: whether a channel pays whatever rule shares out the credit."""

from typing import Final

import pandas as pd

from crm_strategy.analysis.channel_crowds import GUARDS, UNSHARED

VERDICTS: Final = ("pays", "depends", "never_pays", "no_margin", "no_cost")
"""Under every rule, under some, under none; open, for the margin is not known; no verdict, for
the cost or the credit is not."""

COLUMNS: Final = (
    *("channel", "cost", "low", "high", "value_low", "value_high", "roi_low", "roi_high"),
    *("verdict", "conversion_count", "margin_share", "break_even_share", "roi_basis"),
    *("value_least", "value_most", "roi_least", "roi_most"),
    *UNSHARED,
    *GUARDS,
)


def channel_verdicts(
    attribution: pd.DataFrame,
    channels: pd.DataFrame,
    intervals: pd.DataFrame | None = None,
    *,
    margin_rate: float | None = None,
) -> pd.DataFrame:
    """Hold what each rule credits a channel with against what the channel cost.

    A channel pays under a rule whose credited value × margin rate reaches its cost. The margin
    rate is one for all channels, so that journeys from ready-made paths are judged as those from
    touches. With intervals, `pays` and `never_pays` must hold at their ends too: what chance
    could turn round `depends`. Where no margin is known, revenue is the most it can be: what does
    not pay with that never pays, the rest is `no_margin`, but for what costs nothing. Rules share
    out what was observed; that a channel pays under all is no proof.

    Parameters
    ----------
    attribution
        As `attribution` returns it.
    channels
        `channel`, `cost` (money of the same period; NaN where unknown).
    intervals
        As `attribution_intervals` returns them, of the same paths; None leaves chance out.
    margin_rate
        Margin of a unit of revenue, see `lifetime_value.expected_margin_rate`; None: not known.

    Returns
    -------
    DataFrame
        One row per channel with credit or a cost, by name: `channel`, `cost`, `low` and `high`
        (orders over the rules), `value_low`, `value_high` (money), `roi_low`, `roi_high` =
        (value × margin rate − cost) / cost, `verdict` (one of `VERDICTS`), `conversion_count`,
        `margin_share` (the margin rate; 1 where not known), `break_even_share` = cost / highest
        value (the margin at which the most generous rule just covers the cost), `roi_basis`
        (`margin`, or `revenue` where no margin is known), `value_least`, `value_most` (money:
        95 % bounds of the lowest and the highest rule; NaN without intervals), `roi_least`,
        `roi_most` (of these), and the rules `UNSHARED` and the `GUARDS` (as given, for those who
        hide small groups). A channel with a cost and without any touch has no credit to be
        judged by.
    """
    known = attribution[attribution["channel"].notna()].set_index("channel")
    paid = channels.set_index("channel")
    margin = 1.0 if margin_rate is None else margin_rate
    kept = ["low", "high", "value_low", "value_high", "conversion_count"]
    kept += [*UNSHARED, *GUARDS]
    drawn = _drawn_ends(intervals)
    table = known[kept].join(drawn).join(paid[["cost"]].astype("float64"), how="outer")
    cost = table["cost"].where(table["cost"] > 0)
    for end in ("low", "high", "least", "most"):
        table[f"roi_{end}"] = (table[f"value_{end}"] * margin - cost) / cost
    table["margin_share"] = margin
    table["break_even_share"] = cost / table["value_high"].where(table["value_high"] > 0)
    table["roi_basis"] = "revenue" if margin_rate is None else "margin"
    low = table["value_least"].fillna(table["value_low"]) * margin - table["cost"]
    high = table["value_most"].fillna(table["value_high"]) * margin - table["cost"]
    is_known = (table["cost"] == 0) | (margin_rate is not None)
    table["verdict"] = [_verdict(*row) for row in zip(low, high, is_known, strict=True)]
    table = table.rename_axis("channel").sort_index().reset_index()
    return table[list(COLUMNS)]


def _drawn_ends(intervals: pd.DataFrame | None) -> pd.DataFrame:
    """Lowest and highest bound of the value of each channel over all rules."""
    if intervals is None or intervals.empty:
        return pd.DataFrame({"value_least": [], "value_most": []}, dtype="float64")
    by_channel = intervals.groupby("channel")
    ends = by_channel["value_low"].min(), by_channel["value_high"].max()
    return pd.DataFrame(dict(zip(("value_least", "value_most"), ends, strict=True)))


def _verdict(low: float, high: float, is_known: bool) -> str:
    if pd.isna(low) or pd.isna(high):
        return "no_cost"
    if high < 0:
        return "never_pays"
    if not is_known:
        return "no_margin"
    return "pays" if low >= 0 else "depends"
