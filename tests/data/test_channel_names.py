"""Names of channels: spellings are suggested, and merged only by the parameters."""

from pathlib import Path

import pytest

from crm_strategy.data.check_words import remedy_text
from crm_strategy.errors import DataError
from crm_strategy.words import speaking
from tests.data.clients import Prepared, client, prepared

ORDERS = "order_id,customer_id,ordered_at,amount\n1,a,2026-01-05,10\n2,b,2026-02-05,20\n"
TOUCHES = (
    "customer_id,touched_at,channel\n"
    "a,2026-01-01,email\na,2026-01-02,email\na,2026-01-03,E-mail\n"
    "b,2026-01-01,Email \nb,2026-01-02,sms\n"
)
PATHS = "path,conversions,nulls\nE-mail > SMS,3,1\nemail>sms,2,0\nfax,1,1\n"


def read(folder: Path, *, head: str = "", **files: str) -> Prepared:
    """What was prepared of orders and of the tables given as csv."""
    written = {"orders": ORDERS, **files}
    data = "".join(f"  {name}: {{file: ../data/{name}.csv}}\n" for name in written)
    texts = {f"{name}.csv": content for name, content in written.items()}
    return prepared(client(folder, data, texts, head=head))


def test_spellings_of_one_channel_are_suggested_and_not_merged(tmp_path: Path) -> None:
    found = read(tmp_path, touches=TOUCHES)
    assert set(found.column("touches", "channel")) == {"email", "E-mail", "Email", "sms"}
    finding = found.finding("touches", "channel_spellings")
    assert (finding["row_count"], finding["example"]) == (2, "E-mail")
    with speaking(language="en"):
        assert remedy_text(finding) == (
            "If each of these is one channel, describe it in the parameters file, such as "
            'channels: {"email": {}}; names that differ only in case, blanks or signs are then '
            "one: «email»/«E-mail»/«Email»."
        )


def test_a_spelling_in_another_table_is_suggested_too(tmp_path: Path) -> None:
    costs = "month,channel,amount\n2026-01-01,SMS,5\n"
    touches = "customer_id,touched_at,channel\na,2026-01-01,sms\nb,2026-01-01,sms\n"
    found = read(tmp_path, touches=touches, costs=costs)
    assert found.finding("costs", "channel_spellings")["example"] == "SMS"


def test_the_parameters_merge_spellings_of_the_channels_they_describe(tmp_path: Path) -> None:
    head = "channels: {email: {label: E-mail}}\n"
    found = read(tmp_path, touches=TOUCHES, paths=PATHS, head=head)
    assert set(found.column("touches", "channel")) == {"email", "sms"}
    assert ("touches", "channel_spellings") not in found.findings()
    assert found.column("paths", "path") == ["email > SMS", "email > sms", "fax"]


def test_paths_stay_as_they_are_without_a_description(tmp_path: Path) -> None:
    assert read(tmp_path, paths=PATHS).column("paths", "path") == [
        *("E-mail > SMS", "email>sms", "fax")
    ]


SCENARIO = "scenarios: [{{id: s, segment: all, steps: [{{channel: {0}}}, {{channel: sms}}]}}]\n"


def test_a_scenario_by_a_channel_that_the_data_lack_is_found(tmp_path: Path) -> None:
    found = read(tmp_path, touches=TOUCHES, head=SCENARIO.format("pigeon"))
    finding = found.finding("touches", "scenario_channels")
    assert (finding["severity"], finding["row_count"], finding["example"]) == (
        *("warning", 1, "pigeon"),
    )
    with speaking(language="en"):
        assert remedy_text(finding) == (
            "No touch and no cost is of a channel that a scenario names, so nothing is known of "
            "its answers or its price. Correct the spelling under scenarios, or describe a new "
            "channel in the parameters file, under channels: pigeon."
        )


def test_the_nearest_channel_of_touches_costs_or_paths_is_suggested(tmp_path: Path) -> None:
    costs = "month,channel,amount\n2026-01-01,messenger,5\n"
    files = {"touches": TOUCHES, "costs": costs, "paths": PATHS}
    found = read(tmp_path, **files, head=SCENARIO.format("mesenger"))
    assert "mesenger (= messenger?)" in found.finding("touches", "scenario_channels")["detail"]
    steps = ", ".join(f"{{channel: {known}}}" for known in ("messenger", "fax", "E-mail", "sms"))
    head = f"scenarios: [{{id: s, segment: all, steps: [{steps}]}}]\n"
    again = read(tmp_path, **files, head=head)
    assert ("touches", "scenario_channels") not in again.findings()


