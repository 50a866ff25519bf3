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
