"""Findings of chapter 6: what moved beyond its natural range, and what sold."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.kinds import kpi_kind
from crm_strategy.views.kpi_tables import compared_with_one, without_telling
from crm_strategy.views.payload import is_hidden
from crm_strategy.views.privacy import small
from crm_strategy.views.product_privacy import hidden_now, hidden_then
from crm_strategy.words import say, say_count
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import (
    format_change,
    format_count,
    format_share,
    format_short_money,
    format_value,
)

_KNOWN: Final = {
    (True, True): "",
    (True, False): "_previous",
    (False, True): "_year",
    (False, False): "_alone",
}
"""Which words to take, by whether the previous period and last year can be compared."""

_ONE: Final = "_one"
"""The words where the previous period is the year before."""


def revenue_finding(kpis: Data) -> Finding:
    """Revenue of the period beside the previous period and last year."""
    rows = frame_of(kpis).set_index("kpi")
    one = compared_with_one(rows)
    if "revenue" not in rows.index or pd.isna(rows.loc["revenue", "value"]):
        return Finding("revenue", title=say("findings.revenue.none"), severity="act")
    row = rows.loc["revenue"]
    if small(row["n"]) or _few_customers(rows, "value"):
        return Finding("revenue", title=say("findings.revenue.few"))
    if _few_customers(rows, "previous"):
        row = row.where(row.index != "previous")
    if _few_customers(rows, "last_year"):
        row = row.where(row.index != "last_year")
    previous, year = (
        _relative(row["value"], row["previous"]),
        _relative(row["value"], row["last_year"]),
    )
    return Finding(
        "revenue",
        title=say(
            f"findings.revenue.title{_known(previous, year, one=one)}",
            revenue=format_short_money(row["value"]),
            previous=format_change(previous),
            year=format_change(year),
        ),
        severity="note",
        figures={"revenue": float(row["value"]), "previous": previous, "last_year": year},
    )


def kpi_signals_finding(kpis: Data) -> Finding:
    """How many KPIs left their natural range; asks to look into the worst."""
    rows = frame_of(kpis)
    if len(rows):
        told = without_telling(rows)
        for column in ("value", "previous", "last_year"):
            rows = rows.assign(**{column: rows[column].mask(told[column].map(is_hidden))})
        rows = rows[rows["value"].notna()]
    judged = rows[rows["verdict"].isin(["signal_high", "signal_low", "noise"])]
    if judged.empty:
        return Finding("kpi_signals", title=say("findings.kpi_signals.too_short"))
    signals = judged[judged["verdict"] != "noise"]
    unjudged = _unjudged(rows[rows["verdict"] == "too_short"])
    if signals.empty:
        return Finding(
            "kpi_signals",
            title=say("findings.kpi_signals.noise", kpis=say_count("findings.kpis", len(judged))),
            text=unjudged,
            # What is not judged may have moved.
            severity="note" if unjudged else "good",
        )
    bad = signals[[_is_bad(*pair) for pair in zip(signals["kpi"], signals["verdict"], strict=True)]]
    return Finding(
        "kpi_signals",
        title=say(
            "findings.kpi_signals.title",
            signals=format_count(len(signals)),
            kpis=say_count("findings.of_kpis", len(judged)),
        ),
        text=" ".join(
            [
                say(
                    f"findings.kpi_signals.{row.verdict}",
                    kpi=say(f"kpis.{row.kpi}.name"),
                    value=format_value(row.value, kpi_kind(row.kpi)),
                )
                for row in signals.itertuples()
            ]
            + [unjudged] * bool(unjudged)
        ),
        severity="act" if len(bad) else "note",
        figures={"signals": len(signals), "kpis": len(judged)},
        decision=_look_into(bad, one=compared_with_one(rows)),
    )


def negative_margin_finding(kpis: Data) -> Finding | None:
    """That the orders of the period cost more than they brought; None where they did not.

    It asks for a decision before any other: with a negative margin every goal on sales, and
    every KPI that rests on margin, works against the others by arithmetic alone.

    Parameters
    ----------
    kpis
        Result of `kpi_table.kpi_table`; the gross margin is that before marketing.
    """
    rows = frame_of(kpis).set_index("kpi")
    if not {"gross_margin", "revenue"} <= set(rows.index):
        return None
    row, revenue = rows.loc["gross_margin"], rows.loc["revenue", "value"]
    told = without_telling(frame_of(kpis)).set_index("kpi").loc["gross_margin", "value"]
    if is_hidden(told) or small(row["n"]) or _few_customers(rows, "value"):
        return None
    margin, n = float(row["value"]), float(row["n"])
    if not (margin < 0 and n > 0):
        return None
    share = margin / revenue if revenue > 0 else None
    return Finding(
        "negative_margin",
        title=say(
            "findings.negative_margin.title",
            margin=format_short_money(margin),
            orders=say_count("findings.negative_margin.orders", int(n)),
        ),
        text=say(
            "findings.negative_margin.text"
            if share is not None
            else "findings.negative_margin.text_unsold",
            each=format_value(margin / n, "unit_money"),
            revenue=format_short_money(revenue),
            share=format_share(share),
        ),
        severity="act",
        figures={"gross_margin": margin, "orders": int(n)},
        decision=Decision(
            title=say("findings.negative_margin.ask"),
            why=say("findings.negative_margin.why", each=format_value(margin / n, "unit_money")),
            evidence="measured",
        ),
    )


def category_finding(categories: Data) -> Finding:
    """The category that brings most, and the one that grew or fell most in money.

    None is named of which few customers, of either period, are behind the figure.
    """
    rows = frame_of(categories)
    if rows.empty:
        return Finding("categories", title=say("findings.categories.none"))
    if not (rows["revenue"] > 0).any():
        return Finding("categories", title=say("findings.categories.unsold"))
    unseen, changes = hidden_now(rows), hidden_now(rows) | hidden_then(rows)
    rows = rows.assign(
        told=[place not in unseen for place in range(len(rows))],
        moved=rows["revenue"] - rows["previous"],
        move_told=[place not in changes for place in range(len(rows))],
    )
    rows = rows[rows["revenue"] > 0]
    total = rows["revenue"].sum()
    top = rows.sort_values(["revenue", "category"], ascending=[False, True]).iloc[0]
    text = _largest_move(rows.dropna(subset=["moved"]))
    if not top["told"]:
        return Finding("categories", title=say("findings.categories.few"), text=text)
    return Finding(
        "categories",
        title=say(
            "findings.categories.title",
            category=top["category"],
            share=format_share(top["revenue"] / total, digits=0),
        ),
        text=text,
        figures={"share": float(top["revenue"] / total)},
    )


def _largest_move(rows: pd.DataFrame) -> str:
    """The largest move, or that of the categories that are shown where a hidden one is larger."""
    shown = rows[rows["move_told"]]
    if shown.empty:
        return ""
    most = shown.loc[shown["moved"].abs().idxmax()]
    among = "" if abs(most["moved"]) >= rows["moved"].abs().max() else "_shown"
    return say(
        f"findings.categories.{'rose' if most['moved'] >= 0 else 'fell'}{among}",
        category=most["category"],
        change=format_short_money(abs(most["moved"])),
    )


def _unjudged(rows: pd.DataFrame) -> str:
    """Which KPIs have a value, but no history to judge it by."""
    names = ", ".join(say(f"kpis.{kpi}.name") for kpi in rows["kpi"])
    return say("findings.kpi_signals.unjudged", kpis=names) if names else ""


def _few_customers(rows: pd.DataFrame, column: str) -> bool:
    return "active_customers" in rows.index and small(rows.loc["active_customers", column])


def _is_bad(kpi: str, verdict: str) -> bool:
    return (verdict == "signal_high") == KPIS[kpi].lower_is_better


def _known(previous: float | None, year: float | None, *, one: bool) -> str:
    known = bool(pd.notna(previous)), bool(pd.notna(year))
    return _ONE if one and all(known) else _KNOWN[known]


def _look_into(bad: pd.DataFrame, *, one: bool) -> Decision | None:
    if bad.empty:
        return None
    # The first in the order of KPIS: revenue before what drives it.
    first = bad.assign(order=bad["kpi"].map(list(KPIS).index)).sort_values("order").iloc[0]
    kind = kpi_kind(first["kpi"])
    known = _known(first["previous"], first["last_year"], one=one)
    return Decision(
        title=say("findings.kpi_signals.ask", kpi=say(f"kpis.{first['kpi']}.name")),
        why=say(
            f"findings.kpi_signals.why{known}",
            value=format_value(first["value"], kind),
            previous=format_value(first["previous"], kind),
            year=format_value(first["last_year"], kind),
        ),
        evidence="measured",
    )


def _relative(value: float, base: float) -> float | None:
    return None if pd.isna(base) or base == 0 else float(value / base - 1)
