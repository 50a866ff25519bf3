"""A parameters file in which every key has a line of its own, to be broken."""

SEGMENTS = "all, champions, loyal, potential, new, need_attention, at_risk, cant_lose, lost"

ACME = """\
client: Acme
data:
  orders: {file: orders.csv}
"""

GOAL = {
    "id": "retain",
    "goal": "Keep more buyers",
    "serves": "growth",
    "kpi": "repeat_rate",
    "baseline": "0.2",
    "target": "0.3",
    "by": "2026-12-31",
}


def plan(**changes):
    """A file whose one goal has each key in a line of its own; line 9 is `id`."""
    goal = "\n    ".join(f"{key}: {value}" for key, value in {**GOAL, **changes}.items())
    return f"""{ACME}\
business_goals:
  - {{id: growth, goal: Grow revenue, kpi: revenue, target: 9, by: 2026-12-31}}

goals:
  -
    {goal}
"""
