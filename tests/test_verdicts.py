"""Every verdict of the chapters on touchpoints and channels states n, interval, assumption, change.

The chapters' cells run here without a kernel, on the demo business and on clients who lack
something; what they find is held against what a verdict must say.
"""

import ast
import csv
import json
import random
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_strategy.views.finding import Finding
from tests.conftest import REPO

CHAPTERS = ("02_touchpoints", "04_channels")
BEGIN = datetime(2024, 1, 1, 9)
NOW = datetime(2025, 6, 30, 20)
PARAMS = """client: {name}
language: [en, ru]
currency: EUR
timezone: Europe/Berlin
rhythm: quarter
data:
{files}{more}
business_goals:
  - {{id: growth, goal: Sell more, kpi: revenue, target: 60000, by: 2025-12-31}}
goals:
  - {{id: sales, goal: More revenue, serves: growth, priority: primary, kpi: revenue,
     baseline: 50000, baseline_at: 2024-12-31, target: 60000, by: 2025-12-31, owner: Owner}}
"""


def findings_of(params: Path, chapter: str, language: str = "en") -> list[Finding]:
    """What a chapter finds, its code cells run one after the other."""
    cells = json.loads((REPO / "notebooks" / f"{chapter}.ipynb").read_text("utf-8"))["cells"]
    names: dict[str, Any] = {"params": str(params), "period": "latest", "language": language}
    found = []
    for cell in cells:
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        body = ast.parse("".join(cell["source"]))
        last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
        exec(compile(body, chapter, "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names)
            found += [shown] if isinstance(shown, Finding) else []
    return found


def client(folder: Path, more: str = "", **files: list[tuple[Any, ...]]) -> Path:
    """A client of some files, each with its header first; the path of the params."""
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    lines = "".join(f"  {name}: {{file: {name}.csv}}\n" for name in files)
    params = folder / "client.yml"
    params.write_text(PARAMS.format(name=folder.name, files=lines, more=more), "utf-8")
    return params


def orders(chance: random.Random) -> list[tuple[Any, ...]]:
    rows = [("order_id", "customer_id", "ordered_at", "amount")]
    for at in range(1500):
        when = BEGIN + timedelta(minutes=chance.randrange(60 * 24 * 545))
        rows.append((f"A{at}", f"C{chance.randrange(300)}", when, chance.randrange(20, 300)))
    return [*rows, ("Z", "C0", NOW, 50)]


def touches(chance: random.Random, who: str, channels: list[str]) -> list[tuple[Any, ...]]:
    rows = [("customer_id", "touched_at", "channel")]
    for _ in range(4000):
        when = BEGIN + timedelta(minutes=chance.randrange(60 * 24 * 545))
        rows.append((f"{who}{chance.randrange(300)}", when, chance.choice(channels)))
    return rows


def costs(**amounts: int) -> list[tuple[Any, ...]]:
    rows = [(each, "2025-04-01", "2025-06-30", amount) for each, amount in amounts.items()]
    return [("channel", "period_start", "period_end", "amount"), *rows]


def leads(chance: random.Random) -> list[tuple[Any, ...]]:
    rows = [("lead_id", "created_at", "source_channel", "status_group", "lost_reason")]
    for at in range(400):
        when = datetime(2025, 4, 1) + timedelta(hours=5 * at)
        status = chance.choice(("won", "lost", "open"))
        reason = chance.choice(("price", "no reply", "")) if status == "lost" else ""
        rows.append((f"L{at}", when, chance.choice(("web", "fair")), status, reason))
    return rows


def clients(name: str, folder: Path) -> Path:
    """The business of a name, but for the demo."""
    chance = random.Random(5)
    channels = ["email", "sms", "ads", "call"]
    if name == "orders only":
        return client(folder, orders=orders(chance))
    if name == "strangers touched":
        return client(
            folder,
            orders=orders(chance),
            touches=touches(chance, "N", channels),
            costs=costs(email=900, sms=100),
        )
    more = "kpis: {margin_rate: 0.4}\n" if name == "cheap channels" else ""
    paid = costs(email=50, sms=50) if more else costs(email=900, sms=60_000, ads=100, call=4000)
    return client(
        folder,
        more,
        orders=orders(chance),
        touches=touches(chance, "C", channels),
        costs=paid,
        leads=leads(chance),
    )


CLIENTS = (
    "orders only",
    *(
        pytest.param(name, marks=pytest.mark.whole)
        for name in ("demo", "strangers touched", "no margin", "cheap channels")
    ),
)


@pytest.mark.parametrize("name", CLIENTS)
def test_every_verdict_states_n_interval_assumption_and_what_would_change_it(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "demo":
        params = request.getfixturevalue("demo_workbook") / "params/demo.yml"
    else:
        params = clients(name, tmp_path)
    found = [each for chapter in CHAPTERS for each in findings_of(params, chapter)]
    assert len(found) == len({each.id for each in found}) == 17
    for each in found:
        if each.basis is None:
            # No verdict: only why there is none.
            assert not each.figures, each.id
            assert each.decision is None, each.id
            assert each.severity == "note", each.id
            continue
        basis = each.basis
        assert re.search(r"\d", basis.n), each.id
        assert re.search(r"\d", basis.interval) or "nterval" in basis.interval, each.id
        assert "ssumed" in basis.assumption, each.id
        parts = {basis.n, basis.interval, basis.assumption, basis.change}
        assert len(parts) == 4, each.id
    judged = {each.id for each in found if each.basis is not None}
    if name == "demo":
        assert len(judged) >= 15
    if name == "orders only":
        assert not judged & {"incidents", "switch_off", "holdout_plan", "funnel_change"}
    if name == "no margin":
        said = {each.id: f"{each.title} {each.text}" for each in found}
        assert "of margin at risk" not in said["switch_off"]
        assert "keep the channel" not in said["holdout_plan"]
