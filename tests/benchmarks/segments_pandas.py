"""The same in pandas, as an analyst who knows it would write it: vectorised, no loops by row."""

from datetime import date
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd

from crm_strategy.analysis.rfm_maps import codes_of
from crm_strategy.analysis.value_groups import OR_UNKNOWN
from tests.benchmarks.analysis_task import ACTIVE_DAYS
from tests.benchmarks.segments_task import BEFORE, LEAST_CUSTOMERS, PERIOD, RULE

_MEASURES = {"recency_days": False, "order_count": True, "revenue": True}
"""Measures of RFM, and whether more is better."""
_WAYS = ["channel", "payment_method", "delivery_method"]
_RESPONSES = ["opened", "clicked", "visited", "replied"]
_STOPS = ["contacted", "responded", "lead_lost", "lead_open", "lead_won", "ordered"]
"""How far a purchase came; all orders are won."""
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_HOURS = ["00–05", "06–11", "12–17", "18–23"]
_AGES = {
    "< 18": 18,
    "18–24": 25,
    "25–34": 35,
    "35–44": 45,
    "45–54": 55,
    "55–64": 65,
    "≥ 65": 111,
}
_DAY = pd.Timedelta(days=1)


def results(data: Path, as_of: date, *, numbers: bool = False) -> dict[str, pd.DataFrame]:
    """The two results; see `segments_task`. With `numbers`, customers are numbers."""
    read = _Reader(data, pd.Timestamp(as_of) + _DAY, numbers)
    orders = read.until("orders", "ordered_at", "amount", "is_refund", *_WAYS)
    listed = read.table("customers", None)
    placed = orders[~orders["is_refund"]]
    people = _profiles(orders, placed, as_of)
    scores = _scores(people)
    named = _segments(scores, "named")
    stated = listed.set_index("customer_id").reindex(people.index)
    touches = read.until("touches", "touched_at", "channel", "action")
    members = {
        "rfm": named,
        "grid": _segments(scores, "grid"),
        "lifecycle": _lifecycle(placed, people),
        "value": _deciles(people["revenue"]),
        "regularity": _regularity(placed),
        "tier": _tiers(people["revenue"]),
        "rules": _rule(stated, people),
        "response": _response(touches, people.index),
        "stopped_at": _stopped_at(
            touches, read.until("leads", "created_at", "status_group"), placed, people.index
        ),
        "satisfaction": _satisfaction(
            read.until("surveys", "answered_at", "kind", "score", "scale_max"), people.index
        ),
    }
    del touches
    members |= _preferences(placed, people.index)
    members |= _category(
        read.until("order_lines", "ordered_at", "category", "is_refund"), people.index
    )
    members |= _attributes(stated, as_of)
    kinds = {kind: _sizes(segments, people) for kind, segments in members.items()}
    return {
        "kinds": pd.concat(kinds, names=["kind", "segment"]).reset_index(),
        "migration": _migration(orders, placed, people, scores, named),
    }


class _Reader:
    """Reads tables; with `numbers`, customers are numbers, the same in each."""

    def __init__(self, data: Path, end: pd.Timestamp, numbers: bool) -> None:
        self.data, self.end, self.numbers = data, end, numbers
        self.names: pd.Index | None = None

    def until(self, name: str, at: str, *columns: str) -> pd.DataFrame:
        """Rows of known customers before the end."""
        rows = self.table(name, ["customer_id", at, *columns])
        return rows[rows["customer_id"].notna() & (rows[at] < self.end)]

    def table(self, name: str, columns: list[str] | None) -> pd.DataFrame:
        rows = pd.read_parquet(
            self.data / f"{name}.parquet",
            columns=columns,
            to_pandas_kwargs={"date_as_object": False},
        )
        if not self.numbers:
            return rows
        rows = rows[rows["customer_id"].notna()]
        if self.names is None:
            numbers, self.names = pd.factorize(rows["customer_id"])
        else:
            numbers = self.names.get_indexer(rows["customer_id"])
        return rows.assign(customer_id=numbers)[numbers >= 0]


