"""KPIs of groups that would tell a few customers: hidden, with what would tell them.

The reader knows the figures of all customers, so a lone hidden group would follow from them:
other groups are hidden too, until two groups and enough customers are. KPIs that follow from one
another, as orders and buyers from their ratio, are hidden together; each period by itself. How
many customers a group has stands in the tables of segments: those who did not order are a group.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from crm_strategy.analysis.kpi_groups import SEGMENT
from crm_strategy.views.nested_groups import hide_with_nested, nests_of
from crm_strategy.views.payload import hidden, is_hidden
from crm_strategy.views.privacy import complete, of_hidden_size, small

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

ORDERS: Final = ("order_count", "average_order_value", "purchase_frequency")
"""KPIs that tell the orders: beside the customers, how many ordered again at most."""

OF_ORDERS: Final = ("revenue", "gross_margin")
"""KPIs whose n are the orders."""

HIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("value", "low", "high", "n", "change"),
    "previous_": ("previous", "change"),
    "last_year_": ("last_year",),
}
"""What is hidden with a value of each period, by how the columns of its counts begin."""

OF_BUYERS: Final = (*FAMILIES[0], "repeat_rate")
"""KPIs that tell how many ordered."""

OF_MEMBERS: Final = ("active_share", "csat", "nps")
"""KPIs that tell how many of all customers of a group: beside the sizes of groups, the others."""

Counts = dict[str, float]
"""Customers by group."""


def told_groups(table: pd.DataFrame) -> pd.DataFrame:
    """The KPIs of groups without the figures that would tell a few customers.

    Parameters
    ----------
    table
        Result of `kpi_group_table.kpi_group_table`.

    Returns
    -------
    DataFrame
        The same rows, `customers` those who ordered: beside them, those who only returned
        something would be told. Where a figure is hidden its cell says so, and so does that of
        `customers` with the revenue. Hidden values have no verdict and no status. Groups stand
        by revenue: where it is hidden they go last, by name, or their place would tell it.
    """
    whole = table.reset_index(drop=True)
    ordered = whole["buyers"].where(whole["buyers"].notna(), whole["customers"])
    rows, nests = whole.assign(customers=ordered).astype("object"), nests_of(whole)
    for family in (*FAMILIES, ORDERS):
        kept = whole[whole["kpi"].isin(family)]
        counted = _orders_again if family == ORDERS else _counts
        for when, columns in HIDES.items():
            counts = {str(name): dict(counted(of, when)) for name, of in kept.groupby("breakdown")}
            if family == FAMILIES[0] and SEGMENT in counts:
                counts[SEGMENT]["buyers not new"] = _not_new(whole, counts[SEGMENT], when)
            hide = {name: _to_hide(of, family) for name, of in counts.items()}
            unseen = hide_with_nested(hide, counts, nests)
            gone = kept.index[_places(kept, unseen)]
            _hide(rows, gone, columns)
            if family == ORDERS and not when:
                told = whole[whole["kpi"].isin(OF_ORDERS)]
                _hide(rows, told.index[_places(told, unseen)], ("n",))
            if not when:
                rows.loc[gone, ["verdict", "status"]] = None
                if family == FAMILIES[0]:
                    _hide(rows, gone, ("customers",))
    return _hidden_last(rows)


def _places(kept: pd.DataFrame, hide: Mapping[str, set[str]]) -> list[bool]:
    pairs = kept[["breakdown", "group"]].itertuples(index=False, name=None)
    return [group in hide.get(name, ()) for name, group in pairs]


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


def _to_hide(counts: dict[str, Counts], family: tuple[str, ...]) -> set[str]:
    """Groups of a family of KPIs to hide in one period."""
    hide = {group for of in counts.values() for group, n in of.items() if small(n)}
    if "active_share" in family:
        # Other tables hide these sizes, which follow from the active and their share.
        hide |= of_hidden_size(counts.get("members", {}))
    grew = bool(hide)
    while grew:
        before = len(hide)
        for of in counts.values():
            # Nobody is told where none of the hidden has any.
            if any(of.get(group, 0) > 0 for group in hide):
                _complete(hide, {group: n for group, n in of.items() if n > 0})
        grew = len(hide) > before
    return hide


def _complete(hide: set[str], members: Counts) -> None:
    """As `privacy.complete`, by the names of groups."""
    names = [*members]
    gone = {place for place, name in enumerate(names) if name in hide}
    complete(gone, dict(enumerate(members.values())))
    hide.update(names[place] for place in gone)


def _counts(kept: pd.DataFrame, when: str) -> Iterator[tuple[str, Counts]]:
    """Customers that a family of KPIs tells of each group of a breakdown, by what is counted."""
    yield "customers", _by_group(kept, f"{when}customers")
    yield "smallest", _by_group(kept, f"{when}smallest_count", "min")
    names = ("buyers", "members", "actives")
    known = {name: _by_group(kept, f"{when}{name}") for name in names}
    asked = set(kept["kpi"])
    if asked & {*OF_MEMBERS}:
        yield "members", known["members"]
    if asked & {*OF_BUYERS}:
        yield "buyers", known["buyers"]
        yield "members less buyers", _less(known["members"], known["buyers"])
        if known["actives"]:
            yield "in several", _in_several(known["members"], known["buyers"])
    yield from _cases(kept, known, when)


def _orders_again(kept: pd.DataFrame, when: str) -> Iterator[tuple[str, Counts]]:
    """Orders of each group less the customers who ordered: of 19 by 18, one ordered twice."""
    column = HIDES[when][0]
    orders = _by_group(kept[kept["kpi"] == "order_count"], column)
    each = _by_group(kept[kept["kpi"] == "purchase_frequency"], column)
    buyers = _by_group(kept, f"{when}buyers")
    # Orders without a customer are in the count of orders, not in those of each.
    orders |= {group: round(n * buyers[group]) for group, n in each.items() if group in buyers}
    # Where nobody is known to have ordered, nobody did so again.
    known = {group: n for group, n in orders.items() if buyers.get(group)}
    yield "orders again", _less(known, buyers)


def _cases(
    kept: pd.DataFrame, known: Mapping[str, Counts], when: str
) -> Iterator[tuple[str, Counts]]:
    """Customers that follow from a KPI's value: its own number, or both sides of a share.

    Beside those who ordered, the active and the new tell who is active though they did not order
    in the period, who is active in other groups alone, and who ordered but is not new.
    """
    column, members = HIDES[when][0], known["members"]
    for kpi, rows in kept.groupby("kpi", sort=False):
        if kpi in ("active_customers", "new_customers"):
            counted = _by_group(rows, column)
            yield str(kpi), counted
            if kpi == "active_customers":
                yield "active less buyers", _less(counted, known["buyers"])
                yield "all active less active", _less(known["actives"], counted)
            else:
                yield "buyers less new", _less(known["buyers"], counted)
        elif not when and rows["unit"].eq("share").all():
            cases = (rows["value"] * rows["n"]).round()
            sides = rows.assign(cases=cases, others=rows["n"] - cases)
            yield f"{kpi} of", _by_group(sides, "cases")
            yield f"{kpi} not of", _by_group(sides, "others")
        if not when and kpi in OF_MEMBERS:
            answers = _by_group(rows, "n")
            yield f"{kpi} n", answers
            yield f"members less {kpi} n", _less(members, answers)


def _less(counts: Counts, parts: Counts) -> Counts:
    """Those who are not among the parts, of groups of which both are known."""
    return {group: max(n - parts[group], 0.0) for group, n in counts.items() if group in parts}


def _not_new(table: pd.DataFrame, counts: Mapping[str, Counts], when: str) -> Counts:
    """Of each segment who ordered and was a customer before: moves between segments tell who was
    not, so beside them those who ordered are told only where both are no few.
    """
    of_segments = table[table["breakdown"].eq(SEGMENT) & table["kpi"].eq("new_customers")]
    new = _by_group(of_segments, HIDES[when][0])
    return _less(counts.get("buyers", {}), new)


def _in_several(members: Counts, buyers: Counts) -> Counts:
    """Of the smallest group: in how many groups customers ordered beyond their first."""
    bought = {group: n for group, n in buyers.items() if n > 0}
    if not bought:
        return {}
    return {min(bought, key=lambda group: (bought[group], group)): _sum_beyond(members, bought)}


def _sum_beyond(members: Counts, bought: Counts) -> float:
    return max(sum(bought.values()) - max(members.values(), default=0.0), 0.0)


def _by_group(rows: pd.DataFrame, column: str, how: str = "max") -> Counts:
    found = rows[column].astype("float64").groupby(rows["group"], sort=False).agg(how).dropna()
    return {str(group): float(n) for group, n in found.items()}
