"""Findings on the outlook: what to expect, how the last forecast did, and from which side."""

import math
from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Finding
from crm_strategy.views.privacy import small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_change,
    format_count,
    format_interval,
    format_month,
    format_range,
    format_share,
    format_value,
)

HEADLINE: Final = "revenue"


def forecast_finding(horizons: Data, backtest: Data) -> Finding:
    """The longest horizon foretold of revenue, its range, its model's misses and assumption."""
    rows, tested = frame_of(horizons), frame_of(backtest)
    if rows.empty:
        return Finding("forecast", title=say("outlook.forecast.none"))
    rows = rows[~rows["customer_count"].map(small)]
    own = rows[rows["measure"] == HEADLINE]
    if own.empty:
        return Finding("forecast", title=say("outlook.forecast.few"))
    farthest = own.iloc[-1]
    judged = tested[(tested["measure"] == HEADLINE) & tested["chosen"].astype(bool)].iloc[0]
    return Finding(
        "forecast",
        title=say(f"outlook.forecast.{farthest['horizon']}", **_range(farthest)),
        text=" ".join(
            filter(
                None,
                [
                    *(_sooner(row) for _, row in own.iloc[:-1].iterrows()),
                    *(_other(row) for _, row in _lasts(rows).iterrows()),
                    say(
                        "outlook.forecast.tested" + "_unknown" * bool(pd.isna(judged["error"])),
                        model=_model_name(farthest),
                        origins=format_count(judged["origin_count"]),
                        forecasts=say_count("outlook.forecasts", int(judged["n"])),
                        error=format_share(judged["error"], digits=0),
                        coverage=format_share(judged["coverage"], digits=0),
                    ),
                    *_basis(farthest),
                ],
            )
        ),
        figures={name: farthest[name] for name in ("low", "expected", "high", "error")}
        | {"model": farthest["model"], "horizon": farthest["horizon"], "n": int(judged["n"])},
    )


def forecast_score_finding(scored: Data) -> Finding:
    """What had been foretold of the period, what came, and whether chance explains it."""
    rows = frame_of(scored)
    if rows.empty:
        return Finding("forecast_score", title=say("outlook.score.none"))
    rows = rows[~rows["customer_count"].map(small)]
    if rows.empty:
        return Finding("forecast_score", title=say("outlook.forecast.few"))
    outside = rows[rows["verdict"] != "inside"]
    first, others = rows.iloc[0], rows.iloc[1:]
    title = _scored("outlook.score.title", first)
    missed = [
        say(f"outlook.measure.{each}") for each in others[others["verdict"] != "inside"]["measure"]
    ]
    if missed:
        title = say("outlook.score.title_others", title=title, others=", ".join(missed))
    return Finding(
        "forecast_score",
        title=title,
        text=" ".join(
            [
                *(_scored("outlook.score.other", row) for _, row in others.iterrows()),
                say("outlook.score.outside" if len(outside) else "outlook.score.chance"),
            ]
        ),
        severity="watch" if len(outside) else "note",
        figures={str(row["measure"]): row["miss"] for _, row in rows.iterrows()}
        | {"outside": len(outside)},
    )


def forecast_reconciliation_finding(reconciled: Data) -> Finding:
    """Orders counted from customers up against the series, and which of the two to go by."""
    rows = frame_of(reconciled)
    if rows.empty:
        return Finding("forecast_reconciliation", title=say("outlook.reconciliation.none"))
    row = rows.iloc[-1]
    known = not (pd.isna(row["series_miss"]) or pd.isna(row["bottom_up_miss"]))
    return Finding(
        "forecast_reconciliation",
        title=say(
            f"outlook.reconciliation.{row['verdict']}",
            orders=say_count("outlook.orders", round(row["bottom_up"])),
            horizon=say(f"outlook.within.{row['horizon']}"),
            difference=format_change(row["difference"], digits=0),
        ),
        text=" ".join(
            filter(
                None,
                [
                    say(
                        "outlook.reconciliation.text",
                        known=format_count(row["known_orders"]),
                        new=format_count(row["new_orders"]),
                        expected=format_count(row["expected"]),
                        range=format_interval(row["low"], row["high"], "count"),
                    ),
                    say(
                        "outlook.reconciliation.past",
                        series=format_change(row["series_miss"], digits=0),
                        bottom_up=format_change(row["bottom_up_miss"], digits=0),
                    )
                    if known
                    else say("outlook.reconciliation.untested"),
                    say(f"outlook.reconciliation.{'broke' if row['broke'] else row['in_force']}"),
                ],
            )
        ),
        severity="note" if row["verdict"] == "inside" else "watch",
        figures={name: row[name] for name in ("expected", "bottom_up", "difference", "in_force")},
    )


