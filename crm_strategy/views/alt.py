"""Words that stand for a picture: its type, its figures, its message."""

from collections.abc import Sequence
from typing import Final

from crm_strategy import words
from crm_strategy.words.numbers import format_count

MOST_ITEMS: Final = 12
"""Items an alt text lists; it says how many more there are."""


def listing(labels: Sequence[str], texts: Sequence[str], *, most: int = MOST_ITEMS) -> str:
    """Loyal €1.30M, At risk €1.19M and 3 more"""
    pairs = [f"{_short(label)} {text}" for label, text in zip(labels, texts, strict=True)]
    if len(pairs) <= most:
        return ", ".join(pairs)
    return words.say(
        "views.and_more", items=", ".join(pairs[:most]), more=format_count(len(pairs) - most)
    )


def alt_text(chart: str, *, figures: str = "", message: str = "", **values: object) -> str:
    """The chart's own sentence with its figures, then the message in a sentence."""
    listed = figures or words.say("views.none_told")
    said = words.say(f"views.chart.{chart}.alt", figures=listed, **values).strip()
    return f"{said} {message}".strip()


def _short(label: str, most: int = 60) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