def _by_customer(rows: pd.DataFrame, *more: str, sort: bool = False):
    return rows.groupby(["customer_id", *more], sort=sort, observed=True)


def _profiles(orders: pd.DataFrame, placed: pd.DataFrame, as_of: date) -> pd.DataFrame:
    people = _by_customer(placed)["ordered_at"].agg(
        order_count="size", first_order="min", last_order="max"
    )
    people["revenue"] = _by_customer(orders)["amount"].sum().round(4)
    day = pd.Timestamp(as_of)
    people["recency_days"] = (day - people["last_order"].dt.normalize()).dt.days
    people["tenure_days"] = (day - people["first_order"].dt.normalize()).dt.days
    people["average_order_value"] = people["revenue"] / people["order_count"]
    return people


def _worse(values: pd.Series, *, more_is_better: bool) -> pd.Series:
    return values.rank(method="min", ascending=more_is_better).astype("int64") - 1


def _scores(people: pd.DataFrame) -> pd.DataFrame:
    scores = {
        measure: 1 + _worse(people[measure], more_is_better=more) * 5 // len(people)
        for measure, more in _MEASURES.items()
    }
    again = people["order_count"].max() > 1
    for measure in _MEASURES:
        alike = people[measure].min() == people[measure].max()
        if alike and (again or measure == "recency_days"):
            scores[measure] = pd.Series(3, index=people.index)
    return pd.DataFrame(scores)


def _segments(scores: pd.DataFrame, segment_map: str) -> pd.Series:
    code = 100 * scores["recency_days"] + 10 * scores["order_count"] + scores["revenue"]
    names = {code: name for name, codes in codes_of(segment_map).items() for code in codes}
    return code.map(names)


