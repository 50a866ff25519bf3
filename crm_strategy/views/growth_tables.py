"""Tables of the growth chapter: whom to win back, whom to remind, when, and what it is worth."""

from typing import Final

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.kinds import SEGMENT_WORDS
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.privacy import hidden_beside, small, with_hidden
from crm_strategy.views.ranges import with_range
from crm_strategy.views.segment_tables import customers_in
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_compared_rates, telling_rates, without_rates
from crm_strategy.words import say

_WIN_BACK: Final = {
    "gain": "money",
    "own_return_rate": "share",
    "discount_share": "share",
    "expected_value": "money",
}
_COUNT: Final = "smallest_count"
_WIN_BACK_COLUMNS: Final = (
    *("customer_count", "past_revenue", "p_alive", "expected_value", "own_return_rate"),
    *("discount_share", "gain"),
)
_OF_MOMENT: Final = ("customer_count", "active_count", "lapsed_count", "past_revenue")
"""What is told of the customers of a moment."""


def win_back_table(lapsed: Data) -> Table:
    """Lapsed customers by segment: what they had brought, whether they live, what pays."""
    rows = frame_of(lapsed)
    if len(rows):
        gone = lapsed_to_hide(rows)
        # Guards the row: neither the page nor the workbook shows it.
        rows = rows.assign(_COUNT=[1 if at in gone else None for at in range(len(rows))])
        rows = rows.rename(columns={"_COUNT": _COUNT})
        rows = rows.sort_values(["past_revenue", "segment"], ascending=[False, True])
    return Table(
        rows,
        id="win_back",
        note=_counted_note("win_back", rows),
        formats={**_WIN_BACK, _COUNT: "count"},
        suppress=(Suppress(count="customer_count"), Suppress(count=_COUNT)),
        total=_summed(rows),
        layout=Layout(
            columns=("segment", *_WIN_BACK_COLUMNS, _COUNT),
            sheet_only=(_COUNT,),
            page_only=(_COUNT,),
            ranked=True,
        ),
        basis=customers_in(rows),
    )


def lapsed_to_hide(lapsed: pd.DataFrame) -> list[int]:
    """Positions of segments few of whom lapsed, or few did not, and of what tells these.

    The table of segments has the customers of each, lapsed or not (`segment_count`), the KPIs by
    group those who ordered (`buyer_count`): the others are active without an order of late.
    """
    if "segment_count" not in lapsed:
        return []
    sizes = [float(n) for n in lapsed["segment_count"]]
    gone = [float(n) for n in lapsed["customer_count"]]
    rates = [n / of for n, of in zip(gone, sizes, strict=True)]
    hide = {*telling_rates(rates, sizes, groups=[[0] * len(sizes)])}
    if "buyer_count" not in lapsed:
        return sorted(hide)
    bought = [float(n) for n in lapsed["buyer_count"]]
    active = [of - n for of, n in zip(sizes, gone, strict=True)]
    waiting = [max(n - m, 0.0) for n, m in zip(active, bought, strict=True)]
    return hidden_beside([gone, active, waiting], hide)


def win_back_actions_table(actions: Data) -> Table:
    """Lapsed customers by what to do: an offer, a reminder without discount, nothing."""
    rows = frame_of(actions)
    return Table(
        rows,
        id="win_back_actions",
        note=_counted_note("win_back_actions", rows),
        formats=_WIN_BACK,
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=("action", *_WIN_BACK_COLUMNS), words={"action": "views.win_back.{}"}
        ),
        basis=customers_in(rows),
    )


def _summed(rows: pd.DataFrame) -> tuple[str, ...]:
    known = len(rows) == 0 or bool(rows["expected_value"].notna().any())
    return ("customer_count", "past_revenue", *(("expected_value",) if known else ()))


def _counted_note(table: str, rows: pd.DataFrame) -> str:
    """What is said of chances that were counted, for no model tells who has left."""
    if rows.empty or rows["p_alive"].notna().any() or rows["own_return_rate"].isna().all():
        return ""
    return f"{say(f'views.table.{table}.note')} {say('growth.win_back.counted_note')}"


def win_back_results_table(results: Data) -> Table:
    """Earlier tests among the lapsed: returned of the targeted, against the hold-out."""
    rows = with_range(frame_of(results), "share")
    told = ("returned_count", "difference", "difference_low", "difference_high")
    if len(rows):
        ends = rows[["difference_low", "difference_high"]].set_axis(["low", "high"], axis=1)
        rows = rows.assign(difference_range=with_range(ends.astype("float64"), "points")["range"])
        hides = (*told, "difference_range", "low", "high", "range")
        few = _few_not_lapsed(rows)
        rows = hide_compared_rates(
            rows,
            "return_rate",
            of="customer_count",
            by="experiment",
            basis=list(~rows["experiment"].duplicated()),
            hides=hides,
        )
        if few:
            rows = with_hidden(rows, few, hides=("return_rate", *hides), within=[["experiment"]])
    return Table(
        rows,
        id="win_back_results",
        formats={
            **dict.fromkeys(("low", "high"), "share"),
            **dict.fromkeys(("difference", "difference_low", "difference_high"), "points"),
            **dict.fromkeys(("range", "difference_range"), "interval"),
        },
        suppress=(
            Suppress(count="customer_count", within=("experiment",)),
            Suppress(count="returned_count"),
        ),
        layout=Layout(
            columns=(
                *("experiment", "variant", "customer_count", "returned_count", "return_rate"),
                *("difference", "difference_range", "verdict", "low", "high"),
                *("difference_low", "difference_high"),
            ),
            words={"verdict": "views.win_back_results.{}", "variant": "views.variant.{}"},
            sheet_only=("low", "high", "difference_low", "difference_high"),
            page_only=("difference_range",),
        ),
    )


