"""Segments by the client's own rules: the first rule that holds counts."""

from collections.abc import Mapping

import ibis

from crm_strategy.analysis.members import OTHER


def rule_members(profiles: ibis.Table, rules: Mapping[str, ibis.Value]) -> ibis.Table:
    """Customers by the first rule that holds for them.

    Parameters
    ----------
    profiles
        One row per customer: `customer_id`, and the columns that the rules ask about.
    rules
        Segment: whether its rule holds, a condition over `profiles`; in the order in which
        they are tried. A condition without a value does not hold.

    Returns
    -------
    Table
        `customer_id`, `segment`: each customer of the profiles once; `other` where no rule
        holds.
    """
    return profiles.select("customer_id", segment=rule_of(rules))


def rule_of(rules: Mapping[str, ibis.Value]) -> ibis.Value:
    """The segment alone, as a value of the profiles; see `rule_members`."""
    tried = [(holds, segment) for segment, holds in rules.items()]
    return ibis.cases(*tried, else_=OTHER) if tried else ibis.literal(OTHER)
