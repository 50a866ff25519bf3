"""Which steps of which groups are too few to be told, alone or by subtraction."""

import pandas as pd

ALL = "all"
"""The attribute of the rows that hold every journey."""


def without_small_steps(funnels: pd.DataFrame, least: int) -> pd.DataFrame:
    """The funnels without steps that would tell a group smaller than `least`.

    Left out are stages that fewer reached, or at which fewer stopped: in some of their sessions,
    or in all of them, which the numbers of customers tell; the stages behind them,
    whose rates would tell them; and, since the values of an attribute sum to all, the next
    smallest at that stage until at least two and `least` customers are left out.

    Parameters
    ----------
    funnels
        Rows as `segment_funnels.segment_funnels` returns them.
    least
        Smallest group that may be told; 0 keeps all.
    """
    rows = funnels.reset_index(drop=True)
    counts = rows["customer_count"]
    apart = rows["before_customers"] - counts
    guards = (counts, rows["stopped_customers"].astype("float64"), apart.astype("float64"))
    gone = {at for at in rows.index if any(_few(n[at], least) for n in guards)}
    grew = bool(gone)
    while grew:
        before = len(gone)
        for _key, group in rows.groupby(["attribute", "value"], sort=False):
            lost = [at for at in group.index if at in gone]
            gone.update(at for at in group.index if lost and at > lost[0])
        for (attribute, _stage), group in rows.groupby(["attribute", "stage"], sort=False):
            if attribute != ALL:
                _complete(gone, counts[group.index], least)
        grew = len(gone) > before
    return rows.drop(index=sorted(gone)).reset_index(drop=True)


def _few(count: float, least: int) -> bool:
    return bool(0 < count < least)


def _complete(gone: set[int], counts: "pd.Series", least: int) -> None:
    left_out = [at for at in counts.index if at in gone]
    rest = [at for at in counts.sort_values(kind="stable").index if at not in gone]
    while left_out and rest and (len(left_out) < 2 or counts[left_out].sum() < least):
        left_out.append(rest.pop(0))
        gone.add(left_out[-1])
