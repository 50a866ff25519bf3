"""Responses: which contacts customers answer."""

from collections.abc import Mapping
from datetime import date

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.funnel import RESPONSES
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.members import UNKNOWN, members_of
from crm_strategy.analysis.most_chosen import MOST_VALUES, most_of_few, most_of_many, place_of
from crm_strategy.analysis.spans import until, within
from crm_strategy.analysis.timeline import known_touches, next_orders, soon_after

NEVER_ANSWERED, NOT_CONTACTED = "never_answered", "not_contacted"


def responses(
    touches: ibis.Table,
    orders: ibis.Table,
    profiles: ibis.Table | None = None,
    *,
    start: date,
    end: date,
    conversion_days: int,
    by: str = "channel",
) -> pd.DataFrame:
    """Who was contacted in a period, who answered, and who then ordered.

    An answer is a touch the customer opened, clicked, visited or replied to. Customers are
    counted, not touches: the touches of one customer are no independent trials.

    Parameters
    ----------
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `channel`, `action`?, and
        the column to count by. Touches without a customer are left out.
    orders
        One row per order or refund: `customer_id`, `ordered_at` (timestamp), `is_refund`.
    profiles
        One row per customer that segments divide: `customer_id`.
    start, end
        First and last day of the period.
    conversion_days
        Calendar days after a touch in which an order counts as its conversion; orders after
        the period do not count.
    by
        What was answered: `channel`, `campaign` or `touchpoint`.

    Returns
    -------
    DataFrame
        Most customers first: the column counted by, `touch_count`, `customer_count`,
        `response_count` (customers who answered), `response_rate` (of the customers), `low`,
        `high` (95 % of it), `conversion_rate` (customers who ordered ÷ customers), and with
        profiles `rate_tells` (customers who answered, less those in the segment of the channel)
        and `silent_count` (customers in the segment of those who never answered, in each row).
        Responses are NaN for channels of which no answer was ever recorded, and for those of
        which nothing but answers was: without the unanswered contacts there is no rate.
    """
    measured = _answering(touches).filter((_.answers > 0) & (_.unanswered > 0))
    measured = measured.select("channel", measured=ibis.literal(True))
    sent = known_touches(touches).filter(within(_.touched_at, start, end))
    sent = sent.left_join(measured, "channel").select(*sent.columns, "measured")
    sent = sent.mutate(touchpoint=sent[by].fill_null(UNKNOWN), answered=is_answered(sent))
    counts = sent.group_by("touchpoint").agg(
        touch_count=_.count(),
        customer_count=_.customer_id.nunique(),
        response_count=_.customer_id.nunique(where=_.answered),
        measured=_.measured.count(),
    )
    followed = next_orders(sent, orders.filter(within(_.ordered_at, start, end)))
    converted = (
        followed.filter(soon_after(followed.placed_at, followed.touched_at, conversion_days))
        .group_by("touchpoint")
        .agg(converted=_.customer_id.nunique())
    )
    table = counts.to_pandas().merge(converted.to_pandas(), how="left", on="touchpoint")
    answered = table["response_count"].astype("float64")
    table["response_count"] = answered.where(table["measured"] > 0)
    pairs = zip(table["response_count"], table["customer_count"], strict=True)
    bounds = [share_interval(count, n) if count >= 0 else (None, None) for count, n in pairs]
    table = table.rename(columns={"touchpoint": by}).assign(
        response_rate=table["response_count"] / table["customer_count"],
        low=pd.Series([low for low, _high in bounds], dtype="float64"),
        high=pd.Series([high for _low, high in bounds], dtype="float64"),
        conversion_rate=table["converted"].fillna(0) / table["customer_count"],
    )
    ordered = table.sort_values(["customer_count", by], ascending=[False, True], ignore_index=True)
    columns = [by, "touch_count", "customer_count", "response_count"]
    found = ordered[[*columns, "response_rate", "low", "high", "conversion_rate"]]
    if profiles is None:
        return found
    named = response_members(touches, profiles, as_of=end)
    sizes = named.group_by("segment").agg(n=_.count()).to_pandas().set_index("segment")["n"]
    most = found[by].map(sizes).astype("float64")
    return found.assign(
        rate_tells=(found["response_count"] - most).abs(),
        silent_count=float(sizes.get(NEVER_ANSWERED, 0)),
    )