def _lasts(rows: pd.DataFrame) -> pd.DataFrame:
    """The longest horizon of each other measure."""
    return rows[rows["measure"] != HEADLINE].groupby("measure", sort=False).tail(1)


def _range(row: pd.Series) -> dict[str, str]:
    kind = "short_money" if row["unit"] == "money" else str(row["unit"])
    low, high = format_value(row["low"], kind), format_value(row["high"], kind)
    return {
        "expected": format_value(row["expected"], kind),
        "low": low,
        "high": high,
        "range": format_range(low, high),
    }


def _sooner(row: pd.Series) -> str:
    return say(f"outlook.sooner.{row['horizon']}", **_range(row))


def _other(row: pd.Series) -> str:
    return say(f"outlook.other.{row['measure']}", **_range(row))


def _model_name(row: pd.Series) -> str:
    plain = row["model"] == "seasonal_naive" and not row["is_seasonal"]
    return say("outlook.model.naive" if plain else f"outlook.model.{row['model']}")


def _basis(row: pd.Series) -> list[str]:
    """What the forecast goes by, and what it takes for granted."""
    if row["empty_months"]:
        return [say_count("outlook.stopped", int(row["empty_months"]))]
    return [
        *(_level_broke(row), _filled(row), _evened(row)),
        *(_assumption(row), _if_it_lasts(row)),
    ]


def _assumption(row: pd.Series) -> str:
    if row["is_seasonal"]:
        return say(f"outlook.assumption.{row['model']}") + " " + say("outlook.level_watched")
    return say(f"outlook.assumption.{row['model']}_unseasonal") + " " + say("outlook.no_season")


def _level_broke(row: pd.Series) -> str:
    """Since when the level is another for good, and by how much, if of late."""
    if pd.isna(row["break_month"]):
        return ""
    return say(
        "outlook.level_broke",
        month=format_month(row["break_month"]),
        change=format_change(row["break_change"], digits=0),
    )


def _filled(row: pd.Series) -> str:
    """Months out of line that are not taken as they were."""
    months = ", ".join(format_month(month) for month in row["filled_months"])
    return say("outlook.filled", months=months) if months else ""


def _evened(row: pd.Series) -> str:
    """That model and ranges were tested on other months than the misses in the table."""
    if not row["is_evened"]:
        return ""
    is_told = bool(row["filled_months"]) or not pd.isna(row["break_month"])
    return " ".join([say("outlook.evened_earlier")] * (not is_told) + [say("outlook.evened")])


def _if_it_lasts(row: pd.Series) -> str:
    """What the last quarter's change on a year ago would make of a forecast that ignores it."""
    change = row["recent_change"]
    if row["model"] != "seasonal_naive" or not row["is_seasonal"] or not math.isfinite(change):
        return ""
    kind = "short_money" if row["unit"] == "money" else str(row["unit"])
    return say(
        "outlook.if_it_lasts",
        change=format_change(change, digits=0),
        expected=format_value(row["expected"] * (1 + change), kind),
    )


def _scored(key: str, row: pd.Series) -> str:
    kind = "short_money" if row["unit"] == "money" else str(row["unit"])
    unknown = key == "outlook.score.title" and pd.isna(row["miss"])
    return say(
        f"{key}_unknown" if unknown else key,
        measure=say(f"outlook.measure.{row['measure']}"),
        actual=format_value(row["actual"], kind),
        miss=format_change(row["miss"], digits=0),
        verdict=say(f"outlook.score.{row['verdict']}"),
        **_range(row),
    )
