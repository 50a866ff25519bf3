"""A report from one params file: whole, discreet, and told apart from a failed one."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from crm_strategy.errors import DataError, ParamsError, ReportError
from crm_strategy.plan.params import read_params
from crm_strategy.report.kernels import Kernels
from crm_strategy.report.making import Order, make_report
from crm_strategy.report.progress import Quiet
from tests.report.small_workbook import (
    contents,
    make_workbook,
    run_report,
    start_report,
    write_notebook,
)

FILES = sorted(f"report.{lang}.{end}" for lang in ("en", "ru") for end in ("html", "ipynb", "xlsx"))


@pytest.fixture
def params(tmp_path: Path) -> Path:
    return make_workbook(tmp_path / "workbook")


@pytest.fixture(scope="module")
def reported_once(kernels: Kernels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with its data prepared and its report in English."""
    root = tmp_path_factory.mktemp("reported") / "workbook"
    report(make_workbook(root), kernels)
    return root


@pytest.fixture
def reported(reported_once: Path, tmp_path: Path) -> Path:
    """The params of a copy of that workbook."""
    return shutil.copytree(reported_once, tmp_path / "reported") / "params/acme.yml"


def last_report(params: Path) -> Path:
    return params.parents[1] / "reports/acme/2026-Q3"


def report(
    params: Path,
    kernels: Kernels,
    *,
    period: str = "latest",
    languages: tuple[str, ...] = ("en",),
    out: Path | None = None,
) -> Path:
    return make_report(Order(read_params(params), period, languages, out, jobs=2), kernels, Quiet())


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_report_has_three_files_a_language_and_a_manifest(params: Path, kernels):
    folder = report(params, kernels, languages=())
    assert folder == params.parents[1] / "reports" / "acme" / "2026-Q3"
    assert sorted(contents(folder)) == ["manifest.json", *FILES]
    told = manifest(folder)
    assert [told[key] for key in ("client", "period", "language", "data_to")] == [
        "Acme",
        "2026-Q3",
        ["en", "ru"],
        "2026-09-30",
    ]
    (orders,) = told["inputs"]
    assert (orders["table"], orders["file"], orders["row_count"]) == ("orders", "orders.csv", 200)
    assert [each["file"] for each in told["outputs"]] == FILES
    assert set(told["timings"]["chapters"]) == {
        "00_data_check.en",
        "00_data_check.ru",
        "01_goals.en",
        "01_goals.ru",
    }
    assert [path.name for path in folder.parent.iterdir() if path != folder] == [".lock"]


def test_the_merged_notebook_is_a_notebook(reported: Path):
    merged = nbformat.read(last_report(reported) / "report.en.ipynb", as_version=4)
    nbformat.validate(merged)
    assert "# A heading" in [cell.source for cell in merged.cells]


def test_a_cell_edited_in_the_workbook_shows_in_the_report(params: Path, kernels):
    write_notebook(params.parents[1], "01_goals", "print('mine, not theirs')")
    folder = report(params, kernels)
    assert "mine, not theirs" in (folder / "report.en.html").read_text(encoding="utf-8")
    assert manifest(folder)["notebooks"]["used"][1] == {
        "chapter": "01_goals",
        "origin": "workbook",
        "differs": True,
    }


def test_no_artefact_holds_a_secret_or_names_a_folder(params: Path, kernels, monkeypatch):
    monkeypatch.setenv("CRM_PASSWORD", "correct-horse-battery")
    params.write_text(params.read_text() + "  rules: {}  # not ${CRM_PASSWORD}\n")
    write_notebook(
        params.parents[1],
        "01_goals",
        "import os, warnings",
        "print(os.environ['CRM_PASSWORD'], os.getcwd() + '/orders.csv')",
        "warnings.warn(os.environ['CRM_PASSWORD'])",
    )
    folder = report(params, kernels, languages=("en", "ru"))
    for path in folder.iterdir():
        texts = [path.read_bytes()]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                texts = [packed.read(name) for name in packed.namelist()]
        for text in texts:
            assert b"correct-horse-battery" not in text, path.name
            assert str(params.parents[1]).encode() not in text, path.name
            assert os.path.expanduser("~/").encode() not in text, path.name


def test_plain_kernels_give_the_same_report(reported: Path):
    forked = last_report(reported)
    before = (forked / "report.en.ipynb").read_bytes(), (forked / "report.en.html").read_bytes()
    made = (forked / "manifest.json").read_bytes()
    with Kernels(plain=True) as plain:
        assert report(reported, plain) == forked
    assert (forked / "manifest.json").read_bytes() != made
    after = (forked / "report.en.ipynb").read_bytes(), (forked / "report.en.html").read_bytes()
    assert before == after


def test_another_folder_for_reports_holds_all_that_is_written(params: Path, kernels, tmp_path):
    folder = report(params, kernels, out=tmp_path / "elsewhere", period="2026-09")
    assert folder == tmp_path / "elsewhere" / "acme" / "2026-09"
    assert not (params.parents[1] / "reports").exists()
    assert "CRM_STRATEGY_REPORTS" not in os.environ


