"""A small workbook: a few orders and two short notebooks, so that a report takes a second."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMS = """\
client: Acme
language: [en, ru]
currency: EUR
data:
  orders: {file: ../orders.csv}
"""


def make_workbook(root: Path) -> Path:
    """Orders on every third day from 2025 to 2026-09-30, params and notebooks; returns params."""
    for folder in ("params", "notebooks"):
        (root / folder).mkdir(parents=True)
    days = [date(2026, 9, 30) - timedelta(days=3 * n) for n in range(200)]
    rows = [f"{n},{n % 40},{day},{10 + n % 7}" for n, day in enumerate(days)]
    lines = ["order_id,customer_id,ordered_at,amount", *rows]
    (root / "orders.csv").write_text("\n".join(lines) + "\n")
    write_notebook(root, "00_data_check", "import crm_strategy", OPEN, "book")
    write_notebook(root, "01_goals", "import pandas as pd", "pd.DataFrame({'goals': [1, 2]})")
    params = root / "params" / "acme.yml"
    params.write_text(PARAMS)
    return params


OPEN = "book = crm_strategy.open_book(params, period=period, language=language)"


def write_notebook(root: Path, name: str, *sources: str, heading: str = "A heading") -> Path:
    """A notebook with twin prose, a `parameters` cell and code cells."""
    cells = [
        new_markdown_cell("# Заголовок", metadata={"tags": ["lang-ru"]}),
        new_markdown_cell(f"# {heading}", metadata={"tags": ["lang-en"]}),
        new_code_cell(
            'params = "../params/demo.yml"\nperiod = "latest"\nlanguage = "en"',
            metadata={"tags": ["parameters"]},
        ),
        *map(new_code_cell, sources),
    ]
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def start_report(params: Path, *options: str) -> subprocess.Popen[str]:
    """`crm-strategy report` beside this process."""
    return subprocess.Popen(
        [sys.executable, "-m", "crm_strategy", "report", str(params), *options],
        cwd=params.parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_report(params: Path, *options: str) -> tuple[int, str, str]:
    """How `crm-strategy report` ends, and what it says on stdout and stderr."""
    with start_report(params, *options) as process:
        said, told = process.communicate()
    return process.returncode, said, told
