"""Segment ids a plan can name; their rules over scores are in `analysis.rfm`."""

SEGMENTS = (
    "champions",
    "loyal",
    "potential",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cant_lose",
    "hibernating",
    "lost",
)
"""The default segments, best first."""