def _lifecycle(placed: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    start, after = pd.Timestamp(PERIOD.start), pd.Timestamp(PERIOD.end) + _DAY
    window = pd.Timedelta(days=max(ACTIVE_DAYS, PERIOD.days))
    earlier = placed[placed["ordered_at"] < start]
    before = _by_customer(earlier)["ordered_at"].max()
    was_active = (before >= start - window).reindex(people.index, fill_value=False)
    is_active = people["last_order"] >= after - window
    stages = [
        people["first_order"] >= start,
        was_active & is_active,
        is_active,
        was_active,
    ]
    names = ["new", "retained", "returned", "lapsed"]
    return pd.Series(np.select(stages, names, default="inactive"), index=people.index)


def _deciles(revenue: pd.Series) -> pd.Series:
    place = _worse(revenue, more_is_better=False) * 10 // len(revenue)
    return place.map({number: f"decile_{number + 1:02}" for number in range(10)})


def _regularity(placed: pd.DataFrame) -> pd.Series:
    frequency = _by_customer(placed).size() - 1
    repeat = frequency[frequency > 0]
    frequent = _worse(repeat, more_is_better=True) >= 0.8 * len(repeat)
    segments = pd.Series("one_time", index=frequency.index)
    segments[repeat.index] = np.where(frequent, "frequent", "regular")
    return segments


def _tiers(revenue: pd.Series) -> pd.Series:
    better = _worse(revenue, more_is_better=False)
    reach = len(revenue) * np.cumsum([0.05, 0.15, 0.30]) - 1e-9
    names = np.array(["gold", "silver", "bronze", "other"])
    return pd.Series(names[np.searchsorted(reach, better, side="right")], index=revenue.index)


def _rule(stated: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    holds = (stated["country"] == "DE") & (people["order_count"] >= 3)
    return pd.Series(np.where(holds, RULE[0], "other"), index=people.index)


def _preferences(placed: pd.DataFrame, everyone: pd.Index) -> dict[str, pd.Series]:
    at = placed["ordered_at"]
    timed = at != at.dt.normalize()
    rows = placed[["customer_id", *_WAYS]].assign(
        choice=_choice(at), weekday=at.dt.day_of_week, hour=(at.dt.hour // 6).where(timed)
    )
    names = {"weekday": dict(enumerate(_WEEKDAYS)), "hour": dict(enumerate(_HOURS))}
    found = {}
    for what in (*_WAYS, "weekday", "hour"):
        best = _most(rows, what)
        best = best.map(names[what]) if what in names else best.astype("object")
        found[f"preference:{what}"] = _common(best.reindex(everyone))
    return found


def _category(lines: pd.DataFrame, everyone: pd.Index) -> dict[str, pd.Series]:
    bought = lines[~lines["is_refund"]]
    best = _most(bought.assign(choice=_choice(bought["ordered_at"])), "category")
    return {"preference:category": _common(best.astype("object").reindex(everyone))}


def _choice(at: pd.Series) -> pd.Series:
    """A choice and its day as one number: sums are greatest for the commonest and latest."""
    return at.astype("int64") // 1_000_000 // 86_400 + 2.0**35


def _most(rows: pd.DataFrame, what: str) -> pd.Series:
    """What was chosen most; of equals the first, as they are sorted."""
    sums = _by_customer(rows, what, sort=True)["choice"].sum().reset_index(what)
    sums = sums.sort_values("choice", ascending=False, kind="stable")
    return sums.loc[~sums.index.duplicated(), what]


def _response(touches: pd.DataFrame, everyone: pd.Index) -> pd.Series:
    answered = touches[touches["action"].isin(_RESPONSES)]
    channels = answered["channel"].cat
    by_name = channels.reorder_categories(sorted(channels.categories))
    rows = answered.assign(choice=_choice(answered["touched_at"]), channel=by_name)
    best = _most(rows, "channel")
    heard = touches["channel"].isin(answered["channel"].unique())
    best = best.astype("object").reindex(everyone)
    kinds = [
        best.notna(),
        everyone.isin(touches.loc[heard, "customer_id"].unique()),
        everyone.isin(touches["customer_id"].unique()),
    ]
    named = np.select(kinds, [best, "never_answered", "unknown"], default="not_contacted")
    return pd.Series(named, index=everyone)


def _stopped_at(
    touches: pd.DataFrame, leads: pd.DataFrame, placed: pd.DataFrame, everyone: pd.Index
) -> pd.Series:
    start = pd.Timestamp(PERIOD.start)
    touched = touches[touches["touched_at"] >= start]
    asked = leads[leads["created_at"] >= start]
    ordered = placed[placed["ordered_at"] >= start]
    events = pd.concat(
        [
            touched[["customer_id"]].assign(place=touched["action"].isin(_RESPONSES).astype(int)),
            asked[["customer_id"]].assign(
                place=asked["status_group"].map({"lost": 2, "open": 3, "won": 4}).astype(int)
            ),
            ordered[["customer_id"]].assign(place=5),
        ]
    )
    furthest = _by_customer(events)["place"].max().map(dict(enumerate(_STOPS)))
    return furthest.reindex(everyone).fillna("other")


def _satisfaction(surveys: pd.DataFrame, everyone: pd.Index) -> pd.Series:
    nps = surveys[(surveys["kind"] == "nps") & surveys["score"].between(0, 10)]
    last = nps.sort_values(["answered_at", "score"], ascending=[False, True]).drop_duplicates(
        "customer_id"
    )
    band = pd.cut(
        last["score"], [-1, 6, 8, 10], labels=["detractor", "passive", "promoter"]
    ).astype("object")
    return band.set_axis(last["customer_id"]).reindex(everyone).fillna("unknown")


def _attributes(stated: pd.DataFrame, as_of: date) -> dict[str, pd.Series]:
    # A stated "other" is a value like any; `other` holds the rare ones.
    texts = {
        name: stated[name].cat.rename_categories({"other": "stated_other"}).astype("object")
        for name in ("country", "gender", "source_channel")
    }
    texts["age_band"] = _age_bands(stated["birth_date"], as_of)
    found = {f"attribute:{name}": _common(values) for name, values in texts.items()}
    _assert_none_within(found)
    return found


def _common(values: pd.Series) -> pd.Series:
    counts = values.value_counts()
    kept = counts.iloc[:20][counts.iloc[:20] >= LEAST_CUSTOMERS]
    unknown, others = len(values) - counts.sum(), counts.sum() - kept.sum()
    missing = "unknown"
    if 0 < unknown < LEAST_CUSTOMERS and not others:
        smallest = kept.index[-1]
        return values.fillna(smallest).replace({smallest: smallest + OR_UNKNOWN})
    if 0 < unknown < LEAST_CUSTOMERS:
        missing, others = "other", others + unknown
    while 0 < others < LEAST_CUSTOMERS and len(kept):
        kept, others = kept.iloc[:-1], others + kept.iloc[-1]
    if 0 < others < LEAST_CUSTOMERS:
        missing = "other"
    return values.where(values.isin(kept.index) | values.isna(), "other").fillna(missing)


def _assert_none_within(attributes: dict[str, pd.Series]) -> None:
    """A value that lies within one of another attribute, as a city, would ask for more."""
    coded = [pd.factorize(values) for values in attributes.values()]
    for (codes, names), (other_codes, other_names) in permutations(coded, 2):
        size = len(names) * len(other_names)
        pairs = np.bincount(codes * len(other_names) + other_codes, minlength=size)
        assert ((pairs.reshape(len(names), -1) > 0).sum(axis=1) > 1).all()


def _age_bands(born: pd.Series, as_of: date) -> pd.Series:
    had_birthday = born.dt.month * 100 + born.dt.day <= as_of.month * 100 + as_of.day
    age = as_of.year - born.dt.year - (~had_birthday)
    age = age.where(born <= pd.Timestamp(as_of))
    edges = [-np.inf, *_AGES.values()]
    return pd.cut(age, edges, right=False, labels=list(_AGES)).astype("object")


def _sizes(segments: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    return people.groupby(segments.reindex(people.index)).agg(
        customer_count=("revenue", "size"),
        revenue=("revenue", "sum"),
        order_count=("order_count", "sum"),
    )


def _migration(
    orders: pd.DataFrame,
    placed: pd.DataFrame,
    people: pd.DataFrame,
    scores: pd.DataFrame,
    segments: pd.Series,
) -> pd.DataFrame:
    start = pd.Timestamp(PERIOD.start)
    earlier = orders["ordered_at"] < start
    then = _profiles(orders[earlier], placed[placed["ordered_at"] < start], BEFORE.end)
    then_scores = pd.DataFrame(
        {measure: _by_marks(then[measure], people[measure], scores[measure]) for measure in scores}
    )
    spent = _by_customer(orders[~earlier])["amount"].sum()
    table = pd.DataFrame(
        {
            "from_segment": _segments(then_scores, "named").reindex(people.index),
            "to_segment": segments,
            "revenue": spent.reindex(people.index),
        }
    ).fillna({"from_segment": "none"})
    moved = table.groupby(["from_segment", "to_segment"])["revenue"].agg(["size", "sum"])
    return moved.set_axis(["customer_count", "revenue"], axis="columns").reset_index()


def _by_marks(values: pd.Series, now: pd.Series, scores: pd.Series) -> pd.Series:
    """Scores by the marks that another day's scores were given at."""
    sign = -1 if now.name == "recency_days" else 1
    worst = (sign * now).groupby(scores).min()
    # A level that nobody has is reached with the next above.
    marks = worst.reindex(range(2, int(scores.max()) + 1), method="bfill").to_numpy()
    return pd.Series(1 + np.searchsorted(marks, sign * values, side="right"), index=values.index)
