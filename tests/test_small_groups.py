"""All tables of small clients, read together: what the report promises of small groups.

Every number of customers is told of the customers that it stands for, and no two numbers tell of
a few: neither a number less one that lies within it, nor less a table's that have nobody in
common. By which customers a number stands for, see `tests.disclosure.customers`.
"""

from pathlib import Path

import pytest

from tests.disclosure.chapters import read_chapters
from tests.disclosure.clients import write_client
from tests.disclosure.customers import Customers
from tests.disclosure.differences import Report
from tests.disclosure.told import ALSO_READ, NOT_READ, READERS, told_numbers

LEAST = 10
MORE = [
    (4, 400, "default"),
    (5, 600, "many"),
    (14, 800, "default"),
    (78, 260, "surveys"),
    (93, 320, "many"),
    (301, 220, "surveys"),
]


@pytest.mark.parametrize(
    ("seed", "size", "kinds"),
    [
        (3, 220, "default"),
        *(pytest.param(*client, marks=pytest.mark.whole) for client in MORE),
    ],
)
def test_no_small_group_follows_from_two_numbers_of_a_report(
    seed: int, size: int, kinds: str, tmp_path: Path
) -> None:
    chapters = read_chapters(write_client(tmp_path / "shop", seed, size, kinds))
    shown = {table for chapter in chapters.values() for table in chapter.tables}
    assert shown == {*READERS, *ALSO_READ, *NOT_READ} - {"subscription"}
    customers = Customers(chapters)
    report = Report(customers, told_numbers(customers))
    assert len(report.numbers) > 150
    assert len({each.table for each in report.numbers}) > 15
    assert not report.wrong()
    assert not report.small(LEAST)
    assert not [str(left) for left in report.pairs(LEAST)]
    assert not [str(left) for left in report.together(LEAST)]
