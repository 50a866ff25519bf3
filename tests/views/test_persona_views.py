"""Personas on the page: lines that set a segment apart, and segments that nothing does."""

import pandas as pd
import pytest

from crm_strategy.views import findings, tables
from crm_strategy.words import speaking
from tests.views.samples import sample


def with_alike(*segments: str) -> pd.DataFrame:
    """The sample and segments of which nothing measured is apart."""
    rows = sample("personas")
    more = pd.DataFrame({"segment": segments, "evidence": "alike"}, columns=rows.columns)
    return pd.concat([rows, more.astype(rows.dtypes.to_dict())], ignore_index=True)


@pytest.mark.parametrize(
    ("language", "value"), [("en", "Nothing surely sets it apart"), ("ru", "Уверенных отличий нет")]
)
def test_a_segment_that_nothing_sets_apart_says_so_on_its_line(language: str, value: str) -> None:
    with speaking(language=language):
        payload = tables.personas_table(with_alike("loyal")).payload()
    names = [column["name"] for column in payload["columns"]]
    last = dict(zip(names, payload["rows"][-1], strict=True))
    assert last["value"] == value
    assert [last[name] for name in ("aspect", "share", "customer_count")] == [None] * 3


def test_a_segment_that_nothing_sets_apart_has_an_empty_card() -> None:
    payload = tables.persona_cards_table(with_alike("loyal")).payload()
    assert payload["rows"][-1] == ["Loyal", None, None, None, None, None]


def test_the_finding_counts_lines_only_and_names_whom_nothing_sets_apart() -> None:
    found = findings.personas_finding(with_alike("loyal", "need_attention"))
    assert found.title == findings.personas_finding(sample("personas")).title
    assert found.text.startswith(
        "Nothing that was measured and may be shown surely sets these apart from all customers: "
        "Loyal, Need attention."
    )


def test_where_nothing_sets_anybody_apart_no_line_is_counted() -> None:
    rows = with_alike("loyal", "lost").query("evidence == 'alike'")
    assert findings.personas_finding(rows).title == (
        "Nothing measured surely sets a segment apart from all customers"
    )
