"""Satisfaction: what customers say in surveys, beside what they buy."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import combinations, product
from typing import Literal

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.members import UNKNOWN, members_of
from crm_strategy.analysis.spans import until

SurveyKind = Literal["nps", "csat"]

BANDS: dict[SurveyKind, tuple[str, ...]] = {
    "nps": ("detractor", "passive", "promoter"),
    "csat": ("low", "middle", "high"),
}
"""Bands of each kind of survey, least satisfied first."""

VALUE_GROUPS = ("top", "middle", "low")
"""Thirds of the customers by revenue, most first."""

_SCALE, _TEN = 5, 10
_DETRACTOR, _PROMOTER = 6, 9


def satisfaction_answers(surveys: ibis.Table, *, as_of: date) -> ibis.Table:
    """The last answer of each customer to each kind of survey; of one moment, the lowest.

    NPS, 0 to 10: detractor up to 6, promoter from 9, passive between. CSAT: high is the two
    best boxes (of scales up to 3 the best alone), low is below the middle of the scale.

    Parameters
    ----------
    surveys
        One row per answer: `customer_id`, `answered_at` (timestamp), `kind` (csat, nps),
        `score`, `scale_max` (of csat 5 where missing; NPS of another scale than 10 does not
        count). Scores off the scale do not count.
    as_of
        Last day observed; later answers are ignored.

    Returns
    -------
    Table
        One row per customer and kind: `customer_id`, `kind`, `score`, `band`.
    """
    top = ibis.ifelse(_.kind == "nps", _TEN, _.scale_max.fill_null(_SCALE))
    said = surveys.filter(
        until(_.answered_at, as_of),
        _.customer_id.notnull(),
        _.kind.isin(list(BANDS)),
        # The bands of NPS are those of 0 to 10 alone.
        (_.kind != "nps") | (_.scale_max.fill_null(_TEN) == _TEN),
    ).mutate(top=top)
    # Scales of ten often begin at 0, shorter ones at 1.
    lowest = ibis.ifelse(said.top >= _TEN, 0, 1)
    said = said.filter(said.score >= lowest, said.score <= said.top)
    latest = ibis.window(
        group_by=["customer_id", "kind"], order_by=[said.answered_at.desc(), said.score]
    )
    last = said.mutate(rank=ibis.row_number().over(latest)).filter(_["rank"] == 0)
    nps, csat = BANDS["nps"], BANDS["csat"]
    best_boxes = ibis.ifelse(last.top > 3, 1, 0)
    band = ibis.cases(
        ((last.kind == "nps") & (last.score <= _DETRACTOR), nps[0]),
        ((last.kind == "nps") & (last.score < _PROMOTER), nps[1]),
        (last.kind == "nps", nps[2]),
        (last.score >= last.top - best_boxes, csat[2]),
        (2 * last.score < last.top + 1, csat[0]),
        else_=csat[1],
    )
    return last.select("customer_id", "kind", "score", band=band)


def satisfaction(answers: ibis.Table, profiles: ibis.Table) -> pd.DataFrame:
    """Customers and revenue by what they last said.

    Parameters
    ----------
    answers
        Result of `satisfaction_answers`.
    profiles
        One row per customer: `customer_id`, `order_count`, `revenue` (money, net). Who
        answered and never ordered is left out.

    Returns
    -------
    DataFrame
        Bands of the kinds that anybody answered, least satisfied first: `band`, `kind`,
        `customer_count`, `revenue`, `repeat_rate` (share with two orders or more; NaN for
        nobody), `low`, `high` (95 % of it), `rate_tells` (the fewest customers that the rate
        tells beside the thirds of `satisfaction_value`; NaN for none).
    """
    joined = _joined(answers, _in_thirds(profiles))
    thirds = (
        joined.group_by("kind", "band", "value_group")
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum(),
            repeated=(_.order_count > 1).sum(),
        )
        .to_pandas()
        .astype({"revenue": "float64"})
    )
    bands = thirds.groupby(["kind", "band"])
    found = bands[["customer_count", "revenue", "repeated"]].sum()
    told = [_least_told(list(of["repeated"]), list(of["customer_count"])) for _key, of in bands]
    found = found.assign(rate_tells=told)
    asked = found.index.get_level_values("kind").unique()
    rows = [(kind, band) for kind, bands in BANDS.items() if kind in asked for band in bands]
    index = pd.MultiIndex.from_tuples(rows, names=["kind", "band"])
    table = found.reindex(index, fill_value=0).reset_index()
    columns = ["band", "kind", "customer_count", "revenue", "repeat_rate", "low", "high"]
    return _with_repeat_rate(table)[[*columns, "rate_tells"]]


def satisfaction_value(
    answers: ibis.Table, profiles: ibis.Table, *, kind: SurveyKind | None = None
) -> pd.DataFrame:
    """What is at stake: customers and revenue by what they say and what they bring.

    Parameters
    ----------
    answers, profiles
        As in `satisfaction`.
    kind
        Which survey; by default NPS, or CSAT where nobody answered that.

    Returns
    -------
    DataFrame
        Every band with every third, least satisfied and most revenue first; none without
        answers: `band`, `value_group` (thirds of all customers by revenue, whether they
        answered or not; equals stay together), `customer_count`, `revenue`.
    """
    sums = (
        _joined(_of_kind(answers, kind), _in_thirds(profiles))
        .group_by("band", "value_group")
        .agg(customer_count=_.count(), revenue=_.revenue.sum())
    )
    found = sums.to_pandas().set_index(["band", "value_group"])
    seen = set(found.index.get_level_values("band"))
    cells = [
        cell
        for bands in BANDS.values()
        if seen.intersection(bands)
        for cell in product(bands, VALUE_GROUPS)
    ]
    index = pd.MultiIndex.from_tuples(cells, names=["band", "value_group"])
    return found.reindex(index, fill_value=0).reset_index()


def _in_thirds(profiles: ibis.Table) -> ibis.Table:
    """The profiles with the third of all by revenue that each customer is in, equals together."""
    worse = ibis.rank().over(order_by=profiles.revenue)
    third = worse * 3 // profiles.count().over()
    low, middle, top = reversed(VALUE_GROUPS)
    group = ibis.cases((third == 0, low), (third == 1, middle), else_=top)
    return profiles.select("customer_id", "order_count", "revenue", value_group=group)


def _least_told(repeated: Sequence[int], customers: Sequence[int]) -> float:
    """The fewest customers that are left of those who ordered again, or once, and thirds.

    Of 45 who ordered again, 36 in the thirds that all ordered again leave 9 in the others.
    """
    once = [n - again for again, n in zip(repeated, customers, strict=True)]
    left = []
    for size in range(1, len(customers) + 1):
        for places in combinations(range(len(customers)), size):
            whole = sum(customers[at] for at in places)
            for side, other in ((repeated, once), (once, repeated)):
                if not sum(other[at] for at in places) or sum(side) == sum(
                    side[at] for at in places
                ):
                    left.append(abs(sum(side) - whole))
    return min((float(n) for n in left if n), default=math.nan)


def respondents(answers: ibis.Table, profiles: ibis.Table) -> pd.DataFrame:
    """Whether those who answer are like those who do not.

    Parameters
    ----------
    answers, profiles
        As in `satisfaction`.

    Returns
    -------
    DataFrame
        Two rows, none without answers: `group` (respondents, others), `customer_count`,
        `revenue_per_customer`, `repeat_rate`, `average_order_value` = revenue / orders,
        `low`, `high` (95 % of the repeat rate).
    """
    said = answers.select("customer_id").distinct().mutate(answered=True)
    sums = (
        profiles.select("customer_id", "order_count", "revenue")
        .left_join(said, "customer_id")
        .mutate(group=ibis.ifelse(_.answered.fill_null(False), "respondents", "others"))
        .group_by("group")
        .agg(
            customer_count=_.count(),
            revenue=_.revenue.sum(),
            orders=_.order_count.sum(),
            repeated=(_.order_count > 1).sum(),
        )
    )
    found = sums.to_pandas().set_index("group")
    groups = ["respondents", "others"] if "respondents" in found.index else []
    table = found.reindex(pd.Index(groups, name="group"), fill_value=0).reset_index()
    some = table["customer_count"].where(table["customer_count"] > 0)
    table["revenue_per_customer"] = table["revenue"] / some
    table["average_order_value"] = table["revenue"] / table["orders"].where(some.notna())
    return _with_repeat_rate(table)[
        [
            *("group", "customer_count", "revenue_per_customer", "repeat_rate"),
            *("average_order_value", "low", "high"),
        ]
    ]


def satisfaction_members(
    answers: ibis.Table, profiles: ibis.Table, *, kind: SurveyKind | None = None
) -> ibis.Table:
    """Customers by the band of their last answer; `unknown`: never answered.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once.
    """
    return members_of(profiles, last_bands(answers, kind=kind), otherwise=UNKNOWN)


def last_bands(answers: ibis.Table, *, kind: SurveyKind | None = None) -> ibis.Table:
    """The band of the last answer of each who answered: `customer_id`, `segment`."""
    return _of_kind(answers, kind).select("customer_id", segment=_.band)


def _of_kind(answers: ibis.Table, kind: SurveyKind | None) -> ibis.Table:
    if kind is not None:
        return answers.filter(_.kind == kind)
    marked = answers.mutate(is_nps=ibis.ifelse(answers.kind == "nps", 1, 0))
    counted = marked.mutate(nps_count=_.is_nps.sum().over())
    return counted.filter((_.is_nps == 1) | (_.nps_count == 0)).select(*answers.columns)


def _joined(answers: ibis.Table, customers: ibis.Table) -> ibis.Table:
    return answers.select("customer_id", "kind", "band").join(customers, "customer_id")


def _with_repeat_rate(table: pd.DataFrame) -> pd.DataFrame:
    counts = zip(table["repeated"], table["customer_count"], strict=True)
    bounds = [share_interval(repeated, n) for repeated, n in counts]
    some = table["customer_count"].where(table["customer_count"] > 0)
    return table.assign(
        repeat_rate=table["repeated"] / some,
        low=pd.Series([low for low, _high in bounds], dtype="float64"),
        high=pd.Series([high for _low, high in bounds], dtype="float64"),
    )
