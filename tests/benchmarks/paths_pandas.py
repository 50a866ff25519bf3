"""Touches and orders to paths in pandas, as an analyst would write it; no rules yet."""

from pathlib import Path

import pandas as pd

from tests.benchmarks.attribution_task import END, LOOKBACK_DAYS

_DAY = pd.Timedelta(days=1)


def results(data: Path) -> dict[str, pd.DataFrame]:
    """The paths: `path`, `conversions`, `value`, `nulls`."""
    touches = pd.read_parquet(data / "touches.parquet")
    orders = pd.read_parquet(data / "orders.parquet")
    won = _converting(touches, orders)
    lost = _null(touches, orders)
    touched = orders["order_id"].isin(won["order_id"])
    ended = won.merge(orders[["order_id", "amount"]], on="order_id")
    bought = ended.groupby("path").agg(conversions=("amount", "size"), value=("amount", "sum"))
    nulls = lost.groupby("path").size().rename("nulls")
    paths = bought.join(nulls, how="outer").fillna(0.0).reset_index()
    alone = orders.loc[~touched, "amount"]
    untouched = pd.DataFrame(
        {"path": [None], "conversions": [len(alone)], "value": [alone.sum()], "nulls": [0.0]}
    )
    return {"paths": pd.concat([paths, untouched], ignore_index=True)}


def _converting(touches: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per order with touches in time: `order_id`, `path`."""
    pairs = orders[["customer_id", "order_id", "ordered_at"]].merge(touches, on="customer_id")
    days = pairs["ordered_at"].dt.normalize() - pairs["touched_at"].dt.normalize()
    in_time = (pairs["touched_at"] <= pairs["ordered_at"]) & (days <= LOOKBACK_DAYS * _DAY)
    return _journeys(pairs[in_time], ["order_id"])


def _null(touches: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per journey that ended in no order."""
    following = pd.merge_asof(
        touches.sort_values("touched_at", kind="stable"),
        orders[["customer_id", "ordered_at"]].sort_values("ordered_at"),
        left_on="touched_at",
        right_on="ordered_at",
        by="customer_id",
        direction="forward",
    )
    day, next_day = (following[name].dt.normalize() for name in ("touched_at", "ordered_at"))
    missed = following[~(next_day - day <= LOOKBACK_DAYS * _DAY)]
    until = missed["ordered_at"].dt.normalize().fillna(pd.Timestamp(END))
    days = (until - missed["touched_at"].dt.normalize()).dt.days
    window = days // (LOOKBACK_DAYS + 1)
    return _journeys(missed.assign(until=until, window=window), ["customer_id", "until", "window"])


def _journeys(steps: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Steps in order, those that repeat the one before left out, joined to one text."""
    ordered = steps.sort_values([*keys, "touched_at", "channel"])
    same = ordered["channel"] == ordered["channel"].shift()
    for key in keys:
        same &= ordered[key] == ordered[key].shift()
    joined = ordered[~same].groupby(keys, sort=False)["channel"].agg(" > ".join)
    return joined.rename("path").reset_index()
