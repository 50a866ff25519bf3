"""Loyalty tiers: the best customers first, by what they spent or how often they came."""

from collections.abc import Mapping
from types import MappingProxyType

import ibis
from ibis import _

from crm_strategy.analysis.members import OTHER

SHARES: Mapping[str, float] = MappingProxyType({"gold": 0.05, "silver": 0.15, "bronze": 0.30})
"""Tiers of a client who has named none: half of the customers have one."""

_CLOSE = 1e-9


def tier_members(
    profiles: ibis.Table,
    *,
    by: str = "revenue",
    at_least: Mapping[str, float] | None = None,
    shares: Mapping[str, float] | None = None,
) -> ibis.Table:
    """Customers by tiers: by the values they begin at where there are any, else by shares.

    Parameters
    ----------
    profiles, by, at_least, shares
        As in `tiers_by_value` and `tiers_by_share`.
    """
    if at_least:
        return tiers_by_value(profiles, at_least, by=by)
    return tiers_by_share(profiles, shares or SHARES, by=by)


def tiers_by_value(
    profiles: ibis.Table, at_least: Mapping[str, float], *, by: str = "revenue"
) -> ibis.Table:
    """Customers by the highest tier whose value they reach.

    Parameters
    ----------
    profiles
        One row per customer: `customer_id`, and the column `by`.
    at_least
        Tier: the value it begins at, in any order.
    by
        `revenue` (money, net) or `order_count`.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once; `other` below all tiers.
    """
    if not at_least:
        return profiles.select("customer_id", segment=ibis.literal(OTHER))
    highest_first = sorted(at_least.items(), key=lambda tier: -tier[1])
    reached = [(profiles[by] >= value, tier) for tier, value in highest_first]
    return profiles.select("customer_id", segment=ibis.cases(*reached, else_=OTHER))


def tiers_by_share(
    profiles: ibis.Table, shares: Mapping[str, float] = SHARES, *, by: str = "revenue"
) -> ibis.Table:
    """Customers by tiers of given size, the best customers first.

    A customer is in the first tier of which, with the tiers above it, the share is greater
    than the share of customers strictly better; so equal customers are in one tier, and it may
    be larger than its share.

    Parameters
    ----------
    profiles, by
        As in `tiers_by_value`.
    shares
        Tier: its share of customers, best first.

    Returns
    -------
    Table
        As of `tiers_by_value`.
    """
    better = ibis.rank().over(order_by=_[by].desc())
    # As a float: the engine multiplies decimals slowly.
    everyone = _.count().over().cast("float64")
    ranked = profiles.select("customer_id", better=better, everyone=everyone)
    inside: list[tuple[ibis.Value, str]] = []
    reach = 0.0
    for tier, share in shares.items():
        reach += share
        # 0.1 + 0.2 is a little more than 0.3.
        inside.append((ranked.better < ranked.everyone * reach - _CLOSE, tier))
    segment = ibis.cases(*inside, else_=OTHER) if inside else ibis.literal(OTHER)
    return ranked.select("customer_id", segment=segment)
