"""Scenarios: who is written to, by which channels in turn, and what each step says and offers."""

from typing import Any

from crm_strategy.plan.params import Params
from crm_strategy.plan.text import printed


def scenario_rows(params: Params) -> list[dict[str, Any]]:
    """The steps of every scenario, in the order of the plan: the communication plan.

    A step without a message or an offer of its own has the scenario's.

    Returns
    -------
    list of dict
        scenario (id), segment, step (from 1), channel, day (days after the first step, where
        every wait passes), wait_days, stop_on (None: any answer), message, offer; texts in the
        voice's language.
    """
    rows: list[dict[str, Any]] = []
    for scenario in params.scenarios:
        day = 0
        for number, step in enumerate(scenario.steps, start=1):
            rows.append(
                {
                    "scenario": scenario.id,
                    "segment": scenario.segment,
                    "step": number,
                    "channel": step.channel,
                    "day": day,
                    "wait_days": step.wait_days,
                    "stop_on": step.stop_on,
                    "message": printed(step.message or scenario.message),
                    "offer": printed(step.offer or scenario.offer),
                }
            )
            day += step.wait_days
    return rows
