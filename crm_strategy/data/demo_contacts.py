"""The demo shop's contacts: consents, and the touches that customers get by plan or habit."""

import numpy as np
import pandas as pd

from crm_strategy.data.demo_customers import DAYS, day_number
from crm_strategy.data.demo_truth import TRUTH

CONSENT_CHANNELS = ("email", "sms", "push", "messenger", "call")
_MONTHS = pd.date_range(TRUTH.start, TRUTH.end, freq="MS")


def draw_consents(random: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """Draw who may be contacted by which channel, and from when to when.

    Returns
    -------
    DataFrame
        `customer` (row number), `channel`, `granted` and `withdrawn` (days; infinite while it
        holds), `source`.
    """
    parts = []
    created = customers["created"].to_numpy()
    for channel in CONSENT_CHANNELS:
        chosen = np.flatnonzero(random.random(len(customers)) < TRUTH.channels[channel].agreed)
        granted = created[chosen] + random.uniform(0, 0.02, len(chosen))
        withdrawn = granted + random.exponential(DAYS * 5, len(chosen))
        parts.append(
            pd.DataFrame(
                {
                    "customer": chosen,
                    "channel": channel,
                    "granted": granted,
                    "withdrawn": np.where(withdrawn < DAYS, withdrawn, np.inf),
                    "source": random.choice(
                        ["checkout", "account", "app", "shop"],
                        len(chosen),
                        p=[0.55, 0.2, 0.15, 0.1],
                    ),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def draw_touches(
    random: np.random.Generator, customers: pd.DataFrame, consents: pd.DataFrame
) -> pd.DataFrame:
    """Draw all touches but calls and advertising, before anybody orders.

    Returns
    -------
    DataFrame
        `customer` (row number), `at` (days), `channel`, `touchpoint`, `campaign`, `follows`
        (True: only a customer who still buys gets it).
    """
    may = {channel: consents[consents["channel"] == channel] for channel in CONSENT_CHANNELS}
    parts = [
        _mailing(may["email"], "email", "newsletter", months=_MONTHS, day=9, hour=10.0),
        _mailing(may["push"], "push", "app_push", months=_MONTHS, day=19, hour=17.5),
        _mailing(may["sms"], "sms", "sms_offer", months=_MONTHS[1::3], day=14, hour=12.0),
        _at_random(
            random,
            may["messenger"],
            "messenger",
            "messenger_advice",
            campaign="advice",
            yearly=TRUTH.channels["messenger"].touches_per_year,
        ),
        _at_random(
            random,
            may["email"],
            "email",
            "cart_email",
            campaign="abandoned-cart",
            yearly=TRUTH.channels["email"].touches_per_year - 12,  # twelve are newsletters
        ),
        _welcome(customers, may["email"]),
        _visits(random, customers),
    ]
    return pd.concat(parts, ignore_index=True)


def _mailing(
    agreed: pd.DataFrame,
    channel: str,
    touchpoint: str,
    *,
    months: pd.DatetimeIndex,
    day: int,
    hour: float,
) -> pd.DataFrame:
    """A mailing a month to everybody who agrees on that day."""
    sent = np.array([day_number(month.date()) + day + hour / 24 for month in months])
    known = (agreed["granted"].to_numpy() + 1 < sent[:, None]) & (
        agreed["withdrawn"].to_numpy() > sent[:, None]
    )
    mailing, row = np.nonzero(known)
    names = np.array([f"{touchpoint}-{month:%Y-%m}" for month in months])
    return pd.DataFrame(
        {
            "customer": agreed["customer"].to_numpy()[row],
            "at": sent[mailing],
            "channel": channel,
            "touchpoint": touchpoint,
            "campaign": names[mailing],
            "follows": touchpoint == "app_push",
        }
    )


def _at_random(
    random: np.random.Generator,
    agreed: pd.DataFrame,
    channel: str,
    touchpoint: str,
    *,
    campaign: str,
    yearly: float,
) -> pd.DataFrame:
    """Touches at times of their own while the consent holds."""
    start = agreed["granted"].to_numpy() + 1
    days = np.maximum(np.minimum(agreed["withdrawn"].to_numpy(), DAYS) - start, 0)
    counts = random.poisson(days * yearly / 365)
    row = np.repeat(np.arange(len(agreed)), counts)
    at = np.floor(start[row] + random.random(len(row)) * days[row])
    return pd.DataFrame(
        {
            "customer": agreed["customer"].to_numpy()[row],
            "at": np.maximum(at + random.uniform(9, 19.5, len(row)) / 24, start[row]),
            "channel": channel,
            "touchpoint": touchpoint,
            "campaign": campaign,
            "follows": True,
        }
    )


def _welcome(customers: pd.DataFrame, agreed: pd.DataFrame) -> pd.DataFrame:
    first = customers["first_at"].to_numpy()[agreed["customer"].to_numpy()]
    at = np.floor(first) + 2 + 9.5 / 24
    kept = at < np.minimum(DAYS, agreed["withdrawn"].to_numpy())
    return pd.DataFrame(
        {
            "customer": agreed["customer"].to_numpy()[kept],
            "at": at[kept],
            "channel": "email",
            "touchpoint": "welcome_email",
            "campaign": "welcome",
            "follows": False,
        }
    )


def _visits(random: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    buyers = customers["near_shop"].to_numpy() & customers["first_at"].notna().to_numpy()
    near = pd.DataFrame(
        {
            "customer": np.flatnonzero(buyers),
            "granted": customers["first_at"].to_numpy()[buyers],
            "withdrawn": np.inf,
        }
    )
    yearly = TRUTH.channels["shop"].touches_per_year
    return _at_random(random, near, "shop", "shop_visit", campaign="", yearly=yearly)


def draw_advertising(random: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """Draw the clicks on advertising that led to a registration.

    Returns
    -------
    DataFrame
        As `draw_touches`; `follows` is False. The last click of a buyer led to the first order.
    """
    paid = np.flatnonzero(customers["source_channel"].isin(list(TRUTH.media_per_customer)))
    row = np.repeat(paid, random.integers(1, 4, len(paid)))
    joined = customers["first_at"].fillna(customers["created"]).to_numpy()[row]
    at = joined - 0.01 - random.exponential(2.5, len(row)) * (random.random(len(row)) < 0.7)
    source = customers["source_channel"].to_numpy()[row]
    return pd.DataFrame(
        {
            "customer": row,
            "at": at,
            "channel": source,
            "touchpoint": np.char.add(source.astype(str), "_ad"),
            "campaign": np.char.add(source.astype(str), "-always-on"),
            "follows": False,
        }
    ).loc[at > 0]


def draw_calls(
    random: np.random.Generator,
    customers: pd.DataFrame,
    consents: pd.DataFrame,
    orders: pd.DataFrame,
) -> pd.DataFrame:
    """Draw the calls: each month, people who agreed and have not ordered for 60 days or more.

    Calls are drawn after the orders because they change nothing.
    """
    agreed = consents[consents["channel"] == "call"]
    by_customer = orders.sort_values(["customer", "at"])
    size = round(TRUTH.calls_per_month * len(customers))
    parts = []
    for month in _MONTHS[3:]:
        day = day_number(month.date())
        last = by_customer.loc[by_customer["at"] < day].groupby("customer")["at"].max()
        open_to = agreed.loc[(agreed["granted"] < day) & (agreed["withdrawn"] > day + 31)]
        silent = last[(last < day - 60) & last.index.isin(open_to["customer"])].index.to_numpy()
        called = random.choice(silent, min(size, len(silent)), replace=False)
        at = day + random.integers(0, 28, len(called)) + random.uniform(9.5, 17.5, len(called)) / 24
        parts.append(
            pd.DataFrame(
                {
                    "customer": called,
                    "at": at,
                    "channel": "call",
                    "touchpoint": "care_call",
                    "campaign": f"care-call-{month:%Y-%m}",
                    "follows": False,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
