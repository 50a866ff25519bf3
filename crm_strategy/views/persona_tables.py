"""Tables of personas: a card a segment, and every line with its n."""

from typing import Any, Final

import pandas as pd

from crm_strategy import words
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.naming import with_value_names
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.words.numbers import format_count, format_share, is_missing

ASPECTS: Final = ("demography", "geography", "needs", "interests", "behaviour")
MEASURED: Final = "measured"
ALIKE: Final = "alike"


def persona_cards_table(personas: Data) -> Table:
    """A row a segment: in each aspect what sets it apart, with its share and n."""
    rows = with_value_names(frame_of(personas))
    return Table(
        _cards(rows),
        id="persona_cards",
        formats=dict.fromkeys(ASPECTS, "text"),
        layout=Layout(columns=("segment", *ASPECTS)),
    )


def personas_table(personas: Data) -> Table:
    """Every line of the personas with its n, or marked as from the workshop."""
    rows = with_value_names(frame_of(personas))
    return Table(
        rows.assign(value=[_value(row) for row in rows.to_dict("records")]),
        id="personas",
        suppress=(Suppress(count="customer_count", hides=("share", "value")),),
        layout=Layout(words={"evidence": "segments.evidence.{}"}, rows_shown=10),
    )


def _cards(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return rows
    told = rows[~rows["customer_count"].map(small)]
    lines = told[told["evidence"] != ALIKE]
    lines = lines.assign(line=[_line(row) for row in lines.to_dict("records")])
    cards = lines.groupby(["segment", "aspect"], sort=False)["line"].agg("; ".join).unstack()
    known = list(dict.fromkeys(told["segment"]))
    return cards.reindex(index=known, columns=list(ASPECTS)).reset_index()


def _value(row: dict[Any, Any]) -> object:
    """The value; of a segment that nothing sets apart, a sentence."""
    return words.say("segments.alike.value") if row["evidence"] == ALIKE else row["value"]


def _line(row: dict[Any, Any]) -> str:
    """Kind of area: City 70% (535)"""
    if row["evidence"] != MEASURED or is_missing(row["share"]):
        source = words.say(f"segments.evidence.{row['evidence']}").lower()
        return f"{row['value']} ({source})"
    return words.say(
        "views.table.persona_cards.line",
        attribute=row["attribute"],
        value=row["value"],
        share=format_share(row["share"], digits=0),
        n=format_count(row["customer_count"]),
    )
