"""Findings on customer value: how concentrated it is, which model foresaw best, who returns."""

from typing import Any

import pandas as pd

from crm_strategy.analysis.model_choice import USABLE
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.privacy import small, without_small
from crm_strategy.views.telling_rates import telling_rates
from crm_strategy.views.value_charts import NAIVE, top_point
from crm_strategy.views.value_tables import FEW_BUYERS, of_few_buyers, wide_steps
from crm_strategy.words import say, say_count, voice
from crm_strategy.words.numbers import (
    format_count,
    format_interval,
    format_ratio,
    format_share,
    format_short_money,
)


def value_curve_finding(curve: Data, total: Data) -> Finding:
    """What share of revenue and of expected value the most valuable fifth hold."""
    rows = wide_steps(curve, total)
    at = top_point(rows["customer_share"].tolist()) if len(rows) else None
    if at is None or pd.isna(rows["revenue_share"].iloc[at]):
        return Finding("value_curve", title=say("findings.value_curve.none"))
    top = rows.iloc[[at]]
    share = float(top["customer_share"].iloc[0])
    revenue, expected = (float(top[f"{name}_share"].iloc[0]) for name in ("revenue", EXPECTED))
    known = not pd.isna(expected)
    return Finding(
        "value_curve",
        title=say(
            "findings.value_curve.title" if known else "findings.value_curve.past",
            top=format_share(share, digits=0),
            revenue=format_share(revenue, digits=0),
            expected=format_share(expected, digits=0),
        ),
        text=_worth_of_one(expected if known else revenue, share),
        figures={"revenue_share": revenue, "expected_value_share": expected if known else None},
    )


EXPECTED = "expected_value"


def _worth_of_one(held: float, share: float) -> str:
    """How many of the other customers one of the top is worth."""
    others = (1 - held) / (1 - share)
    times = held / share / others if others > 0 else float("inf")
    if not ALIKE < times < MOST:
        return say("findings.value_curve.alike") if times <= ALIKE else ""
    return say("findings.value_curve.text", others=format_count(times))


ALIKE, MOST = 1.5, 1000.0
"""Below, one of the most valuable is worth about as much as any other; above, no figure helps."""


def value_models_finding(models: Data) -> Finding:
    """Which model foresaw the held-out orders best; or what the data cannot tell."""
    rows = frame_of(models)
    few = of_few_buyers(rows)
    rows = rows.assign(
        holdout_error=rows["holdout_error"].mask(few), problem=rows["problem"].mask(few, FEW_BUYERS)
    )
    buying = rows[~rows["model"].isin(("gamma_gamma", "sbg"))]
    errors = buying.dropna(subset="holdout_error").groupby("model")["holdout_error"].first()
    chosen = buying[buying["chosen"].fillna(False).astype(bool)]["model"].unique()
    problems = _problems(buying)
    if not len(chosen):
        return Finding(
            "value_models", title=say("findings.value_models.none"), text=problems, severity="watch"
        )
    model = str(chosen[0])
    error, naive = errors.get(model), errors.get(NAIVE)
    known = error is not None and naive is not None
    usable = buying.loc[buying["problem"].isin(USABLE), "model"]
    best = _better(errors[errors.index.isin(usable) & (errors.index != NAIVE)], model)
    if known and error >= naive:
        title = "findings.value_models.worse"
    elif known:
        title = f"findings.value_models.{'title' if not best else 'as_good'}"
    else:
        hidden_error = few[rows["model"] == model].any()
        title = f"findings.value_models.{'few' if hidden_error else 'unproved'}"
    return Finding(
        "value_models",
        title=say(
            title,
            model=say(f"value.model.{model}"),
            error=format_ratio(error),
            naive=format_ratio(naive),
        ),
        text=" ".join(
            part
            for part in (
                _set_aside(buying, best, model) if best else "",
                say("findings.value_models.text") if known else "",
                problems,
            )
            if part
        ),
        severity="watch" if title.endswith("worse") or problems else "note",
        figures={"holdout_error": error, "naive_error": naive},
    )


def _better(errors: pd.Series, model: str) -> str:
    """The model with the least error, where another one is in force; empty where it is."""
    if model not in errors.index:
        return ""
    best = str(errors.idxmin())
    return best if errors[best] < errors[model] else ""


def _set_aside(models: pd.DataFrame, best: str, model: str) -> str:
    """Why a model in force is not the one whose error is the least."""
    unsure = (models.loc[models["model"] == best, "problem"] != "").any()
    return say(
        f"findings.value_models.{'unsure' if unsure else 'alive'}",
        best=say(f"value.model.{best}"),
        model=say(f"value.model.{model}"),
    )


