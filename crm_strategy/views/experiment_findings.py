"""Findings on experiments: what to roll out, stop or extend, and for whom it worked."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.experiment_tables import shown_results
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import word_of
from crm_strategy.views.privacy import small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_points,
    format_share,
    format_unit_money,
)

_RANK: Final = ("roll_out", "invalid", "stop", "extend")
_KEEP_OTHER: Final = ("worse", "revenue_worse", "no_effect", "out_of_reach")
"""Reasons to keep another variant, which is not the control where the test has a winner."""

_SEVERITY: Final = {"roll_out": "act", "invalid": "act"}


def experiments_finding(results: Data, *, days: int) -> Finding:
    """The variant that won, or what the others lack; each other variant in a sentence.

    Parameters
    ----------
    results
        Result of `experiments.experiment_results`.
    days
        Days after the assignment in which an order counts.
    """
    rows = shown_results(results)
    tried = rows[rows["verdict"] != "control"] if len(rows) else rows
    if tried.empty:
        return _without_figures(frame_of(results))
    controls = rows[rows["verdict"] == "control"].set_index("experiment")["rate"]
    rank = tried["verdict"].map(_RANK.index)
    ordered = tried.assign(rank=rank).sort_values(["rank", "p_adjusted"], kind="stable")
    first, others = ordered.iloc[0], ordered.iloc[1:]
    won = first["verdict"] == "roll_out"
    winners = ordered[ordered["verdict"] == "roll_out"].groupby("experiment")["variant"].first()
    several = bool(tried["experiment"].duplicated().any())
    return Finding(
        "experiments",
        title=_sentence("outlook.experiments.title", first, controls),
        text=" ".join(
            [
                _because(first, winners),
                *(
                    f"{_sentence('outlook.experiments.other', row, controls)} "
                    f"{_because(row, winners)}"
                    for _, row in others.iterrows()
                ),
                *[say("outlook.experiments.several")] * several,
                say("outlook.experiments.assumed", days=say_count("outlook.days", days)),
                *_left_out(frame_of(results)),
            ]
        ),
        severity=_SEVERITY.get(str(first["verdict"]), "note"),
        figures={
            name: first[name]
            for name in ("experiment", "variant", "verdict", "difference", "low", "high", "size")
        },
        decision=_roll_out(first) if won else None,
    )


def _without_figures(rows: pd.DataFrame) -> Finding:
    """The first verdict of the table, where all figures are of too few customers."""
    tried = rows[rows["verdict"].isin(_RANK)] if len(rows) else rows
    if tried.empty:
        return Finding("experiments", title=say("outlook.experiments.none"))
    first = tried.iloc[tried["verdict"].map(_RANK.index).argmin()]
    verdict = str(first["verdict"])
    return Finding(
        "experiments",
        title=say(
            "outlook.experiments.title_hidden",
            verdict=say(f"outlook.verdict.{verdict}"),
            experiment=first["experiment"],
            variant=first["variant"],
        ),
        severity=_SEVERITY.get(verdict, "note"),
        decision=Decision(
            title=say("outlook.experiments.ask", variant=first["variant"]),
            why=say("outlook.experiments.keep"),
            evidence="measured",
        )
        if verdict == "roll_out"
        else None,
    )


def experiment_segments_finding(lifts: Data) -> Finding:
    """Whether any segment's lift differs from the others' beyond chance."""
    rows = frame_of(lifts)
    if rows.empty:
        return Finding("experiment_segments", title=say("outlook.segments.none"))
    told = rows[[_tells_many(row) for row in rows.to_dict("records")]]
    apart = told[told["p_adjusted"] < 0.05].sort_values("p_adjusted")
    if apart.empty:
        return Finding(
            "experiment_segments",
            title=say(
                "outlook.segments.alike", segments=say_count("outlook.segments.n", len(rows))
            ),
            text=say("outlook.segments.text"),
            figures={"segments": len(rows)},
        )
    row = apart.iloc[0]
    return Finding(
        "experiment_segments",
        title=say(
            "outlook.segments.apart",
            experiment=row["experiment"],
            segment=word_of(row["segment"], ("outlook.band.{}", "segments.{}.name")) or "",
            difference=format_points(row["difference"]),
            low=format_points(row["low"]),
            high=format_points(row["high"]),
        ),
        text=say("outlook.segments.text"),
        severity="watch",
        figures={"difference": row["difference"], "p_adjusted": row["p_adjusted"]},
    )


def _roll_out(row: pd.Series) -> Decision:
    known = not any(pd.isna(row[name]) for name in ("revenue_low", "revenue_high"))
    money = say(
        "outlook.experiments.money",
        money=format_unit_money(row["revenue_difference"]),
        low=format_unit_money(row["revenue_low"]),
        high=format_unit_money(row["revenue_high"]),
    )
    return Decision(
        title=say("outlook.experiments.ask", variant=row["variant"]),
        why=" ".join(filter(None, [money if known else "", say("outlook.experiments.keep")])),
        evidence="measured",
    )


def _sentence(key: str, row: pd.Series, controls: pd.Series) -> str:
    by_money = str(row["reason"]).startswith("revenue_")
    base = controls.get(row["experiment"])
    compared = (row["rate"], base, row["difference"], row["low"], row["high"])
    unknown = "_unknown" if any(pd.isna(each) for each in compared) else ""
    return say(
        f"{key}_by_money" if by_money else key + unknown,
        **_terms(row),
        verdict=say(f"outlook.verdict.{row['verdict']}"),
        experiment=row["experiment"],
        variant=row["variant"],
        rate=format_share(row["rate"]),
        base=format_share(base),
        difference=format_points(row["difference"]),
        low=format_points(row["low"]),
        high=format_points(row["high"]),
    )


def _because(row: pd.Series, winners: "pd.Series[str]") -> str:
    """Why a verdict is what it is, and what to keep instead where another variant won."""
    winner = winners.get(row["experiment"])
    beside = "_beside" if winner is not None and row["reason"] in _KEEP_OTHER else ""
    said = say(f"outlook.because.{row['reason']}{beside}", **_terms(row), winner=winner or "")
    return " ".join([said, *_other_way(row)])


def _other_way(row: pd.Series) -> list[str]:
    """That revenue a customer points against the conversions that decided."""
    apart = row["revenue_difference"] * row["difference"] if _by_rate(row) else 0
    if not apart < 0:
        return []
    untested = "_untested" if pd.isna(row["revenue_low"]) else ""
    terms = _terms(row)
    more = "+" if row["revenue_difference"] > 0 else ""
    terms["money"] = f"{more}{terms['money']}"
    return [say(f"outlook.because.other_way{untested}", **terms)]


def _by_rate(row: pd.Series) -> bool:
    return row["reason"] in ("better", "worse") and pd.notna(row["revenue_difference"])


def _terms(row: pd.Series) -> dict[str, str]:
    return {
        "needed": format_count(row["needed_size"]),
        "n": format_count(row["size"]),
        "money": format_unit_money(row["revenue_difference"]),
        "money_low": format_unit_money(row["revenue_low"]),
        "money_high": format_unit_money(row["revenue_high"]),
    }


def _left_out(rows: pd.DataFrame) -> list[str]:
    """How many were left out, where they are not a few."""
    said = []
    for name in ("late", "double"):
        count = int(rows[f"{name}_count"].sum())
        if count and not small(count):
            said.append(say(f"outlook.left_out.{name}", count=format_count(count)))
        elif count:
            said.append(say(f"outlook.left_out.{name}_few"))
    return said


def _tells_many(row: dict[str, float]) -> bool:
    """Whether no figure of a segment tells a few customers."""
    for rate, of in (("rate", "size"), ("control_rate", "control_size")):
        if pd.isna(row[rate]):
            return False
        cases = round(row[rate] * row[of])
        if small(cases) or small(row[of] - cases):
            return False
    return True
