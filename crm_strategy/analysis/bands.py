"""Bands: numbers of customers cut into a few groups that read at a glance."""

import math
from collections.abc import Sequence
from itertools import pairwise

import ibis
import pandas as pd

AGE_CUTS = (18, 25, 35, 45, 55, 65)
"""Years of age at which a band begins."""

_NUMBER = r"^\s*-?[0-9]+([.,][0-9]+)?\s*$"
_MOSTLY = 0.95


def number_cuts(
    profiles: ibis.Table,
    *,
    columns: Sequence[str],
    bands: int = 5,
    max_values: int = 20,
) -> dict[str, list[float]]:
    """Where to cut the numeric columns that have too many values to be shown one by one.

    The cuts are the quantiles of the known values, to two digits where that keeps them apart.
    A column of text counts as numeric when 95 % of its known values are numbers.

    Parameters
    ----------
    profiles
        One row per customer, with the columns.
    columns
        The columns to look at.
    bands
        Number of bands wanted; equal values stay together, so there may be fewer.
    max_values
        Columns with at most so many values are not cut.

    Returns
    -------
    dict
        Ascending cuts by column, for the columns that need any. `age` is cut as ages are.
    """
    if not columns:
        return {}
    numbers = {name: number_of(profiles[name]) for name in columns}
    counts = profiles.agg(
        **{f"known_{place}": profiles[name].count() for place, name in enumerate(columns)},
        **{f"number_{place}": each.count() for place, each in enumerate(numbers.values())},
        **{f"values_{place}": each.nunique() for place, each in enumerate(numbers.values())},
    )
    found = counts.to_pandas().iloc[0].fillna(0)
    many = [
        name
        for place, name in enumerate(columns)
        if found[f"values_{place}"] > max_values
        and found[f"number_{place}"] >= _MOSTLY * found[f"known_{place}"]
    ]
    measured = [name for name in many if name != "age"]
    ages = {name: [float(age) for age in AGE_CUTS] for name in many if name == "age"}
    return ages | _quantiles(profiles, {name: numbers[name] for name in measured}, bands)


def number_of(value: ibis.Value) -> ibis.Value:
    """The number a value states, null where it states none; decimal points or commas."""
    if value.type().is_string():
        # No cast of what is no number: engines without a forgiving cast would stop.
        text = ibis.ifelse(value.re_search(_NUMBER), value.replace(",", ".").strip(), None)
        return text.cast("float64")
    number = value.cast("float64")
    if not value.type().is_floating():
        return number
    return ibis.ifelse(number.isnan() | number.isinf(), None, number)


def band_of(number: ibis.Value, cuts: Sequence[float], *, whole: bool = False) -> ibis.Value:
    """Name of the band a number lies in; null where it is null.

    Names are `< 18`, `18–25`, `≥ 65`; a band holds its first number and not its last. Of
    `whole` numbers it names the last it holds: `18–24`.
    """
    *lower, highest = band_names(cuts, whole=whole)
    steps = [(number < cut, name) for cut, name in zip(cuts, lower, strict=True)]
    return ibis.cases(*steps, (number.notnull(), highest))


def band_names(cuts: Sequence[float], *, whole: bool = False) -> list[str]:
    """Names of the bands between cuts, lowest first."""
    less = 1 if whole else 0
    inner = [f"{_text(low)}–{_text(high - less)}" for low, high in pairwise(cuts)]
    return [f"< {_text(cuts[0])}", *inner, f"≥ {_text(cuts[-1])}"]


def _quantiles(
    profiles: ibis.Table, numbers: dict[str, ibis.Value], bands: int
) -> dict[str, list[float]]:
    if not numbers:
        return {}
    asked = {
        f"q_{place}_{step}": number.quantile(step / bands)
        for place, number in enumerate(numbers.values())
        for step in range(1, bands)
    } | {f"low_{place}": number.min() for place, number in enumerate(numbers.values())}
    row = profiles.agg(**asked).to_pandas().iloc[0]
    cuts = {}
    for place, name in enumerate(numbers):
        exact = pd.Series([row[f"q_{place}_{step}"] for step in range(1, bands)])
        # A first cut at the lowest value would begin an empty band before it.
        cuts[name] = _readable(sorted(set(exact[exact > row[f"low_{place}"]].tolist())))
    return {name: found for name, found in cuts.items() if found}


def _readable(cuts: list[float]) -> list[float]:
    short = [float(f"{cut:.2g}") for cut in cuts]
    return short if len(set(short)) == len(cuts) else cuts


def _text(number: float) -> str:
    return str(int(number)) if math.isclose(number, round(number)) else f"{number:.10g}"
