"""The built wheel alone, in an empty folder: a client's first report."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPO
from tests.small_business import order_rows, write_orders

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, as pip would lay them down."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    ignored = shutil.ignore_patterns(".*", "reports", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(REPO, copy, ignore=ignored)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
            *("--disable-pip-version-check", "--wheel-dir", str(folder), str(copy)),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("crm_strategy-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def crm_strategy(site: Path, *arguments: str, cwd: Path) -> str:
    # The wheel's folder stands before the checkout on the path: what is imported is the wheel.
    done = subprocess.run(
        [sys.executable, "-m", "crm_strategy", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_init_and_report_from_the_wheel_alone(site: Path, tmp_path: Path) -> None:
    write_orders(tmp_path / "orders.csv", order_rows())
    crm_strategy(site, "init", "acme", "orders.csv", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "notebooks").glob("*.ipynb")} == {
        path.name for path in (REPO / "notebooks").glob("*.ipynb")
    }
    chapter = tmp_path / "notebooks/03_segments.ipynb"
    text = chapter.read_text("utf-8")
    assert "Decision: how effort is shared" in text
    chapter.write_text(
        text.replace("Decision: how effort is shared", "As agreed on Monday: how effort is shared"),
        "utf-8",
    )
    folder = tmp_path / crm_strategy(site, "report", "params/acme.yml", cwd=tmp_path).strip()
    assert "As agreed on Monday" in (folder / "report.en.html").read_text("utf-8")
    used = json.loads((folder / "manifest.json").read_text("utf-8"))["notebooks"]["used"]
    assert {each["chapter"] for each in used if each["differs"]} == {"03_segments"}
