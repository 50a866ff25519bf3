"""Findings on products: what no longer sells, what rises and falls, what lives by a season."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.naming import period_label
from crm_strategy.views.privacy import small
from crm_strategy.views.product_privacy import products_not_told
from crm_strategy.views.season_privacy import ITEM, shares_not_told
from crm_strategy.words import say
from crm_strategy.words.numbers import (
    NBSP,
    format_change,
    format_count,
    format_month,
    format_share,
    format_short_money,
)

MOST_NAMED: Final = 3
"""Products a sentence names at most."""

_MOVED: Final = ("no_interest", "faller", "riser")


def products_finding(
    trends: Data, *, base: str, decided: Sequence[Mapping[str, Any]] = ()
) -> Finding:
    """Products nobody is interested in any more, those that fell and rose, and the best sellers.

    Parameters
    ----------
    trends
        Result of `product_trends.product_trends`.
    base
        The period compared with, as printed.
    decided
        Result of `plan.goals.decision_rows`: decisions on a product are named here.
    """
    rows = frame_of(trends)
    if rows.empty:
        return Finding("products", title=say("outlook.products.none"))
    unseen = products_not_told(rows)
    shown = rows[[place not in unseen for place in range(len(rows))]]
    if shown.empty:
        return Finding("products", title=say("outlook.products.few"))
    taken = _taken(shown, decided)
    best = say("outlook.products.best", products=_list(shown.head(MOST_NAMED)))
    best = " ".join([best, *(say("outlook.products.decided", **each) for each in taken.values())])
    judged = shown["verdict"].notna()
    if not judged.any():
        return Finding("products", title=say("outlook.products.unknown"), text=best)
    moved = {verdict: shown[shown["verdict"] == verdict] for verdict in _MOVED}
    first = next((verdict for verdict in _MOVED if len(moved[verdict])), None)
    figures = {verdict: len(found) for verdict, found in moved.items()}
    tested = say("outlook.products.tested", n=format_count(judged.sum()), base=base)
    same = bool(shown["same_season"].all())
    if not same:
        base = say("outlook.products.other_season", base=base)
        tested = f"{tested} {say('outlook.products.wait')}"
    if first is None:
        title = say("outlook.products.steady", base=base)
        return Finding("products", title=title, text=f"{tested} {best}", figures=figures)
    top = moved[first].sort_values("previous", ascending=False).iloc[0]
    others = [
        say(f"outlook.products.others_{verdict}", products=_list(found, change=True))
        for verdict, found in moved.items()
        if verdict != first and len(found)
    ]
    more = moved[first].drop(index=top.name)
    if len(more):
        others.insert(0, say(f"outlook.products.others_{first}", products=_list(more, change=True)))
    return Finding(
        "products",
        title=say(
            f"outlook.products.{first}",
            product=top["product"],
            orders=format_count(top["order_count"]),
            expected=format_count(top["expected_count"]),
            base=base,
        ),
        text=" ".join([*others, tested, best]),
        severity="note" if not same else "watch" if first != "riser" else "good",
        figures=figures | {"product_id": str(top["product_id"])},
        decision=Decision(
            title=say("outlook.products.ask_decided", **taken[str(top["product_id"])])
            if str(top["product_id"]) in taken
            else say("outlook.products.ask", product=top["product"]),
            why=say("outlook.products.why", previous=format_short_money(top["previous"])),
            evidence="measured",
        )
        if first == "no_interest"
        else None,
    )


def seasonality_finding(seasons: Data) -> Finding:
    """Products that sell in one season only, and what else follows a season of its own."""
    rows = frame_of(seasons)
    if rows.empty:
        return Finding("seasonality", title=say("outlook.seasonality.none"))
    totals = rows.groupby(["level", "product", "product_id"], sort=False)
    each = totals.first().assign(customers=totals["customer_count"].max()).reset_index()
    each = each[~each["customers"].map(small)]
    one = each[each["verdict"] == "one_season"]
    own = each[each["verdict"] == "seasonal"]
    years = format_count(rows["year_count"].iloc[0])
    text = [say("outlook.seasonality.rule", years=years)]
    if len(own):
        named = ", ".join(_season(row) for _, row in own.head(MOST_NAMED).iterrows())
        key = "also" if len(own) <= MOST_NAMED else "also_more"
        said = say(
            f"outlook.seasonality.{key}",
            products=named,
            more=format_count(len(own) - MOST_NAMED),
        )
        text.insert(0, said)
    if one.empty:
        return Finding("seasonality", title=say("outlook.seasonality.even"), text=" ".join(text))
    few = shares_not_told(rows)
    one = one.assign(told=[item not in few for item in one[list(ITEM)].itertuples(index=False)])
    # One whose share may be told says more.
    top = one.sort_values("told", ascending=False, kind="stable").iloc[0]
    share = {"window_share": top["window_share"]} if top["told"] else {}
    return Finding(
        "seasonality",
        title=say(
            "outlook.seasonality.title" if share else "outlook.seasonality.title_few",
            product=top["product"],
            share=format_share(top["window_share"], digits=0),
            months=_window(int(top["window_start"])),
            overall=format_share(top["overall_share"], digits=0),
        ),
        text=" ".join(text),
        figures={
            "product_id": str(top["product_id"]),
            **share,
            "one_season": len(one),
            "seasonal": len(own),
        },
        decision=Decision(
            title=say("outlook.seasonality.ask", product=top["product"]),
            why=say("outlook.seasonality.why", months=_window(int(top["window_start"]))),
            evidence="measured",
        ),
    )


def _taken(rows: pd.DataFrame, decided: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The last decision on each of the products, by the product's id."""
    names = dict(zip(rows["product_id"].astype(str), rows["product"], strict=True))
    return {
        str(each["product"]): {
            "product": str(names[str(each["product"])]),
            "decision": str(each["decision"]),
            "period": period_label(str(each["period"])),
        }
        for each in decided
        if each.get("product") is not None and str(each["product"]) in names
    }


def month_name(month: int) -> str:
    """Sep · сент."""
    return format_month(date(2000, month, 1)).split(NBSP)[0]


def _window(start: int) -> str:
    """Oct–Dec"""
    return f"{month_name(start)}–{month_name((start + 1) % 12 + 1)}"


def _season(row: pd.Series) -> str:
    return f"{_quoted(row)} ({_window(int(row['window_start']))})"


def _quoted(row: pd.Series) -> str:
    return say("outlook.quoted", name=row["product"])


def _list(rows: pd.DataFrame, *, change: bool = False) -> str:
    """Names with their revenue, or with their orders against those to expect; the first few."""
    return ", ".join(
        f"{_quoted(row)} " + (_against(row) if change else format_short_money(row["revenue"]))
        for _, row in rows.head(MOST_NAMED).iterrows()
    )


def _against(row: pd.Series) -> str:
    """Orders against those to expect."""
    return format_change(row["order_count"] / row["expected_count"] - 1, digits=0)
