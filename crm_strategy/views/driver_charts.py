"""Charts of drivers: the change of revenue as bridges."""

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data
from crm_strategy.views.chart import Chart
from crm_strategy.views.driver_privacy import BEHIND, shown_drivers
from crm_strategy.views.driver_tables import WORDS
from crm_strategy.views.layout import Layout
from crm_strategy.views.markup import cell_text
from crm_strategy.views.payload import TablePayload, column_cells, is_hidden, numbers
from crm_strategy.views.table import Table
from crm_strategy.views.waterfalls import Bridge, waterfall


def revenue_bridge_chart(drivers: Data) -> Chart:
    """Each split of the change of revenue as a bridge, part by part to the whole change."""
    figures = Table(
        shown_drivers(drivers),
        id="revenue_drivers",
        formats={"contribution": "money", "n": "count", "previous_n": "count"},
        suppress=BEHIND,
        layout=Layout(columns=("split", "driver", "contribution", "n", "previous_n"), words=WORDS),
    )
    return Chart(
        figures,
        id="revenue_bridge",
        kind="bars",
        category="driver",
        values=("contribution",),
        paint=lambda found: waterfall(_bridges(found)),
        alt=_alt,
        beside="revenue_drivers",
    )


def _bridges(figures: TablePayload) -> list[Bridge]:
    splits, names = figures["keys"]["split"], column_cells(figures, "split")
    labels, cells = column_cells(figures, "driver"), column_cells(figures, "contribution")
    values = numbers(figures, "contribution")
    found = []
    for split in dict.fromkeys(splits):
        rows = [at for at, key in enumerate(splits) if key == split]
        parts = [values[at] for at in rows]
        # A hidden part would follow from the whole beside it only if it stood alone.
        whole = None if None in parts else sum(part for part in parts if part is not None)
        total = (words.say("drivers.change"), whole, cell_text(whole, "short_money"))
        texts = [
            cell_text(cells[at], "short_money" if not is_hidden(cells[at]) else "money")
            for at in rows
        ]
        found.append(
            Bridge(str(names[rows[0]]), [str(labels[at]) for at in rows], parts, texts, total)
        )
    return found


def _alt(figures: TablePayload) -> str:
    parts = [
        f"{bridge.title}: {listing(bridge.labels, list(bridge.texts))}"
        for bridge in _bridges(figures)
    ]
    return alt_text("revenue_bridge", figures="; ".join(parts))
