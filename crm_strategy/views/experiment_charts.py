"""Experiments as a forest: each variant's difference to its control with its interval."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data
from crm_strategy.views.chart import Chart
from crm_strategy.views.dots import Dots, Reference, dot_rows
from crm_strategy.views.drawing import Drawing
from crm_strategy.views.experiment_tables import shown_results
from crm_strategy.views.kinds import print_value
from crm_strategy.views.layout import Layout
from crm_strategy.views.payload import TablePayload, column_cells, numbers
from crm_strategy.views.table import Table
from crm_strategy.views.theme import LIGHT, MARKS
from crm_strategy.words.numbers import format_points


def experiment_forest_chart(results: Data) -> Chart:
    """The difference of each variant to its control in points, with its 95 % interval."""
    rows = shown_results(results)
    if len(rows):
        rows = rows[(rows["verdict"] != "control") & rows["low"].notna()]
    figures = Table(
        rows,
        id="experiments",
        formats={
            "experiment": "text",
            "variant": "text",
            "size": "count",
            **dict.fromkeys(("difference", "low", "high"), "points"),
        },
        layout=Layout(
            columns=("experiment", "variant", "size", "difference", "low", "high", "verdict"),
            words={"verdict": "outlook.verdict.{}"},
        ),
    )
    return Chart(
        figures,
        id="experiment_forest",
        kind="intervals",
        category="variant",
        values=("difference", "low", "high"),
        paint=_paint,
        alt=_alt,
        beside="experiments",
    )


def _paint(figures: TablePayload) -> Drawing:
    verdicts = figures["keys"]["verdict"]
    values, lows, highs = (numbers(figures, name) for name in ("difference", "low", "high"))
    series = [
        _dots(name, key, verdicts, (values, lows, highs))
        for name, key in ((words.say("outlook.verdict.roll_out"), True), ("", False))
    ]
    sizes = [print_value(n, "count") if n else "" for n in numbers(figures, "size")]
    return dot_rows(
        _names(figures),
        [each for each in series if any(value is not None for value in each.values)],
        lambda value: format_points(value, digits=0),
        reference=Reference(0.0, words.say("views.chart.experiment_forest.none")),
        texts=[words.say("views.n_is", n=size) if size else "" for size in sizes],
        axis=words.say("views.chart.experiment_forest.axis"),
    )


def _dots(
    name: str,
    won: bool,
    verdicts: list[str | None],
    ends: tuple[list[float | None], ...],
) -> Dots:
    """The winners, or all others, with gaps where the other series has its dots."""
    mine = [(verdict == "roll_out") == won for verdict in verdicts]
    values, lows, highs = (
        [value if own else None for value, own in zip(each, mine, strict=True)] for each in ends
    )
    return Dots(
        name,
        values,
        lows,
        highs,
        marker="D" if won else "o",
        colour=LIGHT["focus"] if won else MARKS["actual"],
    )


def _names(figures: TablePayload) -> list[str]:
    pairs = zip(column_cells(figures, "experiment"), column_cells(figures, "variant"), strict=True)
    return [
        str(variant) if str(variant) == str(experiment) else f"{experiment}: {variant}"
        for experiment, variant in pairs
    ]


def _alt(figures: TablePayload) -> str:
    ends = zip(*(numbers(figures, name) for name in ("difference", "low", "high")), strict=True)
    texts = [
        f"{format_points(value)} ({format_points(low)} … {format_points(high)})"
        for value, low, high in ends
    ]
    return alt_text("experiment_forest", figures=listing(_names(figures), texts))
