"""Which value model is in force: the best on days held out, and of equals the surest."""

from datetime import date

import pandas as pd
import pytest

from crm_strategy.analysis.model_choice import Holdout, chosen_model
from crm_strategy.analysis.model_fits import Fit


def fit(model, problem):
    none = pd.DataFrame()
    return Fit(model, pd.Series({"r": 1.0}), -1.0, none, 500, problem)


@pytest.mark.parametrize(
    ("errors", "loose", "chosen"),
    [
        # BG/NBD calls each one-time buyer alive: within 1 % another stands in for it.
        ({"bg_nbd": 1.0, "mbg_nbd": 1.009}, "", "mbg_nbd"),
        ({"bg_nbd": 1.0, "mbg_nbd": 1.011}, "", "bg_nbd"),
        # The least error within 1 %, but parameters that the data do not hold.
        ({"bg_nbd": 1.001, "mbg_nbd": 1.003, "pareto_nbd": 1.0}, "pareto_nbd", "mbg_nbd"),
        ({"bg_nbd": 1.001, "pareto_nbd": 1.0}, "pareto_nbd", "bg_nbd"),
        ({"mbg_nbd": 1.011, "pareto_nbd": 1.0}, "pareto_nbd", "pareto_nbd"),
    ],
)
@pytest.mark.parametrize("problem", ["no_spread", "no_dropout"])
def test_of_models_that_foretell_as_well_one_is_chosen_whose_parameters_the_data_hold(
    errors, loose, chosen, problem
):
    fits = {name: fit(name, problem if name == loose else "") for name in errors}
    held = Holdout(date(2026, 6, 30), 90, errors, pd.DataFrame())
    assert chosen_model(fits, held) == chosen
