"""Findings on offers: the surest pair, the surest bundle, and whether offers beat best sellers."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.finding import Decision, Finding
from crm_strategy.views.growth_offer_tables import told_bundles
from crm_strategy.views.privacy import small, without_small
from crm_strategy.words import say, say_count
from crm_strategy.words.numbers import (
    format_count,
    format_interval,
    format_ratio,
    format_share,
    format_unit_money,
)

GUARDS: Final = ("customer_count", "order_count", "without_count")


def cross_sell_finding(pairs: Data, *, n: int, tried: int, left_out: int = 0) -> Finding:
    """The pair of products worth most, of how many tried in how many orders.

    Parameters
    ----------
    pairs
        Result of `cross_sell.sure_pairs`.
    n
        Orders looked at.
    tried
        Pairs in enough orders to be judged.
    left_out
        Orders too large to be looked at.
    """
    rows = frame_of(pairs)
    for guard in GUARDS if len(rows) else ():
        rows = without_small(rows, guard)
    giant = say("growth.cross_sell.left_out", orders=format_count(left_out)) if left_out else ""
    looked = say_count("growth.orders_looked", n)
    if rows.empty:
        title = "growth.cross_sell.none" if tried else "growth.cross_sell.nothing"
        text = say("growth.cross_sell.none_text", pairs=format_count(tried), looked=looked)
        return Finding("cross_sell", title=say(title), text=f"{text} {giant}".strip())
    top = rows.iloc[0]
    parts = [
        say(
            "growth.cross_sell.text",
            orders=say_count("findings.orders", int(top["order_count"])),
            confidence=format_share(top["confidence"], digits=0),
            low=format_ratio(top["lift_low"]),
            sure=say_count("growth.pairs", int(top["pair_count"])),
            tried=format_count(tried),
            looked=looked,
        ),
        _earns(top),
        say("growth.cross_sell.assumption"),
        giant,
    ]
    return Finding(
        "cross_sell",
        title=say(
            "growth.cross_sell.title",
            product=top["product"],
            other=top["with_product"],
            lift=format_ratio(top["lift"]),
        ),
        text=" ".join(part for part in parts if part),
        severity="act",
        figures={
            "product": str(top["product"]),
            "with_product": str(top["with_product"]),
            "lift": float(top["lift"]),
            "pair_count": int(top["pair_count"]),
        },
        decision=Decision(
            title=say("growth.cross_sell.ask", product=top["product"], other=top["with_product"]),
            why=say("growth.cross_sell.why", low=format_ratio(top["lift_low"])),
            evidence="partial",
        ),
    )


def _earns(row: pd.Series) -> str:
    if pd.isna(row["margin"]):
        return ""
    return say("growth.cross_sell.earns", margin=format_unit_money(row["margin"]))


def bundles_finding(bundles: Data) -> Finding:
    """The surest bundle of three, or that there is none."""
    rows = told_bundles(bundles)
    if len(rows):
        rows = without_small(rows, "customer_count")
    if rows.empty:
        return Finding("bundles", title=say("growth.bundles.none"))
    top = rows.iloc[0]
    return Finding(
        "bundles",
        title=say(
            "growth.bundles.title",
            products=", ".join(
                say("findings.quoted", name=top[name])
                for name in ("product", "with_product", "third_product")
            ),
        ),
        text=say(
            "growth.bundles.text",
            orders=say_count("findings.orders", int(top["order_count"])),
            confidence=format_share(top["confidence"], digits=0),
            low=format_share(top["confidence_low"], digits=0),
            bundles=format_count(len(rows)),
        ),
        figures={"order_count": int(top["order_count"]), "bundle_count": len(rows)},
    )


def next_offers_finding(
    hits: Data, *, customers: int, n: int, everyone: int | None = None
) -> Finding:
    """Whether next offers guessed better than best sellers, with rates, interval and n.

    Parameters
    ----------
    hits
        Result of `offer_hits.offer_hits`.
    customers, n
        Customers with an offer now, of how many.
    everyone
        All customers: where they are a few more than either, neither is told.
    """
    rows = frame_of(hits)
    if customers == 0 or small(customers):
        return Finding("next_offers", title=say("growth.next_offers.none"))
    who = {"customers": say_count("findings.customers", customers), "n": format_count(n)}
    if small(n - customers):
        who["n"] = format_count(customers)
    apart_of_all = [(everyone or each) - each for each in (customers, n)]
    counted = [] if any(map(small, apart_of_all)) else [say("growth.next_offers.who", **who)]
    by_method = rows.set_index("method") if len(rows) else rows
    asked = int(by_method.loc["offers", "customer_count"]) if len(rows) else 0
    counts = [by_method.loc[each, "hit_count"] for each in ("offers", "popular")] if asked else []
    sides = [*counts, *(asked - count for count in counts)]
    if not asked or small(asked) or any(map(small, sides)):
        return Finding(
            "next_offers",
            title=say("growth.next_offers.unknown"),
            text=" ".join(counted),
        )
    ours, popular, apart = (by_method.loc[each] for each in ("offers", "popular", "difference"))
    known = not pd.isna(apart["low"])
    verdict = (
        "better"
        if known and apart["low"] > 0
        else "worse"
        if known and apart["high"] < 0
        else "same"
    )
    figures = {
        "hit_rate": float(ours["hit_rate"]),
        "popular_hit_rate": float(popular["hit_rate"]),
        "customer_count": asked,
    }
    text = say(
        "growth.next_offers.text",
        k=format_count(ours["k"]),
        asked=say_count("findings.of_customers", asked),
        ours=format_share(ours["hit_rate"]),
        ours_range=format_interval(ours["low"], ours["high"], "share"),
        popular=format_share(popular["hit_rate"]),
        popular_range=format_interval(popular["low"], popular["high"], "share"),
    )
    return Finding(
        "next_offers",
        title=say(f"growth.next_offers.{verdict}"),
        text=" ".join([text, say("growth.next_offers.limit"), *counted]),
        severity="good" if verdict == "better" else "note",
        figures=figures | {"verdict": verdict},
        decision=Decision(
            title=say("growth.next_offers.ask"),
            why=say("growth.next_offers.why"),
            evidence="partial",
        )
        if verdict == "better"
        else None,
    )
