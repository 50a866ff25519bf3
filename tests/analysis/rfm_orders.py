"""Orders and scores worked by hand."""

from datetime import date

from hypothesis import strategies as st

AS_OF = date(2026, 9, 30)

SCORES = {
    "customer_id": "string",
    "order_count": "int64",
    "revenue": "float64",
    "recency_days": "int64",
    "recency_score": "int64",
    "frequency_score": "int64",
    "monetary_score": "int64",
}

an_order = st.tuples(
    st.sampled_from(["a", "b", "c", "d", None]),
    st.dates(date(2026, 1, 1), date(2026, 10, 31)),
    st.integers(-500, 2000).map(lambda cents: cents / 100),
)
