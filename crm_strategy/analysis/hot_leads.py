"""Hot leads: which open leads are likely to be won soon, by how earlier ones went.

A lead's chance is read from earlier leads alike in three things: its age, what its customer did
in the last weeks, and the source it came from. Small groups are drawn to the rate of the group
around them, so that three leads of a source never promise 100 %.
"""

from datetime import date, timedelta

import ibis
import pandas as pd
from ibis import _

from crm_strategy.analysis.funnel import RESPONSES
from crm_strategy.analysis.intervals import share_interval
from crm_strategy.analysis.members import UNKNOWN
from crm_strategy.analysis.spans import DAY, midnight
from crm_strategy.analysis.timeline import known_touches

BANDS = ("hot", "warm", "cold")
"""Hot: at least 1.5 times the usual rate; cold: at most half of it."""

HOT, COLD = 1.5, 0.5

ACTIVITIES = ("answered", "contacted", "silent")
"""What happened with the lead's customer in the last weeks."""

PRIOR = 20.0
"""Leads' worth of the surrounding rate that each group's rate is mixed with."""

_AGES = (7, 30, 90)
_LEVELS = ["age", "activity", "source"]


def hot_leads(
    leads: ibis.Table,
    touches: ibis.Table,
    *,
    as_of: date,
    horizon_days: int = 30,
    snapshots: int = 12,
    max_age_days: int = 180,
) -> pd.DataFrame:
    """How many open leads are hot, and whether such a forecast held before.

    Leads are looked at on earlier days, each `horizon_days` before the next, as they stood
    then: not yet won, and won or not in the days that followed. The older half of those days
    teaches the rates, the newer half tests them; for the leads open now all days teach.

    Lost leads seldom carry the day they were lost, so they count until `max_age_days` old:
    rates are, if anything, too low, for taught and tested leads alike.

    Parameters
    ----------
    leads
        One row per lead: `lead_id`, `customer_id`?, `created_at` (timestamp), `source_channel`,
        `status_group` (open, won, lost), `converted_at` (timestamp; of a lost lead, when it
        was lost, where known).
    touches
        One row per touch: `customer_id`, `touched_at` (timestamp), `action`?.
    as_of
        Last day observed.
    horizon_days
        Days ahead for which the chance is stated, and days back that count as activity.
    snapshots
        Number of earlier days looked at.
    max_age_days
        Older leads teach nothing; open ones count as the oldest that do.

    Returns
    -------
    DataFrame
        One row per band, hottest first; none without won leads to learn from: `band`,
        `lead_count` (tested), `open_count` (leads open now), `expected_rate` and
        `observed_rate` (of the tested leads; NaN without any), `low`, `high` (95 % of the
        observed rate; a lead tested on several days counts each time).
    """
    counts = _counted(leads, touches, as_of, horizon_days, snapshots, max_age_days)
    past, now = counts[counts["back"] > 0], counts[counts["back"] == 0]
    if past["won"].sum() == 0:
        return _table([])
    newer = past["back"] <= snapshots // 2
    tested = _scored(past[newer], past[~newer])
    current = _scored(now, past)
    rows = []
    for band in BANDS:
        held = tested[tested["band"] == band]
        n, won = float(held["n"].sum()), float(held["won"].sum())
        expected = float((held["rate"] * held["n"]).sum())
        low, high = share_interval(won, n)
        rates = (expected / n, won / n) if n else (None, None)
        waiting = int(current.loc[current["band"] == band, "n"].sum())
        rows.append((band, int(n), waiting, *rates, low, high))
    return _table(rows)


def lead_scores(
    leads: ibis.Table,
    touches: ibis.Table,
    *,
    as_of: date,
    horizon_days: int = 30,
    snapshots: int = 12,
    max_age_days: int = 180,
) -> ibis.Table:
    """The chance of each open lead to be won within the horizon.

    Parameters
    ----------
    leads, touches, as_of, horizon_days, snapshots, max_age_days
        As in `hot_leads`.

    Returns
    -------
    Table
        One row per lead open at `as_of`: `lead_id`, `expected_rate`, `band`. Ids of people:
        for lists made on demand, never for reports.
    """
    counts = _counted(leads, touches, as_of, horizon_days, snapshots, max_age_days)
    past = counts[counts["back"] > 0]
    cells = counts.loc[counts["back"] == 0, _LEVELS].drop_duplicates().assign(n=0, won=0)
    scored = _scored(cells, past)[[*_LEVELS, "rate", "band"]]
    rates = ibis.memtable(
        scored.rename(columns={"rate": "expected_rate"}),
        schema=dict.fromkeys(_LEVELS, "string") | {"expected_rate": "float64", "band": "string"},
    )
    waiting = standing_leads(leads, touches, day=as_of, horizon_days=horizon_days)
    return waiting.join(rates, _LEVELS).select("lead_id", "expected_rate", "band")


