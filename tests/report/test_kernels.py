"""Kernels: forked from a warm process or ordinary ones, and none left over."""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from crm_strategy.report.kernels import CAN_FORK, Kernels

linux = pytest.mark.skipif(not CAN_FORK, reason="only Linux forks kernels")


def notebook(*sources: str) -> NotebookNode:
    parameters = new_code_cell("params = ''", metadata={"tags": ["parameters"]})
    return new_notebook(cells=[parameters, *map(new_code_cell, sources)])


def run(nb: NotebookNode, kernels: Kernels | None = None, cwd: Path | None = None) -> list:
    """The outputs of the last cell."""
    executed = papermill.execute_notebook(
        nb,
        None,
        {"params": "params/acme.yml"},
        engine_name="crm_strategy_forked",
        kernel_name="python3",
        language="python",
        progress_bar=False,
        resources={"metadata": {"path": str(cwd or Path.cwd())}},
        **({"kernels": kernels} if kernels else {}),
    )
    return executed.cells[-1].outputs


@pytest.fixture(scope="module")
def forked():
    with Kernels() as kernels:
        yield kernels


@pytest.fixture(scope="module")
def plain():
    with Kernels(plain=True) as kernels:
        yield kernels


def text(outputs: list) -> str:
    return outputs[0].text.strip()


SHOWN = notebook(
    "import os, sys, warnings, pandas as pd, matplotlib.pyplot as plt",
    "pd.DataFrame({'a': [1]})",
    "print(params, os.getcwd(), os.environ['ROOM'], sys.path[0])",
    "figure, axes = plt.subplots(); axes.plot([1, 2]);",
)


def outputs_of(kernels: Kernels, cwd: Path) -> list:
    kernels.env["ROOM"] = "here"
    executed = papermill.execute_notebook(
        SHOWN,
        None,
        {"params": "params/acme.yml"},
        engine_name="crm_strategy_forked",
        kernel_name="python3",
        language="python",
        progress_bar=False,
        kernels=kernels,
        resources={"metadata": {"path": str(cwd)}},
    )
    return [output for cell in executed.cells for output in cell.get("outputs", [])]


@linux
def test_forked_and_plain_kernels_give_the_same_outputs(forked, plain, tmp_path: Path):
    # A table, a figure, the working folder, variables and the module path.
    warm, cold = outputs_of(forked, tmp_path), outputs_of(plain, tmp_path)
    assert [output.output_type for output in warm] == ["execute_result", "stream", "display_data"]
    assert warm[1].text.split()[:3] == ["params/acme.yml", str(tmp_path), "here"]
    assert warm == cold


@linux
def test_each_forked_kernel_is_a_process_of_its_own(forked):
    show = notebook("import os\nleft = globals().get('left', 0) + 1\nprint(os.getpid(), left)")
    first, second = text(run(show, forked)).split(), text(run(show, forked)).split()
    assert first[0] != second[0]
    assert [first[1], second[1]] == ["1", "1"]


@linux
def test_forked_kernels_draw_different_random_numbers(forked):
    draw = notebook("import numpy, random\nprint(numpy.random.rand(), random.random())")
    assert text(run(draw, forked)) != text(run(draw, forked))


@linux
def test_the_warm_process_owns_no_thread_when_it_forks(forked):
    zygote = run(
        notebook("import os\nprint(len(os.listdir(f'/proc/{os.getppid()}/task')))"), forked
    )
    assert text(zygote) == "1"


@linux
def test_a_forked_kernel_has_the_default_database_of_a_new_process(forked):
    assert text(
        run(notebook("import duckdb\nprint(duckdb.sql('select 42').fetchall())"), forked)
    ) == ("[(42,)]")


@linux
def test_a_forked_kernel_can_start_processes(forked):
    start = notebook("import subprocess\nprint(subprocess.run(['true']).returncode)")
    assert text(run(start, forked)) == "0"


@pytest.mark.parametrize("is_plain", [pytest.param(False, marks=linux), True])
def test_closing_kills_kernels_and_removes_their_sockets(is_plain: bool):
    kernels = Kernels(plain=is_plain)
    manager = kernels.manager_class()
    asyncio.run(manager.start_kernel())
    pid = manager.provisioner.pid
    assert Path(f"/proc/{pid}").exists()
    kernels.close()
    asyncio.run(manager.cleanup_resources())
    assert ended(pid)
    assert not kernels.folder.exists()


@linux
def test_kernels_die_and_sockets_go_when_the_run_is_killed(tmp_path: Path):
    script = tmp_path / "run.py"
    script.write_text(
        "import asyncio, time\n"
        "from crm_strategy.report.kernels import Kernels\n"
        "kernels = Kernels()\n"
        "manager = kernels.manager_class()\n"
        "asyncio.run(manager.start_kernel())\n"
        "print(manager.provisioner.pid, kernels.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as killed:
        pid, folder = killed.stdout.readline().split()
        killed.send_signal(signal.SIGKILL)
    assert ended(int(pid))
    assert eventually(lambda: not Path(folder).exists())


@linux
def test_a_long_temporary_folder_does_not_break_sockets(tmp_path: Path, monkeypatch):
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with Kernels(plain=True) as kernels:
        assert text(run(notebook("print(params)"), kernels)) == "params/acme.yml"


def test_the_engine_works_for_papermill_alone():
    assert text(run(notebook("print(params)"))) == "params/acme.yml"


def ended(pid: int) -> bool:
    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True

    return eventually(gone)


def eventually(holds) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
