"""Tables of customer value: the models, how well they foresaw, who comes back."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.payload import hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.ranges import with_range
from crm_strategy.views.segment_tables import customers_in
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates
from crm_strategy.words import voice

BANDS = "value.band.{}"
ROUNDING = 1e-6
FEW_BUYERS = "few_buyers"
MODEL_FIGURES = ("value", "range", "low", "high", "log_likelihood", "holdout_error")
RENEWED = ("renewed_count", "range", "low", "high")


def value_models_table(models: Data) -> Table:
    """Parameters with their intervals, fit and holdout error; the chosen model is named.

    A parameter without an interval is a dash, as the data do not hold it; of a few customers
    nothing is told but the reason.
    """
    return Table(
        told_models(with_range(frame_of(models), "exact")),
        id="value_models",
        formats={
            "value": "exact",
            "low": "exact",
            "high": "exact",
            "range": "interval",
            "holdout_error": "ratio",
        },
        layout=Layout(
            columns=(
                *("model", "parameter", "value", "range", "low", "high"),
                *("log_likelihood", "holdout_error", "chosen", "problem"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )


def of_few_buyers(models: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the figures of a model would tell the behaviour of a few customers."""
    if "customer_count" not in models:
        return pd.Series(data=False, index=models.index)
    known = models[["value", "holdout_error"]].notna().any(axis=1)
    return models["customer_count"].map(small).astype(bool) & known


def told_models(models: pd.DataFrame) -> pd.DataFrame:
    """The models without what the data do not hold, or a few customers' behaviour."""
    if models.empty:
        return models
    few, loose = of_few_buyers(models), models["value"].notna() & models["low"].isna()
    unnamed = loose & (models["problem"].fillna("") == "")
    rows = models.assign(
        value=models["value"].mask(loose),
        problem=models["problem"].mask(unnamed, "not_held").mask(few, FEW_BUYERS),
    )
    for name in MODEL_FIGURES:
        if name in rows:
            cells = zip(rows[name], few & models[name].notna(), strict=True)
            told = [hidden() if gone else value for value, gone in cells]
            rows[name] = pd.Series(told, index=rows.index, dtype="object")
    return rows


def value_holdout_table(holdout: Data) -> Table:
    """Orders foreseen and orders that came, by how often customers had bought before."""
    return Table(
        without_few_orders(frame_of(holdout)),
        id="value_holdout",
        formats={"frequency": "text", "actual": "ratio", "expected": "ratio"},
        suppress=(Suppress(count="customer_count", within=("model",)),),
        layout=Layout(rows_shown=8),
    )


def without_few_orders(holdout: pd.DataFrame) -> pd.DataFrame:
    """The orders that came, but those of a few: `actual` orders a customer, times customers."""
    if holdout.empty:
        return holdout
    pairs = zip(holdout["actual"], holdout["customer_count"], strict=True)
    told = [
        hidden() if mean == mean and small(round(mean * count)) else mean for mean, count in pairs
    ]
    return holdout.assign(actual=pd.Series(told, index=holdout.index, dtype="object"))


def value_curve_table(curve: Data, total: Data) -> Table:
    """Share of revenue and of expected value that the most valuable customers hold.

    Parameters
    ----------
    curve
        Result of `value_segments.value_curve`.
    total
        Result of `lifetime_value.total_value`: how many customers there are.
    """
    return Table(wide_steps(curve, total), id="value_curve", layout=Layout(rows_shown=11))


def wide_steps(curve: Data, total: Data) -> pd.DataFrame:
    """The points of the curve that are a group of customers apart, which may be shown."""
    rows, count = frame_of(curve), float(frame_of(total)["customer_count"].sum())
    if rows.empty:
        return rows
    # Beside the end of a tier a point would tell of the few between them.
    gaps = rows.get("gap", pd.Series(index=rows.index, dtype="float64"))
    rows = rows[~gaps.map(small)].drop(columns="gap", errors="ignore").reset_index(drop=True)
    kept = [0]
    for at, share in enumerate(rows["customer_share"]):
        if count * (share - rows["customer_share"].iloc[kept[-1]]) >= voice().min_cell - ROUNDING:
            kept.append(at)
    last = len(rows) - 1
    # The last group may be too small: it joins the one before.
    kept = kept if kept[-1] == last else [*kept[:-1], last]
    return rows.iloc[kept].reset_index(drop=True) if len(kept) > 2 else rows.head(0)


def subscription_table(retention: Data) -> Table | None:
    """Renewals of subscribers, as they came and as the model expects them.

    None, which prints nothing, where the client has no subscribers.
    """
    rows = with_range(frame_of(retention), "share")
    if rows.empty:
        return None
    return Table(
        hide_telling_rates(rows, "retention_rate", of="customer_count", hides=RENEWED),
        id="subscription",
        formats={
            **dict.fromkeys(("low", "high", "expected_rate", "expected_survival"), "share"),
            "range": "interval",
            "expected_periods": "ratio",
            "period": "count",
        },
        suppress=(
            Suppress(
                count="customer_count",
                hides=("retention_rate", *RENEWED),
            ),
        ),
        layout=Layout(
            columns=(
                *("period", "customer_count", "renewed_count", "retention_rate", "range"),
                *("low", "high", "expected_rate", "expected_survival", "expected_periods"),
            ),
            sheet_only=("low", "high"),
            page_only=("range",),
            rows_shown=12,
        ),
        basis=customers_in(rows.head(1)),
    )


def newcomers_table(newcomers: Data, *, older: int = 0) -> Table:
    """Customers with one order so far, by how probable a second one is.

    Parameters
    ----------
    newcomers
        Result of `value_segments.newcomers`.
    older
        Customers whose only purchase is older. A few of them would follow from the newcomers and
        from all who ordered once, whom other tables tell: then no newcomers are told.
    """
    rows = frame_of(newcomers)
    covered = bool(len(rows)) and small(older)
    rows = rows[:0] if covered else rows
    return Table(
        rows,
        id="newcomers",
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(words={"band": BANDS}, covered=covered),
        basis=customers_in(rows),
    )
