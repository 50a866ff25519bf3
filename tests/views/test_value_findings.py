"""Findings on customer value: which customers and which model they speak of."""

from collections.abc import Mapping

import pandas as pd
import pytest

from crm_strategy.analysis.value_segments import NEWCOMER_DAYS
from crm_strategy.views import findings, tables
from crm_strategy.words import LANGUAGES, speaking
from tests.views.samples import sample


@pytest.mark.parametrize(("language", "since"), [("en", "{} days"), ("ru", "{} дней")])
def test_newcomers_are_said_to_have_come_within_the_days_that_make_one(
    language: str, since: str
) -> None:
    # Other customers with one order came earlier: the chapter counts more of them elsewhere.
    with speaking(language=language):
        said = [
            findings.newcomers_finding(sample("newcomers")).title,
            tables.newcomers_table(sample("newcomers")).payload()["title"],
            tables.newcomers_table(sample("newcomers").head(0)).payload()["void"],
        ]
    assert all(since.format(NEWCOMER_DAYS) in sentence for sentence in said)


def models(errors: Mapping[str, float], *, chosen: str, problem: str = "") -> pd.DataFrame:
    """A row a model; `problem` is that of the model with the least error."""
    best = min(errors, key=lambda name: errors[name])
    rows = sample("value_models").drop_duplicates("model").set_index("model").loc[[*errors]]
    return rows.assign(
        holdout_error=list(errors.values()),
        chosen=[name == chosen for name in errors],
        problem=[problem if name == best else "" for name in errors],
    ).reset_index()


def test_a_model_that_stands_in_for_bg_nbd_is_not_called_the_best() -> None:
    errors = {"bg_nbd": 2.0526, "mbg_nbd": 2.0545, "naive": 3.61}
    found = findings.value_models_finding(models(errors, chosen="mbg_nbd"))
    assert found.title == (
        "“MBG/NBD” foresaw as well as the best: off by 2.05 orders per customer, "
        "the past rate by 3.61"
    )
    assert found.text.startswith(
        "“BG/NBD” came closer by less than 1%, but calls everybody who has ordered once still "
        "a customer: “MBG/NBD” stands in for it. Models learnt"
    )


def test_a_model_set_aside_for_what_the_data_do_not_hold_is_named() -> None:
    errors = {"pareto_nbd": 2.05, "mbg_nbd": 2.06, "naive": 3.61}
    found = findings.value_models_finding(models(errors, chosen="mbg_nbd", problem="no_spread"))
    assert found.text.startswith(
        "“Pareto/NBD” came closer by less than 1%, but the data do not hold its parameters: "
        "“MBG/NBD” stands in for it."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_that_cannot_be_used_is_not_stood_in_for(language: str) -> None:
    errors = {"pareto_nbd": 2.0, "mbg_nbd": 2.5, "naive": 3.61}
    rows = models(errors, chosen="mbg_nbd", problem="not_converged")
    with speaking(language=language):
        title = findings.value_models_finding(rows).title
        assert "2" in title
        alone = findings.value_models_finding(rows[rows["model"] != "pareto_nbd"]).title
    assert title == alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_few_repeat_buyers_no_parameter_and_no_error_is_told(language: str) -> None:
    # Of one repeat buyer γ is what that person spends.
    rows = sample("value_models").assign(customer_count=9)
    with speaking(language=language):
        payload = tables.value_models_table(rows).payload()
        found = findings.value_models_finding(rows)
    cells = [cell for row in payload["rows"] for cell in row]
    assert not any(isinstance(cell, float) for cell in cells)
    assert found.figures == {"holdout_error": None, "naive_error": None}
    said = f"{payload} {found.title} {found.text}"
    assert not any(number in said for number in ("0.5248", "0.525", "9,582", "1.58", "2.2"))
    assert {"en": "fewer than 10", "ru": "Менее 10"}[language] in found.text


def test_the_models_of_ten_repeat_buyers_are_told() -> None:
    rows = sample("value_models")
    enough = tables.value_models_table(rows.assign(customer_count=10)).payload()
    assert enough["rows"] == tables.value_models_table(rows).payload()["rows"]


def test_a_parameter_that_the_data_do_not_hold_is_a_dash_with_its_problem() -> None:
    rows = sample("value_models").head(1).assign(value=19_037_134_840.0, low=None, high=None)
    payload = tables.value_models_table(rows).payload()
    row = payload["rows"][0]
    assert row[1:6] == ["r", None, None, None, None]
    assert row[-1] == "Parameter not identified"
