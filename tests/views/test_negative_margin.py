import pandas as pd
import pytest

from crm_strategy.views import findings
from crm_strategy.words import speaking


def scorecard(margin, *, revenue=60_000.0, orders=600.0, customers=300.0):
    values = {"revenue": revenue, "gross_margin": margin, "active_customers": customers}
    return pd.DataFrame(
        [
            {"kpi": kpi, "value": value, "n": orders, "smallest_count": customers}
            for kpi, value in values.items()
        ]
    )


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Orders cost more than they bring: a gross margin of −€12.0k over 600 orders",
            "That is −€20.00 an order and −20.0% of €60.0k of revenue, before marketing.",
        ),
        (
            "ru",
            "Заказы обходятся дороже, чем приносят: валовая прибыль −12,0 тыс. € на 600 заказов",
            "Это −20,00 € на заказ и −20,0 % от выручки в 60,0 тыс. €, до затрат на маркетинг.",
        ),
    ],
)
def test_a_negative_margin_is_named_with_its_orders_and_asks_for_a_decision(language, title, text):
    with speaking(language=language):
        found = findings.negative_margin_finding(scorecard(-12_000.0))
    assert found.title.replace("\xa0", " ").replace("\u202f", " ") == title
    assert found.text.replace("\xa0", " ").replace("\u202f", " ").startswith(text)
    assert found.severity == "act"
    assert found.decision is not None
    assert found.figures == {"gross_margin": -12_000.0, "orders": 600}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_loss_without_revenue_after_refunds_has_no_share_of_it(language):
    with speaking(language=language):
        found = findings.negative_margin_finding(scorecard(-500.0, revenue=-100.0))
    assert "%" not in found.text


def test_where_no_order_loses_or_few_customers_would_be_told_nothing_is_said():
    with speaking(language="en", min_cell=10):
        assert findings.negative_margin_finding(scorecard(12_000.0)) is None
        assert findings.negative_margin_finding(scorecard(float("nan"))) is None
        assert findings.negative_margin_finding(scorecard(-5.0, orders=4.0, customers=4.0)) is None
        assert findings.negative_margin_finding(scorecard(-5.0)[:1]) is None
