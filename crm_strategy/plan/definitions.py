"""How KPIs are counted today and were before: what a changed definition restates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crm_strategy.plan.period import parse_period
from crm_strategy.plan.problems import Loc, Problem
from crm_strategy.plan.text import printed

if TYPE_CHECKING:
    from crm_strategy.plan.params import Params

_HOMES: dict[str, str] = {
    "active_days": "kpis.active_days",
    "conversion_days": "kpis.conversion_days",
    "lookback_days": "attribution.lookback_days",
    "margin_rate": "kpis.margin_rate",
    "discount_rate": "value.discount_rate",
    "refunds": "data.rules.refunds",
}


def todays_definition(params: "Params") -> dict[str, object]:
    """What KPIs are counted by today, by the keys of `definition_changes[].was`."""
    return {
        "active_days": params.kpis.active_days,
        "conversion_days": params.kpis.conversion_days,
        "lookback_days": params.attribution.lookback_days,
        "margin_rate": params.kpis.margin_rate,
        "discount_rate": params.value.discount_rate,
        "refunds": params.data.rules.refunds,
    }


def definition_changes(params: "Params") -> list[dict[str, object]]:
    """The changes of definitions, oldest first.

    Returns
    -------
    list of dict
        since (first day by the new definition), period (id), was (by key, only what is stated),
        now (today's value of the same keys), note (in the voice's language).
    """
    today = todays_definition(params)
    rows = []
    for change in params.definition_changes:
        was = change.was.model_dump(exclude_none=True)
        rows.append(
            {
                "since": parse_period(str(change.since)).start,
                "period": str(change.since),
                "was": was,
                "now": {key: today[key] for key in was},
                "note": printed(change.note),
            }
        )
    return sorted(rows, key=lambda row: str(row["since"]))


def definition_problems(params: "Params") -> Iterator[Problem]:
    """Changes that say nothing, or that the data as prepared cannot take back."""
    seen: dict[str, int] = {}
    today = todays_definition(params)
    for index, change in enumerate(params.definition_changes):
        loc: Loc = ("definition_changes", index)
        since, was = str(change.since), change.was.model_dump(exclude_none=True)
        if since in seen:
            line = params.line_of(("definition_changes", seen[since]))
            yield Problem(
                (*loc, "since"),
                f"{since} has a change already" + (f" in line {line}." if line else "."),
                "Write all that changed then into one `was`.",
            )
        seen.setdefault(since, index)
        if not was:
            yield Problem(
                (*loc, "was"),
                "no earlier definition.",
                f"Name what was otherwise, such as active_days: 365. Known: {', '.join(_HOMES)}.",
            )
        if was.get("refunds") == "net" and today["refunds"] == "exclude":
            yield Problem(
                (*loc, "was", "refunds"),
                "refunds are left out of the data today, so they cannot be counted again.",
                "Write refunds: net under data.rules, or leave this key out of `was`.",
            )
    yield from _unchanged(params)


def _unchanged(params: "Params") -> Iterator[Problem]:
    """A key that the last change of it leaves as it was."""
    today = todays_definition(params)
    last: dict[str, int] = {}
    starts = [parse_period(str(each.since)).start for each in params.definition_changes]
    for index in sorted(range(len(starts)), key=starts.__getitem__):
        last |= dict.fromkeys(
            params.definition_changes[index].was.model_dump(exclude_none=True), index
        )
    for key, index in last.items():
        value = getattr(params.definition_changes[index].was, key)
        if value == today[key]:
            yield Problem(
                ("definition_changes", index, "was", key),
                f"{value} is what {_HOMES[key]} says today.",
                f"Write the earlier value, or change {_HOMES[key]}.",
            )
