"""Where notebooks run: kernels forked from one warm process, or ordinary ones."""

import contextlib
import os
import shutil
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any, Self

from crm_strategy.report.forks import ForkedProcess, Zygote

CAN_FORK = sys.platform == "linux"
LONGEST_SOCKET = 100
"""Socket paths end at 107 bytes; a few are left for the port."""

_SAME_EVERYWHERE = {
    # Forking needs one thread; one a kernel is also right when kernels share the cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Without it figures are drawn and never shown.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class Kernels:
    """Starts kernels with this interpreter, whatever kernel a notebook names.

    Forked kernels come from one process that has imported the analysis libraries; it warms
    up while the caller does something else. Leaving the `with` block kills all of them.

    Parameters
    ----------
    plain
        Start ordinary kernels, each importing for itself. Always so off Linux.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.env: dict[str, str] = {}
        """Variables that kernels see beside those of this process."""
        self.folder = Path(_short_folder())
        self._numbers = count(1)
        self._processes: list[Any] = []
        self._zygote = None if plain or not CAN_FORK else Zygote(self.folder, self.all_env())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the kernels and remove their sockets."""
        if self._zygote:
            self._zygote.close()
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def manager_class(self) -> type:
        """A Jupyter kernel manager class whose kernels are started here."""
        # Not before it is needed: the warm process is to start first.
        from crm_strategy.report.kernel_manager import ReportKernelManager

        return type("KernelManager", (ReportKernelManager,), {"kernels": self})

    def connection(self) -> str:
        """A path for the next kernel's connection file; its sockets stand beside it."""
        return str(self.folder / f"k{next(self._numbers)}")

    def fork(self, argv: list[str], cwd: str | None, env: dict[str, str]) -> ForkedProcess | None:
        """A kernel forked from the warm process; None when kernels are ordinary ones."""
        if self._zygote is None:
            return None
        return ForkedProcess(self._zygote, self._zygote.fork(argv, cwd, env))

    def started(self, process: Any) -> None:
        """Note an ordinary kernel, which is to be killed in the end."""
        self._processes.append(process)

    def all_env(self) -> dict[str, str]:
        """The environment of a kernel."""
        return {**os.environ, **_SAME_EVERYWHERE, **self._private_env(), **self.env}

    def _private_env(self) -> dict[str, str]:
        # A person's own IPython profile must not change a report.
        return {"IPYTHONDIR": str(self.folder / "ipython")}


class ForkedEngine:
    """papermill's engine with kernels of ours: `papermill --engine crm_strategy_forked`."""

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, *, kernels: Kernels | None = None, **options: Any
    ) -> Any:
        """Run a notebook in one of `kernels`, or in one started for it alone."""
        # papermill loads this module while it is itself being imported.
        from papermill.engines import NBClientEngine

        with contextlib.ExitStack() as stack:
            kernels = kernels or stack.enter_context(Kernels(plain=True))
            return NBClientEngine.execute_notebook(
                nb,
                kernel_name,
                kernel_manager_class=kernels.manager_class,
                shutdown_kernel="immediate",
                **options,
            )

    @classmethod
    def nb_kernel_name(cls, *_: Any) -> str:
        """The kernel is always this interpreter's."""
        return "python3"

    @classmethod
    def nb_language(cls, *_: Any) -> str:
        """The language is always Python."""
        return "python"


def _short_folder() -> str:
    folder = tempfile.mkdtemp(prefix="crm-")
    if len(folder) < LONGEST_SOCKET - 20 or not os.path.isdir("/tmp"):
        return folder
    os.rmdir(folder)
    return tempfile.mkdtemp(prefix="crm-", dir="/tmp")
