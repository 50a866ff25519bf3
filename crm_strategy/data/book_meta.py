"""What a book says of itself: whose it is, of which period, in which language."""

from datetime import date
from html import escape
from importlib.metadata import version
from typing import Any

from crm_strategy.plan.params import Params
from crm_strategy.plan.period import Period
from crm_strategy.words import speaking
from crm_strategy.words.numbers import format_date

META_MIME = "application/vnd.crm-strategy.meta.v1+json"


def meta_bundle(params: Params, period: Period, last_day: date, language: str) -> dict[str, Any]:
    """The MIME bundle that a notebook shows, and that the report reads.

    Parameters
    ----------
    params
        The client's parameters.
    period
        The period of the book.
    last_day
        Last day that the data cover.
    language
        en or ru.
    """
    with speaking(language=language):
        label = period.label()
        data_to = format_date(last_day)
    meta = {
        "client": params.client,
        "slug": params.slug,
        "period": period.id,
        "period_label": label,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "data_to": last_day.isoformat(),
        "language": language,
        "currency": params.currency,
        "rhythm": params.rhythm,
        "min_cell": params.privacy.min_cell,
        "version": version("crm-strategy"),
        "demo": params.data.demo is not None,
    }
    line = f"{params.client} · {label} · {data_to}"
    return {META_MIME: meta, "text/html": f"<p>{escape(line)}</p>", "text/plain": line}
