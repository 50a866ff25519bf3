"""The value that each customer chose most often; of equals the later on average, then by alphabet.

Of few values all are counted side by side, in one pass over the rows; of many by groups.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from ibis import _

MOST_VALUES = 24
"""Values that can be counted side by side."""
DAY_SECONDS = 24 * 60 * 60

_BLANK = " \t\n\r\v\f"
"""What the engine strips from texts."""
_ONE_MORE = float(2**35)
"""What a choice weighs beside the number of its day: more than the days of a million choices."""


def place_of(value: ibis.Value, listed: Sequence[str]) -> ibis.Value:
    """The place of a text in a list, from 0; no value where it is missing, -1 where not listed.

    A search, not cases: the engine looks up each distinct text of a batch once.
    """
    if not listed:
        return ibis.null("int64")
    return ibis.array(list(listed)).index(value)


def most_of_few(
    rows: ibis.Table,
    places: Mapping[str, ibis.Value],
    listed: Mapping[str, Sequence[str]],
    *,
    at: ibis.Value,
    **more: Any,
) -> ibis.Table:
    """What each customer chose most often, of several things with few values each.

    Parameters
    ----------
    rows
        One row per choice: `customer_id`.
    places
        For each thing the place of what was chosen in its list, a value of `rows`; no value
        where nothing was.
    listed
        For each thing its values, by the alphabet.
    at
        When it was chosen, a value of `rows` (timestamp). Days count, and a customer's choices
        of a value are told apart up to a million.
    more
        Sums that are asked for in the same pass, such as `n=_.count()`, over columns of `rows`.

    Returns
    -------
    Table
        One row per customer of the rows: `customer_id`, a column of text for each thing (no
        value where nothing was chosen, blank values are empty), and `more`.
    """
    placed = rows.mutate(**{f"{name}_place": place for name, place in places.items()}).mutate(
        choice=_weight(at)
    )
    # Conditions as values: with a filter in each, the engine cuts all columns for every one.
    sums = {
        f"{name}_{place}": ibis.ifelse(placed[f"{name}_place"] == place, placed.choice, 0.0).sum()
        for name in places
        for place in range(len(listed[name]))
    }
    keyed = placed.group_by("customer_id").agg(**sums, **more)
    best = {name: _greatest(keyed, name, listed[name]) for name in places}
    return keyed.select("customer_id", **best, **{name: keyed[name] for name in more})


def most_of_many(rows: ibis.Table, value: ibis.Value, *, at: ibis.Value) -> ibis.Table:
    """What each customer chose most often, however many values there are.

    Parameters
    ----------
    rows, at
        As in `most_of_few`.
    value
        What was chosen, a value of `rows`; nothing where it is missing or an empty text.

    Returns
    -------
    Table
        One row per customer who chose: `customer_id`, `value`.
    """
    chosen = rows.select("customer_id", choice=_weight(at), value=value)
    said = chosen.value.notnull()
    if value.type().is_string():
        said &= chosen.value != ""
    keyed = chosen.filter(said).group_by("customer_id", "value").agg(key=_.choice.sum())
    # No sorting by customer: one pass finds the greatest key, another the first with it.
    firsts = keyed.group_by("customer_id", "key").agg(value=_.value.min())
    return firsts.group_by("customer_id").agg(value=_.value.argmax(_.key))


def _greatest(keyed: ibis.Table, name: str, listed: Sequence[str]) -> ibis.Value:
    if not listed:
        return ibis.null("string")
    keys = [keyed[f"{name}_{place}"] for place in range(len(listed))]
    most = ibis.greatest(*keys)
    # Values stand by the alphabet, so the first of equals is found first.
    named = [each.strip(_BLANK) for each in listed]
    return ibis.cases(
        *(((key == most) & (key > 0), each) for key, each in zip(keys, named, strict=True))
    )


def _weight(at: ibis.Value) -> ibis.Value:
    """A choice as a number: sums of them are greatest for the commonest, of equals the latest."""
    return (at.epoch_seconds() // DAY_SECONDS).cast("float64") + _ONE_MORE
