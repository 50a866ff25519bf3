"""A notebook by hand: plain papermill runs it, plain nbconvert exports it."""

import shutil
import subprocess
import sys
from pathlib import Path

import papermill
import pytest

from tests.conftest import REPO

META = "application/vnd.crm-strategy.meta.v1+json"
NOTEBOOKS = sorted(path.stem for path in (REPO / "notebooks").glob("[0-9]*.ipynb"))


@pytest.fixture(scope="module")
def made(demo_workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for executed notebooks, beside a workbook whose data are prepared."""
    folder = tmp_path_factory.mktemp("by-hand")
    for name in ("notebooks", "params", "reports"):
        (folder / name).symlink_to(demo_workbook / name)
    return folder


@pytest.mark.whole
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_plain_papermill_runs_the_notebook(
    made: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(made)
    done = papermill.execute_notebook(
        f"notebooks/{name}.ipynb",
        f"{name}.ipynb",
        parameters={"params": "params/demo.yml", "period": "2026-Q2", "language": "ru"},
        progress_bar=False,
        # Else it writes the whole notebook before and after each cell, which takes longer.
        request_save_on_cell_execute=False,
    )
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    meta = [output.data[META] for output in outputs if META in output.get("data", {})]
    assert meta[0]["period"] == "2026-Q2"
    assert not [output for output in outputs if output.output_type in {"error", "stream"}]


FORMATS = [("report", "html", b"<!DOCTYPE html>"), ("excel", "xlsx", b"PK")]


@pytest.mark.parametrize(("exporter", "suffix", "begins"), FORMATS)
def test_plain_nbconvert_exports_it(
    demo_report: Path, tmp_path: Path, exporter: str, suffix: str, begins: bytes
) -> None:
    shutil.copy(demo_report / "report.ru.ipynb", tmp_path / "report.ipynb")
    subprocess.run(
        [sys.executable, "-m", "jupyter", "nbconvert", "--to", exporter, "report.ipynb"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    made = (tmp_path / f"report.{suffix}").read_bytes()
    assert made.startswith(begins)
    if suffix == "html":
        assert made == (demo_report / "report.ru.html").read_bytes()
