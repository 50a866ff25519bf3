"""The demo report beside the same notebooks through papermill and nbconvert, one by one."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
PERIOD = "2026-Q3"
LANGUAGES = ("en", "ru")
MUST_REACH = 1 / 4


def run() -> list[dict[str, Any]]:
    """Wall seconds of `crm-strategy report` and of the commands, data prepared before."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("params", "notebooks"):
            shutil.copytree(HOUSE / part, root / part)
        _command(root, "crm_strategy", "check", "params/demo.yml")
        ours = _seconds(lambda: _command(root, "crm_strategy", "report", "params/demo.yml"))
        theirs, exports = _one_by_one(root)
    return [
        _row("papermill, nbconvert --to report and excel", ours, theirs, MUST_REACH),
        _row("the same, exports not counted", ours, theirs - exports, None),
    ]


def _one_by_one(root: Path) -> tuple[float, float]:
    began = time.perf_counter()
    exports = 0.0
    for language in LANGUAGES:
        folder = root / "out" / language
        folder.mkdir(parents=True)
        for notebook in sorted((root / "notebooks").glob("*.ipynb")):
            ran = folder / notebook.name
            parameters = {"params": "params/demo.yml", "period": PERIOD, "language": language}
            given = [each for name in parameters for each in ("-p", name, parameters[name])]
            _command(root, "papermill", str(notebook), str(ran), *given)
            for exporter in ("report", "excel"):
                exports += _seconds(
                    lambda to=exporter, ran=ran: _command(
                        root, "jupyter", "nbconvert", "--to", to, str(ran)
                    )
                )
    return time.perf_counter() - began, exports


def _row(against: str, ours: float, theirs: float, must: float | None) -> dict[str, Any]:
    return {
        "work": "demo report, both languages, HTML and XLSX",
        "against": against,
        "seconds": ours,
        "against_seconds": theirs,
        "ratio": ours / theirs,
        "must_reach": must,
    }


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _command(root: Path, module: str, *arguments: str) -> None:
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=root, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")


if __name__ == "__main__":
    for row in run():
        print(row)
