"""Processes of the contenders: each in one of its own, some in an environment of their own."""

import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path


def run_python(python: str, *arguments: str) -> None:
    """Run Python to its end; raise with what it said if it failed."""
    command = [python, "-W", "ignore", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")


def environment(folder: Path, requirements: Sequence[str]) -> str:
    """Make an environment that holds the requirements; its Python."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin/python")
    run_python(python, "-m", "pip", "install", "--quiet", *requirements)
    return python
