"""Every number of customers that the tables tell, by the conditions it stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crm_strategy.analysis.satisfaction import BANDS
from crm_strategy.views.kpi_group_tables import breakdown_name
from tests.disclosure.chapters import Row, told
from tests.disclosure.customers import Condition, Customers

ORDERED = ("all", "ordered")
ROUNDED = ("segment_overlap", "rf_grid")
"""Tables of numbers that are rounded to multiples of the smallest group shown."""

STAGES = {
    "new": ("new value", "yes"),
    "retained": ("retained value", "yes"),
    "lapsed": ("retained value", "no"),
}


@dataclass(frozen=True)
class Told:
    """A number of customers that a table tells: all of whom its conditions hold.

    A rounded number stands for several: from `n` to `most`.
    """

    who: frozenset[Condition]
    table: str
    n: int
    most: int

    def __str__(self) -> str:
        n = f"{self.n}" if self.n == self.most else f"{self.n}–{self.most}"
        return f"{self.table} {n}: {' & '.join(sorted(': '.join(c) for c in self.who))}"


def told_numbers(customers: Customers) -> list[Told]:
    """All numbers of customers, told as such or by a share of a number."""
    chapters = (customers.segments, customers.growth, customers.kpis)
    tables = {name: rows for each in chapters for name, rows in each.tables.items()}
    totals = {name: row for each in chapters for name, row in each.totals.items()}
    least = customers.book.params.privacy.min_cell
    found: list[Told] = []

    def tell(table: str, n: Any, *who: Condition, of: Any = 1) -> None:
        if told(n) and told(of):
            number = round(n * of)
            if number == 0 and not customers.sets.keys() >= {*who}:
                # Nobody, of whom the data have no name either.
                return
            under, over = (least // 2, least - least // 2 - 1) if table in ROUNDED else (0, 0)
            found.append(Told(frozenset(who), table, number - under, number + over))

    for name, readers in READERS.items():
        for row in tables[name]:
            for n, of, who in readers(row):
                tell(name, n, *who, of=of)
    for name, who in TOTALS.items():
        if name in totals:
            tell(name, totals[name]["customer_count"], who)
    for each in chapters:
        for name in each.sources.keys() & SOURCES.keys():
            tell(f"source of {name}", each.sources[name], SOURCES[name])
        for name, figures in each.findings.items():
            for figure, who in FINDINGS.get(name, {}).items():
                tell(f"finding {name}", figures.get(figure), who)
    for n, of, who in _of_kpis({row["kpi"]: row for row in tables["kpis"]}):
        tell("kpis", n, *who, of=of)
    divides = {
        breakdown_name(each.breakdown): each.divides for each in customers.kpis.names["groups"]
    }
    for row in tables["kpi_breakdowns"]:
        for n, of, who in _of_group(row, divides[row["breakdown"]]):
            tell("kpi_breakdowns", n, *who, of=of)
    for row in tables["kpi_groups"]:
        who = _bought(row, divides[row["breakdown"]], "value")
        tell("kpi_groups", row["customer_count"], *who)
    return list(dict.fromkeys(found))


Numbers = Iterator[tuple[Any, Any, tuple[Condition, ...]]]
"""A number, the share of it, and the conditions."""


def _counted(*axes: tuple[str, str]) -> Any:
    """Rows with a `customer_count` by columns, each standing for an axis."""

    def read(row: Row) -> Numbers:
        yield row["customer_count"], 1, tuple((axis, str(row[column])) for axis, column in axes)

    return read


def _two_kinds(row: Row) -> Numbers:
    pairs = ((row["kind"], row["segment"]), (row["with_kind"], row["with_segment"]))
    yield row["customer_count"], 1, pairs


def _cohort(row: Row) -> Numbers:
    cohort = ("cohort", row["cohort"])
    yield row["customer_count"], 1, (cohort,)
    if row["active_count"] is not None:
        year, month = int(row["cohort"][:4]), int(row["cohort"][5:7]) + row["period"]
        later = f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}-01"
        yield row["active_count"], 1, (cohort, ("ordered in", later))


def _ideal(row: Row) -> Numbers:
    yield row["customer_count"], 1, ((row["attribute"], row["value"]), ("value", "top"))


def _persona(row: Row) -> Numbers:
    if row["attribute"]:
        yield row["customer_count"], 1, ((row["attribute"], row["value"]), ("rfm", row["segment"]))


def _profile(row: Row) -> Numbers:
    who = ("profile", row["group"])
    yield row["customer_count"], 1, (who,)
    yield row["customer_count"], row["top_rate"], (who, ("value", "top"))


def _with_repeats(axis: str, column: str) -> Any:
    def read(row: Row) -> Numbers:
        who = (f"{row['kind']} {axis}" if "kind" in row else axis, row[column])
        yield row["customer_count"], 1, (who, ORDERED)
        if told(row["repeat_rate"]):
            yield row["customer_count"], row["repeat_rate"], (who, ("orders", "again"))
            yield row["customer_count"], 1 - row["repeat_rate"], (who, ("orders", "once"))

    return read


def _response(row: Row) -> Numbers:
    touched = ("touched", row["channel"])
    yield row["customer_count"], 1, (touched,)
    yield row["response_count"], 1, (touched, ("responded", row["channel"]))


def _stage(row: Row) -> Numbers:
    stage = row["stage"]
    who = (STAGES[stage],) if stage in STAGES else (("stage", stage),)
    yield row["customer_count"], 1, who


def _segment_kind(row: Row) -> Numbers:
    yield row["customer_count"], 1, ((row["kind"], row["segment"]),)


def _moment(row: Row) -> Numbers:
    if row["moment"] in ("anniversary", "season"):
        who = ("moment", row["moment"])
        yield row["customer_count"], 1, (who, ORDERED)
        yield row["active_count"], 1, (who, ("lapsed", "no"))
        yield row["lapsed_count"], 1, (who, ("lapsed", "yes"))


def _flow(row: Row) -> Numbers:
    if row["driver"] in ("customers", "buyers"):
        yield row["n"], 1, (("bought value", "yes"),)
        yield row["previous_n"], 1, (("bought previous", "yes"),)
    elif row["split"] == "flows" and row["driver"] not in ("no_customer", "refunds"):
        yield row["n"], 1, (("flow", row["driver"]),)


def _of_value(row: Row) -> Numbers:
    kind = next(kind for kind, bands in BANDS.items() if row["band"] in bands)
    who = ((f"{kind} band", row["band"]), ("third", row["value_group"]))
    yield row["customer_count"], 1, who


LAPSED, NEWCOMER = ("lapsed", "yes"), ("newcomer", "yes")
READERS = {
    "value_holdout": _counted(("held out", "frequency")),
    "profile_fit": _profile,
    "segments": _counted(("rfm", "segment")),
    "effort": _counted(("rfm", "segment")),
    "playbook": _counted(("rfm", "segment")),
    "rf_grid": _counted(("recency_score", "recency_score"), ("frequency_score", "frequency_score")),
    "segment_migration": _counted(("before", "from_segment"), ("rfm", "to_segment")),
    "lifecycle": _stage,
    "cohort_retention": _cohort,
    "attributes": lambda row: iter(
        [(row["customer_count"], 1, ((row["attribute"], row["value"]),))]
    ),
    "ideal_customer": _ideal,
    "personas": _persona,
    "satisfaction": _with_repeats("band", "band"),
    "satisfaction_value": _of_value,
    "respondents": _with_repeats("answer", "group"),
    "responses": _response,
    "stopped_at": _counted(("stop", "stage")),
    "segment_kinds": _segment_kind,
    "segment_overlap": _two_kinds,
    "loyalty_programme": _counted(("tier", "tier")),
    "moments": _moment,
    "win_back": lambda row: iter([(row["customer_count"], 1, (("rfm", row["segment"]), LAPSED))]),
    "win_back_actions": _counted(("action", "action")),
    "revenue_drivers": _flow,
}
TOTALS = {
    "segments": ORDERED,
    "win_back": LAPSED,
    "loyalty_programme": ORDERED,
}
SOURCES = {
    **dict.fromkeys(("segments", "segment_migration", "cohort_retention"), ORDERED),
    **dict.fromkeys(("playbook", "loyalty_programme"), ORDERED),
    **dict.fromkeys(("win_back", "win_back_actions"), LAPSED),
    "lifecycle": ("staged", "yes"),
    "newcomers": NEWCOMER,
    "next_offers": ("offer", "yes"),
}
"""Whom the number stands for that a table names as its source."""

FINDINGS = {
    "expected_value": {"customer_count": ORDERED},
    "segment_kinds": {"customer_count": ORDERED},
    "newcomers": {"customer_count": NEWCOMER},
    "win_back": {"customer_count": LAPSED},
    "moments": {each: ("moment", each) for each in ("anniversary", "season")},
    "lifecycle": {
        "active": ("active value", "end"),
        **{each: ("stage", each) for each in ("new", "retained", "returned")},
    },
}
"""Whom the figures of findings stand for."""

ALSO_READ = ("kpis", "kpi_groups", "kpi_breakdowns")
"""Tables read by their KPIs."""

NOT_READ = {
    "value_curve": "shares of customers that it chooses, kept apart from tiers and deciles",
    "value_models": "parameters of models, and no number of customers",
    "newcomers": "thirds by a model; their sum is read as the source and in the finding",
    "subscription": "renewals, not customers, of those who pay regularly",
    "persona_cards": "the texts of the numbers in `personas`",
    "hot_leads": "leads, most of whom are no customers",
    "cross_sell": "orders of products",
    "bundles": "orders of products",
    "offer_hits": "customers of a period held back for a test",
    "next_offers": "customers of single products; all of them are read as the source",
    "replenishment": "customers of single products, which the promise leaves out",
    "win_back_results": "people of a test at its time",
    "driver_tree": "the fewest customers of the periods it rests on, not which",
    "opposed_kpis": "periods",
    "categories": "customers of single products, which the promise leaves out",
    "products": "customers of single products, which the promise leaves out",
    "seasonality": "customers of single products, which the promise leaves out",
    **dict.fromkeys(
        ("forecast_horizons", "forecast", "forecast_score"),
        "the fewest customers of the months it rests on, not which",
    ),
    "forecast_backtest": "months",
    "forecast_reconciliation": "orders",
    "experiments": "people of tests",
    "experiment_segments": "people of tests",
    "size_plan": "customers that a test would need",
}
"""Why the numbers of other tables are not held against those of the tables read."""


def _of_kpis(rows: dict[str, Row]) -> Numbers:
    """The scorecard: numbers now and before, and shares of all, or of those active before."""
    for when in ("value", "previous", "last_year"):
        active, share = rows["active_customers"][when], rows["active_share"][when]
        yield active, 1, ((f"active {when}", "end"),)
        yield rows["new_customers"][when], 1, ((f"new {when}", "yes"),)
        if told(active) and told(share) and share:
            yield active, 1 / share, ((f"ever {when}", "yes"),)
            yield active, 1 / share - 1, ((f"active {when}", "not"),)
    kept, again = rows["customer_retention_rate"], rows["repeat_rate"]
    yield kept["n"], 1, (("active value", "start"),)
    if told(kept["value"]):
        yield kept["n"], kept["value"], (("retained value", "yes"),)
        yield kept["n"], 1 - kept["value"], (("retained value", "no"),)
    yield again["n"], 1, (("bought value", "yes"),)
    if told(again["value"]):
        yield again["n"], again["value"], (("bought value", "again"),)
        yield again["n"], 1 - again["value"], (("bought value", "once"),)
    loyal = rows["loyalty_share"]
    yield loyal["n"], loyal["value"], (("loyal", "yes"),)
    yield rows["purchase_frequency"]["n"], 1, (("bought value", "yes"),)


def _bought(row: Row, divides: str, when: str) -> tuple[Condition, ...]:
    axis, group = row["breakdown"], row["group"]
    if divides == "customers":
        return (f"{axis} {when}", group), (f"bought {when}", "yes")
    return ((f"{axis} bought {when}", group),)


def _of_group(row: Row, divides: str) -> Numbers:
    axis, group, kpi = row["breakdown"], row["group"], row["kpi"]
    of_people = divides == "customers"
    value, n = row["value"], row["n"]
    for when in ("value", "previous", "last_year"):
        if kpi == "new_customers":
            who = (f"{axis} {when}", group) if of_people else (f"{axis} first", group)
            yield row[when], 1, (who, (f"new {when}", "yes"))
        elif kpi == "active_customers":
            if of_people:
                yield row[when], 1, ((f"{axis} {when}", group), (f"active {when}", "end"))
            else:
                yield row[when], 1, ((f"{axis} active {when}", group),)
    own = (f"{axis} value", group)
    if kpi == "purchase_frequency":
        yield n, 1, _bought(row, divides, "value")
    elif kpi == "active_share":
        yield n, 1, (own, ("ever value", "yes"))
    elif kpi == "customer_retention_rate":
        was = (own, ("active value", "start"))
        was = was if of_people else ((f"{axis} was active value", group),)
        yield n, 1, was
        if told(value):
            yield n, value, (*was, ("active value", "end"))
            yield n, 1 - value, (*was, ("active value", "not"))
