"""The chart of answers: only channels whose answers are recorded, hidden rates among them."""

from crm_strategy.views import charts
from tests.views.samples import sample


def test_channels_without_a_record_of_answers_have_no_empty_row():
    rows = sample("responses")
    known = charts.responses_chart(rows).payload()["alt"]
    silent = rows.iloc[[0]].assign(
        channel="leaflet", response_count=None, response_rate=None, low=None, high=None
    )
    more = charts.responses_chart([*rows.to_dict("records"), *silent.to_dict("records")])
    assert more.payload()["alt"] == known
    assert "–" not in known
    # The table has them all.
    assert len(more.payload()["rows"]) == len(rows) + 1
