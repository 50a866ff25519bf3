"""Personas: a segment as a person, every line measured with its n, or from the workshop."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crm_strategy.analysis.intervals import CONFIDENCE
from crm_strategy.analysis.members import OTHER

ASPECTS = ("demography", "geography", "needs", "interests", "behaviour")
"""What a persona card tells, in order."""

MEASURED, WORKSHOP, ALIKE = "measured", "workshop", "alike"
"""Where a line comes from: the data, or what people said in a workshop. `ALIKE` is no line: of
what was measured and may be told, nothing sets the segment apart."""

_ATTRIBUTE = ["segment", "kind", "attribute"]
_NEUTRAL = 100
_ROUNDING = 1e-9

_OF_KIND: Mapping[str, str] = MappingProxyType(
    {"demography": "demography", "geography": "geography", "firmography": "demography"}
)
_OF_PREFERENCE: Mapping[str, str] = MappingProxyType({"category": "interests"})


def aspect_of(kind: str, attribute: str) -> str:
    """The aspect an attribute speaks of: what is bought is an interest, how is behaviour.

    Attributes of the client's own are interests, but the source a customer came by.
    """
    if kind == "preference":
        return _OF_PREFERENCE.get(attribute, "behaviour")
    if attribute == "source_channel":
        return "behaviour"
    return _OF_KIND.get(kind, "interests")


def personas(
    lifts: pd.DataFrame,
    workshop: pd.DataFrame | None = None,
    *,
    lines: int = 3,
    min_count: int = 10,
) -> pd.DataFrame:
    """The lines of each segment's persona card.

    A measured line is the value of an attribute that is most surely commoner in the segment than
    among all customers: the 95 % interval of its index lies above 100, also when it must hold for
    all values of the attribute at once, for of many values one always seems to stand out. Of each
    aspect, the surest lines are shown; a segment without any has a row that says so. A value that
    all customers of the segment have but a few is left out, for its share would tell these. A
    segment of fewer than `min_count` customers has no lines at all, nor have the next smallest,
    until two segments and `min_count` customers have none: counts and shares tell sizes, and from
    all sizes but one the last follows.

    Parameters
    ----------
    lifts
        Result of `attribute_summary.attribute_lifts`.
    workshop
        `segment`, `aspect`, `value` (a sentence): what no data say, such as needs.
    lines
        Measured lines of an aspect at most.
    min_count
        Customers a measured line and a segment need.

    Returns
    -------
    DataFrame
        By segment and aspect, measured lines first: `segment`, `aspect`, `attribute` (None
        of workshop lines), `value`, `share` (of the segment's customers whose value is
        known), `customer_count` (both NaN of workshop lines), `evidence` (measured, workshop;
        alike: no measured line, and none of aspect, attribute and value).
    """
    columns = ["segment", "aspect", "attribute", "value", "share", "customer_count", "evidence"]
    measured = _measured(lifts, lines, min_count)
    alike = pd.DataFrame({"segment": sorted({*lifts["segment"]} - {*measured["segment"]})})
    parts = [measured, alike.assign(evidence=ALIKE)]
    if workshop is not None:
        parts.append(workshop.assign(evidence=WORKSHOP, line=range(len(workshop))))
    rows = [row for part in parts for row in part.to_dict("records")]
    table = pd.DataFrame(rows, columns=[*columns, "line"])
    table = table.astype({"share": "float64", "customer_count": "float64"})
    texts = table[["aspect", "attribute", "value"]].astype(object)
    table[texts.columns] = texts.where(texts.notna(), None)
    place = table["aspect"].map({aspect: number for number, aspect in enumerate(ASPECTS)})
    ordered = table.assign(place=place).sort_values(["segment", "place", "evidence", "line"])
    shown = ordered[~ordered["segment"].isin(_of_hidden_size(lifts, min_count))]
    return shown[columns].reset_index(drop=True)


def _of_hidden_size(lifts: pd.DataFrame, min_count: int) -> pd.Index:
    """Segments that are small or would tell a small one, by their best known attribute."""
    sizes = lifts.groupby("segment")["known_count"].max().sort_values()
    if not (sizes < min_count).any():
        return sizes.index[:0]
    before = sizes.cumsum() - sizes
    gone = sizes[(sizes < min_count) | (before < min_count) | (np.arange(len(sizes)) < 2)]
    # Of equal segments, the table of sizes may hide either.
    return sizes.index[sizes <= gone.max()]


def _measured(lifts: pd.DataFrame, lines: int, min_count: int) -> pd.DataFrame:
    rest = lifts["known_count"] - lifts["customer_count"]
    told = (lifts["customer_count"] >= min_count) & ((rest == 0) | (rest >= min_count))
    if "is_told" in lifts:
        told &= lifts["is_told"]
    known = lifts[(lifts["value"] != OTHER) & told]
    surest = known.assign(apart=_apart(known)).sort_values(
        ["apart", "customer_count", "value"], ascending=[False, False, True]
    )
    surest = surest[surest["apart"] > _least_apart(surest)].drop_duplicates(_ATTRIBUTE)
    pairs = zip(surest["kind"], surest["attribute"], strict=True)
    shown = surest.assign(aspect=[aspect_of(*pair) for pair in pairs], evidence=MEASURED)
    ordered = shown.sort_values(
        ["segment", "aspect", "apart", "kind", "attribute"],
        ascending=[True, True, False, True, True],
    )
    # A city that is a region, too, says the same twice.
    ordered = ordered.drop_duplicates(["segment", "aspect", "value", "customer_count"])
    line = ordered.groupby(["segment", "aspect"]).cumcount()
    return ordered.assign(line=line)[line < lines]


def _least_apart(lifts: pd.DataFrame) -> "pd.Series[float]":
    """Half-widths that a value must lie above 100: Bonferroni over those of its attribute."""
    tail = (1 - CONFIDENCE) / 2
    compared = lifts.groupby(_ATTRIBUTE)["value"].transform("size")
    return pd.Series(ndtri(tail / compared) / ndtri(tail), index=lifts.index, dtype="float64")


def _apart(lifts: pd.DataFrame) -> pd.Series:
    """How many half-widths of its interval an index lies above that of all customers."""
    index, low = lifts["index"].astype("float64"), lifts["low"].astype("float64")
    half = np.log(index / low)
    # Where everybody has the value, nothing is apart and nothing varies.
    return (np.log(index / _NEUTRAL) / half.where(half > _ROUNDING)).fillna(0.0)
