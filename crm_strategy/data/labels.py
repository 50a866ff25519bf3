"""What the client calls things: channels, touchpoints, goals and scenarios, by language."""

import pandas as pd

from crm_strategy.plan.params import Params


def client_labels(params: Params, language: str) -> dict[str, str]:
    """The client's own names by kind and id: `{"channel.email": "E-mail"}`."""
    channels = {
        f"channel.{name}": terms.label.in_language(language)
        for name, terms in params.channels.items()
        if terms.label
    }
    touchpoints = {
        f"touchpoint.{each.id}": each.name.in_language(language) for each in params.touchpoints
    }
    goals = {f"goal.{each.id}": each.goal.in_language(language) for each in params.goals}
    business = {
        f"business_goal.{each.id}": each.goal.in_language(language)
        for each in params.business_goals
    }
    scenarios = {
        f"scenario.{each.id}": each.name.in_language(language)
        for each in params.scenarios
        if each.name
    }
    return channels | touchpoints | goals | business | scenarios


def channel_terms(params: Params, language: str) -> pd.DataFrame:
    """What the parameters say of channels.

    Returns
    -------
    DataFrame
        `channel` (id), `label`, `kind`, `per_touch` and `monthly` (money; missing is unknown).
    """
    rows = [
        {
            "channel": channel,
            "label": terms.label.in_language(language) if terms.label else channel,
            "kind": terms.kind,
            "per_touch": terms.cost.per_touch if terms.cost else None,
            "monthly": terms.cost.monthly if terms.cost else None,
        }
        for channel, terms in params.channels.items()
    ]
    frame = pd.DataFrame(rows, columns=["channel", "label", "kind", "per_touch", "monthly"])
    return frame.astype({"per_touch": "float64", "monthly": "float64"})
