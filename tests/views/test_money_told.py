"""Sentences say which money they tell: brought so far, of the period, or expected."""

import pandas as pd
import pytest

from crm_strategy.views import charts, findings, tables
from crm_strategy.views.finding import Finding
from crm_strategy.words import speaking
from tests.views.samples import sample
from tests.views.segment_samples import TOTAL


def why(found: Finding) -> str:
    assert found.decision is not None
    return found.decision.why


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "They have brought €121.0k so far;"),
        ("ru", "За всё время они принесли 121,0 тыс. €;"),
    ],
)
def test_unhappy_customers_are_told_with_what_they_brought_so_far(language: str, said: str) -> None:
    with speaking(language=language):
        rows = sample("satisfaction_value").assign(revenue=121_000.0)
        found = findings.satisfaction_value_finding(rows)
    assert why(found).replace("\xa0", " ").startswith(said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "42% of such leads are expected to become orders, from what leads like these did "
            "before.",
        ),
        ("ru", "Судя по похожим лидам в прошлом, заказами станут 42 % таких лидов."),
    ],
)
def test_what_is_expected_of_hot_leads_is_not_told_as_seen(language: str, said: str) -> None:
    with speaking(language=language):
        found = findings.hot_leads_finding(sample("hot_leads"), days=30)
    assert why(found).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("language", "of_margin", "said"),
    [
        ("en", True, "Today's {} are expected to bring {} of margin in the next 365 days"),
        ("en", False, "Today's {} are expected to bring {} of revenue in the next 365 days"),
        ("ru", True, "Маржа, ожидаемая от нынешних клиентов за следующие 365 дней: {1} ({0})"),
        ("ru", False, "Выручка, ожидаемая от нынешних клиентов за следующие 365 дней: {1} ({0})"),
    ],
)
def test_expected_value_is_called_margin_only_where_one_is_known(
    language: str, of_margin: bool, said: str
) -> None:
    figures = {"en": ("2,000 customers", "€82.0k"), "ru": ("2 000 клиентов", "82,0 тыс. €")}
    rows = pd.DataFrame(TOTAL).assign(customer_count=2000, expected_value=82_000.0)
    with speaking(language=language):
        found = findings.expected_value_finding(rows, days=365, of_margin=of_margin)
    assert found.title.replace("\xa0", " ") == said.format(*figures[language])


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Revenue is that of the period."), ("ru", "Выручка — за период.")],
)
def test_stages_say_that_their_revenue_is_of_the_period(language: str, said: str) -> None:
    stages = sample("lifecycle")
    with speaking(language=language):
        table = tables.lifecycle_table(stages).payload()
        chart = charts.lifecycle_chart(stages).payload()
    assert table["note"].startswith(said)
    assert chart["note"].startswith(said)
