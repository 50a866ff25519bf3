"""Checks of the channels that tables and plan name: described, spelled alike, and known."""

import re
from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.data_finding import DataFinding
from crm_strategy.data.distinct import value_counts
from crm_strategy.data.event_rows import CHANNELS
from crm_strategy.data.path_rows import BETWEEN
from crm_strategy.data.vocabulary import fold

MOST_NAMED = 8
"""Channels a finding names; of the others it gives the number."""

Tables = Callable[[str], ibis.Table]


def unknown_channels(
    tables: Tables, supplied: Collection[str], *, channels: Collection[str]
) -> list[DataFinding]:
    """Channels of touches, costs and leads that the params do not describe."""
    found: list[DataFinding] = []
    for name in ("touches", "costs", "leads"):
        if name not in supplied or not channels:
            continue
        counts = value_counts(tables(name), CHANNELS[name])
        unknown = {each: count for each, count in counts.items() if each not in channels}
        if unknown:
            named = list(unknown)
            detail = {"channels": (_listed(named, channels), "text")}
            found.append(
                DataFinding(
                    name,
                    "unknown_channels",
                    "note" if name == "leads" else "warning",
                    sum(unknown.values()),
                    named[0],
                    CHANNELS[name],
                    detail,
                )
            )
    return found


def scenario_channels(
    tables: Tables, supplied: Collection[str], *, planned: Sequence[str]
) -> list[DataFinding]:
    """Channels of scenarios' steps that neither touches nor costs, nor ready-made paths, name.

    Where the params describe channels, they are held against those instead.
    """
    seen = _seen(tables, supplied, ("touches", "costs", "paths"))
    strange = [channel for channel in planned if channel not in seen]
    if not seen or not strange:
        return []
    detail = {"channels": (_listed(list(dict.fromkeys(strange)), seen), "text")}
    table = next(each for each in ("touches", "costs", "paths") if each in supplied)
    return [
        DataFinding(
            table, "scenario_channels", "warning", len(strange), strange[0], "channel", detail
        )
    ]


def costs_without_touches(tables: Tables, supplied: Collection[str]) -> list[DataFinding]:
    """Channels with a cost of which neither a touch nor a ready-made path tells.

    What they cost is known, and no order can be credited to them. Goods and plans are no costs
    of a channel; without touches and paths the report asks for those.
    """
    seen = _seen(tables, supplied, ("touches", "paths"))
    if "costs" not in supplied or not seen:
        return []
    spent = _spent(tables)
    silent = {channel: cost for channel, (cost, _rows) in spent.items() if channel not in seen}
    if not silent:
        return []
    named = sorted(silent, key=lambda each: (-silent[each], each))
    detail = {
        "channels": (_listed(named, seen), "text"),
        "silent": (sum(silent.values()), "money"),
        "total": (sum(cost for cost, _rows in spent.values()), "money"),
    }
    rows = sum(spent[channel][1] for channel in silent)
    return [
        DataFinding("costs", "costs_without_touches", "warning", rows, named[0], "channel", detail)
    ]


def touches_without_costs(
    tables: Tables, supplied: Collection[str], *, priced: Collection[str]
) -> list[DataFinding]:
    """Channels of touches whose cost neither costs, nor touches, nor the params state.

    Where no cost of any channel is known the report asks for costs.
    """
    if "touches" not in supplied:
        return []
    touches = tables("touches")
    carried = value_counts(touches.filter(_.cost.notnull()), "channel")
    known = {*priced, *carried, *(_spent(tables) if "costs" in supplied else ())}
    counts = value_counts(touches, "channel")
    unpriced = {channel: rows for channel, rows in counts.items() if channel not in known}
    if not known or not unpriced:
        return []
    rows = sum(unpriced.values())
    detail = {
        "channels": (_listed(list(unpriced), known), "text"),
        "touches": (rows, "count"),
        "total": (sum(counts.values()), "count"),
        "channel": (next(iter(unpriced)), "text"),
    }
    return [
        DataFinding(
            "touches",
            "touches_without_costs",
            "warning",
            rows,
            next(iter(unpriced)),
            "channel",
            detail,
        )
    ]


def _spent(tables: Tables) -> dict[str, tuple[float, int]]:
    """Money and rows by channel: no goods, which are no cost of a channel, and no plans."""
    sums = (
        tables("costs")
        .filter(
            _.channel.notnull(),
            _.cost_item.fill_null("") != "goods",
            _.cost_kind.fill_null("") != "planned",
        )
        .group_by("channel")
        .agg(cost=_.amount.sum(), n=_.count())
        .order_by("channel")
    )
    return {row["channel"]: (float(row["cost"] or 0), row["n"]) for row in engine.rows(sums)}


def channel_spellings(tables: Tables, supplied: Collection[str]) -> list[DataFinding]:
    """Names of channels that differ only in case, blanks or signs: one channel, perhaps.

    They stay apart until the parameters describe the channel.
    """
    rows: dict[str, int] = {}
    first: dict[str, str] = {}
    for name, column in CHANNELS.items():
        if name not in supplied:
            continue
        for text, count in value_counts(tables(name), column).items():
            rows[text] = rows.get(text, 0) + count
            first.setdefault(text, name)
    alike: dict[str, list[str]] = {}
    for text in sorted(rows, key=lambda each: (-rows[each], each)):
        alike.setdefault(fold(text), []).append(text)
    several = [texts for folded, texts in alike.items() if folded and len(texts) > 1]
    if not several:
        return []
    shown = ["/".join(f"«{text}»" for text in texts) for texts in several]
    more = f" + {len(shown) - MOST_NAMED}" if len(shown) > MOST_NAMED else ""
    rarer = [text for texts in several for text in texts[1:]]
    return [
        DataFinding(
            first[rarer[0]],
            "channel_spellings",
            "warning",
            sum(rows[text] for text in rarer),
            rarer[0],
            CHANNELS[first[rarer[0]]],
            {
                "spellings": (", ".join(shown[:MOST_NAMED]) + more, "text"),
                "channel": (several[0][0], "text"),
            },
        )
    ]


def with_likely(name: str, channels: Collection[str]) -> str:
    """A channel and, where it may be another spelling of one described, that one."""
    bare = {re.sub(r"\W|_", "", each).casefold(): each for each in channels}
    near = get_close_matches(re.sub(r"\W|_", "", name).casefold(), bare, n=1, cutoff=0.75)
    return f"{name} (= {bare[near[0]]}?)" if near else name


def _listed(named: Sequence[str], known: Collection[str]) -> str:
    """The first channels with what each may be another spelling of, and how many more."""
    more = f" + {len(named) - MOST_NAMED}" if len(named) > MOST_NAMED else ""
    return ", ".join(with_likely(each, known) for each in named[:MOST_NAMED]) + more


def _seen(tables: Tables, supplied: Collection[str], names: Sequence[str]) -> dict[str, int]:
    """Rows by channel over some tables; of a ready-made path each step is a row."""
    seen: dict[str, int] = {}
    for name in names:
        if name not in supplied:
            continue
        rows, column = tables(name), CHANNELS.get(name, "channel")
        if name == "paths":
            rows = rows.select(channel=_.path.split(BETWEEN).unnest().strip())
        for text, count in value_counts(rows, column).items():
            seen[text] = seen.get(text, 0) + count
    return seen
