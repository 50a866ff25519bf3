"""Loyalty tiers: the best customers first, by what they spent or how often they came."""

from collections.abc import Mapping
from types import MappingProxyType

import ibis

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
    profiles
        One row per customer: `customer_id`, and the column `by`.
    by
        `revenue` (money, net) or `order_count`.
    at_least
        As in `tier_by_value`.
    shares
        As in `tier_by_share`; `SHARES` unless given.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once.
    """
    tier = tier_of(profiles[by], at_least=at_least, shares=shares)
    return profiles.select("customer_id", segment=tier)


def tier_of(
    worth: ibis.Value,
    *,
    at_least: Mapping[str, float] | None = None,
    shares: Mapping[str, float] | None = None,
) -> ibis.Value:
    """The tier alone, as a value; see `tier_members`."""
    return tier_by_value(worth, at_least) if at_least else tier_by_share(worth, shares or SHARES)


def tier_names(
    at_least: Mapping[str, float] | None = None, shares: Mapping[str, float] | None = None
) -> list[str]:
    """The tiers that `tier_members` makes of the same terms, the best first, without `other`."""
    if at_least:
        return sorted(at_least, key=lambda tier: -at_least[tier])
    return [*(shares or SHARES)]


def tier_by_value(worth: ibis.Value, at_least: Mapping[str, float]) -> ibis.Value:
    """The highest tier whose value a customer reaches; `other` below all tiers.

    Parameters
    ----------
    worth
        What a customer spent or how often they came: a column of one row per customer.
    at_least
        Tier: the value it begins at, in any order.
    """
    highest_first = sorted(at_least.items(), key=lambda tier: -tier[1])
    reached = [(worth >= value, tier) for tier, value in highest_first]
    return ibis.cases(*reached, else_=OTHER) if reached else ibis.literal(OTHER)


def tier_by_share(worth: ibis.Value, shares: Mapping[str, float] = SHARES) -> ibis.Value:
    """Tiers of given size, the best customers first.

    A customer is in the first tier of which, with the tiers above it, the share is greater
    than the share of customers strictly better; so equal customers are in one tier, and it may
    be larger than its share.

    Parameters
    ----------
    worth
        As in `tier_by_value`.
    shares
        Tier: its share of customers, best first.
    """
    better = ibis.rank().over(order_by=worth.desc())
    # Of rows, with a value or without; as a float, for the engine multiplies decimals slowly.
    everyone = worth.isnull().count().over().cast("float64")
    inside: list[tuple[ibis.Value, str]] = []
    reach = 0.0
    for tier, share in shares.items():
        reach += share
        # 0.1 + 0.2 is a little more than 0.3.
        inside.append((better < everyone * reach - _CLOSE, tier))
    return ibis.cases(*inside, else_=OTHER) if inside else ibis.literal(OTHER)
