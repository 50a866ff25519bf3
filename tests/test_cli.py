"""The command line: quick to answer, plain in what it says, right in how it ends."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.small_workbook import make_workbook

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


def test_init_of_a_header_alone_speaks_of_no_parameters(tmp_path: Path):
    (tmp_path / "orders.csv").write_text("order_id,amount\n", "utf-8")
    done = crm_strategy("init", "acme", "orders.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == ("orders.csv: only a header, no rows.\nExport it again with its data.\n")
    assert not (tmp_path / "params").exists()


def test_debug_shows_the_traceback(tmp_path: Path):
    done = crm_strategy("report", "params/acme.yml", "--debug", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_check_tells_on_stdout_and_ends_with_2_when_there_are_errors(tmp_path: Path):
    params = make_workbook(tmp_path / "workbook")
    orders = tmp_path / "workbook" / "orders.csv"
    head, *rows = orders.read_text().splitlines()
    orders.write_text("\n".join([head, *rows[40:45]]) + "\n")
    done = crm_strategy("check", str(params))
    assert done.returncode == 2
    assert "orders: 5 rows read, 5 kept" in done.stdout
    assert "\nERROR: " in done.stdout
    assert "Preparing orders" in done.stderr


def test_an_error_nobody_foresaw_is_told_without_a_traceback(tmp_path: Path, monkeypatch, capsys):
    import typer

    from crm_strategy import cli

    with pytest.raises(typer.Exit) as end, cli._answering(debug=False):
        raise RuntimeError("odd")
    assert end.value.exit_code == 1
    assert capsys.readouterr().err == (
        "This should not happen: RuntimeError: odd\n"
        "Run it again with --debug and report what it shows.\n"
    )
