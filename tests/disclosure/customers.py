"""The set of customers behind each condition that a table names, by its definition."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from crm_strategy.analysis.ideal_customer import _in_attributes, _likeness
from crm_strategy.analysis.loyalty import LOYAL
from crm_strategy.analysis.purchase_counts import buying_histories
from crm_strategy.analysis.value_segments import NEWCOMER_DAYS
from crm_strategy.analysis.win_back import ACTIONS
from crm_strategy.views.kpi_group_tables import breakdown_name, group_name
from crm_strategy.views.naming import kind_name, member_name
from tests.disclosure.chapters import Chapter

Condition = tuple[str, str]
DAY = timedelta(days=1)
THIRDS = ("low", "middle", "top")
NOBODY = "none"


class Customers:
    """Of every customer, what is true: `sets` are by condition, one truth a customer.

    Parameters
    ----------
    chapters
        Result of `chapters.read_chapters`.
    """

    def __init__(self, chapters: dict[str, Chapter]) -> None:
        self.segments, self.growth, self.kpis = chapters.values()
        book = self.segments.names["book"]
        self.book = book
        orders = book.orders.to_pandas()
        self.orders = orders[orders["customer_id"].notna() & ~orders["is_refund"]]
        self.listed = book.customers.to_pandas().set_index("customer_id")
        self.touches = book.touches.to_pandas()
        self.ids = pd.Index(sorted({*self.orders["customer_id"], *self.listed.index}))
        self.sets: dict[Condition, np.ndarray] = {}
        self._first = self.orders.groupby("customer_id")["ordered_at"].min()
        self._of_segments()
        self._of_answers()
        self._of_models()
        self._of_orders()
        self._of_growth()
        self._of_periods()
        self._of_groups()

    def placed(self, since: Any = None, until: Any = None) -> np.ndarray:
        """Orders of each customer between two moments."""
        rows = self.orders
        rows = rows if since is None else rows[rows["ordered_at"] >= pd.Timestamp(since)]
        rows = rows if until is None else rows[rows["ordered_at"] < pd.Timestamp(until)]
        return self._aligned(rows.groupby("customer_id").size(), 0).astype(int)

    def _aligned(self, values: pd.Series, otherwise: Any) -> np.ndarray:
        return values.reindex(self.ids).fillna(otherwise).to_numpy()

    def _add(self, axis: str, value: object, who: Iterable[Any] | np.ndarray) -> None:
        if not (isinstance(who, np.ndarray) and who.dtype == bool):
            who = self.ids.isin(list(who))
        self.sets[axis, str(value)] = who

    def _add_column(self, axis: str, rows: pd.DataFrame, column: str, name: Callable[[Any], Any]):
        for value, of in rows.groupby(column):
            self._add(axis, name(value), of["customer_id"])

    def _of_segments(self) -> None:
        names = self.segments.names
        self._add("all", "ordered", self.placed() > 0)
        kinds = names["kinds"].to_pandas()
        described = names["described"].table.to_pandas()
        described = described[[c for c in described if c == "customer_id" or c not in kinds]]
        for kind in [*kinds.columns, *described.columns]:
            rows = kinds if kind in kinds else described
            if kind != "customer_id":
                self._add_column(
                    kind_name(kind), rows, kind, lambda v, kind=kind: member_name(kind, v)
                )
        scores = names["scores"].to_pandas()
        for score in ("recency_score", "frequency_score"):
            self._add_column(score, scores, score, str)
        self._add_column("tier", names["in_tiers"].to_pandas(), "segment", str)
        self._add_column("rfm", names["customers"].to_pandas(), "segment", str)
        named = names["customers"].to_pandas()
        self._add("loyal", "yes", named.loc[named["segment"].isin(LOYAL), "customer_id"])
        before = names["earlier"].to_pandas()
        self._add_column("before", before, "segment", str)
        self._add("before", NOBODY, (self.placed() > 0) & ~self.ids.isin(before["customer_id"]))
        best = names["best"].to_pandas()
        self._add("value", "top", best.loc[best["segment"] == "top", "customer_id"])
        staged = names["staged"].to_pandas()
        for stage, of in staged.groupby("stage"):
            self._add("stage", stage, of["customer_id"])
        self._add("staged", "yes", staged["customer_id"])

    def _of_answers(self) -> None:
        names = self.segments.names
        answers = names["answers"].to_pandas()
        for (kind, band), of in answers.groupby(["kind", "band"]):
            self._add(f"{kind} band", band, of["customer_id"])
        answered = self.ids.isin(answers["customer_id"]) & (self.placed() > 0)
        self._add("answer", "respondents", answered)
        self._add("answer", "others", ~answered & (self.placed() > 0))
        people = names["people"].to_pandas().set_index("customer_id")["revenue"].astype(float)
        third = people.rank(method="min").sub(1) * 3 // len(people)
        for at, name in enumerate(THIRDS):
            self._add("third", name, third.index[third == at])
        start = pd.Timestamp(self.book.period.start)
        end = pd.Timestamp(self.book.period.end) + DAY
        sent = self.touches[self.touches["touched_at"].between(start, end, inclusive="left")]
        for channel, of in sent.groupby("channel"):
            self._add("touched", channel, of["customer_id"])
            replied = of["action"].isin(["opened", "clicked", "visited", "replied"])
            self._add("responded", channel, of.loc[replied, "customer_id"])
        replied = sent["action"].isin(["opened", "clicked", "visited", "replied"])
        ordered = self.placed(start, end) > 0
        touched = self.ids.isin(sent["customer_id"])
        responded = self.ids.isin(sent.loc[replied, "customer_id"])
        self._add("stop", "ordered", ordered)
        self._add("stop", "responded", responded & ~ordered)
        self._add("stop", "contacted", touched & ~responded & ~ordered)

    def _of_models(self) -> None:
        names = self.segments.names
        counts = names["counts"].to_pandas()
        new = counts[(counts["frequency"] == 0) & (counts["T"] < NEWCOMER_DAYS)]
        modelled = names["values"].to_pandas().dropna(subset=["p_no_order"])
        self._add("newcomer", "yes", set(new["customer_id"]) & set(modelled["customer_id"]))
        held = names["fits"].holdout
        if held is not None:
            known = buying_histories(self.book.orders, as_of=held.calibration_end).to_pandas()
            bands = known["frequency"].clip(upper=7).map({n: f"{n}" for n in range(7)} | {7: "7+"})
            for band, of in known.groupby(bands):
                self._add("held out", band, of["customer_id"])
        told = names["ideal"]
        chosen = told[_in_attributes(told, told[told["in_profile"]])]
        if len(chosen):
            alike = _likeness(names["described"], chosen).to_pandas()
            fit = alike["likeness"] > 1e-9
            self._add("profile", "inside", alike.loc[fit, "customer_id"])
            unknown = alike["likeness"].isna()
            self._add("profile", "outside", alike.loc[~fit & ~unknown, "customer_id"])
            known = set(alike.loc[~unknown, "customer_id"])
            self._add("profile", "unknown", (self.placed() > 0) & ~self.ids.isin(known))

    def _of_orders(self) -> None:
        counts = self.placed()
        self._add("orders", "once", counts == 1)
        self._add("orders", "again", counts > 1)
        firsts = self._first.dt.to_period("M").dt.start_time
        months = sorted(firsts.unique())
        for month in months:
            cohort = firsts.index[firsts == month]
            self._add("cohort", month.date(), cohort)
            after = month + pd.offsets.MonthBegin()
            self._add("ordered in", month.date(), self.placed(month, after) > 0)

    def _of_growth(self) -> None:
        names, people = self.growth.names, self.growth.names["people"].to_pandas()
        gone = people["recency_days"] >= names["active_days"]
        self._add("lapsed", "yes", people.loc[gone, "customer_id"])
        self._add("lapsed", "no", people.loc[~gone, "customer_id"])
        offers = names["offered_back"].to_pandas()
        owned, rows = names["owned"], names["offers"]["row"].unique()
        self._add("offer", "yes", owned.customers[owned.owners[rows]])
        for action in ACTIONS:
            of = offers.loc[offers["action"] == action, "customer_id"]
            self._add("action", action, of)
        days, as_of = names["days"], pd.Timestamp(self.book.as_of)
        first, last = as_of + DAY, as_of + days * DAY
        season = self.placed(first - 365 * DAY, last - 365 * DAY + DAY) > 0
        self._add("moment", "season", season)
        begun = [self._first[each].date() for each in self._first.index]
        ahead = {(first + n * DAY).strftime("%m-%d") for n in range(days)}
        years = [on.strftime("%m-%d") in ahead for on in begun]
        self._add("moment", "anniversary", self._first.index[years])

    def _of_periods(self) -> None:
        days = self.kpis.names["active_days"]
        for when, period in self.periods().items():
            start, end = pd.Timestamp(period.start), pd.Timestamp(period.end) + DAY
            active = self.placed(end - days * DAY, end) > 0
            was = self.placed(start - days * DAY, start) > 0
            new = self._aligned(self._first.between(start, end, inclusive="left"), False)
            bought = self.placed(start, end)
            self._add(f"active {when}", "end", active)
            self._add(f"active {when}", "not", (self.placed(None, end) > 0) & ~active)
            self._add(f"active {when}", "start", was)
            self._add(f"retained {when}", "yes", was & active)
            self._add(f"retained {when}", "no", was & ~active)
            self._add(f"new {when}", "yes", new.astype(bool))
            self._add(f"bought {when}", "yes", bought > 0)
            self._add(f"bought {when}", "again", bought > 1)
            self._add(f"bought {when}", "once", bought == 1)
            self._add(f"ever {when}", "yes", self.placed(None, end) > 0)
        now, then = self.sets["bought value", "yes"], self.sets["bought previous", "yes"]
        new = self.sets["new value", "yes"]
        self._add("flow", "new", new)
        self._add("flow", "returned", now & ~then & ~new)
        self._add("flow", "retained", now & then)
        self._add("flow", "lost", then & ~now)
        self._add("flow", "not_before", now & ~then)
        self._add("flow", "here_before", now & ~new)
        self._add("flow", "before", now & ~new)
        self._add("flow", "here_now", now)

    def periods(self) -> dict[str, Any]:
        """The periods that the KPIs tell of, by the column that holds them."""
        asked = {"value": self.book.period, "previous": self.book.previous}
        return asked | {"last_year": self.book.year_before}

    def _of_groups(self) -> None:
        names, days = self.kpis.names, self.kpis.names["active_days"]
        for groups in names["groups"]:
            table = groups.table.to_pandas()
            axis = breakdown_name(groups.breakdown)
            for when, period in self.periods().items():
                start, end = pd.Timestamp(period.start), pd.Timestamp(period.end) + DAY
                rows = table[table["period"] == period.id] if "period" in table else table
                for group, of in rows.groupby("group"):
                    name = group_name(groups.breakdown, str(group))
                    if groups.divides == "customers":
                        self._add(f"{axis} {when}", name, of["customer_id"])
                        continue
                    placed = of[~of["is_refund"] & of["customer_id"].notna()]
                    moments_ = placed["ordered_at"]
                    inside = placed[moments_.between(start, end, inclusive="left")]
                    late = placed[moments_.between(end - days * DAY, end, inclusive="left")]
                    early = placed[moments_.between(start - days * DAY, start, inclusive="left")]
                    self._add(f"{axis} bought {when}", name, inside["customer_id"])
                    self._add(f"{axis} active {when}", name, late["customer_id"])
                    self._add(f"{axis} was active {when}", name, early["customer_id"])
                    firsts = placed.merge(self._first.rename("first_at"), on="customer_id")
                    firsts = firsts[firsts["ordered_at"] == firsts["first_at"]]
                    self._add(f"{axis} first", name, firsts["customer_id"])
