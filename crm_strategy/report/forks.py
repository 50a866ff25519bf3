"""The warm process of `zygote.py`, and the kernels forked from it, as seen from outside."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from crm_strategy.errors import ReportError


class Zygote:
    """The warm process, and the requests it answers.

    Parameters
    ----------
    folder
        Where its kernels have their sockets; it removes it if this process is killed.
    env
        All its environment variables.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._log = folder / "zygote.log"
        self._lock = Lock()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                # -P: the folder it is started in must not shadow modules.
                [sys.executable, "-P", "-m", "crm_strategy.report.zygote", str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=env,
                encoding="utf-8",
                # Ctrl-C is for this process, which then stops the kernels in order.
                start_new_session=True,
            )

    def fork(self, argv: list[str], cwd: str | None, env: dict[str, str]) -> int:
        """Start a kernel and return its process id."""
        return int(self._ask({"argv": argv, "cwd": cwd, "env": env})["pid"])

    def poll(self, pid: int) -> int | None:
        """The exit code of a kernel, or None while it runs."""
        try:
            code: int | None = self._ask({"poll": pid})["exit"]
        except ReportError:
            return 1  # Its kernels die with the zygote.
        return code

    def close(self) -> None:
        """Kill the kernels and end."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:  # It may still be importing.
            self._process.kill()
            self._process.wait()
        with self._lock:
            self._process.stdout.close()  # type: ignore[union-attr]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        with self._lock:
            try:
                stdin.write(json.dumps(request) + "\n")  # type: ignore[union-attr]
                stdin.flush()  # type: ignore[union-attr]
                answer = stdout.readline()  # type: ignore[union-attr]
            except (OSError, ValueError):
                answer = ""
        if not answer:
            said = self._log.read_text(errors="replace") if self._log.exists() else ""
            last = (said.strip().splitlines() or ["it said nothing"])[-1]
            raise ReportError(
                f"The process that starts notebooks ended: {last}\nRun again with --plain-kernels."
            )
        reply: dict[str, Any] = json.loads(answer)
        return reply


class ForkedProcess:
    """A forked kernel, with the methods of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self._zygote = zygote
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None:
            self.returncode = self._zygote.poll(self.pid)
        return self.returncode

    def wait(self) -> int | None:
        """The exit code of a process that is known to have ended."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
