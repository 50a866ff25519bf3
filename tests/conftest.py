"""What every test shares: Hypothesis' settings, the shared data, one rendered demo report."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

from crm_strategy.words import speaking

if TYPE_CHECKING:
    from crm_strategy.report.kernels import Kernels

REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"
PERIOD = "2026-Q3"

# Tests start many processes: they keep what they compile, whatever the machine's habit.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# They share the cores, so more threads for small sums only wait for each other.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# The first query of a run is slow.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What renders one more whole business waits for CI: the plain run stays short."""
    if os.environ.get("CI") != "true":
        later = pytest.mark.skip(reason="renders one more whole business: runs under CI=true")
        for item in items:
            if item.get_closest_marker("whole"):
                item.add_marker(later)


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
def kernels() -> "Iterator[Kernels]":
    """Warm kernels for all reports of a test process: imports take longer than small reports."""
    from crm_strategy.report.kernels import Kernels

    with Kernels() as kernels:
        yield kernels


@pytest.fixture(scope="session")
def make(kernels: "Kernels") -> Callable[..., Path]:
    """Makes the report of a params file and a period as the command does; gives its folder."""
    from crm_strategy.plan.params import read_params
    from crm_strategy.report.making import Order, make_report
    from crm_strategy.report.progress import Quiet

    def report(params: Path, period: str = "latest") -> Path:
        with speaking():
            order = Order(read_params(params), period, (), None, jobs=2)
            return make_report(order, kernels, Quiet())

    return report


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