def _problems(models: pd.DataFrame) -> str:
    """What the data cannot tell, one sentence a problem."""
    found = [
        (str(row.model), str(row.problem))
        for row in models[models["model"] != NAIVE].drop_duplicates("model").itertuples()
        if isinstance(row.problem, str) and row.problem
    ]
    by_problem: dict[str, list[str]] = {}
    for model, problem in found:
        by_problem.setdefault(problem, []).append(say(f"value.model.{model}"))
    return " ".join(
        say(
            f"value.problem.{problem}.text",
            models=", ".join(names),
            least=format_count(voice().min_cell),
        )
        for problem, names in by_problem.items()
    )


def expected_value_finding(total: Data, *, days: int, of_margin: bool = True) -> Finding:
    """What all customers together are expected to bring within the horizon, with its range.

    Parameters
    ----------
    total
        Result of `lifetime_value.total_value`.
    days
        Days of the horizon.
    of_margin
        Whether a margin is known; without one the expected value is revenue.
    """
    rows = frame_of(total)
    if rows.empty or pd.isna(rows["expected_value"].iloc[0]):
        return Finding("expected_value", title=say("findings.expected_value.none"))
    row = rows.iloc[0]
    if small(row["customer_count"]):
        return Finding("expected_value", title=say("findings.expected_value.none"))
    ranged = not (pd.isna(row["low"]) or pd.isna(row["high"]))
    return Finding(
        "expected_value",
        title=say(
            f"findings.expected_value.{'title' if of_margin else 'revenue'}",
            customers=say_count("findings.customers", int(row["customer_count"])),
            value=format_short_money(row["expected_value"]),
            days=say_count("findings.days", days),
        ),
        text=say(
            "findings.expected_value.range",
            range=format_interval(row["low"], row["high"], "short_money"),
        )
        if ranged
        else "",
        figures={name: row[name] for name in ("customer_count", "expected_value", "low", "high")},
    )


def subscription_finding(retention: Data) -> Finding | None:
    """How many subscribers renew the first time, and of those who stayed; None without any."""
    rows = frame_of(retention)
    if rows.empty:
        return None
    telling = set(telling_rates(list(rows["retention_rate"]), list(rows["customer_count"])))
    told = [at not in telling and n > 0 for at, n in enumerate(rows["customer_count"])]
    faced = without_small(rows[told], "customer_count")
    if faced.empty:
        return Finding("subscription", title=say("findings.subscription.none"))
    first, last = faced.iloc[0], faced.iloc[-1]
    ahead = last["expected_periods"]
    known = not pd.isna(ahead)
    return Finding(
        "subscription",
        title=say(
            "findings.subscription.title",
            customers=say_count("findings.of_subscribers", int(first["customer_count"])),
            rate=format_share(first["retention_rate"], digits=0),
            range=format_interval(first["low"], first["high"], "share"),
        ),
        text=say(
            "findings.subscription.text",
            period=format_count(last["period"]),
            rate=format_share(last["retention_rate"], digits=0),
            periods=format_ratio(ahead),
        )
        if known
        else say("findings.subscription.unknown"),
        figures={
            "customer_count": int(first["customer_count"]),
            "retention_rate": float(first["retention_rate"]),
            "expected_periods": float(ahead) if known else None,
        },
    )


def newcomers_finding(newcomers: Data, *, older: int = 0) -> Finding:
    """How many of those with one order are likely to order again, and who of them.

    Parameters
    ----------
    newcomers, older
        As in `value_tables.newcomers_table`.
    """
    rows = frame_of(newcomers)
    rows = rows[rows["second_order_rate"].notna()] if len(rows) else rows
    count = int(rows["customer_count"].sum()) if len(rows) else 0
    if count == 0 or small(count) or small(older):
        return Finding("newcomers", title=say("findings.newcomers.none"))
    rate = (rows["second_order_rate"] * rows["customer_count"]).sum() / count
    band = without_small(rows, "customer_count", within=[[]]).set_index("band")
    contrast = {"low", "high"} <= set(band.index)
    return Finding(
        "newcomers",
        title=say(
            "findings.newcomers.title",
            customers=say_count("findings.of_customers", count),
            rate=format_share(rate, digits=0),
        ),
        severity="note",
        figures={"customer_count": count, "second_order_rate": float(rate)},
        decision=Decision(
            title=say("findings.newcomers.ask"), why=_contrast(band), evidence="partial"
        )
        if contrast
        else None,
    )


def _contrast(bands: Any) -> str:
    high, low = bands.loc["high"], bands.loc["low"]
    return say(
        "findings.newcomers.text",
        count=format_count(high["customer_count"]),
        high=format_share(high["second_order_rate"], digits=0),
        low=format_share(low["second_order_rate"], digits=0),
    )