def _few_not_lapsed(results: pd.DataFrame) -> list[int]:
    """Positions of the variants of tests few of whose customers had not lapsed when drawn.

    The tables of all tests tell how many were drawn and how many of them ordered: without the
    lapsed, the others are a group. All variants of such a test are compared with one another.
    """
    if "drawn_count" not in results:
        return []
    others = results["drawn_count"] - results["customer_count"]
    bought = results["drawn_returned_count"] - results["returned_count"]
    few = others.map(small) | bought.map(small) | (others - bought).map(small)
    tests = set(results.loc[few, "experiment"])
    return [place for place, test in enumerate(results["experiment"]) if test in tests]


def replenishment_table(due: Data) -> Table:
    """Products bought again, and how many customers are past the usual time."""
    return Table(
        due,
        id="replenishment",
        suppress=(Suppress(count="due_count"), Suppress(count="customer_count")),
        layout=Layout(sheet_only=("gap_count", "product_id"), rows_shown=20, ranked=True),
    )


def moments_table(moments: Data) -> Table:
    """Occasions to write in the coming days, and how many customers have each."""
    rows = frame_of(moments)
    if len(rows):
        active = rows["active_count"]
        rows = rows.assign(lapsed_count=rows["customer_count"] - active)
        rows = without_rates(rows, _beside_season(rows), ("active_count", "lapsed_count"))
        rows = without_rates(rows, told_by_season(rows), _OF_MOMENT)
    return Table(
        rows,
        id="moments",
        suppress=(
            Suppress(count="customer_count"),
            Suppress(count="active_count", hides=("lapsed_count",)),
            Suppress(count="lapsed_count", hides=("active_count",)),
        ),
        layout=Layout(
            columns=("moment", "customer_count", "active_count", "lapsed_count", "past_revenue"),
            words={"moment": "views.moment.{}"},
        ),
    )


def told_by_season(moments: pd.DataFrame) -> list[int]:
    """The anniversaries that, beside who ordered in these days a year ago, tell a few."""
    counts = moments.set_index("moment")["customer_count"]
    if not {"anniversary", "season"} <= set(counts.index):
        return []
    few = small(abs(float(counts["season"] - counts["anniversary"])))
    return [place for place, each in enumerate(counts.index) if few and each == "anniversary"]


def _beside_season(moments: pd.DataFrame) -> list[int]:
    """The anniversaries where a few ordered in these days a year ago, but not first then."""
    counts = moments.set_index("moment")[["active_count", "lapsed_count"]]
    if not {"anniversary", "season"} <= set(counts.index):
        return []
    few = (counts.loc["season"] - counts.loc["anniversary"]).abs().map(small).any()
    return [place for place, each in enumerate(counts.index) if few and each == "anniversary"]


def playbook_table(plays: Data) -> Table:
    """One offer a segment: audience, cost, break-even, gain, hold-out, deadline."""
    rows = frame_of(plays)
    return Table(
        rows,
        id="playbook",
        formats={
            **dict.fromkeys(("offer_cost", "gain"), "money"),
            **dict.fromkeys(("break_even_uplift", "own_rate", "holdout_share"), "share"),
            **dict.fromkeys(("order_value", "order_margin"), "unit_money"),
            "deadline": "date",
        },
        # The source line tells how many there are in all.
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("segment", "customer_count", "offer_cost", "break_even_uplift", "gain"),
                *("holdout_count", "deadline", "verdict", "holdout_share", "own_rate"),
                *("order_value", "order_margin"),
            ),
            words={"verdict": "views.playbook.{}"},
            ranked=True,
        ),
        basis=customers_in(rows),
    )


def loyalty_programme_table(programme: Data) -> Table:
    """What points cost by tier, and how much more its members must buy."""
    rows = frame_of(programme)
    return Table(
        rows.drop(columns="days", errors="ignore"),
        id="loyalty_programme",
        formats={
            **dict.fromkeys(("points_cost", "running_cost"), "money"),
            **dict.fromkeys(("revenue_share", "break_even_uplift"), "share"),
        },
        suppress="customer_count",
        total=_sums(rows),
        layout=Layout(words={"tier": SEGMENT_WORDS}),
        basis=Basis(n=int(rows["customer_count"].sum())) if len(rows) else Basis(),
    )


def _sums(rows: pd.DataFrame) -> tuple[str, ...]:
    names = ("customer_count", "revenue", "points_cost", "running_cost", "order_count")
    return tuple(name for name in names if name in rows and rows[name].notna().any())
