"""Reach of a cascade: which customers may be written to, by which of its channels."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import ibis
import numpy as np
from ibis import _

from crm_strategy.analysis.channel_groups import Bools
from crm_strategy.analysis.histories import Floats
from crm_strategy.analysis.spans import until
from crm_strategy.analysis.timeline import known_touches

EVERYONE: Final = "all"

FAILED: Final = ("refused", "bounced", "failed", "undelivered", "unsubscribed", "blocked")
"""Actions that say that a contact did not reach its customer, or must not do so again."""


class Audience(NamedTuple):
    """Customers of a segment, grouped by the channels that reach them."""

    channels: tuple[str, ...]
    holds: Bools
    """Groups × channels: whether the channel reaches the group."""
    sizes: Floats
    """Customers of each group; those whom no channel reaches are one of them."""

    @property
    def reachable(self) -> Floats:
        """Customers whom each channel reaches."""
        counted: Floats = self.sizes @ self.holds
        return counted


def reachable_customers(
    touches: ibis.Table, consents: ibis.Table, *, as_of: date, consented: bool
) -> ibis.Table:
    """Customers and the channels by which they may be written to.

    Where consents are known, only those that hold count: granted, and not withdrawn since, for
    whatever purpose. Where none were supplied, consent is assumed of customers whose last
    contact by the channel did not fail.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `action`?.
    consents
        One row per customer, channel and purpose: `customer_id`, `channel`, `granted_at`?,
        `withdrawn_at`? (timestamps).
    as_of
        Last day observed.
    consented
        Whether consents are known.

    Returns
    -------
    Table
        `customer_id`, `channel`: each pair once.
    """
    if consented:
        return _in_force(consents, as_of)
    known = known_touches(touches).filter(until(_.touched_at, as_of))
    action = known.action if "action" in known.columns else ibis.null("string")
    marked = known.mutate(failed=action.isin(FAILED).fill_null(False))
    counted = marked.group_by("customer_id", "channel").agg(
        failed_at=_.touched_at.max(where=_.failed), worked_at=_.touched_at.max(where=~_.failed)
    )
    reached = counted.failed_at.isnull() | (counted.worked_at > counted.failed_at)
    return counted.filter(counted.worked_at.notnull(), reached).select("customer_id", "channel")


def _in_force(consents: ibis.Table, as_of: date) -> ibis.Table:
    granted = until(consents.granted_at, as_of)
    withdrawn = until(consents.withdrawn_at, as_of).fill_null(False)
    again = (consents.granted_at > consents.withdrawn_at).fill_null(False)
    given = consents.granted_at.isnull() | granted
    stated = consents.mutate(given=given & (~withdrawn | again), ended=withdrawn)
    counted = stated.group_by("customer_id", "channel").agg(
        given=_.given.any(),
        granted_at=_.granted_at.max(where=_.given),
        withdrawn_at=_.withdrawn_at.max(where=_.ended),
    )
    stands = counted.withdrawn_at.isnull() | (counted.granted_at > counted.withdrawn_at)
    return counted.filter(counted.given, stands).select("customer_id", "channel")


def audiences(
    members: ibis.Table, reachable: ibis.Table, scenarios: Mapping[str, tuple[str, Sequence[str]]]
) -> dict[str, Audience]:
    """The customers of each scenario, grouped by the channels that reach them.

    Parameters
    ----------
    members
        `customer_id`, `segment`: a customer may stand in several; `all` is everyone.
    reachable
        As `reachable_customers` returns it.
    scenarios
        By scenario: its segment, and the channels of its steps in their order.
    """
    return {
        scenario: _audience(_of(members, segment), reachable, channels)
        for scenario, (segment, channels) in scenarios.items()
    }


def _of(members: ibis.Table, segment: str) -> ibis.Table:
    chosen = members if segment == EVERYONE else members.filter(_.segment == segment)
    return chosen.select("customer_id").distinct()


def _audience(people: ibis.Table, reachable: ibis.Table, channels: Sequence[str]) -> Audience:
    names = [f"by_{place}" for place in range(len(channels))]
    marks = {
        name: (_.channel == channel).any() for name, channel in zip(names, channels, strict=True)
    }
    known = reachable.filter(_.channel.isin(channels)).group_by("customer_id").agg(**marks)
    joined = people.left_join(known, "customer_id")
    filled = joined.mutate(**{name: joined[name].fill_null(False) for name in names})
    counts = filled.group_by(names).agg(size=_.count()).order_by(names).to_pandas()
    holds = counts[names].to_numpy(dtype=bool).reshape(len(counts), len(names))
    return Audience(tuple(channels), holds, np.asarray(counts["size"], dtype=np.float64))
