"""What the demo shop's customers answer: surveys, leads, and the results of its tests."""

import numpy as np
import pandas as pd

from crm_strategy.data.demo_customers import DAYS
from crm_strategy.data.demo_truth import TRUTH

_ASKED = {"csat": (0.14, 1.0, 6.0), "nps": (0.10, 10.0, 24.0)}
_LEAD_SHARE = 0.3
_LOST_REASONS = {"price": 0.34, "no reply": 0.31, "bought elsewhere": 0.22, "out of stock": 0.13}
_OPEN_DAYS = 21


def draw_surveys(
    random: np.random.Generator, customers: pd.DataFrame, sales: pd.DataFrame
) -> pd.DataFrame:
    """Draw answers after orders; customers unlikely to leave answer somewhat better.

    Returns
    -------
    DataFrame
        `customer` (row number), `at` (days), `kind`, `score`, `scale_max`, `touchpoint`.
    """
    kept = sales[(sales["status"] == "completed") & (sales["customer"] >= 0)]
    parts = []
    for kind, (share, first, last) in _ASKED.items():
        asked = kept[random.random(len(kept)) < share]
        at = asked["at"].to_numpy() + random.uniform(first, last, len(asked))
        leaving = customers["drop_out"].to_numpy()[asked["customer"]]
        shares = np.array(TRUTH.csat if kind == "csat" else TRUTH.nps)
        ranks = _happiness(random, leaving)
        score = np.minimum(np.searchsorted(np.cumsum(shares), ranks, "right"), len(shares) - 1)
        in_shop = asked["channel"] == "shop"
        parts.append(
            pd.DataFrame(
                {
                    "customer": asked["customer"],
                    "at": at,
                    "kind": kind,
                    "score": score + (kind == "csat"),
                    "scale_max": 5 if kind == "csat" else 10,
                    "touchpoint": np.where(in_shop, "shop_visit", "delivery"),
                }
            )
        )
    answers = pd.concat(parts)
    return answers[answers["at"] < DAYS].sort_values("at", kind="stable", ignore_index=True)


def _happiness(random: np.random.Generator, leaving: np.ndarray) -> np.ndarray:
    """Ranks from 0 to 1, correlated with a low chance to leave."""
    if not len(leaving):
        return leaving
    z = (leaving.mean() - leaving) / (leaving.std() or 1.0)
    noise = random.standard_normal(len(z))
    bond = TRUTH.loyal_are_happier
    mood = bond * z + np.sqrt(1 - bond**2) * noise
    return (np.argsort(np.argsort(mood, kind="stable")) + 0.5) / len(mood)


def draw_leads(
    random: np.random.Generator, customers: pd.DataFrame, sales: pd.DataFrame
) -> pd.DataFrame:
    """Draw leads: some customers were one, and for each won lead of a source others were lost.

    Returns
    -------
    DataFrame
        `customer` (row number, -1 unless won), `at`, `source_channel`, `status_group`,
        `converted` (days, NaN unless won), `amount` (first order, or an offer that came to
        nothing; NaN without one), `lost_reason`.
    """
    firsts = sales[(sales["customer"] >= 0) & (sales["status"] == "completed")]
    firsts = firsts.sort_values("at", kind="stable").drop_duplicates("customer")
    chosen = firsts[random.random(len(firsts)) < _LEAD_SHARE]
    source = customers["source_channel"].to_numpy()[chosen["customer"]]
    asked = chosen["at"].to_numpy() - random.gamma(1.4, 5.0, len(chosen))
    won = pd.DataFrame(
        {
            "customer": chosen["customer"],
            "at": np.maximum(asked, 0.0),
            "source_channel": source,
            "status_group": "won",
            "converted": chosen["at"],
            "amount": chosen["amount"],
            "lost_reason": "",
        }
    )
    parts = [won]
    for name, (_, win_rate) in TRUTH.sources.items():
        like = won[won["source_channel"] == name]
        if like.empty:
            continue
        size = round(len(like) * (1 - win_rate) / win_rate)
        at = random.choice(like["at"].to_numpy(), size) + random.uniform(-5, 5, size)
        at = np.clip(at, 0.0, DAYS - 0.05)
        still_open = (at > DAYS - _OPEN_DAYS) & (random.random(size) < 0.8)
        reason = random.choice(list(_LOST_REASONS), size, p=list(_LOST_REASONS.values()))
        parts.append(
            pd.DataFrame(
                {
                    "customer": -1,
                    "at": at,
                    "source_channel": name,
                    "status_group": np.where(still_open, "open", "lost"),
                    "converted": np.nan,
                    "amount": np.nan,
                    "lost_reason": np.where(still_open, "", reason),
                }
            )
        )
    leads = pd.concat(parts).sort_values("at", kind="stable", ignore_index=True)
    # Drawn last, so that who asked when, and what came of it, stays as it was.
    quoted = leads["amount"].isna() & (random.random(len(leads)) < TRUTH.quoted_leads)
    if len(won):
        offers = random.choice(won["amount"].to_numpy(), int(quoted.sum()))
        leads.loc[quoted, "amount"] = offers
    return leads


def tests_with_results(tests: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """Count for each participant the orders within `TRUTH.test_days` of the draw.

    Returns
    -------
    DataFrame
        `tests` with `size` (1), `conversions` (1 where the customer ordered) and `revenue`.
    """
    completed = sales[(sales["status"] == "completed") & (sales["amount"] > 0)]
    pairs = tests[["experiment", "customer", "at"]].merge(
        completed[["customer", "at", "amount"]], on="customer", suffixes=("", "_ordered")
    )
    since = pairs["at_ordered"] - pairs["at"]
    inside = pairs[(since >= 0) & (since < TRUTH.test_days)]
    spent = inside.groupby(["experiment", "customer"])["amount"].sum().rename("revenue")
    results = tests.join(spent, on=["experiment", "customer"])
    results["size"] = 1
    results["conversions"] = results["revenue"].notna().astype(int)
    results["revenue"] = results["revenue"].fillna(0.0).round(2)
    return results
