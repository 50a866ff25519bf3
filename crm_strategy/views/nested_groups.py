"""Groups that lie within one of another breakdown: their figures would tell the rest of it."""

from collections.abc import Mapping

import pandas as pd

from crm_strategy.analysis.members import UNKNOWN
from crm_strategy.views.privacy import small

Counts = Mapping[str, Mapping[str, float]]
"""By what is counted, the customers of each group."""

Nests = Mapping[tuple[str, str], Mapping[str, str]]
"""By a breakdown and another, the group of the other that each of its groups lies within."""


def nests_of(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """Which groups lie within which, of breakdowns that are both in the table.

    Parameters
    ----------
    table
        Result of `kpi_group_table.kpi_group_table`.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    groups = table.drop_duplicates(["breakdown", "group"])
    known = set(groups[["breakdown", "group"]].itertuples(index=False, name=None))
    rows = groups[["breakdown", "group", "within"]].itertuples(index=False, name=None)
    for breakdown, group, wholes in rows:
        for whole, within in wholes:
            if (whole, within) in known:
                found.setdefault((breakdown, whole), {})[group] = within
    return found


def hide_with_nested(
    hide: dict[str, set[str]], counts: Mapping[str, Counts], nests: Nests
) -> dict[str, set[str]]:
    """The groups to hide of each breakdown, where some lie within those of another.

    Where the one hides a group, or leaves a few of the other, they are not told side by side:
    of a region and its cities, what the one hides would follow from the other. The breakdown
    that shows more groups stays.

    Parameters
    ----------
    hide
        By breakdown, the groups hidden for their own sake.
    counts
        By breakdown.
    nests
        Result of `nests_of`.
    """
    found = {name: set(groups) for name, groups in hide.items()}
    for (name, whole), within in nests.items():
        every = {each: _groups(counts.get(each, {})) for each in (name, whole)}
        shown = {each: every[each] - found.get(each, set()) for each in (name, whole)}
        if not (shown[name] and shown[whole]):
            continue
        hides = any(group != UNKNOWN for group in every[name] - shown[name])
        if hides or _leaves_few(counts[name], counts[whole], within, shown[name], shown[whole]):
            gone = min(whole, name, key=lambda each: (len(shown[each]), each == whole))
            found[gone] = set(every[gone])
    return found


def _groups(counts: Counts) -> set[str]:
    return {group for of in counts.values() for group, n in of.items() if n > 0}


def _leaves_few(
    parts: Counts, wholes: Counts, within: Mapping[str, str], shown: set[str], told: set[str]
) -> bool:
    """Whether parts that are shown leave a few of a whole, or of all hidden wholes together.

    Customers of orders may be in several parts: one part alone may leave a few, too, and those
    in two parts are what these are more than their whole.
    """
    for counted in parts.keys() & wholes.keys():
        left: dict[str, float] = {}
        for group, n in wholes[counted].items():
            name = group if group in told else ""
            left[name] = left.get(name, 0.0) + n
        for group in shown & within.keys():
            name = within[group] if within[group] in told else ""
            if name in left:
                n = parts[counted].get(group, 0.0)
                if n and name and small(wholes[counted][name] - n):
                    return True
                left[name] -= n
        if any(small(abs(n)) for n in left.values()):
            return True
    return False
