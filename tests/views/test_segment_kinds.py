"""All kinds of segments side by side: on the page, in their order, small groups last."""

import pandas as pd
import pytest

from crm_strategy.views import tables
from crm_strategy.views.naming import member_name
from crm_strategy.views.payload import column_cells, is_hidden
from crm_strategy.words import LANGUAGES, speaking


def kinds(sizes: dict[str, dict[str, int]]) -> pd.DataFrame:
    """Most revenue first, as the analysis has them."""
    rows = [
        {"kind": kind, "segment": segment, "customer_count": n, "revenue": 10.0 * n}
        for kind, segments in sizes.items()
        for segment, n in sorted(segments.items(), key=lambda each: -each[1])
    ]
    return pd.DataFrame(rows)


def segments_of(frame: pd.DataFrame, kind: str, *tiers: str) -> list[object]:
    payload = tables.segment_kinds_table(frame, tiers or ("gold", "silver")).payload()
    pairs = zip(column_cells(payload, "kind"), column_cells(payload, "segment"), strict=True)
    return [segment for name, segment in pairs if name == kind]


def test_every_row_stands_on_the_page() -> None:
    cities = {f"attribute:c{kind}": {f"t{n:02}": 90 - n for n in range(9)} for kind in range(13)}
    payload = tables.segment_kinds_table(kinds(cities)).payload()
    assert payload["rows_shown"] >= len(payload["rows"]) == 117


def test_deciles_stand_from_the_most_valuable_on_and_unknown_ones_last() -> None:
    deciles = {f"decile_{n:02}": 100 for n in range(1, 11)}
    frame = kinds({"value": {"unknown": 500} | deciles | {"decile_03": 300, "decile_10": 400}})
    assert segments_of(frame, "Expected value") == [
        "Decile 1 (most valuable)",
        *(f"Decile {n}" for n in range(2, 10)),
        "Decile 10 (least valuable)",
        "Not known",
    ]


@pytest.mark.parametrize(
    ("kind", "ordered"),
    [
        ("tier", ["gold", "silver", "other"]),
        ("regularity", ["one_time", "regular", "frequent"]),
        ("lifecycle", ["new", "retained", "returned", "lapsed", "inactive"]),
        ("satisfaction", ["detractor", "passive", "promoter", "unknown"]),
        ("stopped_at", ["contacted", "lead_open", "ordered", "other"]),
    ],
)
@pytest.mark.parametrize("least_first", [True, False])
def test_kinds_with_an_order_of_their_own_keep_to_it_whatever_they_brought(
    kind: str, ordered: list[str], least_first: bool
) -> None:
    sizes = {each: 100 + 10 * place for place, each in enumerate(ordered)}
    if not least_first:
        sizes = dict(zip(ordered, reversed(sizes.values()), strict=True))
    payload = tables.segment_kinds_table(kinds({kind: sizes}), ["gold", "silver"]).payload()
    assert column_cells(payload, "segment") == [member_name(kind, each) for each in ordered]


def test_tiers_stand_as_the_client_ranks_them_and_others_by_revenue() -> None:
    frame = kinds({"tier": {"vip": 60, "club": 300, "other": 400}, "rfm": {"lost": 90, "new": 80}})
    assert segments_of(frame, "Loyalty tier", "vip", "club") == ["vip", "club", "Other"]
    assert segments_of(frame, "RFM segments") == ["Lost", "New"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("few", ["Aa", "Zz"])
def test_the_place_of_a_small_group_tells_nothing_of_its_size(few: str, language: str) -> None:
    def shown(sizes: dict[str, int]) -> list[tuple[object, bool]]:
        frame = kinds({"attribute:city": sizes, "tier": {"gold": 90, "silver": 80}})
        rows = tables.segment_kinds_table(frame).payload()["rows"]
        return [(row[1], is_hidden(row[2])) for row in rows]

    with speaking(language=language):
        told = shown({"Linz": 90, "Graz": 70, "Mm": 12, few: 3})
        other = shown({"Linz": 90, "Graz": 70, "Mm": 12, few: 1})
    assert told == other
    # Among their kind, by name: the tiers come after them.
    last = sorted([few, "Mm"])
    assert [name for name, _ in told[:4]] == ["Linz", "Graz", *last]
    assert [gone for _, gone in told] == [False, False, True, True, False, False]


def test_hidden_rows_of_one_kind_stand_by_name_not_by_revenue() -> None:
    frame = kinds({"attribute:city": {"Linz": 90, "Wels": 5, "Graz": 4, "Enns": 3}})
    for brought in ([900.0, 5.0, 4.0, 3.0], [900.0, 3.0, 4.0, 5.0]):
        ranked = frame.assign(revenue=brought).sort_values("revenue", ascending=False)
        rows = tables.segment_kinds_table(ranked).payload()["rows"]
        assert [row[1] for row in rows] == ["Linz", "Enns", "Graz", "Wels"]
