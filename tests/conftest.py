"""What every test shares: Hypothesis' settings, the shared data, reports rendered once."""

import gc
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

from crm_strategy.words import Voice, speaking
from tests.small_business import PARAMS, SCENARIO, make_workbook, only_chapters

if TYPE_CHECKING:
    from crm_strategy.report.kernels import Kernels

REPO = Path(__file__).resolve().parents[1]
SHARED = REPO.parent / "shared"
PERIOD = "2026-Q3"

# Tests start many processes: they keep what they compile, whatever the machine's habit.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# They share the cores, so more threads for small sums only wait for each other.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# The first query of a run is slow. CI has the time for more examples.
EXAMPLES = 100 if os.environ.get("CI") == "true" else 20
settings.register_profile("house", deadline=None, max_examples=EXAMPLES)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector of garbage need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_configure(config: pytest.Config) -> None:
    """Test processes take the files in the order given below, not by number of tests alone."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What makes or reads a whole business waits for CI: the plain run stays short.

    There it goes first, else one process would be left with the last of it and the other with
    nothing; after it, files of many tests go before those of few.
    """
    whole = [item for item in items if _makes_a_whole_business(item)]
    if os.environ.get("CI") != "true":
        later = pytest.mark.skip(reason="makes or reads a whole business: runs under CI=true")
        for item in whole:
            item.add_marker(later)
    first, tests = {item.path for item in whole}, Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in first, -tests[item.path], item.path))


def _makes_a_whole_business(item: pytest.Item) -> bool:
    demo = "demo_workbook" in getattr(item, "fixturenames", ())
    return demo or item.get_closest_marker("whole") is not None


@pytest.fixture(autouse=True)
def _own_voice() -> Iterator[None]:
    """A test that opens a book speaks for itself alone, and no test as a fixture's book did."""
    with speaking(**vars(Voice())):
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


def made_once(factory: pytest.TempPathFactory, name: str, making: Callable[[Path], object]) -> Path:
    """A folder that the first test process to need it makes, for all of them to read."""
    base = factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    whole = root.with_name(f"{name}.whole")
    with FileLock(f"{root}.lock"):
        if not whole.exists():
            shutil.rmtree(root, ignore_errors=True)
            making(root)
            whole.touch()
    return root


@pytest.fixture(scope="session")
def demo_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the demo report."""

    def making(root: Path) -> None:
        for folder in ("notebooks", "params"):
            shutil.copytree(REPO / folder, root / folder)
        run("report", "params/demo.yml", cwd=root)

    return made_once(tmp_path_factory, "demo-workbook", making)


@pytest.fixture(scope="session")
def demo_report(demo_workbook: Path) -> Path:
    """The folder of the demo's latest report."""
    return demo_workbook / "reports/eco-mart" / PERIOD


@pytest.fixture(scope="session")
def shop_workbook(make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with a report of the small business: orders, a scenario, and nothing else.

    The other chapters of such businesses run in `test_small_groups` and `test_verdicts`, and
    whole reports of them under CI=true.
    """

    def making(root: Path) -> None:
        params = make_workbook(root, params=PARAMS + SCENARIO)
        only_chapters(root, "00_data_check", "01_goals", "04_channels")
        make(params)

    return made_once(tmp_path_factory, "shop", making)


@pytest.fixture(scope="session")
def shop_report(shop_workbook: Path) -> Path:
    """The folder of the small business's latest report."""
    return shop_workbook / "reports/corner-shop/2025-Q2"
