"""Segment ids a plan can name; their rules over scores are in `analysis.rfm_maps`."""

from collections.abc import Mapping
from types import MappingProxyType

SEGMENT_MAPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "named": (
            *("champions", "loyal", "potential", "new"),
            *("need_attention", "at_risk", "cant_lose", "lost"),
        ),
        "codes": (
            *("champions", "loyal", "potential", "new", "promising"),
            *("need_attention", "about_to_sleep", "at_risk", "cant_lose"),
            *("hibernating", "lost"),
        ),
        "grid": (
            *("champions", "loyal", "potential", "new", "promising"),
            *("need_attention", "about_to_sleep", "at_risk", "cant_lose"),
            "hibernating",
        ),
    }
)
"""The segments of each map of recency, frequency and money, best first."""

SEGMENTS = SEGMENT_MAPS["named"]
"""The default segments, best first."""

PART_OF: Mapping[str, str] = MappingProxyType(
    {"promising": "potential", "about_to_sleep": "need_attention", "hibernating": "lost"}
)
"""Segments of the other maps, and the default segment that holds their customers."""

RESERVED = ("all", "other", "unknown", "none")
"""Words that mean no segment: everyone, the rest, not known, not yet a customer."""
