"""Names of segments, attributes, values and periods: the catalogue's, else the client's own."""

from typing import Final

import pandas as pd

from crm_strategy import words
from crm_strategy.analysis.value_groups import OR_UNKNOWN
from crm_strategy.errors import ParamsError
from crm_strategy.plan.period import parse_period
from crm_strategy.views.kinds import READABLE, SEGMENT_WORDS, word_of

VALUE_WORDS: Final = ("attributes.value.{}",)
CHANNEL_WORDS: Final = ("label:channel", *VALUE_WORDS)
OF_CHANNELS: Final = frozenset({"channel", "source_channel"})
"""Attributes whose values are channels, which the client may have named."""

FAMILIES: Final = ("attribute:", "preference:")
"""Kinds of segments of which there is one an attribute."""


def segment_name(segment: object) -> str:
    """The printed name of a segment; a rule of the client's own names itself."""
    return word_of(segment, SEGMENT_WORDS) or ""


def attribute_name(attribute: object) -> str:
    """The printed name of an attribute; a column of the client's own, made readable."""
    named = word_of(attribute, ("attributes.{}.name",)) or ""
    if named != attribute:
        return named
    readable = named.replace("_", " ").strip()
    return readable[:1].upper() + readable[1:]


def value_name(attribute: object, value: object) -> str:
    """The printed name of a value of an attribute, or of one that is told with the unknown."""
    patterns = CHANNEL_WORDS if attribute in OF_CHANNELS else VALUE_WORDS
    known = str(value).removesuffix(OR_UNKNOWN)
    if known != value and isinstance(value, str):
        return words.say("attributes.value_or_unknown", value=word_of(known, patterns))
    return word_of(value, patterns) or ""


def kind_name(kind: str) -> str:
    """The printed name of a kind of segments: RFM segments, Country."""
    family, attribute = _split(kind)
    return attribute_name(attribute) if family else word_of(kind, ("segments.kind.{}",)) or ""


def member_name(kind: str, segment: object) -> str:
    """The printed name of a segment of a kind."""
    family, attribute = _split(kind)
    if family:
        return value_name(attribute, segment)
    if kind == "response":
        of_channels = [each for each in SEGMENT_WORDS if each != READABLE]
        return word_of(segment, (*of_channels, "label:channel")) or ""
    return segment_name(segment)


def with_value_names(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `attribute` and `value` as printed; a row without attribute as it is."""
    if rows.empty:
        return rows
    pairs = list(zip(rows["attribute"], rows["value"], strict=True))
    return rows.assign(
        attribute=[attribute_name(attribute) for attribute, _ in pairs],
        value=[value_name(attribute, value) if attribute else value for attribute, value in pairs],
    )


def with_kind_names(rows: pd.DataFrame, kind: str, segment: str) -> pd.DataFrame:
    """The rows with a column of kinds and one of their segments as printed."""
    if rows.empty:
        return rows
    pairs = list(zip(rows[kind], rows[segment], strict=True))
    named = {
        kind: [kind_name(each) for each, _ in pairs],
        segment: [member_name(each, member) for each, member in pairs],
    }
    return rows.assign(**named)


def _split(kind: str) -> tuple[str, str]:
    """attribute:country → attribute:, country"""
    for family in FAMILIES:
        if kind.startswith(family):
            return family, kind.removeprefix(family)
    return "", kind


def period_label(period: object) -> str:
    """A period's id as people write it; other texts as they are, nothing for none."""
    try:
        return parse_period(str(period)).label()
    except ParamsError:
        return "" if period is None or pd.isna(period) else str(period)
