"""Charts of the KPI review: what moved beyond its natural range."""

from collections.abc import Callable

import pandas as pd

from crm_strategy import words
from crm_strategy.views.alt import alt_text, listing
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.chart import Chart
from crm_strategy.views.drawing import Drawing, Form
from crm_strategy.views.kinds import print_value
from crm_strategy.views.kpi_limits import limits_of
from crm_strategy.views.layout import CUSTOMER_KPIS, Layout, Suppress
from crm_strategy.views.lines import Names, Trend, line_with_limits
from crm_strategy.views.multiples import small_multiples
from crm_strategy.views.naming import period_label
from crm_strategy.views.payload import TablePayload, cell_kinds, column_cells, numbers
from crm_strategy.views.privacy import small
from crm_strategy.views.table import Table
from crm_strategy.words.kpis import KPIS
from crm_strategy.words.numbers import MISSING


def kpi_trends_chart(history: Data) -> Chart:
    """Every KPI over its periods, each with its natural limits; signals marked.

    Parameters
    ----------
    history
        Result of `kpi_history`: `kpi`, `period` (id), `value`, `unit`, one row a KPI and period.
    """
    return Chart(
        _history(frame_of(history)),
        id="kpi_trends",
        kind="multiples",
        category="period",
        values=("value",),
        paint=lambda figures: small_multiples(list(_trends(figures).values())),
        alt=_trends_alt,
    )


def kpi_line_chart(history: Data, *, kpi: str, target: float | None = None) -> Chart:
    """One KPI over its periods with natural limits and, where there is one, its target."""
    rows = frame_of(history)
    rows = rows[rows["kpi"] == kpi] if len(rows) else rows

    def paint(figures: TablePayload) -> Drawing:
        return line_with_limits(_trends(figures, target)[kpi], _limit_names)

    return Chart(
        _history(rows),
        id="kpi_line",
        kind="line",
        category="period",
        values=("value",),
        paint=paint,
        alt=_trends_alt,
        title=words.say("views.chart.kpi_line.title", kpi=words.say(f"kpis.{kpi}.name")),
    )


def _history(rows: "pd.DataFrame") -> Table:
    if len(rows):
        known = rows.groupby("kpi")["value"].transform("count") > 1
        rows = limits_of(rows[known])
        rows = rows.assign(period=rows["period"].map(period_label))
        for count in ("n", "customers", "smallest_count"):
            if count in rows:
                # From period to period a count would tell how many came: it stays inside.
                rows = rows.assign(value=rows["value"].mask(rows[count].map(small)))
    return Table(
        rows,
        id="kpi_history",
        suppress=(Suppress(count="value", hides=(), only=CUSTOMER_KPIS),),
        layout=Layout(
            columns=("kpi", "period", "value", "lower_limit", "upper_limit", "verdict"),
            by_kpi=("value", "lower_limit", "upper_limit"),
        ),
    )


def _trends(figures: TablePayload, target: float | None = None) -> dict[str, Trend]:
    """A trend a KPI, in the order of the rows."""
    kpis = [str(key) for key in figures["keys"]["kpi"]]
    columns = {name: numbers(figures, name) for name in ("value", "lower_limit", "upper_limit")}
    periods, names = column_cells(figures, "period"), column_cells(figures, "kpi")
    kinds, verdicts = cell_kinds(figures, "value"), figures["keys"]["verdict"]
    trends = {}
    for kpi in dict.fromkeys(kpis):
        at = [row for row, key in enumerate(kpis) if key == kpi]
        trends[kpi] = Trend(
            title=names[at[0]],
            labels=[periods[row] for row in at],
            values=[columns["value"][row] for row in at],
            write=_writer(kinds[at[0]]),
            lower=[columns["lower_limit"][row] for row in at],
            upper=[columns["upper_limit"][row] for row in at],
            signal=_signal(kpi, verdicts[at[-1]]),
            target=target,
        )
    return trends


def _writer(kind: str) -> Callable[[float], str]:
    shown = "short_money" if kind == "money" else kind
    return lambda value: print_value(value, shown)


def _signal(kpi: str, verdict: str | None) -> str:
    if verdict not in ("signal_high", "signal_low"):
        return ""
    lower_is_better = KPIS[kpi].lower_is_better if kpi in KPIS else False
    return "bad" if (verdict == "signal_high") == lower_is_better else "good"


def _limit_names(form: Form) -> Names:
    length = "long" if form.wide else "short"
    upper, lower = (words.say(f"views.limit.{end}_{length}") for end in ("upper", "lower"))
    return upper, lower, words.say("views.column.target").lower()


def _trends_alt(figures: TablePayload) -> str:
    trends = _trends(figures)
    texts, signals = [], []
    for trend in trends.values():
        last = trend.values[-1]
        texts.append(MISSING if last is None else trend.write(last))
        if trend.signal:
            signals.append(trend.title)
    first = next(iter(trends.values()))
    message = (
        words.say("views.chart.kpi_trends.signals", kpis=", ".join(signals))
        if signals
        else words.say("views.chart.kpi_trends.noise")
    )
    return alt_text(
        "kpi_trends",
        figures=listing([trend.title for trend in trends.values()], texts, most=20),
        message=message,
        first=first.labels[0],
        last=first.labels[-1],
    )
