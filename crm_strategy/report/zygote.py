"""One warm process from which notebook kernels are forked (Linux).

Most of a notebook's time goes into imports. This process does them once, then forks for
each kernel: a fresh process each, nothing shared but what was imported. It owns no thread,
no database and no socket when it forks, for none of these survive a fork.

Run by `kernels.Kernels` as `python -m crm_strategy.report.zygote`. It reads one JSON request
a line from stdin and answers one line each: `{"argv", "cwd", "env"}` starts a kernel and
answers `{"pid"}`; `{"poll": pid}` answers `{"exit": code or null}`. When stdin closes it
kills the kernels it started, removes the folder named on its command line, and leaves.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

HEAVY = (
    "numpy",
    "pandas",
    "ibis",
    "ibis.backends.duckdb",
    "matplotlib.pyplot",
    "scipy.stats",
    "seaborn",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
)
OURS = ("words", "plan", "data", "analysis", "views")
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Import what notebooks import, then fork a kernel for each request."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Libraries that print while they load must not speak in the protocol.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up()
    spare_collector()
    serve(requests, answers)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def warm_up() -> None:
    """Import the analysis libraries and this package's own modules, and draw one figure."""
    import crm_strategy

    ours = [f"crm_strategy.{room}" for room in OURS]
    for name in (*HEAVY, "crm_strategy", *ours, *_modules(crm_strategy.__path__[0], ours)):
        # A module that cannot be imported fails in the notebook that needs it, with its own text.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        _draw()
    if "duckdb" in sys.modules:
        # Importing DuckDB opens its default database, with a thread.
        sys.modules["duckdb"].close()


def spare_collector() -> None:
    """Let the collector of garbage leave alone what exists now, and look at the rest less often.

    What exists stays shared between kernels; of what they make, expressions are many small
    objects that all stay in use until their query ran.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _modules(package: str, rooms: list[str]) -> Iterator[str]:
    for room in rooms:
        folder = os.path.join(package, room.rpartition(".")[2])
        yield from (m.name for m in pkgutil.iter_modules([folder], f"{room}."))


def _draw() -> None:
    # Finds and loads the fonts, which takes longer than drawing.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    figure.subplots().set_title("Чек")
    figure.savefig(io.BytesIO(), format="png")


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more, then kill every kernel that still runs."""
    running: set[int] = set()
    try:
        for line in requests:
            request = json.loads(line)
            if "poll" in request:
                answer = {"exit": _poll(request["poll"], running)}
            else:
                pid = os.fork()
                if pid == 0:
                    requests.close()
                    answers.close()
                    _become_kernel(**request)
                running.add(pid)
                answer = {"pid": pid}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
    finally:
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def _poll(pid: int, running: set[int]) -> int | None:
    if pid not in running:
        return 0
    done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        return None
    running.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become_kernel(argv: list[str], cwd: str | None, env: dict[str, str]) -> NoReturn:
    try:
        os.setsid()
        _die_with_parent()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(env)
        if cwd:
            os.chdir(cwd)
        _start_afresh()
        _run_kernel(argv)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _start_afresh() -> None:
    """Give the fork its own chance and its own default database, as a new process has."""
    modules: dict[str, Any] = sys.modules
    if "numpy" in modules:
        modules["numpy"].random.seed()
    if "duckdb" in modules:
        modules["duckdb"].set_default_connection(modules["duckdb"].connect())


def _run_kernel(argv: list[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *argv]
    app = IPKernelApp.instance()
    app.initialize(argv)  # type: ignore[no-untyped-call]
    app.start()  # type: ignore[no-untyped-call]


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