def _counted(
    leads: ibis.Table,
    touches: ibis.Table,
    as_of: date,
    horizon_days: int,
    snapshots: int,
    max_age_days: int,
) -> pd.DataFrame:
    """Leads and won leads by snapshot (`back`: how many horizons ago) and cell."""
    parts = []
    for back in range(snapshots + 1):
        day = as_of - timedelta(days=back * horizon_days)
        standing = standing_leads(leads, touches, day=day, horizon_days=horizon_days, now=back == 0)
        young = standing if back == 0 else standing.filter(_.age_days <= max_age_days)
        parts.append(
            young.group_by(_LEVELS).agg(back=ibis.literal(back), n=_.count(), won=_.won.sum())
        )
    return ibis.union(*parts).to_pandas().fillna({"won": 0})


def standing_leads(
    leads: ibis.Table, touches: ibis.Table, *, day: date, horizon_days: int, now: bool = True
) -> ibis.Table:
    """Leads in play at the end of a day, and whether they were won in the days after.

    Parameters
    ----------
    leads, touches, horizon_days
        As in `hot_leads`.
    day
        Touches after it are ignored.
    now
        Whether it is the last day observed: then leads are in play that are open.

    Returns
    -------
    Table
        `lead_id`, `age_days`, `source`, `won` (within the horizon), `age` and `activity`
        (what the lead's chance is read from, with `source`).
    """
    end, later = midnight(day + DAY), midnight(day + DAY + timedelta(days=horizon_days))
    known = known_touches(touches)
    action = known.action if "action" in known.columns else ibis.null("string")
    recent = (
        known.mutate(answered=action.isin(RESPONSES).fill_null(False))
        .filter(_.touched_at < end, _.touched_at >= midnight(day - timedelta(horizon_days)))
        .group_by("customer_id")
        .agg(answers=_.answered.sum(), contacts=_.count())
    )
    there = leads.filter(leads.created_at < end)
    if now:
        in_play = there.filter(there.status_group == "open")
    else:
        in_play = there.filter(there.converted_at.isnull() | (there.converted_at >= end))
        # Won, and nobody knows when: it teaches nothing about when.
        in_play = in_play.filter((_.status_group != "won") | _.converted_at.notnull())
    seen = in_play.select(
        "lead_id",
        "customer_id",
        age_days=-_.created_at.date().delta(day, unit="day"),
        source=_.source_channel.fill_null(UNKNOWN),
        won=((_.status_group == "won") & (_.converted_at < later)).fill_null(False),
    )
    joined = seen.left_join(recent, "customer_id").select(*seen.columns, "answers", "contacts")
    ages = [(joined.age_days <= age, f"age_{age}") for age in _AGES]
    answered, contacted, silent = ACTIVITIES
    return joined.select(
        "lead_id",
        "age_days",
        "source",
        "won",
        age=ibis.cases(*ages, else_="age_older"),
        activity=ibis.cases(
            (joined.answers.fill_null(0) > 0, answered),
            (joined.contacts.fill_null(0) > 0, contacted),
            else_=silent,
        ),
    )


def _scored(leads: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """The rate and band of each cell: (won + PRIOR × rate around it) / (n + PRIOR)."""
    n, won = past["n"].sum(), past["won"].sum()
    usual = won / n if n else 0.0
    scored = leads.assign(rate=usual)
    for depth in range(1, len(_LEVELS) + 1):
        keys = _LEVELS[:depth]
        group = past.groupby(keys)[["n", "won"]].sum().add_prefix("past_").reset_index()
        scored = scored.drop(columns=["past_n", "past_won"], errors="ignore")
        scored = scored.merge(group, how="left", on=keys)
        seen = scored[["past_n", "past_won"]].fillna(0)
        mixed = seen["past_won"] + PRIOR * scored["rate"]
        scored["rate"] = mixed / (seen["past_n"] + PRIOR)
    hot, warm, cold = BANDS
    scored["band"] = warm
    scored.loc[scored["rate"] >= HOT * usual, "band"] = hot
    scored.loc[scored["rate"] <= COLD * usual, "band"] = cold
    return scored


def _table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    rates = ("expected_rate", "observed_rate", "low", "high")
    table = pd.DataFrame(rows, columns=["band", "lead_count", "open_count", *rates])
    return table.astype(dict.fromkeys(rates, "float64"))
