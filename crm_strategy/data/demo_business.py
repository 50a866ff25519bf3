"""The demo business as a whole: everything drawn, in the order in which it depends."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_strategy.data.demo_answers import draw_leads, draw_surveys, tests_with_results
from crm_strategy.data.demo_baskets import draw_sales
from crm_strategy.data.demo_contacts import (
    draw_advertising,
    draw_calls,
    draw_consents,
    draw_touches,
)
from crm_strategy.data.demo_costs import draw_costs
from crm_strategy.data.demo_customers import DAYS, draw_customers
from crm_strategy.data.demo_orders import draw_purchases, draw_test
from crm_strategy.data.demo_truth import TRUTH

_SUBJECTS = (
    *("customers", "consents", "touches", "tests", "orders", "advertising", "calls"),
    *("sales", "actions", "surveys", "leads", "costs", "dirt"),
)
# Chance of each answer to a touch that led to no order; the last one leads to orders.
_ACTIONS = {
    "email": {"sent": 0.03, "delivered": 0.69, "opened": 0.23, "clicked": 0.05},
    "sms": {"sent": 0.04, "delivered": 0.91, "clicked": 0.05},
    "push": {"sent": 0.06, "delivered": 0.83, "opened": 0.11},
    "messenger": {"delivered": 0.55, "opened": 0.33, "replied": 0.12},
    "call": {"refused": 0.46, "called": 0.54},
    "shop": {"visited": 1.0},
    "search": {"clicked": 1.0},
    "social": {"clicked": 1.0},
}
# After the last order visits and answers go on for a while, in days.
_FADE_DAYS = 40.0
_NEVER_BOUGHT_DAYS = 60.0


@dataclass(frozen=True)
class DemoBusiness:
    """Everything drawn; times are days since the opening, money is EUR.

    Tables name customers and sales by their row number. `customers` holds the hidden truth of
    each customer too: `rate_weekly`, `drop_out`, `mean_order_value`, `left_at`.
    """

    customers: pd.DataFrame
    consents: pd.DataFrame
    touches: pd.DataFrame
    sales: pd.DataFrame
    lines: pd.DataFrame
    surveys: pd.DataFrame
    leads: pd.DataFrame
    costs: pd.DataFrame
    tests: pd.DataFrame


def random_of(seed: int, subject: str) -> np.random.Generator:
    """A stream of chance of its own for each subject: changing one leaves the others alone."""
    return np.random.default_rng([seed, _SUBJECTS.index(subject)])


def draw_business(*, seed: int, customers: int) -> DemoBusiness:
    """Draw the demo business; the same seed and size give the same business."""
    people = draw_customers(random_of(seed, "customers"), customers)
    consents = draw_consents(random_of(seed, "consents"), people)
    touches = draw_touches(random_of(seed, "touches"), people, consents)
    lot = random_of(seed, "tests")
    tests = pd.concat(
        [draw_test(lot, people, consents, test) for test in (TRUTH.null_test, TRUTH.winning_test)],
        ignore_index=True,
    )
    bought = draw_purchases(random_of(seed, "orders"), people, touches, tests)
    never = people["created"].to_numpy() + _NEVER_BOUGHT_DAYS
    people["left_at"] = np.where(people["first_at"].isna(), never, bought.left_at)
    points = np.append(touches["touchpoint"].to_numpy(dtype=object), "")
    sales, lines = draw_sales(
        random_of(seed, "sales"),
        people,
        bought.orders.assign(touchpoint=points[bought.orders["cause"]]),
    )
    advertising = draw_advertising(random_of(seed, "advertising"), people)
    calls = draw_calls(random_of(seed, "calls"), people, consents, bought.orders)
    contacts = _all_touches(random_of(seed, "actions"), people, touches, advertising, calls, sales)
    return DemoBusiness(
        customers=people,
        consents=consents,
        touches=contacts,
        sales=sales,
        lines=lines,
        surveys=draw_surveys(random_of(seed, "surveys"), people, sales),
        leads=draw_leads(random_of(seed, "leads"), people, sales),
        costs=draw_costs(random_of(seed, "costs"), people, contacts),
        tests=tests_with_results(tests, sales),
    )


def _all_touches(
    random: np.random.Generator,
    people: pd.DataFrame,
    touches: pd.DataFrame,
    advertising: pd.DataFrame,
    calls: pd.DataFrame,
    sales: pd.DataFrame,
) -> pd.DataFrame:
    """Join the touches, with what came of each: `action`, and `sale` (-1 where none)."""
    caused = sales[sales["cause"] >= 0].drop_duplicates("cause").set_index("cause").index
    sale_of = pd.Series(sales.drop_duplicates("cause").index, sales["cause"].drop_duplicates())
    touches = touches.assign(sale=-1)
    touches.loc[caused, "sale"] = sale_of.loc[caused]
    fades = people["left_at"].to_numpy() + random.exponential(_FADE_DAYS, len(people))
    over = touches["follows"] & (touches["at"] > fades[touches["customer"]])
    over |= _off_the_list(touches, people, sales)
    parts = [touches[~over], _with_first_orders(advertising, people, sales), calls.assign(sale=-1)]
    joined = pd.concat(parts, ignore_index=True)
    joined = joined[joined["at"] < DAYS].sort_values("at", kind="stable", ignore_index=True)
    joined["action"] = ""
    for channel, chances in _ACTIONS.items():
        mine = (joined["channel"] == channel).to_numpy()
        answers = random.choice(list(chances), mine.sum(), p=list(chances.values()))
        bought = joined.loc[mine, "sale"].to_numpy() >= 0
        joined.loc[mine, "action"] = np.where(bought, list(chances)[-1], answers)
    return joined.drop(columns="follows")


def _with_first_orders(
    advertising: pd.DataFrame, people: pd.DataFrame, sales: pd.DataFrame
) -> pd.DataFrame:
    """Mark the last click of each buyer as what led to the first order."""
    ordered = sales[(sales["customer"] >= 0) & (sales["status"] == "completed")]
    ordered = ordered.sort_values("at", kind="stable").drop_duplicates("customer")
    first_sale = pd.Series(ordered.index, ordered["customer"])
    latest = advertising.sort_values("at", kind="stable").drop_duplicates("customer", keep="last")
    latest = latest[people["first_at"].notna().to_numpy()[latest["customer"]]]
    marked = advertising.assign(sale=-1)
    marked.loc[latest.index, "sale"] = first_sale.reindex(latest["customer"]).to_numpy()
    return marked


def _off_the_list(touches: pd.DataFrame, people: pd.DataFrame, sales: pd.DataFrame) -> pd.Series:
    """Which mailings went to nobody, because the last order was too long ago.

    A touch that led to an order stays: it reached its customer.
    """
    mailings = touches[touches["touchpoint"].isin(["newsletter", "sms_offer"])]
    mailings = mailings.reset_index(names="touch").sort_values("at", kind="stable")
    ordered = sales.loc[sales["customer"] >= 0, ["customer", "at"]].sort_values("at", kind="stable")
    ordered["last"] = ordered["at"]
    seen = pd.merge_asof(mailings, ordered, on="at", by="customer")
    last = seen["last"].fillna(people["created"].loc[seen["customer"]].reset_index(drop=True))
    off = seen.loc[(seen["at"] - last > TRUTH.listed_days) & (seen["sale"] < 0), "touch"]
    return pd.Series(touches.index.isin(off), index=touches.index)
