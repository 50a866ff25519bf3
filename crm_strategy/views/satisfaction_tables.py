"""Tables of what customers say: satisfaction, its value, and who answers at all."""

import pandas as pd

from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.cross_tables import hidden_cells
from crm_strategy.views.kind_privacy import bands_of_hidden_size
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.privacy import small, with_hidden
from crm_strategy.views.ranges import with_range
from crm_strategy.views.repeat_privacy import without_few_repeats
from crm_strategy.views.table import Table
from crm_strategy.views.telling_rates import hide_telling_rates

BANDS = ("segments.{}.name",)
GROUPS = "value.group.{}"
ENDS = {"low": "share", "high": "share", "range": "interval"}


def satisfaction_table(satisfaction: Data, total: "Data | None" = None) -> Table:
    """Customers by what they answered last: revenue, and how many bought again.

    Parameters
    ----------
    satisfaction
        Result of `satisfaction.satisfaction`.
    total
        Result of `lifetime_value.total_value`: how many customers there are. Few who did not
        answer may not be told either.
    """
    rows = with_range(frame_of(satisfaction), "share")
    rates = hide_telling_rates(
        rows,
        "repeat_rate",
        of="customer_count",
        hides=tuple(ENDS),
        within=[["kind"]],
        tells="rate_tells",
    ).drop(columns="rate_tells", errors="ignore")
    if len(rows):
        gone = bands_to_hide(rows, total)
        places = [place for place, band in enumerate(_bands(rows)) if band in gone]
        hides = ("revenue", "repeat_rate", *ENDS)
        rates = with_hidden(rates, places, hides=hides, within=[["kind"]])
    return Table(
        rates,
        id="satisfaction",
        formats=ENDS,
        layout=Layout(
            columns=(
                *("band", "kind", "customer_count", "revenue", "repeat_rate", "range"),
                *("low", "high"),
            ),
            words={"band": BANDS, "kind": "value.survey.{}"},
            sheet_only=("low", "high"),
            page_only=("range",),
        ),
    )


def bands_to_hide(satisfaction: pd.DataFrame, total: "Data | None") -> set[tuple[str, str]]:
    """Kinds and bands of answers whose size is hidden.

    Those who did not answer are the rest of all customers, and a group too.
    """
    hide = set()
    for kind, bands in satisfaction.groupby("kind"):
        pairs = zip(bands["band"], bands["customer_count"], strict=True)
        sizes = {str(band): float(n) for band, n in pairs}
        everybody = 0.0 if total is None else float(frame_of(total)["customer_count"].sum())
        silent = max(everybody - sum(sizes.values()), 0.0)
        hide |= {(str(kind), band) for band in bands_of_hidden_size(sizes, silent=silent)}
    return hide


def _bands(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return [(str(k), str(band)) for k, band in zip(rows["kind"], rows["band"], strict=True)]


def satisfaction_value_table(grid: Data, total: "Data | None" = None) -> Table:
    """Satisfaction against value: whose revenue is at risk.

    Parameters
    ----------
    grid
        Result of `satisfaction.satisfaction_value`.
    total
        As in `satisfaction_table`.
    """
    rows = frame_of(grid)
    return Table(
        with_hidden(
            rows, values_to_hide(rows, total), hides=("revenue",), within=[["band"], [VALUE]]
        )
        if len(rows)
        else rows,
        id="satisfaction_value",
        layout=Layout(words={"band": BANDS, "value_group": GROUPS}),
    )


def values_to_hide(grid: pd.DataFrame, total: "Data | None") -> list[int]:
    """Positions of the cells to hide: small ones, those of hidden bands, and what tells them."""
    sizes = grid.groupby("band", sort=False)["customer_count"].sum()
    bands = bands_to_hide(sizes.reset_index().assign(kind=""), total)
    pairs = list(grid[["band", VALUE]].itertuples(index=False, name=None))
    cells = {pair: int(n) for pair, n in zip(pairs, grid["customer_count"], strict=True) if n > 0}
    hide = hidden_cells(cells, rows={band for _, band in bands})
    return [place for place, pair in enumerate(pairs) if hide is None or pair in hide]


VALUE = "value_group"


def respondents_table(respondents: Data, satisfaction: Data = ()) -> Table:
    """Customers who answered beside those who did not: do the answers speak for all?

    Parameters
    ----------
    respondents
        Result of `satisfaction.respondents`.
    satisfaction
        Result of `satisfaction.satisfaction`, whose bands tell how many answered each survey.
    """
    rows = _without_few_repeats(with_range(frame_of(respondents), "share"))
    covered = few_of_one_survey(rows, satisfaction)
    rows = rows[:0] if covered else rows
    return Table(
        hide_telling_rates(
            rows, "repeat_rate", of="customer_count", hides=tuple(ENDS), within=[[]]
        ),
        id="respondents",
        formats=ENDS,
        suppress=(Suppress(count="customer_count", within=((),)),),
        layout=Layout(
            columns=(
                *("group", "customer_count", "revenue_per_customer", "average_order_value"),
                *("repeat_rate", "range", "low", "high"),
            ),
            words={"group": GROUPS},
            sheet_only=("low", "high"),
            page_only=("range",),
            covered=covered,
        ),
    )


def _without_few_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """Those who answered and the others, without order values that tell a few ordered again."""
    if rows.empty:
        return rows
    worth = rows["average_order_value"].astype("float64")
    each = rows["revenue_per_customer"].astype("float64") / worth.where(worth != 0)
    return without_few_repeats(rows.assign(purchase_frequency=each)).drop(
        columns="purchase_frequency"
    )


def few_of_one_survey(respondents: pd.DataFrame, satisfaction: Data) -> bool:
    """Whether of all who answered but a few did not answer one of the surveys.

    They would follow from all and from the bands of that survey.
    """
    bands = frame_of(satisfaction)
    if bands.empty or respondents.empty:
        return False
    all_of_them = respondents.loc[respondents["group"] == "respondents", "customer_count"].sum()
    asked = bands.groupby("kind")["customer_count"].sum()
    return any(small(float(all_of_them - n)) for n in asked)
