"""The command line: quick to answer, plain in what it says, right in how it ends."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "IPython",
    "duckdb",
    "ibis",
    "jupyter_client",
    "matplotlib",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
    "zmq",
}


def crm_strategy(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crm_strategy", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_imports_neither_analysis_nor_jupyter():
    command = [sys.executable, "-X", "importtime", "-m", "crm_strategy", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = re.findall(r"import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE)
    assert "typer" in imported
    assert HEAVY & {name.partition(".")[0] for name in imported} == set()


@pytest.mark.parametrize("command", ["init", "check", "report", "demo"])
def test_every_command_explains_itself(command: str):
    done = crm_strategy(command, "--help")
    assert done.returncode == 0
    assert f"crm-strategy {command}" in done.stdout.replace(
        "python -m crm_strategy", "crm-strategy"
    )


def test_version_is_the_installed_one():
    from importlib.metadata import version

    assert crm_strategy("--version").stdout == f"crm-strategy {version('crm-strategy')}\n"


def test_wrong_usage_ends_with_2():
    assert crm_strategy("report").returncode == 2
    assert crm_strategy("report", "params.yml", "--jobs", "0").returncode == 2
    assert crm_strategy("reprot").returncode == 2


@pytest.mark.parametrize("command", ["check", "report"])
def test_a_missing_params_file_is_told_in_words(command: str, tmp_path: Path):
    done = crm_strategy(command, "params/acme.yml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("params/acme.yml")
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path):
    done = crm_strategy("report", "params/acme.yml", "--debug", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
