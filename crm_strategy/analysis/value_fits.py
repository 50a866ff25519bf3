"""The value models of a client: fitted, compared, and one chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis import _

from crm_strategy.analysis.buying_models import MODELS
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.model_choice import (
    USABLE,
    Holdout,
    chosen_model,
    held_out,
    model_rows,
)
from crm_strategy.analysis.model_fits import (
    Fit,
    bootstrap_parameters,
    fit_buying_model,
    fit_spend_model,
)
from crm_strategy.analysis.purchase_counts import spend_counts

SPEND_MODEL = "gamma_gamma"

_MOST_SPEND_ROWS = 50_000
_SPEND_CLASS = 0.01


@dataclass(frozen=True)
class ValueFits:
    """What was learnt of a client's customers.

    `buying`: each model of orders, fitted on all days. `spend`: the model of money per order.
    `holdout`: what each model foretold of the last days, None when too few were observed.
    `chosen`: the model in force, empty when none can be used. `mean_spend`: money per order of
    all customers, net; in force when the model of spending can't be used.
    `buying_covariance`, `spend_covariance`: of the log parameters in force, by bootstrap;
    None when unknown.
    """

    buying: Mapping[str, Fit]
    spend: Fit
    holdout: Holdout | None
    chosen: str
    mean_spend: float
    buying_covariance: Floats | None
    spend_covariance: Floats | None

    @property
    def knows_spend(self) -> bool:
        """Whether the model of spending can be used."""
        return _has_mean(self.spend)

    @property
    def knows_dropout(self) -> bool:
        """Whether the model in force tells who has left; without one nothing is told."""
        return not self.chosen or self.buying[self.chosen].problem != "no_dropout"


def fit_value(
    orders: ibis.Table,
    counts: ibis.Table,
    *,
    as_of: date,
    models: Sequence[str] = MODELS,
    horizon_days: int = 365,
    bootstrap_draws: int = 200,
    seed: int = 1,
) -> ValueFits:
    """Fit all models on what the engine counts, and choose one by holdout.

    Parameters
    ----------
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `amount` (money),
        `is_refund`.
    counts
        `purchase_counts` of these orders as of the same day; asked several times, so cache it.
    as_of
        Last day observed.
    models
        Of `buying_models.MODELS`. To win back customers leave out `bg_nbd`, which calls each
        one-time buyer alive.
    horizon_days
        Days to foretell; at most as many are held out.
    bootstrap_draws, seed
        Number of resamples of customers, and where chance begins.
    """
    rows = model_rows(counts)
    buying = {model: fit_buying_model(rows, model=model) for model in models}
    spend_rows = _spend_rows(counts)
    spend = fit_spend_model(spend_rows)
    seen = counts.agg(span=_["T"].max(), paid=_.revenue.sum(), orders=(_.frequency + 1).sum())
    span, paid, order_count = seen.to_pandas().fillna(0.0).iloc[0]
    holdout = held_out(
        orders, as_of=as_of, span_days=int(span), most_days=horizon_days, models=models
    )
    chosen = chosen_model(buying, holdout)
    draws = {"draws": bootstrap_draws, "seed": seed}
    return ValueFits(
        buying=buying,
        spend=spend,
        holdout=holdout,
        chosen=chosen,
        mean_spend=max(float(paid), 0.0) / float(order_count) if order_count else 0.0,
        buying_covariance=_covariance(buying[chosen], rows, **draws) if chosen else None,
        spend_covariance=_covariance(spend, spend_rows, **draws) if _has_mean(spend) else None,
    )


def _spend_rows(counts: ibis.Table) -> pd.DataFrame:
    exact = spend_counts(counts)
    if exact.count().to_pyarrow().as_py() <= _MOST_SPEND_ROWS:
        return exact.to_pandas()
    return spend_counts(counts, width=_SPEND_CLASS).to_pandas()


def _covariance(fit: Fit, rows: pd.DataFrame, *, draws: int, seed: int) -> Floats | None:
    """Covariance of the log parameters over resamples of the customers."""
    drawn = bootstrap_parameters(fit, rows, draws=draws, seed=seed)
    logs = np.log(drawn.where(drawn > 0)).dropna().to_numpy(dtype="float64")
    return np.cov(logs, rowvar=False) if len(logs) > 1 else None


def _has_mean(spend: Fit) -> bool:
    # With q at most 1 the mean over customers is infinite.
    return spend.problem in USABLE and float(spend.parameters["q"]) > 1
