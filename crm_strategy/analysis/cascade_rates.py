"""Response rates of a cascade's steps: how often one message by a channel was answered."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.cascade_reach import EVERYONE
from crm_strategy.analysis.funnel import RESPONSES
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.spans import within
from crm_strategy.analysis.timeline import known_touches, next_orders, soon_after

ENOUGH: Final = 100
ENOUGH_ANSWERED: Final = 10
"""Customers of a segment who were contacted, and who answered: with fewer of either, the rate of
all the channel's customers counts."""

ORDERED: Final = "ordered"

ANSWERS: Final[Mapping[str | None, tuple[str, ...]]] = {
    None: RESPONSES,
    "opened": RESPONSES,
    "clicked": ("clicked", "visited"),
}
"""Actions that tell of an answer beside the one named: who clicked has opened."""

COLUMNS: Final = (
    *("rate", "rate_low", "rate_high", "n", "contact_count", "response_count", "rate_basis"),
)


def response_rates(
    steps: pd.DataFrame,
    touches: ibis.Table,
    orders: ibis.Table,
    members: ibis.Table,
    *,
    as_of: date,
    days: int = 365,
    conversion_days: int = 30,
) -> pd.DataFrame:
    """Share of a channel's contacts that were answered as the step asks, with its interval.

    rate = contacts answered / contacts, of the last `days`. Rows of one `touch_id` are one
    contact. Contacts of one customer are no independent trials: the interval is Wilson's with
    customers, not contacts, as n.

    Parameters
    ----------
    steps
        One row per step: `segment`, `channel`, `wait_days`, `stop_on` (None: any answer).
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `action`?,
        `touch_id`?, `touchpoint`.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    members
        `customer_id`, `segment`.
    as_of
        Last day observed.
    days
        Days of contacts looked at.
    conversion_days
        Days within which an order answers a contact where the step does not wait.

    Returns
    -------
    DataFrame
        The steps with `rate`, `rate_low`, `rate_high` (95 %; NaN where unknown), `n` (customers
        contacted), `contact_count`, `response_count` (customers who answered) and `rate_basis`:
        `segment` (at least `ENOUGH` of its customers were contacted, and `ENOUGH_ANSWERED`
        answered), `channel` (all customers), or why there is no rate: `no_contacts`,
        `not_recorded` (this answer never was), `only_answers` (nothing but answers was, so the
        unanswered are not known).
    """
    recent = known_touches(touches).filter(
        within(_.touched_at, as_of - timedelta(days=days - 1), as_of)
    )
    rows = []
    for step in steps.itertuples(index=False):
        sent = recent.filter(_.channel == step.channel)
        wait = int(step.wait_days) or conversion_days
        asked = None if pd.isna(step.stop_on) else str(step.stop_on)
        answered = _answered(sent, orders, asked, wait).cache()
        rows.append(_rate(answered, members, str(step.segment)))
    found = pd.DataFrame(rows, columns=list(COLUMNS), index=steps.index)
    numbers = dict.fromkeys(COLUMNS[:-1], "float64")
    return steps.join(found.astype(numbers))


def _answered(sent: ibis.Table, orders: ibis.Table, stop_on: str | None, days: int) -> ibis.Table:
    """One row per contact: `customer_id`, `answered`."""
    if stop_on == ORDERED:
        followed = next_orders(sent, orders)
        soon = soon_after(followed.placed_at, followed.touched_at, days)
        return followed.select("customer_id", answered=soon)
    action = sent.action if "action" in sent.columns else ibis.null("string")
    wanted = ANSWERS.get(stop_on, (str(stop_on),))
    named = sent.touch_id if "touch_id" in sent.columns else ibis.null("string")
    # A touch without an id is a contact of its own.
    own = ibis.row_number().over(order_by=["customer_id", "touched_at"]).cast("string")
    marked = sent.mutate(
        hit=action.isin(wanted).fill_null(False),
        contact=ibis.ifelse(named.isnull(), "row " + own, named),
    )
    return marked.group_by("customer_id", "contact").agg(answered=_.hit.any()).drop("contact")


def _rate(answered: ibis.Table, members: ibis.Table, segment: str) -> dict[str, Any]:
    whole = _counts(answered)
    reason = None
    if not whole["contact_count"]:
        reason = "no_contacts"
    elif not whole["answers"]:
        reason = "not_recorded"
    elif whole["answers"] == whole["contact_count"]:
        reason = "only_answers"
    if reason is not None:
        return {"n": whole["n"], "contact_count": whole["contact_count"], "rate_basis": reason}
    if segment != EVERYONE:
        own = _counts(answered.semi_join(members.filter(_.segment == segment), "customer_id"))
        if own["n"] >= ENOUGH and own["response_count"] >= ENOUGH_ANSWERED:
            return _with_interval(own, "segment")
    return _with_interval(whole, "channel")


def _counts(answered: ibis.Table) -> dict[str, int]:
    sums = answered.agg(
        contact_count=_.count(),
        answers=_.answered.sum().fill_null(0),
        n=_.customer_id.nunique(),
        response_count=_.customer_id.nunique(where=_.answered),
    )
    return {str(name): int(value) for name, value in sums.to_pandas().iloc[0].items()}


def _with_interval(counts: dict[str, int], basis: str) -> dict[str, Any]:
    rate = counts["answers"] / counts["contact_count"]
    low, high = share_interval(rate * counts["n"], counts["n"])
    known = {name: counts[name] for name in ("n", "contact_count", "response_count")}
    return {"rate": rate, "rate_low": low, "rate_high": high, "rate_basis": basis} | known
