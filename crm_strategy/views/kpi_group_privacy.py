"""KPIs of groups that would tell a few customers: hidden, with what would tell them.

The reader knows the figures of all customers, so a lone hidden group would follow from them:
other groups are hidden too, until two groups and enough customers are. KPIs that follow from one
another, as orders and buyers from their ratio, are hidden together; each period by itself.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import complete, small

FAMILIES: Final = (
    ("revenue", "gross_margin", "order_count", "average_order_value", "purchase_frequency"),
    ("repeat_rate",),
    (
        *("active_customers", "active_share", "new_customers", "customer_retention_rate"),
        *("churn_rate", "loyalty_share", "cac", "ltv", "ltv_to_cac", "payback_months"),
    ),
    ("conversion_rate",),
    ("csat",),
    ("nps",),
)
"""KPIs hidden together. Marketing costs are nobody's, and hidden nowhere."""

HIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("value", "low", "high", "n", "change"),
    "previous_": ("previous", "change"),
    "last_year_": ("last_year",),
}
"""What is hidden with a value of each period, by how the columns of its counts begin."""

Counts = dict[int, float]
"""By number of the group."""


def told_groups(table: pd.DataFrame) -> pd.DataFrame:
    """The KPIs of groups without the figures that would tell a few customers.

    Parameters
    ----------
    table
        Result of `kpi_group_table.kpi_group_table`.

    Returns
    -------
    DataFrame
        The same rows; where a figure is hidden its cell says so, and so does that of
        `customers` with the revenue. Hidden values have no verdict and no status. Groups stand
        by revenue: where it is hidden they go last, by name, or their place would tell it.
    """
    rows = table.reset_index(drop=True).astype("object")
    for _, whole in table.reset_index(drop=True).groupby("breakdown", sort=False):
        groups = {group: number for number, group in enumerate(whole["group"].unique())}
        for family in FAMILIES:
            kept = whole[whole["kpi"].isin(family)]
            numbers = kept["group"].map(groups)
            for when, columns in HIDES.items():
                gone = kept.index[numbers.isin(_to_hide(kept, numbers, when))]
                _hide(rows, gone, columns)
                if not when:
                    rows.loc[gone, ["verdict", "status"]] = None
                    if family == FAMILIES[0]:
                        _hide(rows, gone, ("customers",))
    return _hidden_last(rows)


def _hidden_last(rows: pd.DataFrame) -> pd.DataFrame:
    unseen = rows["customers"].map(is_hidden).groupby([rows["breakdown"], rows["group"]])
    gone = unseen.transform("any").astype("bool")
    whole = rows["breakdown"].map({name: n for n, name in enumerate(rows["breakdown"].unique())})
    order = pd.DataFrame({"whole": whole, "gone": gone, "name": rows["group"].where(gone, "")})
    places = order.sort_values(["whole", "gone", "name"], kind="stable").index
    return rows.loc[places].reset_index(drop=True)


def _hide(rows: pd.DataFrame, places: pd.Index, columns: tuple[str, ...]) -> None:
    for place in places:
        for column in columns:
            value = rows.at[place, column]
            if value is not None and value == value:
                rows.at[place, column] = hidden()


def _to_hide(kept: pd.DataFrame, numbers: pd.Series, when: str) -> set[int]:
    """Groups of a family of KPIs to hide in one period."""
    customers = _by_group(kept[f"{when}customers"], numbers, "max")
    smallest = _by_group(kept[f"{when}smallest_count"], numbers, "min")
    hide = {group for counts in (customers, smallest) for group, n in counts.items() if small(n)}
    counted = [customers, smallest, *_cases(kept, numbers, when)]
    grew = bool(hide)
    while grew:
        before = len(hide)
        for counts in counted:
            # Nobody is told where none of the hidden has any.
            if any(counts.get(group, 0) > 0 for group in hide):
                complete(hide, {group: n for group, n in counts.items() if n > 0})
        grew = len(hide) > before
    return hide


def _cases(kept: pd.DataFrame, numbers: pd.Series, when: str) -> Iterator[Counts]:
    """Customers that follow from a KPI's value: its own number, or both sides of a share."""
    column = HIDES[when][0]
    for kpi, rows in kept.groupby("kpi", sort=False):
        of = numbers[rows.index]
        if kpi in ("active_customers", "new_customers"):
            yield _by_group(rows[column], of, "max")
        elif not when and rows["unit"].eq("share").all():
            cases = (rows["value"] * rows["n"]).round()
            yield from (_by_group(side, of, "max") for side in (cases, rows["n"] - cases))


def _by_group(counts: pd.Series, numbers: pd.Series, how: str) -> Counts:
    found = counts.astype("float64").groupby(numbers).agg(how).dropna()
    return {int(group): float(n) for group, n in found.items()}