def test_an_unknown_language_is_refused(params: Path, kernels):
    with pytest.raises(ParamsError) as told:
        report(params, kernels, languages=("de",))
    assert str(told.value) == (
        "--language de: reports speak en and ru.\n"
        "Name one of them, or both by naming the option twice."
    )


def test_a_failing_chapter_leaves_the_last_report_byte_for_byte(reported: Path, kernels):
    folder = last_report(reported)
    before = contents(folder)
    write_notebook(reported.parents[1], "01_goals", "1 / 0")
    with pytest.raises(ReportError, match="ZeroDivisionError: division by zero"):
        report(reported, kernels)
    assert contents(folder) == before
    assert sorted(path.name for path in folder.parent.iterdir()) == [".lock", "2026-Q3"]


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (("currency: EUR", "curency: EUR"), ParamsError),
        (("../orders.csv", "../order.csv"), DataError),
    ],
)
def test_wrong_input_leaves_the_last_report_byte_for_byte(reported: Path, kernels, wrong, kind):
    before = contents(last_report(reported))
    reported.write_text(reported.read_text().replace(*wrong))
    with pytest.raises(kind):
        report(reported, kernels)
    assert contents(last_report(reported)) == before


def test_a_file_in_the_place_of_the_reports_folder_is_told(params: Path, kernels):
    (params.parents[1] / "reports").write_text("a file")
    with pytest.raises(ReportError, match=r"(?s)can't be written: .*--out"):
        report(params, kernels)


@pytest.mark.whole
def test_on_the_command_line_a_failing_chapter_ends_with_1(params: Path):
    write_notebook(params.parents[1], "01_goals", "1 / 0", heading="What do we want?")
    code, said, told = run_report(params, "--language", "en")
    assert (code, said) == (1, "")
    assert told.endswith(
        "notebooks/01_goals.ipynb (What do we want?), code cell 2:\n"
        "    1 / 0\n"
        "ZeroDivisionError: division by zero\n"
        "Open the notebook in JupyterLab, set params to params/acme.yml and run it up to this"
        " cell; when it runs, make the report again.\n"
    )
    assert "Traceback" not in told


def test_a_period_without_data_leaves_the_last_report_byte_for_byte(reported: Path, kernels):
    before = contents(last_report(reported))
    with pytest.raises(DataError, match="2030-Q1"):
        report(reported, kernels, period="2030-Q1")
    assert contents(last_report(reported)) == before


SLOW = "import time; print('begun'); time.sleep(60)"


def wait_for(line: str, process: subprocess.Popen) -> None:
    for told in process.stderr:
        if re.search(line, told):
            return
    raise AssertionError(f"{line!r} was never said")


def runs(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_ctrl_c_ends_calmly_and_leaves_the_last_report(reported: Path):
    folder = last_report(reported)
    before = contents(folder)
    pids = reported.parents[1] / "pids"
    slow = f"import os; print(os.getpid(), file=open({str(pids)!r}, 'a'), flush=True); " + SLOW
    write_notebook(reported.parents[1], "01_goals", slow)
    with start_report(reported) as process:
        wait_for(r"^\[1/4\] 00_data_check", process)
        while not pids.exists() or not pids.read_text().strip():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == ""
    assert told.splitlines()[-1] == "Stopped. The last good report is as it was."
    assert "Traceback" not in told
    assert contents(folder) == before
    assert sorted(path.name for path in folder.parent.iterdir()) == [".lock", "2026-Q3"]
    for pid in pids.read_text().split():
        # A killed kernel leaves once its new parent has noticed.
        end = time.monotonic() + 10
        while runs(pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert not runs(pid)


@pytest.mark.whole
def test_two_runs_of_a_client_take_turns(reported: Path, kernels):
    flag = reported.parents[1] / "go"
    begun = reported.parents[1] / "begun"
    hold = (
        f"import os, time\nopen({str(begun)!r}, 'w').close()\n"
        f"while not os.path.exists({str(flag)!r}): time.sleep(0.05)"
    )
    write_notebook(reported.parents[1], "01_goals", hold)
    with ThreadPoolExecutor(1) as apart:
        first = apart.submit(report, reported, kernels)
        try:
            while not begun.exists() and not first.done():
                time.sleep(0.05)
            with start_report(reported, "--language", "en") as second:
                wait_for("Another report of Acme is being made; waiting for it to end.", second)
                flag.touch()
                end = second.communicate(timeout=60)[0]
        finally:
            flag.touch()
        assert first.result(timeout=60) == last_report(reported)
    assert (second.returncode, end) == (0, "reports/acme/2026-Q3\n")


@pytest.mark.whole
def test_a_full_disk_leaves_the_last_report(reported: Path):
    folder = last_report(reported)
    before = contents(folder)
    smaller = min(len(content) for name, content in before.items() if name.endswith("html")) // 2

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (smaller, smaller))

    done = subprocess.run(
        [sys.executable, "-m", "crm_strategy", "report", str(reported), "--language", "en"],
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith(
        "The report can't be written to reports/acme/2026-Q3: File too large.\n"
        "Free some space, or choose another folder with --out."
        " The last good report is as it was.\n"
    )
    assert contents(folder) == before
