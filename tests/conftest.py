"""What every test shares: Hypothesis' settings, the shared data, one rendered demo report."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from crm_strategy.words import speaking

REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"
PERIOD = "2026-Q3"

# The first query of a run is slow.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _own_voice() -> Iterator[None]:
    """A test that opens a book speaks for itself alone."""
    with speaking():
        yield


def shared(path: str) -> Path:
    """A file or folder of the shared data; the test skips where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} stands only beside the repository's folder")
    return found


def run(*arguments: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `crm-strategy` as a user does; its exit code must be `code`."""
    done = subprocess.run(
        [sys.executable, "-m", "crm_strategy", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def demo_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the demo report, rendered once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-workbook"
    with FileLock(f"{root}.lock"):
        if not (root / "reports/eco-mart" / PERIOD / "manifest.json").exists():
            for folder in ("notebooks", "params"):
                shutil.copytree(REPO / folder, root / folder, dirs_exist_ok=True)
            run("report", "params/demo.yml", cwd=root)
    return root


@pytest.fixture(scope="session")
def demo_report(demo_workbook: Path) -> Path:
    """The folder of the demo's latest report."""
    return demo_workbook / "reports/eco-mart" / PERIOD