def test_without_touches_costs_and_paths_any_channel_may_be_planned(tmp_path: Path) -> None:
    found = read(tmp_path, head=SCENARIO.format("pigeon"))
    assert found.findings() == {}


@pytest.mark.parametrize("path", ["email > > sms", "> email", "email >", ">", " > sms"])
def test_a_path_with_an_empty_step_is_refused_with_its_row(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError) as refused:
        read(tmp_path, paths=f"path,conversions\nemail,1\n{path},2\n")
    assert str(refused.value) == (
        f"paths.csv: row 2 of the data, '{path.strip()}', has an empty step.\n"
        "Write a channel between any two '>', or leave the row out."
    )


def test_counts_below_zero_are_refused_with_the_first_row(tmp_path: Path) -> None:
    rows = "path,conversions,nulls\nemail,1,0\nsms,2,-1\nfax,1,-3\n"
    with pytest.raises(DataError) as refused:
        read(tmp_path, paths=rows)
    assert str(refused.value) == (
        "paths.csv: row 2 of the data, 'sms', has nulls below 0; so have 1 more of 3 rows.\n"
        "Correct it, or leave the row out."
    )


COSTS = (
    "month,channel,amount,cost_item,cost_kind\n"
    "2026-01-01,email,1500,,\n2026-01-01,tv,2000,,\n2026-02-01,radio,1000,,\n"
    "2026-01-01,fax,70,goods,\n2026-01-01,fax,70,,planned\n"
)


def test_costs_of_channels_without_any_touch_are_found_with_their_sum(tmp_path: Path) -> None:
    found = read(tmp_path, touches=TOUCHES, costs=COSTS)
    finding = found.finding("costs", "costs_without_touches")
    assert (finding["severity"], finding["row_count"], finding["example"]) == ("warning", 2, "tv")
    with speaking(language="en", currency="EUR"):
        assert remedy_text(finding) == (
            "€3,000 of €4,500 of costs cannot be held against any order, for no touch tells of "
            "these channels. Supply their touches, such as clicks or visits, or correct the "
            "spelling: tv, radio."
        )


def test_a_path_tells_of_its_channels_as_touches_do(tmp_path: Path) -> None:
    paths = "path,conversions\nemail > tv,3\nradio,1\n"
    found = read(tmp_path, paths=paths, costs=COSTS)
    assert found.findings() == {}
    unseen = read(tmp_path, costs=COSTS)
    assert unseen.findings() == {}


def test_touches_of_channels_without_any_cost_are_found_with_their_number(tmp_path: Path) -> None:
    touches = TOUCHES.replace("E-mail", "email").replace("Email ", "email")
    found = read(tmp_path, touches=touches, costs="month,channel,amount\n2026-01-01,email,5\n")
    finding = found.finding("touches", "touches_without_costs")
    assert (finding["severity"], finding["row_count"], finding["example"]) == ("warning", 1, "sms")
    with speaking(language="en"):
        assert remedy_text(finding) == (
            "1 of 5 touches are of channels whose cost is not known, so that these are neither "
            "judged nor switched off. Supply their costs, or a price in the parameters file, such "
            'as channels: {"sms": {cost: {per_touch: 0}}} for one that costs nothing: sms.'
        )


@pytest.mark.parametrize(
    "head",
    [
        "channels: {email: {cost: {monthly: 9}}, sms: {cost: {per_touch: 0}}}\n",
        # No cost of any channel is known: the report asks for costs.
        "channels: {email: {}, sms: {}}\n",
    ],
)
def test_a_price_in_the_parameters_is_a_cost(tmp_path: Path, head: str) -> None:
    assert read(tmp_path, touches=TOUCHES, head=head).findings() == {}


def test_touches_that_carry_their_cost_need_no_other(tmp_path: Path) -> None:
    touches = "customer_id,touched_at,channel,cost\na,2026-01-01,email,0.1\nb,2026-01-02,sms,\n"
    found = read(tmp_path, touches=touches)
    assert found.finding("touches", "touches_without_costs")["example"] == "sms"
