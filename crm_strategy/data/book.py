"""The book of a client: one period, its prepared tables and its plan, for notebooks."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.book_meta import META_MIME, meta_bundle
from crm_strategy.data.check_words import notes_text, remedy_text, without_ids
from crm_strategy.data.kpi_breakdowns import kpi_breakdowns
from crm_strategy.data.labels import channel_terms, client_labels
from crm_strategy.data.prepare import prepare
from crm_strategy.data.report_period import OrderDays, chosen_period, order_days
from crm_strategy.data.segment_rules import kind_terms, segment_rules
from crm_strategy.plan.goal_checks import goal_checks
from crm_strategy.plan.goals import goals_table_rows
from crm_strategy.plan.journeys import journey_segments, journey_steps, occasions
from crm_strategy.plan.params import Params, read_params
from crm_strategy.plan.period import Period, history
from crm_strategy.plan.personas import persona_lines
from crm_strategy.plan.scenarios import scenario_rows
from crm_strategy.plan.touchpoints import touchpoint_actions, touchpoint_rows
from crm_strategy.words import speak, speaking

__all__ = ["META_MIME", "Book", "open_book"]


def open_book(params: str | Path, *, period: str = "latest", language: str = "en") -> "Book":
    """Open a client's data for one period, preparing them if need be.

    From here on everything printed is in `language` and in the client's currency.

    Parameters
    ----------
    params
        The client's parameters file.
    period
        `2026-Q3`, `2026-09`, `2026-H1`, `2026`, `2026-07-01..2026-09-30`, or `latest`: the
        last period of the client's rhythm that the orders cover.
    language
        en or ru.

    Raises
    ------
    ParamsError, DataError
        The parameters or data are wrong, or there are no whole data for the period.
    """
    read = read_params(params)
    speak(
        language=language,
        currency=read.currency,
        min_cell=read.privacy.min_cell,
        labels=client_labels(read, language),
    )
    prepared = prepare(read)
    days = order_days(prepared)
    chosen = chosen_period(period, rhythm=read.rhythm, days=days)
    speak(as_of=chosen.end)
    return Book(read, prepared, period=chosen, days=days, language=language)


def _prepared(name: str, says: str) -> Any:
    return property(lambda book: book.table(name), doc=says)


class Book:
    """One client, one period: tables (lazy, read-only), periods and plan.

    Nothing is read before it is asked for, and no connection is open until then.
    """

    def __init__(
        self, params: Params, prepared: Path, *, period: Period, days: OrderDays, language: str
    ) -> None:
        self.params = params
        self.prepared = prepared
        self.period = period
        self.language = language
        self.first_day: date = days.first
        self.last_day: date = days.last

    @property
    def previous(self) -> Period:
        """The period before."""
        return self.period.previous()

    @property
    def year_before(self) -> Period:
        """The same period a year before."""
        return self.period.year_before()

    @property
    def as_of(self) -> date:
        """Last day observed."""
        return self.period.end

    @property
    def history(self) -> list[Period]:
        """Earlier periods that the data cover, up to a year and twelve, then the period."""
        return history(self.period, self.first_day)

    def table(self, name: str) -> ibis.Table:
        """A prepared table as it is: a canonical one, or one that describes the data."""
        return self._con.table(name)

    @property
    def all_orders(self) -> ibis.Table:
        """Orders of every stage: open, won and lost."""
        return self.table("orders")

    @property
    def orders(self) -> ibis.Table:
        """Orders that were won; refunds are rows of their own, with negative amounts."""
        return self.all_orders.filter(_.stage_group == "won")

    @property
    def order_lines(self) -> ibis.Table:
        """Lines of orders that were won."""
        return self.table("order_lines").semi_join(self.orders.select("order_id"), "order_id")

    customers = _prepared("customers", "Customers, with the attributes to segment by.")
    touches = _prepared("touches", "Contacts with customers.")
    paths = _prepared("paths", "Ready-made journeys.")
    leads = _prepared("leads", "Leads.")
    costs = _prepared("costs", "Costs by channel and period; `period_end` is always filled.")
    surveys = _prepared("surveys", "Answers to surveys.")
    consents = _prepared("consents", "Consents by customer and channel.")
    experiments = _prepared("experiments", "Tests: who got which variant, or ready counts.")
    data_tables = _prepared("data_tables", "Rows read, kept and left out by table; its days.")
    data_exclusions = _prepared("data_exclusions", "Rows left out by table and reason.")
    data_columns = _prepared("data_columns", "Which header is which column, and how we know.")
    data_sources = _prepared("data_sources", "The files: what they are and how they were read.")

    @cached_property
    def data_findings(self) -> pd.DataFrame:
        """What checks found, gravest first, with the remedy in the reader's language.

        Columns: table, severity, check, row_count, example, remedy.
        """
        with speaking(language=self.language, currency=self.params.currency):
            rows = [
                row | {"remedy": remedy_text(row)}
                for row in map(without_ids, engine.rows(self.table("data_findings")))
            ]
        columns = ["table", "severity", "check", "row_count", "example", "remedy"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def source_notes(self) -> pd.DataFrame:
        """The files, with what was noted about each in the reader's language.

        Columns: table, file, kind, encoding, delimiter, decimal, dates, row_count, notes.
        """
        with speaking(language=self.language):
            rows = [
                row | {"notes": notes_text(row["notes"])} for row in engine.rows(self.data_sources)
            ]
        columns = ["table", "file", "kind", "encoding", "delimiter", "decimal", "dates"]
        return pd.DataFrame(rows, columns=[*columns, "row_count", "notes"])

    @property
    def channel_terms(self) -> pd.DataFrame:
        """What the parameters say of channels: channel, label, kind, per_touch, monthly."""
        return channel_terms(self.params, self.language)

    @property
    def kpi_inputs(self) -> dict[str, Any]:
        """What `kpis.kpi_history` needs of this client: tables, terms and windows."""
        return {
            "orders": self.orders,
            "touches": self.touches,
            "surveys": self.surveys,
            "costs": self.costs,
            "channel_terms": self.channel_terms,
            "conversion_days": self.params.kpis.conversion_days,
            "lookback_days": self.params.attribution.lookback_days,
            "margin_rate": self.params.kpis.margin_rate,
            "discount_rate": self.params.value.discount_rate,
            "first_day": self.first_day,
        }

    @property
    def kpi_breakdowns(self) -> list[str]:
        """What KPIs are broken down by: segment, category, columns of orders or customers."""
        return kpi_breakdowns(self.params, self.customers)

    @property
    def active_terms(self) -> dict[str, Any]:
        """What `lifecycle.active_window` needs of this client and period, beside orders."""
        return {
            "as_of": self.as_of,
            "periods": self.history,
            "chosen": self.params.kpis.active_days,
            "min_count": self.params.privacy.min_cell,
        }

    @property
    def score_terms(self) -> dict[str, Any]:
        """What `rfm.rfm_scores` needs of this client: score levels and own cut points."""
        return {"bins": self.params.rfm.bins, "cuts": self.params.rfm.cuts.by_measure()}

    @property
    def segment_terms(self) -> dict[str, Any]:
        """What `rfm.customer_segments` needs of this client: score levels and the map."""
        return {"bins": self.params.rfm.bins, "segment_map": self.params.rfm.map}

    def segment_rules(self, customers: ibis.Table) -> dict[str, ibis.Value]:
        """The client's own segments over a table of customers, such as their profiles."""
        return segment_rules(self.params, customers)

    def kind_terms(self, customers: ibis.Table) -> dict[str, Any]:
        """What `segment_kinds.Sources` needs of this client and period, beside tables."""
        span = {"start": self.period.start, "end": self.period.end}
        return kind_terms(self.params, customers) | span

    @property
    def journey_terms(self) -> dict[str, Any]:
        """What `journey_times.journey_terms` needs of this client: steps, groups, windows."""
        terms = self.params.journeys
        return {
            "steps": journey_steps(self.params),
            "attributes": journey_segments(self.params, self.customers.columns),
            "conversion_days": self.params.kpis.conversion_days,
            "gap_minutes": terms.gap_minutes if terms.by == "session" else None,
        }

    @property
    def occasions(self) -> Sequence[tuple[str, date, date]]:
        """What happened on known days: name, first and last day."""
        return occasions(self.params)

    @property
    def payment_terms(self) -> dict[str, Any]:
        """What `subscription.subscription_counts` needs of this client: what a payment buys."""
        terms = self.params.value.subscription
        return terms.model_dump() if terms else {"period_days": None}

    @property
    def goal_segments(self) -> list[str]:
        """The segments that goals name, `all` among them."""
        return sorted({goal.segment for goal in self.params.goals})

    def goal_rows(
        self,
        actuals: Mapping[tuple[str, str], float | None],
        smallest: Mapping[tuple[str, str], float | None] | None = None,
        **more: Mapping[str, float],
    ) -> list[dict[str, object]]:
        """The goals with where they stand, of what `goals.goals_table_rows` takes."""
        return goals_table_rows(self.params, actuals, self.as_of, smallest=smallest, **more)

    def goal_checks(
        self,
        season_before: Mapping[str, tuple[float, float]] | None = None,
        **more: Mapping[str, float],
    ) -> Sequence[Mapping[str, Any]]:
        """Whether the goals are few, ranked, specific, measurable, served and owned."""
        return goal_checks(self.params, as_of=self.as_of, season_before=season_before, **more)

    def touchpoint_actions(self, segments: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """What each segment should do next at each touchpoint, gaps included."""
        return touchpoint_actions(self.params, segments)

    @property
    def persona_lines(self) -> pd.DataFrame:
        """What the workshop knows of segments' people: segment, aspect, value."""
        lines = persona_lines(self.params)
        return pd.DataFrame(lines, columns=["segment", "aspect", "value"], dtype="string")

    @property
    def scenarios(self) -> pd.DataFrame:
        """The communication plan, a row a step, as `plan.scenarios.scenario_rows` gives it."""
        columns = ["scenario", "segment", "step", "channel", "day", "wait_days", "stop_on"]
        return pd.DataFrame(scenario_rows(self.params), columns=[*columns, "message", "offer"])

    @property
    def touchpoints(self) -> Sequence[Mapping[str, Any]]:
        """The touchpoints of the plan."""
        return touchpoint_rows(self.params)

    def close(self) -> None:
        """Let go of the prepared file; asking for a table opens it again."""
        con = self.__dict__.pop("_con", None)
        if con is not None:
            engine.disconnect(con)

    @cached_property
    def _con(self) -> Any:
        return engine.connect(self.prepared, read_only=True)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        return meta_bundle(self.params, self.period, self.last_day, self.language)
