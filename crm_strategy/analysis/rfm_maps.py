"""Which scores make which segment: the 125-code map, its groups for reports, and the grid."""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

SEGMENT_CODES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "champions": (555, 554, 544, 545, 454, 455, 445),
        "loyal": (543, 444, 435, 355, 354, 345, 344, 335),
        "potential": (
            *(553, 551, 552, 541, 542, 533, 532, 531, 452, 451, 442, 441),
            *(431, 453, 433, 432, 423, 353, 352, 351, 342, 341, 333, 323),
        ),
        "new": (512, 511, 422, 421, 412, 411, 311),
        "promising": (
            *(525, 524, 523, 522, 521, 515, 514, 513),
            *(425, 424, 413, 414, 415, 315, 314, 313),
        ),
        "need_attention": (535, 534, 443, 434, 343, 334, 325, 324),
        "about_to_sleep": (331, 321, 312, 221, 213),
        "at_risk": (
            *(255, 254, 245, 244, 253, 252, 243, 242, 235, 234, 225),
            *(224, 153, 152, 145, 143, 142, 135, 134, 133, 125, 124),
        ),
        "cant_lose": (155, 154, 144, 214, 215, 115, 114, 113),
        "hibernating": (
            *(332, 322, 231, 241, 251, 233, 232, 223, 222),
            *(132, 123, 122, 212, 211),
        ),
        "lost": (111, 112, 121, 131, 141, 151),
    }
)
"""The codes of each segment, best segment first: hundreds recency, tens frequency, units
monetary. Each of the 125 codes belongs to exactly one segment."""

SEGMENTS = tuple(SEGMENT_CODES)
"""The segments of the 125-code map, best first."""

NAMED_SEGMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "champions": ("champions",),
        "loyal": ("loyal",),
        "potential": ("potential", "promising"),
        "new": ("new",),
        "need_attention": ("need_attention", "about_to_sleep"),
        "at_risk": ("at_risk",),
        "cant_lose": ("cant_lose",),
        "lost": ("hibernating", "lost"),
    }
)
"""The eight segments of a report, best first, and the segments of the code map in each: as many
as one page and one team can tell apart."""

GRID: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "champions": (54, 55),
        "loyal": (34, 35, 44, 45),
        "potential": (42, 43, 52, 53),
        "new": (51,),
        "promising": (41,),
        "need_attention": (33,),
        "about_to_sleep": (31, 32),
        "at_risk": (13, 14, 23, 24),
        "cant_lose": (15, 25),
        "hibernating": (11, 12, 21, 22),
    }
)
"""The ten segments of the grid, best first: tens recency, units frequency. Each of the 25 cells
belongs to exactly one segment."""

MAPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"named": tuple(NAMED_SEGMENTS), "codes": SEGMENTS, "grid": tuple(GRID)}
)
"""Segments of each map, best first."""

SEGMENT_KPIS: Mapping[str, str] = MappingProxyType(
    {
        "champions": "average_order_value",
        "loyal": "purchase_frequency",
        "potential": "repeat_rate",
        "new": "repeat_rate",
        "promising": "purchase_frequency",
        "need_attention": "customer_retention_rate",
        "about_to_sleep": "customer_retention_rate",
        "at_risk": "churn_rate",
        "cant_lose": "churn_rate",
        "hibernating": "active_share",
        "lost": "marketing_cost",
    }
)
"""The KPI that work with a segment should move."""


def codes_of(segment_map: str) -> Mapping[str, tuple[int, ...]]:
    """The three-figure codes of each segment of a map, best segment first.

    Parameters
    ----------
    segment_map
        `named`, `codes` or `grid`, see `MAPS`.
    """
    if segment_map == "grid":
        return {
            segment: tuple(10 * cell + money for cell in cells for money in range(1, 6))
            for segment, cells in GRID.items()
        }
    if segment_map == "named":
        return {
            segment: tuple(code for part in parts for code in SEGMENT_CODES[part])
            for segment, parts in NAMED_SEGMENTS.items()
        }
    return SEGMENT_CODES


def segments_of_scores(segment_map: str) -> list[str]:
    """The segment of each of the 125 codes, from 111 to 555.

    Parameters
    ----------
    segment_map
        As in `codes_of`.
    """
    names = {code: name for name, codes in codes_of(segment_map).items() for code in codes}
    return [names[100 * r + 10 * f + m] for r, f, m in product(range(1, 6), repeat=3)]
