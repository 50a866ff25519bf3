"""What benchmarks hold against this package is the same work: equal figures, each of them."""

import pytest

from tests.benchmarks import (
    kpi_ours,
    kpi_sql,
    segments_bench,
    segments_ours,
    segments_pandas,
    segments_pandas_numbers,
)
from tests.benchmarks.kpi_bench import assert_equal
from tests.benchmarks.kpi_file import write_data
from tests.benchmarks.kpi_task import PERIODS
from tests.benchmarks.segments_task import KINDS, PERIOD
from tests.benchmarks.shop_file import write_data as write_shop

# What this package says is tested by hand calculations; this is about what it is measured against.
pytestmark = pytest.mark.whole


def test_one_query_a_figure_gives_every_kpi_of_every_breakdown_as_this_package_does(tmp_path):
    write_data(tmp_path, orders=5_000, customers=500)
    ours, theirs = (each.results(tmp_path, PERIODS[-1:])["kpis"] for each in (kpi_ours, kpi_sql))
    assert_equal(ours, theirs)
    asked = {(breakdown, kpi) for breakdown, of in kpi_sql.QUERIES.items() for kpi in of}
    for found in (ours, theirs.dropna()):
        assert set(zip(found["breakdown"], found["kpi"], strict=True)) == asked


@pytest.mark.parametrize("contender", [segments_pandas, segments_pandas_numbers])
def test_pandas_gives_every_segment_of_every_kind_as_this_package_does(contender, tmp_path):
    write_shop(tmp_path, orders=20_000, customers=3_000)
    ours, theirs = (each.results(tmp_path, PERIOD.end) for each in (segments_ours, contender))
    segments_bench.assert_equal(ours, theirs)
    assert set(ours["kinds"]["kind"]) == set(KINDS)
