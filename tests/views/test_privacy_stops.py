"""Where purchases stopped tells no few customers, beside answers, buyers and all."""

import itertools

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crm_strategy.analysis.purchase_stops import STOPS
from crm_strategy.views import charts, findings, tables
from crm_strategy.views.kind_privacy import sizes_to_hide
from crm_strategy.views.payload import column_cells, is_hidden
from tests.analysis.builders import FEW


def stops(counts: dict[str, int]) -> pd.DataFrame:
    rows = pd.DataFrame(
        [(stage, counts[stage]) for stage in STOPS if counts.get(stage)],
        columns=["stage", "customer_count"],
    )
    return rows.assign(share=rows["customer_count"] / rows["customer_count"].sum())


def answers(contacted: int, answered: int) -> pd.DataFrame:
    """One channel: so many contacted, so many of them answered."""
    sizes = {"touch_count": 3 * contacted, "customer_count": contacted}
    rates = {"response_rate": answered / contacted, "low": 0.1, "high": 0.9, "conversion_rate": 0.0}
    return pd.DataFrame([{"channel": "email", **sizes, "response_count": float(answered), **rates}])


def told(rows: pd.DataFrame, responses: pd.DataFrame | None = None) -> dict[str, bool]:
    payload = tables.stopped_at_table(rows, responses).payload()
    cells = column_cells(payload, "customer_count")
    return {
        stage: not is_hidden(n) for stage, n in zip(payload["keys"]["stage"], cells, strict=True)
    }


def test_few_who_answered_and_went_on_do_not_follow_from_those_who_stopped_there() -> None:
    # 60 answered by the only channel, 55 went no further: five went on.
    rows = stops({"contacted": 40, "responded": 55, "lead_lost": 30, "ordered": 90})
    shown = told(rows, answers(contacted=130, answered=60))
    assert shown == {"contacted": True, "responded": False, "lead_lost": False, "ordered": True}
    assert all(told(rows).values())
    assert "55" not in charts.stopped_at_chart(rows, answers(130, 60)).payload()["alt"]
    assert "55" not in findings.stopped_at_finding(rows, answers(130, 60)).payload()["title"]


def test_few_who_never_answered_and_ordered_do_not_follow_from_the_segment_of_the_silent() -> None:
    # 40 were contacted and went no further; 46 never answered: six of these ordered.
    rows = stops({"contacted": 40, "responded": 55, "lead_lost": 30, "ordered": 90})
    by_channel = pd.concat([answers(130, 80), answers(60, 30)])
    alone = told(rows, by_channel)
    assert alone["contacted"]
    assert not told(rows, by_channel.assign(silent_count=46.0))["contacted"]
    assert told(rows, by_channel.assign(silent_count=50.0)) == alone


def test_those_who_ordered_hide_no_stage_for_kpis_tell_how_many_bought() -> None:
    rows = stops({"contacted": 400, "lead_lost": 5, "lead_open": 30, "ordered": 12})
    shown = told(rows)
    assert shown == {"contacted": True, "lead_lost": False, "lead_open": False, "ordered": True}


def test_who_never_ordered_does_not_follow_from_segments_by_the_same_stages() -> None:
    # 39 stopped after an answer, 36 of them in segments: three never ordered.
    rows = stops({"contacted": 80, "responded": 39, "lead_lost": 30, "ordered": 90})
    rows = rows.assign(segment_count=[60, 36, 30, 90])
    shown = told(rows)
    assert shown == {"contacted": False, "responded": False, "lead_lost": True, "ordered": True}
    assert "39" not in charts.stopped_at_chart(rows).payload()["alt"]
    # Three in all: neither a stage nor the share of one is told.
    rows = rows.assign(customer_count=[60, 39, 30, 90])
    assert told(rows) == {stage: stage == "ordered" for stage in shown}
    payload = tables.stopped_at_table(rows).payload()
    assert column_cells(payload, "share")[-1] is None
    assert "(" not in charts.stopped_at_chart(rows).payload()["alt"].split("Ordered")[-1]


@FEW
@given(
    st.lists(st.sampled_from([0, 1, 5, 9, 10, 14, 60]), min_size=8, max_size=8),
    st.lists(st.sampled_from([0, 0, 1, 4, 12, 30]), min_size=8, max_size=8),
    st.sampled_from([0, 4, 12, 90]),
)
def test_stages_and_segments_by_stage_tell_no_few(
    inside: list[int], outside: list[int], idle: int
) -> None:
    outside[-1] = 0
    sizes = {s: n + more for s, n, more in zip(STOPS, inside, outside, strict=True)}
    if not any(sizes.values()):
        return
    rows = stops(sizes)
    segments = dict(zip(STOPS, inside, strict=True))
    rows = rows.assign(segment_count=[segments[stage] for stage in rows["stage"]])
    shown = told(rows)
    kinds = {stage: n for stage, n in {**segments, "other": idle}.items() if n}
    hidden = sizes_to_hide("stopped_at", kinds)
    left = [sizes[stage] - segments[stage] for stage, seen in shown.items() if seen]
    assert not any(0 < n < 10 for n in left)
    for stage, seen in shown.items():
        assert not (seen and stage in hidden)
    gone = [sizes[s] - segments[s] for s, seen in shown.items() if not seen and s != "ordered"]
    few = sum(gone) + (0 if any(shown.values()) else sizes["ordered"] - segments["ordered"])
    shares = column_cells(tables.stopped_at_table(rows).payload(), "share")
    assert not 0 < few < 10 or all(share is None or is_hidden(share) for share in shares)


@FEW
@given(st.lists(st.sampled_from([0, 1, 5, 9, 10, 14, 60]), min_size=8, max_size=8))
def test_no_few_follow_from_all_less_the_stages_shown(counts: list[int]) -> None:
    sizes = dict(zip(STOPS, counts, strict=True))
    rows = stops(sizes)
    shown = told(rows)
    gone = [sizes[stage] for stage, seen in shown.items() if not seen and stage != "ordered"]
    everyone_else = [stage for stage in shown if stage != "ordered"]
    assert not gone or len(gone) == len(everyone_else) or (len(gone) > 1 and sum(gone) >= 10)
    for stage, other in itertools.product(shown, repeat=2):
        assert not (shown[stage] and shown[other] and 0 < sizes[stage] < 10)
