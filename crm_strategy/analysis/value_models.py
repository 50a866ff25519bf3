"""Tables of the value models: parameters, likelihoods, and forecasts against what came."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crm_strategy.analysis.model_choice import NAIVE
from crm_strategy.analysis.model_fits import Fit
from crm_strategy.analysis.value_fits import ValueFits

MODEL_COLUMNS = (
    *("model", "parameter", "value", "low", "high"),
    *("log_likelihood", "holdout_error", "chosen", "problem", "customer_count"),
)
HOLDOUT_COLUMNS = ("model", "frequency", "customer_count", "actual", "expected")

_Z = 1.959963984540054
_OFTEN = 7


def value_models(fits: ValueFits, *, more: Iterable[Fit] = ()) -> pd.DataFrame:
    """The models' parameters with intervals, and how well each foretold the last days.

    Parameters
    ----------
    fits
        Result of `value_fits.fit_value`.
    more
        Fits of other models to show below, such as that of a subscription; those of nobody
        are left out.

    Returns
    -------
    DataFrame
        One row per parameter: `model`, `parameter`, `value`, `low`, `high` (95 %, from the
        curvature of the likelihood, on the logarithm; null when the data do not hold the
        parameter: an end would be over 1,000 times off), `log_likelihood`,
        `holdout_error` (root mean square error of orders per customer on the days held out,
        null when not known), `chosen` (in force), `problem`
        (see `model_fits.PROBLEMS`), `customer_count` (customers whose behaviour the row tells:
        repeat buyers, for of the others all is known; without any, customers).
        Times (alpha and beta of models of orders) are in days, gamma in money. The formula
        x / T is the model `naive`, without parameters.
    """
    errors = dict(fits.holdout.errors) if fits.holdout else {}
    everyone = max((fit.customer_count for fit in fits.buying.values()), default=0)
    behind = fits.spend.customer_count or everyone
    parts = [
        _rows(fit, error=errors.get(name), chosen=name == fits.chosen)
        for name, fit in fits.buying.items()
    ]
    parts.append(_rows(fits.spend, error=None, chosen=bool(fits.chosen) and fits.knows_spend))
    known = [fit for fit in more if fit.customer_count]
    parts.extend(_rows(fit, error=None, chosen=not fit.problem) for fit in known)
    if NAIVE in errors:
        naive = {"model": NAIVE, "holdout_error": errors[NAIVE], "chosen": False, "problem": ""}
        parts.append([naive | {"customer_count": everyone}])
    table = pd.DataFrame([row for part in parts for row in part], columns=list(MODEL_COLUMNS))
    numbers = ["value", "low", "high", "log_likelihood", "holdout_error"]
    counts = table["customer_count"].clip(upper=behind).astype("int64")
    table = table.assign(customer_count=counts)
    return table.astype(dict.fromkeys(numbers, "float64") | {"chosen": "bool"})


def value_holdout(fits: ValueFits) -> pd.DataFrame:
    """Orders on the days held out, as they came and as they were foretold.

    Parameters
    ----------
    fits
        Result of `value_fits.fit_value`.

    Returns
    -------
    DataFrame
        For the chosen model and `naive`, by the `frequency` known before (`0` to `6`, `7+`):
        `model`, `frequency`, `customer_count`, `actual` and `expected` (mean orders of a
        customer on the days held out). No rows when nothing was held out.
    """
    if fits.holdout is None:
        return pd.DataFrame(columns=list(HOLDOUT_COLUMNS))
    rows = fits.holdout.rows
    band = rows["frequency"].clip(upper=_OFTEN).astype("int64").rename("band")
    parts = []
    for model in (fits.chosen, NAIVE):
        if model not in fits.holdout.errors:
            continue
        sums = pd.DataFrame(
            {
                "customer_count": rows["n"],
                "actual": rows["holdout_orders"].astype("float64"),
                "expected": rows[model] * rows["n"],
            }
        )
        table = sums.groupby(band).sum()
        means = table[["actual", "expected"]].div(table["customer_count"], axis=0)
        parts.append(table.assign(**means, model=model).reset_index())
    table = pd.concat(parts, ignore_index=True)
    named = table["band"].astype("str").where(table["band"] < _OFTEN, f"{_OFTEN}+")
    return table.assign(frequency=named)[list(HOLDOUT_COLUMNS)]


def _rows(fit: Fit, *, error: float | None, chosen: bool) -> list[dict[str, object]]:
    errors = np.sqrt(np.diag(fit.covariance.to_numpy(dtype="float64")))
    # An end many magnitudes away says no more than that the parameter is not known.
    factors = np.exp(_Z * np.where(_Z * errors < np.log(_MOST_FACTOR), errors, np.nan))
    return [
        {
            "model": fit.model,
            "parameter": name,
            "value": value,
            "low": value / factor,
            "high": value * factor,
            "log_likelihood": fit.log_likelihood,
            "holdout_error": error,
            "chosen": chosen,
            "problem": fit.problem,
            "customer_count": fit.customer_count,
        }
        for (name, value), factor in zip(fit.parameters.items(), factors, strict=True)
    ]


_MOST_FACTOR = 1000.0