def asked_channels(touches: ibis.Table) -> ibis.Table:
    """Channels by which the client speaks: those with contacts that nobody answered.

    Where nothing but clicks or visits is recorded, customers came by themselves.

    Returns
    -------
    Table
        `channel`.
    """
    return _answering(touches).filter(_.unanswered > 0).select("channel")


def response_members(
    touches: ibis.Table,
    profiles: ibis.Table,
    *,
    as_of: date,
    heard: Mapping[str, bool] | None = None,
) -> ibis.Table:
    """Customers by the channel they answered most; of equals the later on average, then by name.

    Parameters
    ----------
    touches
        As in `responses`.
    profiles
        One row per customer: `customer_id`.
    as_of
        Last day observed; later touches are ignored.
    heard
        As in `answered_most`.

    Returns
    -------
    Table
        `customer_id`, `segment`: as of `answered_most`, or `not_contacted`. Each customer of the
        profiles once.
    """
    return members_of(
        profiles, answered_most(touches, as_of=as_of, heard=heard), otherwise=NOT_CONTACTED
    )


def answered_most(
    touches: ibis.Table, *, as_of: date, heard: Mapping[str, bool] | None = None
) -> ibis.Table:
    """Whoever was contacted, by the channel they answered most; as in `response_members`.

    Parameters
    ----------
    touches, as_of
        As in `response_members`.
    heard
        Every channel, and whether an answer was ever recorded. Read from the data unless given.

    Returns
    -------
    Table
        `customer_id`, `segment`: a channel, `never_answered`, or `unknown` (contacted, but only
        where no answer was ever recorded).
    """
    known = known_touches(touches).filter(until(_.touched_at, as_of))
    if heard is None:
        told = _answering(known).to_pandas().set_index("channel")["answers"] > 0
        heard = {str(channel): bool(some) for channel, some in told.items()}
    listed = sorted(channel for channel, some in heard.items() if some)
    known = known.mutate(answered=is_answered(known), place=place_of(known.channel, listed))
    # Usually answers are recorded in every channel: then none needs to be asked for each touch.
    measured = ibis.literal(True)
    if len(listed) < len(heard):
        measured = (known.place >= 0).fill_null(False)
    known = known.mutate(measured=measured)
    if len(listed) <= MOST_VALUES:
        said = most_of_few(
            known,
            {"channel": ibis.ifelse(known.answered, known.place, None)},
            {"channel": listed},
            at=known.touched_at,
            measured=_.measured.any(),
        )
    else:
        answered = ibis.ifelse(known.answered, known.channel, None)
        most = most_of_many(known, answered, at=known.touched_at)
        contacted = known.group_by("customer_id").agg(measured=_.measured.any())
        said = contacted.left_join(most, "customer_id").select(
            "customer_id", "measured", channel=_.value
        )
    return said.select(
        "customer_id",
        segment=ibis.cases(
            (said.channel.notnull(), said.channel),
            (said.measured, NEVER_ANSWERED),
            else_=UNKNOWN,
        ),
    )


def is_answered(touches: ibis.Table) -> ibis.Value:
    """Whether the customer answered a touch: opened, clicked, visited or replied."""
    if "action" not in touches.columns:
        return ibis.literal(False)
    # A place in a list, not one of several: see `place_of`.
    return (place_of(touches.action, sorted(RESPONSES)) >= 0).fill_null(False)


def _answering(touches: ibis.Table) -> ibis.Table:
    """Touches of each channel with and without an answer."""
    by = ["channel", "action"] if "action" in touches.columns else ["channel"]
    counts = known_touches(touches).group_by(by).agg(n=_.count())
    marked = counts.mutate(answered=is_answered(counts))
    return marked.group_by("channel").agg(
        answers=_.n.sum(where=_.answered).fill_null(0),
        unanswered=_.n.sum(where=~_.answered).fill_null(0),
    )
